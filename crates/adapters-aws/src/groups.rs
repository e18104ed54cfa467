//! Calls that take several items take only so many, of only so many bytes together.

/// Cuts `items` into groups of at most `most_items`, of at most `most_bytes` together. An item larger than that
/// stands alone, for AWS to refuse.
pub(crate) fn groups<T>(items: &[T], most_items: usize, most_bytes: usize, size: impl Fn(&T) -> usize) -> Vec<&[T]> {
    let mut groups = Vec::new();
    let (mut start, mut bytes) = (0, 0);
    for (place, item) in items.iter().enumerate() {
        let item_bytes = size(item);
        if place > start && (place - start == most_items || bytes + item_bytes > most_bytes) {
            groups.push(&items[start..place]);
            (start, bytes) = (place, 0);
        }
        bytes += item_bytes;
    }
    if start < items.len() {
        groups.push(&items[start..]);
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn groups_hold_every_item_in_order_within_both_limits(sizes in proptest::collection::vec(0..50_usize, 0..40)) {
            let groups = groups(&sizes, 4, 60, |size| *size);
            prop_assert_eq!(&groups.concat(), &sizes);
            for group in groups {
                prop_assert!(!group.is_empty() && group.len() <= 4);
                prop_assert!(group.len() == 1 || group.iter().sum::<usize>() <= 60);
            }
        }
    }
}
