//! How much of everything is kept and shown.

/// The bounds on what is recorded and printed, passed whole.
///
/// What a bound cuts off is always counted and said: `"abc"... (1000 bytes)`, `[1, 2, ... 998
/// more]`, `[previous 996 frames repeated]`.
///
/// ```
/// let mut limits = stacklens::Limits::default();
/// limits.items = 3;
/// assert_eq!(limits.string_chars, 80);
/// ```
///
/// The first three bounds act when a value is recorded, the others when it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes kept of one value when it is recorded. At most 256.
    pub value_bytes: usize,
    /// Items kept of one container.
    pub items: usize,
    /// Containers and structs kept inside one another.
    pub nesting: usize,
    /// Characters shown of one string.
    pub string_chars: usize,
    /// Locals shown of one frame.
    pub locals: usize,
    /// Outermost frames shown of a long stack.
    pub frames_first: usize,
    /// Innermost frames shown of a long stack.
    pub frames_last: usize,
    /// Equal frames in a row that are shown before the rest is counted.
    pub repeats: usize,
    /// The longest cycle of frames that counts as a repeat.
    pub cycle: usize,
    /// Bytes kept of one error's message.
    pub message_bytes: usize,
    /// Causes kept of a chain of errors.
    pub causes: usize,
    /// First hops kept of an error's return trace.
    pub hops_first: usize,
    /// Last hops kept of an error's return trace.
    pub hops_last: usize,
    /// Source lines shown before the current one in text.
    pub source_before: usize,
    /// Source lines shown after the current one in text.
    pub source_after: usize,
    /// Source lines before and after the current one in JSON.
    pub source_json: usize,
}

impl Limits {
    /// The defaults.
    pub const DEFAULT: Limits = Limits {
        value_bytes: 256,
        items: 10,
        nesting: 4,
        string_chars: 80,
        locals: 32,
        frames_first: 50,
        frames_last: 50,
        repeats: 3,
        cycle: 8,
        message_bytes: 4096,
        causes: 32,
        hops_first: 16,
        hops_last: 48,
        source_before: 2,
        source_after: 1,
        source_json: 5,
    };
}

impl Default for Limits {
    fn default() -> Limits {
        Limits::DEFAULT
    }
}
