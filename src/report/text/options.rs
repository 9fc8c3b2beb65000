//! What a reader of text may choose.

use crate::capture::Limits;
use crate::report::Theme;

/// How a report is written as text.
///
/// ```
/// use stacklens::report::{Failure, Kind, Level, Report, TextOptions};
///
/// let report = Report::new(Kind::Error, Failure::new("port is taken"));
/// let mut options = TextOptions::default();
/// options.level = Level::Brief;
/// assert_eq!(report.text(&options).to_string(), "error: port is taken");
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TextOptions {
    /// How much is said.
    pub level: Level,
    /// Which frame comes first.
    pub order: Order,
    /// Columns that a line should not exceed. Places are never cut, as they are there to be clicked on.
    pub width: usize,
    /// Shows all characters beyond ASCII by their number.
    pub ascii: bool,
    /// Makes places links to files (OSC 8), for terminals that know these.
    pub links: bool,
    /// Bounds on frames, variables and source lines. Values became text when the report was made.
    pub limits: Limits,
    /// Colours; none by default.
    pub theme: Theme,
}

/// How much of a report is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Level {
    /// A line a frame; source and values of the innermost one only.
    Brief,
    /// Place, source line and values of each frame.
    #[default]
    Normal,
    /// Besides: lines around, full names, types, values as long as they were kept, hidden frames, and where
    /// and when it was.
    Full,
}

/// Which frame of a traceback comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Order {
    /// The outermost one; what failed is at the end, next to a terminal's prompt.
    #[default]
    RecentLast,
    /// What failed, and then the innermost one.
    RecentFirst,
}

impl TextOptions {
    /// The width without a terminal.
    pub const WIDTH: usize = 100;

    /// The defaults, at a level.
    pub fn new(level: Level) -> TextOptions {
        TextOptions {
            level,
            order: Order::default(),
            width: TextOptions::WIDTH,
            ascii: false,
            links: false,
            limits: Limits::DEFAULT,
            theme: Theme::plain(),
        }
    }
}

impl Default for TextOptions {
    fn default() -> TextOptions {
        TextOptions::new(Level::default())
    }
}
