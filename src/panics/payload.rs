//! What a panic was made with, when it is no text.

use crate::capture::{Limits, short_type_name, types};
use crate::recursion::{self, RecursionError};
use crate::report::{Failure, Kind};
use std::any::{Any, TypeId, type_name};
use std::borrow::Cow;
use std::panic::PanicHookInfo;

/// What the panic is of and says. Runs no code of the program's.
pub(super) fn of(info: &PanicHookInfo<'_>, limits: &Limits) -> (Kind, Failure) {
    match recursion::raised() {
        Some(error) => (Kind::Recursion, of_recursion(&error)),
        None => (Kind::Panic, failure(info.payload(), limits)),
    }
}

fn of_recursion(error: &RecursionError) -> Failure {
    Failure::new(error.to_string()).with_type(type_name::<RecursionError>())
}

/// What the payload says, without running code of its type's: text, a number, or the name of its type if
/// a variable of that type was ever recorded.
pub(super) fn failure(payload: &(dyn Any + Send), limits: &Limits) -> Failure {
    if let Some(error) = payload.downcast_ref() {
        return of_recursion(error);
    }
    if let Some(text) = text(payload) {
        return Failure::of_payload(&text, limits);
    }
    match types::name_of(payload.type_id()) {
        Some(name) if !is_text(payload) => {
            let mut short = String::new();
            // A `String` takes everything.
            let _ = short_type_name(name, limits.string_chars, &mut short);
            Failure::new(format!("<a {short}>")).with_type(name)
        }
        _ => Failure::of_payload(payload, limits),
    }
}

fn is_text(payload: &(dyn Any + Send)) -> bool {
    payload.is::<&'static str>() || payload.is::<String>()
}

/// Other forms of text than the two that `panic!` makes, and numbers: an exit code, say.
fn text(payload: &(dyn Any + Send)) -> Option<String> {
    macro_rules! first_of {
        ($($known:ty),*) => {
            $(if let Some(value) = payload.downcast_ref::<$known>() {
                return Some(value.to_string());
            })*
        };
    }
    first_of!(Box<str>, Cow<'static, str>, char, bool);
    first_of!(
        i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize, f32, f64
    );
    None
}

/// Whether a report was made of this payload, as far as can be told.
#[derive(Debug)]
pub(super) struct Mark {
    type_id: TypeId,
    text: Option<String>,
}

impl Mark {
    /// The mark of a panic whose hook runs. That of a recursion error is given a text and arrives as itself.
    pub(super) fn in_hook(payload: &(dyn Any + Send)) -> Mark {
        match recursion::raised() {
            Some(error) => Mark::of(&error),
            None => Mark::of(payload),
        }
    }

    fn of(payload: &(dyn Any + Send)) -> Mark {
        let text = match payload.downcast_ref::<&'static str>() {
            Some(text) => Some((*text).to_owned()),
            None => payload.downcast_ref::<String>().cloned(),
        };
        Mark {
            type_id: payload.type_id(),
            text,
        }
    }

    pub(super) fn matches(&self, payload: &(dyn Any + Send)) -> bool {
        let other = Mark::of(payload);
        // A text without arguments is a `&str` to the hook, and may be a `String` when it arrives.
        match (&self.text, &other.text) {
            (Some(a), Some(b)) => a == b,
            (None, None) => self.type_id == other.type_id,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(payload: &(dyn Any + Send)) -> (String, Option<String>) {
        let failure = failure(payload, &Limits::DEFAULT);
        (
            failure.message.into_owned(),
            failure.type_name.map(Cow::into_owned),
        )
    }

    #[test]
    fn text_and_numbers_are_shown() {
        for payload in [
            &"x" as &(dyn Any + Send),
            &String::from("x"),
            &Box::<str>::from("x"),
            &Cow::<'static, str>::Borrowed("x"),
            &'x',
        ] {
            assert_eq!(said(payload).0, "x");
        }
        assert_eq!(said(&-7_i64).0, "-7");
    }

    #[test]
    fn another_payload_is_named_if_a_variable_of_its_type_was_recorded() {
        struct Unheard;
        struct Abort;
        let _ = crate::capture::intern(
            crate::capture::type_id::<Abort>,
            std::any::type_name::<Abort>,
        );
        assert!(said(&Abort).1.unwrap().ends_with("::Abort"));
        assert!(!said(&Unheard).1.unwrap().contains("Unheard"));
    }

    #[test]
    fn a_payload_is_known_again() {
        let mark = Mark::of(&"a");
        assert!(mark.matches(&String::from("a")));
        assert!(!mark.matches(&"b") && !mark.matches(&1_u8));
        assert!(Mark::of(&1_u8).matches(&2_u8));
    }
}
