//! A handle of one activation of a function.

use super::{FrameInfo, Locals};
use crate::code::Code;
use crate::stack::{Cursor, Meta, native};
use std::borrow::Cow;
use std::fmt;

/// A frame that may still be running: what [`currentframe`](crate::currentframe) gives, Python's
/// frame object.
///
/// The handle is live: [`line`](Frame::line) and [`locals`](Frame::locals) answer for the moment
/// they are called, however long the handle was kept. It cannot be sent to another thread;
/// [`info`](Frame::info) makes a copy that can.
///
/// A handle may outlive its frame. It then still knows what is true of the function
/// ([`code`](Frame::code), [`name`](Frame::name), [`file`](Frame::file), ..); [`line`](Frame::line)
/// is the line at which the frame was when the handle was made; [`locals`](Frame::locals) is empty
/// and prints `<finished>`; [`back`](Frame::back) is `None`. It never shows a later frame that took
/// the same place.
///
/// ```
/// use stacklens::{Frame, currentframe, frame};
///
/// #[frame]
/// fn callee() -> Frame {
///     let me = currentframe().unwrap();
///     let caller = me.back().unwrap();
///     assert_eq!(caller.name(), "caller");
///     assert_eq!(caller.locals().get("x").unwrap().value().as_i64(), Some(42));
///     me
/// }
///
/// #[frame]
/// fn caller() -> Frame {
///     let x = 42;
///     let finished = callee();
///     assert!(!finished.is_live() && x == 42);
///     finished
/// }
///
/// let frame = caller();
/// assert_eq!(frame.name(), "callee");
/// assert_eq!(frame.locals().to_string(), "<finished>");
/// assert!(frame.back().is_none());
/// ```
///
/// Two handles are equal if they are of the same activation. `Display` prints `callee in
/// src/main.rs:3`.
#[derive(Clone, Copy)]
pub struct Frame {
    cursor: Cursor,
    identity: u64,
    /// As it was when the handle was made: the record may be another frame's by now.
    meta: Option<Meta>,
    /// Likewise.
    position: u32,
}

impl Frame {
    #[inline]
    pub(super) fn of(cursor: Cursor) -> Frame {
        Frame {
            cursor,
            identity: cursor.identity(),
            meta: cursor.meta(),
            position: cursor.position(),
        }
    }

    /// Whether the frame is still active on this thread's stack.
    pub fn is_live(&self) -> bool {
        self.cursor.is(self.identity)
    }

    /// The function: `f_code`.
    pub fn code(&self) -> &'static Code {
        Code::of(self.meta)
    }

    /// The function's name.
    pub fn name(&self) -> &'static str {
        self.code().name()
    }

    /// Module, type and name: `mycrate::config::Parser::parse`.
    ///
    /// [`Code::qualified_name`]; for a method annotated by itself, while it runs, with the type
    /// that `self` has.
    pub fn qualified_name(&self) -> Cow<'static, str> {
        let code = self.code();
        match code.receiver() {
            Some(_) if !code.has_qualifier() => match self.info() {
                Some(info) => info.qualified_name(),
                None => Cow::Borrowed(code.qualified_name()),
            },
            _ => Cow::Borrowed(code.qualified_name()),
        }
    }

    /// Path of the module that holds the function.
    pub fn module(&self) -> &'static str {
        self.code().module()
    }

    /// Path of the source file, as `file!()` gives it.
    pub fn file(&self) -> &'static str {
        self.code().file()
    }

    /// The line that runs now: `f_lineno`. In a caller it is the line of the call.
    ///
    /// Of a finished frame: the line when this handle was made.
    pub fn line(&self) -> u32 {
        self.code().place(self.lasti()).line
    }

    /// The column at which the running statement begins, counted from 1.
    pub fn column(&self) -> u32 {
        self.code().place(self.lasti()).column
    }

    /// Index of the statement that runs now, 0 for the entry of the function: `f_lasti`.
    pub fn lasti(&self) -> u32 {
        if self.is_live() {
            self.cursor.position()
        } else {
            self.position
        }
    }

    /// The variables in scope now, with their values: `f_locals`. Owned: it does not change when
    /// the frame goes on.
    ///
    /// # Cost
    ///
    /// Decodes the values; a few allocations for each.
    pub fn locals(&self) -> Locals {
        self.info()
            .map_or_else(Locals::finished, |info| info.locals())
    }

    /// The annotated function that called this one: `f_back`. `None` for the outermost frame, and
    /// once this one has finished.
    pub fn back(&self) -> Option<Frame> {
        if self.is_live() {
            self.cursor.caller().map(Frame::of)
        } else {
            None
        }
    }

    /// How many annotated frames the stack has up to this one, itself included: 1 for the
    /// outermost.
    pub fn depth(&self) -> usize {
        self.cursor.depth()
    }

    /// How much of the native stack the frame takes, and the stack up to it. `None` once it has finished, and on a
    /// stack of which nothing is known (of a stackful coroutine; on a system that does not say where stacks lie).
    ///
    /// ```
    /// use stacklens::{currentframe, frame, recursion};
    ///
    /// #[frame]
    /// fn with_a_buffer() -> usize {
    ///     let buffer = std::hint::black_box([0_u8; 10_000]);
    ///     let bytes = currentframe().unwrap().stack_bytes().unwrap();
    ///     assert!(bytes.frame() >= buffer.len() && bytes.total() >= bytes.frame());
    ///     bytes.frame()
    /// }
    ///
    /// # if recursion::remaining_stack().is_some() {
    /// println!("a frame of {} bytes", with_a_buffer());
    /// # }
    /// ```
    pub fn stack_bytes(&self) -> Option<StackBytes> {
        if !self.is_live() {
            return None;
        }
        let here = self.cursor.stack_pointer();
        let (stack, below) = native::stack_of(here)?;
        let caller = self.cursor.caller().map(Cursor::stack_pointer);
        let begin = caller
            .filter(|&caller| stack.contains(caller) && caller >= here)
            .unwrap_or(stack.high);
        Some(StackBytes {
            frame: begin - here,
            total: below + (stack.high - here),
        })
    }

    /// An owned copy of the frame as it is now; `None` once it has finished.
    pub fn info(&self) -> Option<FrameInfo> {
        self.is_live()
            .then(|| FrameInfo::new(self.cursor.snapshot()))
    }
}

/// Bytes of native stack: what [`Frame::stack_bytes`] gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StackBytes {
    frame: usize,
    total: usize,
}

impl StackBytes {
    /// Bytes of the frame: from the native frame of the annotated caller to the end of its own. What functions
    /// without the attribute take in between is counted in; for the first frame on a stack, all from where that
    /// begins. 0 of a function that the compiler put into its caller.
    pub fn frame(&self) -> usize {
        self.frame
    }

    /// Bytes from where the thread's stack begins to the end of the frame, with all the segments that it
    /// [grew](crate::recursion) by.
    pub fn total(&self) -> usize {
        self.total
    }
}

impl PartialEq for Frame {
    fn eq(&self, other: &Frame) -> bool {
        self.identity == other.identity
    }
}

impl Eq for Frame {}

impl std::hash::Hash for Frame {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.identity.hash(state);
    }
}

impl fmt::Display for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {}:{}", self.name(), self.file(), self.line())
    }
}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frame")
            .field("name", &self.name())
            .field("file", &self.file())
            .field("line", &self.line())
            .field("is_live", &self.is_live())
            .finish_non_exhaustive()
    }
}
