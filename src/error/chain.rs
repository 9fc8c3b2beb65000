//! An error and what caused it.

use std::error::Error as StdError;

/// The errors of a chain, the outermost first: what [`Error::chain`](crate::Error::chain) gives.
///
/// ```
/// let error = stacklens::err!("cause").context("what failed");
/// let messages: Vec<_> = error.chain().map(ToString::to_string).collect();
/// assert_eq!(messages, ["what failed", "cause"]);
/// ```
#[derive(Clone, Debug)]
pub struct Chain<'a> {
    next: Option<&'a (dyn StdError + 'static)>,
}

impl<'a> Chain<'a> {
    pub(super) fn of(error: &'a (dyn StdError + 'static)) -> Chain<'a> {
        Chain { next: Some(error) }
    }
}

impl<'a> Iterator for Chain<'a> {
    type Item = &'a (dyn StdError + 'static);

    fn next(&mut self) -> Option<Self::Item> {
        let error = self.next?;
        self.next = error.source();
        Some(error)
    }
}
