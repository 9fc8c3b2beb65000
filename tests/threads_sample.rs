//! The sampling profiler: `stacklens::threads::Sampling`.

#![cfg(not(feature = "off"))]

use stacklens::frame;
use stacklens::threads::{Profile, Sample, Sampling, sample};
use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> thread::JoinHandle<()> {
    let thread = thread::Builder::new().name(name.to_owned());
    thread.spawn(body).expect("a thread")
}

fn of_thread<'p>(profile: &'p Profile, name: &'p str) -> impl Iterator<Item = &'p Sample> {
    let samples = profile.samples().iter();
    samples.filter(move |sample| sample.thread() == name)
}

fn names(sample: &Sample) -> Vec<&'static str> {
    sample.frames().map(|(code, _)| code.name()).collect()
}

fn work(turns: u64) {
    for turn in 0..turns {
        std::hint::black_box(turn);
    }
}

#[frame]
fn short() {
    work(40_000);
}

#[frame]
fn long() {
    work(160_000);
}

#[frame]
fn alternate(stop: &AtomicBool) {
    while !stop.load(Relaxed) {
        short();
        long();
    }
}

#[frame]
fn wait(gate: &Receiver<()>) {
    let _ = gate.recv();
}

/// A thread that works and one that waits, while `body` runs.
fn beside(names: [&str; 2], body: impl FnOnce() -> Profile) -> Profile {
    let (open, gate) = channel();
    let stop = Arc::new(AtomicBool::new(false));
    let stops = Arc::clone(&stop);
    let working = spawn(names[0], move || alternate(&stops));
    let waiting = spawn(names[1], move || wait(&gate));
    let profile = body();
    stop.store(true, Relaxed);
    drop(open);
    working.join().unwrap();
    waiting.join().unwrap();
    profile
}

/// The first of several profiles that shows what is looked for: a machine that is busy elsewhere takes its time.
fn until(take: impl Fn() -> Profile, is: impl Fn(&Profile) -> bool) -> Profile {
    let mut last = Profile::default();
    for _ in 0..60 {
        last = take();
        if is(&last) {
            return last;
        }
    }
    panic!("{last}");
}

fn has(profile: &Profile, thread: &str, function: &str) -> bool {
    of_thread(profile, thread).any(|sample| names(sample)[0] == function)
}

#[test]
fn functions_are_seen_as_often_as_they_run() {
    let count = |profile: &Profile, name| -> u64 {
        let innermost = of_thread(profile, "often").filter(|s| names(s)[0] == name);
        innermost.map(Sample::count).sum()
    };
    let (short, long) = (Cell::new(0), Cell::new(0));
    let profile = until(
        || beside(["often", "-"], || sample(500, Duration::from_secs(1))),
        |profile| {
            short.set(short.get() + count(profile, "short"));
            long.set(long.get() + count(profile, "long"));
            short.get() + long.get() >= 100 && has(profile, "often", "long")
        },
    );
    // Four times as much work, and enough samples to tell.
    assert!(
        short.get() > 0 && long > short,
        "{short:?} {long:?}\n{profile}"
    );
    for sample in of_thread(&profile, "often") {
        assert_eq!(names(sample).last(), Some(&"alternate"));
        assert!(
            sample
                .frames()
                .all(|(code, line)| { (code.first_line()..=code.last_line()).contains(&line) })
        );
    }
    let text = profile.to_string();
    assert!(
        text.contains(" samples in ") && text.contains("%  threads_sample::long"),
        "{text}"
    );
    assert_eq!(profile.period(), Duration::from_millis(2));
}

#[test]
fn threads_that_wait_are_sampled_on_request_only() {
    let seen = |profile: &Profile| {
        of_thread(profile, "waiting")
            .map(Sample::count)
            .sum::<u64>()
    };
    let idle = Sampling::new().rate(200).idle(true);
    let take = || idle.run_for(Duration::from_millis(500));
    until(
        || beside(["-", "waiting"], take),
        |profile| seen(profile) > 2,
    );
    if cfg!(target_os = "linux") {
        // Once it ran: to begin, for as long as a busy machine lets that take.
        until(
            || beside(["-", "waiting"], || sample(200, Duration::from_millis(500))),
            |profile| seen(profile) <= 2,
        );
    }
}

#[test]
fn a_sampler_runs_beside_the_program_until_it_is_stopped() {
    let take = || {
        let sampler = Sampling::new().rate(500).start().unwrap();
        thread::sleep(Duration::from_millis(500));
        sampler.stop()
    };
    let profile = until(
        || beside(["beside", "-"], take),
        |profile| of_thread(profile, "beside").next().is_some(),
    );
    assert!(profile.took() >= Duration::from_millis(400));
    // One that is dropped ends too.
    drop(Sampling::new().start().unwrap());
}

#[test]
fn a_profile_is_written_for_the_usual_tools() {
    let profile = until(
        || beside(["written", "-"], || sample(500, Duration::from_millis(500))),
        |profile| has(profile, "written", "long"),
    );
    let mut folded = Vec::new();
    profile.write_folded(&mut folded).unwrap();
    let folded = String::from_utf8(folded).unwrap();
    let line = folded
        .lines()
        .find(|line| line.starts_with("written;") && line.contains("::long "))
        .unwrap();
    assert!(
        line.starts_with("written;threads_sample::alternate;threads_sample::long "),
        "{line}"
    );
    let sum: u64 = folded
        .lines()
        .map(|line| line.rsplit_once(' ').unwrap().1.parse::<u64>().unwrap())
        .sum();
    assert_eq!(sum, profile.count());

    let mut pprof = Vec::new();
    profile.write_pprof(&mut pprof).unwrap();
    let has = |text: &str| {
        pprof
            .windows(text.len())
            .any(|window| window == text.as_bytes())
    };
    assert!(
        ["samples", "nanoseconds", "threads_sample::long", "written"]
            .into_iter()
            .all(has)
    );

    #[cfg(feature = "flame")]
    {
        let mut svg = Vec::new();
        profile.write_flame_graph(&mut svg).unwrap();
        assert!(
            String::from_utf8(svg)
                .unwrap()
                .contains("threads_sample::long")
        );
    }
}

#[test]
fn deep_stacks_are_cut_in_the_middle_and_say_so() {
    #[frame]
    fn down(n: u32, stop: &AtomicBool) {
        if n > 0 {
            return down(n - 1, stop);
        }
        while !stop.load(Relaxed) {
            std::hint::spin_loop();
        }
    }
    let stop = Arc::new(AtomicBool::new(false));
    let stops = Arc::clone(&stop);
    let deep = spawn("deep", move || down(99, &stops));
    let cut = Sampling::new().rate(500).frames(10);
    let profile = until(
        || cut.run_for(Duration::from_millis(500)),
        |profile| of_thread(profile, "deep").any(|sample| sample.omitted() == 90),
    );
    stop.store(true, Relaxed);
    deep.join().unwrap();
    // More than there is memory for, or a number for.
    let most = Sampling::new().rate(500).frames(usize::MAX);
    assert!(most.run_for(Duration::from_millis(20)).took() >= Duration::from_millis(20));
    // There may be others, of when it was on its way down.
    let sample = of_thread(&profile, "deep")
        .find(|sample| sample.omitted() == 90)
        .unwrap();
    assert_eq!(sample.frames().len(), 10);
    let mut folded = Vec::new();
    profile.write_folded(&mut folded).unwrap();
    let folded = String::from_utf8(folded).unwrap();
    assert!(folded.contains(";[90 frames not shown];"), "{folded}");
}
