//! Names two combinations of conditions: the one under which the hot path is written out in assembly
//! (src/stack/unoptimised.rs), and the one under which the program's own files are read (src/native/image).

use std::env::var;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(unoptimised)");
    println!("cargo::rustc-check-cfg=cfg(native_elf)");
    let set = |name: &str| var(name).unwrap_or_default();
    let known = set("CARGO_CFG_TARGET_ARCH") == "x86_64"
        && set("CARGO_CFG_TARGET_OS") == "linux"
        && set("CARGO_CFG_TARGET_POINTER_WIDTH") == "64";
    // The profile, not this crate's own level: with `[profile.dev.package."*"] opt-level = 3` what is inlined from here is
    // still compiled in a crate without optimisation.
    if known && (set("PROFILE") == "debug" || set("OPT_LEVEL") == "0") {
        println!("cargo::rustc-cfg=unoptimised");
    }
    if var("CARGO_FEATURE_NATIVE").is_ok() && set("CARGO_CFG_TARGET_OS") == "linux" {
        println!("cargo::rustc-cfg=native_elf");
    }
}
