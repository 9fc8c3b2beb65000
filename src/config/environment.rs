//! The variable `STACKLENS`.

use super::{Config, Format, Hot, NativeFrames, PreviousHook};
use crate::capture::{Capture, Limits};
use crate::color::ColorChoice;
use crate::panics::output;
use crate::report::{Level, Order};
use once_cell::race::OnceBox;
use std::ffi::OsStr;
use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicBool, Ordering};

const VARIABLE: &str = "STACKLENS";

/// What the variable said when the program first asked. What is wrong in it is printed then, once.
pub(super) fn environment() -> &'static Config {
    static READ: OnceBox<Config> = OnceBox::new();
    static SAID: AtomicBool = AtomicBool::new(false);
    READ.get_or_init(|| {
        let value = std::env::var_os(VARIABLE).unwrap_or_default();
        let (config, complaints) = parse(&value);
        // Threads that ask first at the same time all read; one speaks.
        if !complaints.is_empty() && !SAID.swap(true, Ordering::Relaxed) {
            let lines = complaints
                .iter()
                .map(|complaint| format!("{VARIABLE}: {complaint}\n"));
            output::write(&lines.collect::<String>());
        }
        Box::new(config)
    })
}

/// What is wrong with one setting.
#[derive(Debug, PartialEq)]
enum Complaint {
    NotUnicode,
    NoValue(String),
    Unknown(String),
    Value {
        key: String,
        expected: &'static str,
        found: String,
    },
}

fn parse(value: &OsStr) -> (Config, Vec<Complaint>) {
    let Some(text) = value.to_str() else {
        return (Config::new(), vec![Complaint::NotUnicode]);
    };
    let parts = text
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty());
    let mut complaints = Vec::new();
    let config = parts.fold(Config::new(), |config, part| {
        let before = config.clone();
        setting(config, part).unwrap_or_else(|complaint| {
            complaints.push(complaint);
            before
        })
    });
    (config, complaints)
}

/// One setting, `key=value`.
fn setting(config: Config, part: &str) -> Result<Config, Complaint> {
    let Some((key, value)) = part.split_once('=') else {
        return Err(Complaint::NoValue(part.to_owned()));
    };
    let (key, value) = (key.trim(), value.trim());
    let list = |separator| {
        value
            .split(separator)
            .map(str::trim)
            .filter(|item| !item.is_empty())
    };
    Ok(match key {
        "capture" => config.capture(one_of(key, value, CAPTURE)?),
        "color" | "colour" => config.color(one_of(key, value, COLOR)?),
        "debug" => config.debug(one_of(key, value, SWITCH)?),
        "crosscheck" => config.crosscheck(number(key, value)?),
        "format" => config.format(one_of(key, value, FORMAT)?),
        "hot" => config.hot(one_of(key, value, HOT)?),
        "level" => config.level(one_of(key, value, LEVEL)?),
        "native" => config.native(one_of(key, value, NATIVE)?),
        "order" => config.order(one_of(key, value, ORDER)?),
        "width" => config.width(number(key, value)?),
        "previous" => config.previous_hook(one_of(key, value, PREVIOUS)?),
        "redact" => config.redact_names(list('|')),
        "roots" => config.roots(std::env::split_paths(value).filter(|path| path != "")),
        _ => {
            let mut limits = config.limits.unwrap_or(Limits::DEFAULT);
            let field = limit(&mut limits, key);
            let field = field.ok_or_else(|| Complaint::Unknown(key.to_owned()))?;
            *field = number(key, value)?;
            config.limits(limits)
        }
    })
}

/// The words that a setting can be, as one list for messages, and what each means.
type Words<T> = (&'static str, &'static [(&'static str, T)]);

const CAPTURE: Words<Capture> = (
    "none, cheap or full",
    &[
        ("none", Capture::None),
        ("cheap", Capture::Cheap),
        ("full", Capture::Full),
    ],
);
const COLOR: Words<ColorChoice> = (
    "auto, always or never",
    &[
        ("auto", ColorChoice::Auto),
        ("always", ColorChoice::Always),
        ("never", ColorChoice::Never),
    ],
);
const SWITCH: Words<bool> = ("on or off", &[("on", true), ("off", false)]);
const FORMAT: Words<Format> = (
    "text or json",
    &[("text", Format::Text), ("json", Format::Json)],
);
const HOT: Words<Hot> = (
    "rarely or always",
    &[("rarely", Hot::Rarely), ("always", Hot::Always)],
);
const LEVEL: Words<Level> = (
    "brief, normal or full",
    &[
        ("brief", Level::Brief),
        ("normal", Level::Normal),
        ("full", Level::Full),
    ],
);
const NATIVE: Words<NativeFrames> = (
    "auto, always or never",
    &[
        ("auto", NativeFrames::Auto),
        ("always", NativeFrames::Always),
        ("never", NativeFrames::Never),
    ],
);
const ORDER: Words<Order> = (
    "recent_last or recent_first",
    &[
        ("recent_last", Order::RecentLast),
        ("recent_first", Order::RecentFirst),
    ],
);
const PREVIOUS: Words<PreviousHook> = (
    "auto, always or never",
    &[
        ("auto", PreviousHook::Auto),
        ("always", PreviousHook::Always),
        ("never", PreviousHook::Never),
    ],
);

fn one_of<T: Copy>(key: &str, value: &str, (expected, words): Words<T>) -> Result<T, Complaint> {
    let found = words.iter().find(|(word, _)| *word == value);
    found
        .map(|(_, meaning)| *meaning)
        .ok_or_else(|| wrong(key, expected, value))
}

fn number(key: &str, value: &str) -> Result<usize, Complaint> {
    usize::from_str(value).map_err(|_| wrong(key, "a number", value))
}

fn wrong(key: &str, expected: &'static str, found: &str) -> Complaint {
    Complaint::Value {
        key: key.to_owned(),
        expected,
        found: found.to_owned(),
    }
}

macro_rules! limits {
    ($($name:ident)*) => {
        fn limit<'a>(limits: &'a mut Limits, key: &str) -> Option<&'a mut usize> {
            match key {
                $(stringify!($name) => Some(&mut limits.$name),)*
                _ => None,
            }
        }

        const KNOWN: &str = concat!(
            "capture, color, crosscheck, debug, format, hot, level, native, order, previous, redact, roots, width",
            $(", ", stringify!($name)),*
        );
    };
}

// Not the three that act when a value is recorded.
limits! {
    string_chars locals frames_first frames_last repeats cycle hops_first hops_last
    source_before source_after source_json
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Complaint::NotUnicode => f.write_str("it is not valid UTF-8 and is ignored"),
            Complaint::NoValue(part) => {
                write!(
                    f,
                    "expected settings like color=never separated by commas, found {part:?}"
                )
            }
            Complaint::Unknown(key) => write!(f, "unknown setting {key:?}; there are {KNOWN}"),
            Complaint::Value {
                key,
                expected,
                found,
            } => {
                write!(f, "{key} is {expected}, not {found:?}")
            }
        }
    }
}

/// Any bytes as the variable: for `fuzz/fuzz_targets/settings.rs`.
#[cfg(fuzzing)]
pub(crate) fn fuzz(bytes: &[u8]) {
    #[cfg(unix)]
    let value: &OsStr = std::os::unix::ffi::OsStrExt::from_bytes(bytes);
    #[cfg(not(unix))]
    let value = OsStr::new(std::str::from_utf8(bytes).unwrap_or_default());
    let (_, complaints) = parse(value);
    for complaint in complaints {
        assert!(!complaint.to_string().is_empty());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Config, Vec<String>) {
        let (config, complaints) = parse(OsStr::new(text));
        (
            config,
            complaints.iter().map(Complaint::to_string).collect(),
        )
    }

    fn complaints(text: &str) -> Vec<String> {
        read(text).1
    }

    #[test]
    fn each_setting_can_be_given() {
        let text = "capture=cheap, colour = never,format=json,previous=always,redact=iban|tan,\
                    string_chars=9,locals=1,,\
                    level=full,order=recent_first,width=60,hot=always,debug=on";
        let (config, complaints) = read(text);
        assert_eq!(complaints, [""; 0]);
        assert_eq!(config.capture, Some(Capture::Cheap));
        assert_eq!(config.color, Some(ColorChoice::Never));
        assert_eq!(config.format, Some(Format::Json));
        assert_eq!(config.previous, Some(PreviousHook::Always));
        assert_eq!(config.redact, ["iban", "tan"]);
        assert_eq!(
            (config.level, config.order),
            (Some(Level::Full), Some(Order::RecentFirst))
        );
        assert_eq!((config.width, config.hot), (Some(60), Some(Hot::Always)));
        assert_eq!(config.debug, Some(true));
        let limits = config.limits.unwrap();
        assert_eq!((limits.string_chars, limits.locals), (9, 1));
        assert_eq!(limits.repeats, Limits::DEFAULT.repeats);
        assert_eq!(read("").0.limits, None);
    }

    #[test]
    fn roots_are_separated_as_paths_are() {
        let roots = std::env::join_paths(["/src/a", "/src/b"]).unwrap();
        let (config, _) = read(&format!("roots={}", roots.to_str().unwrap()));
        assert_eq!(config.roots.len(), 2);
        assert_eq!(config.roots[1], std::path::Path::new("/src/b"));
    }

    #[test]
    fn what_is_wrong_says_what_was_expected() {
        assert_eq!(
            complaints("color=pink"),
            [r#"color is auto, always or never, not "pink""#]
        );
        assert_eq!(
            complaints("locals=many"),
            [r#"locals is a number, not "many""#]
        );
        assert_eq!(complaints("locals=-1"), [r#"locals is a number, not "-1""#]);
        assert_eq!(
            complaints("full"),
            [r#"expected settings like color=never separated by commas, found "full""#]
        );
        assert!(complaints("color=")[0].ends_with("not \"\""));
        let unknown = &complaints("colr=never")[0];
        assert!(unknown.starts_with(r#"unknown setting "colr"; there are capture, color,"#));
        assert!(unknown.contains("string_chars"), "{unknown}");
        assert!(!unknown.contains("value_bytes"), "{unknown}");
    }

    #[test]
    fn one_wrong_setting_does_not_take_the_others_with_it() {
        let (config, complaints) = read("format=xml,color=always,=,locals=3");
        assert_eq!(complaints.len(), 2);
        assert_eq!(config.format, None);
        assert_eq!(config.color, Some(ColorChoice::Always));
        assert_eq!(config.limits.unwrap().locals, 3);
    }

    #[cfg(unix)]
    #[test]
    fn what_is_not_text_is_said_and_ignored() {
        use std::os::unix::ffi::OsStrExt;
        let (config, complaints) = parse(OsStr::from_bytes(b"color=never\xff"));
        assert_eq!(complaints, [Complaint::NotUnicode]);
        assert_eq!(config.color, None);
    }
}
