//! The report of recorded shortlists: from two files to text, JSON or CSV.

use ballast_domain::base::ratio::{Ratio, Rounding, fraction};
use ballast_domain::matching::fairness::exposure;
use ballast_domain::matching::fairness::interval;
use ballast_domain::matching::fairness::report::{
    self, Breakdown, Cost, Figures, Protected, RankedGroup, Refusal, Row, Shortlist, TABLES_MAX, Window,
};
use ballast_domain::matching::fairness::significance::{P_UNITS, Test};
use serde_json::{Value, json};

use super::{Format, Report, columns, int, places, wrong_file};
use crate::cli::input;
use crate::cli::output::Failure;
use crate::format::matching::recorded_shortlist::{self, ATTRIBUTES, BYTES_MAX, Named, Recorded};
use crate::words::{Arg, Words};

/// What is printed: the answer with the names of the groups.
struct Answer<'a> {
    words: Words,
    args: &'a Report,
    attributes: &'a [Named],
    found: &'a report::Report,
}

/// The report as text.
///
/// # Errors
/// [`Failure`]: a file that is wrong, with every place, or a question that cannot be answered.
pub(super) fn run(words: Words, args: &Report) -> Result<String, Failure> {
    let bytes_max = u64::try_from(BYTES_MAX).unwrap_or(u64::MAX);
    let bytes = input::read(words, &args.shortlists, bytes_max)?;
    let recorded =
        recorded_shortlist::read(&bytes).map_err(|all| wrong_file(words, &args.shortlists, &all))?;
    let bytes = input::read(words, &args.groups, bytes_max)?;
    let attributes = recorded_shortlist::read_groups(&bytes, &recorded)
        .map_err(|all| wrong_file(words, &args.groups, &all))?;
    let lists = in_window(words, args, recorded)?;
    let window = window(words, args, &attributes)?;
    let by: Vec<_> = attributes.iter().map(|named| named.attribute.clone()).collect();
    let found = report::report(&lists, &by, &window).map_err(|refusal| refused(words, refusal))?;
    let answer = Answer { words, args, attributes: &attributes, found: &found };
    Ok(match args.format {
        Format::Text => answer.text(),
        Format::Json => format!("{:#}\n", answer.json()),
        Format::Csv => answer.csv()?,
    })
}

/// The lists of the days that are asked; where days are asked, every list must have one.
fn in_window(words: Words, args: &Report, recorded: Recorded) -> Result<Vec<Shortlist>, Failure> {
    if args.from.is_none() && args.until.is_none() {
        return Ok(recorded.shortlists.into_iter().map(|(_, list)| list).collect());
    }
    let mut lists = Vec::new();
    for (day, list) in recorded.shortlists {
        let Some(day) = day else { return Err(Failure::new(words.t("fairness-day-missing"))) };
        if args.from.is_none_or(|from| day >= from) && args.until.is_none_or(|until| day < until) {
            lists.push(list);
        }
    }
    Ok(lists)
}

fn window(words: Words, args: &Report, attributes: &[Named]) -> Result<Window, Failure> {
    let attribute = |name: &str| {
        attributes.iter().position(|named| named.name == name).ok_or_else(|| {
            let known: Vec<&str> = attributes.iter().map(|named| named.name).collect();
            let known = if known.is_empty() { "–".to_owned() } else { known.join(", ") };
            let args = [("attribute", name.into()), ("known", known.into())];
            Failure::new(words.ta("fairness-no-such-attribute", &args))
        })
    };
    let crossing = match args.cross.as_deref().map(|pair| pair.split_once(',')) {
        None => None,
        Some(Some((one, other))) if one != other => Some((attribute(one)?, attribute(other)?)),
        Some(_) => return Err(Failure::new(words.t("fairness-bad-cross"))),
    };
    let protected = match args.protected.as_deref().map(|pair| pair.split_once('=')) {
        None => None,
        Some(None) => return Err(Failure::new(words.t("fairness-bad-protected"))),
        Some(Some((name, group))) => {
            let at = attribute(name)?;
            let groups = attributes.get(at).map_or(&[][..], |named| named.groups.as_slice());
            let place = groups.iter().position(|known| known == group).ok_or_else(|| {
                let args = [("group", group.into()), ("known", groups.join(", ").into())];
                Failure::new(words.ta("fairness-no-such-group", &args))
            })?;
            Some(Protected { attribute: at, group: place, share: args.p.clone() })
        }
    };
    // Asked here as well, so that a wrong figure is refused also where no group would be tested.
    let share = args.p.clone().unwrap_or_else(|| fraction(1, 2));
    super::Question::new(args.k, &share, &args.alpha).map_err(|refusal| super::refused(words, refusal))?;
    Ok(Window { top: args.k, least: args.min_people, alpha: args.alpha.clone(), crossing, protected })
}

fn refused(words: Words, refusal: Refusal) -> Failure {
    let count = |n: u64| Arg::Int(i64::try_from(n).unwrap_or(i64::MAX));
    match refusal {
        Refusal::TooFew { least } => Failure::new(words.ta("fairness-too-few", &[("least", count(least))])),
        Refusal::TooLong { max } => Failure::new(words.ta("fairness-list-too-long", &[("max", int(max))])),
        Refusal::TooManyTables => {
            Failure::new(words.ta("fairness-too-many-tables", &[("max", int(TABLES_MAX))]))
        }
        Refusal::Ranked(refusal) => super::refused(words, refusal),
    }
}

/// A fraction of units as a decimal number.
fn units(n: u64, of: u64, digits: u32) -> String {
    let exact = Ratio::new(n.into(), of.into());
    places(&exact, digits, Rounding::HalfUp)
}

fn p_value(test: &Test) -> String {
    units(test.p_units, P_UNITS, 4)
}

/// The columns of a group as they are in CSV and JSON; what is not known or not told is empty.
const FIGURES: [&str; 21] = [
    "people",
    "considered",
    "selected",
    "rate",
    "rate_low",
    "rate_high",
    "impact_ratio",
    "flagged",
    "test",
    "p_at_most",
    "significant",
    "exposure",
    "ranked_share",
    "ranked_lists",
    "ranked_failing",
    "ranked_impossible",
    "cost_lists",
    "cost_replaced",
    "cost_score",
    "cost_ndcg",
    "reference",
];

/// The values of [`FIGURES`].
fn values(figures: &Figures, is_reference: bool) -> [Value; FIGURES.len()] {
    let exact = |value: &Option<Ratio>| json!(value.as_ref().map(ToString::to_string));
    let bound = |n: Option<u64>| json!(n.map(|n| units(n, interval::UNITS, 4)));
    let (cell, test) = (figures.cell, figures.test);
    let ranked = figures.ranked.as_ref();
    let cost = ranked.map(|ranked| &ranked.cost).filter(|cost| cost.lists > 0);
    [
        json!(cell.people),
        json!(cell.tally.considered()),
        json!(cell.tally.selected()),
        exact(&cell.tally.rate()),
        bound(figures.interval.map(|interval| interval.low)),
        bound(figures.interval.map(|interval| interval.high)),
        exact(&figures.impact_ratio),
        json!(figures.flagged),
        json!(test.map(|test| test.method.code())),
        json!(test.map(|test| p_value(&test))),
        json!(test.map(|test| test.significant)),
        json!(units(figures.exposure, exposure::UNITS, 9)),
        json!(ranked.map(|ranked| ranked.share.to_string())),
        json!(ranked.map(|ranked| ranked.lists)),
        json!(ranked.map(|ranked| ranked.failing)),
        json!(ranked.map(|ranked| ranked.impossible)),
        json!(cost.map(|cost| cost.lists)),
        json!(cost.map(|cost| cost.replaced)),
        json!(cost.map(|cost| cost.score_loss)),
        json!(cost.and_then(|cost| cost.quality_loss.as_ref()).map(six)),
        json!(is_reference),
    ]
}

fn six(value: &Ratio) -> String {
    places(value, 6, Rounding::HalfUp)
}

impl Answer<'_> {
    fn attribute_names(&self, table: &Breakdown) -> Vec<&'static str> {
        table.attributes.iter().filter_map(|at| self.attributes.get(*at)).map(|named| named.name).collect()
    }

    /// The groups of a row as they are in the file; unknown is none.
    fn groups(&self, table: &Breakdown, row: &Row) -> Vec<Option<&str>> {
        let group = |(at, group): (&usize, &Option<usize>)| {
            self.attributes.get(*at)?.groups.get((*group)?).map(String::as_str)
        };
        table.attributes.iter().zip(&row.groups).map(group).collect()
    }

    fn label(&self, table: &Breakdown, row: &Row) -> String {
        let unknown = self.words.t("fairness-unknown");
        let groups = self.groups(table, row);
        let names: Vec<&str> = groups.iter().map(|group| group.unwrap_or(&unknown)).collect();
        names.join(" × ")
    }

    fn text(&self) -> String {
        let words = self.words;
        let total = self.found.total;
        let count = |n: u64| Arg::Int(i64::try_from(n).unwrap_or(i64::MAX));
        let heading = [
            ("shortlists", int(self.found.shortlists)),
            ("people", count(total.people)),
            ("considered", count(total.tally.considered())),
            ("selected", count(total.tally.selected())),
            ("k", int(self.args.k)),
        ];
        let least = [("least", count(self.args.min_people))];
        let lines = [
            words.ta("fairness-heading", &heading),
            words.t("fairness-lead"),
            words.ta("fairness-withheld-below", &least),
        ];
        let mut text = lines.join("\n") + "\n";
        for table in &self.found.breakdowns {
            text.push_str(&self.table_text(table));
        }
        if self.found.breakdowns.is_empty() {
            let known = [("attributes", ATTRIBUTES.join(", ").into())];
            text.push_str(&format!("\n{}\n", words.ta("fairness-no-groups", &known)));
        }
        text
    }

    fn table_text(&self, table: &Breakdown) -> String {
        let words = self.words;
        let name = |name: &&str| words.t(&format!("fairness-attribute-{name}"));
        let title: Vec<String> = self.attribute_names(table).iter().map(name).collect();
        let headings =
            ["group", "people", "considered", "selected", "rate", "interval", "ratio", "p", "exposure"];
        let mut rows: Vec<Vec<String>> =
            vec![headings.iter().map(|column| words.t(&format!("fairness-column-{column}"))).collect()];
        for (at, row) in table.rows.iter().enumerate() {
            rows.push(self.row_text(table, row, table.reference == Some(at)));
        }
        let mut text = format!("\n{}\n{}", title.join(" × "), columns(&rows));
        for row in &table.rows {
            let ranked = row.figures.as_ref().and_then(|figures| figures.ranked.as_ref());
            if let Some(ranked) = ranked {
                text.push_str(&format!("  {}\n", self.ranked_text(&self.label(table, row), ranked)));
            }
        }
        text
    }

    fn row_text(&self, table: &Breakdown, row: &Row, is_reference: bool) -> Vec<String> {
        let words = self.words;
        let label = self.label(table, row);
        let Some(figures) = &row.figures else {
            return vec![label, words.t("fairness-withheld")];
        };
        let none = || "–".to_owned();
        let tally = figures.cell.tally;
        let mut remarks = Vec::new();
        if is_reference {
            remarks.push(words.t("fairness-reference"));
        }
        if figures.flagged {
            remarks.push(words.t("fairness-flag"));
        }
        let bound = |n: u64| units(n, interval::UNITS, 4);
        let mut cells = vec![
            label,
            figures.cell.people.to_string(),
            tally.considered().to_string(),
            tally.selected().to_string(),
            tally.rate().map_or_else(none, |rate| places(&rate, 4, Rounding::HalfUp)),
            figures.interval.map_or_else(none, |i| format!("{}–{}", bound(i.low), bound(i.high))),
            // Downwards: below four fifths never reads as four fifths.
            figures.impact_ratio.as_ref().map_or_else(none, |ratio| places(ratio, 4, Rounding::Floor)),
            figures.test.as_ref().map_or_else(none, |test| format!("≤{}", p_value(test))),
            units(figures.exposure, exposure::UNITS, 6),
        ];
        if !remarks.is_empty() {
            cells.push(remarks.join(", "));
        }
        cells
    }

    fn ranked_text(&self, group: &str, ranked: &RankedGroup) -> String {
        let words = self.words;
        let count = |n: u64| Arg::Int(i64::try_from(n).unwrap_or(i64::MAX));
        let args = [
            ("group", group.into()),
            ("share", ranked.share.to_string().into()),
            ("lists", count(ranked.lists)),
            ("failing", count(ranked.failing)),
            ("impossible", count(ranked.impossible)),
        ];
        let line = words.ta("fairness-ranked", &args);
        let Cost { lists, replaced, score_loss, quality_loss } = &ranked.cost;
        if *lists == 0 {
            return line;
        }
        let args = [
            ("lists", count(*lists)),
            ("replaced", count(*replaced)),
            ("score", Arg::Int(*score_loss)),
            ("quality", quality_loss.as_ref().map_or_else(|| "–".to_owned(), six).into()),
        ];
        format!("{line} {}", words.ta("fairness-cost", &args))
    }

    fn json(&self) -> Value {
        let tables: Vec<Value> = self
            .found
            .breakdowns
            .iter()
            .map(|table| {
                let rows: Vec<Value> =
                    table.rows.iter().enumerate().map(|(at, row)| self.row_json(table, at, row)).collect();
                json!({ "attributes": self.attribute_names(table), "rows": rows })
            })
            .collect();
        let total = self.found.total;
        json!({
            "lead": self.words.t("fairness-lead"),
            "k": self.args.k,
            "alpha": self.args.alpha.to_string(),
            "min_people": self.args.min_people,
            "shortlists": self.found.shortlists,
            "people": total.people,
            "considered": total.tally.considered(),
            "selected": total.tally.selected(),
            "exposure": units(self.found.exposure, exposure::UNITS, 9),
            "tables": tables,
        })
    }

    fn row_json(&self, table: &Breakdown, at: usize, row: &Row) -> Value {
        let mut value = json!({ "groups": self.groups(table, row), "withheld": row.figures.is_none() });
        if let Some(figures) = &row.figures {
            let all = FIGURES.into_iter().zip(values(figures, table.reference == Some(at)));
            for (name, figure) in all.filter(|(_, figure)| !figure.is_null()) {
                value[name] = figure;
            }
        }
        value
    }

    fn csv(&self) -> Result<String, Failure> {
        let failed = |error: csv::Error| Failure::new(error.to_string());
        let mut writer = csv::Writer::from_writer(Vec::new());
        let mut heading = vec!["attributes", "groups", "withheld"];
        heading.extend(FIGURES);
        writer.write_record(&heading).map_err(failed)?;
        for table in &self.found.breakdowns {
            for (at, row) in table.rows.iter().enumerate() {
                let groups: Vec<&str> =
                    self.groups(table, row).into_iter().map(|group| group.unwrap_or("")).collect();
                let mut cells = vec![
                    self.attribute_names(table).join(" × "),
                    harmless(&groups.join(" × ")),
                    row.figures.is_none().to_string(),
                ];
                cells.extend(match &row.figures {
                    None => FIGURES.map(|_| String::new()),
                    Some(figures) => values(figures, table.reference == Some(at)).map(|value| plain(&value)),
                });
                writer.write_record(&cells).map_err(failed)?;
            }
        }
        let bytes = writer.into_inner().map_err(|error| Failure::new(error.to_string()))?;
        String::from_utf8(bytes).map_err(|error| Failure::new(error.to_string()))
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A text that no spreadsheet takes for a formula.
fn harmless(text: &str) -> String {
    let begins = |letter: char| matches!(letter, '=' | '+' | '-' | '@') || letter.is_control();
    if text.starts_with(begins) { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_that_looks_like_a_formula_is_text() {
        assert_eq!(harmless("=1+1"), "'=1+1");
        assert_eq!(harmless("female"), "female");
    }
}
