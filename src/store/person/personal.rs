//! The list of every column that holds something of a person: what it is, by which right it is kept, for how long, how
//! it goes when the person is erased, and whether the person gets it in an export. What erases, exports and forgets
//! is held to this list by tests; a column that is neither here nor in [`OF_NOBODY`] fails one.
//!
//! It knows names of tables and columns and asks the database nothing.

mod tables;

use ballast_domain::person::retention::Class as Retention;

pub use tables::{COLUMNS_OF_NOBODY, OF_NOBODY, TABLES};

/// What kind of data it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Who somebody is.
    Identity,
    /// Where and how somebody is reached.
    Contact,
    /// What somebody wants.
    Wish,
    /// What somebody can do, and how it was learnt.
    Skill,
    /// Households and decisions about them.
    Poverty,
    /// Permits and their papers.
    Permit,
    /// Who may know somebody, and what they allow and ask for.
    Relation,
    /// Logins and what proves them.
    SignIn,
    /// What machinery keeps for a while.
    Work,
    /// Who did and read what.
    Log,
}

/// By which right it is kept (PIPL art. 13).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Basis {
    /// The person consents (art. 13 (1)).
    Consent,
    /// Needed to make or keep a contract with the person (art. 13 (2)).
    Contract,
    /// A statutory duty (art. 13 (3)).
    Duty,
}

/// How a row leads to the person whom it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// The column is the person's id.
    Person(&'static str),
    /// Both columns are ids of people: the row says something of the two.
    Pair(&'static str, &'static str),
    /// The column is the id of a login, which may be a person's.
    Login(&'static str),
    /// The column is the id of a row of another table, which is about the person.
    Through(&'static str, &'static str),
    /// The column is the id of a household, of which the person is a member.
    Household(&'static str),
    /// The column is an id of a person or a login that the database does not check.
    Subject(&'static str),
    /// A keyed digest of a name that somebody typed: nobody can say whose.
    Digest,
}

/// What becomes of it when the person is erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Erased {
    /// Its row is deleted.
    RowGoes,
    /// The row stays, and the column says nothing any more.
    Emptied,
    /// It goes by its age, within the period of its class.
    ByAge,
    /// It stays, and why.
    Stays(&'static str),
}

/// Whether the person gets it in an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// As it is kept.
    AsIs,
    /// Opened with the person's key.
    Opened,
    /// Among the readings, told with who and when.
    Reading,
    /// Not at all.
    Withheld(Reason),
}

/// Why something is not in an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// A key, or what proves a sign-in: whoever had it could act as somebody.
    Secret,
    /// Computed from what is in the export.
    Derived,
    /// The login of somebody else.
    Other,
    /// To tell could defeat what it is for (PIPL art. 35).
    Duty,
    /// Of the household: only a grown-up gets it, and only for themself.
    NotAdult,
    /// Evidence of the log itself, which is proved in another way.
    Proof,
}

/// Columns of one table that are alike.
#[derive(Clone, Copy, Debug)]
pub struct Group {
    /// What they are.
    pub class: Class,
    /// What becomes of them.
    pub erased: Erased,
    /// Whether they are exported.
    pub shown: Shown,
    /// Their names.
    pub columns: &'static [&'static str],
}

/// A table that holds something of people.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// How a row leads to a person. That column needs no line of its own.
    pub whose: Whose,
    /// By which right it is kept.
    pub basis: Basis,
    /// For how long.
    pub retention: Retention,
    /// Its columns but those of nobody.
    pub groups: &'static [Group],
}

impl Whose {
    /// The column, if it is one.
    #[must_use]
    pub const fn column(self) -> Option<&'static str> {
        match self {
            Self::Person(column)
            | Self::Pair(column, _)
            | Self::Login(column)
            | Self::Through(column, _)
            | Self::Household(column)
            | Self::Subject(column) => Some(column),
            Self::Digest => None,
        }
    }
}

impl Class {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Contact => "contact",
            Self::Wish => "wish",
            Self::Skill => "skill",
            Self::Poverty => "poverty",
            Self::Permit => "permit",
            Self::Relation => "relation",
            Self::SignIn => "sign_in",
            Self::Work => "work",
            Self::Log => "log",
        }
    }
}

impl Basis {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Consent => "consent",
            Self::Contract => "contract",
            Self::Duty => "duty",
        }
    }
}

impl Reason {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Secret => "secret",
            Self::Derived => "derived",
            Self::Other => "other_person",
            Self::Duty => "duty",
            Self::NotAdult => "not_adult",
            Self::Proof => "proof",
        }
    }
}

/// The table of a name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Table> {
    TABLES.iter().find(|table| table.name == name)
}
