//! What an error is made of: the first error, and the contexts around it.

use crate::report::Note;
use std::any::Any;
use std::error::Error as StdError;
use std::fmt::{self, Debug, Display};
use std::mem;

/// An error with what was said about it.
pub(super) struct Node {
    pub(super) error: Box<dyn StdError + Send + Sync>,
    /// Its full name, where it is known and means something.
    pub(super) type_name: Option<&'static str>,
    pub(super) notes: Vec<Note>,
}

impl Node {
    pub(super) fn new(
        error: Box<dyn StdError + Send + Sync>,
        type_name: Option<&'static str>,
    ) -> Node {
        Node {
            error,
            type_name,
            notes: Vec::new(),
        }
    }

    /// Moves it out. Allocates nothing.
    pub(super) fn take(&mut self) -> Node {
        mem::replace(self, Node::new(Box::new(Nothing), None))
    }

    /// Puts a layer around it.
    pub(super) fn wrap(&mut self, layer: impl FnOnce(Node) -> Layer) {
        let below = self.take();
        *self = Node::new(Box::new(layer(below)), None);
    }

    /// The layer, if the error is a context around another one.
    pub(super) fn layer(&self) -> Option<&Layer> {
        self.error.downcast_ref()
    }

    pub(super) fn layer_mut(&mut self) -> Option<&mut Layer> {
        self.error.downcast_mut()
    }
}

/// A context around an error.
pub(super) struct Layer {
    pub(super) message: Box<dyn Message>,
    pub(super) below: Node,
}

impl Layer {
    pub(super) fn new(message: impl Display + Send + Sync + 'static, below: Node) -> Layer {
        Layer {
            message: Box::new(message),
            below,
        }
    }
}

/// A context: text, or an error of the program's that can be asked for.
pub(super) trait Message: Display + Any + Send + Sync {}

impl<T: Display + Any + Send + Sync> Message for T {}

impl Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Display::fmt(&self.message, f)
    }
}

impl Debug for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("message", &self.message.to_string())
            .field("source", &self.below.error)
            .finish()
    }
}

impl StdError for Layer {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.below.error)
    }
}

/// One after the other: a chain of a million contexts is dropped without recursion.
impl Drop for Layer {
    fn drop(&mut self) {
        let mut below = self.below.take();
        while let Some(layer) = below.layer_mut() {
            below = layer.below.take();
        }
    }
}

/// A message without a type.
#[derive(Debug)]
pub(super) struct Text(pub(super) String);

impl Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl StdError for Text {}

/// Stands where a node was moved out.
#[derive(Debug)]
struct Nothing;

impl Display for Nothing {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl StdError for Nothing {}

#[cfg(test)]
mod tests {
    use crate::Error;

    #[test]
    fn a_hundred_thousand_contexts_are_walked_and_dropped_without_recursion() {
        let mut error = Error::msg("root");
        for i in 0..100_000_u32 {
            error = error.context(i);
        }
        assert_eq!(error.chain().count(), 100_001);
        assert_eq!(error.root_cause().to_string(), "root");
        assert!(!error.is::<std::fmt::Error>());
        assert_eq!(error.report().failure.message, "99999");
        drop(error);
    }
}
