//! Which calls are logged: directives as in `STACKLENS_LOG`, and what they say of a function.

mod parse;

use super::Level;
use std::fmt;
use std::num::NonZeroU64;
use std::sync::atomic::{AtomicPtr, AtomicU64, Ordering::*};
use std::time::Duration;

/// What a call must meet besides its function's level.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Conditions {
    /// Logged calls that may be round it.
    pub(super) depth: Option<u32>,
    /// It is mentioned when it ends, if it took longer.
    pub(super) slow: Option<Duration>,
    /// One in so many.
    pub(super) sample: Option<NonZeroU64>,
    /// So many of each function, counted since the filter was set.
    pub(super) first: Option<u64>,
}

/// What holds for the functions whose names a pattern meets.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Rule {
    /// Path segments; empty: every function.
    pattern: Box<[Box<str>]>,
    /// The pattern is about the end of the name (`*::parse`).
    suffix: bool,
    /// `None`: off.
    level: Option<Level>,
    pub(super) conditions: Conditions,
}

/// All directives, the most particular rule first and the one for every function last.
#[derive(Debug, PartialEq)]
pub(super) struct Filter {
    text: Box<str>,
    rules: Vec<Rule>,
}

/// Some directives of a filter make no sense. The others are in force.
///
/// ```
/// let error = stacklens::log_calls::set_filter("debug,depth<many").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "`depth<many`: expected a number behind `depth<`; this directive is left out, the rest is in force",
/// );
/// # stacklens::log_calls::set_filter("info").unwrap();
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterError {
    /// Each directive, and what was expected.
    wrong: Vec<(String, String)>,
}

impl FilterError {
    /// The directives that were left out.
    pub fn directives(&self) -> impl Iterator<Item = &str> {
        self.wrong.iter().map(|(directive, _)| &**directive)
    }
}

impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (directive, expected) in &self.wrong {
            write!(f, "`{directive}`: {expected}; ")?;
        }
        f.write_str(match self.wrong.len() {
            1 => "this directive is left out, the rest is in force",
            _ => "these directives are left out, the rest is in force",
        })
    }
}

impl std::error::Error for FilterError {}

impl Filter {
    /// The index of the rule for a function, or `None` if that says that the function is not logged.
    pub(super) fn decide(&self, qualified_name: &str, level: Level) -> Option<u32> {
        let index = self
            .rules
            .iter()
            .position(|rule| rule.meets(qualified_name))?;
        let on = self.rules[index].level.is_some_and(|most| level <= most);
        on.then_some(index as u32)
    }

    pub(super) fn conditions(&self, rule: u32) -> Conditions {
        self.rules
            .get(rule as usize)
            .map(|rule| rule.conditions)
            .unwrap_or_default()
    }
}

impl Conditions {
    /// Whether a call of this function, at this depth, is to be logged; counts it.
    pub(super) fn admit(&self, site: &super::site::LogSite, depth: u32) -> bool {
        if self.depth.is_some_and(|depths| depth >= depths) {
            return false;
        }
        if self.sample.is_none() && self.first.is_none() {
            return true;
        }
        let before = site.count();
        self.sample.is_none_or(|n| before % n == 0) && self.first.is_none_or(|n| before < n)
    }
}

impl Rule {
    /// Whether the pattern is a run of whole segments at the beginning (or end) of the name.
    fn meets(&self, name: &str) -> bool {
        let segments: Vec<&str> = name.split("::").collect();
        let Some(room) = segments.len().checked_sub(self.pattern.len()) else {
            return false;
        };
        let from = if self.suffix { room } else { 0 };
        self.pattern
            .iter()
            .zip(&segments[from..])
            .all(|(wanted, segment)| **wanted == **segment)
    }
}

/// The filter in force; null before anyone asked.
static FILTER: AtomicPtr<Filter> = AtomicPtr::new(std::ptr::null_mut());
/// The word of a call site that is off: the number of the filter in its upper half, and no rule in the lower.
static OFF: AtomicU64 = AtomicU64::new(1 << 32);

/// What the word of a site that is off reads now. Any other word means: look, or on.
#[inline(always)]
pub(super) fn off() -> u64 {
    OFF.load(Relaxed)
}

/// The filter's number, to be remembered with what it decided. Asked for before the filter itself: one that is set in
/// between is asked again.
pub(super) fn generation() -> u64 {
    OFF.load(Acquire)
}

pub(super) fn current() -> &'static Filter {
    // SAFETY: null, or what `install` leaked.
    match unsafe { FILTER.load(Acquire).as_ref() } {
        Some(filter) => filter,
        None => from_environment(),
    }
}

#[cold]
fn from_environment() -> &'static Filter {
    let text = std::env::var("STACKLENS_LOG").unwrap_or_default();
    let (filter, error) = parse::filter(&text);
    let filter = Box::leak(Box::new(filter));
    // Whoever was faster has set one or read the same environment.
    let won = FILTER.compare_exchange(std::ptr::null_mut(), filter, AcqRel, Acquire);
    if let (Ok(_), Some(error)) = (won, error) {
        super::sink::complain(format_args!("STACKLENS_LOG: {error}"));
    }
    // SAFETY: not null any more, see `current`.
    unsafe { &*FILTER.load(Acquire) }
}

/// Sets which calls are logged from now on, in all threads. Calls that are active go on as they began.
///
/// Directives are separated by commas, as in the environment variable `STACKLENS_LOG`, which is read when the first
/// logged function is called and nothing was set before:
///
/// | directive | what is logged |
/// |---|---|
/// | `debug` | functions up to this level: `off`, `error`, `warn`, `info` (where nothing is said), `debug`, `trace` |
/// | `mycrate::parser=debug` | a crate, module, type or function, and what is in it; the longest path that fits wins |
/// | `mycrate::parser` | up to `trace` |
/// | `*::parse=off` | by the last segments of the name; what is only switched off leaves all else as it is |
/// | `depth<5` | calls with fewer than five logged calls round them |
/// | `slow>1ms` | calls that took longer (`ns`, `us`, `ms`, `s`): one line, when they end |
/// | `sample=1/100` | the first call of each function, and then one in a hundred |
/// | `first=10` | the first ten calls of each function |
/// | `mycrate::parser[slow>1ms;first=10]=debug` | conditions for a path alone, by semicolons |
///
/// Once a path is switched on, functions that no path fits are not logged.
///
/// ```
/// use stacklens::log_calls::set_filter;
///
/// set_filter("mycrate::parser=debug,depth<5,slow>1ms")?;
/// # set_filter("info")?;
/// # Ok::<(), stacklens::log_calls::FilterError>(())
/// ```
///
/// # Errors
///
/// Names each directive that makes no sense, and what was expected. The others are in force all the same.
///
/// # Cost
///
/// Some microseconds. Each site asks once after a change; then a call that is filtered out by level or path costs a few
/// instructions. Each new filter is kept for the rest of the program (some hundred bytes); setting the one before again
/// keeps nothing.
pub fn set_filter(directives: &str) -> Result<(), FilterError> {
    static LAST: AtomicPtr<Filter> = AtomicPtr::new(std::ptr::null_mut());
    let (filter, error) = parse::filter(directives);
    // SAFETY: null or leaked, as all pointers here.
    let known = unsafe { [FILTER.load(Acquire).as_ref(), LAST.load(Acquire).as_ref()] };
    let same = known.into_iter().flatten().find(|known| **known == filter);
    let new = match same {
        Some(known) => std::ptr::from_ref(known).cast_mut(),
        None => Box::leak(Box::new(filter)),
    };
    let before = FILTER.swap(new, AcqRel);
    if before != new {
        LAST.store(before, Release);
    }
    reconsider();
    error.map_or(Ok(()), Err)
}

/// Makes each site ask again.
pub(super) fn reconsider() {
    OFF.fetch_add(1 << 32, Release);
}
