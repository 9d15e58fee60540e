//! The laws of every catalog.

use crate::{Catalog, Column};

impl Catalog {
    /// Checks the invariants that every other part relies on, for tests.
    ///
    /// # Panics
    ///
    /// When one does not hold.
    #[doc(hidden)]
    pub fn validate(&self) {
        assert!(
            self.rows.is_sorted_by(|a, b| a.compare(b).is_le()),
            "rows are sorted"
        );
        for column in Column::ALL {
            let names = self.names(column);
            let mut used = vec![false; names.len()];
            for row in &self.rows {
                used[row.id(column) as usize] = true;
            }
            assert!(
                used.iter().all(|&used| used),
                "each name of {column:?} is used"
            );
            let texts: Vec<&str> = names.iter().collect();
            let is_ascending = |a: &&str, b: &&str| match column {
                Column::Tag => crate::newest_first(a, b).is_lt(),
                _ => a < b,
            };
            assert!(texts.is_sorted_by(is_ascending), "{column:?} is sorted");
        }
        for (spec, rows) in self.specs() {
            assert!(rows.iter().all(|row| row.hash() == self.hash(spec)));
            assert_eq!(self.find(self.hash(spec)), Some(spec));
            let around = [spec / 2, spec, spec.saturating_sub(1)].map(|each| self.hash(each));
            let found: Vec<_> = self.find_all(around).collect();
            assert_eq!(found, around.map(|hash| self.find(hash)));
        }
    }
}
