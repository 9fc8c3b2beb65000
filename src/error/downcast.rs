//! Asking an error for its type.

use super::Error;
use super::layer::{Layer, Node};
use std::any::Any;
use std::error::Error as StdError;

impl Error {
    /// Whether the error, or one of the contexts around it, is an `E`.
    pub fn is<E: StdError + Send + Sync + 'static>(&self) -> bool {
        depth_of::<E>(&self.0.node).is_some()
    }

    /// The `E` that the error was made of, or a context around it that is one: the outermost.
    ///
    /// Not its sources: those are in the [`chain`](Error::chain).
    pub fn downcast_ref<E: StdError + Send + Sync + 'static>(&self) -> Option<&E> {
        let mut node = &self.0.node;
        while let Some(layer) = node.layer() {
            if let Some(found) = (&*layer.message as &dyn Any).downcast_ref() {
                return Some(found);
            }
            node = &layer.below;
        }
        node.error.downcast_ref()
    }

    /// As [`downcast_ref`](Error::downcast_ref), to be changed.
    pub fn downcast_mut<E: StdError + Send + Sync + 'static>(&mut self) -> Option<&mut E> {
        let mut node = &mut self.0.node;
        for _ in 0..depth_of::<E>(node)? {
            node = &mut node.layer_mut()?.below;
        }
        if node.layer().is_some() {
            return (&mut *node.layer_mut()?.message as &mut dyn Any).downcast_mut();
        }
        node.error.downcast_mut()
    }

    /// The `E` itself; the contexts around it, its notes and frames are gone.
    ///
    /// ```
    /// use std::num::ParseIntError;
    ///
    /// fn port() -> stacklens::Result<u16> {
    ///     Ok("80a".parse()?)
    /// }
    ///
    /// let error: ParseIntError = port().unwrap_err().downcast().unwrap();
    /// assert_eq!(error.to_string(), "invalid digit found in string");
    /// ```
    ///
    /// # Errors
    ///
    /// The error as it was, if neither it nor a context around it is an `E`.
    pub fn downcast<E: StdError + Send + Sync + 'static>(mut self) -> Result<E, Error> {
        let Some(depth) = depth_of::<E>(&self.0.node) else {
            return Err(self);
        };
        let mut node = self.0.node.take();
        for _ in 0..depth {
            if let Some(layer) = node.layer_mut() {
                node = layer.below.take();
            }
        }
        let found = match node.error.downcast::<Layer>() {
            Ok(mut layer) => {
                let message = std::mem::replace(&mut layer.message, Box::new(""));
                (message as Box<dyn Any>).downcast::<E>().ok()
            }
            Err(error) => error.downcast::<E>().ok(),
        };
        // `depth_of` has found it there.
        found.map(|found| *found).ok_or(self)
    }
}

/// How many contexts lie around the one that is an `E`, or around the error if that is one.
fn depth_of<E: StdError + Send + Sync + 'static>(mut node: &Node) -> Option<usize> {
    let mut depth = 0;
    while let Some(layer) = node.layer() {
        if (&*layer.message as &dyn Any).is::<E>() {
            return Some(depth);
        }
        depth += 1;
        node = &layer.below;
    }
    node.error.is::<E>().then_some(depth)
}
