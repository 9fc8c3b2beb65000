//! Looking at the stack: a cursor over this thread's records, and copies of single ones.

use super::guard::Active;
use super::record::{HAS_IDENTITY, MARKED, Record, STRIDE};
use super::region::Region;
use super::thread;
use super::word::load;
use crate::suspend::Node;
use std::ffi::CStr;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::num::NonZeroUsize;
use std::sync::atomic::Ordering::Relaxed;

/// Marks a slot number as one whose tag is in the word that the arguments share.
pub(crate) const ARGUMENT: u32 = 0x40;

/// The static facts of a function: a NUL-terminated literal in the program's text.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub(crate) struct Meta(&'static u8);

impl Meta {
    /// Of a text that ends in NUL.
    #[inline(always)]
    pub(super) fn at(text: &'static str) -> Meta {
        debug_assert!(text.ends_with('\0'));
        // SAFETY: not empty.
        Meta(unsafe { &*text.as_ptr() })
    }

    pub(crate) fn text(self) -> &'static str {
        // SAFETY: `enter` accepts only `&'static str`s that end in NUL, so that one is found inside the literal; what lies
        // before it is a prefix of valid UTF-8 that ends at an ASCII byte.
        unsafe {
            let bytes = CStr::from_ptr(std::ptr::from_ref(self.0).cast()).to_bytes();
            std::str::from_utf8_unchecked(bytes)
        }
    }

    /// Of the frame that a node keeps; `None` if it never kept any.
    pub(crate) fn of_node(node: &Node) -> Option<Meta> {
        // SAFETY: the word is null or was stored by `Node::take`, of a `Meta`.
        unsafe { node.meta.load(Relaxed).as_ref() }.map(Meta)
    }

    /// With the NUL that it ends in.
    #[cfg(not(unoptimised))]
    pub(crate) fn whole_text(self) -> &'static str {
        // SAFETY: as in `text`.
        unsafe {
            let bytes = CStr::from_ptr(std::ptr::from_ref(self.0).cast()).to_bytes_with_nul();
            std::str::from_utf8_unchecked(bytes)
        }
    }

    pub(crate) fn address(self) -> usize {
        std::ptr::from_ref(self.0) as usize
    }

    pub(crate) fn pointer(self) -> *mut u8 {
        std::ptr::from_ref(self.0).cast_mut()
    }
}

/// By address: one function may have several literals, one for each instance that the compiler made.
impl PartialEq for Meta {
    fn eq(&self, other: &Meta) -> bool {
        self.address() == other.address()
    }
}

impl Eq for Meta {}

impl Hash for Meta {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.address().hash(state);
    }
}

/// A recorded frame of this thread.
#[derive(Clone, Copy)]
pub(crate) struct Cursor {
    /// Of the record. A reference would make handles look like keys with inner mutability.
    address: NonZeroUsize,
    _stays_here: PhantomData<*const ()>,
}

/// The innermost recorded frame of this thread.
#[inline]
pub(crate) fn current() -> Option<Cursor> {
    thread::with(|t| {
        let end = t.top.load(Relaxed).min(t.end.load(Relaxed));
        let base = t.base.load(Relaxed);
        // Without a region base and end are equal.
        Cursor::begun(end, base)
    })
}

/// Annotated frames active on this thread, recorded or only counted.
#[inline]
pub(crate) fn depth() -> usize {
    thread::with(|t| t.recorded() + t.unrecorded())
}

/// Gives each frame of this thread its number, and tells the greatest one so far: a frame that is active later and whose number
/// is not greater was active now. Of very many frames the innermost: the others come to have greater numbers.
pub(crate) fn number_all() -> u64 {
    const MOST: usize = 256;
    std::iter::successors(current(), |frame| frame.caller())
        .take(MOST)
        .for_each(|frame| _ = frame.identity());
    thread::with(|t| t.last_identity())
}

/// Innermost frames that are counted but have no record: the thread's storage is full, or it has none (any more).
#[inline]
pub(crate) fn unrecorded() -> usize {
    thread::with(|t| t.unrecorded())
}

impl Cursor {
    #[inline]
    fn at(address: usize) -> Cursor {
        Cursor {
            // SAFETY: the callers computed the address of a record of this thread's region.
            address: unsafe { NonZeroUsize::new_unchecked(address) },
            _stays_here: PhantomData,
        }
    }

    #[inline]
    fn record(self) -> &'static Record {
        // SAFETY: `at` is given addresses of records between `base` and `limit` of this thread's region, which lives forever.
        unsafe { &*(self.address.get() as *const Record) }
    }

    /// The innermost frame between `base` and `end` that is filled. One that is not was just being entered when a signal came.
    #[inline]
    fn begun(end: usize, base: usize) -> Option<Cursor> {
        let mut end = end;
        while end > base {
            let cursor = Cursor::at(end - STRIDE);
            if !cursor.record().meta.load(Relaxed).is_null() {
                return Some(cursor);
            }
            end -= STRIDE;
        }
        None
    }

    #[inline]
    pub(super) fn address(self) -> usize {
        self.address.get()
    }

    /// The function.
    #[inline]
    pub(crate) fn meta(self) -> Option<Meta> {
        meta_of(self.record())
    }

    #[inline]
    pub(crate) fn position(self) -> u32 {
        self.record().position.load(Relaxed) & !MARKED
    }

    /// An address inside the native frame.
    pub(crate) fn stack_pointer(self) -> usize {
        self.record().stack_pointer.load(Relaxed)
    }

    /// The frame of a guard, if it has a record.
    pub(crate) fn of(entered: Active) -> Option<Cursor> {
        let address = std::ptr::from_ref(entered.record()) as usize;
        thread::with(|t| t.owns(address)).then(|| Cursor::at(address))
    }

    /// Whether a callee was left by a failure and the function stands where it stood then.
    pub(crate) fn is_marked(self) -> bool {
        self.record().position.load(Relaxed) & MARKED != 0
    }

    /// Notes that a callee is left by a failure. The next position that the function stores wipes it.
    pub(crate) fn mark(self) {
        self.record()
            .position
            .store(self.position() | MARKED, Relaxed);
    }

    /// Whether these are the same place on the stack.
    pub(crate) fn is_at(self, other: Cursor) -> bool {
        self.address == other.address
    }

    /// What lies at the place of the activation of `function` that was given `identity`, which may have ended.
    pub(crate) fn remains(self, identity: u64, function: Option<Meta>) -> Remains {
        let record = self.record();
        let same = record.flags.load(Relaxed) & HAS_IDENTITY != 0
            && record.identity.load(Relaxed) == identity;
        if same {
            Remains::Itself
        } else if self.meta().map(Meta::address) == function.map(Meta::address) {
            Remains::Again
        } else {
            Remains::Other
        }
    }

    /// The frame below: the annotated caller.
    #[inline]
    pub(crate) fn caller(self) -> Option<Cursor> {
        thread::with(|t| Cursor::begun(self.address(), t.base.load(Relaxed)))
    }

    /// 1 for the outermost frame.
    ///
    /// Also of a record that was this thread's: its destructors have given the region back.
    pub(crate) fn depth(self) -> usize {
        let own = thread::with(|t| t.owns(self.address()).then(|| load(&t.base)));
        let base = own.or_else(|| Region::with_record(self.address()).map(|region| region.base));
        base.map_or(0, |base| (self.address() - base) / STRIDE + 1)
    }

    /// A number that no other activation of a frame on this thread has.
    #[inline]
    pub(crate) fn identity(self) -> u64 {
        let flags = self.record().flags.load(Relaxed);
        if flags & HAS_IDENTITY != 0 {
            return self.record().identity.load(Relaxed);
        }
        let identity = thread::with(|t| t.next_identity());
        self.record().identity.store(identity, Relaxed);
        self.record().flags.store(flags | HAS_IDENTITY, Relaxed);
        identity
    }

    /// Whether this is still the activation that was given `identity`.
    pub(crate) fn is(self, identity: u64) -> bool {
        let active =
            thread::with(|t| t.owns(self.address()) && self.address() < t.top.load(Relaxed));
        active
            && self.record().flags.load(Relaxed) & HAS_IDENTITY != 0
            && self.record().identity.load(Relaxed) == identity
    }
}

/// What lies at the place of a frame.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Remains {
    /// The frame, or what it left behind.
    Itself,
    /// A later frame of the same function.
    Again,
    /// Another function's.
    Other,
}

#[inline]
pub(super) fn meta_of(record: &Record) -> Option<Meta> {
    // SAFETY: the word is null or was written by `enter`: the start of a `'static` literal (record.rs).
    unsafe { record.meta.load(Relaxed).as_ref() }.map(Meta)
}
