//! Functions in whose bodies the macro meets syntax that it does not take apart: they have a frame, and are what they were.

use stacklens::{currentframe, frame};

fn name() -> &'static str {
    currentframe().map_or("", |frame| frame.name())
}

/// An arm under `cfg` may be there or not, so that the body is left alone.
#[frame]
fn conditional_arm(_count: u8, text: &str, mut total: u32) -> (u32, &'static str) {
    total += match _count {
        #[cfg(any())]
        0 => 0,
        1 => 1,
        _ => text.len() as u32,
    };
    (total, name())
}

#[frame]
async fn conditional_arm_later(_count: u8, text: String) -> (usize, &'static str) {
    let n = match _count {
        #[cfg(any())]
        0 => 0,
        _ => text.len(),
    };
    (n, name())
}

#[test]
#[cfg_attr(feature = "off", ignore = "nothing is recorded")]
fn a_body_that_is_left_alone_has_its_frame_and_its_parameters() {
    assert_eq!(conditional_arm(1, "abc", 4), (5, "conditional_arm"));
    assert_eq!(conditional_arm(2, "abc", 4), (7, "conditional_arm"));
    let mut future = std::pin::pin!(conditional_arm_later(2, "abc".to_owned()));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let polled = std::future::Future::poll(future.as_mut(), &mut context);
    assert_eq!(polled, std::task::Poll::Ready((3, "conditional_arm_later")));
}
