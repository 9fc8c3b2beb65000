//! Expressions of every form, in the places where a walk over tokens could misread them.

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct P {
    pub x: i32,
    pub y: i32,
}

pub struct Unit;

#[stacklens::frame]
pub fn operators(a: i32, b: i32) -> bool {
    let c = -a + !b - (a * b / (b | 1)) % 7 & 3 | a ^ b << 2 >> 1;
    let mut d = c;
    d += 1;
    d -= 1;
    d *= 2;
    d /= 3;
    d %= 4;
    d ^= 5;
    d &= 6;
    d |= 7;
    d <<= 1;
    d >>= 1;
    let e = a < b && b > c || c <= d && d >= a || !(a == b) && a != c;
    let f = &&a == &&b;
    let g = (a as i64 as usize as f64 as u8 as char) < 'b';
    let h = (a as i32) < b;
    let i = (a < b as i32) == (c > d as i32);
    e & f | g ^ h || i
}

#[stacklens::frame]
pub fn structs(a: i32) -> P {
    let x = a;
    let p = P { x, y: 1 };
    let q = P { x: { a }, ..p };
    let r = P { ..Default::default() };
    let _unit = Unit;
    let _unit_with_braces = Unit {};
    if (P { x: 1, y: 2 }) == q {
        return p;
    }
    if p == (P { x, ..r }) { q } else { P { x: if a > 1 { 2 } else { 3 }, y: match a { 1 => 2, _ => 3 } } }
}

#[stacklens::frame]
pub fn literals() -> (f64, &'static [u8], &'static str, char, u8) {
    let t = ((1, 2), 3);
    let n = t.0.1 + (t.0).0 + t.1;
    let f = 1.0 + 2. + 1e3 + 1_000.5e-1_f64 + 1f64 + f64::from(n);
    let b: &[u8] = b"a\"b";
    let s = r#"a"b"#;
    let c = '\'';
    let d = b'\'';
    let _other = (0x1F_u32, 0o17, 0b1, "\u{1F600}\
        continued", br"a", "a
b");
    (f, b, s, c, d)
}

#[stacklens::frame]
pub fn ranges(list: &[u8], n: usize) -> usize {
    let a = &list[..];
    let b = &list[n..];
    let c = &list[..n];
    let d = &list[1..=2];
    let e = &list[..=n];
    let f = (0..n).len() + (0..=n).count();
    for _ in 0..a.len() {}
    let g = ..n;
    let h = n..;
    let i = 0..n + 1;
    if (0..n).contains(&1) {
        return i.len();
    }
    b.len() + c.len() + d.len() + e.len() + f + g.end + h.start
}

#[stacklens::frame]
pub fn generics_in_expressions(list: Vec<u8>) -> usize {
    let a = list.iter().map(|x| *x as usize).collect::<Vec<usize>>().len();
    let b = Vec::<Vec<u8>>::new().len();
    let c = <Vec<u8> as Into<Vec<u8>>>::into(list);
    let d = <[u8]>::len(&c[..]);
    let e = <P as Default>::default().x as usize;
    let f = std::mem::size_of::<[u8; { const N: usize = 1; N + 2 }]>();
    let g = <str as ToOwned>::to_owned("a").len();
    let h = Option::<fn(u8) -> Vec<u8>>::None.map_or(0, |f| f(1).len());
    let i = <()>::default() == ();
    a + b + d + e + f + g + h + i as usize
}

#[stacklens::frame]
pub fn references(mut x: P, y: &mut P) -> i32 {
    let a = &x.x;
    let b = *a + -*a;
    let c = &mut x;
    c.x += 1;
    let d = &mut *y;
    d.y = c.y;
    *(&mut x.y) = 3;
    (*y).x = 1;
    let e = &*y;
    let f = &&**&e;
    b + f.x + { &x }.y
}

#[stacklens::frame]
pub fn calls(f: fn(i32) -> fn(i32) -> i32, g: &dyn Fn() -> Vec<Box<dyn Fn(i32) -> i32>>) -> i32 {
    let a = f(1)(2);
    let b = g()[0](3);
    let c = (g()[0])(a);
    let p = (|x: i32| move |y: i32| x + y)(1)(2);
    let s = Some(i32::wrapping_add).map_or(0, |f| f(a, b));
    f(f(1)(2))(f(3)(4)) + c + p + s
}

#[stacklens::frame]
pub fn returns_in_operands(x: Option<i32>, y_or_none: Option<i32>) -> i32 {
    let y = x.unwrap_or_else(|| 3) + match x {
        Some(0) => return 1,
        Some(n) => n,
        None => return match y_or_none { Some(y) => y, None => 5 },
    };
    let z = if y > 3 { y } else { return y };
    (match z {
        4 => return 2,
        n => n,
    }) + 1
}

#[stacklens::frame]
pub fn assignments(list: &mut [P], mut n: usize) -> usize {
    list[n].x = list[n].y;
    list[n].x += { n += 1; n as i32 };
    list[if n > 3 { 1 } else { 0 }] = P { x: 1, y: match n { 0 => 1, _ => 2 } };
    *list.iter_mut().map(|p| &mut p.x).next().unwrap() = 3;
    let unit = n = 4;
    let () = unit;
    n = { 5 } + n;
    n
}

#[stacklens::frame]
pub fn long_chain(text: &str) -> String {
    text.lines()
        .map(|line| {
            let trimmed = line.trim();
            trimmed
                .split(' ')
                .filter(|word| !word.is_empty())
                .map(str::to_owned)
                .collect::<Vec<String>>()
        })
        .flat_map(|words| words.into_iter())
        .fold(
            String::new(),
            |mut all, word| {
                all.push_str(&word);
                all
            },
        )
        .replace("a", "b")
}

#[stacklens::frame]
pub fn casts(x: i32, list: &[u8]) -> usize {
    let p = list as *const [u8] as *const u8;
    let q = p as *const _ as usize;
    let r = &x as *const i32 as *const _;
    let _same = p == r;
    let f = casts as fn(i32, &[u8]) -> usize as usize;
    let g = main_like as fn() as *const ();
    let h = x as u8 as char;
    let i = &[1, 2, 3] as &[i32];
    let j = Box::new(1) as Box<dyn std::fmt::Debug>;
    let k = (|| 1) as fn() -> u8;
    q + f + g as usize + h as usize + i.len() + format!("{:?}", j).len() + k() as usize + x as usize * 2
}

fn main_like() {}

#[stacklens::frame]
pub fn blocks_with_attributes(x: i32) -> i32 {
    #[cfg(all())]
    let a = { x };
    let c = [#[cfg(all())] a, 1];
    #[cfg(all())]
    if c[0] > 3 {
        return 1;
    }
    c[1]
}

#[stacklens::frame]
pub fn constants(x: usize) -> usize {
    const N: usize = { let n = 1; n + 2 };
    let a = [0u8; N];
    let b = [[0u8; N]; { N + 1 }];
    let c = const { N * 2 };
    if const { N > 2 } {
        return c;
    }
    a.len() + b.len() + x
}

#[stacklens::frame]
pub fn tuples(x: (i32,), y: ((), (i32, (i32, i32)))) -> (i32,) {
    let (a,) = x;
    let z = ((y.1).1).1 + y.1.1.0;
    let w = (a, z).1;
    (w,)
}

#[stacklens::frame]
pub fn negations(x: bool, y: i32) -> i32 {
    if !x { -y } else if !!x && !(y > 3) { -(-y) } else { !y }
}

#[stacklens::frame]
pub fn binary_after_block(x: i32) -> i32 {
    let a = { x } & 3;
    let b = { x } - 1;
    let c = (if x > 1 { 1 } else { 2 }) * 3;
    let d = { x }.pow(2) + match x { _ => 1 };
    a + b + c + d
}

#[stacklens::frame]
pub fn question_then_operators(x: Option<i32>, y: Option<&i32>, p: Option<P>) -> Option<bool> {
    let a = x? + 1 << 2;
    let b = -x? as i64;
    let c = *y? < 3;
    let d = p?.x + p?.y;
    let e = !(x? > 1) || x? == 2;
    let f = [1, 2, 3][x? as usize];
    let g = (x?, y?).0;
    let h = &p?.x == &1;
    let i = x?.pow(2)..x?;
    Some(a > 1 && b > 2 && c && d > 3 && e && f > 1 && g > 2 && h && i.start > 0)
}
