//! Choices of least cost and budgets of most worth, over numbered items.
//!
//! It answers two questions, both NP-hard, with proof:
//!
//! - [`choice`]: each want is met by any of some items, an item demands others, and items cost. Which
//!   items meet every want at the least cost? With items that demand nothing this is weighted set
//!   cover.
//! - [`budget`]: items complete wants, need blocks that several of them share, and blocks cost. Which
//!   items complete the most for a limited amount? This is the set-union knapsack problem, with
//!   alternatives.
//!
//! Costs and worths are whole numbers. Each answer carries a bound that no choice beats; an answer
//! that meets its bound is optimal, and says so. A search that ends early, by [`SearchLimits`] or
//! by the caller, reports the best choice so far, the bound so far, and the reason ([`Cut`]). With
//! the same limits the answer is the same on every machine: limits count nodes and steps, never
//! seconds.
//!
//! This crate knows items and amounts alone: no packages, no graph of dependencies, no files. The
//! caller translates those into items, and the answer back.
//!
//! # Example
//!
//! ```
//! use specplan_solver::SearchLimits;
//! use specplan_solver::choice::{Choice, choose};
//!
//! // Items 0 and 1 both demand item 2; item 3 is cheaper than any of them alone.
//! let choice = Choice {
//!     costs: vec![1, 1, 5, 6],
//!     demands: vec![(0, 2), (1, 2)],
//!     wants: vec![vec![0, 3], vec![1]],
//! };
//! let chosen = choose(&choice, SearchLimits::default(), &mut || false)?;
//! assert_eq!(chosen.alternatives, [0, 0]);
//! assert_eq!((chosen.cost, chosen.is_optimal()), (7, true));
//! # Ok::<(), specplan_solver::choice::ChoiceError>(())
//! ```
//!
//! # Frozen
//!
//! The searches prove every published instance in well under a second. A new heuristic needs a real
//! instance that they do not prove in a second, and a bench of it. Their answers are compared with
//! those of another solver in `tests/property/test_solver_oracle.py`.

pub mod budget;
pub mod choice;
mod limits;
mod numbers;

pub use limits::{Cut, SearchLimits};
