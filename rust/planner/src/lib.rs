//! wip
mod closure;
mod error;
mod graph;
mod id;
mod kinds;
mod left_out;
#[doc(hidden)]
pub mod naive;
mod needs;
mod node_by_node;
mod order;
mod reasons;
mod rebuild;
mod rules;
mod set;
mod shared_sets;
mod stale;
mod task;
mod why;

pub use closure::{reached, usable};
pub use error::{GraphError, OutOfRange, TaskError};
pub use graph::{Direction, Edge, Graph};
pub use id::SpecId;
pub use kinds::EdgeKinds;
pub use left_out::{LeftOut, LeftOutReason};
pub use needs::Needs;
pub use node_by_node::{CutReason, Needless, NodeByNode};
pub use order::CriticalPath;
pub use reasons::{Cause, Reasons};
pub use rebuild::{Plan, Totals};
pub use set::SpecSet;
pub use stale::{Stale, stale};
pub use task::{Change, Policy, Scope, Task};
pub use why::{Link, Verdict, Why, WhyLine};
