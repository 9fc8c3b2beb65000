//! Stack frames for Rust: which function is this, who called it, on which line, and with which values,
//! asked at any moment of a running program, in every build.
//!
//! Python answers that with `inspect.currentframe()`, `inspect.stack()` and `f_locals`. Here it is an
//! attribute, [`#[frame]`](macro@frame), and three functions: [`currentframe`], [`stack()`] and [`depth`].
//!
//! ```
//! use stacklens::{currentframe, frame};
//!
//! #[frame]
//! fn validate_positive(value: i64) -> Result<i64, String> {
//!     if value > 0 {
//!         return Ok(value);
//!     }
//!     let caller = currentframe().and_then(|frame| frame.back()).ok_or("called by nobody known")?;
//!     let (name, locals) = (caller.name(), caller.locals());
//!     Err(format!("expected a positive value, got {value}; {name} was called with {locals}"))
//! }
//!
//! #[frame]
//! fn process_items(count: i64) -> Result<i64, String> {
//!     validate_positive(count)
//! }
//!
//! assert_eq!(
//!     process_items(-5).unwrap_err(),
//!     "expected a positive value, got -5; process_items was called with {count: -5}",
//! );
//! ```
//!
//! # When to use it
//!
//! * A message, a log line or a metric should say who is to blame, not only what is wrong: [`Frame::back`].
//! * A program that fails far from you should say where it was and with which values: [`install()`] for
//!   panics, [`Error`] for errors, [`Report`] for what becomes of either.
//! * It hangs, or thousands of tasks wait: [`tasks::dump`], [`threads::dump_all`], [`mod@fault`].
//! * A test or an invariant depends on the way by which a function was reached: [`stack()`], [`depth`].
//!
//! # Your part
//!
//! Annotate what you want to see: a function, a whole `impl`, `trait` or inline `mod`. A function without
//! the attribute has no frame: the stack goes from its annotated caller straight to what it calls. Types of
//! your own are shown by name until they derive [`Inspect`](derive@Inspect).
//!
//! # What you get for it
//!
//! * Your function stays your function: signature, body, drop order, lints and the programs that the borrow
//!   checker accepts are those of the function without the attribute. There is no closure round the body.
//! * Every position is a statement, not only a function: [`Frame::line`] is the line that runs *now*, in
//!   callers as well.
//! * Values are copies, bounded in size and in work, and each says what it is: a value,
//!   `<not yet assigned>`, `<redacted>`, `<opaque Type>`, or a value with `(as of line N)` where it may
//!   have changed since.
//! * A frame is gone when its function is left: by return, `?`, `break`, panic, or a future that is
//!   dropped.
//! * No lock, and no heap allocation after a thread's first frame, on the way into and out of a function.
//!
//! # Why it is cheap
//!
//! 1. A frame is a record at the top of one region of memory per thread. Entering takes the next one,
//!    leaving stores the old top back; at no depth does that cost more than at another.
//! 2. A statement's position is one store of a number. The table that turns it into a line is in a string
//!    literal, decoded when somebody asks.
//! 3. A scalar is one store of its bits. What kind of value it is, is known from its type when the function
//!    is compiled.
//! 4. Nothing becomes text before somebody prints it.
//!
//! The README has the measured table, and the command that prints it.
//!
//! # Features
//!
//! * `native`, on by default: [`native`], the native stack and live variables from debug information.
//! * `color`, on by default: colours on terminals; without it none, whatever the environment says.
//! * `embed`: source lines in the program, as `#[frame(embed)]` for all functions.
//! * `futures`: `tasks::StreamExt`, frames for streams.
//! * `serde`: `serde::Serialize` for [`Stack`], [`FrameInfo`], [`Locals`], [`Local`], [`Value`], [`Code`]
//!   and [`Traceback`]; `Serialize` and `Deserialize` for a [`Report`] and its parts.
//! * `html`: `Report::to_html`, one page that needs nothing else.
//! * `sentry`: `Report::send_to_sentry`, through the client that the program has set up.
//! * `eyre`: `stacklens::eyre`, frames in the reports of eyre's errors.
//! * `tracing`: `stacklens::spans`, the spans of a tracing subscriber in reports, and
//!   `log_calls::TracingCrate`, the call log as its events.
//! * `log`: `log_calls::LogCrate`, the call log through the `log` crate's logger.
//! * `flame`: `log_calls::Timeline::write_flame_graph` and `threads::Profile::write_flame_graph`, an SVG.
//! * `grow`: `#[frame(grow)]`, a recursion that goes on where the native stack ends.
//! * `off`: [`macro@frame`], [`macro@log_calls`] and [`framed!`] return what they were given. The rest of the
//!   interface stays
//!   and answers that nothing is recorded: [`currentframe`] is `None`, [`stack()`] is empty, [`depth`] is
//!   0.
//!
//! # Limits
//!
//! The newest value is shown only where it can be read soundly; see [`macro@frame`] for the rules. A thread
//! records about two million frames; deeper ones are counted ([`Stack::unrecorded`]). An async function's
//! frame is on the stack while it is polled; between polls it is in [`tasks::dump`].

#[doc(hidden)]
pub mod __private;
mod capture;
mod code;
mod color;
mod config;
mod error;
pub mod fault;
mod framed;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
mod generator;
mod inspect;
mod lock;
pub mod log_calls;
pub mod native;
mod observe;
mod panics;
mod probe;
pub mod recursion;
pub mod report;
mod secret;
mod source;
#[cfg(feature = "tracing")]
pub mod spans;
#[cfg(not(feature = "tracing"))]
#[path = "spans/none.rs"]
mod spans;
mod stack;
mod suspend;
pub mod tasks;
pub mod threads;
mod trace;

pub use capture::{Capture, Encoder, Fields, Inspect, Limits, Value, ValueKind};
pub use code::Code;
pub use color::ColorChoice;
pub use config::{Config, Format, Hot, NativeFrames, PreviousHook, install};
#[cfg(feature = "eyre")]
pub use error::eyre;
pub use error::{
    Chain, EnhancedError, Error, IntoError, Reportable, Result, ResultExt, enhanced_traceback,
};
pub use framed::framed;
pub use generator::{
    Generator, GeneratorFrame, NotStarted, Yield, Yielder, generator, generator_with_send,
};
pub use inspect::{
    Frame, FrameInfo, Local, Locals, Origin, Stack, StackBytes, currentframe, depth, stack,
};
pub use panics::{catch, catch_with_payload};
pub use report::{Report, Traceback};
pub use secret::Secret;
pub use trace::{Hop, ReturnTrace};

/// Implements [`trait@Inspect`]: values of the type are shown by a bounded copy of their fields.
///
/// ```
/// use stacklens::{Inspect, currentframe, frame};
///
/// # struct Socket;
/// #[derive(Inspect)]
/// struct Session {
///     user: String,
///     password: String,
///     #[inspect(redact)]
///     balance: i64,
///     #[inspect(opaque)]
///     socket: Socket,
///     #[inspect(skip)]
///     buffer: Vec<u8>,
/// }
///
/// #[frame]
/// fn serve(session: &Session) -> String {
///     let here = currentframe().unwrap();
///     format!("{} has {}", session.user, here.locals().get("session").unwrap().value())
/// }
///
/// # let buffer = Vec::new();
/// let (user, password) = ("ann".to_owned(), "hunter2".to_owned());
/// let session = Session { user, password, balance: 5, socket: Socket, buffer };
/// assert_eq!(
///     serve(&session),
///     "ann has Session { user: \"ann\", password: <redacted>, balance: <redacted>, \
///      socket: <opaque Socket>, .. }",
/// );
/// ```
///
/// On structs (named, tuple, unit) and enums. Type parameters get the bound `Inspect`. Of a field:
///
/// | `#[inspect(..)]` | |
/// |---|---|
/// | `skip` | left out; the value ends in `..` |
/// | `opaque` | only the name of its type, which then needs no `Inspect` |
/// | `redact` | `<redacted>` |
/// | `show` | shown although its name is like a secret's |
///
/// Fields named like a secret (`password`, `api_key`, `authToken`, ..) are redacted by themselves. On the
/// type, `#[inspect(crate = some::path)]` says where stacklens is, if not at `::stacklens`.
///
/// # Errors
///
/// A `union`, an unknown option and one given twice are errors at the token in question. A field whose type
/// has no `Inspect` is one too, with the options that help.
///
/// # Cost
///
/// Of a value: a copy of at most 256 bytes, ten items of a container and four levels. No allocation, no
/// lock.
#[doc(inline)]
pub use stacklens_macros::Inspect;

/// Gives a function a frame: it can be found on the [`stack()`] while it runs, at its line, with its
/// values.
///
/// ```
/// use stacklens::{currentframe, frame};
///
/// #[frame]
/// fn area(width: u32, height: u32) -> String {
///     let area = width * height;
///     let here = currentframe().unwrap();
///     format!("{} at line {}: {}", here.name(), here.line() - here.code().first_line(), here.locals())
/// }
///
/// assert_eq!(area(6, 7), "area at line 3: {width: 6, height: 7, area: 42, here: <opaque Frame>}");
/// ```
///
/// # Where it goes
///
/// On free functions, methods (inherent, of trait impls, default ones of traits), `async fn`, `unsafe fn`,
/// `extern "C"` functions, generic ones; in every edition, beside other attributes in any order. On a whole
/// `impl`, `trait` or inline `mod` it stands for the attribute on each function in it:
///
/// ```
/// use stacklens::{currentframe, frame};
///
/// struct Parser;
///
/// #[frame(skip_all)]
/// impl Parser {
///     fn parse(&self, input: &str) -> String {
///         let here = currentframe().unwrap();
///         format!("{} of {} bytes {}", here.qualified_name(), input.len(), here.locals())
///     }
///
///     // A function's own options win over those of the container.
///     #[frame(only(input))]
///     fn peek(&self, input: &str) -> String {
///         let here = currentframe().unwrap();
///         format!("{} of {} bytes {}", here.name(), input.len(), here.locals())
///     }
///
///     // Leaves this one out.
///     #[frame(skip)]
///     fn unseen(&self) -> bool {
///         currentframe().is_none()
///     }
/// }
///
/// assert!(Parser.parse("1 + 2").ends_with("::Parser::parse of 5 bytes {}"));
/// assert_eq!(Parser.peek("1 + 2"), r#"peek of 5 bytes {input: "1 + 2"}"#);
/// assert!(Parser.unseen());
/// ```
///
/// There, `const fn`s are left alone, and functions that call nothing (no call, macro, loop, `?` or
/// `.await`): nobody could look at their frames. Declarations, variadic functions, `#[naked]` functions,
/// procedural macros and panic handlers are returned as they are wherever the attribute stands.
///
/// An async function is on the stack while it is polled, below whoever polls it:
///
/// ```
/// use stacklens::{frame, stack};
/// use std::future::Future;
/// use std::pin::pin;
/// use std::task::{Context, Poll, Waker};
///
/// #[frame]
/// async fn fetch(id: u32) -> String {
///     let frames = stack();
///     assert_eq!(frames[0].locals().get("id").unwrap().to_string(), "id: 7");
///     format!("{} {id}, called by {}", frames[0].name(), frames[1].name())
/// }
///
/// #[frame]
/// async fn handle() -> String {
///     fetch(7).await
/// }
///
/// let polled = pin!(handle()).poll(&mut Context::from_waker(Waker::noop()));
/// assert_eq!(polled, Poll::Ready("fetch 7, called by handle".to_owned()));
/// ```
///
/// # Options
///
/// Separated by commas; each at most once.
///
/// **`name = ".."`** is what the frame is called; `#[frame(name = "GET /users")]`.
///
/// ```
/// # use stacklens::{currentframe, frame};
/// #[frame(name = "GET /users")]
/// fn get_users() -> &'static str {
///     currentframe().unwrap().name()
/// }
///
/// assert_eq!(get_users(), "GET /users");
/// ```
///
/// **`skip(a, b)`**, **`skip_all`**, **`only(a)`** choose the variables that are recorded, arguments and
/// locals alike. The others are not named.
///
/// ```
/// # use stacklens::{currentframe, frame};
/// # fn locals() -> String { currentframe().unwrap().locals().to_string() }
/// #[frame(skip(body))]
/// fn receive(from: &str, body: &[u8]) -> String {
///     locals()
/// }
///
/// #[frame(only(from))]
/// fn receive_only(from: &str, body: &[u8]) -> String {
///     locals()
/// }
///
/// #[frame(skip_all)]
/// fn receive_nothing(from: &str, body: &[u8]) -> String {
///     locals()
/// }
///
/// assert_eq!(receive("ann", b"hi"), r#"{from: "ann"}"#);
/// assert_eq!(receive_only("ann", b"hi"), r#"{from: "ann"}"#);
/// assert_eq!(receive_nothing("ann", b"hi"), "{}");
/// ```
///
/// **`redact(a)`**, **`show(a)`**: what is redacted is never read. A name with a segment of a fixed list
/// (`password`, `secret`, `token`, `key`, `auth`, `cookie`, ..; `api_key` and `authToken` have one) is
/// redacted by itself, and `show` takes that back.
///
/// ```
/// # use stacklens::{currentframe, frame};
/// #[frame(redact(pin), show(tokens))]
/// fn pay(pin: u32, password: &str, tokens: usize) -> String {
///     currentframe().unwrap().locals().to_string()
/// }
///
/// assert_eq!(pay(1234, "x", 3), "{pin: <redacted>, password: <redacted>, tokens: 3}");
/// ```
///
/// **`capture = "none"`**, **`"cheap"`** (the default), **`"full"`**: no values; the bounded copies listed
/// below; and besides, where a variable's type is written and has no `Inspect`, what its `Debug` prints.
///
/// ```
/// # use stacklens::{currentframe, frame};
/// # fn locals() -> String { currentframe().unwrap().locals().to_string() }
/// #[derive(Debug)]
/// struct Point(i32, i32);
///
/// #[frame(capture = "none")]
/// fn none(point: &Point) -> String {
///     format!("{} {}", point.0, locals())
/// }
///
/// #[frame(capture = "cheap")]
/// fn cheap(point: &Point) -> String {
///     format!("{} {}", point.0, locals())
/// }
///
/// #[frame(capture = "full")]
/// fn full(point: &Point) -> String {
///     format!("{} {}", point.0, locals())
/// }
///
/// let point = Point(1, 2);
/// assert_eq!(none(&point), "1 {}");
/// assert_eq!(cheap(&point), "1 {point: <opaque &Point>}");
/// assert_eq!(full(&point), "1 {point: Point(1, 2)}");
/// ```
///
/// `"full"` runs that `Debug` at each call. A panic of it is caught (`<omitted: its Debug panicked>`), one
/// that is annotated itself is not entered again, and no more than 256 bytes are kept; the time it takes is
/// its own. (Only where the function fails: [`Config::debug`].)
///
/// Where no attribute says anything, the environment of the build does, `STACKLENS=capture=full`; and when
/// the program runs, it can be lowered, see [`Config`].
///
/// **`embed`** puts the function's source lines into the program: a report has them where it runs without its
/// source files, or with others. Whoever has the program can read them. The feature `embed` does it for all.
///
/// ```
/// # use stacklens::{Report, frame};
/// #[frame(embed)]
/// fn port(text: &str) -> Result<u16, std::num::ParseIntError> {
///     let port = text.parse()?;
///     Ok(port)
/// }
///
/// let report = Report::of(&port("80a").unwrap_err());
/// assert!(report.to_string().contains("let port = text.parse()?;"));
/// ```
///
/// **`future`** is for a function that returns a future without being `async`: its frame goes on with that. So it is on the
/// stack while the future is polled, and among the frames of [`tasks::dump`] from the call on, with the values that the
/// function's variables had. The statements of an `async` block that is returned (in `Box::pin` or not) are positions of the
/// frame.
///
/// ```
/// use stacklens::{frame, tasks};
/// use std::future::Future;
/// use std::pin::{Pin, pin};
/// use std::task::{Context, Waker};
///
/// #[frame(future)]
/// fn fetch(id: u32) -> impl Future<Output = usize> {
///     let url = format!("https://example.com/{id}");
///     async move {
///         std::future::pending::<()>().await;
///         url.len()
///     }
/// }
///
/// #[frame(future)]
/// fn boxed(id: u32) -> Pin<Box<dyn Future<Output = usize> + Send>> {
///     Box::pin(fetch(id))
/// }
///
/// let mut task = boxed(7);
/// assert!(task.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
/// # #[cfg(not(feature = "off"))] {
/// let dump = tasks::dump();
/// let waiting = dump.frames().find(|frame| frame.name() == "fetch").unwrap();
/// assert_eq!(waiting.locals().to_string(), r#"{id: 7, url: "https://example.com/7"}"#);
/// assert_eq!(waiting.awaited_by().unwrap().name(), "boxed");
/// # }
/// ```
///
/// The type may be `impl Future`, or a `Pin<Box<dyn Future>>` by whatever name (`BoxFuture<'_, T>`, `Self::Future`): one that
/// is boxed elsewhere is boxed once more. On an `impl`, `trait` or `mod` it is for those of its functions that return
/// `impl Future`, `Pin<Box<dyn Future>>`, `BoxFuture` or `LocalBoxFuture`. A macro of yours that returns from the function
/// returns a future without the frame, where the type lets it.
///
/// **`hide`** leaves the frame out of printed stacks and tracebacks, where it is counted. As data it is
/// there.
///
/// ```
/// # use stacklens::{frame, stack};
/// #[frame(hide)]
/// fn plumbing() -> stacklens::Stack {
///     stack()
/// }
///
/// let stack = plumbing();
/// assert_eq!(stack.to_string(), "[1 hidden frame]");
/// assert!(stack[0].is_hidden());
/// ```
///
/// **`recursion_limit = N`** lets the function be active N times on a thread, and not once more; N is a number
/// or the path of a constant. Functions that call each other are counted each for its own.
///
/// ```
/// # use stacklens::{frame, recursion::RecursionError};
/// #[frame(recursion_limit = 100)]
/// fn nested(levels: u32) -> u32 {
///     if levels == 1 { 1 } else { nested(levels - 1) + 1 }
/// }
///
/// # std::panic::set_hook(Box::new(|_| {}));
/// assert_eq!(nested(100), 100);
/// let payload = std::panic::catch_unwind(|| nested(101)).unwrap_err();
/// let error = payload.downcast_ref::<RecursionError>().unwrap();
/// assert_eq!(error.to_string(), "maximum recursion depth exceeded (limit 100 activations of nested)");
/// ```
///
/// **`on_recursion = "error"`** returns a [`RecursionError`](recursion::RecursionError) as the `Err` of the
/// function's `Result`, made with `From`, where it would be raised as a panic (`"panic"`, the default). It is
/// so for each of the limits that [`recursion`] describes. On a container it is meant for the functions whose
/// written result is called `..Result`.
///
/// **`grow`** (feature `grow`): where little of the native stack is left, the function goes on on another piece
/// of it, up to `recursion::max_stack`. Its body is moved into a closure: `Location::caller()` in it is then
/// the function's own place. A native frame of more than 64 KiB may not fit what is left when it is asked.
///
/// **`crate = path`** says where stacklens is, for a crate that re-exports it.
///
/// ```
/// mod vendored {
///     pub extern crate stacklens;
/// }
///
/// #[vendored::stacklens::frame(crate = crate::vendored::stacklens)]
/// fn framed() -> usize {
///     vendored::stacklens::depth()
/// }
///
/// # fn main() {
/// assert_eq!(framed(), 1);
/// # }
/// ```
///
/// **`skip`** without names leaves a function out of its annotated container, see above.
///
/// # What is shown
///
/// Values are copied when a variable is bound, assigned, or used by name at the start of a later statement.
/// Which are:
///
/// * **Always**: integers, floats, `bool`, `char`, `()`; `&str` and `String`.
/// * **By a list of everyday types**, whether the type is written or inferred: the other strings and paths,
///   `Duration`, `NonZero`, atomics, `Cell`, addresses, ranges, and `Option`, `Result`, `Vec`, slices,
///   arrays, maps, sets, `Box`, `Rc`, `Arc` and references of such types. A lock is never taken: a `Mutex`
///   shows none of its content.
/// * **Where the type is written** (an argument, `let x: T`): everything with [`trait@Inspect`], at any
///   nesting of std's types that four levels have room for; with `capture = "full"`, and where the function
///   fails if [`Config::debug`] says so, everything with `Debug`.
/// * **Everything else** by the name of its type: `<opaque Foo>`.
///
/// Up to 256 bytes of a value are kept, ten items of a container, four levels, 32 variables a function.
/// What is cut is counted: `"abc"... (1000 bytes)`, `[1, 2, ... 998 more]`.
///
/// A variable that is declared but has no value yet is `<not yet assigned>`. One that may have changed
/// since it was copied (it is `mut`, or a `&mut`, and was mentioned in between) says `(as of line N)`.
/// Names that are shadowed or out of scope disappear and come back as scopes end.
///
/// Where a copy would silence a lint of the compiler or of clippy, the lint wins. An argument or `let` that
/// nothing else mentions is warned about as without the attribute, and shown all the same if it is a plain
/// name (an argument: of a scalar or shared reference type, not in an async function) and its type is
/// always shown or in the list. Otherwise it reads `<omitted: not captured>`, as does a `let` whose name
/// begins with `_`, and such an argument if it is used.
///
/// A function that is `unsafe`, or has `unsafe` in its body, records scalars only: what a reference leads
/// to may be half made there.
///
/// In builds without optimisation (on x86_64 Linux), a function that was entered more than 4096 times keeps
/// its frame and its positions but records values in 1 of 128 calls, and so does a copy that is no scalar
/// made more than 1000 times at one place. In between, a value reads
/// `<omitted: captured rarely, as it is hot, in unoptimised builds>`. Optimised builds always record,
/// others with [`Config::hot`].
///
/// # Errors
///
/// At compile time, at the token in question: an unknown or repeated option, a name in `skip`, `only`,
/// `redact` or `show` that the function does not have, a `const fn`, an item that is no function or
/// container of functions. A body in syntax that the macro does not know is passed on with the frame alone;
/// errors in it are the compiler's, at your tokens.
///
/// # Panics
///
/// With a [`RecursionError`](recursion::RecursionError), instead of a stack that overflows, and at limits that
/// you set; see [`recursion`]. Never otherwise, by itself.
///
/// # Cost
///
/// Instructions over the call without the attribute, in an optimised build on x86_64: see the table in the
/// README. The first frame of a thread reserves address space (512 MiB where memory is committed as it is
/// touched, 4 MiB elsewhere). With the feature `off`, nothing: the item is returned untouched.
///
/// # Where it comes from
///
/// CPython's frame objects: a running frame is a bare record, and the object that a person holds is made
/// when someone asks. Names follow: [`Frame::back`] is `f_back`, [`Frame::lasti`] `f_lasti`,
/// [`Frame::locals`] `f_locals`.
#[doc(inline)]
pub use stacklens_macros::frame;

/// Logs the calls of a function: a line when it begins, with its arguments, and one when it ends, with
/// what it returned. Implies [`#[frame]`](macro@frame).
///
/// ```
/// use stacklens::log_calls;
///
/// #[log_calls]
/// fn factorial(n: u64) -> u64 {
///     if n <= 1 {
///         return 1;
///     }
///     n * factorial(n - 1)
/// }
///
/// # let text = std::sync::Arc::new(stacklens::log_calls::Writer::new(Vec::new()));
/// # stacklens::log_calls::set_sink(text.clone());
/// factorial(4);
/// # #[cfg(not(feature = "off"))]
/// # text.with(|text| assert_eq!(text, include_bytes!("../tests/snapshots/examples/log_calls.stdout")));
/// ```
///
/// prints, to standard error or [where else you say](log_calls::set_sink):
///
/// ```text
#[doc = include_str!("../tests/snapshots/examples/log_calls.stdout")]
/// ```
///
/// # Where it goes
///
/// Where `#[frame]` goes: functions, methods, whole `impl`s, `trait`s and inline `mod`s (where it is on
/// functions that call nothing too), async functions. Inside a container, `#[frame]` on a function gives it
/// a frame and leaves it out of the log, and `#[log_calls(skip)]` leaves it out of both. Closures and blocks
/// have [`framed!(log, "name", expression)`](framed!).
///
/// # What a line shows
///
/// * `→ name(arguments)`: what the frame recorded of them. Where that is only a type, and the type is
///   written, what its `Debug` prints; `<Type>` without one. `Type::name` for a method; `self` on request.
///   At the end of the call they are shown as they were at its beginning.
/// * `← name(arguments) = result`: whatever is returned, a borrow or an `impl Trait` too, without moving or
///   cloning it: by a list of everyday types, its [`trait@Inspect`], its `Debug`, or as `<Type>`.
///   `()` is not shown.
/// * `✗` for `Err`, `∅` for `None`, `↯ name(arguments) panicked: message`, and `↯ .. dropped` for a future
///   that is dropped before it is ready. What `?` leaves by is shown as it was before its conversion.
///   `= <returned>`: a macro in the body returned, which the attribute cannot see into.
/// * Two spaces for each logged call around it; from the hundredth on its number.
/// * `#3` before the lines of an asynchronous task, which keep their own depth: one line at the first poll,
///   one at the end.
///
/// Values obey the limits and the redaction of frames. What a function named like a secret returns is
/// redacted, and `redact(result)` and `show(result)` say so of others.
///
/// # Options
///
/// Those of `#[frame]`, and:
///
/// | option | |
/// |---|---|
/// | `level = "debug"` | its importance, for [filters](log_calls::set_filter); `"info"` where nothing is said |
/// | `if = n > 3` | an expression of the arguments: whether this call is logged |
/// | `sink = crate::AUDIT` | a static [`Sink`](log_calls::Sink) of its own |
/// | `args = false`, `result = false` | without them |
/// | `names`, `types`, `time`, `place`, `thread`, `qualified`, `receiver`, `suspend` | see [`Format`](log_calls::Format) |
///
/// ```
/// use stacklens::log_calls;
///
/// struct Account {
///     balance: i64,
/// }
///
/// #[log_calls(names)]
/// impl Account {
///     #[log_calls(level = "warn", if = amount > 1_000)]
///     fn withdraw(&mut self, amount: i64) -> Result<i64, String> {
///         if amount > self.balance {
///             return Err("not enough".to_owned());
///         }
///         self.balance -= amount;
///         Ok(self.balance)
///     }
/// }
///
/// # let text = std::sync::Arc::new(stacklens::log_calls::Writer::new(Vec::new()));
/// # stacklens::log_calls::set_sink(text.clone());
/// let mut account = Account { balance: 500 };
/// assert_eq!(account.withdraw(100), Ok(400));
/// assert!(account.withdraw(2_000).is_err());
/// # #[cfg(not(feature = "off"))]
/// # text.with(|text| assert_eq!(std::str::from_utf8(text).unwrap(), "\
/// # → Account::withdraw(amount=2000)\n✗ Account::withdraw(amount=2000) = Err(\"not enough\")\n"));
/// // → Account::withdraw(amount=2000)
/// // ✗ Account::withdraw(amount=2000) = Err("not enough")
/// ```
///
/// # Errors
///
/// At compile time, at the token in question, as for `#[frame]`. `#[frame]` and `#[log_calls]` on one item
/// are an error: one is enough.
///
/// # Panics
///
/// Never, by itself. A panic of a value's `Debug` or of the sink is caught. The first logged call puts a
/// panic hook before the one there is, which remembers the message and calls that one.
///
/// # Cost
///
/// Two lines to a sink cost what two hand-written `writeln!`s cost or less, and allocate nothing where the
/// values are scalars and texts; a call that is filtered out by level or path, a dozen instructions over its
/// frame: see the table in the README. With the feature `off`, nothing.
#[doc(inline)]
pub use stacklens_macros::log_calls;

/// Gives an expression a frame: a block, the body of a closure, the root of a thread.
///
/// ```
/// use stacklens::{FrameInfo, frame, framed, stack};
///
/// #[frame]
/// fn leaf() -> Vec<&'static str> {
///     stack().iter().map(FrameInfo::name).collect()
/// }
///
/// let worker = std::thread::spawn(|| framed!("worker", leaf()));
/// assert_eq!(worker.join().unwrap(), ["leaf", "worker"]);
/// ```
///
/// `framed!(log, "worker", leaf())` logs it too, as [`#[log_calls]`](macro@log_calls) does.
/// `framed!(embed, "worker", leaf())` has the lines of the expression in the program, as `#[frame(embed)]` those of a
/// function.
///
/// The name is a string literal; the value is that of the expression. `?`, `return`, `break` and `continue`
/// in it mean what they mean without the macro. The frame has no locals of its own, and its line is that of
/// the expression. [`Code::is_closure`] tells it from a function.
///
/// # Errors
///
/// Anything but a string literal, a comma and an expression is an error at the first token that is not.
///
/// # Cost
///
/// That of a function's frame without values. With the feature `off`, nothing: the expression is all that
/// is left.
#[doc(inline)]
pub use stacklens_macros::framed;

/// The README's programs run with the examples of these pages.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
