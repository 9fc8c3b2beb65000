//! The work of the rows about async functions: a chain of eleven, each awaiting the next, the innermost of
//! which is not ready when it is first polled. So each of the eleven is entered and left twice.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

/// Async functions in a chain, times polls of each.
pub(crate) const POLLED_LEVELS: u64 = 11 * 2;

/// Polls until it is done. There is no executor: what one costs is not ours.
#[inline(never)]
pub(crate) fn drive<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}

/// Ready when it is polled a second time.
pub(crate) struct Later {
    polled: bool,
}

impl Later {
    pub(crate) fn new() -> Later {
        Later { polled: false }
    }
}

impl Future for Later {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if self.polled {
            return Poll::Ready(());
        }
        self.polled = true;
        Poll::Pending
    }
}

/// A module with the chain, each function under the given attribute.
macro_rules! chain {
    ($module:ident, [$($attribute:tt)*]) => {
        pub(crate) mod $module {
            $($attribute)*
            async fn leaf(a: u64, b: &str) -> u64 {
                $crate::asynchronous::Later::new().await;
                a.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(b.len() as u64)
            }
            $crate::asynchronous::chain!(@over leaf [$($attribute)*] f1 f2 f3 f4 f5 f6 f7 f8 f9 outermost);
        }
    };
    (@over $inner:ident [$($attribute:tt)*] $name:ident $($rest:ident)*) => {
        $($attribute)*
        pub(crate) async fn $name(a: u64, b: &str) -> u64 {
            $inner(a, b).await.wrapping_add(1)
        }
        $crate::asynchronous::chain!(@over $name [$($attribute)*] $($rest)*);
    };
    (@over $inner:ident [$($attribute:tt)*]) => {};
}

/// A loop that drives a chain.
macro_rules! driven {
    ($module:ident) => {
        |n| {
            for i in 0..n {
                let (a, b) = (::std::hint::black_box(i), ::std::hint::black_box("hello"));
                ::std::hint::black_box($crate::asynchronous::drive($module::outermost(a, b)));
            }
        }
    };
}

pub(crate) use {chain, driven};

chain!(bare, []);

/// The chain without frames.
pub(crate) const BARE_CHAIN: crate::bench::Bench =
    crate::bench::Bench::new("bare chain", driven!(bare)).counts([100, 600]);
