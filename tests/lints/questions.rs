//! What is done with the value of a `?`, and is never used.

#[stacklens::frame]
pub fn results_in_questions(x: Result<Option<u8>, String>) -> Result<(), String> {
    x.clone()?;
    x.clone()?.is_some();
    Ok::<Result<u8, u8>, String>(Ok(1))?;
    x?.map(|x| x)
    ;
    Ok(())
}
