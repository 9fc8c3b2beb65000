//! A crate whose own names are those that an expansion could use: of modules, types, macros,
//! functions.
// not as a module: it says `crate::`

#[macro_use]
mod own_macros {
    macro_rules! concat {
        ($($t:tt)*) => {
            "the user's own"
        };
    }
    macro_rules! module_path {
        () => {
            "the user's own"
        };
    }
    macro_rules! line {
        () => {
            0
        };
    }
}

pub mod modules {
    pub mod core {}
    pub mod std {}
    pub mod alloc {}
    pub mod __private {}

    #[stacklens::frame]
    pub fn beside_them(x: Option<u8>) -> Option<u8> {
        let y = x?;
        Some(y)
    }
}

pub mod types {
    #[derive(Clone, Copy)]
    pub struct Option<T>(pub T);
    pub struct Result<T, E>(pub T, pub E);
    pub struct Some;
    pub struct Ok;
    pub struct String;
    pub struct Vec<T>(pub T);
    pub struct Guard;
    pub struct Frame;
    pub struct Box<T>(pub T);
    pub struct Pin<T>(pub T);

    #[stacklens::frame]
    pub fn named_option(x: Option<u8>) -> Option<u8> {
        let y = x;
        if y.0 > 3 {
            return Option(1);
        }
        y
    }

    #[stacklens::frame]
    pub fn named_result(x: Result<u8, String>, _y: Some, _z: Ok) -> Result<u8, String> {
        match x {
            Result(1, e) => return Result(2, e),
            Result(n, e) => Result(n, e),
        }
    }

    #[stacklens::frame]
    pub fn others(x: Vec<Box<Guard>>, y: Pin<Frame>) -> Vec<Pin<Frame>> {
        let Vec(Box(Guard)) = x;
        Vec(y)
    }
}

pub mod blanket {
    pub trait Everything {
        fn cap(&self) -> u8 {
            1
        }
        fn at(self, _: u32) -> Self
        where
            Self: Sized,
        {
            self
        }
        fn enter(&self) {}
        fn q(&mut self) {}
        fn kind(&self) -> &'static str {
            ""
        }
        fn clone(&self) {}
        fn fmt(&self) {}
        fn inspect(&self) {}
        fn branch(self)
        where
            Self: Sized,
        {
        }
        fn into(&self) {}
        fn drop(&self) {}
        fn deref(&self) {}
        fn borrow(&self) {}
        fn type_id(&self) {}
    }

    impl<T: ?Sized> Everything for T {}

    #[stacklens::frame]
    pub fn with_it_in_scope(x: u8, text: &str, list: Vec<u8>) -> Option<u8> {
        let y = x.at(1).cap();
        text.enter();
        let mut first = list.get(0)?;
        first.q();
        let z = Everything::kind(&y).len();
        if z > 3 {
            return None;
        }
        Some(y + *first)
    }
}

pub mod functions {
    pub fn at(_: u32) {}
    pub fn cap(_: u8) -> u8 {
        1
    }
    pub fn enter0() {}
    pub fn enter1() {}
    pub fn q(x: Option<u8>) -> Option<u8> {
        x
    }
    pub fn framed() {}

    #[stacklens::frame]
    pub fn calls_own(x: u8) -> Option<u8> {
        at(1);
        enter0();
        enter1();
        framed();
        let y = q(Some(cap(x)))?;
        Some(y)
    }
}

pub fn uses_own_macros() -> (&'static str, &'static str, u8) {
    (concat!(1, 2), module_path!(), line!())
}

#[stacklens::frame]
pub fn at_the_root(x: u8) -> ::std::option::Option<u8> {
    let y = crate::functions::q(Some(x))?;
    Some(y)
}
