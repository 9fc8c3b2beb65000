//! The calls of a whole run, for viewers of timelines and flame graphs.

#[cfg(feature = "flame")]
mod flame;
mod folded;
mod perfetto;

use super::event::{Event, EventKind};
use super::sink::{Needs, Sink};
use super::thread::Busy;
use super::{Outcome, background};
use std::collections::{BTreeMap, HashMap};
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::ThreadId;
use std::time::Instant;

/// Calls and returns kept, where nothing else is said.
const ROOM: usize = 1 << 20;

/// Keeps when each call began and ended, to be written as a timeline or a flame graph.
///
/// ```
/// use stacklens::log_calls::{self, Timeline};
/// use std::sync::Arc;
///
/// #[stacklens::log_calls]
/// fn leaf(n: u64) -> u64 {
///     n + 1
/// }
///
/// #[stacklens::log_calls]
/// fn root(n: u64) -> u64 {
///     leaf(n) + leaf(n + 1)
/// }
///
/// let timeline = Arc::new(Timeline::new());
/// log_calls::set_sink(Arc::clone(&timeline));
/// root(1);
///
/// let mut folded = Vec::new();
/// timeline.write_folded(&mut folded)?;
/// # #[cfg(not(feature = "off"))]
/// assert!(String::from_utf8_lossy(&folded).contains(";root;leaf "));
/// let mut trace = Vec::new();
/// timeline.write_perfetto(&mut trace)?; // for https://ui.perfetto.dev
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// It has room for a million calls and returns ([`with_room`](Timeline::with_room) says otherwise); later ones are
/// counted as dropped.
///
/// # Cost
///
/// Per call and return, a lock, the time, and some forty bytes.
#[derive(Debug)]
pub struct Timeline {
    started: Instant,
    room: usize,
    recording: Mutex<Recording>,
}

#[derive(Debug, Default)]
struct Recording {
    entries: Vec<Entry>,
    /// Full names, and the files that they are in.
    names: Vec<(Box<str>, &'static str)>,
    numbers: HashMap<Box<str>, u32>,
    threads: Vec<Box<str>>,
    of_thread: HashMap<ThreadId, u32>,
    dropped: u64,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    /// Nanoseconds since the timeline began.
    at: u64,
    task: u64,
    name: u32,
    thread: u32,
    depth: u32,
    what: What,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum What {
    Begin { future: bool },
    End { future: bool, outcome: Outcome },
}

impl Default for Timeline {
    fn default() -> Timeline {
        Timeline::new()
    }
}

impl Timeline {
    /// A timeline that begins now.
    pub fn new() -> Timeline {
        Timeline::with_room(ROOM)
    }

    /// The same, with room for so many calls and returns.
    pub fn with_room(room: usize) -> Timeline {
        Timeline {
            started: Instant::now(),
            room,
            recording: Mutex::default(),
        }
    }

    /// Calls and returns that are kept.
    pub fn len(&self) -> usize {
        self.lock().entries.len()
    }

    /// Whether nothing is kept.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Calls and returns that found no room.
    pub fn dropped(&self) -> u64 {
        self.lock().dropped
    }

    /// Writes a trace in Chrome's JSON format, which <https://ui.perfetto.dev> and `chrome://tracing` show: a track
    /// for each thread, and one for each asynchronous task. What is called by `output` is not logged.
    ///
    /// # Errors
    ///
    /// Those of `output`.
    pub fn write_perfetto(&self, output: impl io::Write) -> io::Result<()> {
        let _busy = Busy::enter();
        perfetto::write(&self.lock(), output)
    }

    /// Writes folded stacks, the input of flame graph tools: `thread;outer;inner 1200`, with the nanoseconds that were
    /// spent there and not in a logged call further in.
    ///
    /// # Errors
    ///
    /// Those of `output`.
    pub fn write_folded(&self, mut output: impl io::Write) -> io::Result<()> {
        let stacks = self.stacks();
        stacks
            .iter()
            .try_for_each(|(stack, nanoseconds)| writeln!(output, "{stack} {nanoseconds}"))
    }

    /// Writes a flame graph as SVG, by the `inferno` crate.
    ///
    /// # Errors
    ///
    /// Those of `output`, and one if there are no calls to be drawn.
    #[cfg(feature = "flame")]
    pub fn write_flame_graph(&self, output: impl io::Write) -> io::Result<()> {
        flame::write(&self.stacks(), output)
    }

    fn stacks(&self) -> BTreeMap<String, u64> {
        let _busy = Busy::enter();
        folded::stacks(&self.lock())
    }

    /// Whoever keeps it for longer than a few loads is [`Busy`]: an allocator or an output that is logged would otherwise
    /// wait for itself here.
    fn lock(&self) -> MutexGuard<'_, Recording> {
        self.recording
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Recording {
    fn name(&mut self, event: &Event<'_>) -> u32 {
        let path = event.path();
        if let Some(number) = self.numbers.get(&*path) {
            return *number;
        }
        let number = self.names.len() as u32;
        self.names.push((path.as_str().into(), event.code().file()));
        self.numbers.insert(path.into(), number);
        number
    }

    fn thread(&mut self) -> u32 {
        let thread = std::thread::current();
        let next = self.threads.len() as u32;
        let number = *self.of_thread.entry(thread.id()).or_insert(next);
        if number == next {
            let name = match thread.name() {
                Some(name) => name.into(),
                None => format!("thread {}", number + 1).into(),
            };
            self.threads.push(name);
        }
        number
    }

    /// The last segments of a name: what a person calls the function.
    fn short(&self, name: u32) -> &str {
        let path = self.names.get(name as usize).map_or("?", |(path, _)| path);
        path.rsplit("::").next().unwrap_or(path)
    }
}

impl Sink for Timeline {
    fn write(&self, event: &Event<'_>) -> io::Result<()> {
        let at = self.started.elapsed().as_nanos() as u64;
        let future = event.code().is_async();
        let what = match (event.kind(), event.outcome()) {
            (EventKind::Call, _) => What::Begin { future },
            (EventKind::Return, Some(outcome)) => What::End { future, outcome },
            _ => return Ok(()),
        };
        let mut recording = self.lock();
        if recording.entries.len() >= self.room {
            recording.dropped += 1;
            background::count_dropped();
            return Ok(());
        }
        let entry = Entry {
            at,
            task: event.task().unwrap_or(0),
            name: recording.name(event),
            thread: recording.thread(),
            depth: event.depth() as u32,
            what,
        };
        recording.entries.push(entry);
        Ok(())
    }

    fn needs(&self) -> Needs {
        Needs {
            time: false,
            ..Needs::FIELDS
        }
    }
}
