//! What keeping to ranked group fairness would cost: the order that the FA*IR algorithm would make of a list, and how
//! much score and quality its first part would lose. It is a figure for a report; no order is changed.

use super::exposure::{Gain, ndcg};
use super::ranked_group::Table;
use crate::base::ratio::Ratio;

/// One person of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The score.
    pub score: u32,
    /// Whether the person belongs to the protected group.
    pub protected: bool,
}

/// What keeping to a table costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cost {
    /// How many of the first part others would stand in for.
    pub replaced: u32,
    /// The scores of the first part less those of the first part that keeps to the table. Below zero where the list was
    /// not in the order of its scores.
    pub score_loss: i64,
    /// The same for nDCG with linear gains; none where no score is above 0.
    pub quality_loss: Option<Ratio>,
}

/// The order that keeps to a table: at each rank the next protected person where one is needed, otherwise whoever comes
/// next in the list. Indices into `list`, as many as the table has ranks; none where there are too few protected people.
#[must_use]
pub fn rerank(list: &[Place], table: &Table) -> Option<Vec<usize>> {
    let mut protected = (0..list.len()).filter(|at| list[*at].protected).peekable();
    let mut others = (0..list.len()).filter(|at| !list[*at].protected).peekable();
    let mut found = 0;
    let mut order = Vec::with_capacity(table.minimums.len());
    for minimum in table.minimums.iter().take(list.len()) {
        let take_protected = match (protected.peek(), others.peek()) {
            (Some(_), _) if found < *minimum => true,
            (None, _) if found < *minimum => return None,
            (Some(one), Some(other)) => one < other,
            (Some(_), None) => true,
            (None, _) => false,
        };
        let next = if take_protected { protected.next() } else { others.next() };
        found += u32::from(take_protected);
        order.push(next?);
    }
    Some(order)
}

/// What [`rerank`] would cost; none where it cannot be done.
#[must_use]
pub fn cost(list: &[Place], table: &Table) -> Option<Cost> {
    let order = rerank(list, table)?;
    let top = order.len();
    let sum = |places: &mut dyn Iterator<Item = u32>| places.map(i64::from).sum::<i64>();
    let before = sum(&mut list.iter().take(top).map(|place| place.score));
    let after = sum(&mut order.iter().map(|at| list[*at].score));
    let scores: Vec<u32> = list.iter().map(|place| place.score).collect();
    // Those who are not in the first part stand behind it, so that both orders are measured against the same best.
    let mut reordered: Vec<u32> = order.iter().map(|at| list[*at].score).collect();
    reordered.extend((0..list.len()).filter(|at| !order.contains(at)).map(|at| list[at].score));
    let quality = |scores: &[u32]| ndcg(scores, top, Gain::Linear);
    Some(Cost {
        replaced: u32::try_from(order.iter().filter(|at| **at >= top).count()).unwrap_or(u32::MAX),
        score_loss: before - after,
        quality_loss: quality(&scores).zip(quality(&reordered)).map(|(before, after)| before - after),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ratio::{parse, whole};
    use crate::matching::fairness::ranked_group::{Question, unadjusted};

    fn list(places: &[(u32, bool)]) -> Vec<Place> {
        places.iter().map(|(score, protected)| Place { score: *score, protected: *protected }).collect()
    }

    fn table(top: usize) -> Table {
        // p = 1/2, α = 1/4: 0 1 1 … (F(0; 2) = 1/4 is not above α).
        unadjusted(&Question::new(top, &parse("1/2").unwrap(), &parse("1/4").unwrap()).unwrap())
    }

    #[test]
    fn the_best_protected_person_moves_up_to_where_one_is_needed() {
        let table = table(3);
        assert_eq!(table.minimums, [0, 1, 1]);
        let list = list(&[(10, false), (9, false), (8, false), (5, true), (4, true)]);
        assert_eq!(rerank(&list, &table), Some(vec![0, 3, 1]));
        let cost = cost(&list, &table).unwrap();
        assert_eq!((cost.replaced, cost.score_loss), (1, 3));
        assert!(cost.quality_loss.unwrap() > whole(0));
    }

    #[test]
    fn a_list_that_keeps_to_the_table_costs_nothing() {
        let list = list(&[(10, false), (9, true), (8, false), (5, true)]);
        let cost = cost(&list, &table(3)).unwrap();
        assert_eq!((cost.replaced, cost.score_loss, cost.quality_loss), (0, 0, Some(whole(0))));
    }

    #[test]
    fn without_enough_protected_people_it_cannot_be_done() {
        assert_eq!(rerank(&list(&[(3, false), (2, false), (1, false)]), &table(3)), None);
        assert_eq!(rerank(&[], &table(3)), Some(Vec::new()));
    }
}
