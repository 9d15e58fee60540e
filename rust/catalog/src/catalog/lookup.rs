//! From hashes to specs.

use crate::{Catalog, DagHash};

impl Catalog {
    /// The spec with this hash. O(log n).
    pub fn find(&self, hash: DagHash) -> Option<u32> {
        let row = self.rows.partition_point(|row| row.hash() < hash);
        let found = self.rows.get(row).is_some_and(|row| row.hash() == hash);
        let spec = || self.starts.binary_search(&(row as u32)).ok();
        found.then(spec).flatten().map(|spec| spec as u32)
    }

    /// The specs with these hashes, in the order given; `None` for a hash that no row has.
    ///
    /// O(log n) for each hash; if they ascend, O(log d) for one that is d specs behind the previous
    /// one: the search starts there and doubles its steps.
    pub fn find_all<'c>(
        &'c self,
        hashes: impl IntoIterator<Item = DagHash> + 'c,
    ) -> impl Iterator<Item = Option<u32>> + 'c {
        // Rows are far apart in memory; their hashes alone are not.
        let all = self.hashes.get_or_init(|| {
            let starts = self.starts.iter().take(self.len());
            starts.map(|&row| self.rows[row as usize].hash()).collect()
        });
        let len = all.len();
        let mut at = 0;
        hashes.into_iter().map(move |hash| {
            let is_before = |spec: usize| all[spec] < hash;
            if at > 0 && !is_before(at - 1) {
                at = 0;
            }
            let (mut low, mut step) = (at, 1);
            while low + step <= len && is_before(low + step - 1) {
                low += step;
                step *= 2;
            }
            let mut high = (low + step).min(len);
            while low < high {
                let middle = usize::midpoint(low, high);
                if is_before(middle) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            at = low;
            (low < len && all[low] == hash).then_some(low as u32)
        })
    }
}
