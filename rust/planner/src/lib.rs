//! Plans over graphs of specs: the least set of builds, in which order, and why.
//!
//! A *spec* is one exact build of a package. It needs others: to build, to link, to run. Some specs
//! are *available* as binaries in a cache, some are *external* (the system provides them), and some
//! are wanted. This crate answers which specs must be built so that every want installs from the
//! cache alone, how a change affects that, and what caused the difference between two states. It
//! knows no names, files, formats, clock or environment: a spec is a dense number, a [`SpecId`],
//! and the caller knows what it stands for.
//!
//! # The rules
//!
//! ```text
//! install(s): s external -> nothing
//!             s available -> install(d) for each link or run dependency d
//!             otherwise   -> build(s)
//! build(s):   s is in the plan; install(d) for each build, link or run dependency d
//! ```
//!
//! The plan is the least set that is closed under these rules, and there is only one. One
//! consequence is easy to miss: an existing binary does not need its build dependencies. Test edges
//! count for hashes and staleness only. A spliced spec that is not available is not built; the
//! binary that it was built as is fetched and rewired.
//!
//! # Example
//!
//! `hdf5` links to `zlib` and is built with `cmake`, which links to `curl`. Only `cmake` has a
//! binary. Then `hdf5` waits for `curl`: it is reached through an available spec.
//!
//! ```
//! use std::sync::Arc;
//!
//! use specplan_planner::{Edge, EdgeKinds, Graph, Plan, SpecId, SpecSet, Task};
//!
//! let [hdf5, zlib, cmake, curl, sphinx] = [0, 1, 2, 3, 4].map(SpecId::new);
//! let edge = |dependent, dependency, kinds| Edge { dependent, dependency, kinds };
//! let edges = [
//!     edge(hdf5, zlib, EdgeKinds::BUILD | EdgeKinds::LINK),
//!     edge(hdf5, cmake, EdgeKinds::BUILD),
//!     edge(cmake, curl, EdgeKinds::LINK),
//!     edge(cmake, sphinx, EdgeKinds::BUILD),
//! ];
//! let graph = Arc::new(Graph::new(5, edges)?);
//!
//! let mut task = Task::new(graph, vec![hdf5]);
//! task.available = SpecSet::from_ids(5, [cmake])?;
//! let plan = Plan::new(task)?;
//!
//! assert_eq!(plan.builds().collect::<Vec<_>>(), [zlib, curl, hdf5]);
//! assert_eq!(plan.stage_of(hdf5), Some(1));
//! assert_eq!(plan.needs().of(hdf5).collect::<Vec<_>>(), [zlib, curl]);
//! assert_eq!(plan.reasons().because(curl), [hdf5, cmake, curl]);
//!
//! // Pruning node by node would build `sphinx` too, although `cmake` has a binary.
//! let unnecessary = plan.node_by_node().unnecessary;
//! assert_eq!((unnecessary[0].spec, unnecessary[0].cut_by), (sphinx, cmake));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Where to find what
//!
//! - [`Graph`]: specs and edges, both ways, without cycles. [`reached`] and [`usable`] walk it.
//! - [`Task`] and [`Plan`]: all inputs of a plan in one struct; the plan, its stages, and on demand
//!   [`Needs`], [`CriticalPath`], [`Reasons`], [`Why`], [`NodeByNode`], [`LeftOut`].
//! - [`Budget`]: the roots that a limited budget completes, with a bound for all choices.
//! - [`Schedule`]: the time and the runner of each build of a plan, with a lower bound for all
//!   schedules.
//! - [`RecipeChange`] and [`stale()`]: the specs that a change makes stale, and those left untested.
//! - [`RootChoice`]: the choice among alternatives, with a bound on the least cost.
//! - [`Supply`], [`Lacked`] and [`Usefulness`]: the specs that others lack, and the benefit of
//!   building each gap; [`Breakage`]: the broken binaries, and the cause.
//! - [`cyclic_components`]: specs that depend on each other, if there is no graph.
//! - [`Comparison`] and [`Difference`]: two points in time, own changes, and the changes to hold
//!   back.
//!
//! # Determinism
//!
//! Answers do not depend on how specs are numbered, nor on the order of edges: where specs are
//! otherwise equal, the smaller *rank* wins, which the caller gives each spec (see
//! [`Graph::with_ranks`]). Nothing recurses, so chains of a million specs are no danger.
//!
//! # What this crate does not do
//!
//! It invents no specs: all candidates are given. It does not concretize, so the effects of a
//! change are shown on the graph from before the change.

mod choose;
mod cost_scale;
mod difference;
mod error;
mod graph;
mod impact;
mod plan;
#[doc(hidden)]
pub mod reference;
mod schedule;
mod spend;

pub use choose::{Alternative, ChosenAlternative, ChosenRoots, RootChoice, RootChoiceError};
pub use cost_scale::CostScale;
pub use difference::{
    BestHold, ChangeOrigin, Comparison, Difference, HoldList, HoldStep, OwnChange,
};
pub use error::{GraphError, OutOfRange, TaskError};
pub use graph::closure::{reached, usable};
pub use graph::cycles::{CyclicComponent, cyclic_components};
pub use graph::id::SpecId;
pub use graph::kinds::EdgeKinds;
pub use graph::set::SpecSet;
pub use graph::{Direction, Edge, Graph};
pub use impact::breakage::{Breakage, EXAMPLES, MissingSpec};
pub use impact::lacked::{Lacked, LackedByRoot};
pub use impact::supply::Supply;
pub use impact::usefulness::{SpecGroup, Usefulness};
pub use plan::left_out::{LeftOut, LeftOutReason};
pub use plan::needs::Needs;
pub use plan::node_by_node::{CutReason, NodeByNode, Unnecessary};
pub use plan::order::CriticalPath;
pub use plan::reasons::{Cause, Reasons};
pub use plan::stale::{Held, Stale, stale};
pub use plan::task::{Policy, RecipeChange, Scope, Task};
pub use plan::why::{Link, Why, WhyLine, WhyVerdict};
pub use plan::{Plan, Totals};
pub use schedule::{BoundReason, LowerBound, Run, Schedule};
pub use specplan_solver::{Cut, SearchLimits};
pub use spend::{Budget, Limit, Outcome, Spending, Want, WantGroup, WantOutcome};
