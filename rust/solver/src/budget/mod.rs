//! Budget: which items to buy so that the completed wants are worth most.
//!
//! An item needs all its blocks, and blocks are shared. Choosing items whose blocks together stay
//! within the limit is the set-union knapsack problem, which is NP-hard. If a want has several
//! items, any of them completes it. It is solved exactly where that can be done (O. Goldschmidt, D.
//! Nehme, G. Yu, "Note: On the set-union knapsack problem", Naval Research Logistics 41, 1994, name
//! the problem without alternatives), by
//!
//! 1. *reductions* (`instance.rs`): an item that is worth no more to a want than another without
//!    further needs is removed; blocks that the same items need, and wants with the same items, are
//!    merged;
//! 2. a *bound*. If each want has one item, a price on the limit turns the choice into a closure of
//!    largest profit, which a minimum cut finds (`relaxation.rs`, `flow.rs`). If wants have
//!    alternatives, the price of each block is shared among the wants that may need it
//!    (`sharing.rs`, `ascent.rs`). Two limits at once are mixed into one that both imply, or priced
//!    each;
//! 3. *branch and bound* (`search.rs`), best bound first, with a limit on nodes and a callback that
//!    can stop it. If stopped, it reports its best choice and a bound that no choice exceeds.
//!
//! All proofs are computed in whole numbers, so rounding has no influence.

mod amounts;
mod ascent;
mod flow;
mod greedy;
mod instance;
mod partial_choice;
mod problem;
mod relaxation;
mod search;
mod sharing;
mod solution;
mod worth;

pub use amounts::{AmountLimit, Amounts};
pub use instance::Instance;
pub use problem::{Competition, Links, Options, Problem, Source};
pub use search::{improve_by, solve};
pub use solution::Solution;
