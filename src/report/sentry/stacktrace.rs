//! The frames of an event, and what `_meta` says of their variables.

use super::SentryOptions;
use crate::report::json::{Json, Object};
use crate::report::{Entry, Frame, Report, Role, State, Variable};

/// Frames from caller to callee. What stands for frames left out has no place among them.
pub(super) struct Stacktrace<'a> {
    frames: Vec<(&'a Frame, bool)>,
    /// The frames with which a stack begins that the error was brought from.
    starts: Vec<usize>,
    /// Where the first gap is, and how many frames it stands for.
    omitted: Option<(usize, usize)>,
    /// All gaps in words.
    pub(super) gaps: Vec<String>,
    /// Where a stack goes on elsewhere.
    pub(super) joints: Vec<String>,
}

impl<'a> Stacktrace<'a> {
    pub(super) fn of(report: &'a Report, options: &SentryOptions) -> Stacktrace<'a> {
        let mut it = Stacktrace {
            frames: Vec::new(),
            starts: Vec::new(),
            omitted: None,
            gaps: Vec::new(),
            joints: Vec::new(),
        };
        for entry in &report.stack {
            match *entry {
                Entry::Frame(ref frame) => it.frames.push((frame, false)),
                Entry::Repeated { frames, times } => it.gap(
                    frames.saturating_mul(times),
                    format!("the {frames} before come another {times} times"),
                ),
                Entry::Omitted { frames } => it.gap(frames, format!("{frames} are left out")),
                Entry::Unrecorded { frames } => {
                    it.gap(frames, format!("{frames} were not recorded"))
                }
                Entry::Joined(ref joint) => {
                    let at = it.frames.len();
                    it.starts.push(at);
                    it.joints.push(format!("after frame {at}: {joint}"));
                }
            }
        }
        let decided: Vec<Option<bool>> = it
            .frames
            .iter()
            .map(|(frame, _)| in_app(frame, options))
            .collect();
        // As Sentry's own client does: if nothing is known to be the program's own, all is that may be.
        let undecided = !decided.contains(&Some(true));
        for ((_, in_app), decided) in it.frames.iter_mut().zip(decided) {
            *in_app = decided.unwrap_or(undecided);
        }
        it
    }

    fn gap(&mut self, frames: usize, words: String) {
        let at = self.frames.len();
        self.omitted.get_or_insert((at, frames));
        self.gaps.push(format!("after frame {at}: {words}"));
    }

    /// `None` without frames: Sentry wants no empty list.
    pub(super) fn json(&self) -> Option<Json<'a>> {
        if self.frames.is_empty() {
            return None;
        }
        let frames: Vec<Json<'a>> = self
            .frames
            .iter()
            .enumerate()
            .map(|(i, (it, in_app))| {
                let starts = self.starts.contains(&i);
                frame(it, *in_app).with_flag("stack_start", starts).into()
            })
            .collect();
        let omitted = self
            .omitted
            .map(|(at, n)| vec![Json::from(at), Json::from(at.saturating_add(n))]);
        let stacktrace = Object::new()
            .with("frames", frames)
            .with_some("frames_omitted", omitted);
        Some(stacktrace.into())
    }

    /// What is said of variables that are not whole, at the path where the exception with this index has
    /// them.
    pub(super) fn meta(&self, exception: usize) -> Option<Object<'a>> {
        let of_frame = |(index, (frame, _)): (usize, &(&'a Frame, bool))| {
            let vars = frame
                .locals
                .iter()
                .filter_map(|local| Some((&*local.name, remark(local)?)));
            let vars = nested(vars.collect())?;
            Some((index.to_string(), Object::new().with("vars", vars)))
        };
        let frames = nested(
            self.frames
                .iter()
                .enumerate()
                .filter_map(of_frame)
                .collect(),
        )?;
        let stacktrace = Object::new().with("stacktrace", Object::new().with("frames", frames));
        let values = Object::new().with(exception.to_string(), stacktrace);
        Some(Object::new().with("exception", Object::new().with("values", values)))
    }
}

/// An object of these entries, unless there are none.
fn nested<'a, K: Into<std::borrow::Cow<'a, str>>>(
    entries: Vec<(K, Object<'a>)>,
) -> Option<Object<'a>> {
    let with = |object: Object<'a>, (key, value)| object.with(key, value);
    (!entries.is_empty()).then(|| entries.into_iter().fold(Object::new(), with))
}

/// How a value was changed on its way: `s` for replaced, `x` for cut.
fn remark<'a>(local: &Variable) -> Option<Object<'a>> {
    let (rule, kind) = match local.state {
        State::Redacted => ("stacklens", "s"),
        State::Known if !local.is_complete && local.whole.is_some() => ("!limit", "x"),
        _ => return None,
    };
    let remark = Json::from(vec![rule.into(), kind.into()]);
    let meta = Object::new()
        .with_some("len", local.whole)
        .with("rem", vec![remark]);
    Some(Object::new().with("", meta))
}

fn frame(it: &Frame, in_app: bool) -> Object<'_> {
    let source = it.source();
    let line = |number: u32| source.and_then(|source| source.line(number));
    let around = |first: u32, last: u32| {
        source
            .into_iter()
            .flat_map(move |source| source.range(first, last))
            .map(|(_, line)| line)
    };
    let known = |text: &str| !text.is_empty();
    let vars: Vec<(&str, Json<'_>)> = it
        .locals
        .iter()
        .map(|local| (&*local.name, value(local).into()))
        .collect();
    let vars = (!vars.is_empty()).then(|| {
        // A name that appears twice would be a key that does.
        let mut names: Vec<&str> = Vec::new();
        vars.into_iter()
            .fold(Object::new(), |object, (name, value)| {
                if names.contains(&name) {
                    return object;
                }
                names.push(name);
                object.with(name, value)
            })
    });
    Object::new()
        .with_some("function", known(&it.function).then_some(&it.function))
        .with_some("module", known(&it.module).then_some(&it.module))
        .with_some("package", Some(it.crate_name()).filter(|name| known(name)))
        .with_some("filename", known(&it.file).then_some(&it.file))
        .with_some("abs_path", it.file.starts_with('/').then_some(&it.file))
        .with_some("lineno", Some(it.line).filter(|&line| line > 0))
        .with_some("colno", Some(it.column).filter(|&column| column > 0))
        .with_list(
            "pre_context",
            around(it.line.saturating_sub(5), it.line.saturating_sub(1)),
        )
        .with_some("context_line", line(it.line))
        .with_list(
            "post_context",
            around(it.line.saturating_add(1), it.line.saturating_add(5)),
        )
        .with("in_app", in_app)
        .with_some("vars", vars)
}

/// The value as Sentry shows it.
fn value(local: &Variable) -> String {
    match (local.state, local.as_of_line) {
        (State::Redacted, _) => "[Filtered]".to_owned(),
        (_, Some(line)) => format!("{} (as of line {line})", local.value),
        _ => local.value.to_string(),
    }
}

/// Modules that are never the program's own.
const LIBRARIES: &[&str] = &[
    "std",
    "core",
    "alloc",
    "proc_macro",
    "test",
    "backtrace",
    "stacklens",
    "sentry",
    "anyhow",
    "eyre",
    "log",
    "tracing",
    "tracing_core",
    "tokio",
    "futures",
    "futures_core",
    "futures_util",
    "rayon",
    "rayon_core",
    "hyper",
];

/// Whether a function is the program's own; `None` if nothing tells.
fn in_app(frame: &Frame, options: &SentryOptions) -> Option<bool> {
    // `<alloc::vec::Vec<T> as core::clone::Clone>::clone` is of `alloc`.
    let path = frame.qualified.trim_start_matches(['<', '_', '&']);
    let begins = |prefix: &str| {
        let rest = path.strip_prefix(prefix);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("::") || prefix.ends_with("::"))
    };
    let is_library = || {
        let name = path.split("::").next().unwrap_or(path);
        LIBRARIES.contains(&name)
            || name.starts_with("sentry_")
            || path.starts_with("rust_begin_unwind")
    };
    if options.in_app_include.iter().any(|prefix| begins(prefix)) {
        Some(true)
    } else if options.in_app_exclude.iter().any(|prefix| begins(prefix)) {
        Some(false)
    } else if frame.is_annotated && frame.role != Role::Native {
        Some(true)
    } else if is_library() {
        Some(false)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_programs_own_functions_are_told_from_libraries() {
        let options = SentryOptions {
            in_app_include: vec!["tokio::ours".into()],
            in_app_exclude: vec!["app::generated".into()],
            ..SentryOptions::default()
        };
        for (name, expected) in [
            ("app::run", None),
            ("app::generated::f", Some(false)),
            ("app::generatedness", None),
            ("core::ops::function::FnOnce::call_once", Some(false)),
            (
                "<alloc::vec::Vec<T> as core::clone::Clone>::clone",
                Some(false),
            ),
            ("tokio::runtime::park", Some(false)),
            ("tokio::ours::f", Some(true)),
            ("sentry_core::x", Some(false)),
            ("stdout_lock", None),
        ] {
            assert_eq!(
                in_app(&Frame::new(name, "a.rs", 1, 1), &options),
                expected,
                "{name}"
            );
        }
        let mut annotated = Frame::new("app::run", "a.rs", 1, 1);
        annotated.is_annotated = true;
        assert_eq!(in_app(&annotated, &options), Some(true));
    }
}
