//! Not asked.

use super::Usage;

pub(super) fn now() -> Option<Usage> {
    None
}
