//! Items in bodies, nested modules, shadowing.

pub mod a {
    pub mod b {
        pub mod c {
            #[stacklens::frame]
            pub fn deep(x: u8) -> u8 {
                super::shallow(x) + self::other()
            }

            #[stacklens::frame]
            fn other() -> u8 {
                1
            }
        }

        #[stacklens::frame]
        pub fn shallow(x: u8) -> u8 {
            if x > 0 { c::deep(x - 1) } else { 0 }
        }
    }
}

#[stacklens::frame]
pub fn items_everywhere(x: u8) -> u8 {
    use std::collections::BTreeMap;
    const ONE: u8 = 1;
    static TWO: u8 = 2;
    type Map = BTreeMap<u8, u8>;
    struct Local {
        x: u8,
    }
    impl Local {
        #[stacklens::frame]
        fn get(&self) -> u8 {
            self.x
        }
    }
    enum Either {
        Left,
        Right(u8),
    }
    trait Doubles {
        fn double(&self) -> u8;
    }
    impl Doubles for u8 {
        #[stacklens::frame]
        fn double(&self) -> u8 {
            helper(*self)
        }
    }
    fn helper(x: u8) -> u8 {
        x * 2
    }
    mod inside {
        #[stacklens::frame]
        pub fn f(x: u8) -> u8 {
            x
        }
    }
    let local = Local { x: x };
    let mut map = Map::new();
    map.insert(ONE, TWO);
    let either = if x > 1 { Either::Left } else { Either::Right(x) };
    let n = match either {
        Either::Left => 1,
        Either::Right(n) => n.double(),
    };
    return later(n) + local.get() + inside::f(1);

    #[stacklens::frame]
    fn later(x: u8) -> u8 {
        x + 1
    }
}

#[stacklens::frame]
pub fn items_in_inner_blocks(x: u8) -> u8 {
    {
        const X: u8 = 1;
        fn f() -> u8 {
            X
        }
        if x > f() {
            use std::cmp::max;
            return max(x, 3);
        }
    }
    let closure = || {
        fn g() -> u8 {
            5
        }
        g()
    };
    match x {
        0 => {
            struct Unit;
            impl Unit {
                const N: u8 = 3;
            }
            Unit::N
        }
        _ => closure(),
    }
}

#[stacklens::frame]
pub fn only_items() {
    fn f() {}
    f()
}

#[stacklens::frame]
pub fn shadowing(x: Option<&str>) -> usize {
    let x = x.unwrap_or("abc");
    let x = x.to_owned();
    let x = {
        let x = x.len();
        let x = x + 1;
        x
    };
    if let Some(x) = Some(x + 1) {
        let x = x + 1;
        for x in 0..x {
            if let x @ 1..=3 = x {
                return x;
            }
        }
    }
    let y = |x: usize| {
        let x = x + 1;
        x
    };
    let x = y(x);
    match x {
        0 => x,
        x if x > 5 => x - 1,
        x => x + 1,
    }
}

#[stacklens::frame]
pub fn shadows_functions(drop: u8) -> u8 {
    let shadowing = |x: u8| x + drop;
    let at = shadowing(1);
    let cap = at;
    let enter = cap;
    let stacklens_frame = enter;
    let stacklens_0 = stacklens_frame;
    stacklens_0 + self::a::b::shallow(1)
}

#[stacklens::frame]
pub fn labels_and_lifetimes<'a>(x: &'a str) -> &'a str {
    'a: loop {
        'b: loop {
            if x.is_empty() {
                break 'a;
            }
            break 'b;
        }
        return x;
    }
    ""
}

#[stacklens::frame]
pub fn static_in_a_generic<T>(x: T) -> (T, usize) {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static CALLS: AtomicUsize = AtomicUsize::new(0);
    let n = CALLS.fetch_add(1, Ordering::Relaxed);
    (x, n)
}

thread_local! {
    static DEPTH: std::cell::Cell<u8> = std::cell::Cell::new(0);
}

#[stacklens::frame]
pub fn thread_locals() -> u8 {
    DEPTH.with(|depth| {
        depth.set(depth.get() + 1);
        depth.get()
    })
}
