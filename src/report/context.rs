//! Where and when a report was made.

use once_cell::race::OnceBox;
use std::borrow::Cow;
use std::fmt;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

/// The thread of a report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize), serde(default))]
#[non_exhaustive]
pub struct Thread {
    /// The number that std gives it; 0 if it is not known.
    pub id: u64,
    /// Its name; `main` for the first one.
    pub name: Option<Cow<'static, str>>,
}

/// The process of a report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize), serde(default))]
#[non_exhaustive]
pub struct Process {
    /// Its number.
    pub id: u32,
    /// The executable's name, without its directory.
    pub program: Cow<'static, str>,
    /// The operating system, as `std::env::consts::OS` names it.
    pub os: Cow<'static, str>,
    /// The architecture, as `std::env::consts::ARCH` names it.
    pub arch: Cow<'static, str>,
}

/// A line that the program logged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize), serde(default))]
#[non_exhaustive]
pub struct LogLine {
    /// When.
    pub time: Timestamp,
    /// `trace`, `debug`, `info`, `warn` or `error`.
    pub level: Cow<'static, str>,
    /// The module or whatever else the logger calls a target.
    pub target: Cow<'static, str>,
    /// The text.
    pub message: Cow<'static, str>,
}

/// A named part of a report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize), serde(default))]
#[non_exhaustive]
pub struct Section {
    /// Its heading.
    pub title: Cow<'static, str>,
    /// Its lines.
    pub lines: Vec<Cow<'static, str>>,
}

/// A moment: microseconds since 1970, UTC. `Display` prints `2026-11-23T02:00:00.000000Z`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(u64);

impl Thread {
    /// The thread that asks. Allocates nothing but the copy of its name, takes no lock.
    pub fn current() -> Thread {
        let thread = std::thread::current();
        Thread {
            id: number(&format!("{:?}", thread.id())),
            name: thread.name().map(|name| name.to_owned().into()),
        }
    }

    /// A thread of which number and name are known.
    pub fn new(id: u64, name: Option<String>) -> Thread {
        Thread {
            id,
            name: name.map(Cow::Owned),
        }
    }
}

/// `thread 'worker'`, `thread 7` where it has no name.
impl fmt::Display for Thread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.name.as_deref(), self.id) {
            (Some(name), _) => write!(f, "thread '{name}'"),
            (None, 0) => f.write_str("a thread"),
            (None, id) => write!(f, "thread {id}"),
        }
    }
}

/// The digits of `ThreadId(7)`: std has no stable way to ask for them.
fn number(debug: &str) -> u64 {
    let digits = debug.trim_matches(|c: char| !c.is_ascii_digit());
    digits.parse().unwrap_or(0)
}

impl Process {
    /// This process.
    pub fn current() -> Process {
        // A panic hook asks, also in a child of `fork`: nobody waits for whoever is just finding out.
        static PROGRAM: OnceBox<String> = OnceBox::new();
        let program = || {
            let path = std::env::current_exe().unwrap_or_default();
            Box::new(
                Path::file_name(&path)
                    .map(|name| name.to_string_lossy().into_owned())
                    .unwrap_or_default(),
            )
        };
        Process {
            id: std::process::id(),
            program: Cow::Borrowed(PROGRAM.get_or_init(program)),
            os: std::env::consts::OS.into(),
            arch: std::env::consts::ARCH.into(),
        }
    }
}

impl LogLine {
    /// A line of a log.
    pub fn new(
        time: Timestamp,
        level: &'static str,
        target: impl Into<Cow<'static, str>>,
        message: String,
    ) -> LogLine {
        LogLine {
            time,
            level: level.into(),
            target: target.into(),
            message: message.into(),
        }
    }
}

impl Section {
    /// A part with its heading.
    pub fn new(
        title: impl Into<Cow<'static, str>>,
        lines: impl IntoIterator<Item = String>,
    ) -> Section {
        Section {
            title: title.into(),
            lines: lines.into_iter().map(Cow::Owned).collect(),
        }
    }
}

impl Timestamp {
    /// Now.
    pub fn now() -> Timestamp {
        SystemTime::now().into()
    }

    /// Microseconds since 1970.
    pub fn from_micros(micros: u64) -> Timestamp {
        Timestamp(micros)
    }

    /// Microseconds since 1970.
    pub fn as_micros(self) -> u64 {
        self.0
    }
}

/// Times before 1970 are 1970.
impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Timestamp {
        let since = time
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        Timestamp(u64::try_from(since.as_micros()).unwrap_or(u64::MAX))
    }
}

impl From<Timestamp> for SystemTime {
    fn from(time: Timestamp) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_micros(time.0)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, micros) = (self.0 / 1_000_000, self.0 % 1_000_000);
        let (year, month, day) = date(seconds / 86_400);
        let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micros:06}Z"
        )
    }
}

impl std::str::FromStr for Timestamp {
    type Err = InvalidTimestamp;

    /// Reads what `Display` writes.
    fn from_str(text: &str) -> Result<Timestamp, InvalidTimestamp> {
        let part = |range: std::ops::Range<usize>| text.get(range)?.parse::<u64>().ok();
        let parse = || {
            let days = days(part(0..4)?, part(5..7)?, part(8..10)?)?;
            let seconds = days * 86_400 + part(11..13)? * 3600 + part(14..16)? * 60 + part(17..19)?;
            Some(Timestamp(seconds * 1_000_000 + part(20..26)?))
        };
        parse()
            .filter(|time| time.to_string() == text)
            .ok_or(InvalidTimestamp)
    }
}

/// A text is not a [`Timestamp`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidTimestamp;

impl fmt::Display for InvalidTimestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected a time like 2026-11-23T02:00:00.000000Z")
    }
}

impl std::error::Error for InvalidTimestamp {}

/// Days since 1970 as year, month and day of the Gregorian calendar. Years are counted from March, so that
/// the odd day is the last one.
fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + u64::from(month <= 2), month, day)
}

/// The inverse of [`date`], for dates from 1970 on.
fn days(year: u64, month: u64, day: u64) -> Option<u64> {
    if year < 1970 || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    let (era, year) = (year / 400, year % 400);
    Some(era * 146_097 + year * 365 + year / 4 - year / 100 + day_of_year - 719_468)
}

/// 32 hexadecimal digits that no other report has: from the keys that std seeds its maps with, the time,
/// and a counter. Not for cryptography.
pub(super) fn unique_id(time: Timestamp) -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let half = |half: u64| {
        let mut hasher = RandomState::new().build_hasher();
        hasher.write_u64(half ^ count.rotate_left(32));
        hasher.write_u64(time.as_micros());
        hasher.write_u32(std::process::id());
        hasher.finish()
    };
    format!("{:016x}{:016x}", half(0), half(1))
}

#[cfg(feature = "serde")]
mod serialize {
    use super::Timestamp;

    /// As `Display` prints it.
    impl serde::Serialize for Timestamp {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_str(self)
        }
    }

    impl<'de> serde::Deserialize<'de> for Timestamp {
        fn deserialize<D: serde::Deserializer<'de>>(
            deserializer: D,
        ) -> Result<Timestamp, D::Error> {
            let text = <std::borrow::Cow<'_, str>>::deserialize(deserializer)?;
            text.parse().map_err(serde::de::Error::custom)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_print_as_rfc_3339_and_come_back() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00.000000Z"),
            (951_782_400, "2000-02-29T00:00:00.000000Z"),
            (4_107_542_399, "2100-02-28T23:59:59.000000Z"),
            (4_107_542_400, "2100-03-01T00:00:00.000000Z"),
            (1_795_399_200, "2026-11-23T02:00:00.000000Z"),
        ] {
            let time = Timestamp(seconds * 1_000_000);
            assert_eq!(time.to_string(), text);
            assert_eq!(text.parse(), Ok(time));
        }
        for text in [
            "",
            "2026-11-23",
            "2026-13-23T02:00:00.000000Z",
            "2026-02-30T02:00:00.000000Z",
            "é",
        ] {
            assert_eq!(text.parse::<Timestamp>(), Err(InvalidTimestamp), "{text}");
        }
    }

    #[test]
    fn threads_are_told_by_number_and_name() {
        let named = std::thread::Builder::new().name("worker".into());
        let worker = named.spawn(Thread::current).unwrap().join().unwrap();
        assert_eq!(worker.name.as_deref(), Some("worker"));
        assert!(worker.id > 0 && worker.id != Thread::current().id);
        assert_eq!(number("ThreadId(17)"), 17);
        assert_eq!(number("something else"), 0);
    }

    #[test]
    fn identities_differ() {
        let time = Timestamp::now();
        let (a, b) = (unique_id(time), unique_id(time));
        assert!(a != b && a.len() == 32 && a.bytes().all(|b| b.is_ascii_hexdigit()));
    }
}
