//! The work of the rows about dumps: a thousand tasks that wait, each three async functions deep.

use std::future::{Future, pending};
use std::pin::Pin;
use std::task::{Context, Waker};

/// Tasks that wait.
pub(crate) const TASKS: u64 = 1_000;

/// Makes the tasks, polls each once, and keeps them for as long as the process lives.
pub(crate) fn wait_forever<F: Future + 'static>(task: impl Fn(u64) -> F) {
    let mut context = Context::from_waker(Waker::noop());
    for id in 0..TASKS {
        let task: &'static mut F = Box::leak(Box::new(task(id)));
        let polled = Pin::static_mut(task).poll(&mut context);
        assert!(polled.is_pending());
    }
}

/// A module with three functions, each under the given attribute; the innermost waits for ever.
macro_rules! three {
    ($module:ident, [$($attribute:tt)*]) => {
        pub(crate) mod $module {
            $($attribute)*
            async fn innermost(id: u64) -> u64 {
                $crate::dump::never().await;
                id
            }

            $($attribute)*
            async fn middle(id: u64) -> u64 {
                innermost(id).await + 1
            }

            $($attribute)*
            pub(crate) async fn task(id: u64) -> u64 {
                middle(id).await + 1
            }
        }
    };
}

pub(crate) use three;

pub(crate) async fn never() {
    pending::<()>().await;
}
