//! The use of a budget by builds, in whole numbers.

use specplan_solver::budget::{AmountLimit, Amounts};

use super::task::Limit;
use crate::cost_scale::CostScale;
use crate::graph::id::Place;
use crate::plan::Plan;

/// The greatest cost of a build, in parts: the maximum that sums of costs have room for.
const MOST_COST: i128 = 1 << 52;

/// The amount that may be spent, and the part that each build takes.
#[derive(Clone, Debug)]
pub(super) struct BudgetUnits {
    /// By place.
    pub(super) costs: Vec<Amounts>,
    pub(super) limit: AmountLimit,
}

impl BudgetUnits {
    pub(super) fn new(plan: &Plan, limit: Limit) -> Self {
        let count = plan.graph().spec_count();
        let mut units = Self {
            costs: vec![Amounts::default(); count],
            limit: AmountLimit {
                amounts: Amounts::default(),
                is_limited: [limit.builds.is_some(), limit.cost.is_some()],
            },
        };
        if let Some(builds) = limit.builds {
            units.limit.amounts.0[0] = i128::from(builds);
            for cost in &mut units.costs {
                cost.0[0] = 1;
            }
        }
        if let Some(limit) = limit.cost {
            let costs: Vec<f64> = (0..count).map(|at| plan.cost_at(Place::at(at))).collect();
            let scale = CostScale::of(&costs);
            for (own, cost) in units.costs.iter_mut().zip(costs) {
                // Even if parts are not whole, the chosen builds stay within the limit.
                own.0[1] = whole(scale.in_parts(cost).ceil()).min(MOST_COST);
            }
            units.limit.amounts.0[1] = whole(scale.limit_in_parts(limit).floor());
        }
        units
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a conversion from a float saturates, and what is beyond 2^80 is never spent"
)]
fn whole(number: f64) -> i128 {
    (number as i128).clamp(0, 1 << 80)
}
