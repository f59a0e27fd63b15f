//! Replacing byte values by a table.

/// Replaces every byte by `of` it, which is called once for each of the 256 values, from 0 up.
pub(super) fn replace(bytes: &mut [u8], mut of: impl FnMut(u8) -> u8) {
    let mut table = [0; 256];
    for (slot, value) in table.iter_mut().zip(0..=255) {
        *slot = of(value);
    }
    for value in bytes {
        *value = table[usize::from(*value)];
    }
}
