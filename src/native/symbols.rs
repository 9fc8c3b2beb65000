//! What addresses mean: functions, files, lines.

#[cfg(native_elf)]
mod cache;
#[cfg_attr(native_elf, path = "symbols/elf.rs")]
#[cfg_attr(
    all(feature = "native", not(target_os = "linux")),
    path = "symbols/backtrace.rs"
)]
#[cfg_attr(not(feature = "native"), path = "symbols/none.rs")]
mod platform;

use super::runtime;
use std::fmt;
use std::sync::Arc;

/// What is known of an address in the program: the functions that run there, and what is missing of them and why.
///
/// Cheap to clone.
#[derive(Clone)]
pub struct Symbols(Arc<Resolved>);

pub(crate) struct Resolved {
    /// Innermost first.
    pub(crate) functions: Vec<Function>,
    /// The file of the program or library.
    pub(crate) object: String,
    pub(crate) missing: Option<String>,
}

/// A function at an address: the one whose machine code it is, or one that was inlined there.
#[derive(Clone, PartialEq, Eq)]
pub struct Function {
    pub(crate) name: String,
    pub(crate) file: String,
    pub(crate) directory: String,
    pub(crate) line: u32,
    pub(crate) column: u32,
    pub(crate) is_inlined: bool,
}

impl Symbols {
    /// What an address means; inside of an instruction, not behind it.
    pub(crate) fn of(address: usize) -> Symbols {
        #[cfg(native_elf)]
        return cache::get(address, || Symbols(Arc::new(platform::resolve(address))));
        #[cfg(not(native_elf))]
        Symbols(Arc::new(platform::resolve(address)))
    }

    /// The functions, innermost first: those that were inlined come before the one they were inlined into. Empty if
    /// nothing is known of the address.
    pub fn functions(&self) -> &[Function] {
        &self.0.functions
    }

    /// The path of the program or library that the address is in; empty if it is in none.
    pub fn object(&self) -> &str {
        &self.0.object
    }

    /// What is not known, and why: `no line: target/debug/app has no debug information, ..`. `None` if all is.
    pub fn missing(&self) -> Option<&str> {
        self.0.missing.as_deref()
    }
}

impl Function {
    /// One of which only an address is known.
    pub(crate) fn unknown(address: usize) -> Function {
        Function {
            name: format!("{address:#x}"),
            file: String::new(),
            directory: String::new(),
            line: 0,
            column: 0,
            is_inlined: false,
        }
    }

    /// The function's path, demangled: `app::config::parse`. With generic arguments where the compiler mangles them in.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The source file as the compiler was given it, like `file!()`; empty if it is not known.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The directory that a relative [`file`](Function::file) is below; empty if it is not known.
    pub fn directory(&self) -> &str {
        &self.directory
    }

    /// The line, from 1; 0 if it is not known. Of a function that called an inlined one, the line of that call.
    pub fn line(&self) -> u32 {
        self.line
    }

    /// The column, from 1; 0 if it is not known.
    pub fn column(&self) -> u32 {
        self.column
    }

    /// Whether it has no native frame of its own.
    pub fn is_inlined(&self) -> bool {
        self.is_inlined
    }

    /// Whether it only passes control on: std's start of programs and threads, its panics, closures' shims, this library.
    pub fn is_runtime(&self) -> bool {
        runtime::is_runtime(&self.name)
    }
}

/// `app::config::parse in src/config.rs:12:9`
impl fmt::Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match &*self.name {
            "" => "?",
            name => name,
        };
        f.write_str(name)?;
        if !self.file.is_empty() {
            write!(f, " in {}", self.file)?;
            for number in [self.line, self.column] {
                if number == 0 {
                    break;
                }
                write!(f, ":{number}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Function({self})")
    }
}

impl fmt::Debug for Symbols {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Symbols")
            .field("functions", &self.functions())
            .field("object", &self.object())
            .field("missing", &self.missing())
            .finish()
    }
}
