//! Fragments that are statements.
// does not forbid: warnings unused

macro_rules! function {
    ($name:ident: $($statement:stmt;)*) => {
        #[stacklens::frame]
        pub fn $name(list: &[u8]) -> Option<u8> {
            $($statement;)*
            let mut sum = 0;
            for x in list {
                $($statement;)*
                sum += x;
            }
            Some(sum)
        }
    };
}

function!(lets: let _a = 1; let b = 2; let c = Some(b)?; let (_d, _e) = (c, b););
function!(calls: println!(); println!("{}", Some(1)?);
    if cfg!(debug_assertions) { return None } else { println!() };);
function!(items: fn f() -> u8 { 1 }; let _x = f(););
function!(none:);
