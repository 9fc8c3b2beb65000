"""Small changes to the tokens of a function: some keep it a program, most do not."""

from .tokens import CLOSE, OPEN, Token, partners, statements, tokenize

KEYWORDS = (
    "as async await break const continue crate dyn else enum extern false fn for if impl in let loop match"
    " mod move mut pub ref return self Self static struct super trait true type unsafe use where while box"
    " union auto yield try default raw macro_rules safe"
).split()
OPERATORS = (
    "+ - * / % ^ ! & | && || << >> = == != < > <= >= += |= @ . .. ... ..="
    " , ; : :: -> => # $ ? ~ _ 'a '_ 0 1 1.0 \"s\" b'x'"
    " |x| || .await as ()"
).split()
LITERALS = (
    "0",
    "1",
    "0u8",
    "1_000",
    "1.5",
    "1e3",
    "'x'",
    '"text"',
    'b"b"',
    'r#"raw"#',
    "true",
    "()",
    "-1",
    "[]",
    "None",
    "i32::MAX",
    "loop {}",
    "0..1",
    "..",
    "..=2",
)
STATEMENTS = (
    "let q = 1;",
    "let mut q = 1; q += 1;",
    "let (mut q, _) = (1, 2); q = 3;",
    "if true { return Default::default(); }",
    "loop { break; }",
    "'a: loop { break 'a; }",
    "'a: { break 'a; }",
    "for q in 0..2 { let _ = q; }",
    "while false {}",
    "let Some(q) = Some(1) else { panic!() };",
    "let Some(q) = Some(1) else { return Default::default() };",
    "let q = || 1; q();",
    "let q = move |x: u8| { if x > 0 { return 1 } 2 }; q(1);",
    "match 1 { 0 => {} _ if true => (), _ => {} }",
    "match Some(1) { Some(q @ 1..=3) => drop(q), Some(_) | None => () }",
    "unsafe {}",
    "{ }",
    "{ let q = 1; q };",
    ";",
    ";;",
    "();",
    "println!();",
    'println!("{}", 1);',
    "let q; q = 1; drop(q);",
    "let q: u8; if true { q = 1; } else { q = 2; } drop(q);",
    "fn q() -> u8 { 1 }",
    "const Q: u8 = { 1 };",
    "struct Q { x: u8 } let Q { x } = Q { x: 1 }; drop(x);",
    "use std::mem::drop as q; q(1);",
    "macro_rules! q { ($e:expr) => { $e } } q!(1);",
    "let q = if true { 1 } else { 2 };",
    "let q = match 1 { x => x };",
    "let q = { 1 } as u8;",
    "let _ = async { 1 };",
    "let q = [1, 2, 3]; let [a, .., b] = q; drop((a, b));",
    "let q = &mut [1]; q[0] = 2;",
    "let q = String::new(); drop(q);",
    "let q = vec![1]; drop(q.len());",
    "let q = 1..=2; drop(q);",
    "return;",
    "return Default::default();",
    "panic!();",
    "unreachable!()",
    "todo!();",
    "Some(1)?;",
    "Ok::<(), ()>(())?;",
    "let q = Some(Some(1)?)?;",
    "(|| Some(Some(1)? + 1))();",
    "if let Some(q) = Some(1) && q > 0 {}",
    "while let Some(q) = None::<u8> { drop(q) }",
    "let ref q = 1; drop(q);",
    "let q @ 1..=u8::MAX = 1 else { return Default::default() };",
    "break;",
    "continue;",
    "let mut q = 0; while q < 3 { q += 1; if q == 2 { continue; } }",
    "std::thread::spawn(|| {});",
    "let q = <u8>::default();",
    "let q = <u8 as Default>::default();",
    "<u8>::default();",
    "-1;",
    "*&1;",
    "&1;",
    "!true;",
    "#[allow(unused)] let q = 1;",
    "#[cfg(any())] let q = 1;",
    "#[cfg(all())] { }",
    "#[allow(unused)] { let q = 1; }",
    "#[rustfmt::skip] let q = 1;",
    "let q = #[allow(unused)] 1;",
    'stacklens::framed!("x", 1);',
    'stacklens::framed!("x", { 1 });',
    "let q = |x| -> u8 { x }; q(1);",
    "let q = if let 1 = 1 { 1 } else if true { 2 } else { 3 };",
    "let q = 'a: { if true { break 'a 1; } 2 };",
    "let q = loop { break 1 };",
    "let q = unsafe { 1 };",
    "let q = return Default::default();",
    "match () { () => return Default::default(), }",
    "let token = 1;",
    'let password = "x"; drop(password);',
    "let stacklens_frame = 1; drop(stacklens_frame);",
    "let r#type = 1; drop(r#type);",
    "let größe = 1; drop(größe);",
    "let q = 1 as u8 as char;",
    "let q = if (Q { x: 1 }).x == 1 { 1 } else { 2 };",
    "let q: [u8; { 1 + 1 }] = [0; 2];",
    "static mut Q: u8 = 0;",
    "let q = core::mem::size_of::<[u8; 3]>();",
    "let q: for<'x> fn(&'x u8) -> &'x u8 = |x| x;",
    "let q = 1 < 2 && 2 > 1 || !false;",
    "let q = Vec::<Vec<u8>>::new();",
    "let q = (1, (2, 3)).1.0;",
    "let q = (|| ())();",
    "(|x: u8| x)(1);",
    "async {};",
    "let q = async move { Some(1)? ; None::<u8> };",
)
WRAPPERS = (
    ("{", "}"),
    ("(", ")"),
    ("if true {", "}"),
    ("loop {", "break; }"),
    ("unsafe {", "}"),
    ("match () { () => {", "} }"),
    ("'w: {", "}"),
    ("(|| {", "})();"),
    ("for _ in 0..1 {", "}"),
    ("if let Some(_) = Some(1) {", "} else { }"),
    ("async {", "};"),
    ("let w = {", "};"),
    ("#[allow(unused)] {", "}"),
    ("let _ = || {", "};"),
    ("while true {", "}"),
    ("else {", "}"),
    ("fn w() {", "}"),
    ("m! {", "}"),
    ("assert!({", "true });"),
    ('stacklens::framed!("w", {', "});"),
)
EXPRESSION_WRAPPERS = (
    ("(", ")"),
    ("{", "}"),
    ("Some(", ")"),
    ("Some(", ")?"),
    ("&", ""),
    ("&mut ", ""),
    ("*", ""),
    ("!", ""),
    ("-", ""),
    ("", " as u32"),
    ("", "?"),
    ("", ".await"),
    ("", ".clone()"),
    ("(|| ", ")()"),
    ("move || ", ""),
    ("unsafe {", "}"),
    ("if true {", "} else { loop {} }"),
    ("match ", " { x => x }"),
    ("return ", ""),
    ("break ", ""),
    ("..", ""),
    ("", ".."),
    ("", "..=1"),
    ("[", "]"),
    ("(", ",)"),
    ("box ", ""),
    ("async {", "}.await"),
    ("const {", "}"),
    ("loop { break ", " }"),
    ("vec![", "]"),
    ("", "[0]"),
    ("", ".0"),
    ("", "()"),
    ("", " = 1"),
    ("1 + ", ""),
    ("", " + 1"),
    ("", " && true"),
    ("let x = ", ""),
    ("identity!(", ")"),
)


def words(text):
    tokens, _ = tokenize(text)
    return tokens and [Token(" ", tokens[0].text), *tokens[1:]]


class Mutator:
    """Changes tokens; `donors` are other functions to take pieces from."""

    def __init__(self, rng, donors):
        self.rng, self.donors = rng, donors
        self.kinds = (
            (self.delete, 5),
            (self.delete_group, 2),
            (self.empty_group, 2),
            (self.delete_statement, 5),
            (self.duplicate, 3),
            (self.duplicate_statement, 4),
            (self.swap, 3),
            (self.swap_statements, 4),
            (self.splice, 3),
            (self.splice_statement, 5),
            (self.keyword, 3),
            (self.operator, 4),
            (self.braces, 2),
            (self.replace_name, 6),
            (self.replace_literal, 4),
            (self.insert_statement, 16),
            (self.wrap_statement, 8),
            (self.wrap_expression, 10),
            (self.unbalance, 0.5),
            (self.swap_groups, 2),
            (self.replace_keyword, 2),
            (self.semicolon, 5),
        )

    def mutate(self, tokens):
        tokens = list(tokens)
        for _ in range(self.rng.choices((1, 2, 3, 5), (60, 25, 10, 5))[0]):
            if len(tokens) > 3:
                change = self.rng.choices([k for k, _ in self.kinds], [w for _, w in self.kinds])[0]
                changed = change(tokens)
                tokens = changed if changed is not None else tokens
        return tokens

    def spot(self, tokens):
        return self.rng.randrange(len(tokens))

    def balanced(self, tokens):
        """A range of tokens that closes what it opens, of up to a few tokens and groups."""
        pairs = partners(tokens)
        start = end = self.spot(tokens)
        for _ in range(self.rng.choice((1, 1, 2, 3, 4))):
            if end >= len(tokens) or tokens[end].text in CLOSE:
                break
            end = pairs.get(end, end) + 1
        return (start, end) if end > start else (start, start)

    def group(self, tokens):
        pairs = list(partners(tokens).items())
        return self.rng.choice(pairs) if pairs else None

    def statement(self, tokens):
        found = statements(tokens, partners(tokens))
        return self.rng.choice(found) if found else None

    def delete(self, tokens):
        a, b = self.balanced(tokens)
        return tokens[:a] + tokens[b:]

    def delete_group(self, tokens):
        if found := self.group(tokens):
            return tokens[: found[0]] + tokens[found[1] + 1 :]

    def empty_group(self, tokens):
        if found := self.group(tokens):
            return tokens[: found[0] + 1] + tokens[found[1] :]

    def delete_statement(self, tokens):
        if found := self.statement(tokens):
            return tokens[: found[0]] + tokens[found[1] :]

    def duplicate(self, tokens):
        a, b = self.balanced(tokens)
        return tokens[:b] + tokens[a:b] + tokens[b:]

    def duplicate_statement(self, tokens):
        if found := self.statement(tokens):
            return tokens[: found[1]] + tokens[found[0] : found[1]] + tokens[found[1] :]

    def swap(self, tokens):
        i = self.rng.randrange(len(tokens) - 1)
        return tokens[:i] + [tokens[i + 1], tokens[i]] + tokens[i + 2 :]

    def exchange(self, tokens, one, other):
        (a, b), (c, d) = sorted((one, other))
        if b <= c:
            return tokens[:a] + tokens[c:d] + tokens[b:c] + tokens[a:b] + tokens[d:]

    def swap_statements(self, tokens):
        found = statements(tokens, partners(tokens))
        if len(found) > 1:
            return self.exchange(tokens, *self.rng.sample(found, 2))

    def swap_groups(self, tokens):
        found = [(a, b + 1) for a, b in partners(tokens).items()]
        if len(found) > 1:
            return self.exchange(tokens, *self.rng.sample(found, 2))

    def splice(self, tokens):
        donor = self.rng.choice(self.donors).tokens
        a, b = self.balanced(tokens)
        c, d = self.balanced(donor)
        return tokens[:a] + list(donor[c:d]) + tokens[b:]

    def splice_statement(self, tokens):
        donor = self.rng.choice(self.donors).tokens
        taken, found = self.statement(donor), self.statement(tokens)
        if taken and found:
            at = self.rng.choice(found)
            return tokens[:at] + list(donor[taken[0] : taken[1]]) + tokens[at:]

    def insert(self, tokens, text):
        i = self.spot(tokens)
        return tokens[:i] + words(text) + tokens[i:]

    def keyword(self, tokens):
        return self.insert(tokens, self.rng.choice(KEYWORDS))

    def operator(self, tokens):
        return self.insert(tokens, self.rng.choice(OPERATORS))

    def braces(self, tokens):
        a, b = self.balanced(tokens)
        opening = self.rng.choice(sorted(OPEN))
        return tokens[:a] + [Token(" ", opening)] + tokens[a:b] + [Token("", OPEN[opening])] + tokens[b:]

    def of_kind(self, tokens, wanted):
        found = [i for i, token in enumerate(tokens) if wanted(token.text)]
        return self.rng.choice(found) if found else None

    def replace_name(self, tokens):
        is_name = lambda text: (text[0].isalpha() or text[0] == "_") and text not in KEYWORDS
        i, j = self.of_kind(tokens, is_name), self.of_kind(tokens, is_name)
        if i is not None:
            return tokens[:i] + [Token(tokens[i].space, tokens[j].text)] + tokens[i + 1 :]

    def replace_keyword(self, tokens):
        i = self.of_kind(tokens, lambda text: text in KEYWORDS)
        if i is not None:
            return tokens[:i] + [Token(tokens[i].space, self.rng.choice(KEYWORDS))] + tokens[i + 1 :]

    def replace_literal(self, tokens):
        i = self.of_kind(
            tokens, lambda text: text[0].isdigit() or text[0] in "\"'" or text in ("true", "false")
        )
        if i is not None:
            return tokens[:i] + words(self.rng.choice(LITERALS)) + tokens[i + 1 :]

    def semicolon(self, tokens):
        """A tail becomes a statement, or a statement a tail."""
        found = self.statement(tokens)
        if found and tokens[found[1] - 1].text == ";":
            return tokens[: found[1] - 1] + tokens[found[1] :]
        if found:
            return tokens[: found[1]] + [Token("", ";")] + tokens[found[1] :]

    def insert_statement(self, tokens):
        if found := self.statement(tokens):
            at = self.rng.choice(found)
            return tokens[:at] + words(self.rng.choice(STATEMENTS)) + tokens[at:]

    def wrap_statement(self, tokens):
        if found := self.statement(tokens):
            before, after = self.rng.choice(WRAPPERS)
            return (
                tokens[: found[0]]
                + words(before)
                + tokens[found[0] : found[1]]
                + words(after)
                + tokens[found[1] :]
            )

    def wrap_expression(self, tokens):
        before, after = self.rng.choice(EXPRESSION_WRAPPERS)
        i = self.of_kind(tokens, lambda text: text[0].isalnum() and text not in KEYWORDS)
        if i is not None:
            return tokens[:i] + words(before) + [Token(" ", tokens[i].text)] + words(after) + tokens[i + 1 :]

    def unbalance(self, tokens):
        return self.insert(tokens, self.rng.choice("()[]{}"))
