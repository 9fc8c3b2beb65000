//! The value of a function on its way out, by what is known of its type.

use super::{Observed, left_by, left_by_none, q_top, route};
use crate::framed::Watching;
use crate::stack::Active;
use std::any::type_name;
use std::marker::PhantomData;
use std::ops::Deref;

/// The value of a function that returns `R`, on its way out.
pub struct Leaf<R>(AnyLeaf<R>);

/// The same, of a type of which nothing is known.
pub struct AnyLeaf<R>(PhantomData<fn() -> R>);

impl<R> Leaf<R> {
    pub const NEW: Leaf<R> = Leaf(AnyLeaf(PhantomData));
}

impl<R> Deref for Leaf<R> {
    type Target = AnyLeaf<R>;

    #[inline]
    fn deref(&self) -> &AnyLeaf<R> {
        &self.0
    }
}

// Not by way of `q`: in an unoptimised build each generic function is one more to be compiled, for each type.
impl<T, E> Leaf<Result<T, E>> {
    #[inline]
    #[allow(clippy::redundant_pattern_matching)] // `is_err` is a call in an unoptimised build
    pub fn stacklens_ret(&self, value: Result<T, E>, exit: u64, frame: Active) -> Result<T, E> {
        if matches!(value, Err(_)) {
            left_by(
                Some(type_name::<E>),
                exit,
                frame,
                type_name::<Result<T, E>>,
                route!(&value, Result<T, E>),
            );
        }
        value
    }

    #[inline]
    pub fn stacklens_ret_top(&self, value: Result<T, E>, exit: u64) -> Result<T, E> {
        q_top::<Result<T, E>, _>(value, exit)
    }
}

impl<T> Leaf<Option<T>> {
    #[inline]
    #[allow(clippy::redundant_pattern_matching)] // as above
    pub fn stacklens_ret(&self, value: Option<T>, exit: u64, frame: Active) -> Option<T> {
        if matches!(value, None) {
            left_by_none(exit, frame, type_name::<Option<T>>);
        }
        value
    }

    #[inline]
    pub fn stacklens_ret_top(&self, value: Option<T>, exit: u64) -> Option<T> {
        q_top::<Option<T>, _>(value, exit)
    }
}

impl<T, E> Leaf<Result<T, E>> {
    /// How the future that returns this enters its frame: as `way` does, and watched.
    pub fn stacklens_watching<W>(&self, way: W) -> Watching<W, Result<T, E>> {
        Watching(way, PhantomData)
    }
}

impl<T> Leaf<Option<T>> {
    pub fn stacklens_watching<W>(&self, way: W) -> Watching<W, Option<T>> {
        Watching(way, PhantomData)
    }
}

impl<R> AnyLeaf<R> {
    pub fn stacklens_watching<W>(&self, way: W) -> W {
        way
    }

    #[inline]
    pub fn stacklens_ret(&self, value: R, _: u64, _: Active) -> R {
        value
    }

    #[inline]
    pub fn stacklens_ret_top(&self, value: R, _: u64) -> R {
        value
    }
}

/// The value of a function in which `early` watches, on its way out.
pub struct SeenLeaf<R>(Leaf<R>);

impl<R> SeenLeaf<R> {
    pub const NEW: SeenLeaf<R> = SeenLeaf(Leaf::NEW);
}

impl<R> Deref for SeenLeaf<R> {
    type Target = AnyLeaf<R>;

    #[inline]
    fn deref(&self) -> &AnyLeaf<R> {
        &self.0
    }
}

impl<T, E> SeenLeaf<Result<T, E>> {
    #[inline]
    pub fn stacklens_ret(&self, value: Result<T, E>, exit: u64, frame: Active) -> Result<T, E> {
        frame.set_watched(false);
        self.0.stacklens_ret(value, exit, frame)
    }
}

impl<T> SeenLeaf<Option<T>> {
    #[inline]
    pub fn stacklens_ret(&self, value: Option<T>, exit: u64, frame: Active) -> Option<T> {
        frame.set_watched(false);
        self.0.stacklens_ret(value, exit, frame)
    }
}
