"""What differs between a file with the attribute and without."""

import re
from dataclasses import dataclass

PANIC, VERDICT, WARNING = "panic", "verdict", "warning"

# Errors that the attribute is there to give, where a mutation leads to one.
DELIBERATE = re.compile(
    r"cannot have a frame"
    r"|expected item after attributes"  # the mutation took the item away
    r"|`#\[frame\]` goes on a function"
    r"|stacklens|unknown option|takes no value|takes names|expected names|names nothing|given twice"
)
CRASH = re.compile(r"panicked|rustc ended with|internal compiler error|takes too long")


@dataclass(frozen=True)
class Finding:
    kind: str
    what: str  # the same for the same bug, as far as can be told

    def __str__(self):
        return f"{self.kind}: {self.what}"


def normal(message):
    """A message without the names in it."""
    return re.sub(r"\d+", "N", re.sub(r"`[^`]*`", "`_`", message.split("\n")[0]))[:120]


def compare(plain, framed):
    """The findings of one case, worst first."""
    found = []
    for outcome in (framed, plain):
        messages = [outcome.crash] + [message for _, _, message in outcome.errors]
        # A compiler that breaks down on the plain file has a bug of its own.
        if (crash := next(filter(CRASH.search, messages), None)) and not plain.crash:
            found.append(Finding(PANIC, normal(crash)))
            break
    if found or plain.crash:
        return found
    if plain.accepted and not framed.accepted:
        if not any(DELIBERATE.search(message) and not code for code, _, message in framed.errors):
            code, _, message = framed.errors[0] if framed.errors else ("", 0, "no error that has a place")
            found.append(Finding(VERDICT, f"rejected with the attribute only: {code} {normal(message)}"))
    elif framed.accepted and not plain.accepted:
        code, _, message = plain.errors[0] if plain.errors else ("", 0, "no error that has a place")
        found.append(Finding(VERDICT, f"accepted with the attribute only: {code} {normal(message)}"))
    elif framed.accepted:
        new, lost = framed.warnings - plain.warnings, plain.warnings - framed.warnings
        for lint in sorted({normal(lint) for lint, _ in new} & {normal(lint) for lint, _ in lost}):
            found.append(Finding(WARNING, f"at another line: {lint}"))
        for change, some, others in (("new", new, lost), ("lost", lost, new)):
            for lint in sorted({normal(lint) for lint, _ in some} - {normal(lint) for lint, _ in others}):
                found.append(Finding(WARNING, f"{change}: {lint}"))
    return found
