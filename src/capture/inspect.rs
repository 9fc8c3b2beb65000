//! The trait by which types copy themselves, and whether an impl of it is the same for all
//! lifetimes.

use super::encode::Encoder;

/// A value that can be shown in a frame's locals: it copies what matters of itself, bounded in work
/// and in size.
///
/// Derive it: `#[derive(stacklens::Inspect)]` copies the fields, leaves out those marked
/// `#[inspect(skip)]` and hides those marked `#[inspect(redact)]` or named like a secret
/// (`password`, `api_key`; `#[inspect(show)]` shows such a one all the same). `#[inspect(opaque)]`
/// shows only the type of a field.
///
/// ```
/// # struct Connection;
/// #[derive(stacklens::Inspect)]
/// struct Login {
///     user: String,
///     password: String,
///     #[inspect(skip)]
///     connection: Connection,
/// }
///
/// # let login = Login { user: "ann".into(), password: "x".into(), connection: Connection };
/// let shown = stacklens::Value::of(&login).to_string();
/// assert_eq!(shown, r#"Login { user: "ann", password: <redacted>, .. }"#);
/// ```
///
/// By hand, for a type that has a better short form than its fields:
///
/// ```
/// use stacklens::{Encoder, Inspect};
///
/// struct Celsius(f64);
///
/// impl Inspect for Celsius {
///     fn inspect(&self, encoder: &mut Encoder<'_>) {
///         encoder.tuple_struct("Celsius", 1).item(&self.0).finish();
///     }
/// }
///
/// assert_eq!(stacklens::Value::of(&Celsius(21.5)).to_string(), "Celsius(21.5)");
/// ```
///
/// An argument whose written type implements `Inspect` is shown through it. A variable whose type
/// is inferred is known to the library by the identity of its type alone; there, types of std and
/// derived types are shown, while a type with an impl written by hand is shown by name.
///
/// # Panics
/// An `inspect` that panics is caught, and the value reads `<omitted: its inspect panicked>`.
///
/// # Cost
/// It runs on the way into a function and after a `let`: do not lock, allocate or compute in it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no `stacklens::Inspect`",
    label = "cannot be copied into a frame's record",
    note = "derive it: `#[derive(stacklens::Inspect)]`",
    note = "a field can be left out by `#[inspect(skip)]`, or shown by its type by `#[inspect(opaque)]`"
)]
pub trait Inspect {
    /// Writes this value as one node: one call of one of the encoder's methods.
    fn inspect(&self, encoder: &mut Encoder<'_>);

    /// Writes a slice of these values as one list. Scalars copy it as it is.
    #[doc(hidden)]
    fn __inspect_slice(items: &[Self], encoder: &mut Encoder<'_>)
    where
        Self: Sized,
    {
        encoder.list_of(items.len(), &mut |index, encoder| {
            items[index].inspect(encoder)
        });
    }

    /// Whether this impl does the same for all lifetimes in the type. Only the derive and the impls
    /// of this crate answer yes: it makes values readable of which the lifetimes are unknown.
    #[doc(hidden)]
    fn __uniform(_: &mut Fuel) -> Uniform {
        Uniform::NO
    }
}

/// Whether an [`Inspect`] impl is one and the same for all lifetimes in its type.
///
/// Types are recognised by an identity that knows no lifetimes. An impl for `Borrowed<'static>`
/// alone could keep what it reads, so it must never see a `Borrowed<'a>`.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Uniform(bool);

impl Uniform {
    pub(crate) const NO: Uniform = Uniform(false);
    pub(crate) const YES: Uniform = Uniform(true);

    /// Whether all of `parts` are uniform.
    pub(crate) fn all(parts: &[fn(&mut Fuel) -> Uniform], fuel: &mut Fuel) -> Uniform {
        for part in parts {
            let Some(left) = fuel.0.checked_sub(1) else {
                return Uniform::NO;
            };
            fuel.0 = left;
            if !part(fuel).0 {
                return Uniform::NO;
            }
        }
        Uniform::YES
    }

    pub(crate) const fn holds(self) -> bool {
        self.0
    }
}

/// How many types may still be asked whether they are uniform: a type that contains itself ends
/// here.
#[doc(hidden)]
#[derive(Debug)]
pub struct Fuel(u32);

impl Fuel {
    pub(crate) const fn new() -> Fuel {
        Fuel(64)
    }
}
