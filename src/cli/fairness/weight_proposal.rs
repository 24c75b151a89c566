//! Weights that outcomes would suggest, printed as what they are: a proposal.

use std::path::Path;

use ballast_domain::base::ratio::{Ratio, Rounding};
use ballast_domain::matching::fairness::interval;
use ballast_domain::matching::fairness::outcome::{FEATURES, Target};
use ballast_domain::matching::fairness::weight_fit::{Bin, Proposal, ROWS_MIN, Refusal, STEPS, fit};
use serde_json::{Value, json};

use super::{Format, columns, int, places, wrong_file};
use crate::cli::input;
use crate::cli::output::Failure;
use crate::format::matching::hiring_outcome::{self, BYTES_MAX};
use crate::words::Words;

/// The proposal as text.
///
/// # Errors
/// [`Failure`]: a file that is wrong, with every place, or too little to fit.
pub(super) fn run(words: Words, file: &Path, target: Target, format: Format) -> Result<String, Failure> {
    let bytes = input::read(words, file, u64::try_from(BYTES_MAX).unwrap_or(u64::MAX))?;
    let outcomes = hiring_outcome::read(&bytes).map_err(|all| wrong_file(words, file, &all))?;
    let proposal = fit(&outcomes, target).map_err(|refusal| match refusal {
        Refusal::TooFew { found } => {
            let args = [("found", int(found)), ("least", int(ROWS_MIN))];
            Failure::new(words.ta("fairness-fit-too-few", &args))
        }
        Refusal::AllAlike => Failure::new(words.t("fairness-fit-all-alike")),
    })?;
    match format {
        Format::Text => Ok(text(words, &proposal)),
        Format::Json => Ok(format!("{:#}\n", json(&proposal))),
        Format::Csv => Ok(csv(&proposal)),
    }
}

fn thousandths(n: i64) -> String {
    places(&Ratio::new(n.into(), 1000.into()), 3, Rounding::HalfUp).replace('-', "\u{2212}")
}

fn unit(n: u64) -> String {
    places(&Ratio::new(n.into(), interval::UNITS.into()), 4, Rounding::HalfUp)
}

fn text(words: Words, proposal: &Proposal) -> String {
    let args = [
        ("fitted", int(proposal.fitted)),
        ("held_out", int(proposal.held_out)),
        ("unknown", int(proposal.unknown)),
        ("steps", i64::from(STEPS).into()),
        ("last", proposal.last_step.to_string().into()),
    ];
    let heading = |names: &[&str]| -> Vec<String> {
        names.iter().map(|name| words.t(&format!("fairness-fit-{name}"))).collect()
    };
    let mut weights = vec![heading(&["feature", "weight", "points"])];
    let [intercept, rest @ ..] = &proposal.weights_thousandths;
    weights.push(vec![words.t("fairness-fit-intercept"), thousandths(*intercept)]);
    for ((feature, weight), points) in FEATURES.iter().zip(rest).zip(proposal.points) {
        let mut cells =
            vec![words.t(&format!("fairness-feature-{feature}")), thousandths(*weight), points.to_string()];
        if *weight < 0 {
            cells.push(words.t("fairness-fit-negative"));
        }
        weights.push(cells);
    }
    let mut curve = vec![heading(&["bin", "rows", "predicted", "observed", "interval"])];
    curve.extend((0_usize..).zip(&proposal.curve).map(|(at, bin)| curve_row(at, bin)));
    format!(
        "{}\n{}\n\n{}\n{}\n{}\n",
        words.t("fairness-fit-proposal"),
        words.ta("fairness-fit-heading", &args),
        columns(&weights),
        words.t("fairness-fit-curve"),
        columns(&curve).trim_end_matches('\n'),
    )
}

fn curve_row(at: usize, bin: &Bin) -> Vec<String> {
    let tenth = |n: usize| format!("0.{n}").replace("0.10", "1.0");
    let mut cells = vec![format!("{}–{}", tenth(at), tenth(at + 1)), bin.observed.considered().to_string()];
    if let (Some(rate), Some(interval)) = (bin.observed.rate(), bin.interval) {
        cells.push(unit(bin.predicted));
        cells.push(places(&rate, 4, Rounding::HalfUp));
        cells.push(format!("{}–{}", unit(interval.low), unit(interval.high)));
    }
    cells
}

fn json(proposal: &Proposal) -> Value {
    let [intercept, rest @ ..] = &proposal.weights_thousandths;
    let weights: Vec<Value> = FEATURES
        .iter()
        .zip(rest)
        .zip(proposal.points)
        .map(|((feature, weight), points)| {
            json!({ "feature": feature, "weight_thousandths": weight, "points": points })
        })
        .collect();
    let curve: Vec<Value> = proposal
        .curve
        .iter()
        .map(|bin| {
            json!({
                "rows": bin.observed.considered(),
                "happened": bin.observed.selected(),
                "predicted": unit(bin.predicted),
                "rate_low": bin.interval.map(|interval| unit(interval.low)),
                "rate_high": bin.interval.map(|interval| unit(interval.high)),
            })
        })
        .collect();
    json!({
        "proposal": true,
        "fitted": proposal.fitted,
        "held_out": proposal.held_out,
        "unknown": proposal.unknown,
        "steps": STEPS,
        "last_step_billionths": proposal.last_step,
        "intercept_thousandths": intercept,
        "weights": weights,
        "curve": curve,
    })
}

fn csv(proposal: &Proposal) -> String {
    let [intercept, rest @ ..] = &proposal.weights_thousandths;
    let mut text = format!("feature,weight_thousandths,points\nintercept,{intercept},\n");
    for ((feature, weight), points) in FEATURES.iter().zip(rest).zip(proposal.points) {
        text.push_str(&format!("{feature},{weight},{points}\n"));
    }
    text
}
