//! The hash tree over the log: its head, its leaves, its complete nodes, and the entries that wait for a leaf.

use std::collections::HashMap;

use ballast_domain::audit::merkle::{Frontier, NodeId, empty_root, hash_of, nodes_of};
use ballast_domain::base::civil_time::Instant;
use ballast_domain::base::digest::Digest;
use ballast_domain::base::id::AuditEntryId;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, DbBackend, EntityTrait as _, FromQueryResult, JoinType,
    PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, RelationDef, Statement,
};
use std::ops::Range;
use uuid::Uuid;

use crate::entity::audit::{audit_entry, audit_head, audit_leaf, audit_node, audit_origin, audit_pending};
use crate::store::{Error, Tx, batch};

/// The channel on which PostgreSQL says that the log has grown.
pub const CHANNEL: &str = "ballast_log";
/// The one row of the head.
const HEAD: i32 = 1;

/// How far the log is sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// How many leaves.
    pub size: u64,
    /// The root over them.
    pub root: Digest,
}

/// An entry that waits for its leaf.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Waiting {
    /// The entry.
    pub seq: i64,
    /// Its header.
    pub header: String,
    /// The header's hash, as it was written.
    pub leaf_hash: Vec<u8>,
    /// What authenticates it.
    pub mac: Vec<u8>,
}

/// What a batch adds to the tree.
#[derive(Clone, Debug, Default)]
pub struct Growth {
    /// (index, entry, hash) of each leaf, in order.
    pub leaves: Vec<(u64, i64, Digest)>,
    /// The inner nodes that are complete now.
    pub nodes: Vec<(NodeId, Digest)>,
}

/// A number of the domain as the databases keep it.
fn stored(number: u64) -> Result<i64, Error> {
    i64::try_from(number).map_err(|_range| Error::Corrupt("audit_leaf.index"))
}

fn number(stored: i64) -> Result<u64, Error> {
    u64::try_from(stored).map_err(|_range| Error::Corrupt("audit_leaf.index"))
}

fn digest(bytes: &[u8]) -> Result<Digest, Error> {
    Digest::from_slice(bytes).ok_or(Error::Corrupt("audit_leaf.hash"))
}

fn head_of(row: &audit_head::Model) -> Result<Head, Error> {
    Ok(Head { size: number(row.size)?, root: digest(&row.root)? })
}

/// How far the log is sealed; none before the first batch.
///
/// # Errors
/// What the database says.
pub async fn find_head(db: &impl ConnectionTrait) -> Result<Option<Head>, Error> {
    audit_head::Entity::find_by_id(HEAD).one(db).await?.as_ref().map(head_of).transpose()
}

/// Takes the head for a batch: whoever else seals waits. The first time it is made, with the log's first name.
///
/// # Errors
/// What the database says.
pub async fn lock_head(tx: &Tx, origin: &str, now: Instant) -> Result<Head, Error> {
    let locked = || audit_head::Entity::find_by_id(HEAD).lock_exclusive();
    if let Some(row) = locked().one(tx.conn()).await? {
        return head_of(&row);
    }
    let head = audit_head::ActiveModel { id: Set(HEAD), size: Set(0), root: Set(empty_root().0.to_vec()) };
    audit_head::Entity::insert(head)
        .on_conflict(OnConflict::column(audit_head::Column::Id).do_nothing().to_owned())
        .exec_without_returning(tx.conn())
        .await?;
    let first =
        audit_origin::ActiveModel { from_index: Set(0), origin: Set(origin.to_owned()), begun_at: Set(now) };
    audit_origin::Entity::insert(first)
        .on_conflict(OnConflict::column(audit_origin::Column::FromIndex).do_nothing().to_owned())
        .exec_without_returning(tx.conn())
        .await?;
    head_of(&locked().one(tx.conn()).await?.ok_or(Error::Missing)?)
}

fn its_entry() -> RelationDef {
    audit_pending::Entity::belongs_to(audit_entry::Entity)
        .from(audit_pending::Column::Seq)
        .to(audit_entry::Column::Seq)
        .into()
}

/// Entries that wait for a leaf, in the order in which they were counted.
///
/// # Errors
/// What the database says.
pub async fn list_waiting(db: &impl ConnectionTrait, limit: u64) -> Result<Vec<Waiting>, Error> {
    Ok(audit_pending::Entity::find()
        .select_only()
        .column(audit_pending::Column::Seq)
        .columns([audit_entry::Column::Header, audit_entry::Column::LeafHash, audit_entry::Column::Mac])
        .join(JoinType::InnerJoin, its_entry())
        .order_by_asc(audit_pending::Column::Seq)
        .limit(limit)
        .into_model::<Waiting>()
        .all(db)
        .await?)
}

/// One entry that was written in this transaction, as it waits for its leaf.
///
/// # Errors
/// [`Error::Missing`].
pub async fn get_waiting(db: &impl ConnectionTrait, seq: i64) -> Result<Waiting, Error> {
    audit_entry::Entity::find()
        .filter(audit_entry::Column::Seq.eq(seq))
        .select_only()
        .columns([
            audit_entry::Column::Seq,
            audit_entry::Column::Header,
            audit_entry::Column::LeafHash,
            audit_entry::Column::Mac,
        ])
        .into_model::<Waiting>()
        .one(db)
        .await?
        .ok_or(Error::Missing)
}

/// How many entries wait for a leaf.
///
/// # Errors
/// What the database says.
pub async fn count_waiting(db: &impl ConnectionTrait) -> Result<u64, Error> {
    Ok(audit_pending::Entity::find().count(db).await?)
}

/// When the first entry that waits was recorded, by the order in which they were counted.
///
/// # Errors
/// What the database says.
pub async fn find_first_waiting(db: &impl ConnectionTrait) -> Result<Option<Instant>, Error> {
    Ok(audit_pending::Entity::find()
        .select_only()
        .column(audit_entry::Column::RecordedAt)
        .join(JoinType::InnerJoin, its_entry())
        .order_by_asc(audit_pending::Column::Seq)
        .limit(1)
        .into_tuple()
        .one(db)
        .await?)
}

/// Whether any entry waits for a leaf.
///
/// # Errors
/// What the database says.
pub async fn find_any_waiting(db: &impl ConnectionTrait) -> Result<bool, Error> {
    Ok(audit_pending::Entity::find().limit(1).one(db).await?.is_some())
}

/// Stored nodes, leaves among them as those of level 0.
///
/// # Errors
/// What the database says.
pub async fn list_nodes(db: &impl ConnectionTrait, ids: &[NodeId]) -> Result<HashMap<NodeId, Digest>, Error> {
    let mut found = HashMap::new();
    let leaves: Vec<i64> =
        ids.iter().filter(|id| id.level == 0).map(|id| stored(id.index)).collect::<Result<_, _>>()?;
    if !leaves.is_empty() {
        let rows = audit_leaf::Entity::find().filter(audit_leaf::Column::Index.is_in(leaves)).all(db).await?;
        for row in rows {
            found.insert(NodeId { level: 0, index: number(row.index)? }, digest(&row.hash)?);
        }
    }
    let mut inner = Condition::any();
    for id in ids.iter().filter(|id| id.level > 0) {
        inner = inner.add(
            audit_node::Column::Level
                .eq(i32::from(id.level))
                .and(audit_node::Column::Index.eq(stored(id.index)?)),
        );
    }
    if !inner.is_empty() {
        insert_rows(&mut found, audit_node::Entity::find().filter(inner).all(db).await?)?;
    }
    Ok(found)
}

/// The stored inner nodes that the leaves of a range complete.
///
/// # Errors
/// What the database says.
pub async fn list_nodes_completed_by(
    db: &impl ConnectionTrait,
    leaves: Range<u64>,
) -> Result<HashMap<NodeId, Digest>, Error> {
    let mut condition = Condition::any();
    for level in 1..=63_u32 {
        let (from, until) = (leaves.start >> level, leaves.end >> level);
        if until == 0 {
            break;
        }
        condition = condition.add(
            audit_node::Column::Level
                .eq(i32::try_from(level).map_err(|_range| Error::Corrupt("audit_node.level"))?)
                .and(audit_node::Column::Index.gte(stored(from)?))
                .and(audit_node::Column::Index.lt(stored(until)?)),
        );
    }
    let mut found = HashMap::new();
    if !condition.is_empty() {
        insert_rows(&mut found, audit_node::Entity::find().filter(condition).all(db).await?)?;
    }
    Ok(found)
}

fn insert_rows(found: &mut HashMap<NodeId, Digest>, rows: Vec<audit_node::Model>) -> Result<(), Error> {
    for row in rows {
        let level = u8::try_from(row.level).map_err(|_range| Error::Corrupt("audit_node.level"))?;
        found.insert(NodeId { level, index: number(row.index)? }, digest(&row.hash)?);
    }
    Ok(())
}

/// The tree at a size that was reached, ready to grow.
///
/// # Errors
/// [`Error::Corrupt`] when a node of its right edge is missing.
pub async fn find_frontier(db: &impl ConnectionTrait, size: u64) -> Result<Frontier, Error> {
    let ids = nodes_of(&(0..size));
    let nodes = list_nodes(db, &ids).await?;
    let edge = ids.iter().filter_map(|id| nodes.get(id).copied()).collect();
    Frontier::new(size, edge).ok_or(Error::Corrupt("audit_node"))
}

/// The hashes of ranges of leaves, in their order.
///
/// # Errors
/// [`Error::Corrupt`] when a node is missing.
pub async fn list_range_hashes(
    db: &impl ConnectionTrait,
    ranges: &[Range<u64>],
) -> Result<Vec<Digest>, Error> {
    let ids: Vec<NodeId> = ranges.iter().flat_map(nodes_of).collect();
    let nodes = list_nodes(db, &ids).await?;
    let hash = |range: &Range<u64>| {
        let parts: Option<Vec<Digest>> = nodes_of(range).iter().map(|id| nodes.get(id).copied()).collect();
        parts.as_deref().and_then(hash_of).ok_or(Error::Corrupt("audit_node"))
    };
    ranges.iter().map(hash).collect()
}

/// Adds a batch to the tree and moves the head from where it was locked; the batch waits no longer.
///
/// # Errors
/// [`Error::Stale`] when the head is somewhere else.
pub async fn append(tx: &Tx, from: Head, growth: Growth, to: Head) -> Result<(), Error> {
    let seqs: Vec<i64> = growth.leaves.iter().map(|(_, seq, _)| *seq).collect();
    let mut leaves = Vec::with_capacity(seqs.len());
    for (index, seq, hash) in growth.leaves {
        leaves.push(audit_leaf::Model { index: stored(index)?, seq, hash: hash.0.to_vec() });
    }
    batch::insert_all::<audit_leaf::Entity, _>(tx.conn(), leaves).await?;
    let mut nodes = Vec::with_capacity(growth.nodes.len());
    for (id, hash) in growth.nodes {
        let (level, index) = (i32::from(id.level), stored(id.index)?);
        nodes.push(audit_node::Model { level, index, hash: hash.0.to_vec() });
    }
    batch::insert_all::<audit_node::Entity, _>(tx.conn(), nodes).await?;
    let moved = audit_head::Entity::update_many()
        .col_expr(audit_head::Column::Size, Expr::val(stored(to.size)?))
        .col_expr(audit_head::Column::Root, Expr::val(to.root.0.to_vec()))
        .filter(audit_head::Column::Id.eq(HEAD))
        .filter(audit_head::Column::Size.eq(stored(from.size)?))
        .exec(tx.conn())
        .await?;
    if moved.rows_affected != 1 {
        return Err(Error::Stale);
    }
    for chunk in seqs.chunks(10_000) {
        audit_pending::Entity::delete_many()
            .filter(audit_pending::Column::Seq.is_in(chunk.iter().copied()))
            .exec(tx.conn())
            .await?;
    }
    if tx.conn().get_database_backend() == DbBackend::Postgres {
        let say = Statement::from_sql_and_values(
            DbBackend::Postgres,
            "SELECT pg_notify($1, $2)",
            [CHANNEL.into(), to.size.to_string().into()],
        );
        tx.conn().execute_raw(say).await?;
    }
    super::audit_entry::exempt(tx);
    Ok(())
}

/// An entry with its place in the log.
#[derive(Clone, Debug)]
pub struct Sealed {
    /// The entry.
    pub entry: audit_entry::Model,
    /// Its place, from 0; none while it waits.
    pub index: Option<u64>,
}

/// An entry by its id. For whoever has authorised it.
///
/// # Errors
/// [`Error::Missing`].
pub async fn get_sealed(db: &impl ConnectionTrait, id: AuditEntryId) -> Result<Sealed, Error> {
    let entry = audit_entry::Entity::find()
        .filter(audit_entry::Column::Id.eq(id.0))
        .one(db)
        .await?
        .ok_or(Error::Missing)?;
    let leaf = audit_leaf::Entity::find().filter(audit_leaf::Column::Seq.eq(entry.seq)).one(db).await?;
    let index = leaf.map(|leaf| number(leaf.index)).transpose()?;
    Ok(Sealed { entry, index })
}

/// Whether all of these entries have their leaf.
///
/// # Errors
/// What the database says.
pub async fn find_all_sealed(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<bool, Error> {
    let its_entry = audit_leaf::Entity::belongs_to(audit_entry::Entity)
        .from(audit_leaf::Column::Seq)
        .to(audit_entry::Column::Seq);
    let sealed = audit_leaf::Entity::find()
        .join(JoinType::InnerJoin, its_entry.into())
        .filter(audit_entry::Column::Id.is_in(ids.iter().copied()))
        .count(db)
        .await?;
    Ok(usize::try_from(sealed).is_ok_and(|sealed| sealed == ids.len()))
}

/// Leaves from an index on, in order.
///
/// # Errors
/// What the database says.
pub async fn list_from(
    db: &impl ConnectionTrait,
    index: u64,
    limit: u64,
) -> Result<Vec<audit_leaf::Model>, Error> {
    Ok(audit_leaf::Entity::find()
        .filter(audit_leaf::Column::Index.gte(stored(index)?))
        .order_by_asc(audit_leaf::Column::Index)
        .limit(limit)
        .all(db)
        .await?)
}
