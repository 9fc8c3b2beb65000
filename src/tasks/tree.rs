//! A dump as a text.

use super::{TaskDump, TaskFrame};
use crate::capture::ValueKind;
use crate::inspect::{Local, Locals};
use std::collections::HashMap;
use std::fmt::{self, Write};
use std::hash::{BuildHasherDefault, Hash, Hasher};
use std::ops::Range;
use std::time::Duration;

/// Levels that are indented; deeper ones stand below each other.
const INDENTED: usize = 64;

/// Siblings that are told apart by comparing each with each: for more there is a table.
const FEW: usize = 4;

/// [`TaskDump::tree`].
#[derive(Clone, Copy)]
pub struct Tree<'d> {
    dump: &'d TaskDump,
    values: Values,
}

/// Which variables are shown.
#[derive(Clone, Copy, PartialEq)]
enum Values {
    All,
    /// Of the others it is said how many they are.
    Known,
    None,
}

/// Frames that are shown as one.
struct Group<'d> {
    frame: TaskFrame<'d>,
    count: usize,
}

/// What is said of the frames, and which of them look alike.
struct Shapes {
    /// For each frame the first one that it and all below it look like: equal ones are shown as one.
    alike: Vec<u32>,
    /// For each frame the first one of which the same is said.
    said: Vec<u32>,
    /// What is said, one after the other: a frame is described once.
    text: String,
    /// Where in the text, for each frame that is the first of which it is said.
    lines: Vec<Range<usize>>,
}

impl Shapes {
    fn line_of_first(&self, index: u32) -> &str {
        &self.text[self.lines[index as usize].clone()]
    }

    fn line(&self, frame: TaskFrame<'_>) -> &str {
        self.line_of_first(self.said[frame.index as usize])
    }
}

impl<'d> Tree<'d> {
    pub(super) fn of(dump: &'d TaskDump) -> Tree<'d> {
        Tree {
            dump,
            values: Values::All,
        }
    }

    /// The tree with those variables alone of which there is a value. Those that are not yet assigned, of which the type is all
    /// that is known, or that were not recorded, are counted: on a terminal, most lines fit.
    ///
    /// ```
    /// use stacklens::tasks;
    /// use std::future::{Future, pending};
    /// use std::pin::pin;
    /// use std::task::{Context, Waker};
    ///
    /// struct Socket;
    ///
    /// #[stacklens::frame]
    /// async fn serve(path: &str, socket: &Socket) -> usize {
    ///     pending::<()>().await;
    ///     path.len() + size_of_val(socket)
    /// }
    ///
    /// let mut task = pin!(serve("/order/7", &Socket));
    /// assert!(task.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    /// # #[cfg(not(feature = "off"))] {
    /// let text = tasks::dump().tree().with_known_values().to_string();
    /// assert!(text.contains(r#"{path: "/order/7", 1 without a value}"#));
    /// # }
    /// ```
    #[must_use]
    pub fn with_known_values(self) -> Tree<'d> {
        Tree {
            values: Values::Known,
            ..self
        }
    }

    /// The tree without variables: tasks that differ in their values alone are counted as one.
    ///
    /// ```
    /// use stacklens::tasks::{self, FutureExt};
    /// use std::future::{Future, pending};
    /// use std::pin::pin;
    /// use std::task::{Context, Waker};
    ///
    /// #[stacklens::frame]
    /// async fn serve(connection: u32) -> u32 {
    ///     pending::<()>().await;
    ///     connection
    /// }
    ///
    /// let mut context = Context::from_waker(Waker::noop());
    /// let (mut one, mut two) = (pin!(serve(1)), pin!(serve(2)));
    /// assert!(one.as_mut().poll(&mut context).is_pending());
    /// assert!(two.as_mut().poll(&mut context).is_pending());
    /// # #[cfg(not(feature = "off"))] {
    /// let dump = tasks::dump();
    /// assert!(dump.tree().without_values().to_string().starts_with("2x serve in "));
    /// assert!(dump.tree().to_string().contains("{connection: 2}"));
    /// # }
    /// ```
    #[must_use]
    pub fn without_values(self) -> Tree<'d> {
        Tree {
            values: Values::None,
            ..self
        }
    }

    fn shapes(&self) -> Shapes {
        let count = self.dump.len();
        let mut shapes = Shapes {
            alike: vec![0; count],
            said: vec![0; count],
            text: String::new(),
            lines: vec![0..0; count],
        };
        let mut by_words = table();
        let mut by_line = table();
        let mut by_shape = table();
        let facts = |frame| facts(frame, self.values);
        // Children come before their parents.
        // Equal ones tend to follow each other: then nothing has to be looked up.
        let mut previous: Option<TaskFrame<'d>> = None;
        for index in self.children_first() {
            let frame = self.dump.frame(index);
            let said = match previous {
                Some(previous) if facts(previous) == facts(frame) => {
                    shapes.said[previous.index as usize]
                }
                _ => {
                    let first = *by_words.entry(hash(&facts(frame))).or_insert(index);
                    if first != index && facts(self.dump.frame(first)) == facts(frame) {
                        shapes.said[first as usize]
                    } else {
                        // Equal texts may come of different words: those of values that are out of scope are there too.
                        let begin = shapes.text.len();
                        describe(&mut shapes.text, frame, self.values);
                        let line = &shapes.text[begin..];
                        let first = *by_line.entry(hash(&line)).or_insert(index);
                        if first != index && shapes.line_of_first(first) == line {
                            shapes.text.truncate(begin);
                            first
                        } else {
                            shapes.lines[index as usize] = begin..shapes.text.len();
                            index
                        }
                    }
                }
            };
            shapes.said[index as usize] = said;
            let alike = &shapes.alike;
            let below =
                |frame: TaskFrame<'d>| frame.awaits().map(|child| alike[child.index as usize]);
            let is_as = |other: TaskFrame<'d>| {
                shapes.said[other.index as usize] == said && below(other).eq(below(frame))
            };
            let shape = match previous {
                Some(previous) if is_as(previous) => alike[previous.index as usize],
                _ => {
                    let mut shape = Mix::default();
                    said.hash(&mut shape);
                    below(frame).for_each(|child| child.hash(&mut shape));
                    let first = *by_shape.entry(shape.finish()).or_insert(index);
                    if is_as(self.dump.frame(first)) {
                        first
                    } else {
                        index
                    }
                }
            };
            shapes.alike[index as usize] = shape;
            previous = Some(frame);
        }
        shapes
    }

    fn children_first(&self) -> Vec<u32> {
        let mut order: Vec<u32> = self.dump.tasks().map(|task| task.index).collect();
        let mut next = 0;
        while let Some(&index) = order.get(next) {
            order.extend(self.dump.frame(index).awaits().map(|child| child.index));
            next += 1;
        }
        order.reverse();
        order
    }

    fn groups(frames: impl Iterator<Item = TaskFrame<'d>>, alike: &[u32]) -> Vec<Group<'d>> {
        let mut groups: Vec<Group<'d>> = Vec::new();
        let mut known = table();
        let shape_of = |frame: TaskFrame<'d>| alike[frame.index as usize];
        for frame in frames {
            let shape = shape_of(frame);
            if let Some(last) = groups.last_mut()
                && shape_of(last.frame) == shape
            {
                last.count += 1;
                continue;
            }
            let at = if groups.len() < FEW {
                groups
                    .iter()
                    .position(|group| shape_of(group.frame) == shape)
            } else {
                if known.is_empty() {
                    let all = groups.iter().zip(0..);
                    known.extend(all.map(|(group, at)| (u64::from(shape_of(group.frame)), at)));
                }
                let next = groups.len() as u32;
                Some(*known.entry(shape.into()).or_insert(next) as usize)
            };
            match at.and_then(|at| groups.get_mut(at)) {
                Some(group) => group.count += 1,
                None => groups.push(Group { frame, count: 1 }),
            }
        }
        groups
    }
}

fn table() -> HashMap<u64, u32, Mixed> {
    HashMap::default()
}

impl fmt::Display for Tree<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shapes = self.shapes();
        let mut out = String::new();
        // What is still to be written, the next one last: how deep, whether it is the last of its siblings.
        let mut waiting: Vec<(Group<'_>, usize, bool)> = Vec::new();
        let tasks = Tree::groups(self.dump.tasks(), &shapes.alike);
        waiting.extend(tasks.into_iter().rev().map(|group| (group, 0, true)));
        // For each level above, whether more follow on it.
        let mut open: Vec<bool> = Vec::new();
        while let Some((group, depth, last)) = waiting.pop() {
            out.clear();
            open.truncate(depth.saturating_sub(1));
            let indented = open.iter().take(INDENTED);
            indented.for_each(|&more| out.push_str(if more { "│  " } else { "   " }));
            if depth > 0 {
                out.push_str(if last { "└─ " } else { "├─ " });
                open.push(!last);
            }
            if group.count > 1 {
                let _ = write!(out, "{}x ", group.count);
            }
            out.push_str(shapes.line(group.frame));
            if f.alternate() {
                times(&mut out, group.frame);
            }
            out.push('\n');
            f.write_str(&out)?;
            let children = Tree::groups(group.frame.awaits(), &shapes.alike);
            let count = children.len();
            let below = children.into_iter().enumerate().rev();
            waiting.extend(below.map(|(i, group)| (group, depth + 1, i + 1 == count)));
        }
        match self.dump.missed() {
            0 => Ok(()),
            missed => writeln!(f, "[{missed} frames changed too often to be read]"),
        }
    }
}

/// All that decides what is said of a frame.
fn facts<'d>(frame: TaskFrame<'d>, values: Values) -> impl Hash + PartialEq + use<'d> {
    let copied = frame.copied();
    let by = frame
        .spawned_by()
        .map(|by| (by.copied().meta.address(), by.copied().position));
    let state = (
        copied.is_running,
        copied.polls == 0,
        copied.is_spawned,
        frame.is_detached(),
        by,
    );
    let words = match values {
        Values::None => &[],
        Values::All | Values::Known => frame.words(),
    };
    (copied.meta.address(), copied.position, state, words)
}

fn hash(of: &impl Hash) -> u64 {
    let mut hasher = Mix::default();
    of.hash(&mut hasher);
    hasher.finish()
}

/// A quick hash of a few words. What has the same one is compared.
#[derive(Default)]
struct Mix(u64);

type Mixed = BuildHasherDefault<Mix>;

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 32
    }

    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks();
        words
            .iter()
            .for_each(|word| self.write_u64(u64::from_ne_bytes(*word)));
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        self.write_u64(u64::from_ne_bytes(last));
    }

    fn write_u8(&mut self, n: u8) {
        self.write_u64(n.into());
    }

    fn write_u32(&mut self, n: u32) {
        self.write_u64(n.into());
    }

    fn write_u64(&mut self, n: u64) {
        self.0 = (self.0.rotate_left(5) ^ n).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn write_usize(&mut self, n: usize) {
        self.write_u64(n as u64);
    }
}

/// What is said of one frame.
fn describe(out: &mut String, frame: TaskFrame<'_>, values: Values) {
    let code = frame.code();
    out.push_str(code.name());
    out.push_str(" in ");
    out.push_str(code.file());
    out.push(':');
    let _ = write!(out, "{}", frame.line());
    if !code.varnames().is_empty() {
        match (values, frame.locals()) {
            (Values::None, _) => {}
            (_, locals) if locals.is_empty() => {}
            (Values::All, locals) => {
                let _ = write!(out, " {locals}");
            }
            (Values::Known, locals) => known(out, &locals),
        }
    }
    if frame.is_running() {
        out.push_str(" (running)");
    }
    if frame.polls() == 0 {
        out.push_str(" (not polled yet)");
    }
    if let Some(by) = frame.spawned_by() {
        let _ = write!(out, " (spawned by {by})");
    } else if frame.is_detached() {
        out.push_str(if frame.copied().is_spawned {
            " (its spawner is gone)"
        } else {
            " (detached)"
        });
    }
}

/// The variables with a value, and how many others there are.
fn known(out: &mut String, locals: &Locals) {
    let is_known = |local: &&Local| {
        let value = local.value();
        value.is_assigned()
            && !matches!(
                value.kind(),
                ValueKind::Opaque | ValueKind::Omitted | ValueKind::Moved
            )
    };
    out.push_str(" {");
    let begin = out.len();
    for local in locals.iter().filter(is_known) {
        let separator = if out.len() > begin { ", " } else { "" };
        let _ = write!(out, "{separator}{local}");
    }
    match locals.iter().filter(|local| !is_known(local)).count() {
        0 => {}
        others => {
            let separator = if out.len() > begin { ", " } else { "" };
            let _ = write!(out, "{separator}{others} without a value");
        }
    }
    out.push('}');
}

fn times(out: &mut String, frame: TaskFrame<'_>) {
    let (age, since) = (Since(frame.age()), Since(frame.since_polled()));
    let polls = frame.polls();
    if polls == 0 {
        let _ = write!(out, " [{age} old]");
        return;
    }
    let plural = if polls == 1 { "" } else { "s" };
    let _ = write!(
        out,
        " [{age} old, {polls} poll{plural}, the last {since} ago]"
    );
}

/// A time in one unit, as people say it.
struct Since(Duration);

impl fmt::Display for Since {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_secs() {
            0 => match self.0.as_millis() {
                0 => write!(f, "{} us", self.0.as_micros()),
                ms => write!(f, "{ms} ms"),
            },
            s @ 1..60 => write!(f, "{s} s"),
            s @ 60..3600 => write!(f, "{} min {} s", s / 60, s % 60),
            s => write!(f, "{} h {} min", s / 3600, s / 60 % 60),
        }
    }
}

impl fmt::Debug for Tree<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::Since;
    use std::time::Duration;

    #[test]
    fn times_are_said_in_one_unit_or_two() {
        let said = [0, 1_500, 2_000_000, 59_000_000, 61_000_000, 7_260_000_000]
            .map(|us| Since(Duration::from_micros(us)).to_string());
        assert_eq!(
            said,
            ["0 us", "1 ms", "2 s", "59 s", "1 min 1 s", "2 h 1 min"]
        );
    }
}
