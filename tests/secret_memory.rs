//! Secrets are in no output, and once their owners have wiped them, nowhere in the process's memory: not in the records,
//! not in what a report was made of, not in a buffer that was freed. It is looked for from outside: in the core file that the
//! kernel writes of the process, in the one that gdb does, and in the memory that both are made from. (A core pattern that names
//! a program, or a machine without gdb, leaves the last.)
#![cfg(all(target_os = "linux", not(feature = "off")))]

use stacklens::{
    Encoder, Inspect, Report, Secret, catch, enhanced_traceback, frame, log_calls, stack,
};
use std::collections::BTreeMap;
use std::env;
use std::fs::{self, File};
use std::future::Future;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::pin::pin;
use std::process::{Child, Command, Stdio};
use std::task::{Context, Poll, Waker};
use std::time::SystemTime;

const LENGTH: usize = 32;
const MASK: u8 = 0xa5;

/// The secret, masked.
#[derive(Clone, Copy)]
struct Masked([u8; LENGTH]);

impl Masked {
    fn new() -> Masked {
        let now = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap();
        let mut random = now.as_nanos() as u64 | 1;
        Masked(std::array::from_fn(|_| {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            (b'a' + (random % 26) as u8) ^ MASK
        }))
    }

    /// Whether there is a part of it that is long enough to be no accident.
    fn is_in(&self, bytes: &[u8]) -> bool {
        [0..12, 10..22, 20..32].into_iter().any(|part| {
            let masked = &self.0[part];
            let is_it = |found: &[u8]| {
                found
                    .iter()
                    .zip(masked)
                    .all(|(byte, masked)| *byte == masked ^ MASK)
            };
            let ends = bytes.len().saturating_sub(masked.len() - 1);
            let begins = |at: &usize| bytes[*at] == masked[0] ^ MASK;
            (0..ends)
                .filter(begins)
                .any(|at| is_it(&bytes[at..at + masked.len()]))
        })
    }

    /// As a line of digits, which are not a part of it.
    fn digits(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn parse(digits: &str) -> Masked {
        let byte = |at: usize| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).unwrap();
        Masked(std::array::from_fn(byte))
    }

    /// Blocks of a file that have a part of it, by where they begin.
    fn in_file(&self, file: &File) -> Vec<u64> {
        const BLOCK: usize = 64 << 10;
        let mut found = Vec::new();
        // The end of the block before, and a block.
        let mut bytes = vec![0; LENGTH + BLOCK];
        let mut at = 0;
        loop {
            let read = file.read_at(&mut bytes[LENGTH..], at).unwrap();
            if read == 0 {
                return found;
            }
            // What was never touched is a hole in the file.
            if bytes[LENGTH..LENGTH + read] != [0; BLOCK][..read]
                && self.is_in(&bytes[..LENGTH + read])
            {
                found.push(at);
            }
            bytes.copy_within(read..LENGTH + read, 0);
            at += read as u64;
        }
    }
}

const PAGE: usize = 4096;

/// A text that holds the secret until it is wiped.
struct Plain(String);

impl Plain {
    fn new(masked: Masked) -> Plain {
        let mut text = String::with_capacity(LENGTH);
        for byte in masked.0 {
            text.push(char::from(std::hint::black_box(byte) ^ MASK));
        }
        Plain(text)
    }
}

impl Drop for Plain {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

fn wipe(text: &mut str) {
    // SAFETY: zeros are text.
    for byte in unsafe { text.as_bytes_mut() } {
        // SAFETY: a byte of the text.
        unsafe { std::ptr::write_volatile(byte, 0) };
    }
}

/// Hides itself.
struct Card(Plain);

impl Inspect for Card {
    fn inspect(&self, encoder: &mut Encoder<'_>) {
        assert!(!self.0.0.is_empty());
        encoder.redacted();
    }
}

#[derive(Inspect)]
struct Login {
    user: &'static str,
    password: Secret<String>,
    api_key: String,
    #[inspect(redact)]
    birthday: String,
    #[inspect(skip)]
    notes: String,
}

/// All positions at once.
struct Everything {
    plain: Plain,
    seed: Secret<String>,
    card: Card,
    login: Login,
    headers: BTreeMap<&'static str, String>,
}

impl Everything {
    fn new(masked: Masked) -> Everything {
        let text = || std::mem::take(&mut Plain::new(masked).0);
        Everything {
            plain: Plain::new(masked),
            seed: Secret::new(text()),
            card: Card(Plain::new(masked)),
            login: Login {
                user: "ann",
                password: Secret::new(text()),
                api_key: text(),
                birthday: text(),
                notes: text(),
            },
            headers: BTreeMap::from([("Authorization", text()), ("cookie", text())]),
        }
    }
}

impl Drop for Everything {
    fn drop(&mut self) {
        let Login {
            password,
            api_key,
            birthday,
            notes,
            ..
        } = &mut self.login;
        for text in [
            self.seed.expose_mut(),
            password.expose_mut(),
            api_key,
            birthday,
            notes,
        ] {
            wipe(text);
        }
        for text in self.headers.values_mut() {
            wipe(text);
        }
    }
}

#[derive(Debug)]
struct Refused;

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("refused")
    }
}

impl std::error::Error for Refused {}

/// Arguments, locals, fields and what a failing exit reads.
#[frame(redact(chosen), capture = "full")]
fn log_in(
    password: &str,
    chosen: &str,
    seed: &Secret<String>,
    card: &Card,
    login: &Login,
    headers: &BTreeMap<&'static str, String>,
    how: &How,
) -> Result<usize, Refused> {
    let api_key = password;
    let auth_token: &str = chosen;
    let optional = Some(seed);
    let several = [seed, seed];
    how.outputs
        .borrow_mut()
        .push(format!("{} {:?}", stack(), stack()[0].locals()));
    if how.panics {
        panic!("{} may not", login.user);
    }
    refuse(password, seed, card)?;
    Ok(api_key.len()
        + auth_token.len()
        + optional.map_or(0, |it| it.expose().len())
        + several.len()
        + headers.len())
}

#[frame]
fn refuse(passphrase: &str, seed: &Secret<String>, card: &Card) -> Result<(), Refused> {
    if passphrase.len() + seed.expose().len() + card.0.0.len() > 0 {
        return Err(Refused);
    }
    Ok(())
}

#[log_calls]
fn logged(password: &str, seed: &Secret<String>) -> usize {
    password.len() + seed.expose().len()
}

#[frame]
async fn suspended(password: String, seed: Secret<String>, times: u32) -> usize {
    for _ in 0..times {
        std::future::poll_fn({
            let mut waited = false;
            move |_| match std::mem::replace(&mut waited, true) {
                true => Poll::Ready(()),
                false => Poll::Pending,
            }
        })
        .await;
    }
    wipe_both(password, seed)
}

/// Without a frame: here the secret is a text like others.
fn wipe_both(password: String, seed: Secret<String>) -> usize {
    let texts = [password, seed.into_exposed()];
    texts
        .into_iter()
        .map(|mut text| {
            wipe(&mut text);
            text.len()
        })
        .sum()
}

struct How {
    panics: bool,
    outputs: std::cell::RefCell<Vec<String>>,
}

impl std::fmt::Debug for How {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("How")
    }
}

fn forms(report: &Report) -> Vec<String> {
    vec![
        report.to_string(),
        format!("{report:#} {report:?}"),
        report.to_json(),
        report.to_sentry(),
        report.to_otel_json(),
        #[cfg(feature = "html")]
        report.to_html(),
    ]
}

/// All that shows something of the frames that hold secrets, in all ways.
fn outputs(masked: Masked) -> Vec<String> {
    let all = Everything::new(masked);
    let run = |how: &How| {
        log_in(
            &all.plain.0,
            &all.plain.0,
            &all.seed,
            &all.card,
            &all.login,
            &all.headers,
            how,
        )
    };
    let how = |panics| How {
        panics,
        outputs: Default::default(),
    };
    let mut outputs = Vec::new();

    let fails = how(false);
    let error = run(&fails).unwrap_err();
    outputs.extend(forms(&Report::of(&error)));
    outputs.extend(fails.outputs.into_inner());
    let error = stacklens::Error::from(run(&how(false)).unwrap_err()).context("no log-in");
    outputs.push(format!("{error:?} {error:#?}"));
    let enhanced = enhanced_traceback(|| run(&how(false))).unwrap_err();
    outputs.push(enhanced.to_string());

    let panics = how(true);
    let report = catch(std::panic::AssertUnwindSafe(|| run(&panics))).unwrap_err();
    outputs.extend(forms(&report));

    logged(&all.plain.0, &all.seed);
    outputs.extend(log_calls::recent());

    let text = || std::mem::take(&mut Plain::new(masked).0);
    let mut future = pin!(suspended(text(), Secret::new(text()), 2));
    let mut context = Context::from_waker(Waker::noop());
    while future.as_mut().poll(&mut context).is_pending() {}
    outputs
}

/// Set for the process whose memory is looked at, and says whether it leaves a copy of the secret in it.
const CHILD: &str = "STACKLENS_TEST_LEAVES";

/// The process whose memory is looked at: does all that handles secrets, says which one it was, and ends as the one that looks
/// wants it to.
#[test]
fn child() {
    let Some(leaves) = std::env::var_os(CHILD) else {
        return;
    };
    log_calls::set_sink(log_calls::Ring::new(100));
    let masked = Masked::new();
    let outputs = outputs(masked);
    assert!(outputs.len() > 10 && outputs.iter().any(|output| output.contains("<redacted>")));
    for output in &outputs {
        assert!(!masked.is_in(output.as_bytes()), "{output}");
    }
    let left = (leaves == "yes").then(|| Plain::new(masked));
    println!("\nsecret {}", masked.digits());
    std::io::stdout().flush().unwrap();
    let mut word = String::new();
    std::io::stdin().read_line(&mut word).unwrap();
    if word == "abort\n" {
        std::process::abort();
    }
    drop((left, outputs));
}

/// A child, in a directory of its own, once it has done what it does.
struct Process {
    child: Child,
    secret: Masked,
    directory: PathBuf,
}

impl Process {
    /// With core files, as large as they come.
    fn start(leaves: bool) -> Process {
        let answer = if leaves { "yes" } else { "no" };
        let directory =
            env::temp_dir().join(format!("stacklens-core-{answer}-{}", std::process::id()));
        fs::create_dir_all(&directory).unwrap();
        let mut child = Command::new("sh")
            .args([
                "-c",
                "ulimit -c unlimited; exec \"$0\" child --exact --nocapture",
            ])
            .arg(env::current_exe().unwrap())
            .env(CHILD, answer)
            .current_dir(&directory)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let said = lines.find_map(|line| Some(line.unwrap().strip_prefix("secret ")?.to_owned()));
        let secret = Masked::parse(&said.expect("it did all that it does"));
        Process {
            child,
            secret,
            directory,
        }
    }

    /// Where the core that the kernel writes when it aborts has the secret; `None` if there is none: not allowed, or handed to
    /// a program.
    fn core(mut self) -> Option<Vec<u64>> {
        self.child
            .stdin
            .take()
            .unwrap()
            .write_all(b"abort\n")
            .unwrap();
        assert!(!self.child.wait().unwrap().success());
        let core = fs::read_dir(&self.directory).unwrap().next()?.unwrap();
        let file = File::open(core.path()).unwrap();
        assert!(
            file.metadata().unwrap().len() > 1 << 20,
            "all of its memory"
        );
        Some(self.secret.in_file(&file))
    }

    /// The same of the core that gdb writes of it while it waits; `None` without gdb.
    fn gcore(self) -> Option<Vec<u64>> {
        let path = self.directory.join("gcore");
        let pid = self.child.id().to_string();
        let mut command = Command::new("gcore");
        command.arg("-o").arg(&path).arg(&pid);
        let made = command.output().ok()?;
        let file = File::open(format!("{}.{pid}", path.display()));
        let file = file.unwrap_or_else(|error| panic!("{error}: {made:?}"));
        Some(self.secret.in_file(&file))
    }

    /// Where its memory has it, while it waits: what a core file is made from.
    fn memory(self) -> Vec<u64> {
        let memory = File::open(format!("/proc/{}/mem", self.child.id())).unwrap();
        let maps = fs::read_to_string(format!("/proc/{}/maps", self.child.id())).unwrap();
        let pages = File::open(format!("/proc/{}/pagemap", self.child.id())).unwrap();
        let mut found = Vec::new();
        // The end of the page before, and a page.
        let mut bytes = vec![0; LENGTH + PAGE];
        for line in maps.lines().filter(|line| line.contains(" rw")) {
            let (from, to) = line.split(' ').next().unwrap().split_once('-').unwrap();
            let address = |text| u64::from_str_radix(text, 16).unwrap();
            for page in (address(from)..address(to)).step_by(PAGE) {
                let mut entry = [0; 8];
                pages
                    .read_exact_at(&mut entry, page / PAGE as u64 * 8)
                    .unwrap();
                // Neither in memory nor swapped out: never touched.
                if u64::from_le_bytes(entry) >> 62 == 0 {
                    continue;
                }
                bytes.copy_within(PAGE.., 0);
                memory.read_exact_at(&mut bytes[LENGTH..], page).unwrap();
                if bytes[LENGTH..] != [0; PAGE] && self.secret.is_in(&bytes) {
                    found.push(page);
                }
            }
        }
        found
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.directory);
    }
}

#[test]
fn a_secret_is_in_no_core_file_once_its_owner_has_wiped_it() {
    type Find = fn(Process) -> Option<Vec<u64>>;
    let ways: [(&str, Find); 3] = [
        ("core", Process::core),
        ("gcore", Process::gcore),
        ("memory", |process| Some(process.memory())),
    ];
    for (name, find) in ways {
        let (Some(wiped), Some(left)) = (find(Process::start(false)), find(Process::start(true)))
        else {
            eprintln!("{name}: there is none here");
            continue;
        };
        assert!(wiped.is_empty(), "{name}: at {wiped:x?}");
        // The search finds what is there.
        assert!(!left.is_empty(), "{name}");
    }
}
