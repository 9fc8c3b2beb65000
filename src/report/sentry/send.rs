//! Reports through the client that the program has.

use super::SentryOptions;
use crate::report::Report;

impl Report {
    /// Sends the report through the client that the program's `sentry` has set up, from the scope of this
    /// thread: with its user, tags and release, past its `before_send`, by its transport.
    ///
    /// The event is that of [`to_sentry`](Report::to_sentry), but for `_meta`, which the client has no place
    /// for; its identity is the report's. Without a client nothing happens.
    ///
    /// Not for panic hooks: `before_send` and integrations are the program's code.
    pub fn send_to_sentry(&self) {
        self.send_to_sentry_with(&SentryOptions::default());
    }

    /// As [`send_to_sentry`](Report::send_to_sentry), with what the report does not know.
    pub fn send_to_sentry_with(&self, options: &SentryOptions) {
        // `interop/tests` reads every kind of report so.
        if let Ok(event) = serde_json::from_str(&self.to_sentry_with(options)) {
            sentry_core::capture_event(event);
        }
    }
}
