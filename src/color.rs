//! Whether a stream gets colours.

use std::ffi::OsString;
use std::io::IsTerminal;

/// When output is coloured.
///
/// [`Auto`](ColorChoice::Auto) decides for each stream by itself, in this order: `NO_COLOR` (set to
/// anything but nothing) means no; `CLICOLOR_FORCE` or `FORCE_COLOR` (set to anything but nothing and
/// `0`) means yes; `CLICOLOR=0` and `TERM=dumb` mean no; then a terminal gets colours and nothing else
/// does. Without the feature `color` nothing does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ColorChoice {
    /// As the environment and the stream say.
    #[default]
    Auto,
    /// Colours everywhere, in files and pipes too.
    Always,
    /// No colours.
    Never,
}

/// A standard stream that text is written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stream {
    Stdout,
    Stderr,
}

impl Stream {
    fn is_terminal(self) -> bool {
        match self {
            Stream::Stdout => std::io::stdout().is_terminal(),
            Stream::Stderr => std::io::stderr().is_terminal(),
        }
    }
}

/// Whether text that may go anywhere is coloured: if everything is to be.
pub(crate) fn everywhere(choice: ColorChoice) -> bool {
    cfg!(feature = "color") && choice == ColorChoice::Always
}

/// Whether text for `stream` is coloured. Reads the environment and asks the system each time: either
/// may have changed.
pub(crate) fn enabled(choice: ColorChoice, stream: Stream) -> bool {
    let variable = |name: &str| std::env::var_os(name);
    cfg!(feature = "color") && decide(choice, variable, || stream.is_terminal())
}

fn decide(
    choice: ColorChoice,
    variable: impl Fn(&str) -> Option<OsString>,
    is_terminal: impl FnOnce() -> bool,
) -> bool {
    let is = |name, text: &str| variable(name).is_some_and(|value| value == text);
    let set = |name| variable(name).is_some_and(|value| !value.is_empty());
    let forced = |name| set(name) && !is(name, "0");
    match choice {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto if set("NO_COLOR") => false,
        ColorChoice::Auto if forced("CLICOLOR_FORCE") || forced("FORCE_COLOR") => true,
        ColorChoice::Auto if is("CLICOLOR", "0") || is("TERM", "dumb") => false,
        // Whether an older console understands colours is not known.
        ColorChoice::Auto if cfg!(windows) && !set("WT_SESSION") && !set("TERM") => false,
        ColorChoice::Auto => is_terminal(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn auto(variables: &[(&str, &str)], is_terminal: bool) -> bool {
        let variable = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| OsString::from(value))
        };
        decide(ColorChoice::Auto, variable, || is_terminal)
    }

    #[cfg(not(windows))]
    #[test]
    fn the_stream_decides_where_nobody_has_said_anything() {
        assert!(auto(&[], true));
        assert!(!auto(&[], false));
        assert!(auto(&[("TERM", "xterm"), ("CLICOLOR", "1")], true));
        assert!(!auto(&[("CLICOLOR", "1")], false));
    }

    #[test]
    fn each_variable_wins_over_those_after_it() {
        for (variables, expected) in [
            (&[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")][..], false),
            (&[("NO_COLOR", "0"), ("FORCE_COLOR", "1")], false),
            (&[("NO_COLOR", ""), ("FORCE_COLOR", "1")], true),
            (&[("CLICOLOR_FORCE", "1"), ("TERM", "dumb")], true),
            (&[("FORCE_COLOR", "3"), ("CLICOLOR", "0")], true),
        ] {
            assert_eq!(auto(variables, true), expected, "{variables:?}");
            assert_eq!(auto(variables, false), expected, "{variables:?}");
        }
        for variables in [
            &[("TERM", "dumb")][..],
            &[("CLICOLOR", "0")],
            &[("CLICOLOR_FORCE", "0"), ("TERM", "dumb")],
        ] {
            assert!(!auto(variables, true), "{variables:?}");
        }
        assert!(auto(&[("FORCE_COLOR", "0"), ("CLICOLOR_FORCE", "")], true));
    }

    #[test]
    fn an_explicit_choice_wins_over_everything() {
        let all = |_: &str| Some(OsString::from("1"));
        assert!(decide(ColorChoice::Always, all, || false));
        assert!(!decide(ColorChoice::Never, all, || true));
    }
}
