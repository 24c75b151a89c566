//! Room in every node on both paths: from the port down to the post, from the group down to the site. Caps are dated facts
//! on nodes, entered with their act; the node with the smallest balance is the one that binds.

use num_traits::Zero as _;

use super::answer::{Answer, Known, Missing, MissingKind, Value};
use super::case::Case;
use super::ceiling;
use super::facts::{Cap, CapLimit, Flow, Node};
use super::headcount::{self, PermitFilter, Weights};
use super::pack::ParameterValue;
use super::share::{act_cite, counted, mean_of_months, to_people, verdict};
use super::trace::{Cite, Trace, both};
use super::window::holds;
use crate::base::ratio::{self, Ratio, Rounding};

/// What one node has room for.
struct Room<'a> {
    node: &'a Node,
    /// None: no limit.
    balance: Known<Option<Ratio>>,
    /// Whether more places are taken than there may be.
    over: bool,
}

/// Answers for each node, which of them binds, and whether what is applied for has room in all.
pub fn evaluate(case: &Case<'_>, trace: &mut Trace) {
    let nodes = match charged(case) {
        Ok(nodes) => nodes,
        Err(missing) => return trace.known("decision", None, Err::<Value, _>(missing)),
    };
    let names = nodes.iter().map(|node| node.id.clone()).collect();
    trace.step("nodes", vec![("nodes", Value::List(names))], Value::count(nodes.len()), &[]);
    let rooms: Vec<Room<'_>> = nodes.into_iter().map(|node| room(case, node, trace)).collect();
    answer_binding(&rooms, trace);
    answer_decision(case, &rooms, trace);
}

/// The nodes that a permit of the subject takes a place in: both paths, from the top down.
fn charged<'a>(case: &Case<'a>) -> Known<Vec<&'a Node>> {
    let leaf = |leaf: &'a Option<String>, name: &str| {
        leaf.as_deref().ok_or_else(|| Missing::fact(format!("/subject/{name}")))
    };
    let subject = &case.facts.subject;
    let (port, employer) = both(leaf(&subject.port, "port"), leaf(&subject.employer, "employer"))?;
    let down = |leaf: &str| case.facts.path(leaf).into_iter().rev();
    Ok(down(port).chain(down(employer)).collect())
}

fn room<'a>(case: &Case<'a>, node: &'a Node, trace: &mut Trace) -> Room<'a> {
    let of = Some(node.id.as_str());
    let cap = node.caps.iter().find(|cap| holds(Some(cap.from), cap.until, case.on));
    let limit = match cap {
        None => Err(vec![Missing::new(MissingKind::Cap, node.id.clone())]),
        Some(cap) => limit(case, node, cap, trace),
    };
    let used = usage(case, node, cap, trace);
    match &limit {
        Ok(None) => trace.answer("cap", of, Answer::Known(Value::Unlimited)),
        Ok(Some(most)) => trace.answer("cap", of, Answer::Known(most.into())),
        Err(missing) => trace.known("cap", of, Err::<Value, _>(missing.clone())),
    }
    trace.known("used", of, used.clone().map(|(used, _)| used));
    trace.known("reserved", of, used.clone().map(|(_, held)| held));
    match both(limit, used) {
        Ok((Some(most), (used, held))) => {
            let balance = &most - &used - &held;
            let over = ceiling::excess(&used, &most);
            let operands = vec![
                ("node", node.id.as_str().into()),
                ("max", most.into()),
                ("used", used.into()),
                ("reserved", held.into()),
            ];
            trace.step("balance_of_node", operands, &balance, &[]);
            trace.answer("balance", of, Answer::Known((&balance).into()));
            trace.answer("excess", of, Answer::Known((&over).into()));
            Room { node, balance: Ok(Some(balance)), over: !over.is_zero() }
        }
        Ok((None, _)) => {
            trace.answer("balance", of, Answer::Known(Value::Unlimited));
            trace.answer("excess", of, Answer::Known(Ratio::zero().into()));
            Room { node, balance: Ok(None), over: false }
        }
        Err(missing) => {
            trace.known("balance", of, Err::<Value, _>(missing.clone()));
            trace.known("excess", of, Err::<Value, _>(missing.clone()));
            Room { node, balance: Err(missing), over: false }
        }
    }
}

/// What an act allows; none: it says that there is no limit.
fn limit(case: &Case<'_>, node: &Node, cap: &Cap, trace: &mut Trace) -> Known<Option<Ratio>> {
    match &cap.limit {
        CapLimit::Unlimited => {
            let cite = act_cite(&node.id, &cap.act, "–".to_owned(), cap);
            trace.step("cap_unlimited", vec![("node", node.id.as_str().into())], Value::Unlimited, &[&cite]);
            Ok(None)
        }
        CapLimit::Number(number) => {
            let cite = act_cite(&node.id, &cap.act, number.to_string(), cap);
            trace.step("cap", vec![("node", node.id.as_str().into())], number, &[&cite]);
            Ok(Some(number.clone()))
        }
        CapLimit::ShareOfTotal { share, weights, window } => {
            let cite: Cite = act_cite(&node.id, &cap.act, share.to_string(), cap);
            let steps = ParameterValue::Steps(weights.clone()).plain();
            let weights = Weights::of_act(weights, act_cite(&node.id, &cap.act, steps, cap));
            let locals = mean_of_months(case, &weights, &node.id, *window, trace)?;
            let most = ceiling::share_of_total(&locals, share)
                .ok_or_else(|| Missing::contradiction(format!("/nodes/{}/caps", node.id)))?;
            let operands = vec![("locals", locals.into()), ("share", share.into())];
            trace.step("share_of_total", operands, &most, &[&cite]);
            Ok(Some(to_people(&most, Rounding::Floor, trace)))
        }
    }
}

/// (taken, held): stated for the node, or counted by the permits below it.
fn usage(case: &Case<'_>, node: &Node, cap: Option<&Cap>, trace: &mut Trace) -> Known<(Ratio, Ratio)> {
    let filter = PermitFilter { scope: Some(&node.id), ..PermitFilter::default() };
    let by_permit = match (node.flow, cap) {
        (Flow::Stock, _) => headcount::places(case.facts, filter, case.on),
        // A flow's period is that of its cap.
        (Flow::Flow, Some(cap)) => headcount::places_given_out(case.facts, &node.id, cap.from, case.on),
        (Flow::Flow, None) => Err(vec![Missing::new(MissingKind::Cap, node.id.clone())]),
    };
    match (&node.stated, by_permit) {
        (Some((used, _)), Ok(places)) if ratio::count(places.taken.len()) > *used => {
            Err(Missing::contradiction(format!("/nodes/{}/used, /permits", node.id)))
        }
        (Some((used, reserved)), _) => {
            let operands = vec![("node", node.id.as_str().into()), ("reserved", reserved.into())];
            trace.step("used_stated", operands, used, &[]);
            Ok((used.clone(), reserved.clone()))
        }
        (None, places) => Ok(counted(&node.id, &places?, trace)),
    }
}

/// The nodes with the smallest balance. While any balance is unknown, nobody can say which binds.
fn answer_binding(rooms: &[Room<'_>], trace: &mut Trace) {
    let mut missing = Vec::new();
    let mut smallest: Option<(&Ratio, Vec<String>)> = None;
    for room in rooms {
        match &room.balance {
            Err(more) => missing.extend(more.iter().cloned()),
            Ok(None) => {}
            Ok(Some(balance)) => match &mut smallest {
                Some((least, _)) if balance > *least => {}
                Some((least, names)) if balance == *least => names.push(room.node.id.clone()),
                _ => smallest = Some((balance, vec![room.node.id.clone()])),
            },
        }
    }
    if !missing.is_empty() {
        trace.known("binding", None, Err::<Value, _>(missing.clone()));
        return trace.known("room", None, Err::<Value, _>(missing));
    }
    match smallest {
        Some((least, names)) => {
            trace.step("binding", vec![("nodes", Value::List(names.clone()))], least, &[]);
            trace.answer("binding", None, Answer::Known(Value::List(names)));
            trace.answer("room", None, Answer::Known(least.into()));
        }
        None => {
            trace.answer("binding", None, Answer::Known(Value::List(vec![])));
            trace.answer("room", None, Answer::Known(Value::Unlimited));
        }
    }
}

/// Whether what is applied for has room in every node; a bar comes before any number.
fn answer_decision(case: &Case<'_>, rooms: &[Room<'_>], trace: &mut Trace) {
    let Some(application) = &case.facts.application else { return };
    match case.bar() {
        Ok(Some(reason)) => {
            let operands =
                vec![("bar", reason.detail.as_str().into()), ("source", reason.source.as_str().into())];
            trace.step("bar", operands, Ratio::zero(), &[]);
            return trace.nil("decision", None, reason);
        }
        Ok(None) => {}
        Err(missing) => return trace.known("decision", None, Err::<Value, _>(missing)),
    }
    let full = |room: &&Room<'_>| match &room.balance {
        Ok(Some(_)) if application.renewal => room.over,
        Ok(Some(balance)) => *balance < application.places,
        Ok(None) | Err(_) => false,
    };
    // A node without room refuses, whatever is unknown of the others.
    let without: Vec<String> = rooms.iter().filter(full).map(|room| room.node.id.clone()).collect();
    let missing: Vec<Missing> =
        rooms.iter().filter_map(|room| room.balance.as_ref().err()).flatten().cloned().collect();
    let operands = vec![("places", (&application.places).into()), ("without", Value::List(without.clone()))];
    if !without.is_empty() || missing.is_empty() {
        let decision = verdict(without.is_empty());
        trace.step("decision", operands, decision.clone(), &[]);
        trace.answer("decision", None, Answer::Known(decision));
    } else {
        trace.known("decision", None, Err::<Value, _>(missing));
    }
}
