//! A quick hash, for maps of bounded size that compare their keys in full.

use std::hash::Hasher;

/// Mixes bytes quickly. Whoever chooses keys that clash makes a lookup as slow as the map is large,
/// so it is only for maps that stay small.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Mix(u64);

impl Hasher for Mix {
    fn write(&mut self, bytes: &[u8]) {
        const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut mix = |word: u64| self.0 = (self.0.rotate_left(23) ^ word).wrapping_mul(FACTOR);
        let (words, rest) = bytes.as_chunks::<8>();
        words.iter().for_each(|w| mix(u64::from_le_bytes(*w)));
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        mix(u64::from_le_bytes(last));
    }

    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 29
    }
}
