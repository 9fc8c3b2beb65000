//! `cfg` and `cfg_attr` on functions and on everything inside them.

#[cfg(not(all()))]
#[stacklens::frame]
pub fn is_not_there(x: TypeThatIsNotThere) -> TypeThatIsNotThere {
    x.no_method()
}

#[stacklens::frame]
#[cfg(not(all()))]
pub fn is_not_there_either(x: TypeThatIsNotThere) -> TypeThatIsNotThere {
    x.no_method()
}

#[cfg(all())]
#[stacklens::frame]
#[cfg_attr(all(), inline)]
#[cfg_attr(not(all()), no_such_attribute)]
pub fn is_there(x: u8) -> u8 {
    x
}

#[cfg_attr(all(), must_use)]
#[stacklens::frame]
pub fn statements(x: u8) -> u8 {
    #[cfg(all())]
    let y = x + 1;
    #[cfg(not(all()))]
    let y = no_such_name;
    #[cfg(not(all()))]
    {
        no_such_function();
    }
    #[cfg(all())]
    {
        is_there(y);
    }
    #[cfg(not(all()))]
    return no_such_name;
    #[cfg(not(all()))]
    use no_such_crate::item;
    #[cfg_attr(all(), inline)]
    fn item(x: u8) -> u8 {
        x
    }
    let z = item(y);
    z
}

#[stacklens::frame]
pub fn one_of_two_tails() -> u8 {
    #[cfg(all())]
    {
        1
    }
    #[cfg(not(all()))]
    {
        no_such_name
    }
}

#[stacklens::frame]
pub fn one_of_two_tails_the_other_way_round() -> u8 {
    #[cfg(not(all()))]
    {
        no_such_name
    }
    #[cfg(all())]
    {
        1
    }
}

#[stacklens::frame]
pub fn one_of_two_lets_then_more(x: Option<u8>) -> Option<u8> {
    #[cfg(all())]
    let y = x?;
    #[cfg(not(all()))]
    let y = no_such_name?;
    let z = y + 1;
    #[cfg(all())]
    let z = z + 1;
    Some(z)
}

#[stacklens::frame]
pub fn tail_by_cfg_if(x: u8) -> u8 {
    let y = x + 1;
    #[cfg(not(all()))]
    if y > 1 {
        return no_such_name;
    }
    #[cfg(all())]
    if y > 3 {
        return 2;
    }
    y
}

#[stacklens::frame]
pub fn parameters(#[cfg(all())] x: u8, #[cfg(not(all()))] y: TypeThatIsNotThere, #[cfg(all())] _z: u8) -> u8 {
    x
}

pub struct Fields {
    pub a: u8,
    #[cfg(not(all()))]
    pub b: TypeThatIsNotThere,
    #[cfg(all())]
    pub c: u8,
}

#[stacklens::frame]
pub fn fields(x: Fields) -> Fields {
    let Fields { a, #[cfg(not(all()))] b, #[cfg(all())] c } = x;
    Fields { a: c, #[cfg(not(all()))] b: b.no_method(), #[cfg(all())] c: a }
}

#[stacklens::frame]
pub fn arms(x: Option<u8>) -> u8 {
    match x {
        #[cfg(not(all()))]
        Some(y) if y.no_method() => no_such_name,
        #[cfg(all())]
        Some(y) if y > 1 => y,
        Some(_) => 1,
        #[cfg(all())]
        None => 0,
        #[cfg(not(all()))]
        NoSuchVariant => no_such_name,
    }
}

#[stacklens::frame]
pub fn elements() -> Vec<u8> {
    let mut list = vec![1, 2];
    let array = [
        1,
        #[cfg(not(all()))]
        no_such_name,
        #[cfg(all())]
        2,
    ];
    list.extend(array.iter().cloned());
    list.push(
        #[cfg(all())]
        1,
    );
    list
}

#[stacklens::frame]
pub fn whole_branches(x: bool) -> Result<u8, String> {
    if x {
        #[cfg(not(all()))]
        return no_such_name;
        #[cfg(all())]
        return Ok(1);
    }
    #[cfg(all())]
    match x {
        true => Ok(1),
        false => Err(String::new()),
    }
    #[cfg(not(all()))]
    Ok(no_such_name)
}

#[stacklens::frame]
pub fn only_configured() {
    #[cfg(not(all()))]
    no_such_function();
}

#[stacklens::frame]
pub fn asked_by_macro(x: u8) -> u8 {
    if cfg!(all()) { x } else { 0 }
}

#[stacklens::frame]
pub mod container {
    #[cfg(not(all()))]
    pub fn is_not_there(x: TypeThatIsNotThere) -> TypeThatIsNotThere {
        x.no_method()
    }

    #[cfg(not(all()))]
    use no_such_crate::no_such_item;

    #[cfg(all())]
    pub fn is_there(x: &str) -> usize {
        #[cfg(not(all()))]
        let n = no_such_name;
        #[cfg(all())]
        let n = x.len();
        n
    }

    #[cfg(not(all()))]
    mod nor_this {
        pub fn f(x: TypeThatIsNotThere) {
            x?;
        }
    }
}
