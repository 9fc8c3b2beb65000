//! Frames in the reports of `eyre`'s errors (feature `eyre`).
//!
//! ```
//! use stacklens::frame;
//!
//! #[frame]
//! fn port(text: &str) -> eyre::Result<u16> {
//!     Ok(text.parse()?)
//! }
//!
//! stacklens::eyre::install().unwrap();
//! let error = port("80a").unwrap_err();
//!
//! let printed = format!("{error:?}");
//! assert!(printed.contains(r#"text = "80a""#));
//! let report = stacklens::eyre::report(&error).unwrap();
//! assert_eq!(report.failure.message, "invalid digit found in string");
//! ```

use super::origin::Origin;
use super::route::Route;
use crate::config::settings;
use crate::panics;
use crate::report::{Failure, Report};
use ::eyre::{EyreHandler, InstallError};
use std::error::Error as StdError;
use std::fmt;
use std::panic::Location;
use std::sync::Arc;

/// Gives each `eyre::Report` that is made from now on the frames that are active when it is made: its
/// `Debug`, and so a `main` that returns it, prints them with their values.
///
/// # Errors
///
/// Another handler has been installed, by `color_eyre::install()` for example.
pub fn install() -> Result<(), InstallError> {
    ::eyre::set_hook(Box::new(|error| Box::new(Handler::new(error))))
}

/// The report of an error that was made after [`install`]; `None` of others.
pub fn report(error: &::eyre::Report) -> Option<Report> {
    let handler = error.handler().downcast_ref::<Handler>()?;
    Some(handler.report(AsRef::<dyn StdError>::as_ref(error)))
}

/// What `eyre` keeps beside each error. [`install`] is enough for most programs; to be called in a hook of
/// one's own otherwise.
pub struct Handler {
    origin: Origin,
}

impl Handler {
    /// Copies the frames that are active.
    #[track_caller]
    pub fn new(_: &(dyn StdError + 'static)) -> Handler {
        // By this name an error of any type is meant.
        let origin = Origin::here(
            Some(std::any::type_name::<dyn StdError>()),
            Location::caller(),
        );
        Handler { origin }
    }

    fn report(&self, error: &(dyn StdError + 'static)) -> Report {
        self.origin
            .report(Failure::of_dyn(error, &settings().limits))
    }
}

/// The route of an error that was made after [`install`].
pub(super) fn route_of(error: &::eyre::Report) -> Option<Arc<Route>> {
    let handler = error.handler().downcast_ref::<Handler>()?;
    Some(handler.origin.route())
}

impl EyreHandler for Handler {
    fn debug(&self, error: &(dyn StdError + 'static), f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.alternate() {
            return fmt::Debug::fmt(error, f);
        }
        f.write_str(&panics::text(&self.report(error)))
    }

    fn track_caller(&mut self, location: &'static Location<'static>) {
        self.origin.at(location);
    }
}

impl fmt::Debug for Handler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handler").finish_non_exhaustive()
    }
}
