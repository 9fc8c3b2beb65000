//! A value that is never shown.

use crate::capture::derive_support::{Fuel, Uniform};
use crate::capture::{Encoder, Inspect};
use std::fmt;

/// A value that no frame, report or log shows: `Debug`, `Display` and [`Inspect`] print `<redacted>`.
///
/// Names like `password` are redacted by themselves; this is for what has another name, and for values that
/// travel through many functions. The value is reached by [`expose`](Secret::expose) alone, so that a search
/// for this word finds every use.
///
/// ```
/// use stacklens::{Secret, currentframe, frame};
///
/// #[frame]
/// fn sign(text: &str, seed: &Secret<String>) -> String {
///     assert_eq!(seed.expose(), "hunter2");
///     format!("{text}: {seed}, {}", currentframe().unwrap().locals())
/// }
///
/// let seed = Secret::new("hunter2".to_owned());
/// assert_eq!(sign("hello", &seed), r#"hello: <redacted>, {text: "hello", seed: <redacted>}"#);
/// assert_eq!(format!("{seed:?}"), "<redacted>");
/// ```
///
/// It hides the value from what looks at values. It does not wipe the memory: see the `zeroize` crate, whose
/// types it can hold.
///
/// # Cost
///
/// None: in memory it is the value.
#[derive(Clone, Copy, Default)]
#[repr(transparent)]
pub struct Secret<T: ?Sized>(T);

impl<T> Secret<T> {
    /// Hides a value.
    pub const fn new(value: T) -> Secret<T> {
        Secret(value)
    }

    /// The value itself.
    pub fn into_exposed(self) -> T {
        self.0
    }
}

impl<T: ?Sized> Secret<T> {
    /// The value, to be used and not to be shown.
    pub const fn expose(&self) -> &T {
        &self.0
    }

    /// The value, to be changed and not to be shown.
    pub const fn expose_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T> From<T> for Secret<T> {
    fn from(value: T) -> Secret<T> {
        Secret(value)
    }
}

impl<T: ?Sized> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}

impl<T: ?Sized> fmt::Display for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}

impl<T: ?Sized> Inspect for Secret<T> {
    fn inspect(&self, encoder: &mut Encoder<'_>) {
        encoder.redacted();
    }

    // The value is not looked at, whatever its lifetimes are.
    fn __uniform(_: &mut Fuel) -> Uniform {
        Uniform::YES
    }
}

/// Reads the value. There is no `Serialize`: a secret is not to be written by accident.
#[cfg(feature = "serde")]
impl<'de, T: serde::Deserialize<'de>> serde::Deserialize<'de> for Secret<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Secret<T>, D::Error> {
        T::deserialize(deserializer).map(Secret)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Value;

    const _: () = assert!(
        size_of::<Secret<[u8; 3]>>() == 3 && size_of::<Option<Secret<&u8>>>() == size_of::<&u8>()
    );

    #[test]
    fn nothing_that_prints_it_shows_it() {
        let secret = Secret::new("sentinel");
        assert_eq!(
            format!("{secret} {secret:?} {secret:#?} {:>40}", secret),
            "<redacted> <redacted> <redacted> <redacted>"
        );
        assert_eq!(Value::of(&secret).to_string(), "<redacted>");
        assert_eq!(
            Value::of(&Some(vec![secret])).to_string(),
            "Some([<redacted>])"
        );
        let unsized_secret: &Secret<[u8]> = &Secret::new([1, 2]);
        assert_eq!(format!("{unsized_secret:?}"), "<redacted>");
    }

    #[test]
    fn it_can_be_used() {
        let mut secret = Secret::from(vec![1]);
        secret.expose_mut().push(2);
        assert_eq!(secret.expose(), &[1, 2]);
        assert_eq!(secret.into_exposed(), [1, 2]);
    }

    #[cfg(feature = "serde")]
    #[test]
    fn it_is_read_from_configuration() {
        let secret: Secret<String> = serde_json::from_str("\"x\"").unwrap();
        assert_eq!(secret.expose(), "x");
    }
}
