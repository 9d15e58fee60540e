//! Duplicate keys of an object.

use super::{Json, JsonErrorKind, JsonResult};

/// The keys of an object met so far, each a bit whose number the caller chooses.
#[derive(Clone, Copy, Default)]
pub(crate) struct Seen(u32);

impl Seen {
    /// Notes a key; fails if it was met before.
    pub(crate) fn once(&mut self, json: &Json<'_>, key: u32) -> JsonResult<()> {
        if self.has(key) {
            return Err(json.error(JsonErrorKind::Twice));
        }
        self.0 |= 1 << key;
        Ok(())
    }

    /// Returns whether a key was met.
    pub(crate) fn has(self, key: u32) -> bool {
        self.0 & 1 << key != 0
    }
}
