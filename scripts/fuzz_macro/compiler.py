"""What rustc says of many small files at once."""

import json
import os
import resource
import shutil
import subprocess
from dataclasses import dataclass, field

LINTS = [
    "unused",
    "let_underscore_drop",
    "unused_qualifications",
    "unused_lifetimes",
    "single_use_lifetimes",
    "trivial_casts",
    "trivial_numeric_casts",
    "unsafe_op_in_unsafe_fn",
]
MEMORY = 6 << 30


@dataclass
class Outcome:
    accepted: bool = True
    errors: list = field(default_factory=list)  # (code, line, message)
    warnings: set = field(default_factory=set)  # (code, line)
    crash: str = ""


def build(root, target):
    """Builds the library once; the arguments with which rustc finds it."""
    command = [
        "cargo",
        "build",
        "-j1",
        "--quiet",
        "--message-format=json",
        "--manifest-path",
        str(root / "Cargo.toml"),
    ]
    done = subprocess.run(
        command,
        env={**os.environ, "CARGO_TARGET_DIR": str(target)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    for line in done.stdout.splitlines():
        message = json.loads(line)
        if message["reason"] == "compiler-artifact" and message["target"]["name"] == "stacklens":
            for name in message["filenames"]:
                if name.endswith(".rlib"):
                    return ["--extern", f"stacklens={name}", "-L", f"dependency={target}/debug/deps"]
    raise SystemExit(f"stacklens does not build:\n{done.stderr}")


class Compiler:
    """Compiles files as modules of one crate, so that an error in one keeps nothing from the others."""

    def __init__(self, link, edition, folder):
        self.link, self.edition, self.folder, self.runs = link, edition, folder, 0

    def check(self, texts):
        """An `Outcome` for each text, in order."""
        outcomes = [Outcome() for _ in texts]
        self._settle(dict(enumerate(texts)), outcomes)
        return outcomes

    def _settle(self, pending, outcomes):
        """Leaves out what is rejected until the rest is accepted: each phase of rustc reports alone."""
        while pending:
            failed, crash, diagnostics = self._compile(pending)
            rejected, lost = set(), False
            for level, code, message, place in diagnostics:
                if level == "error" and place is None:
                    lost = True
                elif level == "error":
                    outcomes[place[0]].errors.append((code, place[1], message))
                    rejected.add(place[0])
            if not failed:
                for level, code, message, place in diagnostics:
                    if level == "warning" and place is not None:
                        outcomes[place[0]].warnings.add((code or message, place[1]))
                return
            if crash or not rejected:
                if len(pending) > 1:
                    order = sorted(pending)
                    for half in (order[: len(order) // 2], order[len(order) // 2 :]):
                        self._settle({i: pending[i] for i in half}, outcomes)
                    return
                (only,) = pending
                outcomes[only].accepted = False
                outcomes[only].crash = crash
                if lost and not crash:
                    outcomes[only].errors += [(c, 0, m) for level, c, m, _ in diagnostics if level == "error"]
                return
            for i in rejected:
                outcomes[i].accepted = False
                del pending[i]

    def _compile(self, texts):
        self.runs += 1
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        for i, text in texts.items():
            (self.folder / f"c{i}.rs").write_text(text)
        modules = "".join(f'#[path = "c{i}.rs"]\npub mod c{i};\n' for i in texts)
        (self.folder / "lib.rs").write_text("extern crate stacklens;\n" + modules)
        # `--cap-lints`: a lint that is an error is still a lint, and ends no compilation.
        command = [
            "rustc",
            "lib.rs",
            "--crate-type=lib",
            "--crate-name=fuzz",
            f"--edition={self.edition}",
            "--emit=metadata",
            "--error-format=json",
            "--cap-lints=warn",
            "--out-dir=out",
            *self.link,
        ]
        command += [f"-W{lint}" for lint in LINTS]
        try:
            done = subprocess.run(
                command,
                cwd=self.folder,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                timeout=30 + len(texts),
                preexec_fn=limit_memory,
                env={**os.environ, "RUST_BACKTRACE": "0", "RUSTC_ICE": "0"},
            )
        except subprocess.TimeoutExpired:
            return True, "rustc takes too long", []
        diagnostics, rest = [], []
        for line in done.stderr.decode(errors="replace").splitlines():
            try:
                found = json.loads(line)
            except ValueError:
                rest.append(line)
                continue
            if found.get("$message_type") != "diagnostic" or found["message"].startswith("aborting due to"):
                continue
            code = (found["code"] or {}).get("code", "")
            level = "error" if found["level"].startswith("error") else found["level"]
            if "internal compiler error" in found["level"] + found["message"]:
                rest.append(found["message"])
            diagnostics.append((level, code, found["message"], place_of(found["spans"])))
        crash = ""
        if done.returncode not in (0, 1):
            crash = f"rustc ended with {done.returncode}: " + " / ".join(rest)[:500]
        return done.returncode != 0, crash, diagnostics


def limit_memory():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def place_of(spans):
    """(case, line) of a message: of its primary span, or of the macro call that it comes from."""
    for span in sorted(spans, key=lambda span: not span["is_primary"]):
        while span:
            name = span["file_name"].rpartition("/")[2]
            if name[0] == "c" and name[1:-3].isdigit() and name.endswith(".rs"):
                return int(name[1:-3]), span["line_start"]
            span = (span["expansion"] or {}).get("span")
    return None
