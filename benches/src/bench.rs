//! A loop to be measured, and the setting it runs in.

#[cfg(test)]
use std::panic::Location;

/// Something done over and over. Two of these make a row: the work, and what is subtracted from it.
#[derive(Clone, Copy)]
pub(crate) struct Bench {
    pub(crate) name: &'static str,
    /// What tells it from another one that was given the same name by mistake.
    #[cfg(test)]
    pub(crate) defined: &'static Location<'static>,
    /// Done once, before anything is counted: subscribers are installed here.
    pub(crate) prepare: fn(),
    /// The setting: calls its argument, 20 frames deep for example. Not counted.
    pub(crate) around: fn(&mut dyn FnMut()),
    /// The loop. It is counted, so that a fixed cost in it falls out of the difference of two counts.
    pub(crate) run: fn(u64),
    /// The two iteration counts.
    pub(crate) counts: [u64; 2],
}

impl Bench {
    #[cfg_attr(test, track_caller)]
    pub(crate) const fn new(name: &'static str, run: fn(u64)) -> Bench {
        Bench {
            name,
            #[cfg(test)]
            defined: Location::caller(),
            prepare: || {},
            around: |body| body(),
            run,
            counts: [500, 2500],
        }
    }

    pub(crate) const fn prepared_by(self, prepare: fn()) -> Bench {
        Bench { prepare, ..self }
    }

    pub(crate) const fn inside(self, around: fn(&mut dyn FnMut())) -> Bench {
        Bench { around, ..self }
    }

    pub(crate) const fn counts(self, counts: [u64; 2]) -> Bench {
        Bench { counts, ..self }
    }
}
