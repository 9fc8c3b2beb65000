"""A Rust tokenizer that is good enough to cut and splice: tokens keep the white space before them."""

import re
from typing import NamedTuple


class Token(NamedTuple):
    space: str
    text: str


SPACE = r"(?:\s+|//[^\n]*|/\*.*?\*/)*"
TEXT = re.compile(
    r"""
    (?:br|cr|r)(\#*)"(?s:.*?)"\1                                        # raw string
  | [bc]?"(?:\\(?s:.)|[^"\\])*"                                         # string
  | b?'(?:\\x[0-9a-fA-F]{2}|\\u\{[^}]*\}|\\.|[^'\\\n])'                 # character
  | '[A-Za-z_]\w*                                                       # lifetime
  | r\#[A-Za-z_]\w*                                                     # raw name
  | [^\W\d]\w*                                                          # name
  | \d\w*(?:\.\d\w*|\.(?![\w.]))?                                       # number
  | <<=|>>=|\.\.\.|\.\.=|::|->|=>|==|!=|<=|>=|&&|\|\||[-+*/%^&|]=|<<|>>|\.\.
  | (?s:.)
    """,
    re.X,
)
BEFORE = re.compile(SPACE, re.S)

OPEN = {"(": ")", "[": "]", "{": "}"}
CLOSE = {close: open for open, close in OPEN.items()}


def tokenize(text):
    """The tokens, and the white space behind the last."""
    tokens, at = [], 0
    while True:
        space = BEFORE.match(text, at)
        at = space.end()
        if at == len(text):
            return tokens, space.group()
        word = TEXT.match(text, at)
        tokens.append(Token(space.group(), word.group()))
        at = word.end()


def render(tokens):
    """The text of the tokens; where two would grow together, with a space between them."""
    out, last = [], ""
    for space, text in tokens:
        if not space and last and text and (glues(last, text)):
            space = " "
        out.append(space + text)
        last = text
    return "".join(out)


def glues(left, right):
    if (left[-1].isalnum() or left[-1] == "_") and (right[0].isalnum() or right[0] in "_'\"#"):
        return True
    return left[-1] in "=<>+-*/%^&|.:!" and right[0] in "=<>&|.:/*"


def partners(tokens):
    """Where each opening delimiter is closed. What has no partner is not in it."""
    found, open_at = {}, []
    for i, (_, text) in enumerate(tokens):
        if text in OPEN:
            open_at.append(i)
        elif text in CLOSE and open_at and tokens[open_at[-1]].text == CLOSE[text]:
            found[open_at.pop()] = i
    return found


def statements(tokens, pairs):
    """Ranges of tokens that look like a statement: up to a `;`, or to a `}` that nothing goes on behind."""
    found = []
    for start, end in pairs.items():
        if tokens[start].text != "{":
            continue
        first = i = start + 1
        while i < end:
            if i in pairs:
                i = pairs[i]
                closes = tokens[i].text == "}" and tokens[i + 1].text not in ("else", ".", "?", ";", ",", ")")
            else:
                closes = tokens[i].text == ";"
            if closes:
                found.append((first, i + 1))
                first = i + 1
            i += 1
        if first < end:
            found.append((first, end))
    return found


def blanked(text):
    """The text as so much white space."""
    return "".join(c if c == "\n" else " " for c in text)


def attribute_end(tokens, i, pairs):
    """Behind the `frame` attribute that begins here, or None if none does."""
    if tokens[i].text != "#" or i + 1 not in pairs or tokens[i + 1].text != "[":
        return None
    end = pairs[i + 1]
    path = [token.text for token in tokens[i + 2 : end]]
    while path[:1] == ["::"] or path[:2] == ["stacklens", "::"]:
        path = path[1:] if path[0] == "::" else path[2:]
    return end + 1 if path[:1] == ["frame"] and path[1:2] in ([], ["("]) else None


def without_frames(tokens):
    """The same tokens at the same places, with white space for the `frame` attributes."""
    out, i, pairs, carried = [], 0, partners(tokens), ""
    while i < len(tokens):
        end = attribute_end(tokens, i, pairs)
        if end is None:
            out.append(Token(carried + tokens[i].space, tokens[i].text))
            carried, i = "", i + 1
        else:
            carried += "".join(space + blanked(text) for space, text in tokens[i:end])
            i = end
    return out
