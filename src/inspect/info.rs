//! An owned copy of one frame.

use super::{Locals, locals};
use crate::capture::Value;
use crate::code::{Code, Place, Within};
use crate::stack::{Meta, Snapshot};
use std::borrow::Cow;
use std::fmt;

/// A frame as it was when it was copied: an entry of a [`Stack`](crate::Stack), Python's
/// `FrameInfo`.
///
/// Holds the recorded words and bytes; they are turned into names, lines and values when asked for.
/// `Send`, `Sync` and `Clone`. `Display` prints `deep_call in src/main.rs:3`.
///
/// ```
/// use stacklens::{frame, stack};
///
/// #[frame]
/// fn connect(port: u16) -> String {
///     let stack = stack();
///     // A copy may go anywhere.
///     std::thread::spawn(move || format!("{} {}", stack[0].name(), stack[0].locals())).join().unwrap()
/// }
///
/// assert_eq!(connect(80), "connect {port: 80, stack: <not yet assigned>}");
/// ```
#[derive(Clone)]
#[repr(transparent)]
pub struct FrameInfo {
    snapshot: Snapshot,
}

impl FrameInfo {
    #[inline]
    pub(crate) fn new(snapshot: Snapshot) -> FrameInfo {
        FrameInfo { snapshot }
    }

    /// Copies as what they are shown as, without moving them.
    pub(super) fn list(snapshots: &[Snapshot]) -> &[FrameInfo] {
        let frames = std::ptr::from_ref(snapshots) as *const [FrameInfo];
        // SAFETY: `FrameInfo` is a transparent wrapper and has no invariant of its own.
        unsafe { &*frames }
    }

    pub(crate) fn meta(&self) -> Option<Meta> {
        self.snapshot.meta()
    }

    /// An address in the native frame.
    pub(crate) fn stack_pointer(&self) -> usize {
        self.snapshot.stack_pointer()
    }

    /// For `stack::code_address`.
    pub(crate) fn code_address_word(&self) -> usize {
        self.snapshot.code_address_word()
    }

    pub(crate) fn identity(&self) -> Option<u64> {
        self.snapshot.identity()
    }

    /// The function.
    pub fn code(&self) -> &'static Code {
        Code::of(self.meta())
    }

    /// The function's name.
    pub fn name(&self) -> &'static str {
        self.code().name()
    }

    /// Module, type and name: `mycrate::config::Parser::parse`.
    ///
    /// [`Code::qualified_name`]; for a method annotated by itself, with the type that the recorded
    /// `self` has.
    pub fn qualified_name(&self) -> Cow<'static, str> {
        let code = self.code();
        if !code.has_qualifier()
            && let Some(slot) = code.receiver().and_then(|v| v.slot())
            && let Some(captured) = self.snapshot.slot(slot)
            && let Some(type_name) =
                Value::decode(captured.tag, captured.bits, &captured.bytes).type_name()
        {
            return Cow::Owned(format!(
                "{}::{}::{}",
                code.module(),
                receiver_type(type_name),
                code.name()
            ));
        }
        Cow::Borrowed(code.qualified_name())
    }

    /// Path of the module that holds the function.
    pub fn module(&self) -> &'static str {
        self.code().module()
    }

    /// Path of the source file, as `file!()` gives it.
    pub fn file(&self) -> &'static str {
        self.code().file()
    }

    /// The line that ran.
    pub fn line(&self) -> u32 {
        self.code().place(self.lasti()).line
    }

    /// The column at which the statement that ran begins, counted from 1.
    pub fn column(&self) -> u32 {
        self.code().place(self.lasti()).column
    }

    /// From where to where the expression reaches that runs or has failed, if that is known better than by its statement.
    pub(crate) fn range(&self) -> Option<(Place, Place)> {
        self.code().range(self.lasti())
    }

    /// Index of the statement that ran, 0 for the entry of the function.
    pub fn lasti(&self) -> u32 {
        self.snapshot.position()
    }

    /// The variables that were in scope, with their values.
    ///
    /// # Cost
    ///
    /// Decodes the values at each call; a few allocations for each value.
    pub fn locals(&self) -> Locals {
        locals::read(self.code(), &self.snapshot)
    }

    /// The variables, as they are at a line of the function that control has come to from the frame's statement: that of a
    /// panic.
    pub(crate) fn locals_at(&self, line: u32) -> Locals {
        let position = self.lasti();
        let at = match self.line() == line {
            true => Within::Statement(position),
            false => Within::Further(position),
        };
        locals::read_at(self.code(), &self.snapshot, at)
    }

    /// The same, of a frame that is still there: what is not recorded whole is read by `live`.
    #[cfg(native_elf)]
    pub(crate) fn live_locals(&self, live: &mut locals::ReadLive<'_>) -> Locals {
        locals::read_live(self.code(), &self.snapshot, live)
    }

    /// How many annotated frames the stack had up to this one, itself included: 1 for the
    /// outermost.
    pub fn depth(&self) -> usize {
        self.snapshot.depth()
    }

    /// Whether printed stacks leave the frame out (`#[frame(hide)]`).
    pub fn is_hidden(&self) -> bool {
        self.code().is_hidden()
    }
}

/// The name of the type behind a receiver's: `Parser` for `&mut mycrate::config::Parser<u8>` and
/// `alloc::sync::Arc<mycrate::config::Parser<u8>>`.
pub(crate) fn receiver_type(type_name: &str) -> &str {
    const WRAPPERS: [&str; 4] = [
        "alloc::boxed::Box<",
        "alloc::rc::Rc<",
        "alloc::sync::Arc<",
        "core::pin::Pin<",
    ];
    let mut name = type_name;
    loop {
        let inner = name
            .strip_prefix("&mut ")
            .or_else(|| name.strip_prefix('&'))
            .or_else(|| name.strip_prefix("dyn "))
            .or_else(|| {
                WRAPPERS
                    .iter()
                    .find_map(|wrapper| name.strip_prefix(wrapper))
            });
        match inner {
            Some(inner) => name = inner,
            None => break,
        }
    }
    // Slices, tuples, pointers and function types have no path to shorten.
    if !name.starts_with(|c: char| c.is_alphabetic() || c == '_') {
        return name;
    }
    let path = name.split(['<', '>', ',', ' ']).next().unwrap_or(name);
    path.rsplit("::").next().unwrap_or(path)
}

impl fmt::Display for FrameInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {}:{}", self.name(), self.file(), self.line())
    }
}

impl fmt::Debug for FrameInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FrameInfo")
            .field("name", &self.name())
            .field("file", &self.file())
            .field("line", &self.line())
            .field("locals", &self.locals())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::receiver_type;

    #[test]
    fn a_receivers_type_is_named_without_what_holds_it() {
        for (type_name, expected) in [
            ("mycrate::config::Parser", "Parser"),
            (
                "&mut mycrate::config::Parser<alloc::vec::Vec<u8>>",
                "Parser",
            ),
            ("&&Parser", "Parser"),
            (
                "core::pin::Pin<&mut alloc::boxed::Box<mycrate::Task>>",
                "Task",
            ),
            (
                "alloc::sync::Arc<dyn mycrate::Shape + core::marker::Send>",
                "Shape",
            ),
            ("i32", "i32"),
            ("&[u8]", "[u8]"),
            ("(u8, mycrate::A)", "(u8, mycrate::A)"),
            ("", ""),
        ] {
            assert_eq!(receiver_type(type_name), expected, "{type_name}");
        }
    }
}
