//! One frame of a report.

use super::variable::Variable;
use crate::capture::Limits;
use crate::code::{Embedded, Place};
use crate::inspect::{FrameInfo, Locals};
use crate::native::{Function, last_segment};
use crate::source::{self, Source};
use std::borrow::Cow;
use std::sync::OnceLock;

/// A frame of a [`Report`](super::Report): a function that was active, or one that the error left.
///
/// Made from a [`FrameInfo`], or by [`Frame::new`] for what was learned in another way.
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize), serde(default))]
#[non_exhaustive]
pub struct Frame {
    /// The function's name: `parse`. Empty if it is not known.
    pub function: Cow<'static, str>,
    /// Module, type and name: `mycrate::config::Parser::parse`.
    pub qualified: Cow<'static, str>,
    /// Path of the module.
    pub module: Cow<'static, str>,
    /// Path of the source file as `file!()` gives it.
    pub file: Cow<'static, str>,
    /// The line that ran, from 1; 0 if it is not known.
    pub line: u32,
    /// The column, from 1; 0 if it is not known. Of a failing `?`, where the `?` is.
    pub column: u32,
    /// The expression that failed, where that is known.
    pub range: Option<Range>,
    /// Line where the function begins; 0 if it is not known.
    pub first_line: u32,
    /// Line where the function ends; 0 if it is not known.
    pub last_line: u32,
    /// How the frame came to be in the report.
    pub role: Role,
    /// How an error left the function.
    pub exit: Option<Exit>,
    /// The variables in scope, arguments first.
    pub locals: Vec<Variable>,
    /// Whether it is an async function or block.
    pub is_async: bool,
    /// Whether text leaves it out and counts it.
    pub is_hidden: bool,
    /// Whether the function is annotated with `#[frame]`.
    pub is_annotated: bool,
    /// Read from the file when somebody asks first.
    #[cfg_attr(
        feature = "serde",
        serde(
            default = "super::serialize::no_source",
            deserialize_with = "super::serialize::source"
        )
    )]
    pub(super) source: OnceLock<Option<Source>>,
    /// Lines that are in the program, for where the file is not there.
    #[cfg_attr(feature = "serde", serde(skip))]
    embedded: Option<Embedded>,
}

/// How a frame came to be in a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Deserialize),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum Role {
    /// It was active when the report was made.
    #[default]
    Live,
    /// The error has left it: see [`Frame::exit`].
    Left,
    /// It was found on the native stack.
    Native,
}

/// How an error left a function.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize), serde(default))]
#[non_exhaustive]
pub struct Exit {
    /// By which kind of code.
    pub how: How,
    /// The type of the error as it came out of the function.
    pub error_type: Option<Cow<'static, str>>,
    /// The type that it had before `From` converted it here.
    pub converted_from: Option<Cow<'static, str>>,
}

/// The code by which an error left a function.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Deserialize),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum How {
    /// `?`
    Question,
    /// `return`
    Return,
    /// The value of the body.
    Tail,
    /// Not seen, but it was left: by `bail!` or another macro that returns.
    #[default]
    Early,
    /// Unwinding.
    Panic,
}

/// A part of a file: from a place up to the one behind its last character. Lines and columns from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize))]
#[non_exhaustive]
pub struct Range {
    /// First line.
    pub line: u32,
    /// First column.
    pub column: u32,
    /// Last line.
    pub end_line: u32,
    /// The column behind the last character.
    pub end_column: u32,
}

impl Frame {
    /// What is said of the frame beside its place.
    pub(super) fn remarks(&self) -> impl Iterator<Item = &'static str> {
        let early = |exit: &Exit| exit.how == How::Early;
        let changed = |source: &Source| source.is_changed;
        [
            (self.role == Role::Native, "native"),
            (self.is_hidden, "hidden"),
            (
                self.exit.as_ref().is_some_and(early),
                "left early, after this",
            ),
            (
                self.source().is_some_and(changed),
                "file changed since the build",
            ),
        ]
        .into_iter()
        .filter_map(|(holds, remark)| holds.then_some(remark))
    }

    /// A frame of which the function's path and the place are known: one of the native stack, or the
    /// place of a panic in a function without an attribute.
    pub fn new(
        qualified: impl Into<Cow<'static, str>>,
        file: impl Into<Cow<'static, str>>,
        line: u32,
        column: u32,
    ) -> Frame {
        let qualified = qualified.into();
        let (module, function) = match qualified.rsplit_once("::") {
            Some((module, function)) => (module.to_owned(), function.to_owned()),
            None => (String::new(), qualified.clone().into_owned()),
        };
        Frame {
            function: function.into(),
            module: module.into(),
            qualified,
            file: file.into(),
            line,
            column,
            ..Frame::default()
        }
    }

    /// A function of the native stack.
    pub fn native(function: &Function) -> Frame {
        let qualified = function.name().to_owned();
        let name = last_segment(&qualified);
        let module = qualified.strip_suffix(name).unwrap_or_default();
        Frame {
            function: name.to_owned().into(),
            module: module.trim_end_matches(':').to_owned().into(),
            file: function.file().to_owned().into(),
            line: function.line(),
            column: function.column(),
            role: Role::Native,
            qualified: qualified.into(),
            ..Frame::default()
        }
    }

    /// A copy of a recorded frame, its values as text within `limits`.
    pub fn of(info: &FrameInfo, limits: &Limits) -> Frame {
        let code = info.code();
        let mut frame = Frame {
            function: code.name().into(),
            qualified: info.qualified_name(),
            module: code.module().into(),
            file: code.file().into(),
            line: info.line(),
            column: info.column(),
            range: info.range().map(Range::of),
            first_line: code.first_line(),
            last_line: code.last_line(),
            is_async: code.is_async(),
            is_hidden: code.is_hidden(),
            is_annotated: true,
            embedded: code.embedded(),
            ..Frame::default()
        };
        frame.set_locals(&info.locals(), limits);
        frame
    }

    pub(super) fn set_locals(&mut self, locals: &Locals, limits: &Limits) {
        let variable = |local| Variable::of(local, limits);
        self.locals = locals.iter().map(variable).collect();
    }

    /// As a hop of an error's return trace: the error left the function so.
    #[must_use]
    pub fn left(mut self, exit: Exit) -> Frame {
        self.role = Role::Left;
        self.exit = Some(exit);
        self
    }

    /// At another place of the same function: that of a failing `?`.
    #[must_use]
    pub fn at(mut self, line: u32, column: u32) -> Frame {
        (self.line, self.column) = (line, column);
        self
    }

    /// With the expression that failed.
    #[must_use]
    pub fn with_range(mut self, range: Range) -> Frame {
        self.range = Some(range);
        self
    }

    /// With a variable, instead of the one of the same name if there is one.
    #[must_use]
    pub fn with_local(mut self, variable: Variable) -> Frame {
        match self
            .locals
            .iter_mut()
            .find(|known| known.name == variable.name)
        {
            Some(known) => *known = variable,
            None => self.locals.push(variable),
        }
        self
    }

    /// With source lines that need not be looked for in files.
    #[must_use]
    pub fn with_source(mut self, source: Option<Source>) -> Frame {
        self.source = source.into();
        self
    }

    /// The source lines around [`line`](Frame::line), if they could be read.
    ///
    /// They are read, through a cache, when they are first asked for: printing a report does. Whatever
    /// cannot be read has no lines; nothing fails and no other thread is waited for. Of a file that is not there or was
    /// changed since, a function with `#[frame(embed)]` has its own lines in the program.
    pub fn source(&self) -> Option<&Source> {
        let read = || {
            let range = self.range.map(|r| (r.line, r.end_line));
            let found = source::around(&self.file, self.line, range, &self.holder());
            match self.embedded {
                Some(lines) if found.as_ref().is_none_or(|found| found.is_changed) => {
                    source::embedded(lines, self.line, range).or(found)
                }
                _ => found,
            }
        };
        self.source.get_or_init(read).as_ref()
    }

    /// What tells that a file is the one that the function is in.
    fn holder(&self) -> source::Holder<'_> {
        source::Holder {
            name: if self.is_annotated {
                &self.function
            } else {
                ""
            },
            first_line: self.first_line,
            last_line: self.last_line,
        }
    }

    pub(super) fn how(&self) -> Option<How> {
        self.exit.as_ref().map(|exit| exit.how)
    }

    pub(super) fn is_question(&self) -> bool {
        self.how() == Some(How::Question)
    }

    /// The crate that the function is in, by its module.
    pub fn crate_name(&self) -> &str {
        self.module.split("::").next().unwrap_or_default()
    }

    /// Whether a place lies in this function. Of a native one only the line is known that runs.
    pub(super) fn holds(&self, file: &str, line: u32) -> bool {
        if self.role == Role::Native {
            return self.file == file && self.line == line;
        }
        self.file == file
            && self.first_line != 0
            && (self.first_line..=self.last_line).contains(&line)
    }
}

/// Source lines apart: they are not part of what happened.
impl PartialEq for Frame {
    fn eq(&self, other: &Frame) -> bool {
        let key = |f: &Frame| (f.line, f.column, f.range, f.first_line, f.last_line, f.role);
        let flags = |f: &Frame| (f.is_async, f.is_hidden, f.is_annotated);
        key(self) == key(other)
            && flags(self) == flags(other)
            && self.function == other.function
            && self.qualified == other.qualified
            && self.module == other.module
            && self.file == other.file
            && self.exit == other.exit
            && self.locals == other.locals
    }
}

impl From<&FrameInfo> for Frame {
    fn from(info: &FrameInfo) -> Frame {
        Frame::of(info, &Limits::DEFAULT)
    }
}

impl Exit {
    /// By this kind of code.
    pub fn by(how: How) -> Exit {
        Exit {
            how,
            ..Exit::default()
        }
    }

    /// With the type of the error as it came out.
    #[must_use]
    pub fn with_type(mut self, name: impl Into<Cow<'static, str>>) -> Exit {
        self.error_type = Some(name.into());
        self
    }

    /// With the type that it had before `From` converted it.
    #[must_use]
    pub fn converted_from(mut self, name: impl Into<Cow<'static, str>>) -> Exit {
        self.converted_from = Some(name.into());
        self
    }
}

impl How {
    /// As the JSON form has it: `question`, `return`, ..
    pub fn as_str(self) -> &'static str {
        match self {
            How::Question => "question",
            How::Return => "return",
            How::Tail => "tail",
            How::Early => "early",
            How::Panic => "panic",
        }
    }
}

impl Role {
    /// As the JSON form has it: `live`, `left`, `native`.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Live => "live",
            Role::Left => "left",
            Role::Native => "native",
        }
    }
}

impl Range {
    /// From a place up to the one behind the last character.
    pub fn new(line: u32, column: u32, end_line: u32, end_column: u32) -> Range {
        Range {
            line,
            column,
            end_line,
            end_column,
        }
    }

    fn of((from, to): (Place, Place)) -> Range {
        Range::new(from.line, from.column, to.line, to.column)
    }
}
