//! `#[derive(Inspect)]` on every kind of type.

#[derive(stacklens::Inspect)]
pub struct Unit;

#[derive(stacklens::Inspect, Clone, Debug)]
pub struct Tuple(pub u8, pub String, pub Vec<Option<u8>>);

#[derive(Debug, stacklens::Inspect)]
pub struct Named<'a, T: ?Sized + 'a, U, const N: usize>
where
    U: Clone,
{
    pub borrowed: &'a T,
    pub array: [u8; N],
    pub r#type: U,
    #[inspect(skip)]
    pub skipped: Hidden,
    #[inspect(redact)]
    pub number: String,
    pub password: String,
}

#[derive(Debug)]
pub struct Hidden;

#[derive(stacklens::Inspect)]
pub enum Choice<T> {
    Nothing,
    One(T),
    Two { left: T, right: Box<Choice<T>> },
    r#Raw(u8),
}

#[derive(stacklens::Inspect)]
pub enum Empty {}

#[stacklens::frame]
pub fn takes_them(_unit: Unit, tuple: &Tuple, named: &Named<'_, str, u8, 3>, choice: Choice<u8>) -> usize {
    let copy = tuple.clone();
    match choice {
        Choice::Nothing => 0,
        Choice::One(x) => x as usize + named.borrowed.len(),
        Choice::Two { left, right } => left as usize + takes_them(Unit, &copy, named, *right),
        Choice::Raw(x) => x as usize,
    }
}
