//! Errors that know how they came about.

mod chain;
mod downcast;
mod enhanced;
#[cfg(feature = "eyre")]
pub mod eyre;
mod fmt;
mod layer;
mod macros;
mod many;
mod origin;
mod path;
mod report;
mod result_ext;
mod route;

pub use chain::Chain;
pub use enhanced::{EnhancedError, enhanced_traceback};
pub use report::Reportable;
pub use result_ext::{IntoError, ResultExt};
pub(crate) use route::{Route, route_of};

use crate::report::Note;
use layer::{Layer, Node, Text};
use origin::Origin;
use std::error::Error as StdError;
use std::fmt::{Debug, Display};
use std::ops::Deref;
use std::panic::{Location, RefUnwindSafe, UnwindSafe};

/// An error of any type, with the frames and values of the moment it came to be.
///
/// `?` makes one of every error, and what it prints is the whole story: where it came from and through
/// which functions, with their values; what was said about it on the way; what caused it.
///
/// ```
/// use stacklens::{Result, ResultExt, frame};
///
/// #[frame]
/// fn parse_port(text: &str) -> Result<u16> {
///     let port = text.trim().parse()?;
///     Ok(port)
/// }
///
/// #[frame]
/// fn configure(line: &str) -> Result<u16> {
///     let (_, port) = line.split_once('=').unwrap_or_default();
///     parse_port(port).context("cannot read the port")
/// }
///
/// let error = configure("port = 80a").unwrap_err();
/// assert_eq!(error.to_string(), "cannot read the port");
/// assert_eq!(format!("{error:#}"), "cannot read the port: invalid digit found in string");
/// assert!(error.is::<std::num::ParseIntError>());
///
/// let report = error.report();
/// let frames: Vec<_> = report.frames().map(|frame| &*frame.function).collect();
/// assert_eq!(frames, ["configure", "parse_port"]);
/// ```
///
/// # On its way
///
/// It may be returned anywhere: by a thread to the one that joins it, by a task to the one that awaits it, through a channel,
/// or after it was stored. Each annotated function that it leaves there is in the report, too, with what says where it came
/// from.
///
/// ```
/// use stacklens::{Result, err, frame};
/// use std::thread;
///
/// #[frame]
/// fn work(shard: u32) -> Result<u32> {
///     Err(err!("shard {shard} is empty"))
/// }
///
/// #[frame]
/// fn gather() -> Result<u32> {
///     let worker = thread::Builder::new().name("worker".to_owned()).spawn(|| work(7))?;
///     let sum = worker.join().expect("no worker panics")?;
///     Ok(sum)
/// }
///
/// let text = format!("{:?}", gather().unwrap_err());
/// # #[cfg(not(feature = "off"))] {
/// let (here, there) = text.split_once("[joined from thread 'worker']").unwrap();
/// assert!(here.contains("in gather") && there.contains("in work"));
/// # }
/// ```
///
/// Errors of other types cannot take along what they left: it stays with the thread. `work().traced()`
/// ([`ResultExt::traced`]) in the thread makes one of them that can.
///
/// # How it prints
///
/// | | |
/// |---|---|
/// | `{}` | the message: of the outermost [`context`](Error::context), or the error's own |
/// | `{:#}` | and those of its causes, `message: cause: cause` |
/// | `{:?}` | the full report: what a `main` that returns [`Result`] prints |
/// | `{:#?}` | the `Debug` of the error that it was made of |
///
/// # Cost
///
/// Making one copies the frames that are active, at most some hundred: a few microseconds and some
/// allocations. Values become text when the report is asked for. One word in size.
///
/// # Where it comes from
///
/// It does what `anyhow::Error` does and is used the same way. Like there it is no `std::error::Error`
/// itself, so that `?` can make one of every type that is; `&*error` is one.
pub struct Error(Box<Inner>);

/// `Result` with an [`Error`], unless another error is named.
///
/// A `main` that returns it prints the report of its error and exits with code 1.
///
/// ```
/// fn main() -> stacklens::Result<()> {
///     let port: u16 = "80".parse()?;
///     println!("{port}");
///     Ok(())
/// }
/// ```
pub type Result<T, E = Error> = std::result::Result<T, E>;

struct Inner {
    node: Node,
    origin: Origin,
}

const _: () = assert!(size_of::<Option<Error>>() == size_of::<usize>());

impl Error {
    /// An error of this type, as `?` makes it.
    #[track_caller]
    pub fn new<E: StdError + Send + Sync + 'static>(error: E) -> Error {
        let type_name = std::any::type_name::<E>();
        Error::made(
            Node::new(Box::new(error), Some(type_name)),
            Location::caller(),
        )
    }

    /// An error that has nothing but a message. [`err!`](crate::err) formats one.
    #[track_caller]
    pub fn msg(message: impl Display) -> Error {
        Error::made(
            Node::new(Box::new(Text(message.to_string())), None),
            Location::caller(),
        )
    }

    /// An error whose type is not known any more.
    ///
    /// ```
    /// let boxed: Box<dyn std::error::Error + Send + Sync> = "no such user".into();
    /// let error = stacklens::Error::from_boxed(boxed);
    /// assert_eq!(error.to_string(), "no such user");
    /// ```
    #[track_caller]
    pub fn from_boxed(error: Box<dyn StdError + Send + Sync>) -> Error {
        Error::made(Node::new(error, None), Location::caller())
    }

    /// Several errors as one: all that is wrong with an input, say.
    ///
    /// ```
    /// use stacklens::{Error, err};
    ///
    /// let error = Error::many("2 settings are wrong", [err!("port is 0"), err!("no host")]);
    /// assert_eq!(format!("{error:#}"), "2 settings are wrong: [port is 0; no host]");
    /// assert_eq!(error.report().failure.causes.len(), 2);
    /// ```
    #[track_caller]
    pub fn many<E: Into<Error>>(
        message: impl Display,
        errors: impl IntoIterator<Item = E>,
    ) -> Error {
        let many = many::Many::new(message.to_string(), errors.into_iter().map(Into::into));
        Error::made(Node::new(Box::new(many), None), Location::caller())
    }

    fn made(node: Node, at: &'static Location<'static>) -> Error {
        let origin = Origin::here(node.type_name, at);
        Error(Box::new(Inner { node, origin }))
    }

    /// Says something about the error; its message stays as it is.
    ///
    /// The report shows notes below the message, with the place where they were added.
    ///
    /// ```
    /// use stacklens::err;
    ///
    /// let error = err!("no route").note("the network was down at 12:00");
    /// assert_eq!(error.to_string(), "no route");
    /// assert_eq!(error.report().failure.notes[0].text, "the network was down at 12:00");
    /// ```
    #[must_use]
    #[track_caller]
    pub fn note(mut self, note: impl Display) -> Error {
        let at = Location::caller();
        let note = Note::new(note.to_string()).at(at.file(), at.line(), at.column());
        self.0.node.notes.push(note);
        self
    }

    /// Says what failed because of the error: the new message, of which this error is the cause.
    ///
    /// The context is found by [`downcast_ref`](Error::downcast_ref) if it is an error of its own.
    #[must_use]
    pub fn context(mut self, context: impl Display + Send + Sync + 'static) -> Error {
        self.0.node.wrap(|below| Layer::new(context, below));
        self
    }

    /// The error and what caused it: each the [`source`](StdError::source) of the one before.
    pub fn chain(&self) -> Chain<'_> {
        Chain::of(self.as_dyn())
    }

    /// The last error of the [`chain`](Error::chain).
    pub fn root_cause(&self) -> &(dyn StdError + 'static) {
        self.chain().last().unwrap_or(self.as_dyn())
    }

    fn as_dyn(&self) -> &(dyn StdError + 'static) {
        &*self.0.node.error
    }
}

/// What `?` does.
impl<E: StdError + Send + Sync + 'static> From<E> for Error {
    #[track_caller]
    fn from(error: E) -> Error {
        Error::new(error)
    }
}

impl Deref for Error {
    type Target = dyn StdError + Send + Sync;

    fn deref(&self) -> &Self::Target {
        &*self.0.node.error
    }
}

impl AsRef<dyn StdError + Send + Sync> for Error {
    fn as_ref(&self) -> &(dyn StdError + Send + Sync + 'static) {
        &**self
    }
}

impl AsRef<dyn StdError> for Error {
    fn as_ref(&self) -> &(dyn StdError + 'static) {
        self.as_dyn()
    }
}

/// The error goes on as one of the standard library's; its report does not.
impl From<Error> for Box<dyn StdError + Send + Sync> {
    fn from(error: Error) -> Self {
        error.0.node.error
    }
}

/// The error goes on as one of the standard library's; its report does not.
impl From<Error> for Box<dyn StdError + Send> {
    fn from(error: Error) -> Self {
        error.0.node.error
    }
}

/// The error goes on as one of the standard library's; its report does not.
impl From<Error> for Box<dyn StdError> {
    fn from(error: Error) -> Self {
        error.0.node.error
    }
}

// As `anyhow::Error`: after a panic an error is looked at, not worked with.
impl UnwindSafe for Error {}
impl RefUnwindSafe for Error {}

const _: () = {
    const fn anywhere<T: Send + Sync + Unpin + UnwindSafe + RefUnwindSafe + Debug + 'static>() {}
    anywhere::<Error>();
    anywhere::<EnhancedError>();
};
