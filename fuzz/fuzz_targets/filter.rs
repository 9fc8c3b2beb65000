//! The directives of `STACKLENS_LOG` and `log_calls::set_filter`.
#![no_main]

use stacklens::log_calls::{self, Counter};

#[stacklens::log_calls]
fn logged(n: u64) -> u64 {
    n + 1
}

mod inner {
    pub(super) struct Type;

    impl Type {
        #[stacklens::log_calls(level = "trace")]
        pub(super) fn method(&self, n: u64) -> u64 {
            super::logged(n)
        }
    }
}

libfuzzer_sys::fuzz_target!(
    init: log_calls::set_sink(Counter::new()),
    |directives: &str| {
        if let Err(error) = log_calls::set_filter(directives) {
            // Each of them is a part of what was given, and named.
            let text = error.to_string();
            for wrong in error.directives() {
                assert!(directives.contains(wrong) && text.contains(wrong), "{text:?}");
            }
        }
        assert_eq!(inner::Type.method(1), 2);
    }
);
