//! The settings that hold: explicit ones over those of the environment over the defaults.

use super::environment::environment;
use super::{Config, Format, Hot, NativeFrames, PreviousHook};
use crate::capture::{Capture, Limits, mode, secret};
use crate::color::ColorChoice;
use crate::native::check;
use crate::panics::PanicCallback;
use crate::report::{self, Level, Order, Theme};
use once_cell::race::OnceBox;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicPtr, Ordering};

/// All that a renderer or the panic hook wants to know.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) color: ColorChoice,
    pub(crate) format: Format,
    pub(crate) level: Level,
    pub(crate) order: Order,
    pub(crate) width: Option<usize>,
    pub(crate) native: NativeFrames,
    pub(crate) live_values: bool,
    pub(crate) theme: Theme,
    pub(crate) limits: Limits,
    pub(crate) previous: PreviousHook,
    pub(crate) on_panic: Option<PanicCallback>,
}

/// Null until [`install`]. Whatever it points to is never freed: readers take no lock, and may be in the
/// middle of a panic.
static INSTALLED: AtomicPtr<Settings> = AtomicPtr::new(ptr::null_mut());

/// The settings that hold now.
///
/// Takes no lock. The first call may allocate and read the environment: not for a hot path.
pub(crate) fn settings() -> &'static Settings {
    let installed = INSTALLED.load(Ordering::Acquire);
    // SAFETY: `install` alone stores here, pointers to boxes that are never freed.
    if let Some(settings) = unsafe { installed.as_ref() } {
        return settings;
    }
    static WITHOUT_INSTALL: OnceBox<Settings> = OnceBox::new();
    WITHOUT_INSTALL.get_or_init(|| Box::new(put_in_force(Config::new())))
}

/// Whether a failing function asks its arguments for their `Debug`.
static DEBUGS_FAILURES: AtomicBool = AtomicBool::new(false);

/// The same, and whether a `Debug` may run at all. The first to ask reads the environment.
pub(crate) fn debugs_failures() -> bool {
    allows_debug() && DEBUGS_FAILURES.load(Ordering::Relaxed)
}

/// Whether a `Debug` may run to record a value. The first to ask reads the environment.
pub(crate) fn allows_debug() -> bool {
    static ASKED: AtomicBool = AtomicBool::new(false);
    // Set before: reading allocates, and the allocator may be annotated and ask again.
    if !ASKED.load(Ordering::Relaxed) && !ASKED.swap(true, Ordering::Relaxed) {
        settings();
    }
    mode::allows(Capture::Full)
}

/// Whether tracebacks have native frames.
pub(crate) fn merges_native() -> bool {
    let settings = settings();
    match settings.native {
        NativeFrames::Auto => settings.level == Level::Full,
        NativeFrames::Always => true,
        NativeFrames::Never => false,
    }
}

/// Makes these the settings of the program.
pub(super) fn install(config: Config) {
    let settings = Box::new(put_in_force(config));
    INSTALLED.store(Box::into_raw(settings), Ordering::Release);
}

/// Hands out what other rooms keep of their own; the rest is what is returned.
fn put_in_force(explicit: Config) -> Settings {
    let environment = environment();
    let config = explicit.over(environment);
    mode::set(config.capture.unwrap_or_default());
    DEBUGS_FAILURES.store(config.debug == Some(true), Ordering::Relaxed);
    mode::set_hot(config.hot == Some(Hot::Always));
    if let Some(calls) = config.crosscheck {
        check::set(calls);
    }
    secret::set_names(&config.redact);
    report::set_source_roots(config.roots);
    Settings {
        color: config.color.unwrap_or_default(),
        format: config.format.unwrap_or_default(),
        level: config.level.unwrap_or_default(),
        order: config.order.unwrap_or_default(),
        width: config.width,
        native: config.native.unwrap_or_default(),
        live_values: config.live_values == Some(true),
        theme: config.theme.unwrap_or_else(Theme::ansi),
        limits: config.limits.unwrap_or(Limits::DEFAULT),
        previous: config.previous.unwrap_or_default(),
        on_panic: config.on_panic,
    }
}

impl Config {
    /// What is set here; what is not, as `other` has it. Lists are joined.
    fn over(mut self, other: &Config) -> Config {
        self.redact.extend_from_slice(&other.redact);
        self.roots.extend_from_slice(&other.roots);
        Config {
            capture: self.capture.or(other.capture),
            color: self.color.or(other.color),
            debug: self.debug.or(other.debug),
            format: self.format.or(other.format),
            hot: self.hot.or(other.hot),
            level: self.level.or(other.level),
            order: self.order.or(other.order),
            width: self.width.or(other.width),
            native: self.native.or(other.native),
            crosscheck: self.crosscheck.or(other.crosscheck),
            live_values: self.live_values.or(other.live_values),
            theme: self.theme.or_else(|| other.theme.clone()),
            limits: self.limits.or(other.limits),
            previous: self.previous.or(other.previous),
            on_panic: self.on_panic.or_else(|| other.on_panic.clone()),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Format;

    #[test]
    fn explicit_settings_win_and_lists_are_joined() {
        let environment = Config::new()
            .format(Format::Json)
            .color(ColorChoice::Never)
            .redact_names(["tan"]);
        let both = Config::new()
            .color(ColorChoice::Always)
            .redact_names(["iban"])
            .over(&environment);
        assert_eq!(both.format, Some(Format::Json));
        assert_eq!(both.color, Some(ColorChoice::Always));
        assert_eq!(both.redact, ["iban", "tan"]);
        assert_eq!(both.limits, None);
    }
}
