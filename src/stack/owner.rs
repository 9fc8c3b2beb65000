//! Whose each region is: how one thread finds the stack of another.
//!
//! Regions live forever and are all in one list, so that a reader finds atomic words whatever happens meanwhile. What
//! does not live forever is the thread: its top is in a thread-local. A reader *pins* a region before it follows
//! [`Owner::thread`], and a thread that ends takes its address out first and then waits until nobody has pinned it. A
//! pin holds for a few loads, or for one signal that is sent.

use super::process;
use super::region::Region;
use super::remote::Request;
use super::thread::{Thread, with};
use std::ptr::{from_ref, null_mut};
use std::sync::atomic::{
    AtomicPtr, AtomicU32, AtomicU64, AtomicUsize,
    Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst},
};

/// Bytes kept of a name that a thread gave itself.
pub(crate) const NAME_BYTES: usize = 8 * NAME_WORDS;
const NAME_WORDS: usize = 8;

/// What a region knows of the thread that has it.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Owner {
    /// The next region of all there are.
    pub(crate) next: AtomicPtr<Region>,
    /// The thread's own words. Null: nobody has the region.
    pub(crate) thread: AtomicPtr<Thread>,
    pins: AtomicU32,
    /// The number that the system gives to the thread; 0 if it is not known.
    pub(crate) id: AtomicU32,
    /// The thread's place among all that ever began, from 1.
    pub(crate) serial: AtomicU64,
    /// What somebody wants of the thread: it answers in a signal handler.
    request: AtomicPtr<Request>,
    /// The name that the thread gave itself, filled up with zeros.
    pub(crate) name: [AtomicU64; NAME_WORDS],
    /// Memory for a signal stack, kept for the next thread too. 0: none was needed yet.
    pub(crate) signal_stack: AtomicUsize,
}

static ALL: AtomicPtr<Region> = AtomicPtr::new(null_mut());
static SERIAL: AtomicU64 = AtomicU64::new(0);

/// Called by a thread when it begins, and when it ends: `fault` gives it a signal stack.
pub(crate) struct Hooks {
    pub(crate) begin: fn(&'static Region),
    pub(crate) end: fn(&'static Region),
}

static HOOKS: AtomicPtr<Hooks> = AtomicPtr::new(null_mut());

/// Sets the hooks, for good.
pub(crate) fn set_hooks(hooks: &'static Hooks) {
    HOOKS.store(from_ref(hooks).cast_mut(), Release);
}

fn hooks() -> Option<&'static Hooks> {
    // SAFETY: null, or what `set_hooks` was given.
    unsafe { HOOKS.load(Acquire).as_ref() }
}

impl Owner {
    pub(super) const fn nobody() -> Owner {
        Owner {
            next: AtomicPtr::new(null_mut()),
            thread: AtomicPtr::new(null_mut()),
            pins: AtomicU32::new(0),
            id: AtomicU32::new(0),
            serial: AtomicU64::new(0),
            request: AtomicPtr::new(null_mut()),
            name: [const { AtomicU64::new(0) }; NAME_WORDS],
            signal_stack: AtomicUsize::new(0),
        }
    }

    pub(crate) fn id(&self) -> u32 {
        self.id.load(Relaxed)
    }

    pub(crate) fn serial(&self) -> u64 {
        self.serial.load(Relaxed)
    }

    /// The name that the thread gave itself.
    pub(crate) fn name(&self) -> Option<String> {
        let words = self
            .name
            .each_ref()
            .map(|word| word.load(Relaxed).to_le_bytes());
        let bytes = words.as_flattened();
        let length = bytes
            .iter()
            .position(|&byte| byte == 0)
            .unwrap_or(NAME_BYTES);
        (length > 0).then(|| String::from_utf8_lossy(&bytes[..length]).into_owned())
    }

    /// Keeps the beginning of a name. A reader that looks meanwhile may find some of the old one.
    pub(crate) fn set_name(&self, name: &str) {
        let most = NAME_BYTES.min(name.len());
        let length = (0..=most).rev().find(|&at| name.is_char_boundary(at));
        let name = &name[..length.unwrap_or(0)];
        let mut bytes = [[0; 8]; NAME_WORDS];
        bytes.as_flattened_mut()[..name.len()].copy_from_slice(name.as_bytes());
        for (word, bytes) in self.name.iter().zip(bytes) {
            word.store(u64::from_le_bytes(bytes), Relaxed);
        }
    }

    /// Puts a request up for the thread. The caller has pinned it, and no other request is up.
    pub(crate) fn ask(&self, request: &'static Request) {
        self.request.store(from_ref(request).cast_mut(), Release);
    }

    /// Takes a request back. `false`: the thread has taken it, and is about to answer.
    pub(crate) fn take_back(&self, request: &'static Request) -> bool {
        let request = from_ref(request).cast_mut();
        self.request
            .compare_exchange(request, null_mut(), AcqRel, Acquire)
            .is_ok()
    }

    /// Takes the request that is up, to answer it.
    pub(crate) fn asked(&self) -> Option<&'static Request> {
        // SAFETY: `ask` alone stores something else than null.
        unsafe { self.request.swap(null_mut(), AcqRel).as_ref() }
    }
}

/// Puts a new region into the list of all.
pub(super) fn list(region: &'static Region) {
    let this = from_ref(region).cast_mut();
    let mut head = ALL.load(Relaxed);
    loop {
        region.owner.next.store(head, Relaxed);
        match ALL.compare_exchange_weak(head, this, Release, Relaxed) {
            Ok(_) => return,
            Err(now) => head = now,
        }
    }
}

/// All regions, the newest first; those that nobody has, too.
pub(crate) fn regions() -> impl Iterator<Item = &'static Region> {
    // SAFETY: the list holds `'static` regions, and its links never change once a region is in it.
    let region = |at: *mut Region| unsafe { at.as_ref() };
    std::iter::successors(region(ALL.load(Acquire)), move |this| {
        region(this.owner.next.load(Acquire))
    })
}

/// Where the list of all regions begins.
pub(crate) fn first() -> usize {
    ALL.load(Acquire) as usize
}

/// Where a [`Thread`] has its top.
pub(crate) const TOP: usize = std::mem::offset_of!(Thread, top);

/// This thread's top.
pub(crate) fn own_top() -> usize {
    with(|thread| thread.top.load(Relaxed))
}

/// This thread's region, if it has one.
pub(crate) fn own() -> Option<&'static Region> {
    with(Thread::region)
}

/// The running thread has the region from now on.
pub(super) fn begin(region: &'static Region, thread: &Thread) {
    process::watch();
    let owner = &region.owner;
    owner
        .serial
        .store(SERIAL.fetch_add(1, Relaxed) + 1, Relaxed);
    owner.id.store(process::thread_id(), Relaxed);
    owner.name.iter().for_each(|word| word.store(0, Relaxed));
    // From here on it is found.
    owner.thread.store(from_ref(thread).cast_mut(), SeqCst);
    if let Some(hooks) = hooks() {
        (hooks.begin)(region);
    }
}

/// The running thread ends. Afterwards nobody looks at its thread-locals any more.
pub(super) fn end(region: &'static Region) {
    let owner = &region.owner;
    owner.thread.store(null_mut(), SeqCst);
    // Who has pinned it before that store may still look; who does it later finds nobody.
    while owner.pins.load(SeqCst) != 0 {
        std::thread::yield_now();
    }
    if let Some(request) = owner.asked() {
        request.refuse();
    }
    if let Some(hooks) = hooks() {
        (hooks.end)(region);
    }
}

/// A forked child has one thread. The others are gone, wherever they were.
pub(super) fn forked() {
    let own = own();
    for region in regions() {
        let owner = &region.owner;
        owner.pins.store(0, Relaxed);
        owner.request.store(null_mut(), Relaxed);
        if own.is_some_and(|own| std::ptr::eq(own, region)) {
            owner.id.store(process::thread_id(), Relaxed);
        } else {
            owner.thread.store(null_mut(), SeqCst);
        }
    }
}

/// A region whose thread does not end before this is dropped.
pub(crate) struct Pinned {
    region: &'static Region,
}

impl Pinned {
    /// `None` if nobody has the region.
    pub(crate) fn new(region: &'static Region) -> Option<Pinned> {
        region.owner.pins.fetch_add(1, SeqCst);
        let pinned = Pinned { region };
        (!region.owner.thread.load(SeqCst).is_null()).then_some(pinned)
    }

    /// Where the thread's next record goes: a place of the region, or of the sink; 0 once the thread wants to end.
    pub(crate) fn top(&self) -> usize {
        // SAFETY: not null when it was pinned; stored by a thread that waits in `end` before the words go away. They
        // are atomics.
        let thread = unsafe { self.region.owner.thread.load(Relaxed).as_ref() };
        thread.map_or(0, |thread| thread.top.load(Relaxed))
    }
}

impl Drop for Pinned {
    fn drop(&mut self) {
        self.region.owner.pins.fetch_sub(1, SeqCst);
    }
}

#[cfg(all(test, not(feature = "off")))]
mod tests {
    use super::*;
    use crate::code::fixture::Function;
    use std::sync::mpsc::channel;
    use std::thread;

    fn frame() -> crate::stack::Guard {
        crate::stack::enter(Function::default().literal())
    }

    #[test]
    fn a_thread_is_found_while_it_lives_and_not_after() {
        let (named, is_named) = channel();
        let (go, wait) = channel::<()>();
        let worker = thread::spawn(move || {
            let _frame = frame();
            let region = own().unwrap();
            region.owner.set_name("a name");
            named.send(region.owner.serial()).unwrap();
            wait.recv().unwrap();
        });
        let serial = is_named.recv().unwrap();
        let found = || {
            regions()
                .find(|region| region.owner.serial() == serial)
                .unwrap()
        };
        let region = found();
        assert_eq!(region.owner.name().as_deref(), Some("a name"));
        let pinned = Pinned::new(region).unwrap();
        assert!(pinned.top() > region.base);
        drop(pinned);
        go.send(()).unwrap();
        worker.join().unwrap();
        // The next thread may have it by now, and is another one.
        assert!(Pinned::new(region).is_none() || region.owner.serial() != serial);
    }

    #[test]
    fn a_thread_does_not_end_while_it_is_pinned() {
        let (began, has_begun) = channel();
        let worker = thread::spawn(move || {
            let _frame = frame();
            began.send(own().unwrap()).unwrap();
        });
        let region = has_begun.recv().unwrap();
        if let Some(pinned) = Pinned::new(region) {
            for _ in 0..100 {
                thread::yield_now();
                // 0 from when it wants to end.
                let top = pinned.top();
                assert!(top == 0 || top >= region.base);
            }
        }
        worker.join().unwrap();
    }

    #[test]
    fn a_long_name_is_cut_between_characters() {
        let owner = Owner::nobody();
        owner.set_name(&"ä".repeat(NAME_BYTES));
        assert_eq!(owner.name(), Some("ä".repeat(NAME_BYTES / 2)));
        owner.set_name("");
        assert_eq!(owner.name(), None);
    }
}
