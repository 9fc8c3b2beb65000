//! What `#[derive(Inspect)]` accepts and what its values look like.

#![forbid(unsafe_code)]
#![deny(warnings)]

use std::borrow::Cow;
use std::collections::HashMap;
use std::marker::PhantomData;

use stacklens::{Encoder, Inspect, Value};

fn shown<T: Inspect + ?Sized>(value: &T) -> String {
    Value::of(value).to_string()
}

#[test]
fn structs_print_as_their_debug() {
    #[derive(Debug, Inspect)]
    struct Point {
        x: i32,
        y: f64,
    }
    #[derive(Debug, Inspect)]
    struct Pair(u8, String);
    #[derive(Debug, Inspect)]
    struct Unit;
    #[derive(Debug, Inspect)]
    struct Braces {}
    #[derive(Debug, Inspect)]
    struct Parens();

    let point = Point { x: 1, y: 2.0 };
    assert_eq!(shown(&point), format!("{point:?}"));
    assert_eq!(format!("{:#}", Value::of(&point)), format!("{point:#?}"));
    let pair = Pair(1, "a".into());
    assert_eq!(shown(&pair), format!("{pair:?}"));
    assert_eq!(format!("{:#}", Value::of(&pair)), format!("{pair:#?}"));
    assert_eq!(shown(&Unit), "Unit");
    assert_eq!(shown(&Braces {}), "Braces");
    assert_eq!(shown(&Parens()), "Parens");
    assert_eq!(shown(&vec![Some(Unit)]), "[Some(Unit)]");
}

#[test]
fn enums_print_as_their_debug() {
    #[derive(Debug, Inspect)]
    enum Shape {
        Nothing,
        Circle(f64),
        Rect { width: u32, height: u32 },
        Braces {},
        Parens(),
    }
    #[derive(Debug, Inspect)]
    #[repr(u8)]
    enum Numbered {
        A = 1 << 2,
        B = 3,
    }
    for shape in [
        Shape::Nothing,
        Shape::Circle(1.5),
        Shape::Rect {
            width: 1,
            height: 2,
        },
        Shape::Braces {},
        Shape::Parens(),
    ] {
        assert_eq!(shown(&shape), format!("{shape:?}"));
    }
    assert_eq!(shown(&[Numbered::A, Numbered::B]), "[A, B]");
}

#[test]
fn an_enum_without_variants_is_accepted() {
    #[derive(Inspect)]
    enum Never {}
    assert_eq!(shown(&None::<Never>), "None");
}

#[test]
fn fields_are_read_by_name_and_type() {
    #[derive(Inspect)]
    struct Login {
        user: &'static str,
        password: String,
        #[inspect(show)]
        token: u8,
        #[inspect(redact)]
        iban: String,
        #[inspect(opaque)]
        #[allow(dead_code, reason = "only its type is asked for")]
        thread: std::thread::Thread,
        #[inspect(skip)]
        #[allow(dead_code, reason = "skipped")]
        callback: fn(),
    }
    let login = Login {
        user: "ann",
        password: "hunter2".into(),
        token: 7,
        iban: "DE00".into(),
        thread: std::thread::current(),
        callback: || {},
    };
    assert_eq!(
        shown(&login),
        "Login { user: \"ann\", password: <redacted>, token: 7, iban: <redacted>, \
         thread: <opaque Thread>, .. }"
    );
    assert!(!login.password.is_empty() && !login.iban.is_empty());

    #[derive(Inspect)]
    #[allow(dead_code, reason = "what is not shown is not read")]
    enum Event {
        Tuple(u8, #[inspect(redact)] u8, #[inspect(skip)] u8),
        Named {
            a: u8,
            api_key: u8,
            #[inspect(skip)]
            c: u8,
        },
    }
    assert_eq!(shown(&Event::Tuple(1, 2, 3)), "Tuple(1, <redacted>, ..)");
    assert_eq!(
        shown(&Event::Named {
            a: 1,
            api_key: 2,
            c: 3
        }),
        "Named { a: 1, api_key: <redacted>, .. }"
    );
}

#[test]
fn generics_of_all_kinds_are_accepted() {
    #[derive(Inspect)]
    struct All<'a, 'b: 'a, T: Clone + 'a, U, const N: usize = 2>
    where
        U: Default,
        T: PartialEq,
    {
        text: &'a str,
        other: &'b [T],
        array: [U; N],
        none: PhantomData<U>,
    }
    let all = All {
        text: "x",
        other: &[1],
        array: [2u8, 3],
        none: PhantomData,
    };
    assert_eq!(
        shown(&all),
        r#"All { text: "x", other: [1], array: [2, 3], none: PhantomData<u8> }"#
    );

    #[derive(Inspect)]
    struct Where<T>(Vec<T>)
    where
        T: Clone;
    assert_eq!(shown(&Where(vec![1])), "Where([1])");

    #[derive(Inspect)]
    struct Tail<T: ?Sized> {
        head: u8,
        tail: T,
    }
    let tail: &Tail<[u8]> = &Tail {
        head: 1,
        tail: [2, 3],
    };
    assert_eq!(shown(tail), "Tail { head: 1, tail: [2, 3] }");

    #[derive(Inspect)]
    struct Function<F: Fn(u8) -> Vec<u8>>(u8, #[inspect(skip)] F);
    let function = Function(1, |n| vec![n]);
    assert_eq!(shown(&function), "Function(1, ..)");
    assert_eq!((function.1)(3), [3]);

    #[derive(Inspect)]
    struct Peek<I: Iterator> {
        peeked: Option<I::Item>,
        deep: Option<<I as Iterator>::Item>,
        #[inspect(skip)]
        rest: I,
    }
    let mut peek = Peek {
        peeked: Some('x'),
        deep: None,
        rest: "abc".chars(),
    };
    assert_eq!(shown(&peek), "Peek { peeked: Some('x'), deep: None, .. }");
    assert_eq!(peek.rest.next(), Some('a'));

    #[derive(Inspect)]
    struct Maps<K, V = u8>(HashMap<K, Vec<V>>, Cow<'static, str>);
    assert_eq!(
        shown(&Maps::<_, u8>(HashMap::from([("k", vec![1])]), "c".into())),
        r#"Maps({"k": [1]}, "c")"#
    );
}

#[test]
fn types_that_contain_themselves_are_bounded() {
    #[derive(Inspect)]
    struct Node<T> {
        value: T,
        next: Option<Box<Node<T>>>,
    }
    let mut list = Node {
        value: 0,
        next: None,
    };
    for value in 1..1000 {
        list = Node {
            value,
            next: Some(Box::new(list)),
        };
    }
    let text = shown(&list);
    assert!(
        text.starts_with("Node { value: 999, next: Some(Node { value: 998"),
        "{text}"
    );
    assert!(text.contains("more") && !text.contains("990"), "{text}");
    // Its drop must not recurse either.
    while let Some(next) = list.next.take() {
        list = *next;
    }
}

#[test]
fn packed_structs_are_copied_field_by_field() {
    #[derive(Clone, Copy, Inspect)]
    #[repr(C, packed)]
    struct Packed {
        a: u8,
        b: u32,
    }
    assert_eq!(shown(&Packed { a: 1, b: 2 }), "Packed { a: 1, b: 2 }");
}

#[test]
fn names_may_be_keywords_or_those_of_the_derive() {
    #[derive(Inspect)]
    struct r#Type {
        r#type: u8,
        encoder: u8,
        fuel: u8,
        __field0: u8,
    }
    assert_eq!(
        shown(&r#Type {
            r#type: 1,
            encoder: 2,
            fuel: 3,
            __field0: 4
        }),
        "Type { type: 1, encoder: 2, fuel: 3, __field0: 4 }"
    );
}

#[test]
fn definitions_may_come_from_a_macro() {
    macro_rules! define {
        ($(#[$meta:meta])* $vis:vis struct $name:ident { $($field_vis:vis $field:ident: $type:ty),* }) => {
            $(#[$meta])*
            $vis struct $name { $($field_vis $field: $type),* }
        };
    }
    define! {
        /// Documented.
        #[derive(Inspect)]
        pub(crate) struct Made { pub(crate) a: Vec<u8>, b: (u8, &'static str) }
    }
    assert_eq!(
        shown(&Made {
            a: vec![1],
            b: (2, "x")
        }),
        r#"Made { a: [1], b: (2, "x") }"#
    );
}

mod somewhere {
    pub(super) use stacklens as lens;
}

#[test]
fn the_crate_can_be_named() {
    #[derive(Inspect)]
    #[inspect(crate = crate::somewhere::lens)]
    struct Renamed(u8);
    assert_eq!(shown(&Renamed(1)), "Renamed(1)");
}

#[test]
fn impls_by_hand_and_derived_ones_mix() {
    struct Celsius(f64);
    impl Inspect for Celsius {
        fn inspect(&self, encoder: &mut Encoder<'_>) {
            encoder.format(format_args!("{:.1} C", self.0));
        }
    }
    #[derive(Inspect)]
    struct Room {
        temperature: Celsius,
    }
    assert_eq!(
        shown(&Room {
            temperature: Celsius(21.55)
        }),
        "Room { temperature: 21.6 C }"
    );
}
