//! The panic hook that was there before.

use std::panic::{self, PanicHookInfo};

type Hook = dyn Fn(&PanicHookInfo<'_>) + Send + Sync;

/// A hook that was taken out.
pub(super) struct Previous {
    hook: Box<Hook>,
    is_std: bool,
}

impl Previous {
    /// Takes the current hook out; the standard library's is there then.
    ///
    /// # Panics
    ///
    /// On a thread that is panicking.
    pub(super) fn take() -> Previous {
        let hook = panic::take_hook();
        let is_std = is_same(&*hook, &*panic::take_hook());
        Previous { hook, is_std }
    }

    /// Whether it is the standard library's own.
    pub(super) fn is_std(&self) -> bool {
        self.is_std
    }

    pub(super) fn run(&self, info: &PanicHookInfo<'_>) {
        (self.hook)(info);
    }

    /// Where the hook's state lies.
    pub(super) fn address(&self) -> *const () {
        (&raw const *self.hook).cast()
    }

    pub(super) fn put_back(self) {
        panic::set_hook(self.hook);
    }
}

/// The standard library's hook has no state, so that two of it differ in nothing: both are made at one
/// place, from one function. A hook of the program's is made elsewhere from another one. If an unusual
/// build makes the comparison fail, the standard library's hook passes for one of the program's: its
/// message is printed besides.
#[allow(ambiguous_wide_pointer_comparisons)] // see above
fn is_same(a: &Hook, b: &Hook) -> bool {
    size_of_val(a) == 0 && std::ptr::eq(a, b)
}
