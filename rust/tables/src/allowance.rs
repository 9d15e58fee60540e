//! How much memory a saved catalog may take.

use std::sync::atomic::{AtomicUsize, Ordering};

/// What any catalog may take, and how much more for each byte of its files. Honest ones take a
/// quarter of it: a hash alone has 20 bytes, and a listing in memory some 400.
const BYTES: usize = 128 << 20;
const BYTES_EACH: usize = 75;

/// How many values a column of lists may have, and how many more for each byte of all files.
const VALUES: usize = 20_000_000;
const VALUES_EACH: usize = 100;

/// The memory that is left for what files of one catalog become.
///
/// A few bytes can stand for any number of equal values. What a file claims is therefore taken
/// from here before it is made, by what it takes at most until the catalog is whole.
#[derive(Debug)]
pub(crate) struct Allowance {
    left: AtomicUsize,
    /// How much there was.
    pub(crate) most: usize,
    /// The number of values that a column of lists may have.
    pub(crate) values: usize,
    files: usize,
}

impl Allowance {
    /// The memory for files that have this many bytes together.
    pub(crate) fn of(files: usize) -> Self {
        let most = BYTES.saturating_add(files.saturating_mul(BYTES_EACH));
        Self {
            left: AtomicUsize::new(most),
            most,
            values: VALUES.saturating_add(files.saturating_mul(VALUES_EACH)),
            files,
        }
    }

    /// Takes the memory of as many things as are claimed, or fails if there is not enough left.
    pub(crate) fn take(&self, count: usize, bytes_each: usize) -> Result<(), String> {
        let bytes = count.saturating_mul(bytes_each);
        let taken = self
            .left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                left.checked_sub(bytes)
            });
        let (most, files) = (self.most / 1_000_000, self.files);
        taken.map(|_| ()).map_err(|_| {
            format!("it takes more than the {most} MB of memory that a catalog of {files} bytes may take")
        })
    }

    /// Gives back what was taken and is not there any more.
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
            fault.ends_with("134 MB of memory that a catalog of 1000 bytes may take"),
            "{fault}"
        );
    }
}
