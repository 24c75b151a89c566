//! F6: firms in the order of their points, when they ask for more places than there are.

use std::cmp::Ordering;

use num_traits::Zero as _;

use super::answer::{Answer, Missing, MissingKind, Value};
use super::case::Case;
use super::facts::{Bid, Demand, PointKind};
use super::pack::{DemandRanking, TieBreak};
use super::trace::Trace;
use crate::base::ratio::Ratio;

/// Answers each firm's points and how many places it gets. What was recorded after the close does not count.
pub fn evaluate(case: &Case<'_>, rule: &DemandRanking, trace: &mut Trace) {
    let Some(demand) = &case.facts.demand else {
        return trace.known("granted", None, Err::<Value, _>(Missing::fact("/demand")));
    };
    let mut scored: Vec<(&Bid, Ratio)> = Vec::new();
    for bid in &demand.bids {
        let of = Some(bid.id.as_str());
        if bid.applied_on > demand.closes_on {
            trace.step("too_late", vec![("firm", bid.id.as_str().into())], bid.applied_on, &[]);
            trace.answer("granted", of, Answer::Known(Ratio::zero().into()));
            continue;
        }
        let points = points(bid, demand, trace);
        trace.answer("points", of, Answer::Known((&points).into()));
        scored.push((bid, points));
    }
    scored.sort_by(|a, b| order(rule, a, b).then_with(|| a.0.id.cmp(&b.0.id)));
    grant(rule, demand, &scored, trace);
}

fn points(bid: &Bid, demand: &Demand, trace: &mut Trace) -> Ratio {
    let of = |kind: PointKind| -> Ratio {
        let frozen =
            bid.points.iter().filter(|entry| entry.kind == kind && entry.recorded_on <= demand.closes_on);
        frozen.map(|entry| &entry.points).sum()
    };
    let (basic, bonus, penalty) = (of(PointKind::Basic), of(PointKind::Bonus), of(PointKind::Penalty));
    let points = &basic + &bonus - &penalty;
    let operands = vec![
        ("firm", bid.id.as_str().into()),
        ("basic", basic.into()),
        ("bonus", bonus.into()),
        ("penalty", penalty.into()),
    ];
    trace.step("points_of_firm", operands, &points, &[]);
    points
}

/// More points first, then the tie-breaks in their order.
fn order(rule: &DemandRanking, a: &(&Bid, Ratio), b: &(&Bid, Ratio)) -> Ordering {
    let by = |tie: &TieBreak| match tie {
        TieBreak::EarlierApplication => a.0.applied_on.cmp(&b.0.applied_on),
        TieBreak::FewerRequested => a.0.requested.cmp(&b.0.requested),
    };
    b.1.cmp(&a.1).then_with(|| rule.tie_breaks.iter().map(by).find(|o| o.is_ne()).unwrap_or(Ordering::Equal))
}

/// Gives places down the order. Those who stand equal get theirs together; where not all of them fit, nobody can say who.
fn grant(rule: &DemandRanking, demand: &Demand, scored: &[(&Bid, Ratio)], trace: &mut Trace) {
    let mut left = demand.places.clone();
    for equals in scored.chunk_by(|a, b| order(rule, a, b).is_eq()) {
        let asked: Ratio = equals.iter().map(|(bid, _)| &bid.requested).sum();
        let tied = equals.len() > 1 && asked > left && !left.is_zero();
        for (bid, _) in equals {
            let of = Some(bid.id.as_str());
            if tied {
                let names: Vec<&str> = equals.iter().map(|(bid, _)| bid.id.as_str()).collect();
                let missing = Missing::new(MissingKind::TieBreak, names.join(" = "));
                trace.known("granted", of, Err::<Value, _>(vec![missing]));
                continue;
            }
            let granted = (&bid.requested).min(&left).clone();
            let operands = vec![
                ("firm", bid.id.as_str().into()),
                ("requested", (&bid.requested).into()),
                ("left", (&left).into()),
            ];
            trace.step("grant", operands, &granted, &[]);
            left -= &granted;
            trace.answer("granted", of, Answer::Known(granted.into()));
        }
        if tied {
            left = Ratio::zero();
        }
    }
    trace.answer("left", None, Answer::Known(left.into()));
}
