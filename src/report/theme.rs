//! The colours of text.

/// How the parts of a text report look, as terminal styles. Without any by default.
///
/// ```
/// use stacklens::report::{Style, Theme};
///
/// let mut theme = Theme::ansi();
/// theme.function = Style::new("1;36");
/// assert_eq!(Theme::plain().function, Style::NONE);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Theme {
    /// `Traceback (most recent call last):` and other headings.
    pub heading: Style,
    /// `src/main.rs:3:5`, always in one piece.
    pub place: Style,
    /// Names of functions.
    pub function: Style,
    /// `~~~` below what the failing operator works on.
    pub operand: Style,
    /// `^^^` below what failed.
    pub anchor: Style,
    /// Names of variables.
    pub name: Style,
    /// What stands for a value that is not there: `<not yet assigned>`.
    pub absent: Style,
    /// What stands for frames that are not shown, and remarks.
    pub gap: Style,
    /// The type of an error.
    pub error: Style,
    /// The message of an error.
    pub message: Style,
    /// `note:` and `caused by:`.
    pub label: Style,
    /// Keywords in source lines.
    pub keyword: Style,
    /// Strings in source lines and values.
    pub string: Style,
    /// Numbers in source lines and values.
    pub number: Style,
    /// Comments in source lines.
    pub comment: Style,
}

/// A terminal style: the parameters of an SGR sequence, such as `1;31` for bold red.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style(&'static str);

impl Style {
    /// Leaves text as it is.
    pub const NONE: Style = Style("");

    /// The parameters between `ESC[` and `m`.
    pub const fn new(parameters: &'static str) -> Style {
        Style(parameters)
    }

    /// Whether it leaves text as it is.
    pub fn is_none(self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn parameters(self) -> &'static str {
        self.0
    }
}

impl Theme {
    /// No colours.
    pub fn plain() -> Theme {
        Theme::default()
    }

    /// The sixteen colours that every terminal has, chosen by its user.
    pub fn ansi() -> Theme {
        Theme {
            heading: Style("1"),
            place: Style("35"),
            function: Style("1;36"),
            operand: Style("31"),
            anchor: Style("1;31"),
            name: Style("36"),
            absent: Style("2"),
            gap: Style("2"),
            error: Style("1;31"),
            message: Style("1"),
            label: Style("1;33"),
            keyword: Style("34"),
            string: Style("32"),
            number: Style("33"),
            comment: Style("2"),
        }
    }
}
