//! The hash tree of the log (RFC 9162, section 2.1), from complete nodes alone.
//!
//! A *complete* node covers 2^level leaves that are all there; it never changes again, so only such nodes are
//! stored. Every hash that a root or a proof needs is the hash of a range of leaves that falls into at most
//! one complete node a level: the right edge. It knows no storage: [`nodes_of`] says which nodes to fetch, the
//! others compute.

use std::ops::Range;

use sha2::{Digest as _, Sha256};

use crate::base::digest::Digest;

/// The place of a node: how high above the leaves, and the how-manieth of its level, both from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId {
    /// 0 for leaves.
    pub level: u8,
    /// From 0.
    pub index: u64,
}

impl NodeId {
    /// The leaves below it.
    #[must_use]
    pub fn leaves(self) -> Range<u64> {
        self.index << self.level..(self.index + 1) << self.level
    }
}

/// The hash of a leaf: SHA-256 over 0x00 and its data.
#[must_use]
pub fn leaf_hash(data: &[u8]) -> Digest {
    let mut hash = Sha256::new();
    hash.update([0]);
    hash.update(data);
    Digest(hash.finalize().into())
}

/// The hash of an inner node: SHA-256 over 0x01 and both children.
#[must_use]
pub fn node_hash(left: Digest, right: Digest) -> Digest {
    let mut hash = Sha256::new();
    hash.update([1]);
    hash.update(left.0);
    hash.update(right.0);
    Digest(hash.finalize().into())
}

/// The root of a tree without leaves: SHA-256 over nothing.
#[must_use]
pub fn empty_root() -> Digest {
    Digest::of(b"")
}

/// The complete nodes that a range of leaves falls into, from left to right. The range begins where a tree's
/// own division can begin, which all ranges of this module do.
#[must_use]
pub fn nodes_of(range: &Range<u64>) -> Vec<NodeId> {
    let (mut start, mut left) = (range.start, range.end.saturating_sub(range.start));
    let mut nodes = Vec::new();
    while left > 0 {
        let level = left.ilog2();
        // `level` is at most 63.
        nodes.push(NodeId { level: u8::try_from(level).unwrap_or(u8::MAX), index: start >> level });
        start += 1 << level;
        left -= 1 << level;
    }
    nodes
}

/// The hash of a range from the hashes of its complete nodes, from left to right. None for an empty list.
#[must_use]
pub fn hash_of(nodes: &[Digest]) -> Option<Digest> {
    nodes.iter().rev().copied().reduce(|right, left| node_hash(left, right))
}

/// The ranges whose hashes prove that a leaf is in a tree, from the leaf upwards (RFC 9162, 2.1.3.1). None when
/// there is no such leaf.
#[must_use]
pub fn inclusion_ranges(index: u64, size: u64) -> Option<Vec<Range<u64>>> {
    if index >= size {
        return None;
    }
    let (mut start, mut end) = (0, size);
    let mut ranges = Vec::new();
    while end - start > 1 {
        let middle = start + division(end - start);
        if index < middle {
            ranges.push(middle..end);
            end = middle;
        } else {
            ranges.push(start..middle);
            start = middle;
        }
    }
    ranges.reverse();
    Some(ranges)
}

/// The ranges whose hashes prove that a tree is the beginning of a larger one (RFC 9162, 2.1.4.1). Empty for
/// an empty or the same tree; none when the first is larger.
#[must_use]
pub fn consistency_ranges(first: u64, second: u64) -> Option<Vec<Range<u64>>> {
    if first > second {
        return None;
    }
    if first == 0 || first == second {
        return Some(Vec::new());
    }
    let (mut start, mut end, mut whole) = (0, second, true);
    let mut ranges = Vec::new();
    while first != end {
        let middle = start + division(end - start);
        if first <= middle {
            ranges.push(middle..end);
            end = middle;
        } else {
            ranges.push(start..middle);
            start = middle;
            whole = false;
        }
    }
    // The verifier knows the first tree's own root already where that is a node of the second.
    if !whole {
        ranges.push(start..end);
    }
    ranges.reverse();
    Some(ranges)
}

/// The largest power of two smaller than `n`, which is at least 2.
fn division(n: u64) -> u64 {
    1 << (n - 1).ilog2()
}

/// Whether a proof shows that a leaf is in the tree of this root (RFC 9162, 2.1.3.2).
#[must_use]
pub fn verify_inclusion(leaf: Digest, index: u64, size: u64, proof: &[Digest], root: Digest) -> bool {
    if index >= size {
        return false;
    }
    let (mut node, mut last, mut hash) = (index, size - 1, leaf);
    for part in proof {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(*part, hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(hash, *part);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && hash == root
}

/// Whether a proof shows that a tree is the beginning of a larger one (RFC 9162, 2.1.4.2).
#[must_use]
pub fn verify_consistency(first: (u64, Digest), second: (u64, Digest), proof: &[Digest]) -> bool {
    let ((size1, root1), (size2, root2)) = (first, second);
    if size1 > size2 {
        return false;
    }
    if size1 == size2 {
        return proof.is_empty() && root1 == root2;
    }
    if size1 == 0 {
        return proof.is_empty() && root1 == empty_root();
    }
    let mut parts = proof.iter().copied();
    let (mut node, mut last) = (size1 - 1, size2 - 1);
    while node & 1 == 1 {
        node >>= 1;
        last >>= 1;
    }
    let start = if size1.is_power_of_two() { Some(root1) } else { parts.next() };
    let Some(start) = start else { return false };
    let (mut left, mut right) = (start, start);
    for part in parts {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            left = node_hash(part, left);
            right = node_hash(part, right);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            right = node_hash(right, part);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && left == root1 && right == root2
}

/// A growing tree: its size and the complete nodes of its right edge.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    edge: Vec<Digest>,
}

impl Frontier {
    /// The tree of a size, from the hashes of [`nodes_of`] of its whole range; none when there are not as many
    /// as that size has.
    #[must_use]
    pub fn new(size: u64, edge: Vec<Digest>) -> Option<Self> {
        (edge.len() == size.count_ones() as usize).then_some(Self { size, edge })
    }

    /// How many leaves it has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Its root.
    #[must_use]
    pub fn root(&self) -> Digest {
        hash_of(&self.edge).unwrap_or_else(empty_root)
    }

    /// Adds a leaf; returns the inner nodes that it completes, from the lowest.
    pub fn append(&mut self, leaf: Digest) -> Vec<(NodeId, Digest)> {
        let (mut hash, mut level) = (leaf, 0_u8);
        let mut completed = Vec::new();
        while (self.size >> level) & 1 == 1
            && let Some(left) = self.edge.pop()
        {
            hash = node_hash(left, hash);
            level += 1;
            completed.push((NodeId { level, index: self.size >> level }, hash));
        }
        self.edge.push(hash);
        self.size += 1;
        completed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition of RFC 9162, 2.1.1, word for word: the plain twin.
    fn plain_root(leaves: &[Digest]) -> Digest {
        match leaves {
            [] => empty_root(),
            [leaf] => *leaf,
            leaves => {
                let (left, right) = leaves.split_at(usize::try_from(division(leaves.len() as u64)).unwrap());
                node_hash(plain_root(left), plain_root(right))
            }
        }
    }

    fn leaves(count: u64) -> Vec<Digest> {
        (0..count).map(|n| leaf_hash(&n.to_be_bytes())).collect()
    }

    fn slice<'l>(leaves: &'l [Digest], range: &Range<u64>) -> &'l [Digest] {
        &leaves[usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap()]
    }

    fn proof(leaves: &[Digest], ranges: &[Range<u64>]) -> Vec<Digest> {
        ranges.iter().map(|range| plain_root(slice(leaves, range))).collect()
    }

    #[test]
    fn a_growing_tree_has_the_root_of_the_definition_at_every_size() {
        let all = leaves(300);
        let mut tree = Frontier::default();
        for (n, leaf) in all.iter().enumerate() {
            assert_eq!(tree.root(), plain_root(&all[..n]));
            for (id, hash) in tree.append(*leaf) {
                assert_eq!(hash, plain_root(slice(&all, &id.leaves())), "{id:?}");
            }
        }
        let edge: Vec<Digest> =
            nodes_of(&(0..300)).iter().map(|id| plain_root(slice(&all, &id.leaves()))).collect();
        assert_eq!(Frontier::new(300, edge.clone()), Some(tree));
        assert_eq!(Frontier::new(301, edge), None);
    }

    #[test]
    fn a_range_is_the_hash_of_its_complete_nodes() {
        let all = leaves(130);
        for size in 1..=130 {
            for index in 0..size {
                for range in inclusion_ranges(index, size).unwrap() {
                    let nodes: Vec<Digest> =
                        nodes_of(&range).iter().map(|id| plain_root(slice(&all, &id.leaves()))).collect();
                    assert_eq!(hash_of(&nodes), Some(plain_root(slice(&all, &range))));
                }
            }
        }
    }

    #[test]
    fn every_leaf_of_every_small_tree_is_proved_and_no_other_place() {
        let all = leaves(66);
        for size in 1..=66_u64 {
            let root = plain_root(slice(&all, &(0..size)));
            for index in 0..size {
                let proof = proof(&all, &inclusion_ranges(index, size).unwrap());
                let leaf = all[usize::try_from(index).unwrap()];
                assert!(verify_inclusion(leaf, index, size, &proof, root));
                assert!(!verify_inclusion(leaf, index + 1, size, &proof, root));
                assert!(!verify_inclusion(leaf_hash(b"x"), index, size, &proof, root));
                let longer = [proof.as_slice(), &[leaf]].concat();
                assert!(!verify_inclusion(leaf, index, size, &longer, root));
                if let Some((_, shorter)) = proof.split_last() {
                    assert!(!verify_inclusion(leaf, index, size, shorter, root));
                }
            }
        }
        assert_eq!(inclusion_ranges(5, 5), None);
        assert!(!verify_inclusion(all[0], 0, 0, &[], empty_root()));
    }

    #[test]
    fn every_small_tree_is_the_beginning_of_every_larger_one_and_of_no_other() {
        let all = leaves(66);
        for second in 0..=66_u64 {
            let root2 = plain_root(slice(&all, &(0..second)));
            for first in 0..=second {
                let root1 = plain_root(slice(&all, &(0..first)));
                let proof = proof(&all, &consistency_ranges(first, second).unwrap());
                assert!(verify_consistency((first, root1), (second, root2), &proof), "{first} {second}");
                let other = leaf_hash(b"another tree");
                assert!(!verify_consistency((first, other), (second, root2), &proof));
                if first > 0 {
                    assert!(!verify_consistency((first, root1), (second, other), &proof));
                }
                if first > 0 && first < second {
                    let longer = [proof.as_slice(), &[root1]].concat();
                    assert!(!verify_consistency((first, root1), (second, root2), &longer));
                    assert!(!verify_consistency((first, root1), (second, root2), &[]));
                }
            }
        }
        assert_eq!(consistency_ranges(3, 2), None);
    }

    #[test]
    fn the_largest_index_does_not_overflow() {
        let size = 1 << 62;
        assert_eq!(inclusion_ranges(size - 1, size).unwrap().len(), 62);
        assert_eq!(nodes_of(&(0..size - 1)).len(), 62);
    }
}
