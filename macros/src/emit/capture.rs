//! Values: what copies a variable into the frame.

use super::{Emit, Probing, Reach};
use crate::rewrite::Read;
use proc_macro::{Delimiter, Ident, TokenTree};

impl Emit {
    /// `cap(&x, SITE, frame);`
    pub(crate) fn capture(
        &self,
        out: &mut Vec<TokenTree>,
        variable: &Ident,
        slot: u32,
        position: u32,
    ) {
        let mut arguments = vec![
            self.punct('&'),
            variable.clone().into(),
            self.punct(','),
            self.number(slot | position << 8),
        ];
        self.push_frame(&mut arguments);
        self.call(out, &self.name("cap"), arguments);
        out.push(self.punct(';'));
    }

    /// Whether [`Emit::capture_at`] can be emitted.
    pub(crate) fn captures_at(&self) -> bool {
        self.reach.get() == Reach::Guard && !self.plain
    }

    /// `cap_at(&x, SITE, NEXT, frame);`: one call for a capture and the position of the statement behind it.
    pub(crate) fn capture_at(
        &self,
        out: &mut Vec<TokenTree>,
        variable: &Ident,
        slot: u32,
        position: u32,
        next: u32,
    ) {
        let mut arguments = vec![
            self.punct('&'),
            variable.clone().into(),
            self.punct(','),
            self.number(slot | position << 8),
            self.punct(','),
            self.number(next),
        ];
        self.push_frame(&mut arguments);
        self.call(out, "cap_at", arguments);
        out.push(self.punct(';'));
    }

    /// `Probe(&x).stacklens_cap(SITE, frame);`
    ///
    /// For a variable whose type is written: an inherent method that exists for types with `Inspect` (or `Debug`), and one of
    /// the same name behind a `Deref` for the others. The one method call in the output; its name is nobody else's.
    pub(crate) fn capture_probed(
        &self,
        out: &mut Vec<TokenTree>,
        variable: &Ident,
        slot: u32,
        position: u32,
        by: Probing,
    ) {
        self.probe(out, variable, by);
        let mut arguments = vec![self.number(slot | position << 8)];
        self.push_frame(&mut arguments);
        out.push(self.ident(if self.reach.get() == Reach::Guard {
            "stacklens_cap"
        } else {
            "stacklens_cap_top"
        }));
        out.push(self.group(Delimiter::Parenthesis, arguments));
        out.push(self.punct(';'));
    }

    /// `Probe(&x).`
    pub(super) fn probe(&self, out: &mut Vec<TokenTree>, variable: &Ident, by: Probing) {
        let mut argument = vec![self.punct('&')];
        if self.receiver.get() {
            argument.push(self.punct('*'));
        }
        argument.push(variable.clone().into());
        let constructor = match by {
            Probing::Inspect => "Probe",
            Probing::Debug => "ProbeFull",
            Probing::InspectFailing => "InspectFailing",
            Probing::DebugFailing => "ProbeFailing",
        };
        self.call(out, constructor, argument);
        out.push(self.punct('.'));
    }

    /// `if records(frame) { STATEMENTS }`: one question for all of them, in a build without optimisation.
    pub(crate) fn if_records(&self, out: &mut Vec<TokenTree>, statements: Vec<TokenTree>) {
        let mut arguments = Vec::new();
        self.push_frame(&mut arguments);
        out.push(self.ident("if"));
        self.call(out, "records", arguments);
        out.push(self.group(Delimiter::Brace, statements));
    }

    /// What is probed next is behind a reference that is not looked at itself: `&*self`.
    pub(crate) fn probed_receiver(&self, receiver: bool) {
        self.receiver.set(receiver);
    }

    /// `unset(SITE, frame);`: the slot holds nothing yet.
    pub(crate) fn unset(&self, out: &mut Vec<TokenTree>, slot: u32, position: u32) {
        let mut arguments = vec![self.number(slot | position << 8)];
        self.push_frame(&mut arguments);
        self.call(out, &self.name("unset"), arguments);
        out.push(self.punct(';'));
    }

    /// `cap_init(INIT, SITE, frame)`
    pub(crate) fn capture_init(
        &self,
        out: &mut Vec<TokenTree>,
        init: Vec<TokenTree>,
        slot: u32,
        position: u32,
    ) {
        let mut arguments = init;
        arguments.push(self.punct(','));
        arguments.push(self.number(slot | position << 8));
        self.push_frame(&mut arguments);
        self.call(out, &self.name("cap_init"), arguments);
    }

    /// Captures at a failing exit.
    pub(crate) fn read(&self, out: &mut Vec<TokenTree>, reads: &[Read], position: u32) {
        for read in reads {
            if read.probed {
                self.probed_receiver(read.receiver);
                let by = match read.debug {
                    true => Probing::DebugFailing,
                    false => Probing::InspectFailing,
                };
                self.capture_probed(out, &read.ident, read.slot, position, by);
                self.probed_receiver(false);
            } else {
                self.capture(out, &read.ident, read.slot, position);
            }
        }
    }
}
