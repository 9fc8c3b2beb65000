//! A platform whose signals are not caught.

use super::Options;
use crate::panics::output::write;
use crate::threads::dump_all;
use std::io;
use std::time::Duration;

fn unsupported() -> io::Error {
    let what = "fatal signals are caught on Linux (x86_64, aarch64) alone";
    io::Error::new(io::ErrorKind::Unsupported, what)
}

pub(super) fn install(_: &Options) -> io::Result<()> {
    Err(unsupported())
}

pub(super) fn uninstall() {}

pub(super) fn dump_on(_: &Options, _: i32) -> io::Result<()> {
    Err(unsupported())
}

pub(super) fn prepare() -> io::Result<()> {
    Ok(())
}

/// To standard error, whatever the options say.
pub(super) fn dump_after(_: &Options, duration: Duration) {
    write(&format!(
        "stacklens: not fed for {duration:?}\n\n{}\n",
        dump_all()
    ));
}

pub(super) fn exit(status: i32) -> ! {
    std::process::exit(status)
}
