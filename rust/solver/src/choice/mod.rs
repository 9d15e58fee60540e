//! Choice: the alternatives with the least total cost of their needs.
//!
//! Each want can be met by one of several *alternatives*, and an alternative needs a set of items:
//! itself and all that it demands, directly or not. Items that several alternatives need are paid
//! once, so choosing for each want alone is not enough: two alternatives that are expensive alone
//! can be cheap together. With alternatives of one item this is weighted set cover, so no algorithm
//! is known that is fast on every input; the answer therefore always comes with a bound, and shows
//! whether the two meet.
//!
//! # Method
//!
//! 1. The needs of each alternative are collected; free items are left out.
//! 2. Reductions decide as much as possible without search (`reduce`); parts with nothing in common
//!    are solved separately (`components.rs`).
//! 3. Wants that share items with few others are joined, which eliminates these items (`join`).
//!    Instances in which only neighbours share items are solved by that alone, or nearly.
//! 4. Sharing the cost of each item among the wants gives lower bounds (`dual.rs`), which are the
//!    stronger the more wants are joined; greedy choice and local search give solutions
//!    (`primal.rs`), and so do the most promising alternatives, solved separately
//!    (`search/dive.rs`).
//! 5. Branch and bound closes the gap (`search`), or a limit ends it with the gap proven so far.
//!
//! Costs are whole numbers, so that sums are exact; bounds are computed in floating point and lowered by
//! the error that rounding can have made, so that they hold.

mod collect;
mod components;
mod dual;
mod instance;
mod join;
mod lists;
#[cfg(test)]
mod plain;
mod primal;
mod reduce;
mod search;
mod simplify;

pub use collect::{Choice, ChoiceError, Chosen, choose};
