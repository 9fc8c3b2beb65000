//! What a panic said, for the lines of the calls that it goes through: while a stack is unwound, nobody but the panic
//! hook has been told.

use std::cell::RefCell;
use std::panic::PanicHookInfo;
use std::sync::Once;

/// Bytes kept of a message.
const ROOM: usize = 200;

struct Message {
    length: usize,
    text: [u8; ROOM],
}

thread_local! {
    static LAST: RefCell<Message> = const { RefCell::new(Message { length: 0, text: [0; ROOM] }) };
}

/// Puts a hook before the one there is, once, that remembers the first line of the message and calls the one there is.
///
/// Not while the thread panics: setting a hook is not allowed then. The next logged call tries again.
pub(super) fn listen() {
    static ONCE: Once = Once::new();
    if ONCE.is_completed() || std::thread::panicking() {
        return;
    }
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            note(info);
            before(info);
        }));
    });
}

fn note(info: &PanicHookInfo<'_>) {
    let payload = info.payload();
    let message = match (
        payload.downcast_ref::<&str>(),
        payload.downcast_ref::<String>(),
    ) {
        (Some(text), _) => text,
        (_, Some(text)) => text.as_str(),
        _ => "",
    };
    let mut end = message
        .find(['\n', '\r'])
        .unwrap_or(message.len())
        .min(ROOM);
    while !message.is_char_boundary(end) {
        end -= 1;
    }
    // Busy only if the message is read on this thread right now, and then it is needed no more.
    let _ = LAST.try_with(|last| {
        if let Ok(mut last) = last.try_borrow_mut() {
            last.length = end;
            last.text[..end].copy_from_slice(&message.as_bytes()[..end]);
        }
    });
}

/// Calls `read` with the last message of this thread, if it had any text.
pub(super) fn with_message(read: impl FnOnce(&str)) -> Option<()> {
    LAST.try_with(|last| {
        let last = last.try_borrow().ok()?;
        let message = std::str::from_utf8(&last.text[..last.length]).ok()?;
        (!message.is_empty()).then(|| read(message))
    })
    .ok()
    .flatten()
}
