//! The life of a permit: its states, what moves it, what each move does to the quota ledger, and the clocks.
//!
//! Transfer and appeal are moves, not states. What a permit was is never overwritten: a renewal is a version of its own.

use chrono::Duration;

use crate::base::civil_time::{CivilDate, Instant, shanghai_date};

macro_rules! coded {
    ($(#[$doc:meta])* $name:ident { $($(#[$about:meta])* $variant:ident = $code:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$about])* $variant,)+
        }

        impl $name {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable code.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// The one of a code.
            #[must_use]
            pub fn parse(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.code() == code)
            }
        }
    };
}

coded! {
    /// Where a permit stands.
    State {
        /// Being written.
        Draft = "draft",
        /// Handed in: a place is reserved in every node.
        Submitted = "submitted",
        /// Being screened.
        Checking = "checking",
        /// Approved, and not yet entered.
        ApprovedInPrinciple = "approved_in_principle",
        /// In the country: medical and residence follow.
        Entered = "entered",
        /// At work.
        Active = "active",
        /// Near its end, to be renewed.
        RenewalDue = "renewal_due",
        /// Suspended: cause may be shown.
        Suspended = "suspended",
        /// Ended before its time.
        Ended = "ended",
        /// Past its last day.
        Expired = "expired",
        /// Revoked.
        Revoked = "revoked",
        /// The person has gone, nobody knows where to.
        Absconded = "absconded",
        /// Taken back by its employer.
        Withdrawn = "withdrawn",
        /// Refused.
        Refused = "refused",
        /// Not entered before the deadline, or not checked before the reservation timed out.
        Lapsed = "lapsed",
        /// The medical examination failed: the employer pays for the return.
        MedicalFailure = "medical_failure",
        /// Over, with exit, final wages and passport.
        Closed = "closed",
    }
}

coded! {
    /// What moves it.
    Event {
        /// The employer hands it in.
        Submit = "submit",
        /// The employer takes it back.
        Withdraw = "withdraw",
        /// A draft that nobody handed in is deleted.
        Purge = "purge",
        /// The bureau begins to check.
        Check = "check",
        /// The bureau gives it back to be mended.
        Return = "return",
        /// The bureau asks for more: its clock stops.
        AskForMore = "ask_for_more",
        /// What was asked for is there: the clock goes on.
        Answer = "answer",
        /// A clearance is used: approved in principle.
        Approve = "approve",
        /// Refused.
        Refuse = "refuse",
        /// The reservation has timed out.
        TimeOut = "time_out",
        /// The person has entered.
        Enter = "enter",
        /// The deadline to enter has passed.
        Lapse = "lapse",
        /// A clearance is used: active.
        Activate = "activate",
        /// The medical examination failed.
        FailMedical = "fail_medical",
        /// The end is near.
        FallDue = "fall_due",
        /// A clearance is used: a new version.
        Renew = "renew",
        /// A clearance is used: another employer, post or area.
        Transfer = "transfer",
        /// A barring fact, or an inspection.
        Suspend = "suspend",
        /// Cause was shown.
        Reinstate = "reinstate",
        /// It was not.
        Revoke = "revoke",
        /// The work ends before the permit.
        End = "end",
        /// The last day has passed.
        Expire = "expire",
        /// The person has gone.
        Abscond = "abscond",
        /// Exit, wages and passport are proved.
        Close = "close",
        /// The party asks another officer.
        Appeal = "appeal",
        /// The other officer leaves it as it is.
        Uphold = "uphold",
        /// The other officer puts it back.
        Overturn = "overturn",
    }
}

coded! {
    /// What a move does to the quota ledger.
    Effect {
        /// Nothing.
        Nothing = "nothing",
        /// One place in every node is held; again is once.
        Reserve = "reserve",
        /// The place stays held.
        Hold = "hold",
        /// The held place is given up.
        Void = "void",
        /// The held place is taken.
        Post = "post",
        /// The place stays taken, with no new debit.
        Keep = "keep",
        /// The place stays taken and can be neither released nor moved. One that was given back is taken anew first.
        Freeze = "freeze",
        /// The new place is taken and the old given back, in one transaction.
        DebitAndRelease = "debit_and_release",
        /// The place is given back, at the time that the rule's data say: now, after proof of exit, after some months.
        Release = "release",
    }
}

/// A move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    /// Where it leads; `None`: the row is deleted, which only a draft's can be.
    pub to: Option<State>,
    /// What it does to the ledger.
    pub effect: Effect,
}

/// Why it cannot happen: nothing leads from the state by the event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoWay {
    /// Where the permit stands.
    pub state: State,
    /// What was to happen.
    pub event: Event,
}

/// Where an event leads from a state.
///
/// # Errors
/// [`NoWay`].
pub fn advance(state: State, event: Event) -> Result<Move, NoWay> {
    use Effect as F;
    use Event as E;
    use State as S;
    let (to, effect) = match (state, event) {
        (S::Draft, E::Purge) => return Ok(Move { to: None, effect: F::Nothing }),
        (S::Draft, E::Submit) => (S::Submitted, F::Reserve),
        (S::Draft, E::Withdraw) => (S::Withdrawn, F::Nothing),
        (S::Submitted, E::Check) => (S::Checking, F::Hold),
        (S::Submitted, E::Return) => (S::Draft, F::Void),
        (S::Submitted | S::Checking, E::Withdraw) => (S::Withdrawn, F::Void),
        (S::Submitted | S::Checking, E::TimeOut) => (S::Lapsed, F::Void),
        (S::Checking, E::AskForMore | E::Answer) => (S::Checking, F::Hold),
        (S::Checking, E::Approve) => (S::ApprovedInPrinciple, F::Hold),
        (S::Checking, E::Refuse) => (S::Refused, F::Void),
        (S::ApprovedInPrinciple, E::Enter) => (S::Entered, F::Hold),
        (S::ApprovedInPrinciple, E::Lapse) => (S::Lapsed, F::Void),
        // A barring fact that comes late stops what is not yet active, too. It is refused, so that an appeal leads back to
        // the checks: nobody comes to work by way of a suspension who was never active.
        (S::ApprovedInPrinciple | S::Entered, E::Revoke) => (S::Refused, F::Void),
        (S::Entered, E::Activate) => (S::Active, F::Post),
        (S::Entered, E::FailMedical) => (S::MedicalFailure, F::Void),
        (S::Active, E::FallDue) => (S::RenewalDue, F::Keep),
        (S::RenewalDue, E::Renew) => (S::Active, F::Keep),
        (S::Active | S::RenewalDue, E::Transfer) => (S::Active, F::DebitAndRelease),
        (S::Active | S::RenewalDue, E::Suspend) => (S::Suspended, F::Freeze),
        (S::Suspended, E::Reinstate) => (S::Active, F::Keep),
        (S::Suspended, E::Revoke) => (S::Revoked, F::Release),
        (S::Active | S::RenewalDue, E::End) => (S::Ended, F::Release),
        (S::Active | S::RenewalDue | S::Suspended, E::Expire) => (S::Expired, F::Release),
        (S::Active | S::RenewalDue | S::Suspended, E::Abscond) => (S::Absconded, F::Release),
        (S::Ended | S::Expired | S::Revoked | S::Absconded | S::MedicalFailure | S::Refused, E::Close) => {
            (S::Closed, F::Nothing)
        }
        (S::Refused | S::Revoked, E::Appeal | E::Uphold) => (state, F::Nothing),
        // What an appeal puts back is checked again, in a place of its own where the old was given up.
        (S::Refused, E::Overturn) => (S::Checking, F::Reserve),
        (S::Revoked, E::Overturn) => (S::Suspended, F::Freeze),
        _ => return Err(NoWay { state, event }),
    };
    Ok(Move { to: Some(to), effect })
}

/// Days after which a draft that nobody handed in is deleted.
pub const DRAFT_DAYS: i64 = 30;
/// Days after which a reservation times out.
pub const RESERVATION_DAYS: i64 = 60;
/// Days after entry within which residence is applied for (Exit and Entry Administration Law, art. 30).
pub const RESIDENCE_DAYS: i64 = 30;
/// Days in which cause can be shown against a suspension.
pub const SHOW_CAUSE_DAYS: i64 = 14;
/// Days in which an appeal can be filed.
pub const APPEAL_DAYS: i64 = 60;

/// Whether a permit is valid at an instant: from the beginning of its first day to the end of its last, in Asia/Shanghai.
/// No job plays a part: what a row says of its state is not asked.
#[must_use]
pub fn is_valid_at(first_day: CivilDate, last_day: CivilDate, at: Instant) -> bool {
    (first_day..=last_day).contains(&shanghai_date(at))
}

/// The last day on which a reservation holds: as many days later as the bureau's clock stood still.
#[must_use]
pub fn reservation_until(submitted_on: CivilDate, clock_stopped_days: i64) -> CivilDate {
    after(submitted_on, RESERVATION_DAYS.saturating_add(clock_stopped_days.max(0)))
}

fn after(day: CivilDate, days: i64) -> CivilDate {
    Duration::try_days(days).and_then(|days| day.checked_add_signed(days)).unwrap_or(CivilDate::MAX)
}

/// A suspension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Suspension {
    /// When the party was told.
    pub told_on: CivilDate,
    /// Whether it has answered.
    pub answered: bool,
}

/// Whether a suspended permit may be revoked on a day: after an answer, or once the time for it is over.
///
/// # Errors
/// The first day on which it may.
pub fn may_revoke(suspension: Suspension, today: CivilDate) -> Result<(), CivilDate> {
    let first = after(suspension.told_on, SHOW_CAUSE_DAYS + 1);
    if suspension.answered || today >= first { Ok(()) } else { Err(first) }
}

/// What is known of somebody's exit. What is not known is not proved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exit {
    /// The day of the exit record.
    pub left_on: Option<CivilDate>,
    /// Whether the final wages are paid.
    pub wages_paid: Option<bool>,
    /// Whether the passport is back in the worker's hands.
    pub passport_returned: Option<bool>,
}

/// What a permit's closing lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lacking {
    /// Proof of exit.
    ExitRecord,
    /// The final wages.
    FinalWages,
    /// The passport.
    Passport,
}

impl Exit {
    /// Everything that closing lacks; empty where nothing does.
    #[must_use]
    pub fn lacking(&self) -> Vec<Lacking> {
        [
            (Lacking::ExitRecord, self.left_on.is_some()),
            (Lacking::FinalWages, self.wages_paid == Some(true)),
            (Lacking::Passport, self.passport_returned == Some(true)),
        ]
        .into_iter()
        .filter_map(|(what, proved)| (!proved).then_some(what))
        .collect()
    }
}

/// The day on which a case of overstay opens: the day after the last, where no exit up to then is proved. None before it,
/// and where the exit was in time. The place stays taken meanwhile.
#[must_use]
pub fn overstay_since(
    last_day: CivilDate,
    left_on: Option<CivilDate>,
    today: CivilDate,
) -> Option<CivilDate> {
    let first = after(last_day, 1);
    let in_time = left_on.is_some_and(|left| left <= last_day);
    (today >= first && !in_time).then_some(first)
}

/// A version that asks to be renewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Renewal<Id> {
    /// Which permit.
    pub permit: Id,
    /// When it was issued.
    pub issued_on: CivilDate,
    /// Its last day.
    pub last_day: CivilDate,
}

/// What becomes of a renewal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renewed {
    /// A new version begins on this day, the one after the old ends.
    From(CivilDate),
    /// More places are used than there may be.
    InExcess {
        /// How many are used.
        used: i64,
        /// How many there may be.
        cap: i64,
    },
}

/// Decides renewals in the published order: earliest issue first, then by permit. While more are used than may be, one is
/// refused and its place goes; each that goes lets a later one pass. How the renewals are sent plays no part.
#[must_use]
pub fn renew<Id: Copy + Ord>(mut asked: Vec<Renewal<Id>>, used: i64, cap: i64) -> Vec<(Id, Renewed)> {
    asked.sort_by_key(|one| (one.issued_on, one.permit));
    let mut used = used;
    asked
        .into_iter()
        .map(|one| {
            if used > cap {
                let refused = Renewed::InExcess { used, cap };
                used -= 1;
                (one.permit, refused)
            } else {
                (one.permit, Renewed::From(after(one.last_day, 1)))
            }
        })
        .collect()
}

/// An appeal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appeal<'a> {
    /// When the party was told of the decision.
    pub told_on: CivilDate,
    /// When it appealed.
    pub filed_on: CivilDate,
    /// Who decided, as persons: checker and approver.
    pub deciders: &'a [&'a str],
    /// Who decides the appeal, as a person.
    pub reviewer: &'a str,
}

/// Why an appeal is not heard, or not by this officer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppealProblem {
    /// After this day.
    TooLate(CivilDate),
    /// Before there was a decision.
    TooEarly,
    /// By somebody who decided.
    SamePerson,
}

impl Appeal<'_> {
    /// Whether it may be heard by this officer.
    ///
    /// # Errors
    /// [`AppealProblem`].
    pub fn check(&self) -> Result<(), AppealProblem> {
        let last_day = after(self.told_on, APPEAL_DAYS);
        if self.filed_on < self.told_on {
            Err(AppealProblem::TooEarly)
        } else if self.filed_on > last_day {
            Err(AppealProblem::TooLate(last_day))
        } else if self.deciders.contains(&self.reviewer) {
            Err(AppealProblem::SamePerson)
        } else {
            Ok(())
        }
    }
}
