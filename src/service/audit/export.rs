//! What the log gives out to be checked elsewhere, and checking it without the installation: the proof of one
//! entry, and an export of all of one organisation's entries (or of everybody's) with the others as hashes.

use ballast_domain::audit::entry::{commitments_digest, subjects_digest, touches_digest};
use ballast_domain::audit::merkle::{inclusion_ranges, leaf_hash, verify_inclusion};
use ballast_domain::audit::verify::{Finding, TreeCheck};
use ballast_domain::base::digest::Digest;
use ballast_domain::base::id::{AuditEntryId, OrganisationId, PersonId};
use ballast_domain::identity::policy::{Target, act};
use uuid::Uuid;

use super::checkpoint::{self, SIGNED_EVERY_SECONDS, Signing};
use super::sequencer;
use crate::entity::audit::audit_entry;
use crate::format::audit::checkpoint::{Checkpoint, parse_verifier_key, verifier_key};
pub use crate::format::audit::export::Proof;
use crate::format::audit::export::{EXPORT_FORMAT, ExportHead, ExportLeaf, PROOF_FORMAT};
use crate::format::audit::header::{Header, Summary};
use crate::service::{App, Ctx, Error};
use crate::store::audit::audit_leaf::Sealed;
use crate::store::audit::{audit_detail, audit_leaf, verification};

/// Leaves of one step.
const STEP: u64 = 2048;

/// What checking a file came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileReport {
    /// Entries that are told and were checked.
    pub entries: u64,
    /// The size of the log at the file's checkpoint.
    pub size: u64,
    /// Whose log it is.
    pub origin: String,
    /// The key that the file brings: to be compared with one that was got on another way.
    pub key: String,
    /// What is not as it was written, with the line it was found on.
    pub findings: Vec<(u64, &'static str)>,
}

/// A file that is neither an export nor a proof.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct UnreadableFile {
    /// From 1.
    pub line: u64,
    /// What is wrong with it.
    pub what: String,
}

/// The proof that an entry is in the log, up to a checkpoint that is signed now. Seals what waits first.
///
/// # Errors
/// [`Error::NotFound`] for an entry out of reach; a refusal when the log cannot be signed.
pub async fn prove_entry(ctx: &Ctx, id: AuditEntryId) -> Result<Proof, Error> {
    ctx.scope::<act::ReadAudit>()?;
    let app = &ctx.app;
    let found = audit_leaf::get_sealed(app.db.reader(), id).await?;
    ctx.authorise::<act::ReadAudit>(&target(&found.entry))?;
    if found.index.is_none() {
        sequencer::seal_all(app).await?;
    }
    let note = signed_head(app).await?;
    let found = audit_leaf::get_sealed(app.db.reader(), id).await?;
    let index = found.index.ok_or(Error::Unavailable)?;
    proof_up_to(app, note, found, index).await
}

/// The proof that an entry is in the log, up to the newest checkpoint. Nothing is sealed or signed for it.
///
/// # Errors
/// [`Error::NotFound`] for an entry out of reach; [`Error::NotYet`] for one that waits to be sealed
/// (`entry_not_sealed`) or for the next checkpoint (`entry_not_signed`).
pub async fn find_proof(ctx: &Ctx, id: AuditEntryId) -> Result<Proof, Error> {
    ctx.scope::<act::ReadAudit>()?;
    let app = &ctx.app;
    let found = audit_leaf::get_sealed(app.db.reader(), id).await?;
    ctx.authorise::<act::ReadAudit>(&target(&found.entry))?;
    let Some(index) = found.index else {
        return Err(Error::NotYet { code: "entry_not_sealed", seconds: 1 });
    };
    let latest = checkpoint::find_latest(app).await?;
    let Some(latest) = latest.filter(|latest| index < latest.checkpoint.size) else {
        return Err(Error::NotYet { code: "entry_not_signed", seconds: SIGNED_EVERY_SECONDS });
    };
    proof_up_to(app, latest.note, found, index).await
}

async fn proof_up_to(app: &App, note: String, found: Sealed, index: u64) -> Result<Proof, Error> {
    let checkpoint = Checkpoint::read_unverified(&note).map_err(|e| Error::Internal(e.to_string()))?;
    let ranges = inclusion_ranges(index, checkpoint.size).ok_or(Error::Unavailable)?;
    let path = audit_leaf::list_range_hashes(app.db.reader(), &ranges).await?;
    Ok(Proof {
        format: PROOF_FORMAT.to_owned(),
        key: verifier_key(&checkpoint.origin, &app.keys.checkpoint_public_key()),
        checkpoint: note,
        index,
        leaf_hash: leaf_hash(found.entry.header.as_bytes()).to_string(),
        header: found.entry.header,
        path: path.iter().map(Digest::to_string).collect(),
    })
}

/// What the policy has to know of an entry.
fn target(entry: &audit_entry::Model) -> Target {
    let organisations: Vec<OrganisationId> = entry.organisation_id.map(OrganisationId).into_iter().collect();
    Target { id: entry.id, tied: organisations, ..Target::default() }
}

/// The newest checkpoint, signed now if it is not yet.
async fn signed_head(app: &App) -> Result<String, Error> {
    match checkpoint::sign_head(app).await? {
        Signing::Known(note) | Signing::Signed(note) => Ok(note),
        Signing::Empty => Err(Error::refused("log_empty")),
        Signing::Refused(finding) => {
            tracing::error!(?finding, "the log is not signed");
            Err(Error::refused("log_not_signed"))
        }
    }
}

/// Writes an export, line by line, to `write`: for the operator, of one organisation or of all.
///
/// # Errors
/// What the database says; a refusal when the log cannot be signed; [`Error::Internal`] when `write` fails.
pub async fn export_log(
    ctx: &Ctx,
    organisation: Option<OrganisationId>,
    write: &mut (dyn FnMut(&str) -> std::io::Result<()> + Send),
) -> Result<u64, Error> {
    ctx.scope::<act::ReadAudit>()?;
    ctx.authorise::<act::ReadAudit>(&Target {
        tied: organisation.into_iter().collect(),
        ..Target::default()
    })?;
    let app = &ctx.app;
    sequencer::seal_all(app).await?;
    let note = signed_head(app).await?;
    let checkpoint = Checkpoint::read_unverified(&note).map_err(|e| Error::Internal(e.to_string()))?;
    let mut line = |value: Result<String, serde_json::Error>| {
        let text = value.map_err(|error| Error::Internal(error.to_string()))?;
        write(&text).map_err(|error| Error::Internal(error.to_string()))
    };
    line(serde_json::to_string(&ExportHead {
        format: EXPORT_FORMAT.to_owned(),
        key: verifier_key(&checkpoint.origin, &app.keys.checkpoint_public_key()),
        checkpoint: note,
        organisation: organisation.map(|id| id.to_string()),
    }))?;
    let db = app.db.snapshot().await?;
    let (mut next, mut told) = (0, 0);
    while next < checkpoint.size {
        let leaves = audit_leaf::list_from(&db, next, STEP.min(checkpoint.size - next)).await?;
        let seqs: Vec<i64> = leaves.iter().map(|leaf| leaf.seq).collect();
        let mut entries = verification::list_entries(&db, &seqs).await?;
        let mut touches = verification::list_touches(&db, &seqs).await?;
        let mut subjects = verification::list_subjects(&db, &seqs).await?;
        let commitments = audit_detail::list_commitments(&db, &seqs).await?;
        for leaf in leaves {
            let entry = entries
                .remove(&leaf.seq)
                .filter(|e| organisation.is_none_or(|own| e.organisation_id == Some(own.0)));
            told += u64::from(entry.is_some());
            line(serde_json::to_string(&export_leaf(
                next,
                &leaf.hash,
                entry.map(|entry| entry.header),
                touches.remove(&leaf.seq).unwrap_or_default(),
                subjects.remove(&leaf.seq).unwrap_or_default(),
                commitments.iter().filter(|row| row.seq == leaf.seq),
            )))?;
            next += 1;
        }
    }
    Ok(told)
}

fn export_leaf<'c>(
    index: u64,
    hash: &[u8],
    header: Option<String>,
    touches: Vec<crate::entity::audit::audit_touch::Model>,
    subjects: Vec<PersonId>,
    commitments: impl Iterator<Item = &'c crate::entity::audit::audit_commitment::Model>,
) -> ExportLeaf {
    let hash = Digest::from_slice(hash).unwrap_or(Digest([0; 32])).to_string();
    if header.is_none() {
        let (touches, subjects, commitments) = (Vec::new(), Vec::new(), Vec::new());
        return ExportLeaf { index, hash: Some(hash), header, touches, subjects, commitments };
    }
    ExportLeaf {
        index,
        hash: None,
        header,
        touches: touches.into_iter().map(|t| (t.kind, t.resource_id.to_string(), t.revision)).collect(),
        subjects: subjects.iter().map(PersonId::to_string).collect(),
        commitments: commitments
            .filter_map(|c| Some((c.subject_id.to_string(), Digest::from_slice(&c.digest)?.to_string())))
            .collect(),
    }
}

/// Checks an export or a proof from its lines alone. `key`, if given, is the only key that is believed.
///
/// # Errors
/// [`UnreadableFile`] for what is neither.
pub fn verify_file(
    mut lines: impl Iterator<Item = std::io::Result<String>>,
    key: Option<&str>,
) -> Result<FileReport, UnreadableFile> {
    let unreadable = |line: u64, what: String| UnreadableFile { line, what };
    let first = lines.next().ok_or_else(|| unreadable(1, "the file is empty".to_owned()))?;
    let first = first.map_err(|error| unreadable(1, error.to_string()))?;
    if let Ok(head) = serde_json::from_str::<ExportHead>(&first)
        && head.format == EXPORT_FORMAT
    {
        return verify_export(&head, lines, key);
    }
    let mut text = first;
    for (n, line) in lines.enumerate() {
        let line = line.map_err(|error| unreadable(n as u64 + 2, error.to_string()))?;
        text.push('\n');
        text.push_str(&line);
    }
    match serde_json::from_str::<Proof>(&text) {
        Ok(proof) if proof.format == PROOF_FORMAT => Ok(verify_proof(&proof, key)),
        Ok(proof) => Err(unreadable(1, format!("the format {:?} is not known", proof.format))),
        Err(error) => Err(unreadable(error.line() as u64, error.to_string())),
    }
}

/// The checkpoint of a file, checked with the key that is to be believed.
fn open_checkpoint(note: &str, brought: &str, believed: Option<&str>) -> Option<Checkpoint> {
    let key = parse_verifier_key(brought)?;
    let fits = believed.is_none_or(|believed| parse_verifier_key(believed) == Some(key));
    let checkpoint = Checkpoint::open(note, &key).ok()?;
    (fits && verifier_key(&checkpoint.origin, &key) == brought).then_some(checkpoint)
}

fn verify_proof(proof: &Proof, key: Option<&str>) -> FileReport {
    let mut report = FileReport {
        entries: 1,
        size: 0,
        origin: String::new(),
        key: proof.key.clone(),
        findings: Vec::new(),
    };
    let Some(checkpoint) = open_checkpoint(&proof.checkpoint, &proof.key, key) else {
        report.findings.push((1, Finding::CheckpointUnsigned.code()));
        return report;
    };
    (report.size, report.origin) = (checkpoint.size, checkpoint.origin.clone());
    let leaf = leaf_hash(proof.header.as_bytes());
    let path: Option<Vec<Digest>> = proof.path.iter().map(|hash| Digest::parse(hash)).collect();
    let Some(path) = path else {
        report.findings.push((1, "proof_wrong"));
        return report;
    };
    if Digest::parse(&proof.leaf_hash) != Some(leaf) {
        report.findings.push((1, "header_changed"));
    } else if !verify_inclusion(leaf, proof.index, checkpoint.size, &path, checkpoint.root) {
        report.findings.push((1, "proof_wrong"));
    }
    report
}

fn verify_export(
    head: &ExportHead,
    lines: impl Iterator<Item = std::io::Result<String>>,
    key: Option<&str>,
) -> Result<FileReport, UnreadableFile> {
    let mut report = FileReport {
        entries: 0,
        size: 0,
        origin: String::new(),
        key: head.key.clone(),
        findings: Vec::new(),
    };
    let checkpoint = open_checkpoint(&head.checkpoint, &head.key, key);
    match &checkpoint {
        Some(checkpoint) => {
            (report.size, report.origin) = (checkpoint.size, checkpoint.origin.clone());
        }
        None => report.findings.push((1, Finding::CheckpointUnsigned.code())),
    }
    let mut tree = TreeCheck::new(Vec::new());
    for (n, line) in lines.enumerate() {
        let number = n as u64 + 2;
        let unreadable = |what: String| UnreadableFile { line: number, what };
        let line = line.map_err(|error| unreadable(error.to_string()))?;
        let leaf: ExportLeaf = serde_json::from_str(&line).map_err(|error| unreadable(error.to_string()))?;
        if leaf.index != tree.size() {
            report.findings.push((number, "leaves_missing"));
            return Ok(report);
        }
        let hash = match (&leaf.header, &leaf.hash) {
            (Some(header), None) => {
                report.entries += 1;
                let findings = check_leaf(header, &leaf).into_iter();
                report.findings.extend(findings.map(|code| (number, code)));
                leaf_hash(header.as_bytes())
            }
            (None, Some(hash)) => Digest::parse(hash).ok_or_else(|| unreadable("hash is none".to_owned()))?,
            _ => return Err(unreadable("a leaf has either a header or a hash".to_owned())),
        };
        tree.leaf_alone(hash);
    }
    if let Some(checkpoint) = checkpoint {
        let (size, root) = (tree.size(), tree.root());
        if size < checkpoint.size {
            report.findings.push((size + 2, "tail_cut"));
        } else if (size, root) != (checkpoint.size, checkpoint.root) {
            report.findings.push((size + 1, "log_rewritten"));
        }
    }
    Ok(report)
}

/// What an exported entry's header commits to beside what the line tells.
fn check_leaf(header: &str, leaf: &ExportLeaf) -> Vec<&'static str> {
    let Ok(header) = Header::parse(header) else { return vec!["header_changed"] };
    let id = |text: &str| Uuid::try_parse(text).unwrap_or_default();
    let fits = |stated: &Option<Summary>, count: usize, digest: Digest| match stated {
        None => count == 0,
        Some(stated) => u64::try_from(count) == Ok(stated.count) && stated.sha256 == digest.to_string(),
    };
    let touches = touches_digest(leaf.touches.iter().map(|(kind, row, n)| (kind.as_str(), id(row), *n)));
    let people: Vec<PersonId> = leaf.subjects.iter().map(|person| PersonId(id(person))).collect();
    let commitments = commitments_digest(
        leaf.commitments.iter().map(|(s, digest)| (id(s), Digest::parse(digest).unwrap_or(Digest([0; 32])))),
    );
    let mut findings = Vec::new();
    if !fits(&header.touches, leaf.touches.len(), touches) {
        findings.push("touches_changed");
    }
    if !fits(&header.subjects, people.len(), subjects_digest(&people)) {
        findings.push("subjects_changed");
    }
    if !fits(&header.details, leaf.commitments.len(), commitments) {
        findings.push("commitments_changed");
    }
    findings
}
