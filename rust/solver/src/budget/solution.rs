//! The answer of a budget.

use crate::limits::Cut;

/// The best choice found, and the worth that no choice exceeds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Solution {
    /// By item, whether it is completed.
    pub chosen: Vec<bool>,
    /// The worth of the completed wants, and of the sources that count without buying anything.
    pub weight: i128,
    /// No choice within the limits is worth more than this.
    pub upper_bound: i128,
    /// The number of nodes that were searched.
    pub nodes: u64,
    /// The limit that ended the search early, if one did.
    pub cut: Option<Cut>,
}

impl Solution {
    /// The solution of a problem without items.
    pub const fn nothing() -> Self {
        Self {
            chosen: Vec::new(),
            weight: 0,
            upper_bound: 0,
            nodes: 0,
            cut: None,
        }
    }
}
