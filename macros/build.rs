//! The attributes read `STACKLENS` (src/environment.rs): what they have made is made anew when it changes.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=STACKLENS");
}
