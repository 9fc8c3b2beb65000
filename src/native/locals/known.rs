//! What was read of debug information and is asked for again and again.

use super::bytes::Bytes;
use super::location::Context;
use super::memory::{Memory, Process};
use super::objects::Loaded;
use super::reader::{self, Borrowed, ValueReader};
use super::registers::Registers;
use super::scope::{Function, Logical, Variable};
use super::source::{Entry, Key, Source};
use super::types::Types;
use super::work::Work;
use crate::capture::{Limits, Value, secret};
use crate::code::Loss;
use crate::inspect::{Local, Wanted};
use crate::lock::{self, Lock};
use crate::native::image::Located;
use crate::native::unwind::RawFrame;
use std::cell::Cell;
use std::collections::HashMap;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

/// Values and bytes read of one variable.
const VALUES: usize = 1000;
const BYTES: u64 = 64 << 10;
/// Variables that the compiler makes of `async` and `.await`.
const OF_THE_COMPILER: [&str; 2] = ["_task_context", "__awaitee"];
/// Functions and places kept.
const MOST_KNOWN: usize = 1024;

/// Types, functions, vtables and places.
#[derive(Default)]
pub(crate) struct Known {
    types: Types,
    functions: HashMap<Key, Option<Arc<Function>>>,
    places: HashMap<usize, Option<Arc<Located>>>,
    objects: Loaded,
}

/// A variable as debug information tells of it.
pub(crate) struct Live {
    pub(crate) local: Local,
    /// Where it is declared; 0 if that is not known.
    pub(crate) line: u32,
    /// Another one of its name, declared later, is in scope too. It may not be assigned yet.
    pub(crate) is_hidden: bool,
    kind: Entry,
    borrowed: Borrowed,
}

/// Never waited for without an end: who has it may be stopped, or be who asks.
static KNOWN: Lock<Option<Known>> = Lock::new(None);

/// How long a request waits for those of other threads, and how long between two tries.
const WAIT: Duration = Duration::from_millis(500);
const PAUSE: Duration = Duration::from_micros(100);

thread_local! {
    /// Whether a request of this thread is being answered: what is called from inside, by an allocator that asks or a
    /// signal handler, is refused.
    static ASKING: Cell<bool> = const { Cell::new(false) };
}

/// What is known, for the use of one request.
pub(crate) struct Locked {
    known: lock::Locked<'static, Option<Known>>,
}

impl Locked {
    pub(crate) fn known(&mut self) -> &mut Known {
        self.known.get_or_insert_default()
    }
}

impl Drop for Locked {
    fn drop(&mut self) {
        ASKING.set(false);
    }
}

/// `None` while another request has what is known.
pub(crate) fn lock() -> Option<Locked> {
    if ASKING.replace(true) {
        return None;
    }
    let start = Instant::now();
    loop {
        if let Some(known) = KNOWN.try_lock() {
            return Some(Locked { known });
        }
        if start.elapsed() >= WAIT {
            ASKING.set(false);
            return None;
        }
        thread::sleep(PAUSE);
    }
}

impl Known {
    /// The variables in scope in a frame that is still there: for each function that runs in it, innermost first. Empty if
    /// there is no debug information. `caller` is the stack pointer of the frame outside of it.
    pub(crate) fn frame(
        &mut self,
        frame: &RawFrame,
        caller: Option<usize>,
        limits: &Limits,
        work: &mut Work,
    ) -> Vec<Vec<Live>> {
        let Some(place) = self.place(frame.lookup()) else {
            return Vec::new();
        };
        let Some(function) = self.function(&place) else {
            return Vec::new();
        };
        let registers = Registers::of(frame, caller);
        self.variables(&function, place.svma, &registers, &Process, limits, work)
    }

    /// Whether the unit of a frame tells of functions and lines, and of no variable at all.
    pub(crate) fn has_lines_alone(&mut self, frame: &RawFrame) -> bool {
        let place = self.place(frame.lookup());
        let is_described = |place: &Arc<Located>| place.subprogram.is_some();
        place.filter(is_described).is_some_and(|place| {
            let abbreviations = &place.unit.unit.abbreviations;
            let mut tags = (1..)
                .map_while(|code| abbreviations.get(code))
                .map(|it| it.tag());
            tags.all(|tag| !matches!(tag, gimli::DW_TAG_formal_parameter | gimli::DW_TAG_variable))
        })
    }

    /// The variables in scope at an address of a function, with these registers and this memory.
    fn variables(
        &mut self,
        function: &Function,
        address: u64,
        registers: &Registers,
        memory: &dyn Memory,
        limits: &Limits,
        work: &mut Work,
    ) -> Vec<Vec<Live>> {
        let context = Context {
            source: &function.source,
            registers,
            memory,
            frame_base: function.frame_base,
            address,
        };
        let logical = function.at(address);
        let of = |logical: Logical<'_>| self.logical(logical, &context, limits, work);
        logical.into_iter().map(of).collect()
    }

    /// The same, of a function that no object has.
    #[cfg(fuzzing)]
    pub(super) fn in_unit(
        &mut self,
        (unit, subprogram, home): (
            Arc<crate::native::image::LoadedUnit>,
            gimli::UnitOffset,
            &'static dyn super::source::Home,
        ),
        address: u64,
        registers: &Registers,
        memory: &dyn Memory,
        limits: &Limits,
        work: &mut Work,
    ) -> Vec<Vec<Live>> {
        match Function::read(&Source::new(unit, home).entry(subprogram)) {
            Some(function) => self.variables(&function, address, registers, memory, limits, work),
            None => Vec::new(),
        }
    }

    fn logical(
        &mut self,
        logical: Logical<'_>,
        context: &Context<'_>,
        limits: &Limits,
        work: &mut Work,
    ) -> Vec<Live> {
        let mut list = Vec::with_capacity(logical.variables.len());
        for (variable, is_hidden) in logical.variables {
            if OF_THE_COMPILER.contains(&variable.name) {
                continue;
            }
            let unread = |value| (value, Borrowed::default());
            let (value, borrowed) = if secret::is_secret(variable.name) {
                unread(Value::redacted())
            } else if work.is_over() {
                unread(Value::omitted("no time left"))
            } else {
                work.next(VALUES, BYTES);
                self.variable(variable, context, limits, work)
            };
            let is_argument = variable.is_argument;
            list.push(Live {
                local: Local::of_debug_info(variable.name, value, is_argument),
                line: variable.line,
                is_hidden,
                kind: variable.kind.clone(),
                borrowed,
            });
        }
        list
    }

    fn variable(
        &mut self,
        variable: &Variable,
        context: &Context<'_>,
        limits: &Limits,
        work: &mut Work,
    ) -> (Value, Borrowed) {
        let Some(kind) = self.types.get(&variable.kind) else {
            return (reader::unknown(), Borrowed::default());
        };
        let size = self.types.size(&kind);
        let pieces = variable.locate(context);
        let bytes = Bytes::gather(context.memory, &pieces, size);
        let types = &mut self.types;
        let reader = ValueReader::new(types, context.memory, &self.objects, limits, work);
        let (value, borrowed) = reader.variable(&kind, bytes.view());
        (value.of_type(kind.name), borrowed)
    }

    /// The value of a variable of which the macro knows that it is initialised, and what may have become of it.
    pub(crate) fn read_after(&mut self, live: &Live, wanted: &Wanted<'_>) -> Value {
        let Some(kind) = self.types.get(&live.kind) else {
            return live.local.value().clone();
        };
        if self.types.is_taken(&kind, wanted.losses) {
            return Value::moved();
        }
        // What an argument refers to outlives the function; and while the statement runs that uses a reference, what it
        // refers to is there.
        let used_last = |loss: &Loss<'_>| !loss.is_now || wanted.others_go;
        let may_be_gone = !wanted.is_argument && wanted.losses.iter().any(used_last);
        if may_be_gone && !live.borrowed.is_static(&self.objects) {
            return Value::omitted("what it refers to may be gone");
        }
        live.local.value().clone()
    }

    fn place(&mut self, address: usize) -> Option<Arc<Located>> {
        if self.places.len() >= MOST_KNOWN {
            self.places.clear();
        }
        let found = || Located::of(address).map(Arc::new);
        self.places.entry(address).or_insert_with(found).clone()
    }

    fn function(&mut self, place: &Located) -> Option<Arc<Function>> {
        let source = Source::new(Arc::clone(&place.unit), place.image);
        let entry = source.entry(place.subprogram?);
        if self.functions.len() >= MOST_KNOWN {
            self.functions.clear();
        }
        let found = || Function::read(&entry).map(Arc::new);
        let key = entry.key();
        self.functions.entry(key).or_insert_with(found).clone()
    }
}

#[cfg(test)]
#[path = "hostile.rs"]
mod hostile;
