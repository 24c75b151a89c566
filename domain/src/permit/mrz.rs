//! The machine-readable zone of a travel document (ICAO Doc 9303, parts 3 to 6): TD1, TD2 and TD3.
//!
//! A zone is read only when every check digit holds. What is wrong is told by field, never by value: a number that was
//! misread is somebody's number all the same.

use chrono::Datelike as _;

use crate::base::civil_time::CivilDate;

/// The weights of a check digit, in turn.
const WEIGHTS: [u32; 3] = [7, 3, 1];

/// The size of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Size {
    /// A card: three lines of 30.
    Td1,
    /// A larger card: two lines of 36.
    Td2,
    /// A passport: two lines of 44.
    Td3,
}

/// A field of a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The document's number.
    Number,
    /// Date of birth.
    Birth,
    /// Last day of validity.
    Expiry,
    /// The issuer's optional data of a passport.
    Optional,
    /// All of them together.
    Composite,
    /// The names.
    Names,
    /// The issuing state.
    Issuer,
    /// The nationality.
    Nationality,
}

impl Field {
    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Birth => "birth",
            Self::Expiry => "expiry",
            Self::Optional => "optional",
            Self::Composite => "composite",
            Self::Names => "names",
            Self::Issuer => "issuer",
            Self::Nationality => "nationality",
        }
    }
}

/// What is wrong with a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Problem {
    /// Neither three lines of 30 nor two of 36 or 44.
    Shape,
    /// A character that no zone has, at a line and a column from 1.
    Character {
        /// The line.
        line: usize,
        /// The column.
        column: usize,
    },
    /// A check digit does not hold.
    CheckDigit(Field),
    /// What should be a date, letters or a name is none.
    Value(Field),
}

/// A date of birth, of which some documents know only a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Birth {
    /// The day.
    Day(CivilDate),
    /// Some of it is not known to the issuer.
    Incomplete,
}

/// What a zone says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    /// The size of the document.
    pub size: Size,
    /// The kind of document, one or two letters: `P`, `I`, `V`.
    pub kind: String,
    /// The issuing state or organisation, as it is written.
    pub issuer: String,
    /// The nationality, as it is written.
    pub nationality: String,
    /// The document's number.
    pub number: String,
    /// Family names.
    pub surname: String,
    /// Given names; empty where there are none.
    pub given_names: String,
    /// Date of birth.
    pub birth: Birth,
    /// The last day of validity.
    pub expires_on: CivilDate,
}

/// The check digit of a field: letters count 10 to 35, the filler nothing, weights 7, 3, 1 in turn, modulo 10. None for
/// a character that no zone has.
#[must_use]
pub fn check_digit(field: &str) -> Option<u32> {
    let mut sum = 0;
    for (letter, weight) in field.chars().zip(WEIGHTS.into_iter().cycle()) {
        let value = if letter == '<' { 0 } else { letter.to_digit(36).filter(|_| is_mrz(letter))? };
        sum += value * weight % 10;
    }
    Some(sum % 10)
}

fn is_mrz(letter: char) -> bool {
    letter.is_ascii_digit() || letter.is_ascii_uppercase() || letter == '<'
}

/// Reads a zone; lines may end as they like. `today` tells the century of two-digit years: nobody was born later, and a
/// document ends less than fifty years from today.
///
/// # Errors
/// Everything that is wrong.
pub fn read(text: &str, today: CivilDate) -> Result<Zone, Vec<Problem>> {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let mut problems = Vec::new();
    for (line, letters) in (1..).zip(&lines) {
        let wrong = (1..).zip(letters.chars()).filter(|(_, letter)| !is_mrz(*letter));
        problems.extend(wrong.map(|(column, _)| Problem::Character { line, column }));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let all = |length: usize| lines.iter().all(|line| line.len() == length);
    let parts = match lines.as_slice() {
        [first, second, third] if all(30) => td1(first, second, third),
        [first, second] if all(36) => two_lines(Size::Td2, first, second),
        [first, second] if all(44) => two_lines(Size::Td3, first, second),
        _ => None,
    };
    parts.ok_or_else(|| vec![Problem::Shape])?.zone(today)
}

/// The fields of a zone as they are written, each with its check digit.
struct Parts<'a> {
    size: Size,
    kind: &'a str,
    issuer: &'a str,
    nationality: &'a str,
    names: &'a str,
    /// The number, what goes on in the optional data, the digit.
    number: (String, &'a str),
    birth: (&'a str, &'a str),
    expiry: (&'a str, &'a str),
    /// A passport's alone.
    optional: Option<(&'a str, &'a str)>,
    composite: (String, &'a str),
}

fn td1<'a>(first: &'a str, second: &'a str, third: &'a str) -> Option<Parts<'a>> {
    Some(Parts {
        size: Size::Td1,
        kind: first.get(0..2)?,
        issuer: first.get(2..5)?,
        nationality: second.get(15..18)?,
        names: third,
        number: number(first.get(5..14)?, first.get(14..15)?, first.get(15..30)?),
        birth: (second.get(0..6)?, second.get(6..7)?),
        expiry: (second.get(8..14)?, second.get(14..15)?),
        optional: None,
        composite: (
            [first.get(5..30)?, second.get(0..7)?, second.get(8..15)?, second.get(18..29)?].concat(),
            second.get(29..30)?,
        ),
    })
}

fn two_lines<'a>(size: Size, first: &'a str, second: &'a str) -> Option<Parts<'a>> {
    let last = second.len().checked_sub(1)?;
    let (number, optional) = match size {
        // A passport's number has no more than nine characters; its optional data has a digit of its own.
        Size::Td1 | Size::Td3 => {
            let number = (second.get(0..9)?.to_owned(), second.get(9..10)?);
            (number, Some((second.get(28..42)?, second.get(42..43)?)))
        }
        Size::Td2 => (number(second.get(0..9)?, second.get(9..10)?, second.get(28..35)?), None),
    };
    Some(Parts {
        size,
        kind: first.get(0..2)?,
        issuer: first.get(2..5)?,
        nationality: second.get(10..13)?,
        names: first.get(5..)?,
        number,
        birth: (second.get(13..19)?, second.get(19..20)?),
        expiry: (second.get(21..27)?, second.get(27..28)?),
        optional,
        composite: (
            [second.get(0..10)?, second.get(13..20)?, second.get(21..last)?].concat(),
            second.get(last..)?,
        ),
    })
}

/// A number of more than nine characters has a filler for its digit and goes on in the optional data, the last character
/// of which is then the digit.
fn number<'a>(nine: &str, digit: &'a str, optional: &'a str) -> (String, &'a str) {
    let more = optional.split('<').next().unwrap_or_default();
    let Some(at) = more.len().checked_sub(1).filter(|_| digit == "<") else {
        return (nine.to_owned(), digit);
    };
    match (more.get(..at), more.get(at..)) {
        (Some(rest), Some(last)) => ([nine, rest].concat(), last),
        _ => (nine.to_owned(), digit),
    }
}

impl Parts<'_> {
    fn zone(&self, today: CivilDate) -> Result<Zone, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut check = |field: Field, text: &str, digit: &str| {
            // An optional field that is empty may have a filler for its digit.
            let empty = field == Field::Optional && digit == "<" && text.bytes().all(|byte| byte == b'<');
            if !empty && check_digit(text).map(|n| n.to_string()).as_deref() != Some(digit) {
                problems.push(Problem::CheckDigit(field));
            }
        };
        check(Field::Number, &self.number.0, self.number.1);
        check(Field::Birth, self.birth.0, self.birth.1);
        check(Field::Expiry, self.expiry.0, self.expiry.1);
        if let Some((text, digit)) = self.optional {
            check(Field::Optional, text, digit);
        }
        check(Field::Composite, &self.composite.0, self.composite.1);
        let birth = birth(self.birth.0, today);
        let expiry = expiry(self.expiry.0, today);
        let mut names = self.names.trim_end_matches('<').splitn(2, "<<");
        let (surname, given_names) = (words(names.next()), words(names.next()));
        let letters = |text: &str| text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'<');
        let wrong = [
            (Field::Birth, birth.is_none()),
            (Field::Expiry, expiry.is_none()),
            (Field::Number, self.number.0.trim_end_matches('<').is_empty()),
            (Field::Names, surname.is_empty() || !letters(self.names)),
            (Field::Issuer, !letters(self.issuer) || self.issuer == "<<<"),
            (Field::Nationality, !letters(self.nationality) || self.nationality == "<<<"),
        ];
        problems.extend(wrong.iter().filter(|(_, wrong)| *wrong).map(|(field, _)| Problem::Value(*field)));
        match (birth, expiry) {
            (Some(birth), Some(expires_on)) if problems.is_empty() => Ok(Zone {
                size: self.size,
                kind: plain(self.kind),
                issuer: plain(self.issuer),
                nationality: plain(self.nationality),
                number: plain(&self.number.0),
                surname,
                given_names,
                birth,
                expires_on,
            }),
            _ => Err(problems),
        }
    }
}

fn plain(text: &str) -> String {
    text.trim_end_matches('<').to_owned()
}

fn words(text: Option<&str>) -> String {
    text.unwrap_or_default().split('<').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// (year of the century, month, day).
fn digits(text: &str) -> Option<(i32, u32, u32)> {
    Some((text.get(0..2)?.parse().ok()?, text.get(2..4)?.parse().ok()?, text.get(4..6)?.parse().ok()?))
}

/// The latest day with these digits that is not after today.
fn birth(text: &str, today: CivilDate) -> Option<Birth> {
    if text.contains('<') {
        let known = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'<');
        return known.then_some(Birth::Incomplete);
    }
    let (year, month, day) = digits(text)?;
    let century = today.year().div_euclid(100) * 100;
    [century, century - 100]
        .into_iter()
        .filter_map(|century| CivilDate::from_ymd_opt(century + year, month, day))
        .find(|date| *date <= today)
        .map(Birth::Day)
}

/// The day with these digits that lies nearest to today: fewer than fifty years before or after it.
fn expiry(text: &str, today: CivilDate) -> Option<CivilDate> {
    let (year, month, day) = digits(text)?;
    let century = today.year().div_euclid(100) * 100;
    [century - 100, century, century + 100]
        .into_iter()
        .filter_map(|century| CivilDate::from_ymd_opt(century + year, month, day))
        .min_by_key(|date| (date.year() - today.year()).abs())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    // The specimens of ICAO Doc 9303: nobody's.
    const TD1: &str =
        "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<";
    const TD2: &str = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6";
    const TD3: &str =
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10";

    fn date(y: i32, m: u32, d: u32) -> CivilDate {
        CivilDate::from_ymd_opt(y, m, d).unwrap()
    }

    fn today() -> CivilDate {
        date(2026, 11, 24)
    }

    #[test]
    fn the_specimens_of_the_standard_are_read() {
        for (text, size, number) in
            [(TD1, Size::Td1, "D23145890"), (TD2, Size::Td2, "D23145890"), (TD3, Size::Td3, "L898902C3")]
        {
            let zone = read(text, today()).unwrap();
            assert_eq!((zone.size, zone.number.as_str()), (size, number));
            assert_eq!((zone.issuer.as_str(), zone.nationality.as_str()), ("UTO", "UTO"));
            assert_eq!((zone.surname.as_str(), zone.given_names.as_str()), ("ERIKSSON", "ANNA MARIA"));
            assert_eq!((zone.birth, zone.expires_on), (Birth::Day(date(1974, 8, 12)), date(2012, 4, 15)));
        }
    }

    #[test]
    fn a_wrong_digit_is_told_by_field_and_never_by_value() {
        let of = |from: &str, to: &str| read(&TD3.replacen(from, to, 1), today()).unwrap_err();
        let number = [Problem::CheckDigit(Field::Number), Problem::CheckDigit(Field::Composite)];
        assert_eq!(of("L898902C3", "L898902C4"), number);
        assert_eq!(
            of("7408122", "7408222"),
            [Problem::CheckDigit(Field::Birth), Problem::CheckDigit(Field::Composite)]
        );
        assert_eq!(of("<<<<<10", "<<<<<11"), [Problem::CheckDigit(Field::Composite)]);
        assert!(of("ZE184226B<<<<<1", "ZE184226B<<<<<2").contains(&Problem::CheckDigit(Field::Optional)));
    }

    #[test]
    fn what_has_no_shape_of_a_zone_is_refused() {
        assert_eq!(read("", today()), Err(vec![Problem::Shape]));
        assert_eq!(read(&TD3[..80], today()), Err(vec![Problem::Shape]));
        let lower = TD2.replacen("ANNA", "AnNA", 1);
        assert_eq!(read(&lower, today()), Err(vec![Problem::Character { line: 1, column: 17 }]));
        assert_eq!(read("É", today()), Err(vec![Problem::Character { line: 1, column: 1 }]));
    }

    /// A passport with these digits for both dates.
    fn passport(birth: &str, expiry: &str, optional: &str) -> String {
        let digit = |text: &str| check_digit(text).unwrap();
        let (n, b, e) = ("X12345678", birth, expiry);
        let second = format!("{n}{}UTO{b}{}<{e}{}{optional:<<14}", digit(n), digit(b), digit(e));
        let own =
            if optional.is_empty() { "<".to_owned() } else { digit(&format!("{optional:<<14}")).to_string() };
        let all = [&second[0..10], &second[13..20], &second[21..], &own].concat();
        format!("P<UTONGUYEN<<THI<HOA{}\n{second}{own}{}", "<".repeat(24), digit(&all))
    }

    #[test]
    fn the_century_follows_from_today_and_what_is_not_known_stays_so() {
        let of = |birth: &str, expiry: &str| {
            read(&passport(birth, expiry, ""), today()).map(|z| (z.birth, z.expires_on))
        };
        assert_eq!(of("261124", "351231"), Ok((Birth::Day(date(2026, 11, 24)), date(2035, 12, 31))));
        assert_eq!(of("261125", "760101").map(|(birth, _)| birth), Ok(Birth::Day(date(1926, 11, 25))));
        assert_eq!(of("000229", "990101"), Ok((Birth::Day(date(2000, 2, 29)), date(1999, 1, 1))));
        assert_eq!(of("74<<<<", "300101").map(|(birth, _)| birth), Ok(Birth::Incomplete));
        assert_eq!(of("740231", "300101"), Err(vec![Problem::Value(Field::Birth)]));
        assert_eq!(of("740812", "301301"), Err(vec![Problem::Value(Field::Expiry)]));
    }

    #[test]
    fn a_long_number_goes_on_in_the_optional_data() {
        let number = "D23145890734";
        let digit = check_digit(number).unwrap();
        let first = format!("I<UTOD23145890<734{digit}{}", "<".repeat(11));
        let second = "7408122F1204159UTO<<<<<<<<<<<";
        let all = [&first[5..30], &second[0..7], &second[8..15], &second[18..29]].concat();
        let text = format!("{first}\n{second}{}\nERIKSSON{}", check_digit(&all).unwrap(), "<".repeat(22));
        let zone = read(&text, today()).unwrap();
        assert_eq!((zone.number.as_str(), zone.given_names.as_str()), (number, ""));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[A-Z0-9<\n]{0,140}") {
            let _ = read(&text, today());
        }

        #[test]
        fn one_digit_for_another_never_passes(at in 0_usize..9, other in 0_u32..10) {
            let line = TD3.find('\n').unwrap() + 1;
            let mut text = TD3.to_owned();
            let digit = char::from_digit(other, 10).unwrap().to_string();
            let place = line + 13 + at.min(5);
            let changed = text[place..=place] != digit;
            text.replace_range(place..=place, &digit);
            prop_assert_eq!(read(&text, today()).is_err(), changed);
        }
    }
}
