"""Functions to begin with: the repository's own hard cases, each with only what it needs of its file."""

import re
from dataclasses import dataclass, field, replace

from .tokens import attribute_end, blanked, partners, render, tokenize, without_frames

EDITIONS = ("2015", "2018", "2021", "2024")
ATTRIBUTE = "#[stacklens::frame] "
KEYWORDS_TO_SEMICOLON = {"use", "static", "type", "let", "extern"}
# A name can be exported from a crate once, and here many copies of a file are modules of one.
ONCE_A_CRATE = re.compile(r"#\[(?:macro_export|no_mangle|unsafe\(no_mangle\))\]")


@dataclass(frozen=True)
class Case:
    """A file with one item that is annotated or is not; only the tokens of that item are ever changed."""

    origin: str
    before: str
    attribute: str
    tokens: tuple
    after: str
    editions: tuple = field(default=EDITIONS)

    def annotated(self):
        return self.before + self.attribute + render(self.tokens) + self.after

    def plain(self):
        return self.before + blanked(self.attribute) + render(without_frames(self.tokens)) + self.after

    def with_attribute(self, attribute):
        return replace(self, attribute=attribute)

    def with_tokens(self, tokens):
        return replace(self, tokens=tuple(tokens))


def items(tokens):
    """The ranges of the items of a file."""
    pairs, first, i, ranges = partners(tokens), 0, 0, []
    while i < len(tokens):
        text = tokens[i].text
        if text == "#" and tokens[i + 1].text == "!":
            i = pairs.get(i + 2, i) + 1
            ranges.append((first, i))
            first = i
            continue
        if text == "#" and i + 1 in pairs:
            i = pairs[i + 1] + 1
            continue
        to_semicolon = text in KEYWORDS_TO_SEMICOLON or (
            text == "const" and tokens[i + 1].text not in ("fn", "unsafe", "async", "extern")
        )
        if text == "extern" and tokens[i + 1].text != "crate":
            to_semicolon = False
        if text == "pub" or (text in "([" and tokens[i - 1].text == "pub"):
            i = pairs.get(i, i) + 1
            continue
        while i < len(tokens):
            text = tokens[i].text
            i = pairs.get(i, i) + 1
            if text == ";" or (text == "{" and not to_semicolon):
                break
        ranges.append((first, i))
        first = i
    return ranges


def item_end(tokens, start, pairs):
    """Behind the item that begins here."""
    i = start
    while i < len(tokens):
        text = tokens[i].text
        if text == "#" and i + 1 in pairs:
            i = pairs[i + 1] + 1
            continue
        i = pairs.get(i, i) + 1
        if text in "{;":
            return i
    return None


def function_name(tokens):
    texts = [token.text for token in tokens]
    for i, text in enumerate(texts[:-1]):
        if text == "fn":
            return texts[i + 1]
        if text in ("{", "impl", "trait", "mod", "macro_rules", "struct", "enum"):
            return None
    return None


def names(tokens):
    return {token.text for token in tokens} | {
        word for token in tokens if token.text.startswith('"') for word in re.findall(r"\w+", token.text)
    }


def needed(parts, target):
    """The items that stay beside `target`: all but the functions that nothing mentions."""
    kept = {i for i, part in enumerate(parts) if i == target or function_name(part) is None}
    while True:
        mentioned = set().union(*(names(parts[i]) for i in kept))
        more = {i for i, part in enumerate(parts) if i not in kept and function_name(part) in mentioned}
        if not more:
            return kept
        kept |= more


def annotated_cases(path, text):
    """One case for each attribute of a file that has them."""
    text = ONCE_A_CRATE.sub(lambda m: blanked(m.group()), text)
    line = re.search(r"^// editions: (.*)$", text, re.M)
    editions = tuple(line.group(1).split()) if line else EDITIONS
    tokens, _ = tokenize(text)
    ranges = items(tokens)
    for target, (first, last) in enumerate(ranges):
        part = tokens[first:last]
        pairs = partners(part)
        for i in range(len(part)):
            end = attribute_end(part, i, pairs)
            # The bare name is known only inside a container that is annotated.
            if end and "stacklens" not in {token.text for token in part[i:end]}:
                continue
            stop = end and item_end(part, end, pairs)
            if not stop:
                continue
            others = [without_frames(tokens[a:b]) for a, b in ranges]
            kept = needed(others, target)
            yield Case(
                f"{path}:{render(tokens[:first] + part[:i]).count(chr(10)) + 1}",
                "".join(render(others[k]) for k in sorted(kept) if k < target)
                + render(without_frames(part[:i]))
                + part[i].space,
                render(part[i:end]).strip() + " ",
                tuple(part[end:stop]),
                render(without_frames(part[stop:]))
                + "".join(render(others[k]) for k in sorted(kept) if k > target)
                + "\n",
                editions,
            )


def bare_cases(path, text):
    """The functions of a file without attributes, alone: most name what is not there; their syntax counts."""
    text = text.split("#[cfg(test)]\nmod ")[0]
    tokens, _ = tokenize(text)
    pairs = partners(tokens)
    for i, token in enumerate(tokens):
        if token.text != "fn" or i + 1 >= len(tokens) or not re.match(r"[a-z_]", tokens[i + 1].text):
            continue
        start = i
        while start and tokens[start - 1].text in ("pub", "unsafe", "async", "const", ")", "("):
            start -= 1
            if tokens[start].text == "(" and tokens[start - 1].text != "pub":
                start = i
                break
        if any(t.text == "const" for t in tokens[start:i]):
            continue
        stop = item_end(tokens, i, pairs)
        if stop and tokens[stop - 1].text == "}":
            yield Case(f"{path}:{tokens[i + 1].text}", "", ATTRIBUTE, tuple(tokens[start:stop]), "\n")


def load(root):
    """All cases of the repository: (those with their file around them, those alone)."""
    whole, alone = [], []
    for folder in ("tests/torture", "tests/lints"):
        for path in sorted((root / folder).glob("*.rs")):
            whole += annotated_cases(path.relative_to(root), path.read_text())
    for folder in ("src", "macros/src"):
        for path in sorted((root / folder).rglob("*.rs")):
            alone += bare_cases(path.relative_to(root), path.read_text())
    return whole, alone
