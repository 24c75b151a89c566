//! A case as it is stated: people, payrolls, employment, permits, the two trees with their dated caps, and what single
//! families need besides. What is not stated is unknown, never zero.

use std::collections::BTreeMap;

use super::pack::ParameterValue;
use super::window::{Month, Window};
use crate::base::civil_time::CivilDate;
use crate::base::ratio::Ratio;

/// Makes a plain choice with stable codes.
macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $code:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$of])* $variant),+ }

        impl $name {
            /// Every code, in order.
            pub const CODES: &[&str] = &[$($code),+];

            /// The stable code.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// The value of a code.
            #[must_use]
            pub fn parse(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

choice! {
    /// What somebody is in a firm.
    Position {
        /// Under a contract of employment.
        Employee = "employee",
        /// Owns it alone.
        SoleProprietor = "sole_proprietor",
        /// Owns it with others.
        Partner = "partner",
        /// Learns in it.
        Intern = "intern",
        /// Works for it under a contract of services.
        Contractor = "contractor",
    }
}

choice! {
    /// Where somebody stands in a firm. Only who has left is out of the population by itself.
    Status {
        /// At work.
        Active = "active",
        /// On leave, paid or not.
        OnLeave = "on_leave",
        /// Under notice.
        Notice = "notice",
        /// Suspended.
        Suspended = "suspended",
        /// On trial.
        Probation = "probation",
        /// Has left.
        Ended = "ended",
    }
}

choice! {
    /// Whether somebody counts as a local.
    Class {
        /// A local: a citizen, and whoever the law counts as one.
        Local = "local",
        /// Foreign.
        Foreign = "foreign",
    }
}

choice! {
    /// Which of the two trees a node is in.
    Tree {
        /// Of a port: sectors, countries, passes, posts.
        Port = "port",
        /// Of employers: groups, firms, sites.
        Employer = "employer",
    }
}

choice! {
    /// What a node stands for.
    NodeKind {
        /// A border port.
        Port = "port",
        /// A sector.
        Sector = "sector",
        /// A country of origin.
        Country = "country",
        /// A kind of pass.
        Pass = "pass",
        /// A post.
        Post = "post",
        /// A group of firms under one control.
        Group = "group",
        /// A legal entity.
        Firm = "firm",
        /// An establishment.
        Site = "site",
    }
}

choice! {
    /// Whether a place comes back.
    Flow {
        /// Who leaves gives the place back.
        Stock = "stock",
        /// A place that was given out is gone.
        Flow = "flow",
    }
}

choice! {
    /// A number that is stated instead of counted.
    Count {
        /// Weighted locals.
        Locals = "locals",
        /// Foreign workers.
        Foreign = "foreign",
        /// Locals and foreign workers.
        Total = "total",
        /// All workers, each one counted once.
        Workers = "workers",
        /// Insured employees.
        Insured = "insured",
        /// Local people among them.
        InsuredLocals = "insured_locals",
        /// Skilled staff.
        SkilledStaff = "skilled_staff",
        /// Nationals among them.
        SkilledNationals = "skilled_nationals",
    }
}

choice! {
    /// Whether a permit has been given out.
    PermitState {
        /// A place is held for it.
        Reserved = "reserved",
        /// It has been given out.
        Posted = "posted",
    }
}

choice! {
    /// What an entry of points is.
    PointKind {
        /// Basic points.
        Basic = "basic",
        /// A bonus.
        Bonus = "bonus",
        /// A penalty: taken off.
        Penalty = "penalty",
    }
}

/// A parameter that a case states by itself: for a trial, or where the pack has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assumption {
    /// The parameter with its key.
    pub parameter: String,
    /// What it shall be.
    pub value: ParameterValue,
    /// Who says so.
    pub source: String,
}

/// Of whom a case asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// A node of the employer tree.
    pub employer: Option<String>,
    /// A node of the port tree.
    pub port: Option<String>,
    /// The sector.
    pub sector: Option<String>,
    /// The activity, where a rule has another list of them.
    pub activity: Option<String>,
    /// The size class.
    pub size: Option<String>,
    /// Whether the sector is one of those that a decree names.
    pub named_sector: Option<bool>,
}

/// What an act caps a node at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CapLimit {
    /// A number.
    Number(Ratio),
    /// No limit, which the act says.
    Unlimited,
    /// A share of all who work there, as F1 has it.
    ShareOfTotal {
        /// The share.
        share: Ratio,
        /// (wage of at least, weight), rising; empty: everybody counts one.
        weights: Vec<(Ratio, Ratio)>,
        /// Over which months.
        window: Window,
    },
}

/// A dated cap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cap {
    /// The act.
    pub act: String,
    /// What it says.
    pub limit: CapLimit,
    /// Its first day.
    pub from: CivilDate,
    /// The first day that it holds no more.
    pub until: Option<CivilDate>,
}

/// A node of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its id.
    pub id: String,
    /// Which tree.
    pub tree: Tree,
    /// What it stands for.
    pub kind: NodeKind,
    /// The node above.
    pub parent: Option<String>,
    /// Whether a place comes back.
    pub flow: Flow,
    /// The first day that it exists; none: since before anybody asks.
    pub from: Option<CivilDate>,
    /// The first day that it exists no more.
    pub until: Option<CivilDate>,
    /// Its caps.
    pub caps: Vec<Cap>,
    /// (used, reserved) where they are stated instead of counted.
    pub stated: Option<(Ratio, Ratio)>,
}

/// A person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Its id. One person has one, however many rows there are.
    pub id: String,
    /// Local or foreign.
    pub class: Option<Class>,
    /// Country of origin.
    pub country: Option<String>,
    /// Whether it studies.
    pub student: bool,
}

/// A row of a payroll.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayrollRow {
    /// Who.
    pub person: String,
    /// What was paid for the month.
    pub wage: Option<Ratio>,
    /// What the person is there.
    pub role: Position,
    /// Where the person stands there.
    pub status: Status,
    /// Whether in part-time.
    pub part_time: bool,
}

/// A month of one employer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payroll {
    /// A node of the employer tree.
    pub employer: String,
    /// The month.
    pub month: Month,
    /// When the contributions were paid.
    pub paid_on: Option<CivilDate>,
    /// The people.
    pub rows: Option<Vec<PayrollRow>>,
    /// The weighted locals, where they are stated instead of counted.
    pub locals: Option<Ratio>,
    /// The insured.
    pub insured: Option<Ratio>,
    /// The local people among them.
    pub insured_locals: Option<Ratio>,
}

/// A time in which somebody works somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Employment {
    /// Who.
    pub person: String,
    /// A node of the employer tree.
    pub employer: String,
    /// The first day.
    pub from: CivilDate,
    /// The first day no more.
    pub until: Option<CivilDate>,
    /// The monthly wage.
    pub wage: Option<Ratio>,
    /// What the person is there.
    pub role: Position,
    /// Where the person stands there.
    pub status: Status,
    /// Whether in part-time.
    pub part_time: bool,
}

/// A permit, or a place held for one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permit {
    /// Its id.
    pub id: String,
    /// Whose.
    pub person: String,
    /// The employer's node.
    pub employer: Option<String>,
    /// The port's node.
    pub port: Option<String>,
    /// The kind of pass.
    pub pass: Option<String>,
    /// When it was issued.
    pub issued_on: Option<CivilDate>,
    /// Whether it has been given out.
    pub state: PermitState,
    /// From this day on it takes a place.
    pub from: CivilDate,
    /// The first day that it is not valid any more. A reservation then gives its place back; a permit does not.
    pub until: Option<CivilDate>,
    /// The first day on which its place is free: with proof of exit.
    pub released_on: Option<CivilDate>,
}

/// What is applied for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// How many places.
    pub places: Ratio,
    /// Every nationality; none: not proved.
    pub countries: Option<Vec<String>>,
    /// Whether permits that are there are to be renewed: that takes no new place, and waits while there are too many.
    pub renewal: bool,
}

/// One worker of a levy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LevyWorker {
    /// Its id.
    pub id: String,
    /// When the pass was issued.
    pub issued_on: CivilDate,
    /// The first day.
    pub from: CivilDate,
    /// The first day no more.
    pub until: Option<CivilDate>,
}

/// A monthly rate for some days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LevyRate {
    /// Its id.
    pub id: String,
    /// A month's rate.
    pub monthly: Ratio,
    /// For so many days.
    pub days: Option<Ratio>,
}

/// What a levy needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LevyFacts {
    /// The month.
    pub month: Option<Month>,
    /// The workers.
    pub workers: Vec<LevyWorker>,
    /// Rates whose day is asked.
    pub rates: Vec<LevyRate>,
}

/// What F3 needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddOn {
    /// The level.
    pub level: Option<String>,
    /// The paid add-on.
    pub add_on: Option<Ratio>,
    /// Whether the employer is a returning investor.
    pub returning_investor: bool,
}

/// Permits that were issued out of a pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// When.
    pub on: CivilDate,
    /// How many.
    pub number: Ratio,
    /// An extension does not count.
    pub extension: bool,
}

/// A round of a pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Round {
    /// Its id.
    pub id: String,
    /// Its cap.
    pub cap: Ratio,
    /// The act that says so.
    pub act: String,
    /// How many were issued in it.
    pub used: Option<Ratio>,
}

/// What was taken out of a pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolUse {
    /// The pool.
    pub pool: String,
    /// How many, where it is stated.
    pub used: Option<Ratio>,
    /// How many, one by one.
    pub issued: Option<Vec<Issue>>,
    /// Its rounds.
    pub rounds: Vec<Round>,
}

/// An entry of points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PointEntry {
    /// What for.
    pub code: String,
    /// Of what kind.
    pub kind: PointKind,
    /// How many.
    pub points: Ratio,
    /// When it was recorded.
    pub recorded_on: CivilDate,
}

/// A firm that asks for places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bid {
    /// The firm.
    pub id: String,
    /// How many places.
    pub requested: Ratio,
    /// When it asked.
    pub applied_on: CivilDate,
    /// Its points.
    pub points: Vec<PointEntry>,
}

/// What F6 needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demand {
    /// How many places there are.
    pub places: Ratio,
    /// The last day on which something counts.
    pub closes_on: CivilDate,
    /// Who asks.
    pub bids: Vec<Bid>,
}

/// What F6b needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PointFacts {
    /// In the currency's major unit.
    pub annual_salary: Option<Ratio>,
    /// `phd`, `master`, `bachelor`, `none`.
    pub degree: Option<String>,
    /// Years of experience.
    pub experience_years: Option<Ratio>,
    /// Months worked in the country a year.
    pub months_a_year: Option<Ratio>,
    /// The level of the language test, 0 for none.
    pub hsk: Option<Ratio>,
    /// Where the work is.
    pub location: Option<String>,
    /// Age in years.
    pub age: Option<Ratio>,
    /// Date of birth, instead of the age.
    pub born: Option<CivilDate>,
    /// Which of the distinctions hold; an empty list says that none does.
    pub distinctions: Option<Vec<String>>,
    /// What the place adds.
    pub local_bonus: Option<Ratio>,
}

/// A week's counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Week {
    /// The day on which they were counted.
    pub on: CivilDate,
    /// Weighted nationals.
    pub nationals: Ratio,
    /// Expatriates.
    pub expats: Ratio,
}

/// A number of staff over some time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffCount {
    /// Of one post; none: of all.
    pub post: Option<String>,
    /// How many.
    pub number: Ratio,
    /// The first day.
    pub from: Option<CivilDate>,
    /// The first day no more.
    pub until: Option<CivilDate>,
}

/// Interns of one school on one post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InternStay {
    /// Who; none: a group of them.
    pub person: Option<String>,
    /// The school.
    pub school: String,
    /// The post.
    pub post: String,
    /// How many, where it is a group.
    pub number: Ratio,
    /// The first day.
    pub from: Option<CivilDate>,
    /// The first day no more.
    pub until: Option<CivilDate>,
}

/// What F9 needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Internship {
    /// The staff.
    pub staff: Vec<StaffCount>,
    /// The interns, of all schools.
    pub interns: Vec<InternStay>,
    /// The days to look at, `[from, until)`; none: the date asked about.
    pub period: Option<(CivilDate, CivilDate)>,
}

/// What F11 needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opening {
    /// When local people could first apply.
    pub opened_on: Option<CivilDate>,
    /// When they no longer could.
    pub closed_on: Option<CivilDate>,
    /// Whether one was found.
    pub filled: Option<bool>,
    /// When the certificate was issued; the day it closed where none is.
    pub certified_on: Option<CivilDate>,
    /// When the permit is applied for; the date asked about where none is given.
    pub applied_on: Option<CivilDate>,
}

/// How many there may be and are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usage {
    /// How many there may be.
    pub caps: Vec<UsageCap>,
    /// How many there are.
    pub used: Option<Ratio>,
    /// How many places are held.
    pub reserved: Option<Ratio>,
    /// When the employer was told of an excess.
    pub notice_on: Option<CivilDate>,
}

/// How many there may be, over some time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageCap {
    /// How many.
    pub number: Ratio,
    /// The first day.
    pub from: Option<CivilDate>,
    /// The first day no more.
    pub until: Option<CivilDate>,
}

/// A case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The rules that are asked; empty: every one that the facts bear on.
    pub ask: Vec<String>,
    /// Parameters that the case states by itself.
    pub assume: Vec<Assumption>,
    /// Of whom it asks.
    pub subject: Subject,
    /// Both trees.
    pub nodes: Vec<Node>,
    /// People.
    pub people: Vec<Person>,
    /// Payrolls.
    pub payroll: Vec<Payroll>,
    /// Times of employment.
    pub employment: Option<Vec<Employment>>,
    /// Permits.
    pub permits: Option<Vec<Permit>>,
    /// Numbers that are stated.
    pub counts: BTreeMap<Count, Ratio>,
    /// What is applied for.
    pub application: Option<Application>,
    /// F1b.
    pub levy: Option<LevyFacts>,
    /// F3.
    pub add_on: Option<AddOn>,
    /// F5.
    pub pools: Option<Vec<PoolUse>>,
    /// F6.
    pub demand: Option<Demand>,
    /// F6b.
    pub points: Option<PointFacts>,
    /// F7.
    pub weeks: Option<Vec<Week>>,
    /// F9.
    pub internship: Option<Internship>,
    /// F11.
    pub opening: Option<Opening>,
    /// Excess.
    pub usage: Option<Usage>,
}

/// Something that cannot be, with its place as a JSON pointer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub pointer: String,
    /// The stable code.
    pub code: &'static str,
    /// What it is about.
    pub detail: String,
}

impl Facts {
    /// The node of an id.
    #[must_use]
    pub fn node(&self, id: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| node.id == id)
    }

    /// The people by their ids.
    #[must_use]
    pub fn people_by_id(&self) -> BTreeMap<&str, &Person> {
        self.people.iter().map(|person| (person.id.as_str(), person)).collect()
    }

    /// A node and those above it, the lowest first. Ends by itself where the tree has a ring.
    #[must_use]
    pub fn path(&self, leaf: &str) -> Vec<&Node> {
        let mut path: Vec<&Node> = Vec::new();
        let mut next = self.node(leaf);
        while let Some(node) = next.filter(|node| path.iter().all(|seen| seen.id != node.id)) {
            path.push(node);
            next = node.parent.as_deref().and_then(|parent| self.node(parent));
        }
        path
    }
}
