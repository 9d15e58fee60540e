//! The limit on the memory of a saved catalog.

use std::sync::atomic::{AtomicUsize, Ordering};

/// The memory that any catalog may take, and the further memory for each byte of its files. Genuine
/// catalogs take a quarter of it: a hash alone has 20 bytes, and a listing in memory some 400.
const BYTES: usize = 128 << 20;
const BYTES_EACH: usize = 75;

/// The number of values that a column of lists may have, and the further number for each byte of
/// all files.
const VALUES: usize = 20_000_000;
const VALUES_EACH: usize = 100;

/// The memory that is left for the content of the files of one catalog.
///
/// A few bytes can encode any number of equal values. So the maximum memory for the claims of a
/// file, until the catalog is complete, is reserved here before anything is allocated.
#[derive(Debug)]
pub(crate) struct Allowance {
    left: AtomicUsize,
    /// The initial amount.
    pub(crate) most: usize,
    /// The number of values that a column of lists may have.
    pub(crate) values: usize,
    files: usize,
}

impl Allowance {
    /// The memory for files with this total number of bytes.
    pub(crate) fn of(files: usize) -> Self {
        let most = BYTES.saturating_add(files.saturating_mul(BYTES_EACH));
        Self {
            left: AtomicUsize::new(most),
            most,
            values: VALUES.saturating_add(files.saturating_mul(VALUES_EACH)),
            files,
        }
    }

    /// Reserves the memory for the claimed number of items, or fails if there is not enough left.
    pub(crate) fn take(&self, count: usize, bytes_each: usize) -> Result<(), String> {
        let bytes = count.saturating_mul(bytes_each);
        let taken = self
            .left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                left.checked_sub(bytes)
            });
        let (most, files) = (self.most / 1_000_000, self.files);
        taken.map(|_| ()).map_err(|_| {
            format!(
                "it needs more than the {most} MB of memory allowed for a catalog of {files} bytes"
            )
        })
    }

    /// Returns memory that is no longer used.
    pub(crate) fn give_back(&self, count: usize, bytes_each: usize) {
        let bytes = count.saturating_mul(bytes_each);
        self.left.fetch_add(bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_back_can_be_taken_again_and_no_more() {
        let allowance = Allowance::of(1000);
        let most = BYTES + 75_000;
        allowance.take(1, most).unwrap();
        assert!(allowance.take(1, 1).is_err());
        allowance.give_back(10, 10);
        allowance.take(50, 2).unwrap();
        let fault = allowance.take(usize::MAX, 2).unwrap_err();
        assert!(
            fault.ends_with("134 MB of memory allowed for a catalog of 1000 bytes"),
            "{fault}"
        );
    }
}
