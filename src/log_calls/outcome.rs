//! How a call ended.

/// How a logged call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// It returned a value that is no failure.
    Value,
    /// It returned `Err`.
    Err,
    /// It returned `None`.
    None,
    /// A panic went through it.
    Panic,
    /// Its future was dropped before it was ready.
    Dropped,
    /// It returned in a way that the attribute does not see: from within another macro.
    Left,
}

impl Outcome {
    pub(super) const ALL: [Outcome; 6] = [
        Outcome::Value,
        Outcome::Err,
        Outcome::None,
        Outcome::Panic,
        Outcome::Dropped,
        Outcome::Left,
    ];

    /// `"value"`, `"err"`, `"none"`, `"panic"`, `"dropped"` or `"left"`.
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Value => "value",
            Outcome::Err => "err",
            Outcome::None => "none",
            Outcome::Panic => "panic",
            Outcome::Dropped => "dropped",
            Outcome::Left => "left",
        }
    }
}

const _: () = {
    let mut i = 0;
    while i < Outcome::ALL.len() {
        assert!(Outcome::ALL[i] as usize == i);
        i += 1;
    }
};
