//! What a verifier of the log reads: everything, in order, a batch at a time, and where rows and log disagree.

use std::collections::HashMap;

use ballast_domain::base::id::PersonId;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    QueryTrait as _, Statement,
};
use uuid::Uuid;

use crate::entity::audit::{audit_entry, audit_leaf, audit_pending, audit_subject, audit_touch};
use crate::store::Error;

/// Rows of one answer about rows and log that disagree: enough to see what happened.
const EXAMPLES_MAX: u64 = 100;

/// A noun whose rows the log tells one by one.
#[derive(Clone, Copy, Debug)]
pub struct Told {
    /// The noun, and its table.
    pub kind: &'static str,
    /// The column with the id that the log tells.
    pub id: &'static str,
    /// The column with the revision; none where rows never change and the revision is 1.
    pub revision: Option<&'static str>,
    /// Whether rows may go: their removal is told as a last revision.
    pub removable: bool,
}

const fn told(kind: &'static str, revision: Option<&'static str>) -> Told {
    Told { kind, id: "id", revision, removable: false }
}

/// Every noun whose rows the log tells one by one. What else there is are parts of these, or machinery.
pub const TOLD: [Told; 24] = [
    told("agreement", Some("revision")),
    // What a person wants is one resource, told by the person's id; each version is a row.
    Told { kind: "availability", id: "person_id", revision: Some("version"), removable: false },
    told("consent", Some("revision")),
    told("duplicate_case", Some("revision")),
    told("enrolment", Some("revision")),
    told("guardian", None),
    told("household", Some("revision")),
    told("joint_class", Some("revision")),
    Told { kind: "occupation", id: "id", revision: Some("revision"), removable: true },
    told("legal_hold", Some("revision")),
    Told { kind: "open_id_provider", id: "id", revision: Some("revision"), removable: true },
    told("organisation", Some("revision")),
    told("permit", Some("revision")),
    told("permit_document", None),
    told("person", Some("revision")),
    told("port", Some("revision")),
    told("retention", Some("revision")),
    told("rights_request", Some("revision")),
    told("site", Some("revision")),
    Told { kind: "skill", id: "id", revision: Some("revision"), removable: true },
    told("skill_claim", None),
    told("targeting", None),
    told("user", Some("revision")),
    told("vacancy", Some("revision")),
];

/// Entries by their numbers.
///
/// # Errors
/// What the database says.
pub async fn list_entries(
    db: &impl ConnectionTrait,
    seqs: &[i64],
) -> Result<HashMap<i64, audit_entry::Model>, Error> {
    let rows = audit_entry::Entity::find()
        .filter(audit_entry::Column::Seq.is_in(seqs.iter().copied()))
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| (row.seq, row)).collect())
}

/// Entries without a leaf, from a number on.
///
/// # Errors
/// What the database says.
pub async fn list_unsealed(
    db: &impl ConnectionTrait,
    after: i64,
    limit: u64,
) -> Result<Vec<audit_entry::Model>, Error> {
    let sealed = audit_leaf::Entity::find().select_only().column(audit_leaf::Column::Seq).into_query();
    Ok(audit_entry::Entity::find()
        .filter(audit_entry::Column::Seq.gt(after))
        .filter(audit_entry::Column::Seq.not_in_subquery(sealed))
        .order_by_asc(audit_entry::Column::Seq)
        .limit(limit)
        .all(db)
        .await?)
}

/// The numbers of all that waits to be sealed.
///
/// # Errors
/// What the database says.
pub async fn list_pending(db: &impl ConnectionTrait) -> Result<Vec<i64>, Error> {
    Ok(audit_pending::Entity::find()
        .select_only()
        .column(audit_pending::Column::Seq)
        .order_by_asc(audit_pending::Column::Seq)
        .into_tuple()
        .all(db)
        .await?)
}

/// The rows that some entries touched.
///
/// # Errors
/// What the database says.
pub async fn list_touches(
    db: &impl ConnectionTrait,
    seqs: &[i64],
) -> Result<HashMap<i64, Vec<audit_touch::Model>>, Error> {
    let rows = audit_touch::Entity::find()
        .filter(audit_touch::Column::Seq.is_in(seqs.iter().copied()))
        .all(db)
        .await?;
    let mut touches: HashMap<i64, Vec<audit_touch::Model>> = HashMap::new();
    for row in rows {
        touches.entry(row.seq).or_default().push(row);
    }
    Ok(touches)
}

/// The people whom some readings showed.
///
/// # Errors
/// What the database says.
pub async fn list_subjects(
    db: &impl ConnectionTrait,
    seqs: &[i64],
) -> Result<HashMap<i64, Vec<PersonId>>, Error> {
    let rows = audit_subject::Entity::find()
        .filter(audit_subject::Column::Seq.is_in(seqs.iter().copied()))
        .all(db)
        .await?;
    let mut subjects: HashMap<i64, Vec<PersonId>> = HashMap::new();
    for row in rows {
        subjects.entry(row.seq).or_default().push(PersonId(row.person_id));
    }
    Ok(subjects)
}

/// Rows at a revision that no entry tells of.
///
/// # Errors
/// What the database says.
pub async fn list_untold(db: &impl ConnectionTrait, told: Told) -> Result<Vec<(Uuid, i64)>, Error> {
    let revision = told.revision.map_or("1".to_owned(), |column| format!("t.\"{column}\""));
    let (kind, id) = (told.kind, told.id);
    let live = format!(
        "SELECT t.\"{id}\" AS id, CAST({revision} AS BIGINT) AS revision FROM \"{kind}\" t WHERE NOT EXISTS \
         (SELECT 1 FROM audit_touch a WHERE a.kind = '{kind}' AND a.resource_id = t.\"{id}\" AND a.revision = {revision}) \
         LIMIT {EXAMPLES_MAX}"
    );
    let mut found = pairs(db, live).await?;
    // Revisions are told from 1 without a gap: as many as the highest.
    let gaps = format!(
        "SELECT resource_id AS id, COUNT(*) AS revision FROM audit_touch WHERE kind = '{kind}' \
         GROUP BY resource_id HAVING COUNT(*) <> MAX(revision) LIMIT {EXAMPLES_MAX}"
    );
    for (id, _) in pairs(db, gaps).await? {
        found.push((id, first_gap(db, kind, id).await?));
    }
    Ok(found)
}

async fn first_gap(db: &impl ConnectionTrait, kind: &str, id: Uuid) -> Result<i64, Error> {
    let mut revisions: Vec<i64> = audit_touch::Entity::find()
        .select_only()
        .column(audit_touch::Column::Revision)
        .filter(audit_touch::Column::Kind.eq(kind))
        .filter(audit_touch::Column::ResourceId.eq(id))
        .into_tuple()
        .all(db)
        .await?;
    revisions.sort_unstable();
    Ok((1..).zip(revisions).find_map(|(due, found)| (due != found).then_some(due)).unwrap_or(1))
}

/// Rows that the log tells more of than they show: set back, or gone although rows of their noun stay. A row that
/// went with an erased person is where it should be: the entry that told of it kept values of an erased subject.
///
/// # Errors
/// What the database says.
pub async fn list_behind(db: &impl ConnectionTrait, told: Told) -> Result<Vec<(Uuid, i64)>, Error> {
    let (kind, id) = (told.kind, told.id);
    let revision = told.revision.map_or("1".to_owned(), |column| format!("t.\"{column}\""));
    let erased = format!(
        "EXISTS (SELECT 1 FROM audit_touch b JOIN audit_commitment c ON c.seq = b.seq \
         JOIN audit_erasure e ON e.subject_id = c.subject_id \
         WHERE b.kind = '{kind}' AND b.resource_id = a.resource_id)"
    );
    let gone = format!("CASE WHEN {erased} THEN MAX(a.revision) ELSE 0 END");
    let missing = if told.removable { "MAX(a.revision)" } else { gone.as_str() };
    pairs(
        db,
        format!(
            "SELECT a.resource_id AS id, MAX(a.revision) AS revision FROM audit_touch a \
             WHERE a.kind = '{kind}' GROUP BY a.resource_id HAVING MAX(a.revision) > \
             COALESCE((SELECT MAX({revision}) FROM \"{kind}\" t WHERE t.\"{id}\" = a.resource_id), {missing}) \
             LIMIT {EXAMPLES_MAX}"
        ),
    )
    .await
}

async fn pairs(db: &impl ConnectionTrait, sql: String) -> Result<Vec<(Uuid, i64)>, Error> {
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    rows.iter().map(|row| Ok((row.try_get("", "id")?, row.try_get("", "revision")?))).collect()
}

/// How many entries there are.
///
/// # Errors
/// What the database says.
pub async fn count_entries(db: &impl ConnectionTrait) -> Result<u64, Error> {
    let count: Option<i64> = audit_entry::Entity::find()
        .select_only()
        .column_as(Expr::col(audit_entry::Column::Seq).count(), "entries")
        .into_tuple()
        .one(db)
        .await?;
    Ok(u64::try_from(count.unwrap_or(0)).unwrap_or(0))
}
