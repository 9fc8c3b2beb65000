//! Output that may be slow: lines are put into a queue, and a thread of its own writes them.

use super::event::Event;
use super::sink::{self, Sink};
use super::thread::Busy;
use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Bytes that wait to be written at most, where nothing else is said.
const ROOM: usize = 1 << 20;
/// How long a flush waits for the output.
const PATIENCE: Duration = Duration::from_secs(5);

/// Hands lines to a thread that writes them, so that the caller never waits for the output.
///
/// ```
/// use stacklens::log_calls::{self, Background};
/// # let path = std::env::temp_dir().join("stacklens-background-example.log");
///
/// log_calls::set_sink(Background::new(std::fs::File::create(path)?));
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// The queue has room for a mebibyte ([`with_room`](Background::with_room) says otherwise). A line that finds it full
/// is dropped and counted ([`Stats::dropped`](super::Stats::dropped)), and the output says how many were: `[12 lines
/// dropped]`, where they would have been. Lines are written whole and in order.
///
/// What waits is written when `main` ends, by [`flush`](super::flush), and when the sink is dropped or replaced: for
/// five seconds at most. A program that ends by `std::process::exit` or abort calls `flush` before.
///
/// # Cost
///
/// To the caller, a lock that is held while a line is copied.
#[derive(Debug)]
pub struct Background {
    shared: Arc<Shared>,
    room: usize,
}

#[derive(Debug)]
struct Shared {
    queue: Mutex<Queue>,
    /// There is something to write, or nobody will bring more.
    filled: Condvar,
    /// Something was written.
    written: Condvar,
}

#[derive(Debug, Default)]
struct Queue {
    text: Vec<u8>,
    /// Lines that were dropped since the last one that was not.
    dropped: u64,
    /// The thread is writing.
    writing: bool,
    closed: bool,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

static DROPPED: AtomicU64 = AtomicU64::new(0);

/// A line that found no room.
pub(super) fn count_dropped() {
    DROPPED.fetch_add(1, Relaxed);
}

/// Lines dropped for want of room, by all sinks.
pub(super) fn dropped() -> u64 {
    DROPPED.load(Relaxed)
}

impl Background {
    /// Lines go to `output`, by a thread that is started here.
    pub fn new(output: impl Write + Send + 'static) -> Background {
        Background::with_room(output, ROOM)
    }

    /// The same, with room for so many bytes.
    pub fn with_room(output: impl Write + Send + 'static, room: usize) -> Background {
        let shared = Arc::new(Shared {
            queue: Mutex::new(Queue::default()),
            filled: Condvar::new(),
            written: Condvar::new(),
        });
        let its = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name("stacklens-log".to_owned());
        if thread.spawn(move || write_all(&its, output)).is_err() {
            // No thread to be had: every line counts as dropped.
            shared.lock().closed = true;
        }
        Background { shared, room }
    }

    fn put(&self, line: &[u8]) {
        let mut queue = self.shared.lock();
        let note = match queue.dropped {
            0 => String::new(),
            dropped => format!("[{dropped} lines dropped]\n"),
        };
        if queue.closed || queue.text.len() + note.len() + line.len() > self.room {
            queue.dropped += 1;
            count_dropped();
            return;
        }
        queue.dropped = 0;
        let idle = queue.text.is_empty() && !queue.writing;
        queue.text.extend_from_slice(note.as_bytes());
        queue.text.extend_from_slice(line);
        drop(queue);
        if idle {
            self.shared.filled.notify_one();
        }
    }

    /// Waits until what is in the queue now is written. Says whether it was.
    fn wait(&self) -> bool {
        let until = Instant::now() + PATIENCE;
        let mut queue = self.shared.lock();
        while !queue.text.is_empty() || queue.writing {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() || queue.closed {
                return false;
            }
            let waited = self.shared.written.wait_timeout(queue, left);
            queue = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }
}

/// The thread: takes all there is, writes it, and again.
fn write_all(shared: &Shared, mut output: impl Write) {
    // An output that is logged would give itself something to write for ever.
    let _busy = Busy::enter();
    let mut text = Vec::new();
    loop {
        let mut queue = shared.lock();
        queue.writing = false;
        shared.written.notify_all();
        while queue.text.is_empty() && !queue.closed {
            queue = shared
                .filled
                .wait(queue)
                .unwrap_or_else(PoisonError::into_inner);
        }
        std::mem::swap(&mut queue.text, &mut text);
        let closed = queue.closed;
        // Said here: no further line may come to say it.
        let dropped = if closed {
            std::mem::take(&mut queue.dropped)
        } else {
            0
        };
        queue.writing = true;
        // Nothing is allocated with the lock: the allocator may be logged.
        drop(queue);
        if dropped > 0 {
            text.extend_from_slice(format!("[{dropped} lines dropped]\n").as_bytes());
        }
        let lines = || text.iter().filter(|byte| **byte == b'\n').count() as u64;
        let wrote = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            output.write_all(&text).and_then(|()| output.flush())
        }));
        match wrote {
            Ok(Ok(())) => {}
            Ok(Err(_)) => sink::failed(lines()),
            Err(payload) => {
                sink::failed(lines());
                std::mem::forget(payload);
            }
        }
        text.clear();
        if closed {
            let mut queue = shared.lock();
            queue.writing = false;
            shared.written.notify_all();
            return;
        }
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        self.wait();
        self.shared.lock().closed = true;
        self.shared.filled.notify_one();
    }
}

/// When the main thread ends, so does the program, and with it the thread that writes.
struct AtExit;

impl Drop for AtExit {
    fn drop(&mut self) {
        if std::thread::current().name() == Some("main") {
            super::flush();
        }
    }
}

thread_local! {
    static AT_EXIT: AtExit = const { AtExit };
}

impl Sink for Background {
    fn write(&self, event: &Event<'_>) -> io::Result<()> {
        let _ = AT_EXIT.try_with(|_| ());
        self.put(event.line().as_bytes());
        Ok(())
    }

    /// # Errors
    ///
    /// If the output does not take what waits within five seconds.
    fn flush(&self) -> io::Result<()> {
        match self.wait() {
            true => Ok(()),
            false => Err(io::ErrorKind::TimedOut.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::{Receiver, Sender, channel};

    /// Takes a line when it is told to.
    struct Slow(Receiver<()>, Arc<Mutex<Vec<u8>>>);

    impl Write for Slow {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.recv().map_err(io::Error::other)?;
            self.1.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn slow(room: usize) -> (Background, Sender<()>, Arc<Mutex<Vec<u8>>>) {
        let (go, wait) = channel();
        let text = Arc::new(Mutex::new(Vec::new()));
        let sink = Background::with_room(Slow(wait, Arc::clone(&text)), room);
        (sink, go, text)
    }

    #[test]
    fn a_line_that_finds_the_queue_full_is_counted_and_said() {
        let (sink, go, text) = slow(32);
        sink.put(b"first\n");
        // The thread has taken it and waits in `write`.
        while !sink.shared.lock().writing {
            std::thread::yield_now();
        }
        let before = dropped();
        sink.put(b"0123456789\n");
        sink.put(b"0123456789\n");
        sink.put(b"dropped 1 \n");
        sink.put(b"dropped 2 \n");
        assert!(dropped() >= before + 2);
        go.send(()).unwrap();
        go.send(()).unwrap();
        assert!(sink.wait());
        go.send(()).unwrap();
        sink.put(b"last\n");
        drop(sink);
        let text = String::from_utf8(text.lock().unwrap().clone()).unwrap();
        let expected = "first\n0123456789\n0123456789\n[2 lines dropped]\nlast\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn an_output_that_fails_is_counted_line_by_line() {
        struct Broken;
        impl Write for Broken {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let sink = Background::new(Broken);
        let before = sink::failures();
        sink.put(b"one\ntwo\n");
        assert!(sink.wait());
        assert!(sink::failures() >= before + 2);
    }
}
