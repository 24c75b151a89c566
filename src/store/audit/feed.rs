//! The feed that the log is: which rows reached which revision, in the dense order of its leaves.
//!
//! A place in the feed is a leaf's index. It is given after the commit, so nothing can appear behind a follower.

use std::collections::BTreeMap;

use sea_orm::{
    ColumnTrait as _, EntityTrait as _, FromQueryResult, JoinType, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};
use uuid::Uuid;

use crate::entity::audit::{audit_leaf, audit_touch};
use crate::store::{Connection, Error};

/// What happened in a stretch of the feed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stretch {
    /// (noun, row) and the highest revision that it reached.
    pub touched: BTreeMap<(String, Uuid), i64>,
    /// The place behind it.
    pub position: u64,
}

#[derive(FromQueryResult)]
struct Row {
    kind: String,
    resource_id: Uuid,
    revision: i64,
}

/// What happened from a place on, over at most `leaves` leaves up to `size`.
///
/// # Errors
/// What the database says.
pub async fn list_from(
    db: &impl Connection,
    position: u64,
    size: u64,
    leaves: u64,
) -> Result<Stretch, Error> {
    let end = size.min(position.saturating_add(leaves)).max(position);
    let index = |n: u64| i64::try_from(n).map_err(|_range| Error::Corrupt("audit_leaf.index"));
    let rows = audit_leaf::Entity::find()
        .select_only()
        .columns([audit_touch::Column::Kind, audit_touch::Column::ResourceId, audit_touch::Column::Revision])
        .join(
            JoinType::InnerJoin,
            audit_leaf::Entity::belongs_to(audit_touch::Entity)
                .from(audit_leaf::Column::Seq)
                .to(audit_touch::Column::Seq)
                .into(),
        )
        .filter(audit_leaf::Column::Index.gte(index(position)?))
        .filter(audit_leaf::Column::Index.lt(index(end)?))
        .order_by_asc(audit_leaf::Column::Index)
        .into_model::<Row>()
        .all(db)
        .await?;
    let mut touched: BTreeMap<(String, Uuid), i64> = BTreeMap::new();
    for row in rows {
        let reached = touched.entry((row.kind, row.resource_id)).or_default();
        *reached = row.revision.max(*reached);
    }
    Ok(Stretch { touched, position: end })
}
