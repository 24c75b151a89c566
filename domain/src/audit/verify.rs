//! What a verifier of the log finds, and whether it can name the entry or only a range.
//!
//! [`TreeCheck`] walks over all leaves in order and compares what it computes with the stored nodes, with the
//! head, and with checkpoints that were kept outside of the database. Against the original nodes it names the
//! entry; where somebody rewrote leaves *and* nodes, only checkpoints tell, and they tell a range: after the
//! last that agrees, up to the first that does not.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use uuid::Uuid;

use super::merkle::{NodeId, empty_root, hash_of, leaf_hash, node_hash};
use crate::base::digest::Digest;

/// Something that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The header of an entry is not what its leaf hash was made of.
    HeaderChanged {
        /// The entry.
        seq: i64,
    },
    /// Header and leaf hash agree, and whoever wrote them did not have the key of the log.
    Forged {
        /// The entry.
        seq: i64,
    },
    /// A column beside the header says something else than the header.
    ColumnChanged {
        /// The entry.
        seq: i64,
    },
    /// The touched rows are not those that the header commits to.
    TouchesChanged {
        /// The entry.
        seq: i64,
    },
    /// The people whom a reading showed are not those that the header commits to.
    SubjectsChanged {
        /// The entry.
        seq: i64,
    },
    /// The commitments to values are not those that the header commits to.
    CommitmentsChanged {
        /// The entry.
        seq: i64,
    },
    /// A value before or after is not the one that was committed to.
    DetailChanged {
        /// The entry.
        seq: i64,
        /// Whose value.
        subject: Uuid,
    },
    /// A value is gone, and no erasure says why.
    DetailMissing {
        /// The entry.
        seq: i64,
        /// Whose value.
        subject: Uuid,
    },
    /// An entry is neither sealed nor waiting to be.
    Unsequenced {
        /// The entry.
        seq: i64,
    },
    /// A sealed entry is gone; its leaf is there.
    EntryDeleted {
        /// The leaf.
        index: u64,
        /// The entry.
        seq: i64,
    },
    /// An entry that waited to be sealed is gone.
    PendingDeleted {
        /// The entry.
        seq: i64,
    },
    /// The leaf is not that of its entry.
    LeafChanged {
        /// The leaf.
        index: u64,
    },
    /// Leaves are missing in the middle.
    LeavesMissing {
        /// The first and the last of them.
        range: RangeInclusive<u64>,
    },
    /// Two leaves stand in each other's place.
    LeavesSwapped {
        /// One.
        first: u64,
        /// The other.
        second: u64,
    },
    /// Leaves are others than those over which their node was made.
    LeavesChanged {
        /// The leaves below the node.
        range: RangeInclusive<u64>,
    },
    /// A node is not what its children give.
    NodeChanged {
        /// Which one.
        node: NodeId,
    },
    /// The root of all leaves is not the head's, or there are more leaves than the head counts.
    HeadChanged {
        /// The head's size.
        size: u64,
    },
    /// The log ends before its head does: the tail was cut off.
    TailCut {
        /// The first leaf that is missing.
        from: u64,
        /// The size that the head or a checkpoint knows.
        known: u64,
    },
    /// A row is at a revision that no entry brought it to, or lacks one before it.
    RevisionUntold {
        /// The noun.
        kind: String,
        /// The row.
        id: Uuid,
        /// The revision that no entry tells of.
        revision: i64,
    },
    /// An entry tells of a revision that the row has not reached: the row was set back or removed.
    RowBehind {
        /// The noun.
        kind: String,
        /// The row.
        id: Uuid,
        /// The revision that the log tells of.
        revision: i64,
    },
    /// All of the log was written anew after the last checkpoint that agrees.
    Rewritten {
        /// The size of the last checkpoint that agrees; 0 for none.
        good: u64,
        /// The size of the first that does not.
        bad: u64,
    },
    /// The database is in order and older than a checkpoint: an old backup was put back.
    OlderThanCheckpoint {
        /// The log's size.
        size: u64,
        /// The checkpoint's.
        checkpoint: u64,
    },
    /// A name of the log begins without the entry that says what it goes on from.
    OriginUntold {
        /// The name.
        origin: String,
    },
    /// A checkpoint is not signed by the key of this log.
    CheckpointUnsigned,
    /// A checkpoint is of another log.
    CheckpointOfAnotherLog {
        /// Which log.
        origin: String,
    },
}

impl Finding {
    /// Stable; also the end of its key in the locale files.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::HeaderChanged { .. } => "header_changed",
            Self::Forged { .. } => "entry_forged",
            Self::ColumnChanged { .. } => "column_changed",
            Self::TouchesChanged { .. } => "touches_changed",
            Self::SubjectsChanged { .. } => "subjects_changed",
            Self::CommitmentsChanged { .. } => "commitments_changed",
            Self::DetailChanged { .. } => "detail_changed",
            Self::DetailMissing { .. } => "detail_missing",
            Self::Unsequenced { .. } => "entry_unsequenced",
            Self::EntryDeleted { .. } => "entry_deleted",
            Self::PendingDeleted { .. } => "pending_entry_deleted",
            Self::LeafChanged { .. } => "leaf_changed",
            Self::LeavesMissing { .. } => "leaves_missing",
            Self::LeavesSwapped { .. } => "leaves_swapped",
            Self::LeavesChanged { .. } => "leaves_changed",
            Self::NodeChanged { .. } => "node_changed",
            Self::HeadChanged { .. } => "head_changed",
            Self::TailCut { .. } => "tail_cut",
            Self::RevisionUntold { .. } => "revision_untold",
            Self::RowBehind { .. } => "row_behind",
            Self::Rewritten { .. } => "log_rewritten",
            Self::OlderThanCheckpoint { .. } => "older_than_checkpoint",
            Self::OriginUntold { .. } => "origin_untold",
            Self::CheckpointUnsigned => "checkpoint_unsigned",
            Self::CheckpointOfAnotherLog { .. } => "checkpoint_of_another_log",
        }
    }

    /// Whether it names the entries, leaves or rows that were changed, and not only where to look.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        !matches!(
            self,
            Self::LeavesChanged { .. }
                | Self::HeadChanged { .. }
                | Self::TailCut { .. }
                | Self::Rewritten { .. }
                | Self::OlderThanCheckpoint { .. }
                | Self::CheckpointUnsigned
                | Self::CheckpointOfAnotherLog { .. }
        )
    }
}

/// Two leaves below a node that was made over others.
#[derive(Clone, Copy, Debug)]
struct Suspect {
    first: u64,
    leaves: [Digest; 2],
    node: Digest,
}

/// A walk over all leaves from the first.
#[derive(Debug, Default)]
pub struct TreeCheck {
    size: u64,
    /// The right edge, and whether something below is wrong already.
    edge: Vec<(Digest, bool)>,
    suspects: Vec<Suspect>,
    /// The last leaf, while it has no brother: a swap may involve it.
    single: Option<(u64, Digest)>,
    wanted: Vec<u64>,
    roots: BTreeMap<u64, Digest>,
    findings: Vec<Finding>,
}

impl TreeCheck {
    /// A walk that remembers the roots at these sizes.
    #[must_use]
    pub fn new(mut sizes: Vec<u64>) -> Self {
        sizes.sort_unstable();
        sizes.dedup();
        let mut check = Self { wanted: sizes, ..Self::default() };
        check.remember();
        check
    }

    /// How many leaves there were so far.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root of the leaves so far.
    #[must_use]
    pub fn root(&self) -> Digest {
        let edge: Vec<Digest> = self.edge.iter().map(|(hash, _)| *hash).collect();
        hash_of(&edge).unwrap_or_else(empty_root)
    }

    /// The root at one of the sizes that were asked for, if the walk came that far.
    #[must_use]
    pub fn root_at(&self, size: u64) -> Option<Digest> {
        self.roots.get(&size).copied()
    }

    /// The next leaf. `stored` gives the stored inner nodes; without them pass one that computes nothing and
    /// use [`TreeCheck::leaf_alone`].
    pub fn leaf(&mut self, leaf: Digest, stored: impl Fn(NodeId) -> Option<Digest>) {
        self.push(leaf, Some(&stored));
    }

    /// The next leaf of an export, which has no nodes.
    pub fn leaf_alone(&mut self, leaf: Digest) {
        self.push(leaf, None);
    }

    fn push(&mut self, leaf: Digest, stored: Option<&dyn Fn(NodeId) -> Option<Digest>>) {
        let (mut hash, mut tainted, mut level) = (leaf, false, 0_u8);
        self.single = (self.size & 1 == 0).then_some((self.size, leaf));
        while (self.size >> level) & 1 == 1
            && let Some((left, left_tainted)) = self.edge.pop()
        {
            let children = [left, hash];
            hash = node_hash(left, hash);
            level += 1;
            let node = NodeId { level, index: self.size >> level };
            tainted |= left_tainted;
            if let Some(stored) = stored
                && !tainted
                && stored(node) != Some(hash)
            {
                tainted = true;
                self.suspect(node, children, stored(node));
            }
        }
        self.edge.push((hash, tainted));
        self.size += 1;
        self.remember();
    }

    fn suspect(&mut self, node: NodeId, leaves: [Digest; 2], stored: Option<Digest>) {
        match stored {
            Some(stored) if node.level == 1 => {
                self.suspects.push(Suspect { first: node.leaves().start, leaves, node: stored });
            }
            _ => self.findings.push(Finding::NodeChanged { node }),
        }
    }

    fn remember(&mut self) {
        if self.wanted.binary_search(&self.size).is_ok() {
            self.roots.insert(self.size, self.root());
        }
    }

    /// Ends the walk: compares with the head and says what was found on the way.
    #[must_use]
    pub fn finish(mut self, head: Option<(u64, Digest)>) -> Vec<Finding> {
        self.settle_suspects();
        if let Some((size, root)) = head {
            if self.size < size {
                self.findings.push(Finding::TailCut { from: self.size, known: size });
            } else if self.size > size || (self.findings.is_empty() && self.root() != root) {
                self.findings.push(Finding::HeadChanged { size });
            }
        }
        self.findings
    }

    /// Looks for two leaves that, put back into each other's place, give the stored nodes again.
    fn settle_suspects(&mut self) {
        let mut left = std::mem::take(&mut self.suspects);
        while let Some(suspect) = left.pop() {
            let [a, b] = suspect.leaves;
            if node_hash(b, a) == suspect.node {
                let (first, second) = (suspect.first, suspect.first + 1);
                self.findings.push(Finding::LeavesSwapped { first, second });
                continue;
            }
            let found = left.iter().enumerate().find_map(|(n, other)| Some((n, swap(suspect, *other)?)));
            let with_single = || self.single.and_then(|single| swap_single(suspect, single));
            if let Some((n, (first, second))) = found {
                left.swap_remove(n);
                self.findings.push(Finding::LeavesSwapped { first, second });
            } else if let Some((first, second)) = with_single() {
                self.findings.push(Finding::LeavesSwapped { first, second });
            } else {
                let range = suspect.first..=suspect.first + 1;
                self.findings.push(Finding::LeavesChanged { range });
            }
        }
    }
}

/// The two leaves, one below each node, that were exchanged.
fn swap(one: Suspect, other: Suspect) -> Option<(u64, u64)> {
    for i in 0..2_usize {
        for j in 0..2_usize {
            let (mut a, mut b) = (one.leaves, other.leaves);
            if let (Some(x), Some(y)) = (a.get_mut(i), b.get_mut(j)) {
                std::mem::swap(x, y);
            }
            if node_hash(a[0], a[1]) == one.node && node_hash(b[0], b[1]) == other.node {
                let (x, y) = (one.first + i as u64, other.first + j as u64);
                return Some((x.min(y), x.max(y)));
            }
        }
    }
    None
}

/// The same where the other leaf is the last one, which has no node yet.
fn swap_single(one: Suspect, (index, leaf): (u64, Digest)) -> Option<(u64, u64)> {
    let [a, b] = one.leaves;
    if node_hash(leaf, b) == one.node {
        Some((one.first, index))
    } else if node_hash(a, leaf) == one.node {
        Some((one.first + 1, index))
    } else {
        None
    }
}

/// Compares the walk with checkpoints of this log: (size, root), in any order. A checkpoint beyond the end is
/// left to the caller, who knows whether the rows agree with the log.
#[must_use]
pub fn against_checkpoints(check: &TreeCheck, checkpoints: &[(u64, Digest)]) -> Option<Finding> {
    let mut sorted = checkpoints.to_vec();
    sorted.sort_unstable();
    let mut good = 0;
    for (size, root) in sorted {
        match check.root_at(size) {
            Some(found) if found == root => good = size,
            Some(_) => return Some(Finding::Rewritten { good, bad: size }),
            None => {}
        }
    }
    None
}

/// Whether a header is what a leaf hash was made of.
#[must_use]
pub fn is_leaf_of(header: &str, leaf: Digest) -> bool {
    leaf_hash(header.as_bytes()) == leaf
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::merkle::Frontier;

    struct Log {
        leaves: Vec<Digest>,
        nodes: BTreeMap<NodeId, Digest>,
        roots: Vec<Digest>,
    }

    fn log(size: u64) -> Log {
        let leaves: Vec<Digest> = (0..size).map(|n| leaf_hash(&n.to_be_bytes())).collect();
        let mut tree = Frontier::default();
        let (mut nodes, mut roots) = (BTreeMap::new(), vec![tree.root()]);
        for leaf in &leaves {
            nodes.extend(tree.append(*leaf));
            roots.push(tree.root());
        }
        Log { leaves, nodes, roots }
    }

    fn walk(log: &Log, sizes: Vec<u64>) -> TreeCheck {
        let mut check = TreeCheck::new(sizes);
        for leaf in &log.leaves {
            check.leaf(*leaf, |id| log.nodes.get(&id).copied());
        }
        check
    }

    fn found(log: &Log) -> Vec<Finding> {
        let head = (log.roots.len() as u64 - 1, *log.roots.last().unwrap());
        walk(log, Vec::new()).finish(Some(head))
    }

    #[test]
    fn an_untouched_log_has_no_findings_at_any_size() {
        for size in 0..=70 {
            assert_eq!(found(&log(size)), Vec::new());
        }
    }

    #[test]
    fn every_swap_of_two_leaves_is_named() {
        for size in 2..=21_u64 {
            for first in 0..size {
                for second in first + 1..size {
                    let mut log = log(size);
                    log.leaves.swap(usize::try_from(first).unwrap(), usize::try_from(second).unwrap());
                    assert_eq!(found(&log), [Finding::LeavesSwapped { first, second }], "{size}");
                }
            }
        }
    }

    #[test]
    fn a_changed_leaf_is_found_between_the_two_below_its_node_and_a_changed_node_by_name() {
        let mut changed = log(21);
        changed.leaves[6] = leaf_hash(b"other");
        assert_eq!(found(&changed), [Finding::LeavesChanged { range: 6..=7 }]);
        let mut last = log(21);
        last.leaves[20] = leaf_hash(b"other");
        assert_eq!(found(&last), [Finding::HeadChanged { size: 21 }]);
        let mut node = log(21);
        let id = NodeId { level: 2, index: 3 };
        node.nodes.insert(id, leaf_hash(b"other"));
        assert_eq!(found(&node), [Finding::NodeChanged { node: id }]);
        node.nodes.remove(&id);
        assert_eq!(found(&node), [Finding::NodeChanged { node: id }]);
    }

    #[test]
    fn a_cut_tail_and_a_longer_log_than_its_head_are_found() {
        let mut cut = log(21);
        cut.leaves.truncate(15);
        assert_eq!(found(&cut), [Finding::TailCut { from: 15, known: 21 }]);
        let longer = log(21);
        let head = Some((20, longer.roots[20]));
        assert_eq!(walk(&longer, Vec::new()).finish(head), [Finding::HeadChanged { size: 20 }]);
    }

    #[test]
    fn a_log_that_was_hashed_anew_differs_from_its_checkpoints_within_a_range() {
        let original = log(40);
        let checkpoints: Vec<(u64, Digest)> =
            [8_usize, 16, 24, 40].map(|size| (size as u64, original.roots[size])).to_vec();
        let mut rewritten = Log { leaves: original.leaves, nodes: BTreeMap::new(), roots: Vec::new() };
        rewritten.leaves[19] = leaf_hash(b"other");
        let mut tree = Frontier::default();
        for leaf in &rewritten.leaves {
            rewritten.nodes.extend(tree.append(*leaf));
        }
        let sizes = checkpoints.iter().map(|(size, _)| *size).collect();
        let check = walk(&rewritten, sizes);
        assert_eq!(against_checkpoints(&check, &checkpoints), Some(Finding::Rewritten { good: 16, bad: 24 }));
        assert_eq!(check.finish(Some((40, tree.root()))), Vec::new());
    }
}
