//! What may go to another thread, and what stays on its own: checked when this file is compiled.

use stacklens::log_calls::Event;
use stacklens::recursion::ScopedLimit;
use stacklens::tasks::{PollFrame, TaskDump};
use stacklens::threads::{Profile, Sampler, ThreadDump};
use stacklens::{
    Error, Frame, FrameInfo, Generator, Locals, Report, ReturnTrace, Stack, Traceback, Value,
    Yielder,
};
use std::future::Ready;
use std::rc::Rc;

/// Does not compile if the type has the trait: which impl is meant could not be told then.
macro_rules! has_not {
    ($($type:ty: $trait:ident;)*) => {$(
        const _: fn() = || {
            trait Ambiguous<A> {
                fn some() {}
            }
            struct Has;
            impl<T: ?Sized> Ambiguous<()> for T {}
            impl<T: ?Sized + $trait> Ambiguous<Has> for T {}
            <$type as Ambiguous<_>>::some();
        };
    )*};
}

macro_rules! has {
    ($($type:ty: $trait:ident;)*) => {$(
        const _: fn() = || {
            fn has<T: ?Sized + $trait>() {}
            has::<$type>();
        };
    )*};
}

// A record is its thread's.
has_not! {
    Frame: Send;
    Frame: Sync;
    ScopedLimit: Send;
    // It leads to the frame of the call.
    Event<'static>: Send;
    Event<'static>: Sync;
}

// What a generator's body holds, gives and is sent.
has_not! {
    Generator<u8, Ready<Rc<u8>>>: Send;
    Generator<Rc<u8>, Ready<()>>: Send;
    Generator<u8, Ready<()>, Rc<u8>>: Send;
    Generator<u8, Ready<()>>: Sync;
}

has! {
    Generator<u8, Ready<()>, u8>: Send;
    // A number.
    Yielder<Rc<u8>, Rc<u8>>: Send;
    Yielder<Rc<u8>, Rc<u8>>: Sync;
    PollFrame: Send;
    Sampler: Send;
    FrameInfo: Sync;
    Stack: Sync;
    Locals: Sync;
    Value: Sync;
    Traceback: Sync;
    ReturnTrace: Sync;
    Report: Sync;
    Error: Sync;
    TaskDump: Sync;
    ThreadDump: Sync;
    Profile: Sync;
}

/// Futures are as they were: `Send` if what they hold is.
#[test]
fn a_future_is_as_free_as_what_it_holds() {
    #[stacklens::frame]
    async fn free(text: &str) -> usize {
        std::future::ready(()).await;
        text.len()
    }
    #[stacklens::log_calls]
    async fn logged(text: String) -> usize {
        std::future::ready(()).await;
        text.len()
    }
    #[stacklens::frame]
    async fn bound(text: Rc<str>) -> usize {
        std::future::ready(()).await;
        text.len()
    }
    fn send<T: Send>(future: T) -> T {
        future
    }
    drop((
        send(free("x")),
        send(logged(String::new())),
        bound("x".into()),
    ));
    trait Ambiguous<A> {
        fn is_bound(&self) -> bool {
            true
        }
    }
    impl<T> Ambiguous<()> for T {}
    impl<T: Send> Ambiguous<u8> for T {}
    // Does not compile if it is `Send`.
    assert!(bound("x".into()).is_bound());
}
