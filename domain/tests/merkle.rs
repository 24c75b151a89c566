//! The log's tree beside an independent implementation of RFC 9162: the same roots and the same proofs, each
//! accepted by the other.

#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use ballast_domain::audit::merkle::{
    Frontier, consistency_ranges, hash_of, inclusion_ranges, leaf_hash, nodes_of, verify_consistency,
    verify_inclusion,
};
use ballast_domain::base::digest::Digest;
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ct_merkle::{ConsistencyProof, InclusionProof, RootHash};
use sha2::Sha256;
use std::collections::BTreeMap;
use std::ops::Range;

const SIZE_MAX: u64 = 130;

fn data(n: u64) -> Vec<u8> {
    format!("entry {n}").into_bytes()
}

struct Ours {
    nodes: BTreeMap<(u8, u64), Digest>,
    roots: Vec<Digest>,
}

fn ours() -> Ours {
    let mut tree = Frontier::default();
    let (mut nodes, mut roots) = (BTreeMap::new(), vec![tree.root()]);
    for n in 0..SIZE_MAX {
        let leaf = leaf_hash(&data(n));
        nodes.insert((0, n), leaf);
        nodes.extend(tree.append(leaf).into_iter().map(|(id, hash)| ((id.level, id.index), hash)));
        roots.push(tree.root());
    }
    Ours { nodes, roots }
}

impl Ours {
    fn proof(&self, ranges: &[Range<u64>]) -> Vec<Digest> {
        let hash = |range: &Range<u64>| {
            let nodes: Vec<Digest> =
                nodes_of(range).iter().map(|id| self.nodes[&(id.level, id.index)]).collect();
            hash_of(&nodes).unwrap()
        };
        ranges.iter().map(hash).collect()
    }
}

fn theirs(size: u64) -> MemoryBackedTree<Sha256, Vec<u8>> {
    let mut tree = MemoryBackedTree::new();
    (0..size).for_each(|n| tree.push(data(n)));
    tree
}

fn bytes(proof: &[Digest]) -> Vec<u8> {
    proof.iter().flat_map(|digest| digest.0).collect()
}

fn digests(bytes: &[u8]) -> Vec<Digest> {
    bytes.chunks(32).map(|chunk| Digest::from_slice(chunk).unwrap()).collect()
}

#[test]
fn roots_and_inclusion_proofs_agree_with_an_independent_implementation_at_every_size() {
    let ours = ours();
    for size in 1..=SIZE_MAX {
        let tree = theirs(size);
        let root = ours.roots[usize::try_from(size).unwrap()];
        assert_eq!(tree.root().as_bytes().as_slice(), root.0, "{size}");
        for index in 0..size {
            let proof = ours.proof(&inclusion_ranges(index, size).unwrap());
            let their_proof = tree.prove_inclusion(usize::try_from(index).unwrap());
            assert_eq!(their_proof.as_bytes(), bytes(&proof), "{index} of {size}");
            let their_root = RootHash::<Sha256>::new(root.0.into(), size);
            let mine = InclusionProof::<Sha256>::try_from_bytes(bytes(&proof)).unwrap();
            their_root.verify_inclusion(&data(index), index, &mine).unwrap();
            let leaf = leaf_hash(&data(index));
            assert!(verify_inclusion(leaf, index, size, &digests(their_proof.as_bytes()), root));
        }
    }
}

#[test]
fn consistency_proofs_agree_with_an_independent_implementation_at_every_pair_of_sizes() {
    let ours = ours();
    for second in 1..=SIZE_MAX {
        let tree = theirs(second);
        let root2 = ours.roots[usize::try_from(second).unwrap()];
        for first in 1..=second {
            let root1 = ours.roots[usize::try_from(first).unwrap()];
            let proof = ours.proof(&consistency_ranges(first, second).unwrap());
            let their_proof = tree.prove_consistency(usize::try_from(second - first).unwrap());
            assert_eq!(their_proof.as_bytes(), bytes(&proof), "{first} of {second}");
            let mine = ConsistencyProof::<Sha256>::try_from_bytes(bytes(&proof)).unwrap();
            RootHash::<Sha256>::new(root2.0.into(), second)
                .verify_consistency(&RootHash::new(root1.0.into(), first), &mine)
                .unwrap();
            let theirs = digests(their_proof.as_bytes());
            assert!(verify_consistency((first, root1), (second, root2), &theirs));
        }
    }
}
