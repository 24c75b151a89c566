//! The engine: every check on the facts of a case, what follows, the receipt, and a clearance where nothing is in the way.

use std::collections::BTreeMap;

use super::check::{Check, Level};
use super::clearance::{Act, Bindings, Clearance, MacKey};
use super::fact::{Facts, Name};
use super::finding::{Consequence, Finding, Reason, Weighing, no_rule};
use super::pack::{Pack, Rule};
use super::{conditions, parties, person, process};
use crate::base::canonical_json::Json;
use crate::base::civil_time::CivilDate;
use crate::base::digest::Digest;
use crate::base::id::PermitId;
use crate::base::unknown::Verdict;

/// The version of this engine, which a receipt names. It rises with whatever changes a verdict or a receipt's form.
pub const ENGINE: &str = "screening/1";

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// What is to be done.
    pub act: Act,
    /// On which permit.
    pub permit: PermitId,
    /// On which version of it.
    pub version: i64,
    /// The day, in Asia/Shanghai.
    pub on: CivilDate,
    /// The digest of the pack's file.
    pub pack: Digest,
    /// The digest of the sanctions lists that the facts were compared with.
    pub list: Digest,
    /// Why an officer approves in spite of a warning, by check. A reason for anything graver changes nothing.
    pub stated: BTreeMap<Check, String>,
}

/// What follows from all findings together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Nothing is in the way.
    Clear,
    /// These warn, and nobody has said why it is approved all the same.
    ReasonNeeded(Vec<Check>),
    /// These are not known to pass.
    Unknown(Vec<Check>),
    /// These must be cured first.
    Stopped(Vec<Check>),
    /// These bar it for everybody.
    Barred(Vec<Check>),
}

impl Decision {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Clear => "clear",
            Self::ReasonNeeded(_) => "reason_needed",
            Self::Unknown(_) => "unknown",
            Self::Stopped(_) => "stopped",
            Self::Barred(_) => "barred",
        }
    }

    /// The checks that it rests on.
    #[must_use]
    pub fn checks(&self) -> &[Check] {
        match self {
            Self::Clear => &[],
            Self::ReasonNeeded(checks)
            | Self::Unknown(checks)
            | Self::Stopped(checks)
            | Self::Barred(checks) => checks,
        }
    }
}

/// What a screening found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// What every check says, in the order of the list.
    pub findings: Vec<Finding>,
    /// What follows.
    pub decision: Decision,
    /// Rules, versions, revisions and verdicts in canonical JSON. The same question, pack and facts give the same bytes.
    pub receipt: String,
    /// The receipt's digest.
    pub digest: Digest,
}

/// Whether the act may be done.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "there is one for each screening, and it is used at once")]
pub enum Outcome {
    /// It may, once.
    Cleared(Clearance),
    /// It may not.
    Refused(Decision),
}

/// Every check on the facts, without a clearance: for trials, and for replaying an old snapshot.
#[must_use]
pub fn judge(question: &Question, pack: &Pack, facts: &Facts) -> Judgement {
    let findings: Vec<Finding> =
        Check::ALL.into_iter().map(|check| run(check, question, pack, facts)).collect();
    let decision = decide(&findings, &question.stated);
    let receipt = receipt(question, pack, facts, &findings, &decision).to_string();
    let digest = Digest::of(receipt.as_bytes());
    Judgement { findings, decision, receipt, digest }
}

/// Every check on the facts, and a clearance where nothing is in the way.
#[must_use]
pub fn screen(question: &Question, pack: &Pack, facts: &Facts, key: &impl MacKey) -> (Judgement, Outcome) {
    let judgement = judge(question, pack, facts);
    let outcome = match (&judgement.decision, bindings(question, facts)) {
        (Decision::Clear, Some(bound)) => Outcome::Cleared(Clearance::mint(bound, judgement.digest, key)),
        (Decision::Clear, None) => Outcome::Refused(Decision::Unknown(vec![Check::C20])),
        (refused, _) => Outcome::Refused(refused.clone()),
    };
    (judgement, outcome)
}

/// What a clearance of this question and these facts is bound to: the approving transaction computes it again from what
/// it reads under its locks. None while the start or an officer is unknown.
#[must_use]
pub fn bindings(question: &Question, facts: &Facts) -> Option<Bindings> {
    Some(Bindings {
        act: question.act,
        permit: question.permit,
        version: question.version,
        on: question.on,
        start: facts.date(Name::CaseStart)?,
        pack: question.pack,
        list: question.list,
        revisions: facts.revisions(),
        facts: facts.digest(),
        checker: facts.text(Name::CaseChecker)?.to_owned(),
        approver: facts.text(Name::CaseApprover)?.to_owned(),
    })
}

/// One check. Without a whole rule that holds on the day it is unknown.
fn run(check: Check, question: &Question, pack: &Pack, facts: &Facts) -> Finding {
    let Some(rule) = pack.rule(check, question.on) else {
        let own = if check == Check::C19 {
            process::broken(pack, check, question.on).into_iter().collect()
        } else {
            vec![no_rule(None)]
        };
        return finding(check, Level::Hard, own, None, None);
    };
    let level = parties::level(rule, facts);
    if let Some(parameter) = rule.missing() {
        return finding(check, level, vec![no_rule(Some(parameter))], None, Some(rule.clone()));
    }
    let mut w = Weighing::new(facts, rule, question.act);
    match check {
        Check::C1 => person::c1(&mut w),
        Check::C2 => person::c2(&mut w),
        Check::C3 => parties::c3(&mut w),
        Check::C4 => person::c4(&mut w),
        Check::C5 => parties::c5(&mut w),
        Check::C6a => person::c6a(&mut w),
        Check::C6b => person::c6b(&mut w),
        Check::C7 => person::c7(&mut w),
        Check::C8 => conditions::c8(&mut w),
        Check::C9 => conditions::c9(&mut w),
        Check::C10a => conditions::c10a(&mut w),
        Check::C10b => conditions::c10b(&mut w),
        Check::C11 => conditions::c11(&mut w),
        Check::C12 => conditions::c12(&mut w),
        Check::C13 => conditions::c13(&mut w),
        Check::C14 => conditions::c14(&mut w),
        Check::C15 => conditions::c15(&mut w),
        Check::C16 => conditions::c16(&mut w),
        Check::C17 => parties::c17(&mut w),
        Check::C18 => parties::c18(&mut w),
        Check::C19 => process::c19(&mut w, pack, question.on),
        Check::C20 => process::c20(&mut w),
    }
    let consequence = w.consequence;
    finding(check, level, w.reasons, consequence, Some(rule.clone()))
}

fn finding(
    check: Check,
    level: Level,
    reasons: Vec<Reason>,
    consequence: Option<Consequence>,
    rule: Option<Rule>,
) -> Finding {
    let verdict = reasons.iter().fold(Verdict::Pass, |all, reason| all.and(reason.verdict));
    Finding { check, level, verdict, reasons, consequence, rule }
}

/// What follows: the gravest thing first.
fn decide(findings: &[Finding], stated: &BTreeMap<Check, String>) -> Decision {
    let with = |verdict: Verdict, level: Option<Level>| -> Vec<Check> {
        findings
            .iter()
            .filter(|f| f.verdict == verdict && level.is_none_or(|level| f.level == level))
            .map(|f| f.check)
            .collect()
    };
    let mut warned = with(Verdict::Bar, Some(Level::Warn));
    warned.retain(|check| stated.get(check).is_none_or(|reason| reason.trim().is_empty()));
    let [barred, stopped, unknown] = [
        with(Verdict::Bar, Some(Level::Hard)),
        with(Verdict::Bar, Some(Level::Stop)),
        with(Verdict::Unknown, None),
    ];
    if !barred.is_empty() {
        Decision::Barred(barred)
    } else if !stopped.is_empty() {
        Decision::Stopped(stopped)
    } else if !unknown.is_empty() {
        Decision::Unknown(unknown)
    } else if !warned.is_empty() {
        Decision::ReasonNeeded(warned)
    } else {
        Decision::Clear
    }
}

fn receipt(
    question: &Question,
    pack: &Pack,
    facts: &Facts,
    findings: &[Finding],
    decision: &Decision,
) -> Json {
    let revisions =
        facts.revisions().into_iter().map(|(name, n)| (name.code().to_owned(), Json::Integer(n))).collect();
    let stated =
        question.stated.iter().map(|(check, reason)| (check.code().to_owned(), Json::text(reason))).collect();
    Json::object([
        ("engine", Json::text(ENGINE)),
        ("act", Json::text(question.act.code())),
        ("permit", Json::text(question.permit)),
        ("version", Json::Integer(question.version)),
        ("on", Json::text(question.on)),
        (
            "pack",
            Json::object([
                ("name", Json::text(&pack.name)),
                ("version", Json::text(&pack.version)),
                ("standing", Json::text(pack.standing.code())),
                ("sha256", Json::text(question.pack)),
            ]),
        ),
        ("list", Json::text(question.list)),
        ("facts", Json::text(facts.digest())),
        ("revisions", Json::Map(revisions)),
        ("stated", Json::Map(stated)),
        ("findings", Json::list(findings.iter().map(Finding::json))),
        ("decision", Json::text(decision.code())),
        ("checks", Json::list(decision.checks().iter().map(|check| Json::text(check.code())))),
    ])
}
