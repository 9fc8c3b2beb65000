//! Logged functions called by what the log itself calls: nobody waits for himself.

#![cfg(not(feature = "off"))]

mod child;

use stacklens::log_calls::{self, Background, Timeline, Writer, stats};
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

#[stacklens::log_calls]
fn logged(n: u64) -> u64 {
    n + 1
}

/// Runs `body` on a thread of its own. Whether it came to an end.
fn ends(body: impl FnOnce() + Send + 'static) -> bool {
    let (over, is_over) = channel();
    thread::spawn(move || {
        body();
        over.send(()).unwrap();
    });
    is_over.recv_timeout(Duration::from_secs(20)).is_ok()
}

/// An output that is logged itself.
struct Logged(Vec<u8>);

impl Write for Logged {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        logged(bytes.len() as u64);
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        logged(0);
        Ok(())
    }
}

#[test]
fn a_timeline_is_written_to_an_output_that_is_logged() {
    child::run(|| {
        let timeline = Arc::new(Timeline::new());
        log_calls::set_sink(Arc::clone(&timeline));
        logged(1);
        assert_eq!(timeline.len(), 2);
        assert!(ends(move || {
            let mut output = Logged(Vec::new());
            timeline.write_perfetto(&mut output).unwrap();
            timeline.write_folded(&mut output).unwrap();
            let text = String::from_utf8(output.0).unwrap();
            assert!(text.contains("logged"), "{text}");
        }));
    });
}

#[test]
fn who_looks_at_an_output_may_call_logged_functions() {
    child::run(|| {
        let writer = Arc::new(Writer::new(Logged(Vec::new())));
        log_calls::set_sink(Arc::clone(&writer));
        assert!(ends(move || {
            logged(1);
            let before = stats().suppressed;
            let text = writer.with(|output| {
                logged(2);
                String::from_utf8(output.0.clone()).unwrap()
            });
            assert_eq!(
                text.lines().collect::<Vec<_>>(),
                ["→ logged(1)", "← logged(1) = 2"]
            );
            assert!(stats().suppressed > before);
            logged(3);
            assert_eq!(
                writer.with(|output| output.0.iter().filter(|b| **b == b'\n').count()),
                4
            );
        }));
    });
}

#[test]
fn a_queue_is_written_to_an_output_that_is_logged() {
    child::run(|| {
        static LINES: AtomicUsize = AtomicUsize::new(0);
        /// Counts lines, and is logged.
        struct Counts;
        impl Write for Counts {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                let lines = bytes.iter().filter(|byte| **byte == b'\n').count();
                LINES.fetch_add(lines, Relaxed);
                logged(1);
                Ok(bytes.len())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        log_calls::set_sink(Background::new(Counts));
        assert!(ends(|| {
            for n in 0..10 {
                logged(n);
            }
            log_calls::flush();
            // Were its own calls lines, there would be more with each write.
            thread::sleep(Duration::from_millis(50));
            assert_eq!((LINES.load(Relaxed), stats().failed), (20, 0));
        }));
    });
}
