//! The declarations themselves.

use super::{Basis, Class, Erased, Group, Reason, Shown, Table, Whose};
use ballast_domain::person::retention::Class as Retention;

const fn shown(class: Class, erased: Erased, columns: &'static [&'static str]) -> Group {
    Group { class, erased, shown: Shown::AsIs, columns }
}

const fn held(class: Class, erased: Erased, reason: Reason, columns: &'static [&'static str]) -> Group {
    Group { class, erased, shown: Shown::Withheld(reason), columns }
}

const fn table(
    name: &'static str,
    whose: Whose,
    basis: Basis,
    retention: Retention,
    groups: &'static [Group],
) -> Table {
    Table { name, whose, basis, retention, groups }
}

const STUB: Erased = Erased::Stays("a stub, so that households, classes and withdrawn permits hold together");
const LOG: Erased =
    Erased::Stays("ids alone: who read and did what must be provable, and the log's proof needs it");

/// Everything.
pub const TABLES: &[Table] = &[
    table(
        "person",
        Whose::Person("id"),
        Basis::Duty,
        Retention::Record,
        &[
            shown(
                Class::Identity,
                Erased::Emptied,
                &["name", "name_latin", "birth_date", "sex", "birth_country_code", "foreign_worker"],
            ),
            shown(Class::Contact, Erased::Emptied, &["home_region_code"]),
            held(Class::Identity, Erased::Emptied, Reason::Derived, &["search_key", "name_key"]),
            shown(Class::Log, Erased::Stays("says since when nobody is known here"), &["erased_at"]),
        ],
    ),
    table(
        "person_key",
        Whose::Person("person_id"),
        Basis::Duty,
        Retention::Record,
        &[held(Class::Identity, Erased::RowGoes, Reason::Secret, &["sealed"])],
    ),
    table(
        "person_secret",
        Whose::Person("person_id"),
        Basis::Duty,
        Retention::Record,
        &[
            shown(Class::Identity, Erased::RowGoes, &["kind"]),
            Group {
                class: Class::Identity,
                erased: Erased::RowGoes,
                shown: Shown::Opened,
                columns: &["sealed"],
            },
        ],
    ),
    table(
        "blind_index",
        Whose::Person("person_id"),
        Basis::Duty,
        Retention::Record,
        &[held(Class::Identity, Erased::RowGoes, Reason::Derived, &["place", "row_id", "digest"])],
    ),
    table(
        "identity_document",
        Whose::Person("person_id"),
        Basis::Duty,
        Retention::Record,
        &[
            shown(
                Class::Identity,
                Erased::RowGoes,
                &["kind", "country_code", "valid_from", "valid_until", "verification", "recorded_at"],
            ),
            Group {
                class: Class::Identity,
                erased: Erased::RowGoes,
                shown: Shown::Opened,
                columns: &["number_sealed"],
            },
        ],
    ),
    table(
        "nationality",
        Whose::Person("person_id"),
        Basis::Duty,
        Retention::Record,
        &[shown(
            Class::Identity,
            Erased::RowGoes,
            &["country_code", "evidence", "document_id", "recorded_at"],
        )],
    ),
    table(
        "availability",
        Whose::Person("person_id"),
        Basis::Consent,
        Retention::Wish,
        &[shown(
            Class::Wish,
            Erased::RowGoes,
            &[
                "version",
                "available_from",
                "available_until",
                "wage_min_minor",
                "shift_day",
                "shift_evening",
                "shift_night",
                "dormitory",
                "recorded_at",
            ],
        )],
    ),
    table(
        "availability_region",
        Whose::Through("availability_id", "availability"),
        Basis::Consent,
        Retention::Wish,
        &[shown(Class::Wish, Erased::RowGoes, &["region_code"])],
    ),
    table(
        "person_tie",
        Whose::Person("person_id"),
        Basis::Duty,
        Retention::Relation,
        &[shown(
            Class::Relation,
            Erased::Stays("closed: by which right somebody was read must be answerable"),
            &["organisation_id", "basis", "valid_from", "valid_until"],
        )],
    ),
    table(
        "consent",
        Whose::Person("person_id"),
        Basis::Consent,
        Retention::Relation,
        &[shown(
            Class::Relation,
            Erased::RowGoes,
            &["organisation_id", "vacancy_id", "purpose", "state", "asked_at", "answered_at"],
        )],
    ),
    table(
        "guardian",
        Whose::Person("person_id"),
        Basis::Duty,
        Retention::Relation,
        &[
            shown(Class::Relation, Erased::RowGoes, &["basis", "valid_from", "valid_until", "recorded_at"]),
            held(Class::Relation, Erased::RowGoes, Reason::Other, &["user_id"]),
        ],
    ),
    table(
        "duplicate_case",
        Whose::Pair("person_a_id", "person_b_id"),
        Basis::Duty,
        Retention::Relation,
        &[
            shown(Class::Relation, Erased::RowGoes, &["cause", "state", "step", "decided_at", "undone_at"]),
            held(
                Class::Relation,
                Erased::RowGoes,
                Reason::Other,
                &["person_b_id", "survivor_id", "reason", "decided_by", "undone_by"],
            ),
            held(Class::Relation, Erased::RowGoes, Reason::Derived, &["revision_a", "revision_b"]),
        ],
    ),
    table(
        "person_link",
        Whose::Person("person_id"),
        Basis::Duty,
        Retention::Relation,
        &[shown(Class::Relation, Erased::RowGoes, &["survivor_id", "case_id"])],
    ),
    table(
        "duplicate_move",
        Whose::Person("person_id"),
        Basis::Duty,
        Retention::Relation,
        &[shown(Class::Relation, Erased::RowGoes, &["case_id", "kind", "row_id", "before", "before_at"])],
    ),
    table(
        "rights_request",
        Whose::Person("person_id"),
        Basis::Duty,
        Retention::Relation,
        &[
            shown(
                Class::Relation,
                Erased::RowGoes,
                &[
                    "kind",
                    "field",
                    "value",
                    "vacancy_id",
                    "reason",
                    "state",
                    "asked_at",
                    "decided_at",
                    "answer",
                ],
            ),
            held(Class::Relation, Erased::RowGoes, Reason::Other, &["asked_by", "decided_by"]),
        ],
    ),
    table(
        "legal_hold",
        Whose::Person("person_id"),
        Basis::Duty,
        Retention::Log,
        &[held(
            Class::Log,
            Erased::Stays("says why an erasure had to wait"),
            Reason::Duty,
            &["reason", "placed_by", "valid_from", "valid_until"],
        )],
    ),
    table(
        "erasure",
        Whose::Person("person_id"),
        Basis::Duty,
        Retention::Log,
        &[shown(
            Class::Log,
            Erased::Stays("without it nobody knows that a backup has to be erased again"),
            &["requested_at", "erased_at", "entry_id"],
        )],
    ),
    table(
        "skill_claim",
        Whose::Person("person_id"),
        Basis::Contract,
        Retention::Skill,
        &[shown(
            Class::Skill,
            Erased::RowGoes,
            &[
                "skill_id",
                "level",
                "evidence",
                "achieved_on",
                "last_used_on",
                "valid_until",
                "decay_class",
                "status",
                "organisation_id",
                "enrolment_id",
                "recorded_at",
            ],
        )],
    ),
    table(
        "enrolment",
        Whose::Person("person_id"),
        Basis::Contract,
        Retention::Training,
        &[shown(
            Class::Skill,
            Erased::Stays("the school's file of its class: how many began and finished, and not who"),
            &["joint_class_id", "school_id", "status", "enrolled_on", "ended_on"],
        )],
    ),
    table(
        "household_member",
        Whose::Person("person_id"),
        Basis::Duty,
        Retention::Poverty,
        &[shown(
            Class::Poverty,
            STUB,
            &["household_id", "relation", "valid_from", "valid_until", "recorded_at"],
        )],
    ),
    table(
        "household",
        Whose::Household("id"),
        Basis::Duty,
        Retention::Poverty,
        &[shown(
            Class::Poverty,
            Erased::Stays("others are members"),
            &["bureau_id", "reference", "region_code", "registered_on"],
        )],
    ),
    table(
        "targeting",
        Whose::Household("household_id"),
        Basis::Duty,
        Retention::Poverty,
        &[
            shown(
                Class::Poverty,
                Erased::Stays("about a household, of which others are members"),
                &["outcome", "cause", "decided_on", "recorded_at"],
            ),
            held(
                Class::Poverty,
                Erased::Stays("about a household, of which others are members"),
                Reason::Other,
                &["decided_by"],
            ),
        ],
    ),
    table(
        "permit",
        Whose::Person("person_id"),
        Basis::Duty,
        Retention::Permit,
        &[shown(
            Class::Permit,
            Erased::Stays("withdrawn: the bureau's file of what a factory asked for"),
            &["employer_id", "port_id", "vacancy_id", "reference", "status", "starts_on", "ends_on"],
        )],
    ),
    table(
        "permit_document",
        Whose::Person("person_id"),
        Basis::Duty,
        Retention::Permit,
        &[shown(
            Class::Permit,
            Erased::RowGoes,
            &["permit_id", "kind", "issuer", "valid_from", "valid_until", "verification", "recorded_at"],
        )],
    ),
    table(
        "user",
        Whose::Person("person_id"),
        Basis::Contract,
        Retention::Login,
        &[
            shown(Class::SignIn, Erased::Emptied, &["login", "display_name", "status", "locale"]),
            held(Class::SignIn, Erased::Emptied, Reason::Secret, &["password_hash"]),
        ],
    ),
    table(
        "membership",
        Whose::Login("user_id"),
        Basis::Contract,
        Retention::Login,
        &[shown(
            Class::SignIn,
            Erased::Stays("of a locked login: in which role entries of the log were written"),
            &["organisation_id", "role", "valid_from", "valid_until"],
        )],
    ),
    table(
        "session",
        Whose::Login("user_id"),
        Basis::Contract,
        Retention::Session,
        &[
            shown(
                Class::SignIn,
                Erased::RowGoes,
                &["created_at", "expires_at", "label", "last_used_on", "confirmed_at"],
            ),
            held(Class::SignIn, Erased::RowGoes, Reason::Secret, &["token_hash"]),
        ],
    ),
    table(
        "api_token",
        Whose::Login("user_id"),
        Basis::Contract,
        Retention::Session,
        &[
            shown(
                Class::SignIn,
                Erased::RowGoes,
                &[
                    "name",
                    "prefix",
                    "created_at",
                    "expires_at",
                    "revoked_at",
                    "scopes",
                    "last_used_on",
                    "confirmed_at",
                ],
            ),
            held(Class::SignIn, Erased::RowGoes, Reason::Secret, &["token_hash"]),
        ],
    ),
    table(
        "mail_address",
        Whose::Login("user_id"),
        Basis::Contract,
        Retention::Login,
        &[
            shown(Class::Contact, Erased::RowGoes, &["created_at"]),
            Group {
                class: Class::Contact,
                erased: Erased::RowGoes,
                shown: Shown::Opened,
                columns: &["sealed"],
            },
        ],
    ),
    table(
        "mail_outbox",
        Whose::Login("user_id"),
        Basis::Contract,
        Retention::Job,
        &[
            shown(
                Class::SignIn,
                Erased::RowGoes,
                &["template", "locale", "state", "created_at", "expires_at", "ended_at"],
            ),
            held(Class::SignIn, Erased::RowGoes, Reason::Secret, &["sealed"]),
            held(Class::SignIn, Erased::RowGoes, Reason::Derived, &["tries"]),
            held(Class::SignIn, Erased::RowGoes, Reason::Other, &["created_by"]),
        ],
    ),
    table(
        "totp",
        Whose::Login("user_id"),
        Basis::Contract,
        Retention::Login,
        &[
            shown(Class::SignIn, Erased::RowGoes, &["created_at", "confirmed_at"]),
            held(Class::SignIn, Erased::RowGoes, Reason::Secret, &["sealed"]),
            held(Class::SignIn, Erased::RowGoes, Reason::Derived, &["last_step"]),
        ],
    ),
    table(
        "recovery_code",
        Whose::Login("user_id"),
        Basis::Contract,
        Retention::Login,
        &[
            shown(Class::SignIn, Erased::RowGoes, &["created_at", "used_at"]),
            held(Class::SignIn, Erased::RowGoes, Reason::Secret, &["code_hash"]),
        ],
    ),
    table(
        "passkey",
        Whose::Login("user_id"),
        Basis::Contract,
        Retention::Login,
        &[
            shown(Class::SignIn, Erased::RowGoes, &["name", "created_at", "last_used_on"]),
            held(Class::SignIn, Erased::RowGoes, Reason::Secret, &["credential_id", "credential"]),
            held(Class::SignIn, Erased::RowGoes, Reason::Derived, &["counter"]),
        ],
    ),
    table(
        "open_id_link",
        Whose::Login("user_id"),
        Basis::Contract,
        Retention::Login,
        &[
            shown(Class::SignIn, Erased::RowGoes, &["issuer", "created_at", "last_used_on"]),
            held(Class::SignIn, Erased::RowGoes, Reason::Derived, &["subject_hash"]),
        ],
    ),
    table(
        "sign_in_link",
        Whose::Login("user_id"),
        Basis::Contract,
        Retention::Session,
        &[
            shown(Class::SignIn, Erased::RowGoes, &["kind", "created_at", "expires_at", "used_at"]),
            held(Class::SignIn, Erased::RowGoes, Reason::Secret, &["secret_hash"]),
            held(Class::SignIn, Erased::RowGoes, Reason::Derived, &["tries"]),
            held(Class::SignIn, Erased::RowGoes, Reason::Other, &["created_by"]),
        ],
    ),
    // Minutes of somebody's signing in.
    table(
        "half_session",
        Whose::Login("user_id"),
        Basis::Contract,
        Retention::Session,
        &[held(
            Class::SignIn,
            Erased::RowGoes,
            Reason::Secret,
            &["token_hash", "label", "tries", "created_at", "expires_at"],
        )],
    ),
    table(
        "passkey_challenge",
        Whose::Login("user_id"),
        Basis::Contract,
        Retention::Session,
        &[held(Class::SignIn, Erased::RowGoes, Reason::Secret, &["state", "created_at", "expires_at"])],
    ),
    table(
        "sign_in_failure",
        Whose::Digest,
        Basis::Duty,
        Retention::Session,
        &[held(
            Class::SignIn,
            Erased::ByAge,
            Reason::Derived,
            &["subject", "device", "failures", "last_failed_at", "locked_until"],
        )],
    ),
    table(
        "notification",
        Whose::Login("user_id"),
        Basis::Contract,
        Retention::Notice,
        &[
            shown(Class::Work, Erased::RowGoes, &["kind", "args", "resource_kind", "created_at", "read_at"]),
            held(Class::Work, Erased::RowGoes, Reason::Derived, &["resource_id", "dedupe_key"]),
        ],
    ),
    table(
        "idempotency_key",
        Whose::Login("user_id"),
        Basis::Contract,
        Retention::Retry,
        &[
            shown(Class::Work, Erased::RowGoes, &["operation", "created_at"]),
            held(
                Class::Work,
                Erased::RowGoes,
                Reason::Derived,
                &["key_hash", "fingerprint", "outcome", "entry_id"],
            ),
        ],
    ),
    table(
        "job",
        Whose::Login("user_id"),
        Basis::Duty,
        Retention::Job,
        &[
            shown(Class::Work, Erased::ByAge, &["kind", "state", "created_at", "finished_at"]),
            held(Class::Work, Erased::ByAge, Reason::Derived, &["payload", "unique_key", "checkpoint"]),
        ],
    ),
    table(
        "audit_entry",
        Whose::Subject("actor_user_id"),
        Basis::Duty,
        Retention::Log,
        &[
            Group {
                class: Class::Log,
                erased: LOG,
                shown: Shown::Reading,
                columns: &["recorded_at", "actor_role", "organisation_id", "action"],
            },
            held(
                Class::Log,
                LOG,
                Reason::Proof,
                &["resource_kind", "resource_id", "request_id", "header", "leaf_hash", "mac"],
            ),
        ],
    ),
    table(
        "audit_touch",
        Whose::Subject("resource_id"),
        Basis::Duty,
        Retention::Log,
        &[held(Class::Log, LOG, Reason::Proof, &["kind"])],
    ),
    table("audit_subject", Whose::Subject("person_id"), Basis::Duty, Retention::Log, &[]),
    table("audit_erasure", Whose::Subject("subject_id"), Basis::Duty, Retention::Log, &[]),
    table(
        "audit_commitment",
        Whose::Subject("subject_id"),
        Basis::Duty,
        Retention::Log,
        &[held(
            Class::Log,
            Erased::Stays("a digest whose salt is gone: it says nothing, and the log's proof needs it"),
            Reason::Proof,
            &["digest"],
        )],
    ),
    table(
        "audit_detail",
        Whose::Subject("subject_id"),
        Basis::Duty,
        Retention::Log,
        &[held(Class::Log, Erased::RowGoes, Reason::Proof, &["salt", "sealed"])],
    ),
    table(
        "audit_key",
        Whose::Subject("subject_id"),
        Basis::Duty,
        Retention::Log,
        &[held(Class::Log, Erased::RowGoes, Reason::Secret, &["sealed"])],
    ),
];

/// Columns that say nothing of anybody, in whatever table, and why.
pub const COLUMNS_OF_NOBODY: &[(&str, &str)] = &[
    ("id", "a random name of a row"),
    ("revision", "counts changes"),
    ("seq", "counts entries of the log"),
    ("key_id", "names a key"),
    ("supersedes_id", "names the row before"),
];

/// Tables, and columns of the tables above, that say nothing of anybody, and why.
pub const OF_NOBODY: &[(&str, &str)] = &[
    ("agreement", "a school and a factory"),
    ("audit_head", "the log's size and root"),
    ("audit_leaf", "hashes of entries"),
    ("audit_node", "hashes of hashes"),
    ("audit_origin", "names of the log"),
    ("audit_pending", "numbers of entries"),
    ("checkpoint", "signed heads of the log"),
    ("class_module", "what a class teaches"),
    ("country", "reference data"),
    ("framework", "reference data"),
    ("installation", "the installation itself"),
    ("job.attempts", "counts tries"),
    ("job.attempts_max", "counts tries"),
    ("job.failure", "a code"),
    ("job.lease_token", "counts claims"),
    ("job.lease_until", "when a worker is given up"),
    ("job.progress_done", "counts"),
    ("job.progress_total", "counts"),
    ("job.run_at", "when work is due"),
    ("job_attempt", "tries of machinery; a worker is a process"),
    ("job_schedule", "what comes round"),
    ("joint_class", "a class; who is in it stands in enrolment"),
    ("label", "reference data"),
    ("master_key", "names of keys"),
    ("number_attempt", "counts how many numbers an organisation came with, and not whose"),
    ("occupation", "reference data"),
    ("occupation_skill", "reference data"),
    ("open_id_provider", "where an organisation's people sign in, and by what we are known there"),
    ("organisation", "an organisation"),
    ("port", "a border port"),
    ("region", "reference data"),
    ("retention", "for how long the installation keeps a class of data"),
    ("site", "a place of an organisation"),
    ("skill", "reference data"),
    ("skill_broader", "reference data"),
    ("vacancy", "a post"),
    ("vacancy_requirement", "what a post asks for"),
];
