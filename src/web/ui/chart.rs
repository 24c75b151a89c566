//! Owns the charts: server-drawn SVG by presentation attributes, each with a title, a description and a table twin.
//! Percentages are integers in hundredths, so that the parts of a bar sum to the whole. It must not know a service.

use maud::{Markup, html};

use crate::words::{Locale, Words};

/// What an addend of a score is about; the order is the order in the bar.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum AddendClass {
    /// A skill that the post cannot do without.
    Essential,
    /// A skill that helps.
    Nice,
    /// A certificate.
    Certificate,
    /// Wage, distance or dormitory, shift.
    Terms,
    /// A finished joint class with this factory.
    JointClass,
}

impl AddendClass {
    /// All of them, in the order of the bar.
    pub const ALL: [Self; 5] =
        [Self::Essential, Self::Nice, Self::Certificate, Self::Terms, Self::JointClass];

    const fn fill(self) -> &'static str {
        match self {
            Self::Essential => "f-mallard",
            Self::Nice => "f-mallard-2",
            Self::Certificate => "f-indigo",
            Self::Terms => "f-tussah",
            Self::JointClass => "f-granite",
        }
    }

    /// Its name in the language.
    #[must_use]
    pub fn label(self, words: Words) -> String {
        match self {
            Self::Essential => words.t("addend-essential"),
            Self::Nice => words.t("addend-nice"),
            Self::Certificate => words.t("addend-certificate"),
            Self::Terms => words.t("addend-terms"),
            Self::JointClass => words.t("addend-joint_class"),
        }
    }
}

/// One part of a bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addend {
    /// What it is called.
    pub name: String,
    /// What it adds, in points; zero draws nothing.
    pub points: i64,
    /// What it is about, which gives its colour.
    pub class: AddendClass,
}

/// One row of the table that adds a score up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddendRow {
    /// What it is called.
    pub name: String,
    /// How the points come about, for example `300 × 3/3 × 900/1000 × 852/1000`.
    pub working: String,
    /// What it adds, in points.
    pub points: i64,
    /// What it is about.
    pub class: AddendClass,
}

/// The rows gathered by class, one addend each in the order of the bar, also where it adds nothing.
#[must_use]
pub fn by_class(words: Words, rows: &[AddendRow]) -> Vec<Addend> {
    AddendClass::ALL
        .into_iter()
        .filter(|class| rows.iter().any(|row| row.class == *class))
        .map(|class| Addend {
            name: class.label(words),
            points: rows.iter().filter(|row| row.class == class).map(|row| row.points).sum(),
            class,
        })
        .collect()
}

/// A score as a bar of its addends on a track of `scale` points. `id` is unique in the document, `label` says whose
/// score it is. A sum past the scale stretches the scale: nothing is cut off.
#[must_use]
pub fn addend_bar(words: Words, id: &str, label: &str, addends: &[Addend], scale: i64) -> Markup {
    let sum: i64 = addends.iter().map(|addend| addend.points).sum();
    let named: Vec<String> =
        addends.iter().map(|addend| format!("{} {}", addend.name, words.count(addend.points))).collect();
    let between = match words.locale() {
        Locale::ZhCn => "，",
        Locale::En => ", ",
    };
    html! {
        svg.addends width="100%" height="14" role="img" aria-labelledby={ (id) "-t " (id) "-d" } {
            title id={ (id) "-t" } { (label) ": " (words.count(sum)) " / " (words.count(scale)) }
            desc id={ (id) "-d" } { (named.join(between)) }
            rect.track width="100%" height="14" {}
            @for segment in segments(addends, scale.max(sum)) {
                @let end = percent(segment.start + segment.width);
                rect class=(segment.class.fill()) x=(percent(segment.start)) width=(percent(segment.width)) height="14" {}
                line.l-surface x1=(end) x2=(end) y2="14" {}
            }
        }
    }
}

/// Where an addend lies, in hundredths of a per cent of the track.
struct Segment {
    class: AddendClass,
    start: i64,
    width: i64,
}

/// Each edge is rounded once from the running sum, so the widths add up to the rounded whole, whatever the parts.
fn segments(addends: &[Addend], scale: i64) -> Vec<Segment> {
    let edge = |points: i64| {
        i64::try_from(i128::from(points) * 10_000 / i128::from(scale.max(1))).unwrap_or(i64::MAX)
    };
    let mut running = 0;
    let mut segments = Vec::with_capacity(addends.len());
    for addend in addends.iter().filter(|addend| addend.points > 0) {
        let start = edge(running);
        running += addend.points;
        segments.push(Segment { class: addend.class, start, width: edge(running) - start });
    }
    segments
}

fn percent(hundredths: i64) -> String {
    let (whole, rest) = (hundredths / 100, hundredths % 100);
    match (rest / 10, rest % 10) {
        (0, 0) => format!("{whole}%"),
        (tenths, 0) => format!("{whole}.{tenths}%"),
        _ => format!("{whole}.{rest:02}%"),
    }
}

/// What the colours of the bars mean.
#[must_use]
pub fn addend_key(words: Words) -> Markup {
    html! {
        ul.key aria-label=(words.t("shortlist-key")) {
            @for class in AddendClass::ALL {
                li {
                    svg aria-hidden="true" focusable="false" { rect class=(class.fill()) width="100%" height="100%" {} }
                    (class.label(words))
                }
            }
        }
    }
}

/// The bar's twin: every addend with its working, and the total, so that the score can be redone by hand.
#[must_use]
pub fn addend_table(words: Words, label: &str, rows: &[AddendRow], total: i64, open: bool) -> Markup {
    html! {
        details.twin open[open] {
            summary { (words.ta("shortlist-addends", &[("score", total.into())])) }
            p.cite { (words.t("shortlist-addends-rule")) }
            table.data.addend-table {
                caption.hidden { (words.ta("shortlist-addends-of", &[("person", label.into())])) }
                thead {
                    tr {
                        th scope="col" { (words.t("shortlist-addend")) }
                        th scope="col" { (words.t("shortlist-working")) }
                        th.num scope="col" { (words.t("shortlist-points-column")) }
                    }
                }
                tbody {
                    @for row in rows {
                        tr {
                            th scope="row" { (row.name) }
                            td { (row.working) }
                            td.num { (words.count(row.points)) }
                        }
                    }
                }
                tfoot {
                    tr {
                        th scope="row" colspan="2" { (words.t("shortlist-total")) }
                        td.num { (words.count(total)) }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EN: Words = Words(Locale::En);

    fn addends(points: &[i64]) -> Vec<Addend> {
        AddendClass::ALL
            .into_iter()
            .zip(points)
            .map(|(class, points)| Addend { name: class.label(EN), points: *points, class })
            .collect()
    }

    #[test]
    fn the_widths_sum_to_the_score_and_every_segment_starts_where_the_last_ended() {
        for points in [[452, 179, 80, 134, 30], [1, 1, 1, 1, 1], [333, 333, 333, 1, 0], [0, 0, 7, 0, 3]] {
            for scale in [1000, 997, 1003] {
                let segments = segments(&addends(&points), scale);
                let sum: i64 = points.iter().sum();
                assert_eq!(segments.iter().map(|segment| segment.width).sum::<i64>(), sum * 10_000 / scale);
                let mut end = 0;
                for segment in segments {
                    assert_eq!(segment.start, end);
                    end = segment.start + segment.width;
                }
            }
        }
    }

    #[test]
    fn the_bar_says_in_words_what_it_draws() {
        let bar = addend_bar(EN, "b1", "K7Q-41M", &addends(&[452, 179, 80, 134, 0]), 1000).into_string();
        assert!(bar.contains(r#"<title id="b1-t">K7Q-41M: 845 / 1,000</title>"#), "{bar}");
        assert!(bar.contains("Essential skills 452, Nice-to-have skills 179, Certificate 80"), "{bar}");
        assert!(bar.contains(r#"<rect class="f-mallard" x="0%" width="45.2%" height="14">"#), "{bar}");
        assert!(bar.contains(r#"<line class="l-surface" x1="63.1%" x2="63.1%" y2="14">"#), "{bar}");
        assert!(!bar.contains("f-granite"), "nothing is drawn for nothing: {bar}");
    }

    #[test]
    fn a_sum_past_the_scale_fills_the_track_and_keeps_its_number() {
        let bar = addend_bar(EN, "b", "X", &addends(&[900, 300, 0, 0, 0]), 1000).into_string();
        assert!(bar.contains("X: 1,200 / 1,000"), "{bar}");
        assert!(bar.contains(r#"x="75%" width="25%""#), "{bar}");
    }

    #[test]
    fn a_percentage_is_written_without_needless_digits() {
        assert_eq!(percent(0), "0%");
        assert_eq!(percent(4520), "45.2%");
        assert_eq!(percent(4505), "45.05%");
        assert_eq!(percent(10_000), "100%");
    }

    #[test]
    fn rows_are_gathered_by_class_in_the_order_of_the_bar() {
        let row = |class, points| AddendRow { name: "n".into(), working: "w".into(), points, class };
        let rows =
            [row(AddendClass::Terms, 5), row(AddendClass::Essential, 3), row(AddendClass::Essential, 4)];
        let gathered: Vec<_> =
            by_class(EN, &rows).into_iter().map(|addend| (addend.class, addend.points)).collect();
        assert_eq!(gathered, [(AddendClass::Essential, 7), (AddendClass::Terms, 5)]);
    }
}
