//! The facts of a permit's case, by name: each known with its source and the revision that it was read at, or unknown.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::canonical_json::Json;
use crate::base::civil_time::CivilDate;
use crate::base::digest::Digest;
use crate::permit::bundle::Document;
use crate::person::nationality::{Country, Record};

/// Of what kind a fact's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Yes or no.
    Flag,
    /// A whole number that is not below zero; amounts in fen.
    Number,
    /// A civil date.
    Date,
    /// A country by its code.
    Country,
    /// One of some codes.
    Code(&'static [&'static str]),
    /// Text: an id, a post, an area.
    Text,
    /// A set of texts.
    Texts,
    /// Standing records of nationality.
    Nationalities,
    /// What identity papers say of the nationality.
    Papers,
    /// Standing documents of the bundle.
    Documents,
}

macro_rules! names {
    ($($name:ident = $code:literal, $kind:expr, $about:literal;)+) => {
        /// The name of a fact.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Name {
            $(#[doc = $about] $name,)+
        }

        impl Name {
            /// Every name.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The stable code.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// The kind of its value.
            #[must_use]
            pub fn kind(self) -> Kind {
                match self { $(Self::$name => $kind,)+ }
            }

            /// What it says, for whoever writes a case.
            #[must_use]
            pub fn about(self) -> &'static str {
                match self { $(Self::$name => $about,)+ }
            }
        }
    };
}

/// What a person may be in the firm. No status is outside the bar.
pub const ENGAGEMENTS: &[&str] = &["worker", "trainee", "intern", "contractor", "visitor"];
/// How a comparison with the sanctions lists ended.
pub const MATCHES: &[&str] = &["clear", "possible", "match"];
/// Who may hold a passport.
pub const HOLDERS: &[&str] = &["worker", "authority", "employer", "agent"];
/// How grave an indicator of forced labour is.
pub const INDICATIONS: &[&str] = &["none", "present", "severe"];
/// What the quota answers for every node together.
pub const QUOTA_DECISIONS: &[&str] = &["granted", "refused"];

names! {
    CaseStart = "case.start", Kind::Date, "The first day of the work.";
    CaseEnd = "case.end", Kind::Date, "The last day that the permit shall hold.";
    CaseEngagement = "case.engagement", Kind::Code(ENGAGEMENTS), "What the person is to be in the firm.";
    CaseLive = "case.live", Kind::Flag, "Whether the person holds a live permit now, or was found at import as working.";
    CaseChecker = "case.checker", Kind::Text, "The person who checked, as a human being.";
    CaseApprover = "case.approver", Kind::Text, "The person who approves, as a human being.";
    PersonNationalities = "person.nationalities", Kind::Nationalities, "Every standing record of nationality with its evidence.";
    PersonPapers = "person.papers", Kind::Papers, "What each identity paper says of the nationality, printed and machine-readable.";
    PersonBirthplace = "person.birthplace", Kind::Country, "Country of birth.";
    PersonBirthDate = "person.birth_date", Kind::Date, "Date of birth.";
    PersonLanguages = "person.languages", Kind::Texts, "Languages that the person reads.";
    PersonProtectionClaim = "person.protection_claim", Kind::Flag, "Whether refugee or human-rights law may protect the person.";
    PersonOtherPermits = "person.other_active_permits", Kind::Number, "Active permits elsewhere.";
    PersonOtherContract = "person.contract_elsewhere", Kind::Flag, "Whether there is a contract elsewhere.";
    PersonOtherLocal = "person.counted_local_elsewhere", Kind::Flag, "Whether another firm counts the person as a local.";
    EmployerDprk = "employer.dprk_entity", Kind::Flag, "Whether the employer is a DPRK entity or a joint venture with one.";
    EmployerSanctions = "employer.sanctions", Kind::Code(MATCHES), "The employer against the sanctions lists.";
    OwnersDprk = "owners.dprk_entity", Kind::Flag, "Whether an owner is a DPRK entity or a joint venture with one.";
    OwnersSanctions = "owners.sanctions", Kind::Code(MATCHES), "The owners against the sanctions lists.";
    AgentEngaged = "agent.engaged", Kind::Flag, "Whether an agent takes part.";
    AgentDprk = "agent.dprk_entity", Kind::Flag, "Whether the agent is a DPRK entity or a joint venture with one.";
    AgentSanctions = "agent.sanctions", Kind::Code(MATCHES), "The agent against the sanctions lists.";
    DispatcherEngaged = "dispatcher.engaged", Kind::Flag, "Whether a dispatcher takes part.";
    DispatcherDprk = "dispatcher.dprk_entity", Kind::Flag, "Whether the dispatcher is a DPRK entity or a joint venture with one.";
    DispatcherSanctions = "dispatcher.sanctions", Kind::Code(MATCHES), "The dispatcher against the sanctions lists.";
    PayeeIsWorker = "payee.is_worker", Kind::Flag, "Whether the wage is paid to the worker and to no organisation.";
    PayeeSanctions = "payee.sanctions", Kind::Code(MATCHES), "The payee against the sanctions lists.";
    EmployerDebarred = "employer.debarred", Kind::Flag, "Whether the employer is under a bar.";
    EmployerFatalAccident = "employer.fatal_accident", Kind::Flag, "Whether a fatal accident is not yet closed.";
    EmployerUnpaid = "employer.unpaid_minor", Kind::Number, "Levies and fines that are due and unpaid, in fen.";
    EmployerExports = "employer.exports", Kind::Flag, "Whether the product is exported.";
    SiteOutwardProcessing = "site.dprk_outward_processing", Kind::Flag, "Whether work is sent to the DPRK.";
    SiteSubcontract = "site.dprk_subcontract", Kind::Flag, "Whether a subcontractor in the DPRK takes part.";
    AssignmentSite = "assignment.site", Kind::Text, "Where the person is to work.";
    AssignmentPost = "assignment.post", Kind::Text, "On which post.";
    AssignmentArea = "assignment.area", Kind::Text, "In which designated area.";
    ScopeSites = "scope.sites", Kind::Texts, "Sites that the permit covers.";
    ScopePosts = "scope.posts", Kind::Texts, "Posts that the permit covers.";
    ScopeAreas = "scope.areas", Kind::Texts, "Areas that the permit covers.";
    MinorRegistered = "minor.registered", Kind::Flag, "Whether the work of a minor is registered.";
    MinorMedical = "minor.medical", Kind::Flag, "Whether the minor's medical examination is done.";
    MinorProhibitedTask = "minor.prohibited_task", Kind::Flag, "Whether a task is one that minors may not do.";
    MinorForcedPosture = "minor.forced_posture", Kind::Flag, "Whether the post forces a posture.";
    MinorMovements = "minor.movements_a_minute", Kind::Number, "Repeated movements a minute in a forced posture.";
    MinorNightWork = "minor.night_work", Kind::Flag, "Whether there is work at night.";
    InternFirstYear = "intern.first_year", Kind::Flag, "Whether the intern is in the first year.";
    InternThroughAgent = "intern.through_agent", Kind::Flag, "Whether an intermediary arranged it.";
    InternFees = "intern.fees_minor", Kind::Number, "What the intern was charged, in fen.";
    InternLabourLevel = "intern.labour_level", Kind::Number, "The intensity of the labour: 1 to 4.";
    BundleDocuments = "bundle.documents", Kind::Documents, "Standing documents of the eight parts.";
    QuotaDecision = "quota.decision", Kind::Code(QUOTA_DECISIONS), "What the quota answers for every node, after reservations.";
    MarketTestPassed = "labour_market_test.passed", Kind::Flag, "Whether local people had the vacancy first and it stayed open.";
    MarketTestUntil = "labour_market_test.valid_until", Kind::Date, "The last day of the test's certificate.";
    PassportHeldBy = "passport.held_by", Kind::Code(HOLDERS), "Who holds the passport or identity card.";
    PassportWithinHours = "passport.within_hours", Kind::Number, "Within how many hours the worker can have it.";
    CostsByWorker = "costs.said_by_worker_minor", Kind::Number, "What the worker says to have paid for being recruited, in fen.";
    CostsByEmployer = "costs.said_by_employer_minor", Kind::Number, "What the employer says that the worker paid, in fen.";
    CostsRepaid = "costs.repaid_minor", Kind::Number, "What was repaid to the worker, in fen.";
    CostsDebt = "costs.debt_minor", Kind::Number, "What the worker owes for being recruited, in fen.";
    CostsDeposit = "costs.deposit_minor", Kind::Number, "What is kept as a deposit, in fen.";
    WageMonthly = "wage.monthly_minor", Kind::Number, "The agreed monthly wage, in fen.";
    WageMinimum = "wage.minimum_minor", Kind::Number, "The local minimum wage, in fen a month.";
    WageOfLocals = "wage.locals_minor", Kind::Number, "What locals on the same post are paid, in fen a month.";
    WageArrears = "wage.arrears_minor", Kind::Number, "Wages that are due and unpaid, in fen.";
    WageOwnAccount = "wage.own_account", Kind::Flag, "Whether it is paid to the worker's own account.";
    ContractLanguages = "contract.languages", Kind::Texts, "Languages of the contract.";
    ContractAsOffered = "contract.as_offered", Kind::Flag, "Whether its terms are those of the offer.";
    IndicatorVulnerability = "indicator.vulnerability", Kind::Code(INDICATIONS), "Abuse of vulnerability.";
    IndicatorDeception = "indicator.deception", Kind::Code(INDICATIONS), "Deception.";
    IndicatorMovement = "indicator.movement", Kind::Code(INDICATIONS), "Restriction of movement.";
    IndicatorIsolation = "indicator.isolation", Kind::Code(INDICATIONS), "Isolation.";
    IndicatorViolence = "indicator.violence", Kind::Code(INDICATIONS), "Physical and sexual violence.";
    IndicatorIntimidation = "indicator.intimidation", Kind::Code(INDICATIONS), "Intimidation and threats.";
    IndicatorDocuments = "indicator.documents", Kind::Code(INDICATIONS), "Retention of identity documents.";
    IndicatorWages = "indicator.wages", Kind::Code(INDICATIONS), "Withholding of wages.";
    IndicatorDebt = "indicator.debt", Kind::Code(INDICATIONS), "Debt bondage.";
    IndicatorConditions = "indicator.conditions", Kind::Code(INDICATIONS), "Abusive working and living conditions.";
    IndicatorOvertime = "indicator.overtime", Kind::Code(INDICATIONS), "Excessive overtime.";
    ProductListed = "product.import_ban_list", Kind::Flag, "Whether an entity of the chain is on an import-ban list.";
    ProductCotton = "product.cotton", Kind::Flag, "Whether the product has cotton in it.";
    ProductCottonProved = "product.cotton_origin_proved", Kind::Flag, "Whether the cotton's origin is proved.";
    ProductCoercedTransfer = "product.coerced_transfer", Kind::Flag, "Whether workers came by a coerced transfer.";
    RulesSigners = "rules.signers", Kind::Texts, "Persons who signed the rules in force.";
    ListsSigners = "lists.signers", Kind::Texts, "Persons who signed the sanctions lists in force.";
    RulesEditors = "rules.editors", Kind::Texts, "Persons who can edit the rules.";
}

impl Name {
    /// ILO's eleven indicators of forced labour.
    pub const INDICATORS: [Self; 11] = [
        Self::IndicatorVulnerability,
        Self::IndicatorDeception,
        Self::IndicatorMovement,
        Self::IndicatorIsolation,
        Self::IndicatorViolence,
        Self::IndicatorIntimidation,
        Self::IndicatorDocuments,
        Self::IndicatorWages,
        Self::IndicatorDebt,
        Self::IndicatorConditions,
        Self::IndicatorOvertime,
    ];

    /// The name of a code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|name| name.code() == code)
    }
}

/// What one identity paper says of the nationality.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Paper {
    /// The printed nationality.
    pub printed: Option<Country>,
    /// The nationality of its machine-readable zone; none where it has no zone.
    pub machine_readable: Option<Country>,
}

/// A value. Lists are sets: their order says nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Yes or no.
    Flag(bool),
    /// A whole number that is not below zero.
    Number(i64),
    /// A civil date.
    Date(CivilDate),
    /// A country.
    Country(Country),
    /// One of the codes that the name has.
    Code(&'static str),
    /// Text.
    Text(String),
    /// A set of texts.
    Texts(BTreeSet<String>),
    /// Records of nationality.
    Nationalities(Vec<Record>),
    /// Identity papers.
    Papers(Vec<Paper>),
    /// Documents of the bundle.
    Documents(Vec<Document>),
}

impl Value {
    /// Whether a name may have it.
    #[must_use]
    pub fn fits(&self, name: Name) -> bool {
        match (self, name.kind()) {
            (Self::Number(n), Kind::Number) => *n >= 0,
            (Self::Code(code), Kind::Code(codes)) => codes.contains(code),
            (Self::Flag(_), Kind::Flag)
            | (Self::Date(_), Kind::Date)
            | (Self::Country(_), Kind::Country)
            | (Self::Text(_), Kind::Text)
            | (Self::Texts(_), Kind::Texts)
            | (Self::Nationalities(_), Kind::Nationalities)
            | (Self::Papers(_), Kind::Papers)
            | (Self::Documents(_), Kind::Documents) => true,
            _ => false,
        }
    }

    /// In the order that its kind has, however it was given.
    fn in_order(mut self) -> Self {
        match &mut self {
            Self::Nationalities(records) => records.sort_by_key(|r| (r.country, r.evidence)),
            Self::Papers(papers) => papers.sort(),
            Self::Documents(documents) => documents.sort_by_key(|d| (d.part, d.valid_from, d.valid_until)),
            _ => {}
        }
        self
    }

    /// In canonical JSON, as a case's file has it.
    #[must_use]
    pub fn json(&self) -> Json {
        match self {
            Self::Flag(flag) => Json::Flag(*flag),
            Self::Number(n) => Json::Integer(*n),
            Self::Date(date) => Json::text(date),
            Self::Country(country) => Json::text(country.as_str()),
            Self::Code(code) => Json::text(code),
            Self::Text(text) => Json::text(text),
            Self::Texts(texts) => Json::list(texts.iter().map(Json::text)),
            Self::Nationalities(records) => Json::list(records.iter().map(|r| {
                Json::object([
                    ("country", Json::text(r.country.as_str())),
                    ("evidence", Json::text(r.evidence.code())),
                ])
            })),
            Self::Papers(papers) => {
                let country = |c: &Option<Country>| Json::or_null(c.as_ref().map(Country::as_str));
                Json::list(papers.iter().map(|p| {
                    Json::object([
                        ("printed", country(&p.printed)),
                        ("machine_readable", country(&p.machine_readable)),
                    ])
                }))
            }
            Self::Documents(documents) => Json::list(documents.iter().map(|d| {
                Json::object([
                    ("part", Json::text(d.part.code())),
                    ("valid_from", Json::or_null(d.valid_from)),
                    ("valid_until", Json::or_null(d.valid_until)),
                ])
            })),
        }
    }
}

/// A fact that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// What it is.
    pub value: Value,
    /// Where it stands: a row, a document, a letter.
    pub source: String,
    /// The revision that it was read at.
    pub revision: i64,
}

/// The facts of a case. What is not in it is unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts(BTreeMap<Name, Known>);

impl Facts {
    /// Adds a fact, in place of what was known before.
    ///
    /// # Errors
    /// The name, whose value is of another kind.
    pub fn insert(&mut self, name: Name, known: Known) -> Result<(), Name> {
        if !known.value.fits(name) {
            return Err(name);
        }
        let value = known.value.in_order();
        self.0.insert(name, Known { value, ..known });
        Ok(())
    }

    /// Makes a fact unknown.
    pub fn remove(&mut self, name: Name) {
        self.0.remove(&name);
    }

    /// What is known under a name.
    #[must_use]
    pub fn get(&self, name: Name) -> Option<&Known> {
        self.0.get(&name)
    }

    /// The known facts by name.
    pub fn iter(&self) -> impl Iterator<Item = (Name, &Known)> {
        self.0.iter().map(|(name, known)| (*name, known))
    }

    /// At which revision each was read.
    #[must_use]
    pub fn revisions(&self) -> BTreeMap<Name, i64> {
        self.iter().map(|(name, known)| (name, known.revision)).collect()
    }

    /// In canonical JSON, as a case's file has it.
    #[must_use]
    pub fn json(&self) -> Json {
        let fact = |known: &Known| {
            Json::object([
                ("value", known.value.json()),
                ("source", Json::text(&known.source)),
                ("revision", Json::Integer(known.revision)),
            ])
        };
        Json::Map(self.iter().map(|(name, known)| (name.code().to_owned(), fact(known))).collect())
    }

    /// The digest of everything that is known, values, sources and revisions.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(self.json().to_string().as_bytes())
    }

    pub(super) fn flag(&self, name: Name) -> Option<bool> {
        match self.get(name)?.value {
            Value::Flag(flag) => Some(flag),
            _ => None,
        }
    }

    pub(super) fn number(&self, name: Name) -> Option<i64> {
        match self.get(name)?.value {
            Value::Number(n) => Some(n),
            _ => None,
        }
    }

    pub(super) fn date(&self, name: Name) -> Option<CivilDate> {
        match self.get(name)?.value {
            Value::Date(date) => Some(date),
            _ => None,
        }
    }

    pub(super) fn country(&self, name: Name) -> Option<Country> {
        match self.get(name)?.value {
            Value::Country(country) => Some(country),
            _ => None,
        }
    }

    pub(super) fn code(&self, name: Name) -> Option<&'static str> {
        match self.get(name)?.value {
            Value::Code(code) => Some(code),
            _ => None,
        }
    }

    pub(super) fn text(&self, name: Name) -> Option<&str> {
        match &self.get(name)?.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn texts(&self, name: Name) -> Option<&BTreeSet<String>> {
        match &self.get(name)?.value {
            Value::Texts(texts) => Some(texts),
            _ => None,
        }
    }

    pub(super) fn nationalities(&self) -> Option<&[Record]> {
        match &self.get(Name::PersonNationalities)?.value {
            Value::Nationalities(records) => Some(records),
            _ => None,
        }
    }

    pub(super) fn papers(&self) -> Option<&[Paper]> {
        match &self.get(Name::PersonPapers)?.value {
            Value::Papers(papers) => Some(papers),
            _ => None,
        }
    }

    pub(super) fn documents(&self) -> Option<&[Document]> {
        match &self.get(Name::BundleDocuments)?.value {
            Value::Documents(documents) => Some(documents),
            _ => None,
        }
    }
}
