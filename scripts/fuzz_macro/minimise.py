"""Makes the file of a finding small: takes parts away for as long as the finding stays."""

import time
from dataclasses import replace

from .compare import PANIC, VERDICT, WARNING, compare
from .corpus import items
from .tokens import partners, render, statements, tokenize

SECONDS = {PANIC: 40, VERDICT: 40, WARNING: 8}
AT_ONCE = 30


def shows(compiler, candidates, finding):
    """Which of the candidates still have the finding."""
    plain = compiler.check([case.plain() for case in candidates])
    if finding.kind == WARNING or "rejected" in finding.what:
        pairs = [(case, a) for case, a in zip(candidates, plain) if a.accepted]
    else:
        pairs = [(case, a) for case, a in zip(candidates, plain) if not a.accepted or finding.kind == PANIC]
    framed = compiler.check([case.annotated() for case, _ in pairs])
    return [case for (case, a), b in zip(pairs, framed) if finding in compare(a, b)]


def size(case):
    return len(case.before.split()) + len(case.after.split()) + len(case.tokens)


def without_context(case):
    for which in ("before", "after"):
        tokens, rest = tokenize(getattr(case, which))
        ranges = items(tokens)
        step = max(1, len(ranges))
        while step:
            for k in range(0, len(ranges), step):
                a, b = ranges[k][0], ranges[min(k + step, len(ranges)) - 1][1]
                yield replace(case, **{which: render(tokens[:a] + tokens[b:]) + rest})
            step //= 2


def without_tokens(case):
    tokens = list(case.tokens)
    pairs = partners(tokens)
    for a, b in statements(tokens, pairs):
        yield case.with_tokens(tokens[:a] + tokens[b:])
    for a, b in pairs.items():
        yield case.with_tokens(tokens[:a] + tokens[b + 1 :])
        yield case.with_tokens(tokens[: a + 1] + tokens[b:])
        yield case.with_tokens(tokens[:a] + tokens[a + 1 : b] + tokens[b + 1 :])
    step = len(tokens) // 2
    while step:
        for a in range(0, len(tokens), step):
            yield case.with_tokens(tokens[:a] + tokens[a + step :])
        step //= 2
    for i, token in enumerate(tokens):
        if token.text[0].isalpha() and token.text not in ("fn", "let"):
            for other in ("1", "()"):
                if i and len(token.text) > 1:
                    # A call or a path becomes a literal.
                    end = i + 1
                    while (
                        end < len(tokens)
                        and tokens[end].text in ("(", "[", ".", "::", "?")
                        or (tokens[end - 1].text in (".", "::") and end < len(tokens))
                    ):
                        end = pairs.get(end, end) + 1
                    if end > i + 1:
                        yield case.with_tokens(tokens[:i] + [token._replace(text=other)] + tokens[end:])


def minimise(compiler, case, finding):
    end = time.monotonic() + SECONDS[finding.kind]
    smaller = True
    while smaller:
        smaller = False
        for parts in (without_context, without_tokens):
            tried = set()
            while step := next_smaller(compiler, case, finding, parts, tried, end):
                case, smaller = step, True
    return case


def next_smaller(compiler, case, finding, parts, tried, end):
    """A smaller case with the finding; what takes most away is tried first."""
    candidates = {
        candidate.annotated(): candidate for candidate in parts(case) if size(candidate) < size(case)
    }
    fresh = sorted(
        (item for item in candidates.items() if item[0] not in tried), key=lambda item: size(item[1])
    )
    for k in range(0, len(fresh), AT_ONCE):
        if time.monotonic() > end:
            return None
        tried.update(text for text, _ in fresh[k : k + AT_ONCE])
        if found := shows(compiler, [candidate for _, candidate in fresh[k : k + AT_ONCE]], finding):
            return min(found, key=size)
    return None
