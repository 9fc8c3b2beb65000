//! What `Result`s and `Option`s learn.

use super::Error;
use std::error::Error as StdError;
use std::fmt::Display;

/// Makes an [`Error`] of a `Result`'s error, here and now, and says something about it.
///
/// For `Result`s with any error that `?` makes an [`Error`] of, for those that have one already, and for
/// `Option`.
///
/// ```
/// use stacklens::{Result, ResultExt};
///
/// fn size_of(path: &str) -> Result<u64> {
///     let file = std::fs::metadata(path)
///         .with_context(|| format!("cannot look at {path}"))
///         .note("the path is relative to the working directory")?;
///     Ok(file.len())
/// }
///
/// assert!(size_of("Cargo.toml").is_ok());
/// assert_eq!(size_of("no/such/file").unwrap_err().to_string(), "cannot look at no/such/file");
/// ```
pub trait ResultExt<T>: private::Sealed + Sized {
    /// Makes an [`Error`] of it, which knows the frames that are active now. Without this, `?` does it
    /// where the function's own error is one.
    #[track_caller]
    fn traced(self) -> Result<T, Error>;

    /// With a note, see [`Error::note`].
    #[track_caller]
    fn note(self, note: impl Display) -> Result<T, Error>;

    /// With a note that is made if there is an error.
    #[track_caller]
    fn with_note<D: Display>(self, note: impl FnOnce() -> D) -> Result<T, Error>;

    /// With a new message, see [`Error::context`].
    #[track_caller]
    fn context(self, context: impl Display + Send + Sync + 'static) -> Result<T, Error>;

    /// With a new message that is made if there is an error.
    #[track_caller]
    fn with_context<D: Display + Send + Sync + 'static>(
        self,
        context: impl FnOnce() -> D,
    ) -> Result<T, Error>;
}

// No closures in these: a closure does not know who called the function around it.
impl<T, E: IntoError> ResultExt<T> for Result<T, E> {
    #[track_caller]
    fn traced(self) -> Result<T, Error> {
        match self {
            Ok(value) => Ok(value),
            Err(error) => Err(error.into_error()),
        }
    }

    #[track_caller]
    fn note(self, note: impl Display) -> Result<T, Error> {
        match self {
            Ok(value) => Ok(value),
            Err(error) => Err(error.into_error().note(note)),
        }
    }

    #[track_caller]
    fn with_note<D: Display>(self, note: impl FnOnce() -> D) -> Result<T, Error> {
        match self {
            Ok(value) => Ok(value),
            Err(error) => Err(error.into_error().note(note())),
        }
    }

    #[track_caller]
    fn context(self, context: impl Display + Send + Sync + 'static) -> Result<T, Error> {
        match self {
            Ok(value) => Ok(value),
            Err(error) => Err(error.into_error().context(context)),
        }
    }

    #[track_caller]
    fn with_context<D: Display + Send + Sync + 'static>(
        self,
        context: impl FnOnce() -> D,
    ) -> Result<T, Error> {
        match self {
            Ok(value) => Ok(value),
            Err(error) => Err(error.into_error().context(context())),
        }
    }
}

/// A context is the whole message: of `None` nothing else is known.
impl<T> ResultExt<T> for Option<T> {
    #[track_caller]
    fn traced(self) -> Result<T, Error> {
        match self {
            Some(value) => Ok(value),
            None => Err(missing::<T>()),
        }
    }

    #[track_caller]
    fn note(self, note: impl Display) -> Result<T, Error> {
        match self {
            Some(value) => Ok(value),
            None => Err(missing::<T>().note(note)),
        }
    }

    #[track_caller]
    fn with_note<D: Display>(self, note: impl FnOnce() -> D) -> Result<T, Error> {
        match self {
            Some(value) => Ok(value),
            None => Err(missing::<T>().note(note())),
        }
    }

    #[track_caller]
    fn context(self, context: impl Display + Send + Sync + 'static) -> Result<T, Error> {
        match self {
            Some(value) => Ok(value),
            None => Err(Error::msg(context)),
        }
    }

    #[track_caller]
    fn with_context<D: Display + Send + Sync + 'static>(
        self,
        context: impl FnOnce() -> D,
    ) -> Result<T, Error> {
        match self {
            Some(value) => Ok(value),
            None => Err(Error::msg(context())),
        }
    }
}

#[track_caller]
fn missing<T>() -> Error {
    Error::msg(format_args!(
        "expected a value of type {}, found None",
        std::any::type_name::<T>()
    ))
}

/// What `?` makes an [`Error`] of, and [`Error`] itself.
///
/// Unlike `Into<Error>`, it leads to an error that knows who asked for it.
pub trait IntoError {
    #[doc(hidden)]
    #[track_caller]
    fn into_error(self) -> Error;
}

impl<E: StdError + Send + Sync + 'static> IntoError for E {
    #[track_caller]
    fn into_error(self) -> Error {
        Error::new(self)
    }
}

impl IntoError for Error {
    fn into_error(self) -> Error {
        self
    }
}

mod private {
    pub trait Sealed {}
    impl<T, E: super::IntoError> Sealed for Result<T, E> {}
    impl<T> Sealed for Option<T> {}
}
