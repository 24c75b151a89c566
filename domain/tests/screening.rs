//! The checks of a permit: each with pass, bar and unknown; that knowing less never helps; receipts and clearances.
#![expect(clippy::unwrap_used, reason = "helpers outside #[test] functions; a panic here is a failed test")]

use std::collections::{BTreeMap, BTreeSet};

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::base::digest::Digest;
use ballast_domain::base::id::PermitId;
use ballast_domain::base::unknown::Verdict;
use ballast_domain::permit::bundle::{Document, Part};
use ballast_domain::permit::screening::check::{Check, Level};
use ballast_domain::permit::screening::clearance::{
    Act, Approved, Bindings, Clearance, Difference, HmacKey, verify,
};
use ballast_domain::permit::screening::fact::{Facts, Kind, Known, Name, Paper, Value};
use ballast_domain::permit::screening::finding::{Consequence, Finding, Unlock};
use ballast_domain::permit::screening::pack::{Pack, Problem, Rule};
use ballast_domain::permit::screening::screen::{Decision, Outcome, Question, bindings, judge, screen};
use ballast_domain::person::nationality::{Country, Evidence, Record};
use ballast_domain::quota::pack::Standing;
use ballast_domain::quota::trace::Trust;
use proptest::prelude::*;
use uuid::Uuid;

fn day(text: &str) -> CivilDate {
    text.parse().unwrap()
}

fn country(code: &str) -> Country {
    Country::parse(code).unwrap()
}

fn nationality(code: &str, evidence: Evidence) -> Value {
    Value::Nationalities(vec![Record { country: country(code), evidence }])
}

fn paper(printed: &str, zone: &str) -> Value {
    let of = |code: &str| (!code.is_empty()).then(|| country(code));
    Value::Papers(vec![Paper { printed: of(printed), machine_readable: of(zone) }])
}

fn texts(of: &[&str]) -> Value {
    Value::Texts(of.iter().map(|text| (*text).to_owned()).collect())
}

fn text(of: &str) -> Value {
    Value::Text(of.to_owned())
}

fn documents(until: &str) -> Value {
    let until = Some(day(until));
    Value::Documents(
        Part::BUNDLE
            .into_iter()
            .map(|part| Document { part, valid_from: Some(day("2026-01-01")), valid_until: until })
            .collect(),
    )
}

/// What a code of the contract's list is in a rule for tests. Fictional in its dates and sources only.
fn rule(check: Check) -> Rule {
    let figures: &[(&str, i64)] = match check {
        Check::C6a => &[("age_min", 16), ("foreign_age_min", 18)],
        Check::C6b => &[("adult_age", 18), ("movements_a_minute_max", 50)],
        Check::C7 => &[("age_min", 16), ("fees_minor_max", 0), ("labour_level_max", 2)],
        Check::C12 => &[("within_hours_max", 24)],
        Check::C13 => &[("costs_minor_max", 0), ("debt_minor_max", 0), ("deposit_minor_max", 0)],
        Check::C14 => &[("arrears_minor_max", 0)],
        Check::C16 => &[("severe_min", 1), ("others_min", 3)],
        Check::C17 => &[("unpaid_minor_max", 0)],
        Check::C20 => &[("signatures_min", 2)],
        _ => &[],
    };
    Rule {
        check,
        level: check.level_min(),
        level_for_exporters: (check == Check::C18).then_some(Level::Stop),
        parameters: figures.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect(),
        valid_from: day("2020-01-01"),
        valid_to: None,
        trust: Trust::Fictional,
        source: "for tests".to_owned(),
    }
}

fn pack() -> Pack {
    Pack {
        name: "test".to_owned(),
        version: "1".to_owned(),
        standing: Standing::Fictional,
        titles: ("测试".to_owned(), "Test".to_owned()),
        rules: Check::ALL.into_iter().map(rule).collect(),
        examples: Vec::new(),
    }
}

fn put(facts: &mut Facts, name: Name, value: Value) {
    facts.insert(name, Known { value, source: "a row".to_owned(), revision: 3 }).unwrap();
}

/// A case with everything known and nothing in the way.
fn clean() -> Facts {
    let mut facts = Facts::default();
    // By kind first: no, nothing, none; then what is not so.
    for name in Name::ALL {
        let value = match name.kind() {
            Kind::Flag => Value::Flag(false),
            Kind::Number => Value::Number(0),
            Kind::Code(codes) => Value::Code(codes[0]),
            Kind::Date => Value::Date(day("2026-12-01")),
            Kind::Country => Value::Country(country("VN")),
            Kind::Text => text("a"),
            Kind::Texts => texts(&["a", "b"]),
            Kind::Nationalities => nationality("VN", Evidence::Document),
            Kind::Papers => paper("VN", "VN"),
            Kind::Documents => documents("2027-11-30"),
        };
        put(&mut facts, *name, value);
    }
    let others = [
        (Name::CaseEnd, Value::Date(day("2027-11-30"))),
        (Name::CaseApprover, text("approver")),
        (Name::RulesEditors, texts(&["editor"])),
        (Name::PersonBirthDate, Value::Date(day("1996-02-29"))),
        (Name::PayeeIsWorker, Value::Flag(true)),
        (Name::MarketTestPassed, Value::Flag(true)),
        (Name::WageMonthly, Value::Number(500_000)),
        (Name::WageMinimum, Value::Number(208_000)),
        (Name::WageOfLocals, Value::Number(500_000)),
        (Name::WageOwnAccount, Value::Flag(true)),
        (Name::ContractAsOffered, Value::Flag(true)),
    ];
    for (name, value) in others {
        put(&mut facts, name, value);
    }
    facts
}

fn with(changes: &[(Name, Value)]) -> Facts {
    let mut facts = clean();
    for (name, value) in changes {
        put(&mut facts, *name, value.clone());
    }
    facts
}

fn without(name: Name) -> Facts {
    let mut facts = clean();
    facts.remove(name);
    facts
}

fn question() -> Question {
    Question {
        act: Act::Approval,
        permit: PermitId(Uuid::from_u128(7)),
        version: 1,
        on: day("2026-11-24"),
        pack: Digest::of(b"pack"),
        list: Digest::of(b"list"),
        stated: BTreeMap::new(),
    }
}

fn find(check: Check, facts: &Facts) -> Finding {
    judge(&question(), &pack(), facts).findings.into_iter().find(|f| f.check == check).unwrap()
}

fn plain(check: Check, facts: &Facts) -> String {
    find(check, facts).plain()
}

fn key() -> HmacKey {
    HmacKey::new([7; 32])
}

fn cleared(question: &Question, facts: &Facts) -> Clearance {
    match screen(question, &pack(), facts, &key()).1 {
        Outcome::Cleared(clearance) => clearance,
        Outcome::Refused(decision) => panic!("{decision:?}"),
    }
}

#[test]
fn a_case_with_nothing_in_the_way_is_clear_and_every_check_passes() {
    assert_eq!(pack().problems(), []);
    let judgement = judge(&question(), &pack(), &clean());
    assert_eq!(judgement.decision, Decision::Clear);
    assert!(judgement.findings.iter().all(|f| f.plain() == "pass" && f.reasons.is_empty()));
}

#[test]
fn nothing_known_passes_no_check() {
    let judgement = judge(&question(), &pack(), &Facts::default());
    assert!(judgement.findings.iter().all(|f| f.verdict == Verdict::Unknown), "{:?}", judgement.findings);
    assert_eq!(judgement.decision, Decision::Unknown(Check::ALL.to_vec()));
}

/// A bar of a check: the changes that a clean case needs for it, and what the check then says.
type Barred = (Check, Vec<(Name, Value)>, &'static str);

/// A bar for each reason of each check.
fn bars() -> Vec<Barred> {
    use Name as N;
    let minor = |name, value| {
        vec![
            (N::PersonNationalities, nationality("CN", Evidence::Document)),
            (N::PersonPapers, paper("CN", "CN")),
            (N::PersonBirthDate, Value::Date(day("2009-12-01"))),
            (N::MinorRegistered, Value::Flag(true)),
            (N::MinorMedical, Value::Flag(true)),
            (name, value),
        ]
    };
    let intern = |name, value| vec![(N::CaseEngagement, Value::Code("intern")), (name, value)];
    let kp = (N::PersonNationalities, nationality("KP", Evidence::Declared));
    let forced = |movements| {
        let mut changes = minor(N::MinorForcedPosture, Value::Flag(true));
        changes.push((N::MinorMovements, Value::Number(movements)));
        changes
    };
    vec![
        (Check::C1, vec![kp.clone()], "bar: dprk"),
        (Check::C1, vec![(N::PersonPapers, paper("VN", "KP"))], "bar: dprk"),
        (Check::C3, vec![(N::OwnersDprk, Value::Flag(true))], "bar: party_dprk"),
        (Check::C3, vec![(N::EmployerSanctions, Value::Code("match"))], "bar: party_sanctioned"),
        (Check::C3, vec![(N::PayeeIsWorker, Value::Flag(false))], "bar: payee_organisation"),
        (
            Check::C3,
            vec![(N::AgentEngaged, Value::Flag(true)), (N::AgentDprk, Value::Flag(true))],
            "bar: party_dprk",
        ),
        (Check::C4, vec![kp, (N::CaseLive, Value::Flag(true))], "bar: dprk_live"),
        (Check::C5, vec![(N::SiteOutwardProcessing, Value::Flag(true))], "bar: dprk_outward_processing"),
        (Check::C5, vec![(N::SiteSubcontract, Value::Flag(true))], "bar: dprk_subcontract"),
        (Check::C6a, vec![(N::PersonBirthDate, Value::Date(day("2008-12-02")))], "bar: under_age"),
        (Check::C6b, minor(N::MinorRegistered, Value::Flag(false)), "bar: minor_unregistered"),
        (Check::C6b, minor(N::MinorMedical, Value::Flag(false)), "bar: minor_no_medical"),
        (Check::C6b, minor(N::MinorProhibitedTask, Value::Flag(true)), "bar: minor_prohibited_task"),
        (Check::C6b, minor(N::MinorNightWork, Value::Flag(true)), "bar: minor_night_work"),
        (Check::C6b, forced(51), "bar: minor_movements"),
        (Check::C7, intern(N::InternFirstYear, Value::Flag(true)), "bar: intern_first_year"),
        (Check::C7, intern(N::InternThroughAgent, Value::Flag(true)), "bar: intern_through_agent"),
        (Check::C7, intern(N::InternFees, Value::Number(1)), "bar: intern_fees"),
        (Check::C7, intern(N::InternLabourLevel, Value::Number(3)), "bar: intern_labour_level"),
        (Check::C7, intern(N::PersonBirthDate, Value::Date(day("2010-12-02"))), "bar: under_age"),
        (Check::C8, vec![(N::CaseEnd, Value::Date(day("2027-12-01")))], "bar: term_beyond_bundle"),
        (Check::C8, vec![(N::CaseEnd, Value::Date(day("2026-11-30")))], "bar: term_ends_before_start"),
        (Check::C9, vec![(N::QuotaDecision, Value::Code("refused"))], "bar: quota_refused"),
        (Check::C9, vec![(N::MarketTestPassed, Value::Flag(false))], "bar: market_test_failed"),
        (Check::C9, vec![(N::MarketTestUntil, Value::Date(day("2026-11-30")))], "bar: market_test_ended"),
        (Check::C10a, vec![(N::PersonOtherPermits, Value::Number(1))], "bar: permit_elsewhere"),
        (Check::C10b, vec![(N::PersonOtherContract, Value::Flag(true))], "bar: contract_elsewhere"),
        (Check::C10b, vec![(N::PersonOtherLocal, Value::Flag(true))], "bar: local_elsewhere"),
        (Check::C11, vec![(N::AssignmentSite, text("c"))], "bar: site_out_of_scope"),
        (Check::C11, vec![(N::AssignmentPost, text("c"))], "bar: post_out_of_scope"),
        (Check::C11, vec![(N::ScopeAreas, texts(&[]))], "bar: area_out_of_scope"),
        (Check::C12, vec![(N::PassportHeldBy, Value::Code("agent"))], "bar: passport_held"),
        (Check::C12, vec![(N::PassportWithinHours, Value::Number(25))], "bar: passport_out_of_reach"),
        (Check::C13, vec![(N::CostsByWorker, Value::Number(1))], "bar: accounts_differ costs_unpaid"),
        (Check::C13, vec![(N::CostsDebt, Value::Number(1))], "bar: costs_debt"),
        (Check::C13, vec![(N::CostsDeposit, Value::Number(1))], "bar: costs_deposit"),
        (Check::C14, vec![(N::WageMonthly, Value::Number(499_999))], "bar: wage_below_locals"),
        (Check::C14, vec![(N::WageMinimum, Value::Number(500_001))], "bar: wage_below_minimum"),
        (Check::C14, vec![(N::WageArrears, Value::Number(1))], "bar: wage_arrears"),
        (Check::C14, vec![(N::WageOwnAccount, Value::Flag(false))], "bar: wage_other_account"),
        (Check::C15, vec![(N::ContractLanguages, texts(&["c"]))], "bar: contract_language"),
        (Check::C15, vec![(N::ContractAsOffered, Value::Flag(false))], "bar: contract_differs"),
        (Check::C16, vec![(N::IndicatorIsolation, Value::Code("severe"))], "bar: indicator_severe"),
        (
            Check::C16,
            [N::IndicatorDebt, N::IndicatorWages, N::IndicatorOvertime]
                .map(|name| (name, Value::Code("present")))
                .to_vec(),
            "bar: indicators_several",
        ),
        (Check::C17, vec![(N::EmployerDebarred, Value::Flag(true))], "bar: employer_debarred"),
        (Check::C17, vec![(N::EmployerFatalAccident, Value::Flag(true))], "bar: employer_fatal_accident"),
        (Check::C17, vec![(N::EmployerUnpaid, Value::Number(1))], "bar: employer_unpaid"),
        (Check::C18, vec![(N::ProductListed, Value::Flag(true))], "bar: product_listed"),
        (Check::C18, vec![(N::ProductCotton, Value::Flag(true))], "bar: product_cotton"),
        (Check::C18, vec![(N::ProductCoercedTransfer, Value::Flag(true))], "bar: product_coerced_transfer"),
        (Check::C20, vec![(N::CaseApprover, text("a"))], "bar: same_person"),
        (Check::C20, vec![(N::RulesEditors, texts(&["approver"]))], "bar: officer_edits_rules"),
        (Check::C20, vec![(N::ListsSigners, texts(&["a"]))], "bar: lists_unsigned"),
        (Check::C20, vec![(N::RulesSigners, texts(&["a"]))], "bar: rules_unsigned"),
    ]
}

#[test]
fn every_check_is_seen_to_pass_to_bar_and_to_be_unknown() {
    let mut barred: BTreeSet<Check> = BTreeSet::new();
    for (check, changes, expected) in bars() {
        let facts = with(&changes);
        assert_eq!(plain(check, &facts), expected, "{changes:?}");
        barred.insert(check);
        let (judgement, outcome) = screen(&question(), &pack(), &facts, &key());
        assert!(matches!(outcome, Outcome::Refused(_)), "{check:?}");
        assert!(judgement.decision.checks().contains(&check) || judgement.decision.code() == "barred");
    }
    // C19 turns on the pack, below. C2 does not bar: it does not pass.
    let rest: Vec<Check> = Check::ALL.into_iter().filter(|check| !barred.contains(check)).collect();
    assert_eq!(rest, [Check::C2, Check::C19]);
    let unknown: BTreeSet<Check> = judge(&question(), &pack(), &Facts::default())
        .findings
        .into_iter()
        .filter(|f| f.verdict == Verdict::Unknown)
        .map(|f| f.check)
        .collect();
    assert_eq!(unknown.len(), Check::ALL.len());
}

#[test]
fn the_bounds_of_figures_are_where_the_rules_say() {
    use Name as N;
    let date = |text| Value::Date(day(text));
    assert_eq!(plain(Check::C6a, &with(&[(N::PersonBirthDate, date("2008-12-01"))])), "pass");
    let local = |birth| {
        with(&[
            (N::PersonNationalities, nationality("CN", Evidence::Document)),
            (N::PersonPapers, paper("CN", "")),
            (N::PersonBirthDate, date(birth)),
        ])
    };
    assert_eq!(plain(Check::C6a, &local("2010-12-01")), "pass");
    assert_eq!(plain(Check::C6a, &local("2010-12-02")), "bar: under_age");
    assert_eq!(find(Check::C6a, &local("2010-12-02")).reasons[0].unlock, Unlock::Day(day("2026-12-02")));
    let two = [N::IndicatorDebt, N::IndicatorWages].map(|name| (name, Value::Code("present")));
    assert_eq!(plain(Check::C16, &with(&two)), "pass");
    assert_eq!(plain(Check::C12, &with(&[(N::PassportWithinHours, Value::Number(24))])), "pass");
    let repaid = |n| {
        with(&[
            (N::CostsByWorker, Value::Number(100)),
            (N::CostsByEmployer, Value::Number(100)),
            (N::CostsRepaid, Value::Number(n)),
        ])
    };
    assert_eq!(plain(Check::C13, &repaid(99)), "bar: costs_unpaid");
    assert_eq!(plain(Check::C13, &repaid(100)), "pass");
}

#[test]
fn a_seventeen_year_old_of_no_proved_nationality_is_unknown() {
    let mut facts = with(&[(Name::PersonBirthDate, Value::Date(day("2009-12-01")))]);
    assert_eq!(plain(Check::C6a, &facts), "bar: under_age");
    facts.remove(Name::PersonNationalities);
    assert_eq!(plain(Check::C6a, &facts), "unknown: person.nationalities");
}

#[test]
fn documents_that_contradict_each_other_prove_nothing_until_an_authority_speaks() {
    let said = |changes: &[(Name, Value)]| plain(Check::C2, &with(changes));
    let contradicted = "unknown: nationality_contradicted";
    assert_eq!(said(&[(Name::PersonPapers, paper("VN", "MM"))]), contradicted);
    assert_eq!(said(&[(Name::PersonPapers, paper("MM", "MM"))]), contradicted);
    assert_eq!(said(&[(Name::PersonPapers, paper("VN", ""))]), "pass");
    let authority = (Name::PersonNationalities, nationality("VN", Evidence::Authority));
    assert_eq!(said(&[authority, (Name::PersonPapers, paper("VN", "MM"))]), "pass");
    let declared = (Name::PersonNationalities, nationality("VN", Evidence::Declared));
    assert_eq!(said(std::slice::from_ref(&declared)), "unknown: nationality_declared");
    let born = (Name::PersonBirthplace, Value::Country(Country::KP));
    assert_eq!(said(&[declared, born.clone()]), "unknown: nationality_birthplace");
    assert_eq!(said(&[born]), "pass");
}

#[test]
fn a_live_holder_is_suspended_and_sent_back_only_where_no_protection_is_claimed() {
    let kp = (Name::PersonNationalities, nationality("KP", Evidence::Document));
    let live = (Name::CaseLive, Value::Flag(true));
    let mut facts = with(&[kp, live]);
    assert_eq!(find(Check::C4, &facts).consequence, Some(Consequence::SuspendAndRepatriate));
    put(&mut facts, Name::PersonProtectionClaim, Value::Flag(true));
    assert_eq!(find(Check::C4, &facts).consequence, Some(Consequence::SuspendAndProtect));
    facts.remove(Name::PersonProtectionClaim);
    assert_eq!(find(Check::C4, &facts).consequence, Some(Consequence::SuspendAndProtect));
    let held = with(&[(Name::PassportHeldBy, Value::Code("employer"))]);
    assert_eq!(find(Check::C12, &held).consequence, Some(Consequence::Inspect));
}

#[test]
fn a_missing_part_of_the_bundle_is_unknown_and_one_that_ended_bars() {
    let facts = |change: fn(&mut Vec<Document>)| {
        let Value::Documents(mut all) = documents("2027-11-30") else { unreachable!() };
        change(&mut all);
        with(&[(Name::BundleDocuments, Value::Documents(all))])
    };
    assert_eq!(plain(Check::C8, &facts(|all| all.truncate(7))), "unknown: document_unknown");
    let ended = facts(|all| all[1].valid_until = Some("2026-11-30".parse().unwrap()));
    assert_eq!(plain(Check::C8, &ended), "bar: document_ended");
    let begins = facts(|all| all[2].valid_from = Some("2026-12-02".parse().unwrap()));
    assert_eq!(plain(Check::C8, &begins), "bar: document_begins");
}

#[test]
fn a_rule_that_is_not_in_force_or_not_whole_fails_closed_by_name() {
    let say = |pack: &Pack, check: Check| {
        let judgement = judge(&question(), pack, &clean());
        assert!(matches!(&judgement.decision, Decision::Barred(checks) if checks.contains(&Check::C19)));
        let found = judgement.findings.into_iter().find(|f| f.check == check).unwrap();
        (found.verdict, found.reasons[0].needed.clone().unwrap_or_default())
    };
    let set = |check: Check, change: fn(&mut Rule)| {
        let mut pack = pack();
        pack.rules.iter_mut().filter(|rule| rule.check == check).for_each(change);
        pack
    };
    // Over by the day asked about; over before the work begins; without a figure; not there.
    let over = set(Check::C5, |rule| rule.valid_to = Some("2026-11-24".parse().unwrap()));
    assert_eq!(say(&over, Check::C5).0, Verdict::Unknown);
    assert_eq!(say(&over, Check::C19), (Verdict::Bar, "C5 2026-11-24".to_owned()));
    let later = set(Check::C5, |rule| rule.valid_to = Some("2026-12-01".parse().unwrap()));
    assert_eq!(say(&later, Check::C19), (Verdict::Bar, "C5 2026-12-01".to_owned()));
    let bare = set(Check::C17, |rule| rule.parameters.clear());
    assert_eq!(say(&bare, Check::C17), (Verdict::Unknown, "unpaid_minor_max".to_owned()));
    assert_eq!(say(&bare, Check::C19).1, "C17 unpaid_minor_max 2026-11-24");
    let mut none = pack();
    none.rules.clear();
    assert_eq!(say(&none, Check::C19).0, Verdict::Bar);
    assert_eq!(none.problems().len(), Check::ALL.len());
}

#[test]
fn no_pack_makes_a_check_milder_than_it_is() {
    let mut pack = pack();
    for rule in &mut pack.rules {
        rule.level = Level::Warn;
    }
    let mild = Check::ALL.into_iter().filter(|check| *check != Check::C18).map(Problem::TooMild);
    assert_eq!(pack.problems(), mild.collect::<Vec<_>>());
    let mut twice = self::pack();
    twice.rules.push(rule(Check::C1));
    assert_eq!(twice.problems(), [Problem::Overlap(Check::C1)]);
}

#[test]
fn a_stated_reason_answers_a_warning_and_nothing_graver() {
    let listed = (Name::ProductListed, Value::Flag(true));
    let mut asked = question();
    let decision = |asked: &Question, facts: &Facts| judge(asked, &pack(), facts).decision;
    let at_home = with(std::slice::from_ref(&listed));
    assert_eq!(decision(&asked, &at_home), Decision::ReasonNeeded(vec![Check::C18]));
    asked.stated = Check::ALL.into_iter().map(|check| (check, " ".to_owned())).collect();
    assert_eq!(decision(&asked, &at_home), Decision::ReasonNeeded(vec![Check::C18]));
    asked.stated = Check::ALL.into_iter().map(|check| (check, "why".to_owned())).collect();
    assert_eq!(decision(&asked, &at_home), Decision::Clear);
    let exporter = with(&[listed.clone(), (Name::EmployerExports, Value::Flag(true))]);
    assert_eq!(decision(&asked, &exporter), Decision::Stopped(vec![Check::C18]));
    let mut nobody_knows = with(&[listed]);
    nobody_knows.remove(Name::EmployerExports);
    assert_eq!(decision(&asked, &nobody_knows), Decision::Stopped(vec![Check::C18]));
    for (check, changes, _) in bars().into_iter().filter(|(check, ..)| *check != Check::C18) {
        let decided = decision(&asked, &with(&changes));
        assert!(matches!(decided, Decision::Barred(_) | Decision::Stopped(_)), "{check:?}: {decided:?}");
    }
}

#[test]
fn a_transfer_starts_from_the_one_permit_that_there_is() {
    let one = with(&[(Name::PersonOtherPermits, Value::Number(1))]);
    let transfer = Question { act: Act::Transfer, ..question() };
    assert_eq!(judge(&transfer, &pack(), &one).decision, Decision::Clear);
    let two = with(&[(Name::PersonOtherPermits, Value::Number(2))]);
    assert_eq!(judge(&transfer, &pack(), &two).decision, Decision::Barred(vec![Check::C10a]));
}

#[test]
fn the_same_question_gives_the_same_bytes_and_another_fact_other_ones() {
    let one = judge(&question(), &pack(), &clean());
    let mut reversed = Facts::default();
    let all: Vec<(Name, Known)> = clean().iter().map(|(name, known)| (name, known.clone())).collect();
    for (name, known) in all.into_iter().rev() {
        reversed.insert(name, known).unwrap();
    }
    let again = judge(&question(), &pack(), &reversed);
    assert_eq!((&one.receipt, one.digest), (&again.receipt, again.digest));
    assert_eq!(one.digest, Digest::of(one.receipt.as_bytes()));
    for name in Name::ALL {
        let mut newer = clean();
        let known = newer.get(*name).unwrap().clone();
        newer.insert(*name, Known { revision: 4, ..known }).unwrap();
        assert_ne!(judge(&question(), &pack(), &newer).digest, one.digest, "{name:?}");
    }
    // The form that receipts have been kept in. A change needs another version of the engine.
    assert!(one.receipt.starts_with(
        "{\"act\":\"approval\",\"checks\":[],\"decision\":\"clear\",\"engine\":\"screening/1\","
    ));
}

#[test]
fn a_fact_of_another_kind_is_refused() {
    let known = |value| Known { value, source: String::new(), revision: 1 };
    let mut facts = Facts::default();
    assert_eq!(facts.insert(Name::CaseStart, known(Value::Flag(true))), Err(Name::CaseStart));
    assert_eq!(facts.insert(Name::CostsDebt, known(Value::Number(-1))), Err(Name::CostsDebt));
    assert_eq!(facts.insert(Name::PassportHeldBy, known(Value::Code("clear"))), Err(Name::PassportHeldBy));
    assert_eq!(facts, Facts::default());
    assert!(Name::ALL.iter().all(|name| Name::parse(name.code()) == Some(*name)));
}

#[test]
fn a_clearance_allows_what_was_screened_and_nothing_else() {
    let (asked, facts) = (question(), clean());
    let present = bindings(&asked, &facts).unwrap();
    let approved = Approved::from(cleared(&asked, &facts), &present, &key()).unwrap();
    assert_eq!(approved.bound(), &present);
    let (kept, mac) = approved.kept();
    assert!(verify(kept.as_bytes(), &mac, &key()));

    let differ = |change: fn(&mut Bindings)| {
        let mut changed = present.clone();
        change(&mut changed);
        Approved::from(cleared(&asked, &facts), &changed, &key()).unwrap_err()
    };
    assert_eq!(differ(|b| b.act = Act::Activation), [Difference::Act]);
    assert_eq!(differ(|b| b.permit = PermitId(Uuid::nil())), [Difference::Permit]);
    assert_eq!(differ(|b| b.version = 2), [Difference::Version]);
    assert_eq!(differ(|b| b.on = "2026-11-25".parse().unwrap()), [Difference::Day]);
    assert_eq!(differ(|b| b.start = "2026-12-02".parse().unwrap()), [Difference::Start]);
    assert_eq!(differ(|b| b.pack = Digest::of(b"")), [Difference::Pack]);
    assert_eq!(differ(|b| b.list = Digest::of(b"")), [Difference::List]);
    assert_eq!(differ(|b| b.facts = Digest::of(b"")), [Difference::Facts]);
    assert_eq!(differ(|b| b.revisions.extend([(Name::CaseEnd, 4)])), [Difference::Facts]);
    assert_eq!(differ(|b| b.revisions.retain(|name, _| *name != Name::CaseEnd)), [Difference::Facts]);
    assert_eq!(differ(|b| b.approver = b.checker.clone()), [Difference::Officers, Difference::OnePerson]);
    let other_key = HmacKey::new([8; 32]);
    let forged = Approved::from(cleared(&asked, &facts), &present, &other_key).unwrap_err();
    assert_eq!(forged, [Difference::Forged]);
}

#[test]
fn a_forged_clearance_is_found_at_every_byte() {
    let clearance = cleared(&question(), &clean());
    let (bytes, mac) = (clearance.canonical().into_bytes(), clearance.mac());
    assert!(verify(&bytes, &mac, &key()));
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        assert!(!verify(&changed, &mac, &key()), "{at}");
    }
    for at in 0..mac.len() {
        let mut changed = mac;
        changed[at] ^= 1;
        assert!(!verify(&bytes, &changed, &key()), "{at}");
    }
}

#[test]
fn removing_any_one_fact_of_any_case_never_helps() {
    let mut cases = vec![clean()];
    cases.extend(bars().into_iter().map(|(_, changes, _)| with(&changes)));
    for facts in cases {
        let before = judge(&question(), &pack(), &facts);
        for name in Name::ALL {
            let mut less = facts.clone();
            less.remove(*name);
            let after = judge(&question(), &pack(), &less);
            for (before, after) in before.findings.iter().zip(&after.findings) {
                let helped = before.verdict != Verdict::Pass && after.verdict == Verdict::Pass;
                assert!(!helped, "{name:?}: {} {} became pass", before.check.code(), before.plain());
            }
        }
    }
    for name in Name::ALL.iter().filter(|name| clean_needs(**name)) {
        assert_ne!(judge(&question(), &pack(), &without(*name)).decision, Decision::Clear, "{name:?}");
    }
}

/// What a clean case cannot do without: everything but what only another case asks.
fn clean_needs(name: Name) -> bool {
    let only_elsewhere = [
        Name::PersonBirthplace,
        Name::PersonProtectionClaim,
        Name::AgentDprk,
        Name::AgentSanctions,
        Name::DispatcherDprk,
        Name::DispatcherSanctions,
        Name::CaseLive,
        Name::CostsRepaid,
        Name::ProductCottonProved,
        Name::EmployerExports,
    ];
    let code = name.code();
    !only_elsewhere.contains(&name) && !code.starts_with("minor.") && !code.starts_with("intern.")
}

fn records() -> impl Strategy<Value = Vec<Record>> {
    let code = prop::sample::select(vec!["CN", "VN", "MM", "KP"]);
    let evidence = prop::sample::select(vec![Evidence::Declared, Evidence::Document, Evidence::Authority]);
    prop::collection::vec((code, evidence), 0..5).prop_map(|all| {
        all.into_iter().map(|(code, evidence)| Record { country: country(code), evidence }).collect()
    })
}

proptest! {
    #[test]
    fn knowing_more_never_lifts_the_bar_of_c1(first in records(), more in records()) {
        let facts = with(&[(Name::PersonNationalities, Value::Nationalities(first.clone()))]);
        let barred = find(Check::C1, &facts).verdict == Verdict::Bar;
        prop_assert_eq!(barred, first.iter().any(|r| r.country == Country::KP));
        let both = Value::Nationalities(first.into_iter().chain(more).collect());
        let verdict = find(Check::C1, &with(&[(Name::PersonNationalities, both)])).verdict;
        prop_assert!(!barred || verdict == Verdict::Bar);
    }

    #[test]
    fn removing_facts_never_helps(
        known in prop::collection::vec(any::<bool>(), Name::ALL.len()),
        removed in prop::collection::vec(any::<bool>(), Name::ALL.len()),
        case in 0..60_usize,
    ) {
        let all = bars();
        let mut facts = with(&all[case % all.len()].1);
        for (name, known) in Name::ALL.iter().zip(known) {
            if !known { facts.remove(*name); }
        }
        let before = judge(&question(), &pack(), &facts);
        for (name, removed) in Name::ALL.iter().zip(removed) {
            if removed { facts.remove(*name); }
        }
        let after = judge(&question(), &pack(), &facts);
        for (before, after) in before.findings.iter().zip(&after.findings) {
            let helped = before.verdict != Verdict::Pass && after.verdict == Verdict::Pass;
            prop_assert!(!helped, "{}: {} became pass", before.check.code(), before.plain());
        }
    }

    #[test]
    fn the_order_of_facts_and_of_lists_plays_no_part(records in records(), seed in any::<u64>()) {
        let mut reversed = records.clone();
        reversed.reverse();
        let one = with(&[(Name::PersonNationalities, Value::Nationalities(records))]);
        let mut entries: Vec<(Name, Known)> = one.iter().map(|(n, k)| (n, k.clone())).collect();
        let length = entries.len();
        entries.rotate_left(usize::try_from(seed % 1000).unwrap() % length);
        let mut other = Facts::default();
        for (name, known) in entries { other.insert(name, known).unwrap(); }
        let value = Value::Nationalities(reversed);
        let known = other.get(Name::PersonNationalities).unwrap().clone();
        other.insert(Name::PersonNationalities, Known { value, ..known }).unwrap();
        prop_assert_eq!(judge(&question(), &pack(), &one).receipt, judge(&question(), &pack(), &other).receipt);
    }
}
