//! A value without its type: where what is generic ends, and is not compiled again for each type of the program's.

#[cfg(unoptimised)]
use super::unoptimised::{Identify, Name};
use super::{Encoder, TypeEntry, intern, type_id};
use std::any::{TypeId, type_name};
use std::marker::PhantomData;

/// A reference to a value, and what its type is.
#[derive(Clone, Copy)]
#[allow(missing_docs)] // hidden: passed on by what the macros' output calls
pub struct Erased<'a> {
    at: *const (),
    id: fn() -> TypeId,
    name: fn() -> &'static str,
    value: PhantomData<&'a ()>,
}

impl<'a> Erased<'a> {
    #[inline]
    pub(crate) fn of<T: ?Sized>(value: &'a T) -> Erased<'a> {
        Erased {
            at: std::ptr::from_ref(value).cast(),
            id: type_id::<T>,
            name: type_name::<T>,
            value: PhantomData,
        }
    }

    /// The name of its type.
    pub(crate) fn type_name(&self) -> &'static str {
        (self.name)()
    }

    pub(crate) fn is<T: 'static>(&self) -> bool {
        (self.id)() == TypeId::of::<T>()
    }

    /// The value, if it is of this type.
    pub(crate) fn downcast_ref<T: 'static>(&self) -> Option<&'a T> {
        // SAFETY: a live value of the type that `id` answers for, lent for `'a`; a `T: 'static` has no lifetimes that the
        // identity could leave out.
        self.is::<T>().then(|| unsafe { &*self.at.cast::<T>() })
    }

    pub(crate) fn entry(&self) -> &'static TypeEntry {
        intern(self.id, self.name)
    }

    /// Tag and word, if it is a scalar.
    pub(crate) fn scalar(&self) -> Option<(u8, u64)> {
        // SAFETY: a live value of the type that `id` and `name` answer for; here and below.
        unsafe { self.entry().scalar(self.at) }
    }

    /// What it says, if it is a text.
    pub(crate) fn text(&self) -> Option<&'a str> {
        // SAFETY: as above; the value lives as long as `'a`.
        unsafe { self.entry().text(self.at) }
    }

    /// Writes what is seen of it by the identity of its type.
    pub(crate) fn encode(&self, encoder: &mut Encoder<'_>) {
        // SAFETY: as above.
        unsafe { self.entry().encode_into(self.at, encoder) };
    }

    /// Address, identity and name: those of one value.
    #[cfg(unoptimised)]
    pub(crate) fn parts(&self) -> (*const (), Identify, Name) {
        (self.at, self.id, self.name)
    }
}
