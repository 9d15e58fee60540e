//! The values of objects that a file repeats many times.

use hashbrown::HashMap;

use crate::json::Json;

/// The maximum number of objects that are remembered. Packages of one build system often have the
/// same parameters; a public cache has a few thousand that differ.
const MOST: usize = 1 << 16;

/// The values of objects, by their bytes.
pub(super) struct Remembered<T>(HashMap<Box<[u8]>, T>);

impl<T> Default for Remembered<T> {
    fn default() -> Self {
        Self(HashMap::default())
    }
}

impl<T: Copy> Remembered<T> {
    /// Steps over the next object, if the same bytes were read before and it contains no other
    /// object.
    pub(super) fn take(&self, json: &mut Json<'_>) -> Option<T> {
        let ahead = json.ahead();
        let end = memchr::memchr(b'}', ahead)?;
        let known = self.0.get(&ahead[..=end]).copied()?;
        *json = json.from(json.position() + end + 1, json.depth());
        Some(known)
    }

    /// Remembers the bytes between two positions.
    pub(super) fn keep(&mut self, from: &Json<'_>, to: &Json<'_>, read: T) {
        if self.0.len() < MOST {
            let bytes = &from.ahead()[..to.position() - from.position()];
            self.0.insert(bytes.into(), read);
        }
    }
}
