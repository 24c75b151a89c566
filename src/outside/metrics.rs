//! What the process tells those who watch over it: counters, gauges and histograms, in memory, as text that
//! Prometheus reads. Nothing here may name a person, a token or an id; the labels are few and chosen by us.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The most combinations of labels of one measurement; what is past them is counted nowhere.
const SERIES_MAX: usize = 2_000;
/// The upper bounds of a histogram of durations, in milliseconds.
const BOUNDS_MS: [u64; 11] = [5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000];

/// One thing that is measured.
#[derive(Clone, Copy, Debug)]
pub struct Measurement {
    /// `ballast_…`, with its unit at the end.
    pub name: &'static str,
    /// What it is, in a sentence.
    pub help: &'static str,
    /// How it is counted.
    pub kind: Kind,
}

/// How something is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It only grows.
    Counter,
    /// It goes up and down.
    Gauge,
    /// Durations, by how long they were.
    Histogram,
}

/// The names and values of labels, in the order in which they are shown.
pub type Labels<'l> = &'l [(&'static str, &'l str)];

/// Everything that is measured in a process.
#[derive(Debug, Default)]
pub struct Metrics {
    families: Mutex<BTreeMap<&'static str, Family>>,
}

#[derive(Debug)]
struct Family {
    measurement: Measurement,
    series: BTreeMap<String, Series>,
}

#[derive(Debug)]
enum Series {
    Number(i64),
    Durations { counts: [u64; BOUNDS_MS.len()], count: u64, micros: u128 },
}

impl Metrics {
    /// Adds to a counter.
    pub fn add(&self, measurement: Measurement, labels: Labels<'_>, by: i64) {
        self.update(measurement, labels, |series| {
            if let Series::Number(number) = series {
                *number = number.saturating_add(by);
            }
        });
    }

    /// Sets a gauge.
    pub fn set(&self, measurement: Measurement, labels: Labels<'_>, to: i64) {
        self.update(measurement, labels, |series| *series = Series::Number(to));
    }

    /// Shows a measurement no more until it is made again.
    pub fn forget(&self, measurement: Measurement) {
        self.lock().remove(measurement.name);
    }

    /// Adds a duration to a histogram.
    pub fn observe(&self, measurement: Measurement, labels: Labels<'_>, took: Duration) {
        self.update(measurement, labels, |series| {
            if let Series::Durations { counts, count, micros } = series {
                let within = BOUNDS_MS.iter().map(|bound| took <= Duration::from_millis(*bound));
                counts.iter_mut().zip(within).for_each(|(count, within)| *count += u64::from(within));
                *count += 1;
                *micros += took.as_micros();
            }
        });
    }

    /// Everything, in the text format of Prometheus.
    #[must_use]
    pub fn render(&self) -> String {
        let mut out = String::new();
        for (name, family) in self.lock().iter() {
            let kind = match family.measurement.kind {
                Kind::Counter => "counter",
                Kind::Gauge => "gauge",
                Kind::Histogram => "histogram",
            };
            let _ = writeln!(out, "# HELP {name} {}\n# TYPE {name} {kind}", family.measurement.help);
            family.series.iter().for_each(|(labels, series)| series.render(&mut out, name, labels));
        }
        out
    }

    fn update(&self, measurement: Measurement, labels: Labels<'_>, change: impl FnOnce(&mut Series)) {
        let mut families = self.lock();
        let new = || Family { measurement, series: BTreeMap::new() };
        let series = &mut families.entry(measurement.name).or_insert_with(new).series;
        let labels = written(labels);
        if series.len() >= SERIES_MAX && !series.contains_key(&labels) {
            return;
        }
        change(series.entry(labels).or_insert_with(|| match measurement.kind {
            Kind::Counter | Kind::Gauge => Series::Number(0),
            Kind::Histogram => Series::Durations { counts: [0; BOUNDS_MS.len()], count: 0, micros: 0 },
        }));
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<&'static str, Family>> {
        // A panic in between leaves a number that is one short at worst.
        self.families.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Series {
    fn render(&self, out: &mut String, name: &str, labels: &str) {
        let braced = |more: &str| match (labels, more) {
            ("", "") => String::new(),
            (labels, "") => format!("{{{labels}}}"),
            ("", more) => format!("{{{more}}}"),
            (labels, more) => format!("{{{labels},{more}}}"),
        };
        match self {
            Self::Number(number) => {
                let _ = writeln!(out, "{name}{} {number}", braced(""));
            }
            Self::Durations { counts, count, micros } => {
                for (bound, within) in BOUNDS_MS.iter().zip(counts) {
                    let le = format!("le=\"{}.{:03}\"", bound / 1_000, bound % 1_000);
                    let _ = writeln!(out, "{name}_bucket{} {within}", braced(&le));
                }
                let _ = writeln!(out, "{name}_bucket{} {count}", braced("le=\"+Inf\""));
                let (seconds, rest) = (micros / 1_000_000, micros % 1_000_000);
                let _ = writeln!(out, "{name}_sum{} {seconds}.{rest:06}", braced(""));
                let _ = writeln!(out, "{name}_count{} {count}", braced(""));
            }
        }
    }
}

/// `name="value",…` with what the format escapes.
fn written(labels: Labels<'_>) -> String {
    let escaped = |value: &str| value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    let parts = labels.iter().map(|(name, value)| format!("{name}=\"{}\"", escaped(value)));
    parts.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEEN: Measurement =
        Measurement { name: "ballast_seen_total", help: "What was seen.", kind: Kind::Counter };
    const TOOK: Measurement =
        Measurement { name: "ballast_took_seconds", help: "How long.", kind: Kind::Histogram };

    #[test]
    fn what_was_counted_is_written_as_prometheus_reads_it() {
        let metrics = Metrics::default();
        metrics.add(SEEN, &[("what", "a\"b")], 2);
        metrics.add(SEEN, &[("what", "a\"b")], 1);
        metrics.observe(TOOK, &[], Duration::from_millis(30));
        metrics.observe(TOOK, &[], Duration::from_secs(20));
        let text = metrics.render();
        assert!(text.contains("# TYPE ballast_seen_total counter\nballast_seen_total{what=\"a\\\"b\"} 3\n"));
        for line in [
            "ballast_took_seconds_bucket{le=\"0.025\"} 0\n",
            "ballast_took_seconds_bucket{le=\"0.050\"} 1\n",
            "ballast_took_seconds_bucket{le=\"+Inf\"} 2\n",
            "ballast_took_seconds_sum 20.030000\n",
            "ballast_took_seconds_count 2\n",
        ] {
            assert!(text.contains(line), "{line}: {text}");
        }
    }

    #[test]
    fn labels_cannot_grow_without_end() {
        let metrics = Metrics::default();
        for n in 0..SERIES_MAX + 10 {
            metrics.add(SEEN, &[("what", &n.to_string())], 1);
        }
        assert_eq!(metrics.render().lines().count(), SERIES_MAX + 2);
    }
}
