"""Functions from a small grammar that knows types, so that most of them compile."""

from . import idioms
from .corpus import ATTRIBUTE, Case
from .tokens import tokenize

PRELUDE = """
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point { pub x: u32, pub y: u32 }
#[derive(Clone, Debug)]
pub enum Shape { Dot, Line(u32), Area { w: u32, h: u32 } }
impl Point { pub fn sum(&self) -> u32 { self.x + self.y } }
impl Point { pub fn shift(&mut self, by: u32) -> &mut Self { self.x += by; self } }
pub struct Noisy(pub u32);
impl Drop for Noisy { fn drop(&mut self) {} }
pub fn maybe(x: u32) -> Option<u32> { if x > 0 { Some(x) } else { None } }
pub fn fails(x: u32) -> Result<u32, String> { if x > 0 { Ok(x) } else { Err(String::new()) } }
pub fn stops() -> ! { panic!("stops") }
pub unsafe fn danger(x: u32) -> u32 { x }
pub fn apply<F: FnOnce(u32) -> u32>(f: F) -> u32 { f(1) }
macro_rules! plus { ($a:expr, $b:expr) => { $a + $b }; }
macro_rules! run { ($($s:stmt;)*) => { $($s)* }; }
macro_rules! body { ($b:block) => { $b }; }
macro_rules! pass { ($($t:tt)*) => { $($t)* }; }
"""
ASYNC_PRELUDE = "pub async fn later(x: u32) -> u32 { x }\n"

PARAMETERS = {
    "a: u32": [("a", "u32", False)],
    "mut b: u32": [("b", "u32", True)],
    "s: &str": [("s", "&str", False)],
    "text: String": [("text", "String", False)],
    "mut list: Vec<u32>": [("list", "Vec", True)],
    "list: &mut Vec<u32>": [("list", "Vec", True)],
    "o: Option<u32>": [("o", "Option", False)],
    "p: Point": [("p", "Point", False)],
    "p: &mut Point": [("p", "Point", True)],
    "Point { x: px, .. }: Point": [("px", "u32", False)],
    "[i, j]: [u32; 2]": [("i", "u32", False), ("j", "u32", False)],
    "&(q, ref r): &(u32, String)": [("q", "u32", False)],
    "shape: Shape": [("shape", "Shape", False)],
    "_: Noisy": [],
    "_unused: u8": [],
    "f: fn(u32) -> u32": [("f", "fn", False)],
    "yes: bool": [("yes", "bool", False)],
    "slice: &[u32]": [("slice", "Vec", False)],
}
RETURNS = {
    "": "()",
    "-> u32": "u32",
    "-> Option<u32>": "Option",
    "-> Result<u32, String>": "Result",
    "-> bool": "bool",
    "-> String": "String",
    "-> Point": "Point",
    "-> Vec<u32>": "Vec",
    "-> Box<dyn std::fmt::Debug>": "Box",
    "-> impl std::fmt::Debug": "u32",
    "-> Result<(), Box<dyn std::error::Error>>": "Boxed",
}
WRITTEN = {
    "u32": "u32",
    "bool": "bool",
    "Option": "Option<u32>",
    "Result": "Result<u32, String>",
    "String": "String",
    "Vec": "Vec<u32>",
    "Point": "Point",
}


class Generator:
    def __init__(self, rng, edition):
        self.rng, self.edition = rng, edition
        self.vars, self.fresh, self.labels = [], 0, []
        self.loops = 0
        self.asynchronous, self.returns, self.unsafe = False, "()", False
        self.budget = rng.choice((25, 60, 120))

    def pick(self, *choices):
        return self.rng.choice(choices)()

    def chance(self, p):
        return self.rng.random() < p

    def name(self):
        self.fresh += 1
        return self.rng.choice(("v", "w", "_n", "value", "token")) + str(self.fresh)

    def known(self, kind, mutable=False):
        found = [n for n, k, m in self.vars if k == kind and (m or not mutable)]
        return self.rng.choice(found) if found else None

    def scoped(self, make, *vars):
        kept = list(self.vars)
        self.vars += vars
        out = make()
        self.vars = kept
        return out

    def function(self):
        parameters = self.rng.sample(sorted(PARAMETERS), self.rng.randrange(5))
        self.asynchronous = self.edition != "2015" and self.chance(0.2)
        self.unsafe = self.chance(0.07)
        taken, seen = [], set()
        for parameter in parameters:
            bound = PARAMETERS[parameter]
            if not seen & {n for n, _, _ in bound}:
                taken.append(parameter)
                seen |= {n for n, _, _ in bound}
                self.vars += bound
        written, self.returns = self.rng.choice(sorted(RETURNS.items()))
        if self.asynchronous and "impl" in written:
            written, self.returns = "-> u32", "u32"
        head = self.rng.choice(
            ("pub ", "pub ", "#[inline] pub ", "pub(crate) ", "#[must_use] pub ", "#[allow(unused)] pub ")
        )
        if "must_use" in head and not written:
            head = "pub "
        head += "async " * self.asynchronous + "unsafe " * self.unsafe
        if self.chance(0.05):
            head += 'extern "C" '
        generics = self.rng.choice(("", "", "", "<T: Clone>", "<'a>", "<const N: usize>", "<T>"))
        where = " where T: Copy + std::fmt::Debug" if generics == "<T>" else ""
        if "T" in generics and "N" not in generics:
            taken.append("t: T")
        if generics == "<'a>":
            taken.append("life: &'a str")
        return f"{head}fn f{generics}({', '.join(taken)}) {written}{where} {self.block(self.returns, 3)}\n"

    def block(self, kind, depth):
        def make():
            lines = [self.statement(depth - 1) for _ in range(self.rng.randrange(1 + depth * 2))]
            if kind != "()" or self.chance(0.2):
                lines.append(self.tail(kind, depth - 1))
            return "{\n" + "\n".join(lines) + "\n}"

        return self.scoped(make)

    def tail(self, kind, depth):
        if self.returns != "none" and self.chance(0.1):
            return f"return {self.value(self.returns, depth)}" + self.rng.choice((";", ""))
        return self.value(kind, depth)

    def value(self, kind, depth):
        if kind == "()":
            return self.rng.choice(("()", "drop(1)", "{}", "println!()", "{ }", "if true { }", "()"))
        if kind == "Box":
            return f"Box::new({self.expr(self.rng.choice(('u32', 'String', 'Point')), depth)})"
        if kind == "Boxed":
            return self.rng.choice(
                ("Ok(())", 'Err("no".into())', 'Err("no")?', "{ Ok(()) }", 'Ok(drop("1".parse::<u8>()?))')
            )
        return self.expr(kind, depth)

    def expr(self, kind, depth):
        self.budget -= 1
        name = self.known(kind)
        if depth <= 0 or self.budget < 0:
            if name and self.chance(0.7):
                return name if kind in ("u32", "bool", "Option") or self.chance(0.15) else f"{name}.clone()"
            return self.leaf(kind)
        if name and self.chance(0.25):
            return name if kind in ("u32", "bool", "Option") or self.chance(0.2) else f"{name}.clone()"
        d = depth - 1
        if self.chance(0.35):
            return self.control(kind, d)
        return getattr(self, "expr_" + kind)(d)

    def leaf(self, kind):
        return self.rng.choice(
            {
                "u32": ("0", "1u32", "0x2a", "'a' as u32", "u32::MAX", "1 + 1", "line!()"),
                "bool": ("true", "false", "!true", "1 < 2"),
                "String": ("String::new()", '"a".to_string()', 'format!("{}", 1)', 'format!("x")'),
                "Vec": ("Vec::new()", "vec![1, 2]", "vec![0; 3]"),
                "Option": ("None", "Some(1)", "Some(2)"),
                "Result": ("Ok(1)", "Err(String::new())", "fails(1)"),
                "Point": ("Point { x: 1, y: 2 }", "Point::default()", "Point { x: 3, ..Default::default() }"),
                "Shape": ("Shape::Dot", "Shape::Line(1)", "Shape::Area { w: 1, h: 2 }"),
            }[kind]
        )

    def control(self, kind, d):
        b = lambda: self.block(kind, d)
        e = lambda k: self.expr(k, d)

        def chain():
            if self.edition == "2024" and self.chance(0.3):
                n = self.name()
                return f"if {e('bool')} && let Some({n}) = {e('Option')} && {n} > 1 {b()} else {b()}"
            return f"if {self.condition(d)} {b()} else if {self.condition(d)} {b()} else {b()}"

        def matches():
            n = self.name()
            arm = self.scoped(lambda: self.arm(kind, d), (n, "u32", False))
            guard = (
                self.scoped(lambda: f" if {self.expr('bool', d - 1)}", (n, "u32", False))
                if self.chance(0.3)
                else ""
            )
            return (
                f"match {self.scrutinee(d)} {{ Some({n}){guard} => {arm} "
                f"Some(0) | None => {self.arm(kind, d)} _ => {self.arm(kind, d)} }}"
            )

        def ranges():
            return (
                f"match {e('u32')} {{ 0 => {self.arm(kind, d)} 1..=3 | 7 => {self.arm(kind, d)} "
                f"n @ 9..=10 if n > 9 => {self.arm(kind, d)} _ => {self.arm(kind, d)} }}"
            )

        def labelled():
            return self.breaking(kind, d, "")

        def looped():
            return self.breaking(kind, d, "loop ")

        def shapes():
            return (
                f"match {self.expr('Shape', 0)} {{ Shape::Dot => {self.arm(kind, d)}"
                f" Shape::Line(0) => {self.arm(kind, d)}"
                f" Shape::Line(_) => {self.arm(kind, d)}"
                f" Shape::Area {{ w, .. }} if w > 1 => {self.arm(kind, d)}"
                f" Shape::Area {{ .. }} => {self.arm(kind, d)} }}"
            )

        def immediately():
            return f"(|| {self.in_closure(lambda: self.block(kind, d))})()"

        def question():
            if self.returns == "Option":
                return f"Some({e(kind)})?"
            if self.returns == "Result":
                return f"Ok::<_, String>({e(kind)})?"
            if self.returns == "Boxed":
                return f"Ok::<_, std::fmt::Error>({e(kind)})?"
            return b()

        def waited():
            if not self.asynchronous:
                return b()
            return self.rng.choice(
                (
                    f"async {{ {e(kind)} }}.await",
                    f"async move {{ {self.in_closure(lambda: e(kind), keep=True)} }}.await",
                )
            )

        return self.pick(
            lambda: f"if {self.condition(d)} {b()} else {b()}",
            chain,
            matches,
            ranges,
            labelled,
            looped,
            shapes,
            immediately,
            b,
            question,
            question,
            waited,
            lambda: f"({e(kind)})",
            lambda: f"pass!({e(kind)})",
            lambda: f"body!({b()})",
            lambda: f"unsafe {b()}",
            lambda: f"match {e(kind)} {{ x => x }}",
            lambda: f'stacklens::framed!("inner", {self.in_closure(lambda: e(kind), keep=True)})',
        )

    def breaking(self, kind, d, keyword):
        self.fresh += 1
        label = f"'l{self.fresh}"
        self.labels.append(label)
        self.loops += bool(keyword)
        inner = self.scoped(lambda: "\n".join(self.statement(d) for _ in range(self.rng.randrange(3))))
        early = f"if {self.condition(d)} {{ break {label} {self.expr(kind, d)}; }}"
        last = f"break {label} {self.expr(kind, d)}{self.rng.choice((';', ''))}"
        out = f"{label}: {keyword}{{ {inner} {early} {last} }}"
        self.loops -= bool(keyword)
        self.labels.pop()
        return out

    def in_closure(self, make, keep=False):
        held = self.labels, self.loops, self.returns, self.asynchronous
        self.labels, self.loops = [], 0
        if not keep:
            self.returns, self.asynchronous = "none", False
        else:
            self.returns = "none"
        out = make()
        self.labels, self.loops, self.returns, self.asynchronous = held
        return out

    def of_n(self, kind, d):
        """The body of a closure whose parameter is `n`."""
        return self.in_closure(lambda: self.scoped(lambda: self.expr(kind, d), ("n", "u32", False)))

    def arm(self, kind, d):
        return self.pick(
            lambda: self.expr(kind, d) + ",",
            lambda: self.block(kind, d),
            lambda: self.block(kind, d) + ",",
            lambda: self.expr(kind, d) + ",",
            lambda: self.leaving(d) + ",",
        )

    def leaving(self, d):
        choices = ["stops()", 'panic!("no {}", 1)', "unreachable!()", "todo!()"]
        if self.returns != "none":
            choices += [f"return {self.value(self.returns, d)}"] * 3
        if self.loops:
            choices += ["continue", "continue"]
        return self.rng.choice(choices)

    def scrutinee(self, d):
        return self.pick(
            lambda: self.expr("Option", d),
            lambda: "maybe(1)",
            lambda: "[1, 2].iter().next().copied()",
            lambda: f"Some({self.expr('u32', d)})",
        )

    def condition(self, d):
        return self.pick(
            lambda: self.expr("bool", d),
            lambda: f"let Some(_) = {self.scrutinee(d)}",
            lambda: f"let Point {{ x: 1, .. }} = (Point::default())",
            lambda: f"{self.expr('u32', 0)} == 1",
            lambda: f"matches!({self.scrutinee(d)}, Some(1..))",
        )

    def expr_u32(self, d):
        e = self.expr
        ops = self.rng.choice(("+", "-", "*", "/", "|", "&", "^", "<<", "%"))
        choices = [
            lambda: f"{e('u32', d)} {ops} {e('u32', d)}",
            lambda: f"({e('bool', d)}) as u32",
            lambda: f"({e('Vec', d)}).len() as u32",
            lambda: f"plus!({e('u32', d)}, {e('u32', d)})",
            lambda: f"apply(|n| {self.of_n('u32', d)})",
            lambda: f"apply(move |_| {self.in_closure(lambda: self.block('u32', d))})",
            lambda: f"{e('Point', 0)}.sum()",
            lambda: f"{e('Option', d)}.unwrap_or({e('u32', d)})".replace("None.", "None::<u32>."),
            lambda: f"(1..{e('u32', d)}).sum::<u32>()",
            lambda: f"*&{e('u32', 0)}",
            lambda: f"({e('u32', d)}, 2).0",
            lambda: f"[{e('u32', d)}, 1][0]",
            lambda: f"unsafe {{ danger({e('u32', d)}) }}",
            lambda: f"std::mem::take(&mut {{ {e('u32', d)} }})",
            lambda: f"vec![1u32].iter().map(|x| x + {e('u32', 0)}).sum::<u32>()",
        ]
        if self.asynchronous:
            choices += [lambda: f"later({e('u32', d)}).await"] * 3
        if self.returns == "Option":
            choices += [lambda: f"({e('Option', d)})?", lambda: f"maybe({e('u32', d)})?"] * 2
        if self.returns == "Result":
            choices += [
                lambda: f"fails({e('u32', d)})?",
                lambda: f"maybe({e('u32', d)}).ok_or_else(|| format!(\"x\"))?",
            ] * 2
        if self.returns == "Boxed":
            choices += [lambda: '"1".parse::<u32>()?', lambda: f"fails({e('u32', d)})?"] * 2
        if self.known("fn"):
            choices.append(lambda: f"f({e('u32', d)})")
        return self.pick(*choices)

    def expr_bool(self, d):
        e = self.expr
        return self.pick(
            lambda: f"{e('bool', d)} && {e('bool', d)}",
            lambda: f"{e('u32', 0)} > {e('u32', 0)}".replace(" as u32 <", " as u32) <"),
            lambda: f"!({e('bool', d)})",
            lambda: f"{e('bool', d)} || {e('bool', d)}",
            lambda: f"({e('Vec', d)}).is_empty()",
            lambda: f"{{ let b = {e('bool', d)}; b }}",
            lambda: f"maybe({e('u32', d)}).is_some()",
        )

    def expr_String(self, d):
        e = self.expr
        return self.pick(
            lambda: f"format!(\"{{}} {{:?}}\", {e('u32', d)}, {e('Point', d)})",
            lambda: f"{e('u32', 0)}.to_string()",
            lambda: f"[{e('String', d)}, String::new()].concat()",
            lambda: f"{{ let mut s = {e('String', d)}; s.push('x'); s }}",
            lambda: f"String::from({self.known('&str') or chr(34) + 'b' + chr(34)})",
        )

    def expr_Vec(self, d):
        e = self.expr
        return self.pick(
            lambda: f"vec![{e('u32', d)}, {e('u32', d)}]",
            lambda: f"(0..{e('u32', 0)}).collect::<Vec<_>>()",
            lambda: f"{{ let mut v = {e('Vec', d)}.to_vec(); v.push({e('u32', d)}); v }}".replace(
                "Vec::new().to_vec()", "Vec::new()"
            ),
            lambda: f"vec![{e('u32', d)}; 2]",
            lambda: "[1, 2, 3].iter().filter_map(|&x| maybe(x)).collect::<Vec<u32>>()",
        )

    def expr_Option(self, d):
        e = self.expr
        return self.pick(
            lambda: f"Some({e('u32', d)})",
            lambda: f"maybe({e('u32', d)})",
            lambda: f"fails({e('u32', d)}).ok()",
            lambda: f"Some({e('u32', d)}).and_then(|n| {self.of_n('Option', d)})",
            lambda: f"({e('Vec', d)}).first().copied()",
            lambda: f"({e('bool', d)}).then(|| {self.in_closure(lambda: e('u32', d))})",
        )

    def expr_Result(self, d):
        e = self.expr
        return self.pick(
            lambda: f"Ok({e('u32', d)})",
            lambda: f"fails({e('u32', d)})",
            lambda: f"Err({e('String', d)})",
            lambda: f"maybe({e('u32', d)}).ok_or({e('String', d)})",
            lambda: f"fails({e('u32', d)}).map(|n| n + 1).map_err(|e| e)",
        )

    def expr_Point(self, d):
        e = self.expr
        return self.pick(
            lambda: f"Point {{ x: {e('u32', d)}, y: {e('u32', d)} }}",
            lambda: f"Point {{ x: {e('u32', d)}, ..{e('Point', 0)} }}",
            lambda: f"*Point::default().shift({e('u32', d)})",
        )

    def expr_Shape(self, d):
        return self.leaf("Shape")

    def statement(self, depth):
        self.budget -= 1
        d = depth
        if d <= 0 or self.budget < 0:
            return self.simple()
        e = self.expr
        return self.pick(
            self.idiom,
            self.idiom,
            self.idiom,
            self.simple,
            lambda: self.binding(d),
            lambda: self.binding(d),
            lambda: self.binding(d),
            lambda: self.pattern(d),
            lambda: self.assignment(d),
            lambda: self.assignment(d),
            lambda: f"if {self.condition(d)} {self.block('()', d)}",
            lambda: f"if {self.condition(d)} {{ {self.leaving(d)}{self.rng.choice((';', ''))} }}",
            lambda: f"if {self.condition(d)} {self.block('()', d)} else {self.block('()', d)}",
            lambda: self.looping(d),
            lambda: self.looping(d),
            lambda: self.looping(d),
            lambda: self.closure(d),
            lambda: self.item(d),
            lambda: self.attributed(d),
            lambda: self.block("()", d),
            lambda: f"{e('u32', d)};",
            lambda: f"_ = {e('u32', d)};",
            lambda: f"let _ = {e('String', d)};",
            lambda: f"assert_eq!({e('u32', d)}, {e('u32', d)});",
            lambda: f"println!(\"{{}}\", {e('u32', d)});",
            lambda: f"run! {{ let z = {e('u32', d)}; drop(z); }}",
            lambda: f"drop({e('String', d)});",
            lambda: f"match {self.scrutinee(d)} {{ Some(n) => drop(n), None => {self.block('()', d)} }}",
            lambda: f"unsafe {self.block('()', d)}",
            lambda: (
                f"if {self.condition(d)} {{ return {self.value(self.returns, d)}; }}"
                if self.returns != "none"
                else ";"
            ),
        )

    def idiom(self):
        self.fresh += 1
        return idioms.chosen(self.rng, self.fresh)

    def simple(self):
        choices = ["();", ";", "println!();", "let _ = 1;", "drop(Noisy(1));", "let _guard = Noisy(2);"]
        name = self.known("u32", True)
        if name:
            choices += [f"{name} += 1;", f"{name} = 2;"]
        name = self.known("Point", True)
        if name:
            choices += [f"{name}.x = 1;", f"{name}.shift(1);"]
        if self.known("Vec", True):
            choices.append(
                "list.push(1);"
                if self.known("Vec", True) == "list"
                else f"{self.known('Vec', True)}.clear();"
            )
        return self.rng.choice(choices)

    def binding(self, d):
        kind = self.rng.choice(("u32", "u32", "bool", "Option", "String", "Vec", "Point"))
        value, name = self.expr(kind, d), self.name()
        mutable = self.chance(0.3)
        if self.chance(0.15):
            existing = self.known(kind)
            name = existing or name
        written = f": {WRITTEN[kind]}" if self.chance(0.5) else ""
        self.vars = [v for v in self.vars if v[0] != name] + [(name, kind, mutable)]
        if self.chance(0.1):
            later = self.expr(kind, 0) if name not in value else self.leaf(kind)
            branches = [f"{{ {name} = {self.leaf(kind)}; }}" for _ in range(2)]
            return f"let {name}: {WRITTEN[kind]}; if {self.condition(0)} {' else '.join(branches)}"
        return f"let {'mut ' * mutable}{name}{written} = {value};"

    def pattern(self, d):
        n, m = self.name(), self.name()
        make = self.rng.choice(
            (
                lambda: f"let ({n}, mut {m}) = ({self.expr('u32', d)}, {self.expr('u32', d)});",
                lambda: f"let Point {{ x: {n}, y: {m} }} = {self.expr('Point', d)};",
                lambda: f"let [{n}, .., {m}] = [{self.expr('u32', d)}, 2, 3];",
                lambda: f"let (Some({n}), {m}) = ({self.scrutinee(d)}, 1u32) else {{ {self.leaving(d)} }};",
                lambda: f"let ({n}, {m}): (u32, u32) = ({self.expr('u32', d)}, 1);",
                lambda: f"let ref {n} = 1u32; let &{m} = {n}; let {n} = *{n};",
            )
        )
        out = make()
        self.vars += [(n, "u32", False), (m, "u32", False)]
        return out

    def assignment(self, d):
        name = self.known("u32", True)
        if not name:
            return self.simple()
        op = self.rng.choice(("=", "+=", "-=", "|=", "="))
        return self.rng.choice(
            (
                f"{name} {op} {self.expr('u32', d)};",
                f"({name}, _) = ({self.expr('u32', d)}, 1);",
                f"*&mut {name} {op} {self.expr('u32', d)};",
                f"[{name}, ..] = [{self.expr('u32', d)}, 2];",
            )
        )

    def looping(self, d):
        self.fresh += 1
        label, n = f"'l{self.fresh}", self.name()
        labelled = f"{label}: " if self.chance(0.4) else ""
        head, bound = self.rng.choice(
            (
                (f"for {n} in 0..{self.expr('u32', 0)}", [(n, "u32", False)]),
                (f"for ({n}, _) in [1u32, 2].iter().enumerate()", []),
                (f"for &{n} in &[1u32, 2]", [(n, "u32", False)]),
                (f"while {self.condition(d)}", []),
                (f"while let Some({n}) = {self.scrutinee(d)}", [(n, "u32", False)]),
                ("loop", []),
                (
                    f"for {n} in {self.expr('Vec', 0)}.iter().copied().chain(Some(1))".replace(
                        "Vec::new().", "Vec::<u32>::new()."
                    ),
                    [(n, "u32", False)],
                ),
            )
        )
        self.loops += 1
        if labelled:
            self.labels.append(label)
        body = self.scoped(lambda: self.block("()", d), *bound)
        leave = (
            self.rng.choice(("break;", "if true { break }", "if false { continue; }", "break", ""))
            if head != "loop"
            else "break;"
        )
        if labelled and self.chance(0.5):
            leave = self.rng.choice(
                (f"break {label};", f"if true {{ continue {label}; }}", f"loop {{ break {label} }}")
            )
        self.loops -= 1
        if labelled:
            self.labels.pop()
        return f"{labelled}{head} {{ {body} {leave} }}"

    def closure(self, d):
        name = self.name()
        body = self.in_closure(
            lambda: self.scoped(
                lambda: self.pick(lambda: self.expr("u32", d), lambda: self.block("u32", d)),
                ("k", "u32", False),
            )
        )
        head = self.rng.choice(
            (
                f"|k: u32| -> u32 {{ {body} }}",
                f"|k: u32| {body}",
                f"move |k: u32| {body}",
                f"|k: u32| {{ {body} }}",
            )
        )
        return f"let {name} = {head}; drop({name}({self.expr('u32', 0)}));"

    def item(self, d):
        name = self.name().strip("_")
        return self.rng.choice(
            (
                f"const {name.upper()}: u32 = 1 + 2;",
                f"fn {name}(x: u32) -> u32 {{ if x > 1 {{ return 1; }} x }} {name}(1);",
                "use std::fmt::Write as _;",
                f"static {name.upper()}: [u32; 2] = [1, {{ 2 }}];",
                f"struct {name.title()} {{ x: u32 }} "
                f"impl {name.title()} {{ fn get(&self) -> u32 {{ self.x }} }} "
                f"drop({name.title()} {{ x: 1 }}.get());",
                f"macro_rules! {name} {{ ($e:expr) => {{ $e }}; }} drop({name}!({self.expr('u32', d)}));",
            )
        )

    def attributed(self, d):
        attribute = self.rng.choice(
            (
                "#[allow(unused)]",
                "#[cfg(all())]",
                "#[cfg(any())]",
                "#[allow(unused_variables)]",
                "#[expect(unused)]",
            )
        )
        make = self.rng.choice((self.binding, lambda d: f"{{ {self.simple()} }}", lambda d: "drop(1u32);"))
        return f"{attribute} {make(d)}"


def generate(rng, edition):
    generator = Generator(rng, edition)
    tokens, _ = tokenize(generator.function())
    prelude = PRELUDE + (ASYNC_PRELUDE if edition != "2015" else "")
    before, after = ("", "\n")
    if rng.random() < 0.1:
        before, after = rng.choice(
            (
                ("pub mod inner {\nuse super::*;\n", "}\n"),
                ("impl Shape {\n", "}\n"),
                ("pub fn outer() {\n", "\n}\n"),
            )
        )
        if before.startswith("pub mod inner") and rng.random() < 0.7:
            wrapped, _ = tokenize(before + generator.function() + after)
            return Case("grammar in a module", prelude, ATTRIBUTE, tuple(wrapped), "\n")
    return Case("grammar", prelude + before, ATTRIBUTE, tuple(tokens), after)
