//! How what a function returns is shown: by the impls of its type, which is written, and so decided once for the
//! function.
//!
//! `Returned::<R>::NEW.stacklens_show()`: method resolution decides, as in `crate::probe`.

#![allow(missing_docs)] // hidden: called by the macros' output alone

use super::Outcome;
use crate::capture::{Encoder, Erased, Inspect, debug};
use std::fmt::{self, Debug, Write};
use std::marker::PhantomData;
use std::ops::Deref;

/// Tells somebody what a value is.
pub type Show<T> = fn(&T, &dyn Notes);

/// A type that may have `Inspect`.
pub struct Returned<T>(MayDebug<T>);
/// A type that may have `Debug`.
pub struct MayDebug<T>(Parts<T>);
/// A type that may be a `Result` or an `Option`.
pub struct Parts<T>(Unknown<T>);
/// A type of which nothing is known.
pub struct Unknown<T>(PhantomData<fn() -> T>);

/// A type of which only that is to be known: the value is hidden.
pub struct Hidden<T>(Anything<T>);
pub struct Anything<T>(PhantomData<fn() -> T>);

impl<T> Returned<T> {
    pub const NEW: Returned<T> = Returned(MayDebug(Parts::NEW));
}

impl<T> Parts<T> {
    /// Without asking for the impls of its own.
    pub const NEW: Parts<T> = Parts(Unknown(PhantomData));
}

impl<T> Hidden<T> {
    pub const NEW: Hidden<T> = Hidden(Anything(PhantomData));
}

macro_rules! deref {
    ($($from:ident $to:ident,)*) => {$(
        impl<T> Deref for $from<T> {
            type Target = $to<T>;

            #[cfg_attr(not(unoptimised), inline)]
            #[cfg_attr(unoptimised, inline(always))]
            fn deref(&self) -> &$to<T> {
                &self.0
            }
        }
    )*};
}

deref! {
    Returned MayDebug,
    MayDebug Parts,
    Parts Unknown,
    Hidden Anything,
}

macro_rules! shows {
    ($([$($generics:tt)*] $of:ident<$type:ty> = $show:path;)*) => {$(
        impl<$($generics)*> $of<$type> {
            #[cfg_attr(not(unoptimised), inline)]
            #[cfg_attr(unoptimised, inline(always))]
            pub fn stacklens_show(&self) -> Show<$type> {
                $show
            }
        }
    )*};
}

shows! {
    [T: Inspect] Returned<T> = by_inspect;
    [T: Debug] MayDebug<T> = by_debug;
    [T, E] Parts<Result<T, E>> = result;
    [T] Parts<Option<T>> = option;
    [T] Unknown<T> = by_identity;
    [T, E] Hidden<Result<T, E>> = hidden_result;
    [T] Hidden<Option<T>> = hidden_option;
    [T] Anything<T> = hidden;
}

fn by_inspect<T: Inspect>(value: &T, notes: &dyn Notes) {
    let write = &mut |encoder: &mut Encoder<'_>| debug::encode_inspect(value, encoder);
    notes.note(Erased::of(value), How::Inspect(write));
}

fn by_debug<T: Debug>(value: &T, notes: &dyn Notes) {
    // Of the reference: the table of functions of what is owned has one that drops, which would be compiled.
    notes.note(Erased::of(value), How::Debug(&value));
}

fn result<T, E>(value: &Result<T, E>, notes: &dyn Notes) {
    let (outcome, name, inside) = match value {
        Ok(value) => (Outcome::Value, "Ok", Erased::of(value)),
        Err(error) => (Outcome::Err, "Err", Erased::of(error)),
    };
    notes.note(Erased::of(value), How::Parts(outcome, name, Some(inside)));
}

fn option<T>(value: &Option<T>, notes: &dyn Notes) {
    let how = match value {
        Some(inside) => How::Parts(Outcome::Value, "Some", Some(Erased::of(inside))),
        None => How::Parts(Outcome::None, "None", None),
    };
    notes.note(Erased::of(value), how);
}

fn by_identity<T>(value: &T, notes: &dyn Notes) {
    notes.note(Erased::of(value), How::Identity);
}

fn hidden_result<T, E>(value: &Result<T, E>, notes: &dyn Notes) {
    let failed = value.is_err();
    notes.outcome(if failed { Outcome::Err } else { Outcome::Value });
}

fn hidden_option<T>(value: &Option<T>, notes: &dyn Notes) {
    let none = value.is_none();
    notes.outcome(if none { Outcome::None } else { Outcome::Value });
}

fn hidden<T>(_: &T, notes: &dyn Notes) {
    notes.outcome(Outcome::Value);
}

/// Who is told what a call returns: the log of a call, or of a future.
pub trait Notes {
    /// This is the value.
    fn note(&self, value: Erased<'_>, how: How<'_>);
    /// Only this is to be known of it.
    fn outcome(&self, outcome: Outcome);
}

/// By what a value is shown that its type's identity does not tell.
pub enum How<'a> {
    Inspect(&'a mut dyn FnMut(&mut Encoder<'_>)),
    Debug(&'a dyn Debug),
    /// Outcome, name and content of a variant.
    Parts(Outcome, &'static str, Option<Erased<'a>>),
    /// The identity says all.
    Identity,
    /// Nothing is read but a scalar.
    Type,
}

impl How<'_> {
    /// How a call ends that returns the value, as far as that is known without reading more of it than which variant it
    /// is.
    pub(super) fn outcome(&self, type_name: &str) -> Outcome {
        match self {
            How::Parts(outcome, ..) => *outcome,
            How::Debug(value) => variant(type_name, *value),
            How::Inspect(_) | How::Identity | How::Type => Outcome::Value,
        }
    }
}

/// Which variant of `Result` or `Option` a value is, by the first word that its `Debug` prints: the derived impls print
/// the variant's name and ask no content once that failed.
fn variant(type_name: &str, value: &dyn Debug) -> Outcome {
    struct First(Option<bool>);
    impl Write for First {
        fn write_str(&mut self, word: &str) -> fmt::Result {
            self.0.get_or_insert(matches!(word, "Err" | "None"));
            Err(fmt::Error)
        }
    }
    let outcome = if type_name.starts_with("core::result::Result<") {
        Outcome::Err
    } else if type_name.starts_with("core::option::Option<") {
        Outcome::None
    } else {
        return Outcome::Value;
    };
    let mut first = First(None);
    // It fails by design.
    let _ = write!(first, "{value:?}");
    match first.0 {
        Some(true) => outcome,
        _ => Outcome::Value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::any::type_name_of_val;

    /// Nobody may ask it for anything.
    struct Silent;

    impl Debug for Silent {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("its Debug was called")
        }
    }

    #[test]
    fn which_variant_a_value_is_is_found_without_its_content() {
        fn of<T: Debug>(value: T) -> Outcome {
            variant(type_name_of_val(&value), &value)
        }
        assert_eq!(of(Ok::<Silent, Silent>(Silent)), Outcome::Value);
        assert_eq!(of(Err::<Silent, Silent>(Silent)), Outcome::Err);
        assert_eq!(of(Some(Silent)), Outcome::Value);
        assert_eq!(of(None::<Silent>), Outcome::None);
        assert_eq!(of(7), Outcome::Value);
    }

    #[test]
    fn a_type_that_is_called_like_a_variant_is_a_value() {
        #[derive(Debug)]
        struct Err(#[expect(dead_code)] u8);
        assert_eq!(variant(type_name_of_val(&Err(1)), &Err(1)), Outcome::Value);
    }
}
