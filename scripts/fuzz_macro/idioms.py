"""Statements that belong together and lean on the borrow checker or on inference.

Each idiom is a list: other statements may come between. A `$` behind a name makes it the idiom's own; other
names are those of the prelude of `grammar.py`.
"""

import re

# A `$` behind a name; before one it is that of a macro.
OWN = re.compile(r"(\w)\$(?!\w)")

IDIOMS = (
    ("let mut l$ = vec![1u32];", "let r$ = &mut l$;", "r$.push(1);", "l$.push(2);"),
    ("let mut l$ = vec![1usize];", "l$.push(l$.len());", "l$[0] += l$[0];"),
    ("let mut n$ = 1u32;", "let mut inc$ = || n$ += 1;", "inc$();", "inc$();", "n$ += 1;"),
    ("let mut n$ = 1u32;", "{ let r$ = &mut n$; *r$ += 1; }", "drop(n$);"),
    ("let mut t$ = String::new();", "drop(t$);", 't$ = String::from("x");', "t$.push('y');"),
    ("let t$ = String::new();", "let u$ = t$;", "let t$ = &u$;", 'println!("{}", t$);'),
    ("let t$ = (String::new(), String::new());", "drop(t$.0);", "drop(t$.1);"),
    ("let mut t$ = (String::new(), 1u32);", "let (ref mut a$, b$) = t$;", "a$.push('x');", "t$.1 += b$;"),
    ("let a$; let b$;", "(a$, b$) = (1u32, 2u32);", "drop(a$ + b$);"),
    ("let x$: u32;", "loop { x$ = 1; break; }", "drop(x$);"),
    ("let x$: &str;", 'let s$ = String::from("a");', "x$ = &s$;", 'println!("{}", x$);'),
    ("let x$;", "if maybe(1).is_some() { x$ = 1u32; } else { x$ = 2; }", "drop(x$);"),
    ("let x$;", "match maybe(1) { Some(n) => x$ = n, None => return Default::default() }", "drop(x$);"),
    ("let mut o$ = None;", "for i$ in 0..3u8 { o$ = Some(i$); }", "drop(o$);"),
    ("let mut v$ = Vec::new();", "v$.push(1u8);", "v$.sort();"),
    ("let v$ = Vec::new();", "let mut w$: Vec<Vec<u8>> = Vec::new();", "w$.push(v$);"),
    ("let n$ = 1;", "let m$: u64 = n$;", "drop(m$);"),
    ('let n$ = "5".parse().unwrap_or(1);', "let m$: u8 = n$;", "drop(m$);"),
    ("let n$ = Default::default();", "let m$: String = n$;", "drop(m$);"),
    ("let n$ = [].into_iter().collect();", "let m$: Vec<u8> = n$;", "drop(m$);"),
    ("let c$ = |x| x;", "c$(1u8);"),
    ("let mut c$ = None;", "if let Some(x$) = c$ { let y$: u8 = x$; drop(y$); }", "c$ = Some(1);"),
    ("let f$: fn(u32) -> u32 = |x| x + 1;", "drop(f$(1));"),
    ("let d$: &dyn std::fmt::Debug = &1;", 'println!("{:?}", d$);'),
    ("let d$: Box<dyn Fn(u32) -> u32> = Box::new(|x| x);", "drop(d$(1));"),
    ("let d$: Box<dyn FnOnce() -> String> = Box::new(move || String::new());", "drop(d$());"),
    ("let s$: &[u32] = &[1, 2];", "let [a$, ..] = s$ else { return Default::default() };", "drop(*a$);"),
    ("let s$ = &mut [1u32, 2, 3];", "let (a$, b$) = s$.split_at_mut(1);", "a$[0] = b$[0];"),
    ("let s$ = [String::new(), String::new()];", "let [a$, b$] = s$;", "drop((b$, a$));"),
    (
        "let c$ = std::cell::RefCell::new(vec![1u32]);",
        "c$.borrow_mut().push(1);",
        "let n$ = c$.borrow().len();",
        "drop(n$);",
    ),
    (
        "let c$ = std::cell::RefCell::new(Some(1u32));",
        "if let Some(n$) = *c$.borrow() { drop(n$); }",
        "while let Some(n$) = c$.borrow_mut().take() { drop(n$); }",
    ),
    (
        "let m$ = std::sync::Mutex::new(1u32);",
        "*m$.lock().unwrap() += 1;",
        "match *m$.lock().unwrap() { 1 => (), n$ => drop(n$) }",
    ),
    ("let g$ = Noisy(1);", "let h$ = &g$;", "drop(h$.0);", "drop(g$);"),
    ("let Noisy(ref n$) = Noisy(1);", "drop(*n$);"),
    ("let mut p$ = Point::default();", "let Point { x: ref mut x$, .. } = p$;", "*x$ += 1;", "p$.y = 1;"),
    ("let mut p$ = Point::default();", "p$.shift(1).shift(2).x = 3;", "drop(p$);"),
    (
        "let mut p$ = Point::default();",
        "let x$ = &mut p$.x;",
        "let y$ = &mut p$.y;",
        "std::mem::swap(x$, y$);",
    ),
    ("let b$ = Box::new((String::new(), 1u32));", "let (s$, n$) = *b$;", "drop((s$, n$));"),
    ("let mut b$ = Box::new(1u32);", "*b$ = 2;", "let n$ = *b$;", "drop(n$);"),
    (
        "let o$ = Some(String::new());",
        'if let Some(ref s$) = o$ { println!("{}", s$); }',
        "let Some(s$) = o$ else { panic!() };",
        "drop(s$);",
    ),
    ("let mut o$ = Some(String::new());", "while let Some(s$) = o$ { o$ = None; drop(s$); }"),
    (
        "let mut o$ = Some(Box::new(1u32));",
        "if let Some(n$) = &mut o$ { **n$ += 1; }",
        "let n$ = o$.as_deref_mut();",
        "drop(n$);",
    ),
    (
        "let e$ = Err::<u32, String>(String::new());",
        "let n$ = match e$ { Ok(n) => n, Err(ref s) if s.is_empty() => 2, Err(s) => s.len() as u32 };",
        "drop(n$);",
    ),
    (
        "let sh$ = Shape::Line(1);",
        "let (Shape::Line(n$) | Shape::Area { w: n$, .. }) = sh$ else { return Default::default(); };",
        "drop(n$);",
    ),
    (
        "let mut it$ = [1u32, 2].iter().peekable();",
        "while let Some(&n$) = it$.next() { if it$.peek().is_none() { break; } drop(n$); }",
    ),
    ("let it$ = (0..3u32).map(|x| x + 1);", "for n$ in it$ { drop(n$); }"),
    (
        'let mut it$ = String::from("a b");',
        "let w$ = it$.split(' ').next().map(str::len);",
        "it$.clear();",
        "drop(w$);",
    ),
    ("let x$ = if maybe(1).is_some() { &1u32 } else { return Default::default() };", "drop(*x$);"),
    ('let x$: Box<dyn std::fmt::Debug> = if true { Box::new(1) } else { Box::new("a") };', "drop(x$);"),
    ('let x$: &dyn std::fmt::Debug = match 1 { 1 => &1, _ => &"a" };', 'println!("{:?}", x$);'),
    ("let x$: Option<&dyn std::fmt::Debug> = Some(&1);", 'println!("{:?}", x$);'),
    ("let x$ = { let y$ = 1u32; y$ + 1 };", "drop(x$);"),
    ('let x$ = &String::from("temporary");', 'println!("{}", x$);'),
    ("let x$ = &mut vec![1u32];", "x$.push(1);", "let y$ = &mut *x$;", "y$.push(1);", "x$.clear();"),
    ("let x$ = &mut Some(1u32);", "let y$ = x$.as_mut().unwrap();", "*y$ += 1;"),
    ('let x$ = std::str::from_utf8(&[97]).unwrap_or("");', 'println!("{}", x$);'),
    ("let n$ = 5u32;", "let a$ = [0u8; { const N: usize = 3; N }];", "drop(a$[n$ as usize % a$.len()]);"),
    ("let n$ @ 1..=u32::MAX = 3u32 else { return Default::default() };", "drop(n$);"),
    ("let ref mut n$ = 3u32;", "*n$ += 1;"),
    ("let n$ = 1u8;", "let n$ = n$ as u32;", "let n$ = n$.to_string();", 'println!("{n$}");'),
    ("let n$ = 1u8;", 'println!("{n$:?} {0}", n$);', 'assert!(n$ == 1, "{n$}");'),
    ("let mut n$ = 0u32;", "let r$: u32 = loop { n$ += 1; if n$ > 3 { break n$; } };", "drop(r$);"),
    (
        "let mut n$ = 0u32;",
        "'o$: while n$ < 3 { n$ += 1; for _ in 0..2 { if n$ == 2 { continue 'o$; } break 'o$; } }",
    ),
    ("let mut n$ = 0u32;", "let c$ = move || { n$ += 1; n$ };", "drop(n$);", "let mut c$ = c$;", "c$();"),
    ("let mut v$ = vec![1u32];", "v$.iter_mut().for_each(|x| *x += 1);", "v$.retain(|&x| x > 1);"),
    ("let v$ = vec![1u32];", "let t$ = std::thread::spawn(move || v$.len());", "let _ = t$.join();"),
    ("let mut v$ = vec![1u32];", "std::thread::scope(|s| { s.spawn(|| v$.push(1)); });", "drop(v$);"),
    ("let mut v$ = vec![vec![1u32]];", "for r$ in &mut v$ { for c$ in r$.iter_mut() { *c$ += 1; } }"),
    ("let mut x$ = 1u32;", "let p$ = &raw mut x$;", "unsafe { *p$ += 1; }"),
    ("let x$ = unsafe { danger(1) };", "let y$ = unsafe { danger(x$) } + 1;", "drop(y$);"),
    ("let (mut a$, mut b$) = (1u32, 2u32);", "(a$, b$) = (b$, a$);", "a$ += b$;", "b$ = a$;", "drop(b$);"),
    ("let mut a$ = [1u32, 2];", "[a$[0], a$[1]] = [a$[1], a$[0]];"),
    (
        "struct S$<'a>(&'a mut u32);",
        "impl Drop for S$<'_> { fn drop(&mut self) { *self.0 += 1; } }",
        "let mut n$ = 1;",
        "{ let _s = S$(&mut n$); }",
        "n$ += 1;",
    ),
    ("struct N$(String);", "let N$(s$) = N$(String::new());", "drop(s$);"),
    (
        "enum E$ { A(String), B }",
        "let e$ = E$::A(String::new());",
        "match e$ { E$::A(s) if s.is_empty() => drop(s), E$::A(_) => {} E$::B => {} }",
    ),
    ("trait T$ { fn get(&self) -> u32 { 1 } }", "impl T$ for u8 {}", "drop(1u8.get());"),
    (
        "fn inner$<'a>(x: &'a str, _: &str) -> &'a str { x }",
        'let s$ = inner$("a", &String::new());',
        'println!("{}", s$);',
    ),
    ("macro_rules! mac$ { ($n:ident) => { let $n = 1u32; }; }", "mac$!(n$);", "drop(n$);"),
    (
        "macro_rules! mac$ { ($n:ident = $e:expr) => { let mut $n = $e; $n += 1; drop($n) }; }",
        "mac$!(n$ = 1u32);",
    ),
    ("macro_rules! mac$ { ($($n:ident),*) => { $(let $n = 1u32;)* $(drop($n);)* }; }", "mac$!(a$, b$);"),
    ("let n$ = 1u32;", "macro_rules! mac$ { () => { n$ + 1 }; }", "drop(mac$!());"),
    ("let s$ = String::new();", "let t$ = async { s$.len() };", "drop(t$);", "drop(s$);"),
    ("let s$ = String::new();", "let t$ = async move { let x = s$; x.len() };", "drop(t$);"),
    (
        "const C$: u32 = { let mut i = 0; while i < 3 { i += 1; } i };",
        "match 3u32 { C$ => {} n$ => drop(n$) }",
    ),
    (
        "static S$: std::sync::OnceLock<String> = std::sync::OnceLock::new();",
        "let s$ = S$.get_or_init(|| String::new());",
        'println!("{}", s$);',
    ),
    (
        "thread_local! { static T$: std::cell::Cell<u32> = const { std::cell::Cell::new(1) }; }",
        "T$.with(|c| c.set(c.get() + 1));",
    ),
    ("let f$ = |n: u32| -> Option<u32> { let m = maybe(n)?; Some(m + maybe(m)?) };", "drop(f$(1));"),
    (
        "let f$ = || -> Result<(), String> { fails(1)?; for n in 0..3 { fails(n)?; } Ok(()) };",
        "let _ = f$();",
    ),
    ("let f$ = |Point { x, .. }: Point, (a, _): (u32, u8)| x + a;", "drop(f$(Point::default(), (1, 2)));"),
    ("let n$: u32 = { fn helper() -> u32 { 1 } helper() };", "drop(n$);"),
    (
        'let s$ = String::from("x");',
        'let r$: &str = if s$.is_empty() { "empty" } else { &s$ };',
        'println!("{}", r$);',
    ),
    (
        "let h$ = std::collections::HashMap::from([(1u32, String::new())]);",
        'if let Some(s$) = h$.get(&1) && !s$.is_empty() { println!("{}", s$); }',
    ),
    (
        "let mut h$ = std::collections::BTreeMap::new();",
        "*h$.entry(1u32).or_insert(0u8) += 1;",
        "for (k$, v$) in &mut h$ { *v$ += *k$ as u8; }",
    ),
    ("let x$ = 1u32 as u8 as char;", "let y$ = x$ < 'b' || x$ as u32 > 3;", "drop(y$);"),
    ("let x$ = -1i32;", "let y$ = !x$ & -x$ | *&x$;", "drop(y$..);", "drop(..=y$);"),
    ("let x$ = (1, 2.5f64);", "drop(x$.0 as f64 * x$.1);", "drop((x$.1 as u8, 1.)) ;"),
    (
        "let x$ = vec![1u8].into_boxed_slice();",
        "match &*x$ { [] => {} [one$] => drop(*one$), "
        "[first$, .., last$] if first$ < last$ => {} [_, rest$ @ ..] => drop(rest$.len()) }",
    ),
    ("let x$ = std::mem::MaybeUninit::<u32>::uninit();", "drop(x$);"),
    ("let n$ = std::marker::PhantomData::<u8>;", "let _ = n$;"),
    ('let s$ = b"bytes";', "let [first$, ..] = s$;", "drop(*first$);"),
    ('let token$ = String::from("secret");', "let password = &token$;", 'println!("{}", password);'),
    (
        "let t$ = match maybe(1) { Some(n) if n > 3 => n, "
        "Some(n) if { let m = n; m > 2 } => n, Some(n @ (1 | 2)) => n, "
        "Some(_) => 0, None => return Default::default() };",
        "drop(t$);",
    ),
    (
        "let t$ = if let Some(n) = maybe(1) { n } else if let Ok(n) = fails(1) { n } "
        "else { return Default::default(); };",
        "drop(t$);",
    ),
    (
        "let t$ = 'b$: { let Some(n) = maybe(1) else { break 'b$ 0 }; if n > 1 { break 'b$ n; } n + 1 };",
        "drop(t$);",
    ),
    ("if match maybe(1) { Some(n) => n > 1, None => false } { println!(); }",),
    ("while { let n$ = 1u32; n$ > 2 } { println!(); }",),
    ("for i$ in { let n$ = 3u32; 0..n$ } { drop(i$); }",),
    ("match { let n$ = 3u32; n$ } { 0 => {} n$ => drop(n$) }",),
    ("if let Some(n$) = if true { maybe(1) } else { None } { drop(n$); }",),
    ("if (|n: u32| n > 1)(2) { println!(); }",),
    ("if let Some(n$) = (|| { let k = maybe(1)?; Some(k) })() { drop(n$); }",),
    ("while let Some(n$) = { let k = maybe(0); k } { drop(n$); }",),
    (
        "if let (Some(a$), Ok(b$)) = (maybe(1), fails(1)) { drop(a$ + b$); } "
        "else if let Some(a$) | Some(a$) = maybe(2) { drop(a$); }",
    ),
    (
        "match (maybe(1), maybe(2)) { (Some(a$), None) | (None, Some(a$)) => drop(a$), "
        "(Some(a$), Some(b$)) if a$ < b$ => {} _ => () }",
    ),
)


def chosen(rng, number):
    """A few idioms, one after another or interleaved."""
    lists = []
    for k in range(rng.choice((1, 1, 2, 3))):
        own = f"{number}{'abc'[k]}"
        lists.append([OWN.sub(rf"\g<1>{own}", line) for line in rng.choice(IDIOMS)])
    if rng.random() < 0.5:
        out = [line for lines in lists for line in lines]
    else:
        out = []
        while any(lists):
            out.append(rng.choice([lines for lines in lists if lines]).pop(0))
    return "\n".join(out)
