//! Attribute macros that nobody knows, above and below.

#![deny(warnings)]

use unknown_attributes::{grouped, reparsed, respanned, unchanged, with_a_statement, with_an_item};

fn here() -> String {
    let frame = stacklens::currentframe().expect("a frame");
    let x = frame.locals().get("x").map(|x| x.value().to_string()).unwrap_or_default();
    format!("{}({x})", frame.name())
}

macro_rules! both_orders {
    ($($attribute:ident: $above:ident $below:ident $asynchronous:ident $module:ident;)*) => {$(
        #[$attribute]
        #[stacklens::frame]
        fn $above(x: u8, list: &[Option<u8>]) -> Option<String> {
            let y = (*list.first()?)?;
            for z in list {
                if *z == Some(x) {
                    return None;
                }
            }
            match y {
                0 => return None,
                n if n > 100 => None,
                _ => Some(here()),
            }
        }

        #[stacklens::frame]
        #[$attribute]
        fn $below(x: u8, list: &[Option<u8>]) -> Option<String> {
            let y = (*list.first()?)?;
            for z in list {
                if *z == Some(x) {
                    return None;
                }
            }
            match y {
                0 => return None,
                n if n > 100 => None,
                _ => Some(here()),
            }
        }

        #[stacklens::frame]
        #[$attribute]
        async fn $asynchronous(x: u8, mut list: Vec<Option<u8>>) -> Option<String> {
            tokio::task::yield_now().await;
            let y = list.pop()??;
            if y > x { Some(here()) } else { None }
        }

        #[stacklens::frame]
        mod $module {
            #[unknown_attributes::$attribute]
            pub fn inside(x: u8) -> String {
                let y = x;
                if y > 100 {
                    return String::new();
                }
                super::here()
            }
        }
    )*};
}

both_orders! {
    unchanged: unchanged_above unchanged_below unchanged_async unchanged_module;
    reparsed: reparsed_above reparsed_below reparsed_async reparsed_module;
    respanned: respanned_above respanned_below respanned_async respanned_module;
    with_a_statement: statement_above statement_below statement_async statement_module;
    grouped: grouped_above grouped_below grouped_async grouped_module;
    with_an_item: item_above item_below item_async item_module;
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let list = [Some(5), None];
    macro_rules! print {
        ($($above:ident $below:ident $asynchronous:ident $module:ident)*) => {$(
            let asynchronous = $asynchronous(3, vec![Some(5)]).await;
            println!("{:?} {:?}", $above(1, &list), $below(2, &list));
            println!("{asynchronous:?} {}", $module::inside(4));
        )*};
    }
    print! {
        unchanged_above unchanged_below unchanged_async unchanged_module
        reparsed_above reparsed_below reparsed_async reparsed_module
        respanned_above respanned_below respanned_async respanned_module
        statement_above statement_below statement_async statement_module
        grouped_above grouped_below grouped_async grouped_module
        item_above item_below item_async item_module
    }
}
