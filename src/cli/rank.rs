//! `ballast rank`: the explained shortlist of a vacancy in the terminal.

use std::io::{self, Write};

use ballast_domain::base::id::PersonId;
use clap::ValueEnum;
use serde_json::{Value, json};
use uuid::Uuid;

use super::config::Config;
use super::open;
use super::output::{Failure, Stdout};
use crate::service::hiring::vacancy::{VacancyView, find_vacancy};
use crate::service::matching::shortlist::{
    Entries, Entry, NotListed, ShortlistView, TOP_DEFAULT, explain_person, get_shortlist, names_in,
};
use crate::service::{Ctx, Error};
use crate::words::matching::{self as say, Names};
use crate::words::{Arg, Locale, Words};

/// Arguments of `rank`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The vacancy, by its reference or id.
    vacancy: String,
    /// People of each list, 1 to 200.
    #[arg(long, default_value_t = TOP_DEFAULT)]
    top: usize,
    /// Explain this person alone, by id.
    #[arg(long, value_name = "PERSON")]
    why: Option<Uuid>,
    /// How it is printed.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Table,
    Json,
}

/// Ranks and prints.
///
/// # Errors
/// [`Failure`] that says what to do.
pub async fn run(config: &Config, locale: Locale, args: Args) -> Result<(), Failure> {
    let ctx = open::operator(config, locale).await?;
    let failed = |e| Failure::of(&e, locale);
    let id = find_vacancy(&ctx, &args.vacancy).await.map_err(|error| match error {
        Error::NotFound => Failure::new(format!("no vacancy has the reference or the id {}", args.vacancy)),
        error => failed(error),
    })?;
    if let Some(person) = args.why {
        let (head, entry) = explain_person(&ctx, id, PersonId(person)).await.map_err(failed)?;
        let names = names_in(&ctx, &head.vacancy, &[&entry]).await.map_err(failed)?;
        match args.format {
            Format::Table => print_entry(&mut Stdout, Words(locale), &names, 1, &entry)?,
            Format::Json => print_json(&mut Stdout, &entry_json(Words(locale), &names, 1, &entry))?,
        }
        return Ok(());
    }
    let view = get_shortlist(&ctx, id, args.top).await.map_err(failed)?;
    match args.format {
        Format::Table => print_shortlist(&ctx, &mut Stdout, &view).await,
        Format::Json => {
            let names = names_of(&ctx, &view).await?;
            Ok(print_json(&mut Stdout, &shortlist_json(Words(locale), &names, &view))?)
        }
    }
}

async fn names_of(ctx: &Ctx, view: &ShortlistView) -> Result<Names, Failure> {
    let mut entries: Vec<&Entry> = view.qualified.rows.iter().chain(&view.to_verify.rows).collect();
    if let NotListed::People { below_floor, removed, .. } = &view.not_listed {
        entries.extend(below_floor.rows.iter().chain(&removed.rows));
    }
    names_in(ctx, &view.vacancy, &entries).await.map_err(|e| Failure::of(&e, ctx.locale))
}

/// Prints a whole shortlist: those who qualify, those to verify, those who are not listed and why.
///
/// # Errors
/// [`Failure`] when names cannot be read or the output cannot be written.
pub async fn print_shortlist(ctx: &Ctx, out: &mut impl Write, view: &ShortlistView) -> Result<(), Failure> {
    let words = Words(ctx.locale);
    let names = names_of(ctx, view).await?;
    print_head(out, words, view)?;
    print_list(out, words, &names, "shortlist-qualified", &view.qualified)?;
    print_list(out, words, &names, "shortlist-verify", &view.to_verify)?;
    match &view.not_listed {
        NotListed::People { below_floor, removed, unproved, counts } => {
            print_list(out, words, &names, "rank-below_floor", below_floor)?;
            print_list(out, words, &names, "rank-removed", removed)?;
            let count = words.ta("rank-unproved", &[("count", int(*unproved))]);
            writeln!(out, "\n{count}")?;
            for (code, people) in counts {
                writeln!(out, "  {}  {:>6}  {}", code.code(), people, say::code(words, *code).0)?;
            }
        }
        NotListed::Bands(bands) => {
            for (code, band) in bands {
                let band = words.t(&format!("band-{}", band.code()));
                writeln!(out, "  {}  {band}  {}", code.code(), say::code(words, *code).0)?;
            }
        }
    }
    Ok(())
}

fn print_head(out: &mut impl Write, words: Words, view: &ShortlistView) -> io::Result<()> {
    let VacancyView { reference, headcount, starts_on, wage_minor, .. } = &view.vacancy;
    let title = title(words, &view.vacancy);
    writeln!(out, "{reference}  {title}")?;
    let posts = words.ta("shortlist-posts", &[("count", Arg::Int((*headcount).into()))]);
    let starts = words.ta("shortlist-starts", &[("date", words.date(*starts_on).into())]);
    writeln!(out, "{posts} · {starts} · {}", words.money_range(wage_minor.0, wage_minor.1))?;
    let (name, version, digest) = &view.profile;
    let digest = digest.get(..8).unwrap_or_default();
    writeln!(
        out,
        "{name} {version} · {digest} · {} · {}",
        words.date(view.day),
        words.t("foreign-quota-unchecked")
    )
}

fn title(words: Words, vacancy: &VacancyView) -> &str {
    match words.locale() {
        Locale::ZhCn => &vacancy.titles.0,
        Locale::En => &vacancy.titles.1,
    }
}

fn print_list(
    out: &mut impl Write,
    words: Words,
    names: &Names,
    heading: &str,
    list: &Entries,
) -> io::Result<()> {
    writeln!(out, "\n{} ({})", words.t(heading), words.count(i64::try_from(list.total).unwrap_or(i64::MAX)))?;
    for (rank, entry) in (1..).zip(&list.rows) {
        print_entry(out, words, names, rank, entry)?;
    }
    Ok(())
}

fn print_entry(
    out: &mut impl Write,
    words: Words,
    names: &Names,
    rank: u32,
    entry: &Entry,
) -> io::Result<()> {
    let row = &entry.row;
    let who = entry.named.as_ref().map_or_else(String::new, |named| {
        let nationality = named.nationality.as_deref().unwrap_or("?");
        format!("  {} ({nationality})", named.name)
    });
    let county =
        entry.county.as_deref().map_or(String::new(), |code| format!("{}, ", say::region(names, code)));
    let place = format!("{county}{}", say::distance(words, entry.distance));
    writeln!(out, "{rank:>4}. {}{who}  {:>4}  {place}", entry.pseudonym, row.score)?;
    let sum: Vec<String> = row
        .addends
        .iter()
        .filter(|addend| addend.points > 0)
        .map(|addend| format!("{} {}", say::component(words, names, addend.component), addend.points))
        .collect();
    writeln!(out, "      = {}", if sum.is_empty() { "0".to_owned() } else { sum.join(" + ") })?;
    for question in &row.questions {
        writeln!(out, "      ? {}", say::question(words, names, *question))?;
    }
    for reason in &row.reasons {
        writeln!(out, "      × {} {}", say::reason_rule(*reason), say::reason(words, names, *reason))?;
    }
    match &row.unlocks {
        Some(unlocks) => {
            for unlock in unlocks {
                writeln!(out, "      → {}", say::unlock(words, names, *unlock))?;
            }
        }
        None if !row.reasons.is_empty() => writeln!(out, "      → {}", words.t("shortlist-no-unlock"))?,
        None => {}
    }
    if row.foreign == Some(true) {
        writeln!(out, "      · {}", words.t("foreign-quota-unchecked"))?;
    }
    Ok(())
}

fn print_json(out: &mut impl Write, value: &Value) -> io::Result<()> {
    writeln!(out, "{value:#}")
}

fn shortlist_json(words: Words, names: &Names, view: &ShortlistView) -> Value {
    let list = |list: &Entries| {
        let items: Vec<Value> =
            (1..).zip(&list.rows).map(|(rank, entry)| entry_json(words, names, rank, entry)).collect();
        json!({ "total": list.total, "items": items })
    };
    let mut value = json!({
        "vacancy": { "id": view.vacancy.id.to_string(), "reference": view.vacancy.reference, "title": title(words, &view.vacancy) },
        "day": view.day.to_string(),
        "profile": { "name": view.profile.0, "version": view.profile.1, "sha256": view.profile.2 },
        "quota": "not_checked",
        "qualified": list(&view.qualified),
        "to_verify": list(&view.to_verify),
    });
    if let NotListed::People { below_floor, removed, unproved, counts } = &view.not_listed {
        value["below_floor"] = list(below_floor);
        value["removed"] = list(removed);
        value["unproved"] = json!(unproved);
        value["counts"] = counts.iter().map(|(code, n)| (code.code().to_owned(), json!(n))).collect();
    }
    value
}

fn entry_json(words: Words, names: &Names, rank: u32, entry: &Entry) -> Value {
    let row = &entry.row;
    let addends: Vec<Value> = row
        .addends
        .iter()
        .map(|addend| {
            json!({
                "label": say::component(words, names, addend.component),
                "working": say::working(words, addend),
                "points": addend.points,
            })
        })
        .collect();
    let reasons: Vec<Value> = row
        .reasons
        .iter()
        .map(|r| json!({ "rule": say::reason_rule(*r), "text": say::reason(words, names, *r) }))
        .collect();
    json!({
        "rank": rank,
        "pseudonym": entry.pseudonym,
        "person": entry.named.as_ref().map(|n| json!({ "id": n.id.to_string(), "name": n.name, "nationality": n.nationality })),
        "standing": say::standing(words, row.standing),
        "score": row.score,
        "addends": addends,
        "questions": row.questions.iter().map(|q| say::question(words, names, *q)).collect::<Vec<_>>(),
        "reasons": reasons,
        "unlocks": row.unlocks.as_ref().map(|u| u.iter().map(|u| say::unlock(words, names, *u)).collect::<Vec<_>>()),
        "quota": (row.foreign == Some(true)).then_some("not_checked"),
    })
}

fn int(n: u64) -> Arg {
    Arg::Int(i64::try_from(n).unwrap_or(i64::MAX))
}
