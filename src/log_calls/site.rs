//! The place of one `#[log_calls]` in the program: what is known of it for good, and what the filter said of it last.

use super::filter;
use super::format::Flags;
use super::line::Line;
use super::sink::{self, Target};
use super::thread::Busy;
use super::{Level, Sink};
use crate::Code;
use crate::Value;
use crate::capture::Tag;
use crate::code::Missing;
use crate::inspect::receiver_type;
use crate::stack::{Guard, Meta, Seen};
use once_cell::race::OnceBox;
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// A static in each logged function.
pub struct LogSite {
    /// The number of the filter (upper half), whether its rule has conditions, whether the sink looks at no values, and
    /// the rule's index plus 1; 0 there is off.
    decision: AtomicU64,
    /// Calls since the filter was set, for `sample` and `first`.
    calls: AtomicU64,
    meta: &'static str,
    /// A letter each, see [`Flags::parse`].
    options: &'static str,
    sink: Option<&'static dyn Sink>,
    facts: OnceBox<Facts>,
}

const CONDITIONS: u64 = 1 << 31;
const BLIND: u64 = 1 << 30;
const OPENING: usize = 24;

/// What is known of a logged function, decoded when it is first logged.
pub(super) struct Facts {
    pub(super) code: &'static Code,
    /// `parse`, `Parser::parse`
    pub(super) name: Box<str>,
    /// The same and `(`, where it is short, to be copied whole.
    opening: [MaybeUninit<u8>; OPENING],
    opening_length: usize,
    /// Module and name.
    path: Box<str>,
    /// The name with the type that `self` had first, and the word of the value that told it: most are of one type.
    learned: OnceBox<((u8, u64), Box<str>)>,
    /// The slot of `self`, for a method of which the type is not known otherwise.
    receiver: Option<u32>,
    arguments: Box<[Argument]>,
    left_out: bool,
    pub(super) level: Level,
    pub(super) flags: Flags,
    /// The function's own sink.
    target: Option<Target>,
}

pub(super) struct Argument {
    pub(super) name: &'static str,
    is_self: bool,
    pub(super) slot: Result<u32, Missing>,
}

impl LogSite {
    /// `meta`: the literal of the function's frame.
    pub const fn new(meta: &'static str, options: &'static str) -> LogSite {
        LogSite::with(meta, options, None)
    }

    /// Of a function with a sink of its own.
    pub const fn to(meta: &'static str, options: &'static str, sink: &'static dyn Sink) -> LogSite {
        LogSite::with(meta, options, Some(sink))
    }

    const fn with(
        meta: &'static str,
        options: &'static str,
        sink: Option<&'static dyn Sink>,
    ) -> LogSite {
        LogSite {
            decision: AtomicU64::new(0),
            calls: AtomicU64::new(0),
            meta,
            options,
            sink,
            facts: OnceBox::new(),
        }
    }

    /// Whether calls are surely not logged: the one question on the way into a function.
    #[inline(always)]
    pub(super) fn is_off(&self) -> bool {
        self.decision.load(Relaxed) == filter::off()
    }

    /// The rule that the filter has for this function; `None` if the function is off.
    #[inline]
    pub(super) fn rule(&self) -> Option<u64> {
        let generation = filter::generation();
        let known = self.decision.load(Relaxed);
        let decision = if known >> 32 == generation >> 32 {
            known
        } else {
            self.ask(generation)
        };
        (decision != generation).then_some(decision & 0xffff_ffff)
    }

    /// Whether calls may be logged; asked before the thread is [`Busy`].
    #[inline]
    pub(super) fn may(&self) -> bool {
        let generation = filter::generation();
        let known = self.decision.load(Relaxed);
        if known >> 32 == generation >> 32 {
            return known != generation;
        }
        self.may_be_asked()
    }

    /// What is found out is allocated, by an allocator that may be logged itself: its calls are not asked about meanwhile.
    #[cold]
    fn may_be_asked(&self) -> bool {
        Busy::enter().is_some_and(|_busy| self.rule().is_some())
    }

    #[cold]
    fn ask(&self, generation: u64) -> u64 {
        let facts = self.facts();
        let filter = filter::current();
        let decision = match filter.decide(facts.path(), facts.level) {
            Some(rule) => {
                let conditional = filter.conditions(rule) != filter::Conditions::default();
                generation
                    | (u64::from(rule) + 1)
                    | if conditional { CONDITIONS } else { 0 }
                    | if facts.target().looks_at_values() {
                        0
                    } else {
                        BLIND
                    }
            }
            None => generation,
        };
        self.calls.store(0, Relaxed);
        self.decision.store(decision, Relaxed);
        decision
    }

    /// The conditions of a rule, if it has any.
    #[inline]
    pub(super) fn conditions(rule: u64) -> Option<filter::Conditions> {
        (rule & CONDITIONS != 0)
            .then(|| filter::current().conditions((rule & (BLIND - 1)) as u32 - 1))
    }

    /// Whether the sink looks at arguments and results; asked once the rule was.
    #[inline]
    pub(super) fn reads(&self) -> bool {
        self.decision.load(Relaxed) & BLIND == 0
    }

    /// How many calls came before this one.
    pub(super) fn count(&self) -> u64 {
        self.calls.fetch_add(1, Relaxed)
    }

    #[inline]
    pub(super) fn facts(&self) -> &Facts {
        match self.facts.get() {
            Some(facts) => facts,
            None => self.learn(),
        }
    }

    #[cold]
    fn learn(&self) -> &Facts {
        crate::panics::listen();
        self.facts.get_or_init(|| Box::new(Facts::new(self)))
    }
}

impl Facts {
    fn new(site: &LogSite) -> Facts {
        let code = Code::of(Meta::of(site.meta));
        let (level, mut flags) = Flags::parse(site.options);
        if !flags.has(Flags::SHOW_RESULT) && crate::capture::redact::is_secret(code.name()) {
            flags = flags.with(Flags::REDACT_RESULT);
        }
        let qualifier = type_of(code.qualifier());
        let name = match qualifier {
            "" => code.name().into(),
            qualifier => format!("{qualifier}::{}", code.name()).into_boxed_str(),
        };
        let arguments: Box<[Argument]> = code
            .arguments()
            .map(|v| Argument {
                name: v.name(),
                is_self: v.name() == "self",
                slot: v.slot().ok_or(v.missing().unwrap_or(Missing::NotCaptured)),
            })
            .collect();
        let text = [name.as_bytes(), b"("].concat();
        let mut opening = [MaybeUninit::new(0); OPENING];
        let opening_length = if text.len() > OPENING { 0 } else { text.len() };
        for (to, from) in opening.iter_mut().zip(&text[..opening_length]) {
            to.write(*from);
        }
        let named = arguments.iter().filter(|a| !a.is_self).count();
        let receiver = code.receiver().filter(|_| qualifier.is_empty());
        Facts {
            path: format!("{}::{name}", code.module()).into(),
            learned: OnceBox::new(),
            receiver: receiver.and_then(|v| v.slot()),
            left_out: named + usize::from(code.is_method()) < code.argcount(),
            code,
            opening,
            opening_length,
            name,
            arguments,
            level,
            flags,
            target: site.sink.map(Target::new),
        }
    }

    pub(super) fn target(&self) -> &Target {
        match &self.target {
            Some(own) => own,
            None => sink::current(),
        }
    }

    /// Module, type and name: what filters are about.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// The name, with the type that `self` has in this call where nothing else knows it. `room`: for one that is made.
    #[inline]
    pub(super) fn name<'n>(&'n self, frame: &Guard, room: &'n mut Option<Box<str>>) -> &'n str {
        match self.receiver {
            None => &self.name,
            Some(slot) => self.name_by_receiver(frame, slot, room),
        }
    }

    #[cold]
    fn name_by_receiver<'n>(
        &'n self,
        frame: &Guard,
        slot: u32,
        room: &'n mut Option<Box<str>>,
    ) -> &'n str {
        let word = match frame.peek(slot) {
            None | Some(Seen::Short(..)) => return &self.name,
            Some(Seen::Word(tag, bits) | Seen::Bytes(tag, bits, _)) => (tag, bits),
        };
        // What a word of a typed value is, is the type.
        let typed = word.0 == Tag::TYPED;
        if let Some((known, name)) = self.learned.get().filter(|_| typed)
            && *known == word
        {
            return name;
        }
        let value = Value::decode(word.0, word.1, &[]);
        let Some(name) = value.type_name().and_then(|of| self.name_of(of)) else {
            return &self.name;
        };
        if typed && self.learned.get().is_none() {
            // Another thread may have been faster.
            let _ = self.learned.set(Box::new((word, name.clone().into())));
        }
        room.insert(name.into())
    }

    /// The name with the type of `self`, where nothing else knows it.
    pub(super) fn name_of(&self, receiver: &str) -> Option<String> {
        let named = || format!("{}::{}", receiver_type(receiver), self.name);
        self.receiver.map(|_| named())
    }

    /// Appends `name(`.
    #[inline]
    pub(super) fn open(&self, out: &mut Line, name: &str) {
        if self.opening_length != 0 && self.receiver.is_none() {
            // SAFETY: `new` wrote them, from a text.
            unsafe { out.push_array(&self.opening, self.opening_length) };
        } else {
            out.push_text(name);
            out.push("(");
        }
    }

    /// The arguments that are shown.
    #[inline]
    pub(super) fn shown(&self, flags: Flags) -> &[Argument] {
        match &*self.arguments {
            // `self` is the first, if there is one.
            [first, others @ ..] if first.is_self && !flags.has(Flags::RECEIVER) => others,
            all => all,
        }
    }

    /// Whether the options leave arguments out that the function has, `self` aside.
    pub(super) fn left_out(&self) -> bool {
        self.left_out
    }
}

/// `Parser` of `Parser<T>` and `<Parser<T> as Parse>`.
fn type_of(qualifier: &str) -> &str {
    let named = qualifier
        .strip_prefix('<')
        .and_then(|q| q.split_once(" as "))
        .map_or(qualifier, |(named, _)| named);
    let plain = named.split('<').next().unwrap_or(named);
    let plain = if plain.is_empty() { named } else { plain };
    plain.rsplit("::").next().unwrap_or(plain).trim()
}

#[cfg(test)]
mod tests {
    use super::type_of;

    #[test]
    fn a_type_is_named_without_its_arguments_and_path() {
        for (qualifier, expected) in [
            ("Parser", "Parser"),
            ("config::Parser<'a, T>", "Parser"),
            ("<Parser<T> as Parse<u8>>", "Parser"),
            ("<[T] as Parse>", "[T]"),
            ("&Parser", "&Parser"),
            ("", ""),
        ] {
            assert_eq!(type_of(qualifier), expected, "{qualifier}");
        }
    }
}
