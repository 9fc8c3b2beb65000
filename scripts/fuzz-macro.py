#!/usr/bin/env python3
"""Looks for functions that `#[frame]` breaks: compiles random ones with and without it, and compares.

    scripts/fuzz-macro.py --cases 2000 --seed 1 --edition 2024 --minimise --out target/fuzz

The functions are those of tests/torture, tests/lints and src, and of a small grammar, with random changes to
their tokens. A finding is one of

  panic    the macro panics, or the compiler breaks down, with the attribute only
  verdict  the compiler accepts the file with the attribute and not without, or the other way round
  warning  both are accepted, and a warning is new, lost or at another line (these do not fail the run)

What the compiler says of a rejected file is not compared. The same seed makes the same cases.
"""

import argparse
import os
import random
import shutil
import sys
import time
from collections import Counter
from pathlib import Path

sys.dont_write_bytecode = True

from fuzz_macro import corpus, grammar  # noqa: E402
from fuzz_macro.compare import WARNING, compare  # noqa: E402
from fuzz_macro.compiler import Compiler, build  # noqa: E402
from fuzz_macro.minimise import minimise  # noqa: E402
from fuzz_macro.mutate import Mutator  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
BATCH = 100
# Files of the same finding, which may have another cause.
EXAMPLES = 6
OPTIONS = ('capture = "none"', 'capture = "full"', "skip_all", "hide", 'name = "other"')


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--edition", choices=corpus.EDITIONS, default="2024")
    parser.add_argument("--jobs", type=int, default=1, help="only 1: a run is one process after another")
    parser.add_argument("--minutes", type=float, help="stop after the batch that is at work then")
    parser.add_argument("--minimise", action="store_true", help="make the files of panics and verdicts small")
    parser.add_argument(
        "--out", type=Path, default=ROOT / "target" / "fuzz-macro", help="where findings are written"
    )
    parser.add_argument(
        "--target", type=Path, help="target directory for the library (CARGO_TARGET_DIR, or target)"
    )
    return parser.parse_args()


class Cases:
    """The case of each number."""

    def __init__(self, options, compiler):
        self.seed, self.edition = options.seed, options.edition
        whole, self.alone = corpus.load(ROOT)
        whole = [case for case in whole if self.edition in case.editions]
        outcomes = compiler.check([case.plain() for case in whole])
        self.whole = [case for case, outcome in zip(whole, outcomes) if outcome.accepted]

    def make(self, number):
        rng = random.Random(f"{self.seed}/{self.edition}/{number}")
        mutator = Mutator(rng, self.whole + self.alone)
        kind = rng.random()
        if kind < 0.45:
            case = grammar.generate(rng, self.edition)
        else:
            case = rng.choice(self.whole if kind < 0.87 else self.alone)
        if case.attribute == corpus.ATTRIBUTE and rng.random() < 0.15:
            case = case.with_attribute(f"#[stacklens::frame({rng.choice(OPTIONS)})] ")
        if kind < 0.45 and rng.random() < 0.5:
            return case
        return case.with_tokens(mutator.mutate(case.tokens))


class Report:
    """Findings, as files and on the screen; the first of each finding are told in full."""

    def __init__(self, options, compiler):
        self.options, self.compiler = options, compiler
        self.seen, self.failed = Counter(), 0

    def add(self, number, case):
        """Compiles the case alone, so that nothing but itself counts."""
        (plain,) = self.compiler.check([case.plain()])
        (framed,) = self.compiler.check([case.annotated()])
        findings = compare(plain, framed)
        self.failed += any(finding.kind != WARNING for finding in findings)
        for finding in findings:
            self.seen[finding] += 1
            if self.seen[finding] <= (1 if finding.kind == WARNING else EXAMPLES):
                self.tell(number, case, finding)

    def tell(self, number, case, finding):
        folder = self.options.out / f"{self.options.edition}-{self.options.seed}-{number}-{finding.kind}"
        folder.mkdir(parents=True, exist_ok=True)
        options = self.options
        note = (
            f"{finding}\nedition {options.edition}, seed {options.seed}, case {number}, from {case.origin}\n"
        )
        (folder / "finding.txt").write_text(note)
        (folder / "framed.rs").write_text(case.annotated())
        (folder / "plain.rs").write_text(case.plain())
        print(f"\n== {note}   {folder}", flush=True)
        if self.options.minimise and finding.kind != WARNING:
            small = minimise(self.compiler, case, finding)
            (folder / "small.rs").write_text(small.annotated())
            print("   " + small.annotated().strip().replace("\n", "\n   "), flush=True)


def run(options):
    target = options.target or Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    out = options.out
    shutil.rmtree(out, ignore_errors=True)
    compiler = Compiler(build(ROOT, target), options.edition, out / "crate")
    cases = Cases(options, compiler)
    report = Report(options, compiler)
    print(f"{len(cases.whole)} functions with their files, {len(cases.alone)} alone", flush=True)
    began, done, accepted = time.monotonic(), 0, 0
    while done < options.cases:
        numbers = range(done, min(done + BATCH, options.cases))
        made = [cases.make(number) for number in numbers]
        plain = compiler.check([case.plain() for case in made])
        framed = [None] * len(made)
        # Apart: those that are rejected cost a run of the compiler for each phase that rejects some.
        for verdict in (True, False):
            chosen = [i for i, outcome in enumerate(plain) if outcome.accepted == verdict]
            for i, outcome in zip(chosen, compiler.check([made[i].annotated() for i in chosen])):
                framed[i] = outcome
        for number, case, a, b in zip(numbers, made, plain, framed):
            accepted += a.accepted
            if any(report.seen[f] == 0 or f.kind != WARNING for f in compare(a, b)):
                report.add(number, case)
            else:
                report.seen.update(compare(a, b))
        done = numbers.stop
        seconds = time.monotonic() - began
        print(f"{done} cases, {accepted} accepted, {compiler.runs} compilations, {seconds:.0f} s", flush=True)
        if options.minutes and seconds > options.minutes * 60:
            break
    for finding, count in sorted(report.seen.items(), key=lambda item: (item[0].kind, item[0].what)):
        print(f"{count:6} {finding}")
    print(f"{done - report.failed} passed, {report.failed} failed")
    return report.failed == 0


if __name__ == "__main__":
    sys.exit(0 if run(arguments()) else 1)
