//! This program once more, with stacklens switched off.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Builds it beside the running one, in a target directory of its own: with the same one, `off` would be
/// switched on and off by turns and all be built anew each time.
pub(crate) fn build() -> Result<PathBuf, String> {
    let running = std::env::current_exe().map_err(|error| error.to_string())?;
    let (Some(profile), Some(name)) = (running.parent(), running.file_name()) else {
        return Err("the running program has no place".to_owned());
    };
    let target = profile.parent().unwrap_or(profile).join("switched-off");
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args([
        "build",
        "--quiet",
        "--no-default-features",
        "--features",
        "off",
        "--manifest-path",
    ]);
    command.arg(manifest).arg("--target-dir").arg(&target);
    let folder = if cfg!(debug_assertions) {
        "debug"
    } else {
        "release"
    };
    if folder == "release" {
        command.arg("--release");
    }
    let output = command
        .output()
        .map_err(|error| format!("cargo: {error}"))?;
    if !output.status.success() {
        return Err(format!(
            "cargo: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        ));
    }
    Ok(target.join(folder).join(name))
}
