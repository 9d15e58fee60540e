//! Choice: which alternatives to take so that all that they need costs least.
//!
//! Each want can be met by one of several *alternatives*, and an alternative needs a set of items:
//! itself and all that it demands, directly or not. What several alternatives need is paid once,
//! so choosing for each want alone is not enough: two alternatives that are dear alone can be cheap
//! together. With alternatives of one item this is weighted set cover, so no algorithm is known that
//! is fast on every input; the answer therefore always comes with a bound, and says whether the two
//! meet.
//!
//! # Method
//!
//! 1. What each alternative needs is collected; what costs nothing is left out.
//! 2. Reductions decide what can be decided without search (`reduce`); what has nothing in common is
//!    solved alone (`components.rs`).
//! 3. Wants that share items with few others are joined, which eliminates these items (`join`). What
//!    is shared by neighbours only is solved by that alone, or nearly.
//! 4. Sharing the cost of each item among the wants gives lower bounds (`dual.rs`), which are the
//!    stronger the more wants are joined; greedy choice and local search give solutions (`primal.rs`),
//!    and so do the most worthwhile alternatives, solved by themselves (`search/dive.rs`).
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
