//! What a profiler saw.

#[cfg(feature = "flame")]
mod flame;
mod pprof;

use super::os;
use crate::code::Code;
use crate::report::visible;
use crate::stack::Meta;
use crate::stack::owner::Owner;
use crate::stack::remote::Places;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::io;
use std::time::{Duration, Instant, SystemTime};

/// How often each stack was seen: what [`sample`](super::sample) and [`Sampler`](super::Sampler) give.
///
/// `Display` prints the functions that were seen most.
#[derive(Clone, Debug)]
pub struct Profile {
    samples: Vec<Sample>,
    period: Duration,
    idle: bool,
    began: SystemTime,
    took: Duration,
    missed: u64,
    skipped: u64,
}

/// A stack of a thread, and how often it was seen.
#[derive(Clone, Debug)]
pub struct Sample {
    thread: String,
    /// The innermost first.
    frames: Vec<(&'static Code, u32)>,
    omitted: usize,
    count: u64,
}

impl Default for Profile {
    fn default() -> Profile {
        Builder::new(Duration::ZERO, false).finish()
    }
}

impl Profile {
    /// The stacks, the one seen most first.
    pub fn samples(&self) -> &[Sample] {
        &self.samples
    }

    /// How often a thread was seen, all together.
    pub fn count(&self) -> u64 {
        self.samples.iter().map(|sample| sample.count).sum()
    }

    /// How often a thread did not answer in time.
    pub fn missed(&self) -> u64 {
        self.missed
    }

    /// Turns that were left out because there was no time for them.
    pub fn skipped(&self) -> u64 {
        self.skipped
    }

    /// The time between two turns.
    pub fn period(&self) -> Duration {
        self.period
    }

    /// How long it took.
    pub fn took(&self) -> Duration {
        self.took
    }

    /// Writes folded stacks, the input of flame graph tools: `thread;outer;inner 12`.
    ///
    /// # Errors
    ///
    /// What the writer returns.
    pub fn write_folded(&self, mut output: impl io::Write) -> io::Result<()> {
        self.folded()
            .iter()
            .try_for_each(|(stack, count)| writeln!(output, "{stack} {count}"))
    }

    /// Writes a flame graph as SVG, by the `inferno` crate.
    ///
    /// # Errors
    ///
    /// What the writer returns; and if nothing was seen.
    #[cfg(feature = "flame")]
    pub fn write_flame_graph(&self, output: impl io::Write) -> io::Result<()> {
        flame::write(&self.folded(), output)
    }

    /// Writes a profile for `pprof` and the viewers that read its form, with files and lines. It is not compressed,
    /// which they accept.
    ///
    /// ```no_run
    /// # use std::{fs::File, time::Duration};
    /// let profile = stacklens::threads::sample(99, Duration::from_secs(10));
    /// profile.write_pprof(File::create("profile.pb")?)?; // go tool pprof -http : profile.pb
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// What the writer returns.
    pub fn write_pprof(&self, mut output: impl io::Write) -> io::Result<()> {
        output.write_all(&pprof::encode(self))
    }

    fn folded(&self) -> BTreeMap<String, u64> {
        let mut stacks = BTreeMap::new();
        for sample in &self.samples {
            let mut stack = clean(&sample.thread);
            // The outermost first; what is left out of a deep stack is left out between its halves.
            let gap = (sample.omitted > 0).then(|| sample.frames.len() - sample.frames.len() / 2);
            for (i, (code, _)) in sample.frames.iter().enumerate().rev() {
                stack.push(';');
                stack.push_str(&clean(code.qualified_name()));
                if gap == Some(i) {
                    stack.push_str(&format!(";[{} frames not shown]", sample.omitted));
                }
            }
            *stacks.entry(stack).or_default() += sample.count;
        }
        stacks
    }
}

impl Sample {
    /// The thread's name, or its number.
    pub fn thread(&self) -> &str {
        &self.thread
    }

    /// Functions and lines, innermost first.
    pub fn frames(&self) -> impl ExactSizeIterator<Item = (&'static Code, u32)> + '_ {
        self.frames.iter().copied()
    }

    /// Frames left out of the middle of a deep stack.
    pub fn omitted(&self) -> usize {
        self.omitted
    }

    /// How often it was seen.
    pub fn count(&self) -> u64 {
        self.count
    }
}

/// A name without what separates names.
fn clean(name: &str) -> String {
    name.replace([';', '\n'], ":")
}

/// Functions shown by `Display`.
const SHOWN: usize = 20;

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = self.count();
        write!(f, "{all} samples in {:.1?}", self.took)?;
        if self.missed > 0 {
            write!(f, ", {} missed", self.missed)?;
        }
        // By function: seen as the innermost one, seen at all.
        let mut functions: HashMap<&Code, (u64, u64)> = HashMap::new();
        for sample in &self.samples {
            let mut seen: Vec<&Code> = Vec::new();
            for (i, (code, _)) in sample.frames.iter().enumerate() {
                let (own, whole) = functions.entry(code).or_default();
                *own += if i == 0 { sample.count } else { 0 };
                if !seen.contains(code) {
                    seen.push(code);
                    *whole += sample.count;
                }
            }
        }
        let mut functions: Vec<_> = functions.into_iter().collect();
        functions.sort_by(|(a, (own_a, all_a)), (b, (own_b, all_b))| {
            let names = || a.qualified_name().cmp(b.qualified_name());
            (own_b, all_b).cmp(&(own_a, all_a)).then_with(names)
        });
        if !functions.is_empty() {
            f.write_str("\n  self  total  function")?;
        }
        let percent = |n: u64| 100.0 * n as f64 / all.max(1) as f64;
        for (code, (own, whole)) in functions.iter().take(SHOWN) {
            let (own, whole) = (percent(*own), percent(*whole));
            write!(f, "\n{own:>5.1}% {whole:>5.1}%  ")?;
            visible::write(code.qualified_name(), false, f)?;
        }
        match functions.len().checked_sub(SHOWN) {
            None | Some(0) => Ok(()),
            Some(more) => write!(f, "\n               ... {more} more"),
        }
    }
}

/// Function and position of each frame of a stack, the innermost first.
type Stack = Box<[(Meta, u32)]>;

/// A profile that grows.
pub(super) struct Builder {
    profile: Profile,
    started: Instant,
    threads: HashMap<u64, Seen>,
}

/// What was seen of a thread.
struct Seen {
    name: String,
    stacks: HashMap<Stack, (usize, u64)>,
}

impl Builder {
    pub(super) fn new(period: Duration, idle: bool) -> Builder {
        Builder {
            profile: Profile {
                samples: Vec::new(),
                period,
                idle,
                began: SystemTime::now(),
                took: Duration::ZERO,
                missed: 0,
                skipped: 0,
            },
            started: Instant::now(),
            threads: HashMap::new(),
        }
    }

    pub(super) fn miss(&mut self) {
        self.profile.missed += 1;
    }

    pub(super) fn skip(&mut self, turns: u32) {
        self.profile.skipped += u64::from(turns);
    }

    pub(super) fn add(&mut self, owner: &Owner, places: &Places) {
        let seen = self.threads.entry(owner.serial()).or_insert_with(|| Seen {
            name: name(owner),
            stacks: HashMap::new(),
        });
        match seen.stacks.get_mut(&*places.frames) {
            Some((_, count)) => *count += 1,
            None => {
                let stack = places.frames.clone().into_boxed_slice();
                seen.stacks.insert(stack, (places.omitted, 1));
            }
        }
    }

    pub(super) fn finish(self) -> Profile {
        let mut profile = self.profile;
        for seen in self.threads.into_values() {
            // Positions of one line are one place.
            let mut stacks: BTreeMap<Vec<(usize, u32)>, Sample> = BTreeMap::new();
            for (stack, (omitted, count)) in seen.stacks {
                let place = |&(meta, position): &(Meta, u32)| {
                    let code = Code::of(Some(meta));
                    (code, code.place(position).line)
                };
                let frames: Vec<_> = stack.iter().map(place).collect();
                let key = frames
                    .iter()
                    .map(|&(code, line)| (std::ptr::from_ref(code) as usize, line));
                let sample = stacks.entry(key.collect()).or_insert_with(|| Sample {
                    thread: seen.name.clone(),
                    frames,
                    omitted,
                    count: 0,
                });
                sample.count += count;
            }
            profile.samples.extend(stacks.into_values());
        }
        let key = |sample: &Sample| (u64::MAX - sample.count, sample.thread.clone());
        profile.samples.sort_by_cached_key(key);
        profile.took = self.started.elapsed();
        profile
    }
}

fn name(owner: &Owner) -> String {
    let id = owner.id();
    let main = || (id != 0 && id == std::process::id()).then(|| "main".to_owned());
    owner
        .name()
        .or_else(main)
        .or_else(|| os::thread(id).map(|thread| thread.name))
        .unwrap_or_else(|| format!("thread {}", owner.serial()))
}
