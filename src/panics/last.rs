//! What the last panic of a thread said, for who is unwound by it: nobody but the panic hook is told.

use std::cell::{Cell, RefCell};
use std::panic::PanicHookInfo;

/// Bytes kept of a message.
const ROOM: usize = 200;

/// The last panic of a thread.
struct Last {
    /// How many there were.
    number: Cell<u32>,
    message: RefCell<Message>,
}

struct Message {
    length: usize,
    text: [u8; ROOM],
}

thread_local! {
    static LAST: Last = const {
        Last {
            number: Cell::new(0),
            message: RefCell::new(Message { length: 0, text: [0; ROOM] }),
        }
    };
}

/// Keeps the first line of a message.
pub(super) fn note(info: &PanicHookInfo<'_>) {
    let payload = info.payload();
    let message = match payload.downcast_ref::<&str>() {
        Some(text) => text,
        None => payload.downcast_ref::<String>().map_or("", String::as_str),
    };
    let line = message.find(['\n', '\r']).unwrap_or(message.len());
    let mut end = line.min(ROOM);
    while !message.is_char_boundary(end) {
        end -= 1;
    }
    LAST.with(|last| {
        // Busy only if the message is read on this thread right now, and then it is needed no more.
        if let Ok(mut kept) = last.message.try_borrow_mut() {
            last.number.set(last.number.get().wrapping_add(1));
            kept.length = end;
            kept.text[..end].copy_from_slice(&message.as_bytes()[..end]);
        }
    });
}

/// How many panics were noted on this thread.
#[inline]
pub(crate) fn number() -> u32 {
    LAST.with(|last| last.number.get())
}

/// Calls `read` with the last message of this thread, if it had any text and there were `before` when what it goes through
/// began: an older one is another panic's.
pub(crate) fn with_message_since(before: u32, read: impl FnOnce(&str)) -> Option<()> {
    LAST.with(|last| {
        if last.number.get() == before {
            return None;
        }
        let kept = last.message.try_borrow().ok()?;
        let message = std::str::from_utf8(&kept.text[..kept.length]).ok()?;
        (!message.is_empty()).then(|| read(message))
    })
}
