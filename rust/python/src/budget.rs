//! Questions of budgets and their answers.

use pyo3::prelude::*;
use specplan_catalog::Catalog;
use specplan_planner::{Budget, CostScale, Limit, Plan, SearchLimits, Want, WantGroup};

use crate::plan::specs::spec_id;
use crate::search::{cut_name, until};

/// specs, each with the worth of completing the want by it, and the position of the one that is
/// preferred without limits.
pub(crate) type WantQuestion = (Vec<(String, u64)>, Option<usize>);

/// by source its wants, and the position of the source that is preferred without limits.
pub(crate) type GroupQuestion = (Vec<Vec<WantQuestion>>, usize);

/// The result for a root.
#[pyclass(frozen, get_all, module = "specplan._core")]
#[derive(Clone)]
pub(crate) struct ItemAnswer {
    outcome: &'static str,
    /// The position of the spec that completes it, or would complete it at the least further cost.
    option: Option<usize>,
    /// The number and the cost of the builds that it needs beside the plan.
    more_builds: u64,
    more_cost: f64,
}

/// The use of a budget.
#[pyclass(frozen, get_all, module = "specplan._core")]
pub(crate) struct SpendingAnswer {
    /// By group the position of its source, and the outcome of its roots.
    sources: Vec<usize>,
    items: Vec<Vec<ItemAnswer>>,
    weight: u64,
    upper_bound: u64,
    builds: u64,
    cost: f64,
    nodes: u64,
    /// The reason why the search ended early.
    cut: Option<&'static str>,
}

/// The limits of the search.
#[derive(Clone, Copy)]
pub(crate) struct BudgetLimits {
    pub(crate) nodes: Option<u64>,
    pub(crate) work: Option<u64>,
    pub(crate) seconds: Option<f64>,
}

pub(crate) fn spend(
    py: Python<'_>,
    catalog: &Catalog,
    plan: &Plan,
    groups: &[GroupQuestion],
    chosen: Option<Vec<String>>,
    limit: Limit,
    scale: CostScale,
    limits: BudgetLimits,
) -> PyResult<SpendingAnswer> {
    let want = |(options, first): &WantQuestion| -> PyResult<Want> {
        let option = |(hash, worth): &(String, u64)| Ok((spec_id(catalog, hash)?, *worth));
        Ok(Want {
            options: options.iter().map(option).collect::<PyResult<_>>()?,
            first: *first,
        })
    };
    let group = |(sources, first): &GroupQuestion| -> PyResult<WantGroup> {
        let source = |wants: &Vec<WantQuestion>| wants.iter().map(want).collect();
        Ok(WantGroup {
            sources: sources.iter().map(source).collect::<PyResult<_>>()?,
            first: *first,
        })
    };
    let groups: Vec<WantGroup> = groups.iter().map(group).collect::<PyResult<_>>()?;
    let budget = Budget {
        plan,
        groups: &groups,
        limit,
    };
    let search = SearchLimits {
        nodes: limits.nodes,
        work: limits.work,
    };
    let chosen = chosen.map(|hashes| -> PyResult<Vec<_>> {
        hashes.iter().map(|hash| spec_id(catalog, hash)).collect()
    });
    let chosen = chosen.transpose()?;
    let spending = until(py, limits.seconds, |should_stop| match chosen {
        Some(chosen) => budget.given(&chosen),
        None => budget.spend(search, should_stop),
    })?;
    let wants = spending.wants.iter().map(|wants| {
        let items = wants.iter().map(|want| ItemAnswer {
            outcome: want.outcome.as_str(),
            option: want.option,
            more_builds: want.more_builds,
            more_cost: scale.in_units(want.more_cost),
        });
        items.collect()
    });
    Ok(SpendingAnswer {
        items: wants.collect(),
        sources: spending.sources,
        weight: spending.weight,
        upper_bound: spending.upper_bound,
        builds: spending.builds,
        cost: scale.in_units(spending.cost),
        nodes: spending.nodes,
        cut: spending.cut.map(cut_name),
    })
}
