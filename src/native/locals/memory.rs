//! Reading memory that may not be there.
//!
//! Addresses come from debug information and from values that may be garbage, so that each read may fail and none
//! may fault: the kernel copies, and says so if it can't.

#[cfg_attr(
    any(target_os = "linux", target_os = "android"),
    path = "memory/linux.rs"
)]
#[cfg_attr(
    not(any(target_os = "linux", target_os = "android")),
    path = "memory/unknown.rs"
)]
mod platform;

/// The lowest address that is ever read: nothing is mapped below on any system.
const LOWEST: u64 = 4096;

/// Where bytes are read from. Tests read from a list of bytes, or from nothing.
pub(crate) trait Memory {
    /// Fills `to` from `address` on. `false`: not all of it can be read, and what `to` holds then is of no use.
    fn read(&self, address: u64, to: &mut [u8]) -> bool;
}

/// The memory of this process.
///
/// # Cost
/// A system call for each read, about 1 µs.
pub(crate) struct Process;

impl Memory for Process {
    fn read(&self, address: u64, to: &mut [u8]) -> bool {
        let end = address.checked_add(to.len() as u64);
        let in_range = address >= LOWEST && end.is_some_and(|end| end <= usize::MAX as u64);
        to.is_empty() || in_range && platform::copy(address as usize, to)
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn what_is_mapped_is_read() {
        let text = *b"hello";
        let mut copy = [0; 5];
        assert!(Process.read(text.as_ptr() as u64, &mut copy));
        assert_eq!(copy, text);
        assert!(Process.read(0, &mut []));
    }

    #[test]
    fn what_is_not_mapped_is_refused() {
        let mut copy = [0; 16];
        for address in [
            0,
            8,
            4096,
            1 << 47,
            u64::MAX - 8,
            u64::MAX,
            0xffff_8000_0000_0000,
        ] {
            assert!(!Process.read(address, &mut copy), "{address:x}");
        }
    }
}
