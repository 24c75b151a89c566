//! The life of a permit: every state with every event, and the clocks.
#![expect(clippy::unwrap_used, reason = "helpers outside #[test] functions; a panic here is a failed test")]

use ballast_domain::base::civil_time::{CivilDate, Instant};
use ballast_domain::permit::life::{
    Appeal, AppealProblem, Event, Exit, Lacking, Renewal, Renewed, State, Suspension, advance, is_valid_at,
    may_revoke, overstay_since, renew, reservation_until,
};
use proptest::prelude::*;

fn day(text: &str) -> CivilDate {
    text.parse().unwrap()
}

fn at(text: &str) -> Instant {
    chrono::DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

/// Every state with every event, one line each.
fn table() -> String {
    let mut lines = Vec::new();
    for state in State::ALL {
        for event in Event::ALL {
            let to = match advance(*state, *event) {
                Ok(found) => {
                    let to = found.to.map_or("(deleted)", State::code);
                    format!("{to} [{}]", found.effect.code())
                }
                Err(no) => {
                    assert_eq!((no.state, no.event), (*state, *event));
                    "-".to_owned()
                }
            };
            lines.push(format!("{} + {} -> {to}\n", state.code(), event.code()));
        }
    }
    lines.concat()
}

#[test]
fn every_state_with_every_event_is_as_written() {
    let found = table();
    let written = include_str!("golden/permit_life.txt");
    if found != written {
        let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("permit_life.txt");
        std::fs::write(&file, &found).unwrap();
        panic!("the table differs; the new one is {}", file.display());
    }
    assert_eq!(written.lines().count(), State::ALL.len() * Event::ALL.len());
}

#[test]
fn only_what_uses_a_clearance_leads_to_approval_and_work() {
    let clearing = [Event::Approve, Event::Activate, Event::Renew, Event::Transfer];
    for state in State::ALL {
        for event in Event::ALL {
            let Ok(found) = advance(*state, *event) else { continue };
            let granted = [State::ApprovedInPrinciple, State::Active];
            let more = found.to.is_some_and(|to| granted.contains(&to));
            // Reinstating gives back what a clearance gave.
            assert!(!more || clearing.contains(event) || *event == Event::Reinstate, "{state:?} {event:?}");
        }
    }
}

#[test]
fn nobody_comes_to_work_who_was_never_made_active() {
    let mut reached = vec![State::Draft];
    let mut next = 0;
    while let Some(state) = reached.get(next).copied() {
        for event in Event::ALL.iter().filter(|event| **event != Event::Activate) {
            let to = advance(state, *event).ok().and_then(|found| found.to);
            reached.extend(to.filter(|to| !reached.contains(to)));
        }
        next += 1;
    }
    assert!(!reached.contains(&State::Active) && !reached.contains(&State::Suspended), "{reached:?}");
    assert!(reached.contains(&State::Entered));
}

#[test]
fn no_state_but_closed_withdrawn_and_lapsed_is_a_dead_end_and_all_are_reached() {
    for state in State::ALL {
        let leaves = Event::ALL.iter().any(|event| advance(*state, *event).is_ok());
        let over = [State::Closed, State::Withdrawn, State::Lapsed].contains(state);
        assert_eq!(leaves, !over, "{state:?}");
        let reached = State::ALL.iter().any(|from| {
            Event::ALL
                .iter()
                .any(|event| from != state && advance(*from, *event).is_ok_and(|m| m.to == Some(*state)))
        });
        assert!(reached, "{state:?}");
        assert_eq!(State::parse(state.code()), Some(*state));
    }
}

#[test]
fn the_last_day_counts_to_its_end_in_shanghai() {
    let (first, last) = (day("2026-11-01"), day("2026-11-24"));
    let valid = |text| is_valid_at(first, last, at(text));
    assert!(valid("2026-11-24T23:59:59.900000+08:00"));
    assert!(!valid("2026-11-25T00:00:00+08:00"));
    assert!(valid("2026-11-24T15:59:59.999999Z"));
    assert!(!valid("2026-11-24T16:00:00Z"));
    assert!(valid("2026-11-01T00:00:00+08:00"));
    assert!(!valid("2026-10-31T23:59:59.999999+08:00"));
}

#[test]
fn cause_can_be_shown_for_fourteen_days() {
    let told = Suspension { told_on: day("2026-11-01"), answered: false };
    assert_eq!(may_revoke(told, day("2026-11-15")), Err(day("2026-11-16")));
    assert_eq!(may_revoke(told, day("2026-11-16")), Ok(()));
    assert_eq!(may_revoke(Suspension { answered: true, ..told }, day("2026-11-02")), Ok(()));
}

#[test]
fn closing_needs_exit_wages_and_passport_each_proved() {
    let all =
        Exit { left_on: Some(day("2026-11-24")), wages_paid: Some(true), passport_returned: Some(true) };
    assert_eq!(all.lacking(), []);
    assert_eq!(Exit::default().lacking(), [Lacking::ExitRecord, Lacking::FinalWages, Lacking::Passport]);
    assert_eq!(Exit { wages_paid: Some(false), ..all }.lacking(), [Lacking::FinalWages]);
    assert_eq!(Exit { passport_returned: None, ..all }.lacking(), [Lacking::Passport]);
}

#[test]
fn an_overstay_opens_the_day_after_unless_the_exit_is_proved() {
    let last = day("2026-11-24");
    assert_eq!(overstay_since(last, None, last), None);
    assert_eq!(overstay_since(last, None, day("2026-11-25")), Some(day("2026-11-25")));
    assert_eq!(overstay_since(last, Some(last), day("2026-12-25")), None);
    assert_eq!(overstay_since(last, Some(day("2026-11-25")), day("2026-12-25")), Some(day("2026-11-25")));
}

#[test]
fn a_reservation_holds_longer_by_the_days_that_the_clock_stood_still() {
    assert_eq!(reservation_until(day("2026-01-01"), 0), day("2026-03-02"));
    assert_eq!(reservation_until(day("2026-01-01"), 5), day("2026-03-07"));
    assert_eq!(reservation_until(day("2026-01-01"), -5), day("2026-03-02"));
}

#[test]
fn renewals_in_excess_are_refused_earliest_issue_first_until_one_passes() {
    let one = |permit, issued| Renewal { permit, issued_on: day(issued), last_day: day("2026-11-24") };
    let asked = vec![one(3, "2025-03-01"), one(1, "2025-01-01"), one(2, "2025-02-01")];
    let decided = renew(asked, 12, 10);
    let begins = Renewed::From(day("2026-11-25"));
    assert_eq!(
        decided,
        [
            (1, Renewed::InExcess { used: 12, cap: 10 }),
            (2, Renewed::InExcess { used: 11, cap: 10 }),
            (3, begins),
        ]
    );
    assert_eq!(renew(vec![one(1, "2025-01-01")], 10, 10), [(1, begins)]);
}

#[test]
fn an_appeal_is_heard_by_somebody_else_within_sixty_days() {
    let appeal = |filed, reviewer| Appeal {
        told_on: day("2026-01-01"),
        filed_on: day(filed),
        deciders: &["checker", "approver"],
        reviewer,
    };
    assert_eq!(appeal("2026-03-02", "other").check(), Ok(()));
    assert_eq!(appeal("2026-03-03", "other").check(), Err(AppealProblem::TooLate(day("2026-03-02"))));
    assert_eq!(appeal("2025-12-31", "other").check(), Err(AppealProblem::TooEarly));
    for decider in ["checker", "approver"] {
        assert_eq!(appeal("2026-01-02", decider).check(), Err(AppealProblem::SamePerson));
    }
}

proptest! {
    #[test]
    fn how_renewals_are_sent_plays_no_part(days in prop::collection::vec(0_u64..400, 0..12), used in 0_i64..20, cap in 0_i64..20) {
        let mut asked: Vec<Renewal<usize>> = days
            .iter()
            .enumerate()
            .map(|(permit, days)| Renewal {
                permit,
                issued_on: day("2025-01-01") + chrono::Days::new(*days),
                last_day: day("2026-11-24"),
            })
            .collect();
        let forward = renew(asked.clone(), used, cap);
        asked.reverse();
        prop_assert_eq!(renew(asked, used, cap), forward.clone());
        let passed = forward.iter().filter(|(_, r)| matches!(r, Renewed::From(_))).count();
        let excess = usize::try_from((used - cap).max(0)).unwrap();
        prop_assert_eq!(passed, days.len().saturating_sub(excess));
    }
}
