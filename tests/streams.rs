//! Frames for what gives one item after the other: iterators, and with the feature `futures` streams.

#![cfg(not(feature = "off"))]

use stacklens::tasks::{self, IteratorExt, State};

#[test]
fn an_iterator_has_a_frame_while_it_makes_an_item_and_between_two() {
    let mut items = (0..3)
        .map(|n| (n, stacklens::stack()[0].name()))
        .framed("items");
    assert_eq!(items.frame().state(), State::Created);
    assert_eq!(items.size_hint(), (3, Some(3)));
    assert_eq!(items.next(), Some((0, "items")));
    assert_eq!(items.frame().state(), State::Suspended);
    let kept = || tasks::dump().frames().any(|frame| frame.name() == "items");
    assert!(kept());
    assert_eq!(items.by_ref().count(), 2);
    assert_eq!((items.frame().state(), kept()), (State::Finished, false));
    assert_eq!(stacklens::depth(), 0);
}

#[test]
fn an_iterator_that_panics_has_no_frame_any_more() {
    let mut items = std::iter::repeat_with(|| -> u32 { panic!("no item") }).framed("panics");
    let next = std::panic::AssertUnwindSafe(|| items.next());
    assert!(std::panic::catch_unwind(next).is_err());
    assert_eq!(items.frame().state(), State::Finished);
    assert_eq!(stacklens::depth(), 0);
    assert_eq!(items.into_inner().size_hint().1, None);
}

#[cfg(feature = "futures")]
mod of_futures {
    use futures::executor::block_on;
    use futures::stream::{self, FusedStream, StreamExt as _, TryStreamExt as _};
    use stacklens::frame;
    use stacklens::tasks::{self, StreamExt as _};
    use std::pin::pin;

    fn waiting_with(name: &str) -> Option<String> {
        let dump = tasks::dump();
        let frame = dump.frames().find(|frame| frame.name() == name)?;
        Some(
            frame
                .awaited_by()
                .map_or("nobody", |by| by.name())
                .to_owned(),
        )
    }

    #[frame]
    async fn lookup(id: u32) -> String {
        format!(
            "{id}: {}",
            stacklens::stack()
                .iter()
                .map(|f| f.name())
                .collect::<Vec<_>>()
                .join(" < ")
        )
    }

    #[frame]
    async fn consumer() -> Vec<String> {
        let mut rows = pin!(stream::iter(1..=2).then(lookup).framed("rows"));
        let mut seen = Vec::new();
        while let Some(row) = rows.next().await {
            assert_eq!(waiting_with("rows").as_deref(), Some("consumer"));
            seen.push(row);
        }
        assert_eq!(waiting_with("rows"), None);
        seen
    }

    #[test]
    fn a_stream_stands_between_who_awaits_it_and_what_it_awaits() {
        let rows = block_on(consumer());
        assert_eq!(
            rows,
            ["1: lookup < rows < consumer", "2: lookup < rows < consumer"]
        );
    }

    #[test]
    fn a_stream_keeps_what_it_can() {
        let all = stream::iter(0..4).fuse().framed("all");
        assert!(!all.is_terminated());
        assert_eq!(futures::Stream::size_hint(&all), (4, Some(4)));
        assert_eq!(
            block_on(all.map(Ok::<_, ()>).try_collect::<Vec<_>>()),
            Ok(vec![0, 1, 2, 3])
        );
    }

    #[test]
    fn a_future_that_says_when_it_is_done_still_does() {
        use futures::future::{FusedFuture, FutureExt as _};
        let mut done = stacklens::tasks::FutureExt::framed(async { 1 }.boxed().fuse(), "fused");
        assert!(!done.is_terminated());
        assert_eq!(block_on(&mut done), 1);
        assert!(done.is_terminated());
    }
}
