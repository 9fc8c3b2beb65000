//! To the logger of the `log` crate.

use super::Level;
use super::event::Event;
use super::sink::{Needs, Sink};
use std::io;

/// Hands lines to the logger of the `log` crate: with the function's level, its module as target, its file and line.
///
/// ```
/// use stacklens::log_calls::{self, LogCrate};
///
/// log_calls::set_sink(LogCrate);
/// ```
///
/// What that logger keeps is for its own filter to say, besides [`set_filter`](super::set_filter).
#[derive(Clone, Copy, Debug, Default)]
pub struct LogCrate;

impl From<Level> for log::Level {
    fn from(level: Level) -> log::Level {
        match level {
            Level::Error => log::Level::Error,
            Level::Warn => log::Level::Warn,
            Level::Info => log::Level::Info,
            Level::Debug => log::Level::Debug,
            Level::Trace => log::Level::Trace,
        }
    }
}

impl Sink for LogCrate {
    fn write(&self, event: &Event<'_>) -> io::Result<()> {
        let code = event.code();
        let (logger, level) = (log::logger(), event.level().into());
        let metadata = log::Metadata::builder()
            .level(level)
            .target(code.module())
            .build();
        if level <= log::max_level() && logger.enabled(&metadata) {
            logger.log(
                &log::Record::builder()
                    .metadata(metadata)
                    .args(format_args!("{}", event.line().trim_end_matches('\n')))
                    .module_path_static(Some(code.module()))
                    .file_static(Some(code.file()))
                    .line(Some(event.place().0))
                    .build(),
            );
        }
        Ok(())
    }

    fn flush(&self) -> io::Result<()> {
        log::logger().flush();
        Ok(())
    }

    fn needs(&self) -> Needs {
        Needs::LINE
    }
}
