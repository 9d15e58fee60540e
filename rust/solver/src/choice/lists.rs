//! Lists of small numbers in one array.

/// A list of numbers for each row. Row r is `values[starts[r]..starts[r + 1]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lists {
    starts: Vec<u32>,
    values: Vec<u32>,
}

impl Lists {
    pub(super) fn new() -> Self {
        Self {
            starts: vec![0],
            values: Vec::new(),
        }
    }

    /// Appends a row.
    pub(super) fn push(&mut self, row: impl IntoIterator<Item = u32>) {
        self.values.extend(row);
        self.starts.push(narrow(self.values.len()));
    }

    pub(super) fn row(&self, row: usize) -> &[u32] {
        &self.values[self.span(row)]
    }

    /// The position of the row among all values.
    pub(super) fn span(&self, row: usize) -> std::ops::Range<usize> {
        self.starts[row] as usize..self.starts[row + 1] as usize
    }

    pub(super) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    pub(super) fn values(&self) -> &[u32] {
        &self.values
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = &[u32]> {
        (0..self.len()).map(|row| self.row(row))
    }

    /// For each value the rows that hold it, ascending. A row that holds a value twice is
    /// listed twice.
    pub(super) fn transposed(&self, value_count: usize) -> Self {
        let mut starts = vec![0_u32; value_count + 1];
        for &value in &self.values {
            starts[value as usize + 1] += 1;
        }
        for position in 1..starts.len() {
            starts[position] += starts[position - 1];
        }
        let mut next = starts.clone();
        let mut values = vec![0; self.values.len()];
        for row in 0..self.len() {
            for &value in self.row(row) {
                let slot = &mut next[value as usize];
                values[*slot as usize] = narrow(row);
                *slot += 1;
            }
        }
        Self { starts, values }
    }

    /// The same rows, with each number replaced by the values of that row of others.
    pub(super) fn through(&self, others: &Self) -> Self {
        let mut through = Self::new();
        for row in self.rows() {
            let values = row.iter().flat_map(|&each| others.row(each as usize));
            through.push(values.copied());
        }
        through
    }

    /// The approximate size in memory.
    pub(super) fn bytes(&self) -> usize {
        4 * (self.starts.len() + self.values.len())
    }
}

/// A position as a number of a list.
#[expect(
    clippy::cast_possible_truncation,
    reason = "an instance refuses more than 2^30 entries when it is built"
)]
pub(super) const fn narrow(position: usize) -> u32 {
    position as u32
}

#[cfg(test)]
mod tests {
    use super::Lists;

    fn lists(rows: &[&[u32]]) -> Lists {
        let mut lists = Lists::new();
        for row in rows {
            lists.push(row.iter().copied());
        }
        lists
    }

    #[test]
    fn rows_through_others_hold_what_those_hold() {
        let others = lists(&[&[7, 8], &[], &[9]]);
        let through = lists(&[&[2, 0], &[1], &[]]).through(&others);
        assert_eq!(through, lists(&[&[9, 7, 8], &[], &[]]));
    }

    #[test]
    fn a_value_is_in_the_rows_that_hold_it() {
        let transposed = lists(&[&[1, 0], &[1]]).transposed(3);
        assert_eq!(transposed, lists(&[&[0], &[0, 1], &[]]));
    }
}
