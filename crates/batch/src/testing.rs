//! What the tests of this crate share.

use crate::{Batch, Received};
use proptest::prelude::*;
use sluice_ports::Millis;

/// Messages `m0`, `m1`…, received at 0, of these groups.
pub(crate) fn batch(groups: impl IntoIterator<Item = Option<String>>) -> Batch {
    let received = |(index, group): (usize, Option<String>)| Received {
        message_id: format!("m{index}"),
        receipt_handle: format!("handle-{index}"),
        group,
        received_at: Millis(0),
    };
    Batch::new(groups.into_iter().enumerate().map(received))
}

/// Up to a dozen messages of up to three groups; some have none.
pub(crate) fn groups() -> impl Strategy<Value = Vec<Option<String>>> {
    proptest::collection::vec(proptest::option::of("[abc]"), 0..12)
}
