//! What cannot be in the facts of a case, all of it at once.

use std::collections::BTreeSet;

use super::facts::{Facts, Opening, Problem, Tree};
use super::window::holds;
use crate::base::civil_time::CivilDate;

impl Facts {
    /// Everything that cannot be: ids that are not there or there twice, rings, caps that overlap, times that end before
    /// they begin.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        self.check_ids(&mut found);
        self.check_nodes(&mut found);
        self.check_references(&mut found);
        self.check_times(&mut found);
        found
    }

    fn check_ids(&self, found: &mut Vec<Problem>) {
        twice(found, "/nodes", "id", self.nodes.iter().map(|node| node.id.as_str()));
        twice(found, "/people", "id", self.people.iter().map(|person| person.id.as_str()));
        let permits = self.permits.iter().flatten();
        twice(found, "/permits", "id", permits.map(|permit| permit.id.as_str()));
        if let Some(levy) = &self.levy {
            twice(found, "/levy/workers", "id", levy.workers.iter().map(|worker| worker.id.as_str()));
            twice(found, "/levy/rates", "id", levy.rates.iter().map(|rate| rate.id.as_str()));
        }
        if let Some(demand) = &self.demand {
            twice(found, "/demand/bids", "id", demand.bids.iter().map(|bid| bid.id.as_str()));
        }
        twice(found, "/pools", "pool", self.pools.iter().flatten().map(|pool| pool.pool.as_str()));
        twice(found, "/assume", "parameter", self.assume.iter().map(|a| a.parameter.as_str()));
        let mut seen = BTreeSet::new();
        for (at, payroll) in self.payroll.iter().enumerate() {
            if !seen.insert((&payroll.employer, payroll.month)) {
                push(found, format!("/payroll/{at}/month"), "twice", &payroll.month.to_string());
            }
        }
        let mut seen = BTreeSet::new();
        for (at, week) in self.weeks.iter().flatten().enumerate() {
            if !seen.insert(week.on) {
                push(found, format!("/weeks/{at}/on"), "twice", &week.on.to_string());
            }
        }
    }

    fn check_nodes(&self, found: &mut Vec<Problem>) {
        for (at, node) in self.nodes.iter().enumerate() {
            if let Some(parent) = &node.parent {
                let pointer = format!("/nodes/{at}/parent");
                match self.node(parent) {
                    None => push(found, pointer, "no_such_node", parent),
                    Some(above) if above.tree != node.tree => push(found, pointer, "other_tree", parent),
                    Some(_) if self.path(&node.id).last().is_some_and(|top| top.parent.is_some()) => {
                        push(found, pointer, "ring", parent);
                    }
                    Some(_) => {}
                }
            }
            for (one, cap) in node.caps.iter().enumerate() {
                let pointer = format!("/nodes/{at}/caps/{one}");
                let overlaps = node.caps.iter().take(one).any(|other| {
                    holds(Some(cap.from), cap.until, other.from)
                        || holds(Some(other.from), other.until, cap.from)
                });
                if overlaps {
                    push(found, pointer.clone(), "caps_overlap", &cap.act);
                }
                ordered(found, pointer, Some(cap.from), cap.until);
            }
        }
    }

    fn check_references(&self, found: &mut Vec<Problem>) {
        let people: BTreeSet<&str> = self.people.iter().map(|person| person.id.as_str()).collect();
        let mut person = |pointer: String, id: &str| {
            if !people.contains(id) {
                push(found, pointer, "no_such_person", id);
            }
        };
        for (at, payroll) in self.payroll.iter().enumerate() {
            for (one, row) in payroll.rows.iter().flatten().enumerate() {
                person(format!("/payroll/{at}/people/{one}/person"), &row.person);
            }
        }
        for (at, employment) in self.employment.iter().flatten().enumerate() {
            person(format!("/employment/{at}/person"), &employment.person);
        }
        for (at, permit) in self.permits.iter().flatten().enumerate() {
            person(format!("/permits/{at}/person"), &permit.person);
        }
        let mut node = |pointer: String, id: &str, tree: Tree| {
            if self.node(id).is_none_or(|node| node.tree != tree) {
                push(found, pointer, "no_such_node", id);
            }
        };
        for (name, id, tree) in
            [("employer", &self.subject.employer, Tree::Employer), ("port", &self.subject.port, Tree::Port)]
        {
            if let Some(id) = id {
                node(format!("/subject/{name}"), id, tree);
            }
        }
        for (at, payroll) in self.payroll.iter().enumerate() {
            node(format!("/payroll/{at}/employer"), &payroll.employer, Tree::Employer);
        }
        for (at, employment) in self.employment.iter().flatten().enumerate() {
            node(format!("/employment/{at}/employer"), &employment.employer, Tree::Employer);
        }
        for (at, permit) in self.permits.iter().flatten().enumerate() {
            if let Some(id) = &permit.employer {
                node(format!("/permits/{at}/employer"), id, Tree::Employer);
            }
            if let Some(id) = &permit.port {
                node(format!("/permits/{at}/port"), id, Tree::Port);
            }
        }
    }

    fn check_times(&self, found: &mut Vec<Problem>) {
        for (at, node) in self.nodes.iter().enumerate() {
            ordered(found, format!("/nodes/{at}"), node.from, node.until);
        }
        for (at, row) in self.employment.iter().flatten().enumerate() {
            ordered(found, format!("/employment/{at}"), Some(row.from), row.until);
        }
        for (at, permit) in self.permits.iter().flatten().enumerate() {
            ordered(found, format!("/permits/{at}"), Some(permit.from), permit.until);
        }
        if let Some(levy) = &self.levy {
            for (at, worker) in levy.workers.iter().enumerate() {
                ordered(found, format!("/levy/workers/{at}"), Some(worker.from), worker.until);
            }
        }
        if let Some(internship) = &self.internship {
            for (at, staff) in internship.staff.iter().enumerate() {
                ordered(found, format!("/internship/staff/{at}"), staff.from, staff.until);
            }
            for (at, stay) in internship.interns.iter().enumerate() {
                ordered(found, format!("/internship/interns/{at}"), stay.from, stay.until);
            }
            if let Some((from, until)) = internship.period {
                ordered(found, "/internship/period".to_owned(), Some(from), Some(until));
            }
        }
        if let Some(usage) = &self.usage {
            for (at, cap) in usage.caps.iter().enumerate() {
                ordered(found, format!("/usage/caps/{at}"), cap.from, cap.until);
            }
        }
        if let Some(Opening { opened_on: Some(opened), closed_on: Some(closed), .. }) = &self.opening
            && closed < opened
        {
            push(found, "/opening/closed_on".to_owned(), "ends_before_it_begins", &closed.to_string());
        }
    }
}

fn push(found: &mut Vec<Problem>, pointer: String, code: &'static str, detail: &str) {
    found.push(Problem { pointer, code, detail: detail.to_owned() });
}

fn twice<'a>(found: &mut Vec<Problem>, list: &str, field: &str, ids: impl Iterator<Item = &'a str>) {
    let mut seen = BTreeSet::new();
    for (at, id) in ids.enumerate() {
        if !seen.insert(id) {
            push(found, format!("{list}/{at}/{field}"), "twice", id);
        }
    }
}

fn ordered(found: &mut Vec<Problem>, pointer: String, from: Option<CivilDate>, until: Option<CivilDate>) {
    if let (Some(from), Some(until)) = (from, until)
        && until <= from
    {
        push(found, format!("{pointer}/until"), "ends_before_it_begins", &until.to_string());
    }
}
