//! Errors made of text.

/// An [`Error`](crate::Error) with a formatted message, or of an error that there is.
///
/// ```
/// use stacklens::err;
///
/// let port = 0;
/// let error = err!("port {port} is reserved");
/// assert_eq!(error.to_string(), "port 0 is reserved");
///
/// let error = err!(std::fmt::Error);
/// assert!(error.is::<std::fmt::Error>());
/// ```
#[macro_export]
macro_rules! err {
    ($message:literal $($arguments:tt)*) => {
        $crate::Error::msg($crate::__private::format_args!($message $($arguments)*))
    };
    ($error:expr $(,)?) => {
        $crate::IntoError::into_error($error)
    };
    ($($message:tt)+) => {
        $crate::Error::msg($crate::__private::format_args!($($message)+))
    };
}

/// Returns an [`err!`](crate::err) from the function.
///
/// ```
/// use stacklens::{Result, bail};
///
/// fn check(port: u16) -> Result<()> {
///     if port == 0 {
///         bail!("port {port} is reserved");
///     }
///     Ok(())
/// }
///
/// assert!(check(80).is_ok());
/// assert_eq!(check(0).unwrap_err().to_string(), "port 0 is reserved");
/// ```
#[macro_export]
macro_rules! bail {
    ($($message:tt)+) => {
        return $crate::__private::Err($crate::err!($($message)+))
    };
}

/// Returns an [`err!`](crate::err) from the function unless a condition holds.
///
/// ```
/// use stacklens::{Result, ensure};
///
/// fn check(port: u16) -> Result<()> {
///     ensure!(port != 0, "port {port} is reserved");
///     ensure!(port > 1023);
///     Ok(())
/// }
///
/// assert!(check(8080).is_ok());
/// assert_eq!(check(0).unwrap_err().to_string(), "port 0 is reserved");
/// assert_eq!(check(80).unwrap_err().to_string(), "condition failed: `port > 1023`");
/// ```
#[macro_export]
macro_rules! ensure {
    ($condition:expr $(,)?) => {
        $crate::ensure!($condition, "condition failed: `{}`", $crate::__private::stringify!($condition))
    };
    ($condition:expr, $($message:tt)+) => {
        if !$condition {
            $crate::bail!($($message)+);
        }
    };
}
