//! Four threads count the words of a text; the calls become a timeline and a flame graph.
//!
//! ```text
//! cargo run --example call_timeline --features flame -- FOLDER
//! ```
//!
//! `FOLDER/trace.json` is for <https://ui.perfetto.dev>, `FOLDER/calls.folded` for flame graph tools, and with the
//! feature `flame` there is `FOLDER/calls.svg`.

use stacklens::log_calls::{self, Timeline};
use std::collections::HashMap;
use std::fs::{File, create_dir_all};
use std::path::Path;
use std::sync::Arc;
use std::thread;

#[stacklens::log_calls(skip_all)]
mod words {
    use std::collections::HashMap;

    pub type Counts = HashMap<String, usize>;

    pub fn count(text: &str) -> Counts {
        let mut counts = Counts::new();
        for line in text.lines() {
            add_line(&mut counts, line);
        }
        counts
    }

    fn add_line(counts: &mut Counts, line: &str) {
        for word in line.split(|c: char| !c.is_alphanumeric()) {
            let word = normalise(word);
            if !word.is_empty() {
                *counts.entry(word).or_default() += 1;
            }
        }
    }

    fn normalise(word: &str) -> String {
        word.to_lowercase()
    }

    pub fn merge(all: &mut Counts, part: Counts) {
        for (word, count) in part {
            *all.entry(word).or_default() += count;
        }
    }
}

#[stacklens::log_calls(skip_all)]
fn count_in_parallel(text: &str, threads: usize) -> HashMap<String, usize> {
    let lines: Vec<&str> = text.lines().collect();
    let parts = lines.chunks(lines.len().div_ceil(threads));
    let mut counts = HashMap::new();
    thread::scope(|scope| {
        let workers: Vec<_> = parts
            .enumerate()
            .map(|(n, part)| {
                let worker = thread::Builder::new().name(format!("worker {n}"));
                let count = move || words::count(&part.join("\n"));
                worker.spawn_scoped(scope, count).expect("a thread")
            })
            .collect();
        for worker in workers {
            words::merge(&mut counts, worker.join().expect("a worker counts"));
        }
    });
    counts
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1);
    let folder = folder.map_or_else(|| std::env::temp_dir().join("stacklens-calls"), Into::into);
    let timeline = Arc::new(Timeline::new());
    log_calls::set_sink(Arc::clone(&timeline));

    let counts = count_in_parallel(include_str!("../LICENSE-APACHE"), 4);

    write(&timeline, &folder)?;
    // With the feature `off` there is no call to be seen, and nothing to be drawn.
    println!("`work` occurs {} times", counts["work"]);
    println!(
        "every call has a return: {}",
        timeline.len().is_multiple_of(2)
    );
    Ok(())
}

fn write(timeline: &Timeline, folder: &Path) -> std::io::Result<()> {
    create_dir_all(folder)?;
    timeline.write_perfetto(File::create(folder.join("trace.json"))?)?;
    timeline.write_folded(File::create(folder.join("calls.folded"))?)?;
    #[cfg(feature = "flame")]
    if !timeline.is_empty() {
        timeline.write_flame_graph(File::create(folder.join("calls.svg"))?)?;
    }
    Ok(())
}
