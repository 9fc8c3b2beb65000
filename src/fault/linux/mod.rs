//! Linux: catching, printing, passing on.

mod catch;
mod frame;
mod memory;
mod out;
mod print;
mod signal_stack;
mod stack;
mod turn;

use super::{Fatal, Options};
use print::Cause;
use std::io;
use std::time::Duration;

pub(super) use catch::{dump_on, install, uninstall};

/// What is dumped, and where to, in one word that a handler can load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Settings {
    file: i32,
    all_threads: bool,
    values: bool,
}

impl Settings {
    fn of(options: &Options) -> Settings {
        Settings {
            file: options.file,
            all_threads: options.all_threads,
            values: options.values,
        }
    }

    fn to_bits(self) -> u64 {
        u64::from(self.file as u32)
            | u64::from(self.all_threads) << 32
            | u64::from(self.values) << 33
    }

    fn from_bits(bits: u64) -> Settings {
        Settings {
            file: bits as u32 as i32,
            all_threads: bits >> 32 & 1 != 0,
            values: bits >> 33 & 1 != 0,
        }
    }
}

impl Fatal {
    const ALL: [Fatal; 5] = [Fatal::Segv, Fatal::Bus, Fatal::Fpe, Fatal::Ill, Fatal::Abrt];

    fn number(self) -> i32 {
        match self {
            Fatal::Segv => 11,
            Fatal::Bus => 7,
            Fatal::Fpe => 8,
            Fatal::Ill => 4,
            Fatal::Abrt => 6,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Fatal::Segv => "SIGSEGV",
            Fatal::Bus => "SIGBUS",
            Fatal::Fpe => "SIGFPE",
            Fatal::Ill => "SIGILL",
            Fatal::Abrt => "SIGABRT",
        }
    }

    fn of(number: i32) -> Option<Fatal> {
        Fatal::ALL
            .into_iter()
            .find(|signal| signal.number() == number)
    }
}

/// Makes ready what printing needs, and cannot make itself.
pub(super) fn prepare() -> io::Result<()> {
    // So that values are shown as the program's settings say; they may not have been asked for yet.
    crate::config::settings();
    memory::prepare();
    stack::prepare()
}

/// Dumps on behalf of a watchdog: in a thread of its own, but without an allocation all the same. Who hangs may hold
/// the allocator's lock.
pub(super) fn dump_after(options: &Options, duration: Duration) {
    let settings = Settings::of(options);
    if let turn::Entered::Alone(_turn) = turn::enter() {
        stack::on_own_stack(|| print::dump(&Cause::Hang(duration), settings));
    }
}

/// Ends the process at once.
pub(super) fn exit(status: i32) -> ! {
    unsafe extern "C" {
        fn _exit(status: i32) -> !;
    }
    // SAFETY: ends the process.
    unsafe { _exit(status) }
}
