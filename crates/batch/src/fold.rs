//! Doubles in one batch.

use std::collections::HashMap;
use std::hash::Hash;

/// Items of one key: the first, and the others that share its fate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fold<T> {
    /// The first of them, in the batch's order.
    pub leader: T,
    /// The others, in the batch's order.
    pub followers: Vec<T>,
}

/// Groups items by key, keeping the order of first appearance, so that no call to AWS names a key twice.
pub fn fold<T, K: Eq + Hash>(items: impl IntoIterator<Item = T>, key: impl Fn(&T) -> K) -> Vec<Fold<T>> {
    let mut folds: Vec<Fold<T>> = Vec::new();
    let mut places = HashMap::new();
    for item in items {
        let place = *places.entry(key(&item)).or_insert(folds.len());
        match folds.get_mut(place) {
            Some(fold) => fold.followers.push(item),
            None => folds.push(Fold { leader: item, followers: Vec::new() }),
        }
    }
    folds
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_item_is_in_one_fold_and_every_key_leads_once(items in proptest::collection::vec(0..6_u8, 0..12)) {
            let folds = fold(items.iter().copied().enumerate(), |(_, key)| *key);
            let mut seen: Vec<_> = folds.iter().flat_map(|fold| [&[fold.leader], &fold.followers[..]].concat()).collect();
            seen.sort_unstable();
            prop_assert_eq!(seen, items.into_iter().enumerate().collect::<Vec<_>>());
            for fold in &folds {
                prop_assert!(fold.followers.iter().all(|(place, key)| *key == fold.leader.1 && *place > fold.leader.0));
            }
            let mut keys: Vec<_> = folds.iter().map(|fold| fold.leader.1).collect();
            keys.sort_unstable();
            keys.dedup();
            prop_assert_eq!(keys.len(), folds.len());
        }
    }
}
