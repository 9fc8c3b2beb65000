//! A lock that nobody has to wait for, and that a child of `fork` takes from a thread which it does not have.

use crate::stack::generation;
use std::cell::UnsafeCell;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{
    AtomicU32,
    Ordering::{Acquire, Relaxed, Release},
};

/// What can be made again when it is lost: the text of files, what was found out about addresses.
pub(crate) struct Lock<T> {
    /// The [`generation`] of the process whose thread has it; 0: nobody has.
    holder: AtomicU32,
    value: UnsafeCell<T>,
}

// SAFETY: whoever changes `holder` from 0, or from the number of a process that was forked, is alone with the value.
unsafe impl<T: Send> Sync for Lock<T> {}

/// The right to the value, until this is dropped.
pub(crate) struct Locked<'a, T> {
    lock: &'a Lock<T>,
}

impl<T: Default> Lock<T> {
    pub(crate) const fn new(value: T) -> Lock<T> {
        Lock {
            holder: AtomicU32::new(0),
            value: UnsafeCell::new(value),
        }
    }

    /// `None` while another thread has it, or a call further out in this one.
    pub(crate) fn try_lock(&self) -> Option<Locked<'_, T>> {
        self.try_lock_in(generation())
    }

    fn try_lock_in(&self, process: u32) -> Option<Locked<'_, T>> {
        let take = |from| {
            self.holder
                .compare_exchange(from, process, Acquire, Relaxed)
        };
        match take(0) {
            Ok(_) => Some(Locked { lock: self }),
            Err(holder) if holder == process => None,
            Err(gone) => {
                take(gone).ok()?;
                // Whoever had it was in the middle of something: what is there is not even fit to be dropped.
                // SAFETY: nobody else has it.
                unsafe { self.value.get().write(T::default()) };
                Some(Locked { lock: self })
            }
        }
    }
}

impl<T> fmt::Debug for Lock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lock").finish_non_exhaustive()
    }
}

impl<T> Drop for Locked<'_, T> {
    fn drop(&mut self) {
        self.lock.holder.store(0, Release);
    }
}

impl<T> Deref for Locked<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: this has the lock.
        unsafe { &*self.lock.value.get() }
    }
}

impl<T> DerefMut for Locked<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: this has the lock, and is borrowed for as long.
        unsafe { &mut *self.lock.value.get() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::AssertUnwindSafe;

    #[test]
    fn one_has_it_at_a_time() {
        let lock = Lock::new(vec![1]);
        let mut held = lock.try_lock().unwrap();
        assert!(lock.try_lock().is_none());
        held.push(2);
        drop(held);
        assert_eq!(*lock.try_lock().unwrap(), [1, 2]);
    }

    #[test]
    fn a_panic_gives_it_back() {
        let lock = Lock::new(0);
        let panicked = std::panic::catch_unwind(AssertUnwindSafe(|| {
            *lock.try_lock().unwrap() += 1;
            let _held = lock.try_lock();
            panic!("with the lock");
        }));
        assert!(panicked.is_err());
        assert_eq!(*lock.try_lock().unwrap(), 1);
    }

    #[test]
    fn a_process_that_was_forked_begins_anew_with_what_was_being_changed() {
        let lock = Lock::new(String::new());
        *lock.try_lock_in(1).unwrap() = String::from("whole");
        assert_eq!(*lock.try_lock_in(2).unwrap(), "whole");
        let held = lock.try_lock_in(1).map(std::mem::ManuallyDrop::new);
        assert!(held.is_some_and(|mut held| {
            held.clear();
            lock.try_lock_in(1).is_none()
        }));
        let mut child = lock.try_lock_in(2).unwrap();
        assert_eq!(*child, "");
        child.push_str("new");
        assert!(lock.try_lock_in(2).is_none());
        drop(child);
        assert_eq!(*lock.try_lock_in(2).unwrap(), "new");
    }

    #[test]
    fn threads_change_it_one_after_the_other() {
        let lock = Lock::new(0_u32);
        let added = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4)
                .map(|_| {
                    scope.spawn(|| {
                        let tries = (0..10_000).filter_map(|_| lock.try_lock());
                        tries.map(|mut held| *held += 1).count()
                    })
                })
                .collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .sum::<usize>()
        });
        assert_eq!(*lock.try_lock().unwrap() as usize, added);
    }
}
