//! Owns every word that a person reads: the two languages, their messages, and how dates, money and counts are written.
//! It must not know pages, requests or storage; callers hand in plain values and get finished text.

pub mod exchange;
pub mod matching;
pub mod quota;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate, NaiveDateTime};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

/// A language that the whole product speaks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Locale {
    /// Simplified Chinese, the default.
    ZhCn,
    /// English.
    En,
}

impl Locale {
    /// Both languages, the default first.
    pub const ALL: [Self; 2] = [Self::ZhCn, Self::En];

    /// The BCP 47 tag, as in `lang` attributes, user settings and the `?lang=` parameter.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::ZhCn => "zh-CN",
            Self::En => "en",
        }
    }

    /// The language of a tag: any `zh…` or `en…`, whatever its region and case. None for another language.
    #[must_use]
    pub fn parse(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("zh") {
            Some(Self::ZhCn)
        } else if primary.eq_ignore_ascii_case("en") {
            Some(Self::En)
        } else {
            None
        }
    }

    /// The language that an `Accept-Language` header (RFC 9110, section 12.5.4) likes best; Chinese where it names
    /// neither, is absent or cannot be read. Of two equal weights the first named wins.
    #[must_use]
    pub fn negotiate(accept_language: Option<&str>) -> Self {
        let mut best: Option<(u16, Self)> = None;
        for range in accept_language.unwrap_or_default().split(',') {
            let mut parts = range.split(';');
            let Some(locale) = parts.next().and_then(Self::parse) else { continue };
            let weight =
                parts.find_map(|part| part.trim().strip_prefix("q=")).map_or(1000, weight_thousandths);
            if weight > 0 && best.is_none_or(|(known, _)| weight > known) {
                best = Some((weight, locale));
            }
        }
        best.map_or(Self::ZhCn, |(_, locale)| locale)
    }

    /// The other one of the two, for the language switch.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::ZhCn => Self::En,
            Self::En => Self::ZhCn,
        }
    }

    const fn index(self) -> usize {
        match self {
            Self::ZhCn => 0,
            Self::En => 1,
        }
    }
}

/// A quality value in thousandths; what is not one counts as zero, so that it is never preferred.
fn weight_thousandths(text: &str) -> u16 {
    let (whole, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    if fraction.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return 0;
    }
    let thousandths = format!("{fraction:0<3}").parse::<u16>().unwrap_or(0);
    match whole {
        "1" => 1000,
        "0" => thousandths,
        _ => 0,
    }
}

/// A value for a variable of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arg {
    /// Text as it is: names, codes, dates already written, years.
    Text(String),
    /// A count: grouped by thousands, and the plural form of the message is chosen by it.
    Int(i64),
}

impl From<&str> for Arg {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Arg {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Arg {
    fn from(count: i64) -> Self {
        Self::Int(count)
    }
}

/// The words of one language.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Words(pub Locale);

impl Words {
    /// The language spoken.
    #[must_use]
    pub const fn locale(self) -> Locale {
        self.0
    }

    /// The same product in the other language, for the language switch and the second half of the name.
    #[must_use]
    pub const fn other(self) -> Self {
        Self(self.0.other())
    }

    /// The message of `key`. A key that does not exist shows as itself, which the tests look for.
    #[must_use]
    pub fn t(&self, key: &str) -> String {
        self.ta(key, &[])
    }

    /// The message of `key` with its variables filled in. A variable that is not given shows as `{$name}`.
    #[must_use]
    pub fn ta(&self, key: &str, args: &[(&str, Arg)]) -> String {
        format(self.0, key, args).map_or_else(|| key.to_owned(), |(text, _)| text)
    }

    /// A civil date in full: `2026 年 11 月 24 日`, `24 November 2026`.
    #[must_use]
    pub fn date(&self, date: NaiveDate) -> String {
        match self.0 {
            Locale::ZhCn => format!("{} 年 {} 月 {} 日", date.year(), date.month(), date.day()),
            Locale::En => date.format("%-d %B %Y").to_string(),
        }
    }

    /// A civil date inside lists whose year is plain from the context: `11-24` in both languages.
    #[must_use]
    pub fn date_short(&self, date: NaiveDate) -> String {
        date.format("%m-%d").to_string()
    }

    /// A date and a time of day: `2026 年 11 月 24 日 09:12`, `24 November 2026, 09:12`.
    #[must_use]
    pub fn moment(&self, at: NaiveDateTime) -> String {
        let (date, time) = (self.date(at.date()), at.format("%H:%M"));
        match self.0 {
            Locale::ZhCn => format!("{date} {time}"),
            Locale::En => format!("{date}, {time}"),
        }
    }

    /// An amount of yuan given in fen: `4,200 元`, `CNY 4,200`; fen are written only where there are some.
    #[must_use]
    pub fn money(&self, minor: i64) -> String {
        self.in_yuan(&amount(minor))
    }

    /// A range of yuan given in fen: `4,300–5,200 元`, `CNY 4,300–5,200`; one amount where both ends are equal.
    #[must_use]
    pub fn money_range(&self, least_minor: i64, most_minor: i64) -> String {
        if least_minor == most_minor {
            return self.money(least_minor);
        }
        self.in_yuan(&format!("{}–{}", amount(least_minor), amount(most_minor)))
    }

    fn in_yuan(self, amount: &str) -> String {
        match self.0 {
            Locale::ZhCn => format!("{amount} 元"),
            Locale::En => format!("CNY {amount}"),
        }
    }

    /// A count grouped by thousands, with a true minus sign: `1,234`, `−5`.
    #[must_use]
    pub fn count(&self, count: i64) -> String {
        integer(count)
    }
}

const MINUS: char = '\u{2212}';

/// Yuan from fen, which are written only where there are some.
fn amount(minor: i64) -> String {
    let fen = minor.unsigned_abs() % 100;
    let mut text = grouped(minor.unsigned_abs() / 100);
    if fen != 0 {
        text.push_str(&format!(".{fen:02}"));
    }
    if minor < 0 {
        text.insert(0, MINUS);
    }
    text
}

fn integer(value: i64) -> String {
    let mut text = grouped(value.unsigned_abs());
    if value < 0 {
        text.insert(0, MINUS);
    }
    text
}

fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Every message file of a language, in the order in which a translator reads them. One list for both languages: a file
/// that one of them lacks does not compile.
macro_rules! sources {
    ($tag:literal) => {
        [
            include_str!(concat!("locales/", $tag, "/layout.ftl")),
            include_str!(concat!("locales/", $tag, "/navigation.ftl")),
            include_str!(concat!("locales/", $tag, "/sign-in.ftl")),
            include_str!(concat!("locales/", $tag, "/account.ftl")),
            include_str!(concat!("locales/", $tag, "/second-factor.ftl")),
            include_str!(concat!("locales/", $tag, "/open-id.ftl")),
            include_str!(concat!("locales/", $tag, "/error.ftl")),
            include_str!(concat!("locales/", $tag, "/shortlist.ftl")),
            include_str!(concat!("locales/", $tag, "/matching.ftl")),
            include_str!(concat!("locales/", $tag, "/hiring.ftl")),
            include_str!(concat!("locales/", $tag, "/home.ftl")),
            include_str!(concat!("locales/", $tag, "/field.ftl")),
            include_str!(concat!("locales/", $tag, "/record.ftl")),
            include_str!(concat!("locales/", $tag, "/person.ftl")),
            include_str!(concat!("locales/", $tag, "/rights.ftl")),
            include_str!(concat!("locales/", $tag, "/training.ftl")),
            include_str!(concat!("locales/", $tag, "/permit.ftl")),
            include_str!(concat!("locales/", $tag, "/organisation.ftl")),
            include_str!(concat!("locales/", $tag, "/poverty.ftl")),
            include_str!(concat!("locales/", $tag, "/taxonomy.ftl")),
            include_str!(concat!("locales/", $tag, "/exchange.ftl")),
            include_str!(concat!("locales/", $tag, "/audit.ftl")),
            include_str!(concat!("locales/", $tag, "/quota.ftl")),
            include_str!(concat!("locales/", $tag, "/fairness.ftl")),
        ]
    };
}

const SOURCES_ZH_CN: &[&str] = &sources!("zh-CN");
const SOURCES_EN: &[&str] = &sources!("en");

const fn sources(locale: Locale) -> &'static [&'static str] {
    match locale {
        Locale::ZhCn => SOURCES_ZH_CN,
        Locale::En => SOURCES_EN,
    }
}

static BUNDLES: LazyLock<[FluentBundle<FluentResource>; 2]> = LazyLock::new(|| Locale::ALL.map(bundle));

/// A file with a broken message still gives its sound ones, and the first of two equal keys stays: a page with one
/// wrong word is better than none. The tests refuse both.
fn bundle(locale: Locale) -> FluentBundle<FluentResource> {
    let language = locale.tag().parse::<LanguageIdentifier>().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(|value, _| match value {
        FluentValue::Number(number) => Some(integer(number.value as i64)),
        FluentValue::String(_) | FluentValue::Custom(_) | FluentValue::None | FluentValue::Error => None,
    }));
    for source in sources(locale) {
        let resource = FluentResource::try_new((*source).to_owned()).unwrap_or_else(|(sound, _)| sound);
        let _ = bundle.add_resource(resource);
    }
    bundle
}

/// The text and how many errors formatting it met; None where there is no such message.
fn format(locale: Locale, key: &str, args: &[(&str, Arg)]) -> Option<(String, usize)> {
    let bundle = &BUNDLES[locale.index()];
    let pattern = bundle.get_message(key)?.value()?;
    let values: FluentArgs<'_> = args.iter().map(|(name, arg)| (Cow::Borrowed(*name), value(arg))).collect();
    let mut errors = Vec::new();
    let text = bundle.format_pattern(pattern, Some(&values), &mut errors).into_owned();
    Some((text, errors.len()))
}

/// Fluent keeps numbers as floating point, so a count that it could not hold exactly goes in as text.
fn value(arg: &Arg) -> FluentValue<'_> {
    const EXACT_MAX: u64 = 1 << 53;
    match arg {
        Arg::Text(text) => FluentValue::String(Cow::Borrowed(text)),
        Arg::Int(count) if count.unsigned_abs() <= EXACT_MAX => FluentValue::from(*count),
        Arg::Int(count) => FluentValue::String(Cow::Owned(integer(*count))),
    }
}

/// Every key of a language.
#[must_use]
pub fn keys(locale: Locale) -> BTreeSet<String> {
    variables(locale).into_keys().collect()
}

/// Every key of a language with the variables that its message names, read from the files as they are written.
#[must_use]
pub fn variables(locale: Locale) -> BTreeMap<String, BTreeSet<String>> {
    let mut messages: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for source in sources(locale) {
        let mut current = None;
        for line in source.lines() {
            let starts_message = line.starts_with(|first: char| first.is_ascii_alphabetic());
            if let Some((key, _)) = line.split_once('=').filter(|_| starts_message) {
                let key = key.trim().to_owned();
                messages.entry(key.clone()).or_default();
                current = Some(key);
            }
            if let Some(named) = current.as_ref().and_then(|key| messages.get_mut(key)) {
                named.extend(line.split('$').skip(1).map(variable_name));
            }
        }
    }
    messages
}

fn variable_name(rest: &str) -> String {
    rest.chars().take_while(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-')).collect()
}

#[cfg(test)]
mod tests;
