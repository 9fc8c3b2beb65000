//! A dump: why, and the threads.

use super::frame::{self, RegionHead};
use super::out::{Out, Short};
use super::{Fatal, Settings, memory};
use crate::inspect::fold::Row;
use crate::stack::record::STRIDE;
use crate::stack::{native, owner};
use crate::threads::system::{process_id, read_file, thread_id};
use std::ffi::CStr;
use std::fmt::Write;
use std::time::Duration;

/// Why there is a dump.
pub(super) enum Cause {
    Fatal {
        signal: Fatal,
        /// Of a fault: of what.
        address: Option<usize>,
        stack_pointer: usize,
    },
    /// The signal that was to be dumped on.
    Asked(i32),
    /// Nobody fed the watchdog.
    Hang(Duration),
}

/// Frames printed of a thread: so many innermost, and so many outermost ones.
const FRAMES: usize = 50;
const THREADS: usize = 100;
/// RegionHead looked at: threads that there were at once at some time.
const REGIONS: usize = 1 << 16;

pub(super) fn dump(cause: &Cause, settings: Settings) {
    let mut out: Out = Out::new(settings.file);
    // Formatting into `Out` does not fail.
    let _ = headline(cause, &mut out);
    let own = owner::own().map_or(0, |region| std::ptr::from_ref(region) as usize);
    if !matches!(cause, Cause::Hang(_)) {
        let top = owner::own_top();
        let this = Thread {
            id: thread_id(),
            is_this: true,
        };
        this.print(RegionHead::read(own), top, settings, &mut out);
        out.flush();
    }
    if settings.all_threads {
        others(own, settings, &mut out);
    }
    out.flush();
}

/// Says that printing was itself at fault.
pub(super) fn failed(file: i32) {
    let mut out: Out<256> = Out::new(file);
    out.text("\nstacklens: the rest of this could not be printed\n");
    out.flush();
}

fn headline(cause: &Cause, out: &mut Out) -> std::fmt::Result {
    match *cause {
        Cause::Fatal {
            signal,
            address,
            stack_pointer,
        } => {
            write!(out, "stacklens: {}", signal.name())?;
            match address {
                Some(address) if is_overflow(address, stack_pointer) => {
                    out.text(", the stack has overflowed");
                }
                Some(address) if matches!(signal, Fatal::Segv | Fatal::Bus) => {
                    write!(out, " at address {address:#x}")?;
                }
                _ => {}
            }
        }
        Cause::Asked(signal) => write!(out, "stacklens: signal {signal}")?,
        Cause::Hang(duration) => write!(out, "stacklens: no sign of life for {duration:?}")?,
    }
    out.text("\n");
    Ok(())
}

/// Whether a fault is one of a stack that has come to its end.
fn is_overflow(address: usize, stack_pointer: usize) -> bool {
    /// A frame may be so large that its first store is that far from the end.
    const NEAR: usize = 1 << 20;
    let low = native::lowest();
    low != 0 && address.abs_diff(low) < NEAR && address.abs_diff(stack_pointer) < NEAR
}

/// The other threads, the one that began last first.
fn others(own: usize, settings: Settings, out: &mut Out) {
    let mut next = owner::first();
    let (mut printed, mut left_out) = (0_usize, 0_usize);
    for _ in 0..REGIONS {
        let Some(region) = RegionHead::read(next) else {
            if next != 0 {
                out.text("\n[other threads are not known: the list of them is damaged]\n");
            }
            break;
        };
        let at = std::mem::replace(&mut next, region.next);
        if at == own || region.thread == 0 {
            continue;
        }
        if printed == THREADS {
            left_out += 1;
            continue;
        }
        printed += 1;
        let top = memory::word(region.thread.wrapping_add(owner::TOP));
        let thread = Thread {
            id: region.id,
            is_this: false,
        };
        thread.print(Some(region), top.unwrap_or(0) as usize, settings, out);
        out.flush();
    }
    if left_out > 0 {
        let _ = writeln!(out, "\n[{left_out} more threads]");
    }
}

struct Thread {
    id: u32,
    is_this: bool,
}

impl Thread {
    fn print(&self, region: Option<RegionHead>, top: usize, settings: Settings, out: &mut Out) {
        let _ = self.head(region.as_ref(), out);
        let Some(region) = region else {
            out.text(": no annotated function was ever entered\n");
            return;
        };
        if !region.is_sound() {
            out.text(": its storage is damaged\n");
            return;
        }
        let _ = frames(&region, top, settings, out);
    }

    /// `thread 4242 "worker" (blocked)`
    fn head(&self, region: Option<&RegionHead>, out: &mut Out) -> std::fmt::Result {
        write!(out, "\nthread {}", self.id)?;
        let mut path: Short<64> = Short::new();
        write!(path, "/proc/self/task/{}/stat\0", self.id)?;
        let mut stat = [0; 256];
        let stat = CStr::from_bytes_with_nul(path.bytes())
            .ok()
            .and_then(|path| read_file(path, &mut stat))
            .unwrap_or_default();
        let (name, state) = name_and_state(stat);
        let sound = region.filter(|region| region.is_sound());
        let given = sound.map(RegionHead::name).unwrap_or_default();
        let given = given.split(|&byte| byte == 0).next().unwrap_or_default();
        let name = match given {
            [] if self.id == process_id() => b"main",
            [] => name,
            given => given,
        };
        if !name.is_empty() {
            out.text(" \"");
            name.utf8_chunks()
                .for_each(|chunk| out.visible(chunk.valid()));
            out.text("\"");
        }
        match state {
            _ if self.is_this => out.text(" (this one)"),
            "" => {}
            state => write!(out, " ({state})")?,
        }
        Ok(())
    }
}

/// `1234 (name) S ..`
fn name_and_state(stat: &[u8]) -> (&[u8], &'static str) {
    let first = stat.iter().position(|&byte| byte == b'(');
    let last = stat.iter().rposition(|&byte| byte == b')');
    let (Some(first), Some(last)) = (first, last) else {
        return (&[], "");
    };
    let state = match stat.get(last.saturating_add(2)) {
        Some(b'R') => "running",
        Some(b'S' | b'I') => "blocked",
        Some(b'D') => "uninterruptible",
        Some(b'T' | b't') => "stopped",
        Some(b'Z' | b'X' | b'x') => "exiting",
        _ => "",
    };
    (stat.get(first + 1..last).unwrap_or_default(), state)
}

/// Its frames, the innermost first.
fn frames(region: &RegionHead, top: usize, settings: Settings, out: &mut Out) -> std::fmt::Result {
    let (recorded, unrecorded) = region.extent(top);
    if recorded + unrecorded == 0 {
        out.text(": no annotated function is active\n");
        return Ok(());
    }
    out.text(", innermost frame first:\n");
    if unrecorded > 0 {
        writeln!(out, "  {}", Row::Unrecorded(unrecorded))?;
    }
    let mut hidden = 0;
    for index in 0..recorded {
        if index == FRAMES && recorded > 2 * FRAMES {
            writeln!(out, "  {}", Row::Omitted(recorded - 2 * FRAMES))?;
        }
        if index >= FRAMES && index < recorded.saturating_sub(FRAMES) {
            continue;
        }
        let record = region.base + (recorded - 1 - index) * STRIDE;
        match frame::print(index, record, region, settings.values, hidden, out)? {
            frame::Printed::Line => hidden = 0,
            frame::Printed::Hidden => hidden += 1,
        }
    }
    if hidden > 0 {
        writeln!(out, "  {}", Row::Hidden(hidden))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_and_state_are_found_whatever_the_name() {
        assert_eq!(name_and_state(b"7 (a) b) S 1 2"), (&b"a) b"[..], "blocked"));
        assert_eq!(name_and_state(b"7 (a)"), (&b"a"[..], ""));
        assert_eq!(name_and_state(b")("), (&b""[..], ""));
        assert_eq!(name_and_state(b""), (&b""[..], ""));
    }
}
