//! Verifying the whole log of an installation: every entry with all that hangs on it, the tree, the rows, and
//! the checkpoints that are kept outside. It changes nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use ballast_domain::audit::entry::{commitment, commitments_digest, subjects_digest, touches_digest};
use ballast_domain::audit::merkle::leaf_hash;
use ballast_domain::audit::verify::{Finding, TreeCheck, against_checkpoints};
use ballast_domain::base::digest::Digest;
use ballast_domain::base::id::{AuditEntryId, PersonId};
use uuid::Uuid;

use super::audit_entry::{detail_place, instant, key_place};
use super::checkpoint::{open_note, reach};
use crate::entity::audit::{
    audit_commitment, audit_detail, audit_entry, audit_key, audit_leaf as audit_leaf_row, audit_touch,
};
use crate::format::audit::header::{Header, Summary};
use crate::service::{App, Error};
use crate::store::Connection;
use crate::store::audit::audit_leaf::{self, Head};
use crate::store::audit::audit_origin::{self, Origin};
use crate::store::audit::{audit_detail as details, verification as store};

/// Leaves of one step.
const STEP: u64 = 2048;
/// Findings of one report; what comes after is counted.
const FINDINGS_MAX: usize = 1000;

/// What a verification came to.
#[derive(Clone, Debug)]
pub struct Report {
    /// Sealed entries that were checked.
    pub sealed: u64,
    /// Entries that wait to be sealed.
    pub waiting: u64,
    /// The root of all sealed entries.
    pub root: Digest,
    /// The log's name.
    pub origin: Option<String>,
    /// How many checkpoints from outside were compared, and the size of the newest that agrees.
    pub checkpoints: (usize, u64),
    /// What is not as it was written; empty when all is in order.
    pub findings: Vec<Finding>,
    /// Findings beyond those that are told.
    pub more: usize,
}

/// Verifies the log against its own tree, the rows, the witnesses' checkpoints and those given.
///
/// # Errors
/// What the database says; [`Error::Internal`] when a witness cannot be read.
pub async fn verify_log(app: &App, given: &[String]) -> Result<Report, Error> {
    let db = app.db.snapshot().await?;
    let head = audit_leaf::find_head(&db).await?;
    let origins = audit_origin::list(&db).await?;
    let kept = app.log.witness.history();
    let mut notes = kept.map_err(|error| Error::Internal(format!("a witness of the log: {error}")))?;
    notes.extend_from_slice(given);
    let mut findings = Findings::default();
    let checkpoints = read_checkpoints(app, &origins, &notes, &mut findings);
    let sizes = checkpoints.iter().map(|c| c.size).chain(origins.iter().map(|origin| origin.from_index));
    let mut tree = TreeCheck::new(sizes.collect());
    let whole = walk(app, &db, &mut tree, &mut findings).await?;
    check_origins(&db, &origins, &tree, &mut findings).await?;
    let waiting = unsealed(app, &db, &mut findings).await?;
    let rows_untold = compare_rows(&db, &mut findings).await?;
    let ahead = beyond_the_end(&checkpoints, &origins, tree.size());
    if let Some(known) = ahead.filter(|_| whole) {
        findings.add(if rows_untold {
            Finding::TailCut { from: tree.size(), known }
        } else {
            Finding::OlderThanCheckpoint { size: tree.size(), checkpoint: known }
        });
    }
    let pairs: Vec<(u64, Digest)> = checkpoints.iter().map(|c| (c.size, c.root)).collect();
    if let Some(finding) = against_checkpoints(&tree, &pairs) {
        findings.add(finding);
    }
    let agrees = pairs.iter().filter(|(size, root)| tree.root_at(*size) == Some(*root)).map(|pair| pair.0);
    let compared = (pairs.len(), agrees.max().unwrap_or(0));
    let (sealed, root) = (tree.size(), tree.root());
    // Leaves without a head are more than it counts.
    let head = head.map_or((0, root), |Head { size, root }| (size, root));
    findings.extend(tree.finish(whole.then_some(head)));
    let origin = origins.last().map(|origin| origin.name.clone());
    let (findings, more) = findings.close();
    Ok(Report { sealed, waiting, root, origin, checkpoints: compared, findings, more })
}

/// A bounded list of findings.
#[derive(Debug, Default)]
struct Findings {
    list: Vec<Finding>,
    more: usize,
}

impl Findings {
    fn add(&mut self, finding: Finding) {
        if self.list.len() < FINDINGS_MAX {
            self.list.push(finding);
        } else {
            self.more += 1;
        }
    }

    fn extend(&mut self, findings: impl IntoIterator<Item = Finding>) {
        findings.into_iter().for_each(|finding| self.add(finding));
    }

    fn close(self) -> (Vec<Finding>, usize) {
        (self.list, self.more)
    }
}

struct Known {
    origin: String,
    size: u64,
    root: Digest,
}

fn read_checkpoints(app: &App, origins: &[Origin], notes: &[String], findings: &mut Findings) -> Vec<Known> {
    let mut known = Vec::new();
    for note in notes {
        match open_note(app, origins, note) {
            Ok(c) => known.push(Known { origin: c.origin, size: c.size, root: c.root }),
            Err(finding) if findings.list.contains(&finding) => {}
            Err(finding) => findings.add(finding),
        }
    }
    // What an earlier name signed beyond the point where a restore began the next is said by that restore.
    let current = origins.last().map(|origin| origin.name.clone());
    known.retain(|c| {
        Some(&c.origin) == current.as_ref()
            || reach(origins, u64::MAX, &c.origin).is_some_and(|end| c.size <= end)
    });
    known
}

/// The largest size that the log's present name signed, where the log does not go so far.
fn beyond_the_end(checkpoints: &[Known], origins: &[Origin], size: u64) -> Option<u64> {
    let current = origins.last().map(|origin| origin.name.as_str());
    checkpoints.iter().filter(|c| current == Some(c.origin.as_str()) && c.size > size).map(|c| c.size).max()
}

/// Walks over all leaves with their entries. Says whether there was no gap: behind one no node fits, and the
/// tree is not followed further.
async fn walk(
    app: &App,
    db: &impl Connection,
    tree: &mut TreeCheck,
    findings: &mut Findings,
) -> Result<bool, Error> {
    let (mut next, mut whole) = (0, true);
    loop {
        let leaves = audit_leaf::list_from(db, next, STEP).await?;
        let Some(last) = leaves.last() else { return Ok(whole) };
        let end = index_of(last) + 1;
        let seqs: Vec<i64> = leaves.iter().map(|leaf| leaf.seq).collect();
        let facts = Facts::read(db, &seqs).await?;
        let nodes = audit_leaf::list_nodes_completed_by(db, next..end).await?;
        for leaf in leaves {
            let index = index_of(&leaf);
            if index != next {
                findings.add(Finding::LeavesMissing { range: next..=index.saturating_sub(1) });
                whole = false;
            }
            next = index + 1;
            check_leaf(app, &leaf, &facts, findings);
            if whole {
                let hash = Digest::from_slice(&leaf.hash).unwrap_or(Digest([0; 32]));
                tree.leaf(hash, |id| nodes.get(&id).copied());
            }
        }
    }
}

fn index_of(leaf: &audit_leaf_row::Model) -> u64 {
    u64::try_from(leaf.index).unwrap_or(u64::MAX - 1)
}

/// A leaf beside its entry.
fn check_leaf(app: &App, leaf: &audit_leaf_row::Model, facts: &Facts, findings: &mut Findings) {
    let index = index_of(leaf);
    let Some(entry) = facts.entries.get(&leaf.seq) else {
        findings.add(Finding::EntryDeleted { index, seq: leaf.seq });
        return;
    };
    let sound = leaf_hash(entry.header.as_bytes()).0.as_slice() == entry.leaf_hash;
    if sound && entry.leaf_hash != leaf.hash {
        findings.add(Finding::LeafChanged { index });
    } else {
        check_entry(app, entry, facts, findings);
    }
}

/// Every name after the first begins with the entry that says where the one before it stood.
async fn check_origins(
    db: &impl Connection,
    origins: &[Origin],
    tree: &TreeCheck,
    findings: &mut Findings,
) -> Result<(), Error> {
    for pair in origins.windows(2) {
        let [before, origin] = pair else { continue };
        let leaf = audit_leaf::list_from(db, origin.from_index, 1).await?.pop();
        let seqs: Vec<i64> = leaf.into_iter().map(|leaf| leaf.seq).collect();
        let entries = store::list_entries(db, &seqs).await?;
        let header = entries.into_values().next().and_then(|entry| Header::parse(&entry.header).ok());
        let told = header.and_then(|header| header.restored).is_some_and(|restored| {
            restored.origin == before.name
                && restored.size == origin.from_index
                && tree.root_at(origin.from_index).map(|root| root.to_string()) == Some(restored.root)
        });
        if !told {
            findings.add(Finding::OriginUntold { origin: origin.name.clone() });
        }
    }
    Ok(())
}

/// Entries that have no leaf: each must wait, and be by us.
async fn unsealed(app: &App, db: &impl Connection, findings: &mut Findings) -> Result<u64, Error> {
    let mut pending: BTreeSet<i64> = store::list_pending(db).await?.into_iter().collect();
    let waiting = u64::try_from(pending.len()).unwrap_or(u64::MAX);
    let mut after = 0;
    loop {
        let entries = store::list_unsealed(db, after, STEP).await?;
        let Some(last) = entries.last() else { break };
        after = last.seq;
        let seqs: Vec<i64> = entries.iter().map(|entry| entry.seq).collect();
        let facts = Facts::read(db, &seqs).await?;
        for entry in &entries {
            if !pending.remove(&entry.seq) {
                findings.add(Finding::Unsequenced { seq: entry.seq });
            }
            check_entry(app, entry, &facts, findings);
        }
    }
    findings.extend(pending.into_iter().map(|seq| Finding::PendingDeleted { seq }));
    Ok(waiting)
}

/// Compares rows with what the log tells of them. Says whether a row is ahead of the log.
async fn compare_rows(db: &impl Connection, findings: &mut Findings) -> Result<bool, Error> {
    let mut untold = false;
    for told in store::TOLD {
        for (id, revision) in store::list_untold(db, told).await? {
            untold = true;
            findings.add(Finding::RevisionUntold { kind: told.kind.to_owned(), id, revision });
        }
        for (id, revision) in store::list_behind(db, told).await? {
            findings.add(Finding::RowBehind { kind: told.kind.to_owned(), id, revision });
        }
    }
    Ok(untold)
}

/// All that hangs on some entries.
struct Facts {
    entries: HashMap<i64, audit_entry::Model>,
    touches: HashMap<i64, Vec<audit_touch::Model>>,
    subjects: HashMap<i64, Vec<PersonId>>,
    commitments: BTreeMap<i64, Vec<audit_commitment::Model>>,
    details: HashMap<(i64, Uuid), audit_detail::Model>,
    keys: HashMap<Uuid, audit_key::Model>,
    erased: BTreeSet<Uuid>,
}

impl Facts {
    async fn read(db: &impl Connection, seqs: &[i64]) -> Result<Self, Error> {
        let mut commitments: BTreeMap<i64, Vec<audit_commitment::Model>> = BTreeMap::new();
        let mut subjects: BTreeSet<Uuid> = BTreeSet::new();
        for row in details::list_commitments(db, seqs).await? {
            subjects.insert(row.subject_id);
            commitments.entry(row.seq).or_default().push(row);
        }
        let values = details::list_of(db, seqs).await?;
        let subjects: Vec<Uuid> = subjects.into_iter().collect();
        let keys = details::list_keys(db, &subjects).await?;
        Ok(Self {
            entries: store::list_entries(db, seqs).await?,
            touches: store::list_touches(db, seqs).await?,
            subjects: store::list_subjects(db, seqs).await?,
            commitments,
            details: values.into_iter().map(|row| ((row.seq, row.subject_id), row)).collect(),
            keys,
            erased: details::list_erased(db, &subjects).await?.into_iter().collect(),
        })
    }
}

fn check_entry(app: &App, entry: &audit_entry::Model, facts: &Facts, findings: &mut Findings) {
    let seq = entry.seq;
    let hash = leaf_hash(entry.header.as_bytes());
    if hash.0.as_slice() != entry.leaf_hash {
        findings.add(Finding::HeaderChanged { seq });
        return;
    }
    if app.keys.log_mac(&hash).as_slice() != entry.mac {
        findings.add(Finding::Forged { seq });
        return;
    }
    let Ok(header) = Header::parse(&entry.header) else {
        findings.add(Finding::HeaderChanged { seq });
        return;
    };
    if !columns_agree(entry, &header) {
        findings.add(Finding::ColumnChanged { seq });
    }
    let none = Vec::new();
    let touches = facts.touches.get(&seq).unwrap_or(&none);
    let digest = touches_digest(touches.iter().map(|t| (t.kind.as_str(), t.resource_id, t.revision)));
    if !fits(header.touches.as_ref(), touches.len(), digest) {
        findings.add(Finding::TouchesChanged { seq });
    }
    let nobody = Vec::new();
    let subjects = facts.subjects.get(&seq).unwrap_or(&nobody);
    if !fits(header.subjects.as_ref(), subjects.len(), subjects_digest(subjects)) {
        findings.add(Finding::SubjectsChanged { seq });
    }
    check_details(app, entry, &header, facts, findings);
}

fn check_details(
    app: &App,
    entry: &audit_entry::Model,
    header: &Header,
    facts: &Facts,
    findings: &mut Findings,
) {
    let (seq, none) = (entry.seq, Vec::new());
    let commitments = facts.commitments.get(&seq).unwrap_or(&none);
    let digests = commitments
        .iter()
        .map(|row| (row.subject_id, Digest::from_slice(&row.digest).unwrap_or(Digest([0; 32]))));
    if !fits(header.details.as_ref(), commitments.len(), commitments_digest(digests.clone())) {
        findings.add(Finding::CommitmentsChanged { seq });
    }
    for (subject, committed) in digests {
        match facts.details.get(&(seq, subject)) {
            None if facts.erased.contains(&subject) => {}
            None => findings.add(Finding::DetailMissing { seq, subject }),
            Some(detail) if opens(app, entry, detail, facts, committed) => {}
            Some(_) => findings.add(Finding::DetailChanged { seq, subject }),
        }
    }
}

/// Whether stored values are those that were committed to.
fn opens(
    app: &App,
    entry: &audit_entry::Model,
    detail: &audit_detail::Model,
    facts: &Facts,
    committed: Digest,
) -> bool {
    let subject = detail.subject_id;
    let Some(row) = facts.keys.get(&subject) else { return false };
    let opened = app.keys.open_subject_key(&key_place(subject), &row.key_id, &row.sealed);
    let Ok(key) = opened else { return false };
    let Ok(payload) = key.unseal(&detail_place(AuditEntryId(entry.id), subject), &detail.sealed) else {
        return false;
    };
    <[u8; 32]>::try_from(detail.salt.as_slice()).is_ok_and(|salt| commitment(&salt, &payload) == committed)
}

fn fits(stated: Option<&Summary>, count: usize, digest: Digest) -> bool {
    match stated {
        None => count == 0,
        Some(stated) => u64::try_from(count) == Ok(stated.count) && stated.sha256 == digest.to_string(),
    }
}

/// Whether the columns that lists are made of say what the header says.
fn columns_agree(entry: &audit_entry::Model, header: &Header) -> bool {
    let id = |id: Option<Uuid>| id.map(|id| id.to_string());
    header.id == entry.id.to_string()
        && header.recorded_at == instant(entry.recorded_at)
        && header.actor == id(entry.actor_user_id)
        && header.role == entry.actor_role
        && header.organisation == id(entry.organisation_id)
        && header.action == entry.action
        && header.resource.kind == entry.resource_kind
        && header.resource.id == entry.resource_id.to_string()
        && header.request_id == entry.request_id
}
