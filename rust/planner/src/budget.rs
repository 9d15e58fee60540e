//! What a limited budget buys: the builds that complete the most wanted roots.
//!
//! A root is *completed* if it installs once the chosen builds are there, so that it asks for all
//! the builds of its own least plan. Choosing roots whose builds together stay within the budget is
//! the set-union knapsack problem, which is NP-hard. It is solved exactly where that can be done
//! (O. Goldschmidt, D. Nehme, G. Yu, "Note: On the set-union knapsack problem", Naval Research
//! Logistics 41, 1994, name it), by
//!
//! 1. *reductions* (`instance.rs`): roots that install already, roots beyond the budget and roots
//!    with the same builds are taken out or together, and so are builds that the same roots need;
//! 2. a *bound* (`relaxation.rs`): a price on the budget turns the choice into a closure of largest
//!    profit, which a minimum cut finds (`flow.rs`); the best price gives the bound;
//! 3. *branch and bound* (`search.rs`), best bound first, with a limit on nodes and a callback that
//!    can stop it. Stopped, it tells its best choice and what no choice can exceed.
//!
//! All numbers are whole there, so that nothing is decided by rounding.

mod flow;
mod greedy;
mod instance;
mod relaxation;
mod search;

use self::instance::{Instance, Roots};
use crate::choice::{Cut, SearchLimits};
use crate::id::SpecId;
use crate::rebuild::Plan;

/// What may be spent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Limit {
    /// So many builds.
    Builds(u64),
    /// So much cost. Costs that are not whole are taken to the millionth.
    Cost(f64),
}

/// What to buy and for how much.
#[derive(Clone, Debug)]
pub struct Budget<'a> {
    /// The plan of all wanted roots.
    pub plan: &'a Plan,
    /// What completing roots is worth; a root that is not named is worth 1. At most 10^9.
    pub weights: &'a [(SpecId, u64)],
    /// What may be spent.
    pub limit: Limit,
}

/// Why a root is not completed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenReason {
    /// Its own builds cost more than the budget.
    Beyond,
    /// It needs a broken spec.
    LeftOut,
    /// The budget goes to others.
    Outbid,
}

impl OpenReason {
    /// The reason as lower-case words joined by underscores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Beyond => "beyond",
            Self::LeftOut => "left_out",
            Self::Outbid => "outbid",
        }
    }
}

/// A root that is not completed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OpenRoot {
    /// The root.
    pub root: SpecId,
    /// What completing it is worth.
    pub weight: u64,
    /// Why it is not completed.
    pub reason: OpenReason,
    /// What completing it costs beside what is chosen: builds or cost as the limit counts; `None`
    /// for one that is left out.
    pub more: Option<f64>,
}

/// What the budget buys.
#[derive(Clone, Debug, PartialEq)]
pub struct Spending {
    /// Roots that install without any build, by rank.
    pub installable: Vec<SpecId>,
    /// Roots that the chosen builds complete, by rank.
    pub completed: Vec<SpecId>,
    /// All other roots, those that cost least more first, then by rank.
    pub open: Vec<OpenRoot>,
    /// What `completed` is worth.
    pub weight: u64,
    /// What no choice within the budget can exceed.
    pub upper_bound: u64,
    /// What the chosen builds cost, as the limit counts.
    pub spent: f64,
    /// How many nodes were looked at.
    pub nodes: u64,
    /// Why the search ended before the choice was proven to be worth most.
    pub cut: Option<Cut>,
}

impl Spending {
    /// Whether no choice within the budget is worth more.
    pub const fn is_optimal(&self) -> bool {
        self.weight == self.upper_bound
    }
}

impl Budget<'_> {
    /// Chooses the builds.
    ///
    /// `limits` cut the search at the same place everywhere.
    /// `should_stop` is asked now and then; once it says so, the best choice so far is returned
    /// with a bound that holds.
    ///
    /// # Complexity
    ///
    /// Exponential at worst, hence the limit on nodes. A node costs some minimum cuts in a network
    /// with at most n nodes and m edges. Memory: O(n + m), the sum of the sizes of all roots'
    /// plans, and 100 bytes a node.
    pub fn spend(&self, limits: SearchLimits, should_stop: &mut dyn FnMut() -> bool) -> Spending {
        let roots = Roots::new(self);
        let instance = Instance::new(self.plan, &roots);
        let found = search::solve(&instance, limits, should_stop);
        let is_chosen = instance.roots_of(&found.chosen);
        roots.spending(self.plan, &is_chosen, &found)
    }
}
