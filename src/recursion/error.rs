//! What is raised.

use crate::stack::native::{Kind, Refusal};
use std::fmt;

/// Which limit a [`RecursionError`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RecursionKind {
    /// The thread has as many frames as [`set_limit`](super::set_limit) allows.
    Count,
    /// The function is active as often as its `#[frame(recursion_limit = N)]` allows.
    Function,
    /// Little is left of the native stack.
    StackBytes,
}

/// A call of an annotated function that was one too many: Python's `RecursionError`.
///
/// The payload of the panic, or what a function with `#[frame(on_recursion = "error")]` returns. `Display` says which
/// limit was reached, and by which function:
///
/// ```text
/// maximum recursion depth exceeded (limit 1000 frames in factorial)
/// maximum recursion depth exceeded (limit 100 activations of factorial)
/// maximum recursion depth exceeded (130984 of 8384512 bytes of stack left in factorial)
/// ```
///
/// ```
/// use stacklens::{frame, recursion};
/// use stacklens::recursion::{RecursionError, RecursionKind};
///
/// #[frame(on_recursion = "error")]
/// fn down(n: u32) -> Result<(), RecursionError> {
///     down(n + 1)
/// }
///
/// let _limit = recursion::scoped_limit(50).unwrap();
/// let error = down(0).unwrap_err();
/// assert_eq!((error.kind(), error.limit(), error.depth()), (RecursionKind::Count, 50, 50));
/// assert_eq!(error.function(), "down");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct RecursionError {
    refusal: Refusal,
    function: &'static str,
}

impl RecursionError {
    /// `facts` are those of the function that was refused: its name comes first.
    pub(crate) fn new(refusal: Refusal, facts: &'static str) -> RecursionError {
        let function = facts.split('\n').next().unwrap_or(facts);
        RecursionError { refusal, function }
    }

    /// Which limit was reached.
    pub fn kind(&self) -> RecursionKind {
        match self.refusal.kind {
            Kind::Count => RecursionKind::Count,
            Kind::Function => RecursionKind::Function,
            Kind::StackBytes => RecursionKind::StackBytes,
        }
    }

    /// The limit: in frames, in activations of the function, or the size of the stack in bytes.
    pub fn limit(&self) -> usize {
        self.refusal.limit
    }

    /// Annotated frames that were active, without the one that was refused.
    pub fn depth(&self) -> usize {
        self.refusal.depth
    }

    /// Name of the function whose call was refused.
    pub fn function(&self) -> &'static str {
        self.function
    }

    /// Bytes of stack that were left; `None` on a stack of which nothing is known.
    pub fn remaining(&self) -> Option<usize> {
        self.refusal.remaining
    }
}

impl fmt::Display for RecursionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (limit, name) = (self.limit(), self.function);
        f.write_str("maximum recursion depth exceeded (")?;
        match self.refusal.kind {
            Kind::Count => write!(f, "limit {limit} frame{} in {name})", s(limit)),
            Kind::Function => write!(f, "limit {limit} activation{} of {name})", s(limit)),
            Kind::StackBytes => {
                let left = self.remaining().unwrap_or(0);
                write!(f, "{left} of {limit} bytes of stack left in {name})")
            }
        }
    }
}

fn s(n: usize) -> &'static str {
    if n == 1 { "" } else { "s" }
}

impl fmt::Debug for RecursionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecursionError")
            .field("kind", &self.kind())
            .field("limit", &self.limit())
            .field("depth", &self.depth())
            .field("function", &self.function())
            .field("remaining", &self.remaining())
            .finish()
    }
}

impl std::error::Error for RecursionError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_says_what_was_reached_and_where() {
        let of = |kind, limit, remaining| {
            let refusal = Refusal {
                kind,
                limit,
                depth: 7,
                remaining,
            };
            RecursionError::new(refusal, "factorial\n\nsrc/main.rs\0").to_string()
        };
        let texts = [
            of(Kind::Count, 1000, Some(1)),
            of(Kind::Function, 1, None),
            of(Kind::StackBytes, 61440, Some(14503)),
        ];
        assert_eq!(
            texts,
            [
                "maximum recursion depth exceeded (limit 1000 frames in factorial)",
                "maximum recursion depth exceeded (limit 1 activation of factorial)",
                "maximum recursion depth exceeded (14503 of 61440 bytes of stack left in factorial)",
            ]
        );
    }

    #[test]
    fn an_error_goes_to_other_threads() {
        fn anywhere<T: Send + Sync + Clone + std::panic::UnwindSafe + std::error::Error>() {}
        anywhere::<RecursionError>();
    }
}
