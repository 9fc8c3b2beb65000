//! What a program can set: once, for all threads.

mod environment;
mod settings;

#[cfg(fuzzing)]
pub(crate) use environment::fuzz;
pub(crate) use settings::{Settings, allows_debug, debugs_failures, merges_native, settings};

use crate::capture::{Capture, Limits};
use crate::color::ColorChoice;
use crate::panics::{self, PanicCallback};
use crate::report::{Level, Order, Report, Theme};
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

/// How reports look, what they may show, and what happens to panics: the settings of a program.
///
/// ```
/// use stacklens::{ColorChoice, Config, Limits};
///
/// let mut limits = Limits::default();
/// limits.string_chars = 200;
///
/// Config::new()
///     .color(ColorChoice::Never)
///     .limits(limits)
///     .redact_names(["iban", "tan"])
///     .install();
/// ```
///
/// # The environment
///
/// What is not set here is taken from the variable `STACKLENS`, a list of settings separated by commas,
/// and what is not there either has a default:
///
/// | `STACKLENS=` | here | default |
/// |---|---|---|
/// | `format=text`, `json` | [`format`](Config::format) | `text` |
/// | `level=brief`, `normal`, `full` | [`level`](Config::level) | `normal` |
/// | `order=recent_last`, `recent_first` | [`order`](Config::order) | `recent_last` |
/// | `width=80` | [`width`](Config::width) | 100 |
/// | `color=auto`, `always`, `never` | [`color`](Config::color) | `auto` |
/// | `capture=none`, `cheap`, `full` | [`capture`](Config::capture) | `full` |
/// | `debug=off`, `on` | [`debug`](Config::debug) | `off` |
/// | `hot=rarely`, `always` | [`hot`](Config::hot) | `rarely` |
/// | `native=auto`, `always`, `never` | [`native`](Config::native) | `auto` |
/// | `crosscheck=100` | [`crosscheck`](Config::crosscheck) | 0 |
/// | `redact=iban\|tan` | [`redact_names`](Config::redact_names) | |
/// | `roots=/src/app:/src/lib` | [`roots`](Config::roots) | |
/// | `previous=auto`, `always`, `never` | [`previous_hook`](Config::previous_hook) | `auto` |
/// | `string_chars=200`, .. | a field of [`Limits`] | [`Limits::DEFAULT`] |
///
/// The variable is read once, by [`install`](Config::install) or when something is shown first. What is
/// wrong in it is said on standard error, once; the rest of it holds.
///
/// `capture=full` is different in one respect: code that formats values has to be compiled in. The
/// attribute macros read the variable too, so that `STACKLENS=capture=full cargo run` builds the program
/// with `"full"` wherever an attribute does not say otherwise. Cargo rebuilds what is annotated whenever
/// the variable changes; run the built program itself to change settings without that.
#[derive(Clone, Default)]
#[must_use = "settings hold once they are installed"]
pub struct Config {
    capture: Option<Capture>,
    color: Option<ColorChoice>,
    debug: Option<bool>,
    format: Option<Format>,
    hot: Option<Hot>,
    level: Option<Level>,
    order: Option<Order>,
    width: Option<usize>,
    native: Option<NativeFrames>,
    crosscheck: Option<usize>,
    live_values: Option<bool>,
    theme: Option<Theme>,
    limits: Option<Limits>,
    redact: Vec<String>,
    roots: Vec<PathBuf>,
    previous: Option<PreviousHook>,
    on_panic: Option<PanicCallback>,
}

/// The form in which a panic's report is written to standard error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// One line of JSON, see `Report::to_json`.
    Json,
}

/// How often hot functions record their values in a build without optimisation. Those of a function that is
/// called a million times would be most of what a test does, see [`frame`](macro@crate::frame).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Hot {
    /// Now and then.
    #[default]
    Rarely,
    /// Each time.
    Always,
}

/// Whether tracebacks have the functions too that nobody annotated: those of the native stack, between the
/// annotated ones.
///
/// They are found when a traceback is made (microseconds), and named when it is shown: some milliseconds,
/// the first time. Of std's start of the program and of threads only the number is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NativeFrames {
    /// At [`Level::Full`].
    #[default]
    Auto,
    /// Always, where the feature `native` is on and the system is one where they can be found.
    Always,
    /// Never.
    Never,
}

/// Whether the panic hook that was there before [`Config::install`] runs too, after the report is
/// written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PreviousHook {
    /// If it is not the standard library's: somebody has set it for a purpose (a crash reporter, a
    /// terminal to be restored). The standard library's would only say again what the report says. (The
    /// test harness sets one that does say it again.)
    #[default]
    Auto,
    /// Always: the standard library's message, too.
    Always,
    /// Never.
    Never,
}

impl Config {
    /// Settings that leave everything to the environment and the defaults.
    pub const fn new() -> Config {
        Config {
            capture: None,
            color: None,
            debug: None,
            format: None,
            hot: None,
            level: None,
            order: None,
            width: None,
            native: None,
            crosscheck: None,
            live_values: None,
            theme: None,
            limits: None,
            redact: Vec::new(),
            roots: Vec::new(),
            previous: None,
            on_panic: None,
        }
    }

    /// Lowers what is recorded and shown of values, whatever the attributes ask for.
    ///
    /// [`Capture::Cheap`] runs no `Debug` any more, [`Capture::None`] no code of the program's at all and
    /// shows no value. A scalar is still copied then: not doing so would cost more than doing it.
    pub const fn capture(mut self, capture: Capture) -> Config {
        self.capture = Some(capture);
        self
    }

    /// Whether a function that fails asks its arguments for their `Debug`, where nothing else is known of
    /// their types: `<opaque Order>` is `Order { id: 7, .. }` then.
    ///
    /// Off by default, because a `Debug` is anybody's code. One that waits for a lock which the failing
    /// function holds waits forever, one that counts to infinity counts, and nothing can stop it on its
    /// own thread. What `#[derive(Debug)]` makes does neither, if its fields' impls don't. Shown without
    /// this, and safely: types that derive [`Inspect`](crate::Inspect), and the standard library's.
    ///
    /// Where it is on, a `Debug` that panics is caught; the output of one that writes without end is cut,
    /// and it is unwound if it goes on all the same (not under `panic = "abort"`). It runs where an error
    /// leaves, never where nothing fails.
    pub const fn debug(mut self, on: bool) -> Config {
        self.debug = Some(on);
        self
    }

    /// Whether functions that are called very often record their values each time, in a build without
    /// optimisation. An optimised build records always.
    pub const fn hot(mut self, hot: Hot) -> Config {
        self.hot = Some(hot);
        self
    }

    /// When reports are coloured.
    pub const fn color(mut self, color: ColorChoice) -> Config {
        self.color = Some(color);
        self
    }

    /// The form of a panic's report on standard error.
    pub const fn format(mut self, format: Format) -> Config {
        self.format = Some(format);
        self
    }

    /// How much a report says as text.
    pub const fn level(mut self, level: Level) -> Config {
        self.level = Some(level);
        self
    }

    /// Which frame comes first in text.
    pub const fn order(mut self, order: Order) -> Config {
        self.order = Some(order);
        self
    }

    /// Columns that lines of text should not exceed.
    pub const fn width(mut self, columns: usize) -> Config {
        self.width = Some(columns);
        self
    }

    /// Whether the tracebacks of reports have the functions of the native stack too, see
    /// [`native`](mod@crate::native).
    pub const fn native(mut self, native: NativeFrames) -> Config {
        self.native = Some(native);
        self
    }

    /// Whether the reports of panics show what variables hold in memory, see
    /// [`native::locals`](crate::native::locals): where no copy is recorded, or an old one, and of the functions that
    /// [`native`](Config::native) adds. Off by default: it needs debug information, and costs some milliseconds a panic.
    pub const fn live_values(mut self, live: bool) -> Config {
        self.live_values = Some(live);
        self
    }

    /// Holds the recorded stack against the native one at every `calls`-th call of an annotated function, and
    /// panics with [what it found](crate::native::CrossCheck) where they disagree; 0, the default: never.
    ///
    /// For tests: a disagreement is a frame that was left behind by code that unwinds by other means than
    /// Rust's, or an error of this library. Each call takes some ten nanoseconds more while it is on, a check
    /// some ten microseconds; it allocates, so that a signal handler must not enter annotated functions.
    /// Deep stacks are checked less often, so that it stays so; nothing is checked while a panic unwinds, nor
    /// beyond some thousand frames. It holds for the thread that
    /// installs it and those that enter their first annotated function later. From the environment it holds
    /// for all.
    pub const fn crosscheck(mut self, calls: usize) -> Config {
        self.crosscheck = Some(calls);
        self
    }

    /// The colours, where there are any: [`Theme::ansi`] if nothing is set.
    pub fn theme(mut self, theme: Theme) -> Config {
        self.theme = Some(theme);
        self
    }

    /// How much reports show. What a value is cut to when it is recorded is fixed: the first three fields
    /// can be lowered by this, not raised.
    pub const fn limits(mut self, limits: Limits) -> Config {
        self.limits = Some(limits);
        self
    }

    /// More names whose values are secrets, beside the built-in list (`password`, `token`, ..).
    ///
    /// A variable or a field is redacted if the words of such a name stand in its own, in any style:
    /// `iban` covers `iban`, `customer_iban` and `customerIban`; `card_number` covers `cardNumber2`. Adds
    /// to names given before and to those of the environment.
    ///
    /// A variable's value is redacted when it is read, before it is text; a field's, in a type that
    /// derives `Inspect`, when it is recorded. For a variable whose value must not even be copied:
    /// `#[frame(redact(iban))]`.
    pub fn redact_names<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Config {
        self.redact.extend(names.into_iter().map(Into::into));
        self
    }

    /// Directories in which source files are looked for, when they are not where the compiler saw them.
    /// Adds to those given before and to those of the environment.
    pub fn roots<P: Into<PathBuf>>(mut self, roots: impl IntoIterator<Item = P>) -> Config {
        self.roots.extend(roots.into_iter().map(Into::into));
        self
    }

    /// Whether the panic hook that is set now runs after the report.
    pub const fn previous_hook(mut self, previous: PreviousHook) -> Config {
        self.previous = Some(previous);
        self
    }

    /// A function that gets each panic's report, after it is written: to send it somewhere.
    ///
    /// It runs in the panic hook: a panic of its own aborts the process, and a lock that the panicking
    /// code holds is still held. It is not called for panics inside [`catch`](crate::catch).
    pub fn on_panic(mut self, callback: impl Fn(&Report) + Send + Sync + 'static) -> Config {
        self.on_panic = Some(PanicCallback(Arc::new(callback)));
        self
    }

    /// Makes the settings those of the program, and reports panics from now on.
    ///
    /// A panic's report has the message, the frames with their values, and the place; it replaces what the
    /// standard library prints ([`PreviousHook`]). It is written to standard error in one piece, and
    /// captured by the test harness like other output.
    ///
    /// Called again, it replaces the settings: those of the first call do not linger. The hook is set
    /// anew if another one was set in between. On a thread that is panicking hooks cannot be changed: then
    /// the settings hold and the hook is left alone.
    ///
    /// # Cost
    ///
    /// The settings are never freed (some hundred bytes): threads that are using them need no lock. To be
    /// called a few times, not in a loop.
    pub fn install(self) {
        settings::install(self);
        panics::install();
    }
}

/// Reports panics, with frames and values, in place of the standard library's message:
/// [`Config::install`] with the defaults and what `STACKLENS` says.
///
/// ```
/// stacklens::install();
/// ```
pub fn install() {
    Config::new().install();
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("capture", &self.capture)
            .field("color", &self.color)
            .field("debug", &self.debug)
            .field("format", &self.format)
            .field("hot", &self.hot)
            .field("level", &self.level)
            .field("order", &self.order)
            .field("width", &self.width)
            .field("native", &self.native)
            .field("crosscheck", &self.crosscheck)
            .field("theme", &self.theme)
            .field("limits", &self.limits)
            .field("redact", &self.redact)
            .field("roots", &self.roots)
            .field("previous", &self.previous)
            .field("on_panic", &self.on_panic.is_some())
            .finish()
    }
}
