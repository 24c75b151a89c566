//! `ballast permit verify` and `print`: what a card is worth, and the card on paper, without a network and without a
//! database.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use ballast_domain::base::civil_time::Instant;
use ballast_domain::permit::card::{self, Card, Verdict};
use serde_json::json;

use super::input;
use super::output::{Failure, Stdout};
use crate::format::permit::card::{
    CARD_BYTES_MAX, KEYS_BYTES_MAX, LIST_BYTES_MAX, Problem, read_card, read_keys, read_list,
};
use crate::format::permit::card_pdf::{self, DrawError};
use crate::words::{Locale, Words};

/// The largest font that is read: a whole family of Chinese, Japanese and Korean fits.
const FONT_BYTES_MAX: u64 = 64 << 20;

/// A card to check.
#[derive(Debug, clap::Args)]
pub struct Verify {
    /// The text of the card's code in a file; - for standard input.
    #[arg(value_name = "FILE")]
    pub card: PathBuf,
    /// The issuer's keys.
    #[arg(long, value_name = "FILE")]
    pub keys: PathBuf,
    /// The issuer's list of permits that do not hold. Without it, or with one that is too old, a card stays unproved.
    #[arg(long, value_name = "FILE")]
    pub list: Option<PathBuf>,
    /// The instant asked about; now when not given.
    #[arg(long, value_name = "INSTANT")]
    pub at: Option<Instant>,
    /// How to print it.
    #[arg(long, value_enum, default_value = "table")]
    pub format: super::quota::Format,
}

/// A card to draw.
#[derive(Debug, clap::Args)]
pub struct Print {
    /// The text of the card's code in a file; - for standard input.
    #[arg(value_name = "FILE")]
    pub card: PathBuf,
    /// The issuer's keys: what they did not sign is not drawn.
    #[arg(long, value_name = "FILE")]
    pub keys: PathBuf,
    /// A TrueType or OpenType font with Chinese characters; where Debian's fonts-noto-cjk puts it when not given.
    #[arg(
        long,
        value_name = "FILE",
        default_value = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
    )]
    pub font: PathBuf,
    /// Where the PDF goes.
    #[arg(long, value_name = "FILE")]
    pub output: PathBuf,
}

/// Draws a card that an issuer's key signed.
///
/// # Errors
/// [`Failure`] for a file that is no card, no font or cannot be written, and for a card that nobody known signed.
pub fn print_card(words: Words, args: &Print) -> Result<(), Failure> {
    let keys = read(words, &args.keys, KEYS_BYTES_MAX)?;
    let keys = read_keys(&keys).map_err(|problem| wrong(words, &args.keys, problem))?;
    let text = read(words, &args.card, CARD_BYTES_MAX)?;
    let signed = read_card(&text, &keys).map_err(|problem| wrong(words, &args.card, problem))?;
    if !signed.key.is_some_and(|key| key.holds_at(signed.content.issued_at)) {
        return Err(Failure::new(words.t("card-verdict-forged")));
    }
    let font = input::read(words, &args.font, FONT_BYTES_MAX)?;
    let pdf = card_pdf::draw(&signed.content, text.trim(), &bilingual(&signed.content), &font)
        .map_err(|error| Failure::new(words.t(draw_problem(error))))?;
    fs::write(&args.output, pdf).map_err(|error| input::unreadable(words, &args.output, &error))
}

fn draw_problem(error: DrawError) -> &'static str {
    match error {
        DrawError::Font => "card-font-wrong",
        DrawError::Code => "card-code-long",
        DrawError::Write => "card-not-drawn",
    }
}

/// The words of a card in both languages, one beside the other: whoever checks it may read either.
fn bilingual(card: &Card) -> card_pdf::Words {
    let languages = [Words(Locale::ZhCn), Words(Locale::En)];
    let both = |key: &str| languages.map(|words| words.t(key)).join("  ");
    let term = format!("{} – {}", card.starts_on, card.ends_on);
    let lines = [
        ("card-holder", &card.holder),
        ("card-employer", &card.employer),
        ("card-post", &card.post),
        ("card-area", &card.area),
        ("card-term", &term),
        ("card-reference", &card.reference),
    ];
    let check = ["card-compare-face", "card-check-code", "card-check-area"];
    card_pdf::Words {
        title: both("card-title"),
        lines: lines.into_iter().map(|(label, value)| (both(label), value.clone())).collect(),
        check: check.into_iter().flat_map(|key| languages.map(|words| words.t(key))).collect(),
    }
}

fn wrong(words: Words, file: &Path, problem: Problem) -> Failure {
    let code = match problem {
        Problem::TooLong => "card-file-too-long",
        Problem::Malformed => "card-file-malformed",
        Problem::OtherAlgorithm => "card-file-other",
    };
    Failure::new(words.ta(code, &[("file", file.display().to_string().into())]))
}

/// Checks a card.
///
/// # Errors
/// [`Failure`] for a file that is no card, and for every verdict but that it stands.
pub fn verify(words: Words, args: &Verify, now: Instant) -> Result<(), Failure> {
    let keys = read(words, &args.keys, KEYS_BYTES_MAX)?;
    let keys = read_keys(&keys).map_err(|problem| wrong(words, &args.keys, problem))?;
    let text = read(words, &args.card, CARD_BYTES_MAX)?;
    let signed = read_card(&text, &keys).map_err(|problem| wrong(words, &args.card, problem))?;
    let list = match &args.list {
        None => None,
        Some(file) => {
            let text = read(words, file, LIST_BYTES_MAX)?;
            let list = read_list(&text, &keys).map_err(|problem| wrong(words, file, problem))?;
            let believed = list.key.is_some_and(|key| key.holds_at(list.content.issued_at));
            believed.then_some(list.content)
        }
    };
    let at = args.at.unwrap_or(now);
    let verdict = card::judge(&signed.content, signed.key, list.as_ref(), at);
    print(words, args, &signed.content, verdict, at)?;
    let sentence = words.t(&format!("card-verdict-{}", verdict.code()));
    if verdict == Verdict::Valid { Ok(()) } else { Err(Failure::new(sentence)) }
}

fn print(words: Words, args: &Verify, card: &Card, verdict: Verdict, at: Instant) -> Result<(), Failure> {
    if args.format == super::quota::Format::Json {
        let said = json!({
            "verdict": verdict.code(),
            "at": at,
            "compare_the_face": verdict == Verdict::Valid,
            "card": {
                "version": card.version,
                "reference": card.reference,
                "holder": card.holder,
                "employer": card.employer,
                "post": card.post,
                "area": card.area,
                "starts_on": card.starts_on,
                "ends_on": card.ends_on,
                "issued_at": card.issued_at,
            },
        });
        return Ok(writeln!(Stdout, "{said:#}")?);
    }
    // What a forged card says is nobody's word.
    if verdict != Verdict::Forged {
        let term = format!("{} – {}", words.date(card.starts_on), words.date(card.ends_on));
        for (label, value) in [
            ("card-reference", card.reference.as_str()),
            ("card-holder", card.holder.as_str()),
            ("card-employer", card.employer.as_str()),
            ("card-post", card.post.as_str()),
            ("card-area", card.area.as_str()),
            ("card-term", term.as_str()),
        ] {
            writeln!(Stdout, "{}: {}", words.t(label), printable(value))?;
        }
    }
    if verdict == Verdict::Valid {
        writeln!(Stdout, "{}", words.t("card-verdict-valid"))?;
        writeln!(Stdout, "{}", words.t("card-compare-face"))?;
    }
    Ok(())
}

/// A card is a stranger's text: nothing in it moves the cursor or colours the terminal.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{FFFD}' } else { c }).collect()
}

fn read(words: Words, file: &Path, bytes_max: usize) -> Result<String, Failure> {
    input::read_text(words, file, u64::try_from(bytes_max).unwrap_or(u64::MAX - 1))
}
