//! A dump if the program hangs.

use super::{Options, platform};
use std::io;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

/// Dumps all threads when it was not fed for too long; until it is dropped. See [`dump_later`](super::dump_later).
#[derive(Debug)]
pub struct Watchdog {
    /// Each message begins the time anew; without a sender the thread ends.
    fed: Sender<()>,
}

impl Watchdog {
    pub(super) fn start(options: Options, duration: Duration) -> io::Result<Watchdog> {
        platform::prepare()?;
        let (fed, meals) = channel();
        let watch = move || {
            loop {
                match meals.recv_timeout(duration) {
                    Ok(()) => {}
                    Err(RecvTimeoutError::Disconnected) => return,
                    Err(RecvTimeoutError::Timeout) => {
                        platform::dump_after(&options, duration);
                        if let Some(status) = options.exit {
                            platform::exit(status);
                        }
                        if options.repeat {
                            continue;
                        }
                        // Asleep until it is fed.
                        if meals.recv().is_err() {
                            return;
                        }
                    }
                }
            }
        };
        let thread = thread::Builder::new().name("stacklens-watch".to_owned());
        // Not waited for: it ends when the sender is dropped.
        thread.spawn(watch)?;
        Ok(Watchdog { fed })
    }

    /// The program is alive: the time begins anew, also after a dump.
    pub fn feed(&self) {
        // The thread that receives lives as long as this.
        let _ = self.fed.send(());
    }
}
