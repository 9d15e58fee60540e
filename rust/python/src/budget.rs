//! Questions of what a budget buys, and their answers as tuples.

use pyo3::prelude::*;
use specplan_catalog::Catalog;
use specplan_planner::{Budget, BudgetGroup, CostScale, Limit, Plan, SearchLimits, Want};

use crate::plan::specs::spec_id;
use crate::search::{cut_name, until};

/// specs with what completing the want by each is worth, and the position of the one that would be
/// taken if nothing was limited.
pub(crate) type WantQuestion = (Vec<(String, u64)>, Option<usize>);

/// by source its wants, and the position of the source that would be taken if nothing was limited.
pub(crate) type GroupQuestion = (Vec<Vec<WantQuestion>>, usize);

/// outcome, position of a spec, builds and cost that it takes more.
type WantAnswer = (&'static str, Option<usize>, u64, f64);

/// source by group, its wants by group, weight, upper bound, builds, cost, nodes, why the search was
/// cut.
pub(crate) type SpendingAnswer = (
    Vec<usize>,
    Vec<Vec<WantAnswer>>,
    u64,
    u64,
    u64,
    f64,
    u64,
    Option<&'static str>,
);

/// How long may be searched.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
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
    limits: Limits,
) -> PyResult<SpendingAnswer> {
    let want = |(options, first): &WantQuestion| -> PyResult<Want> {
        let option = |(hash, worth): &(String, u64)| Ok((spec_id(catalog, hash)?, *worth));
        Ok(Want {
            options: options.iter().map(option).collect::<PyResult<_>>()?,
            first: *first,
        })
    };
    let group = |(sources, first): &GroupQuestion| -> PyResult<BudgetGroup> {
        let source = |wants: &Vec<WantQuestion>| wants.iter().map(want).collect();
        Ok(BudgetGroup {
            sources: sources.iter().map(source).collect::<PyResult<_>>()?,
            first: *first,
        })
    };
    let groups: Vec<BudgetGroup> = groups.iter().map(group).collect::<PyResult<_>>()?;
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
        let told = wants.iter().map(|want| {
            let outcome = want.outcome.as_str();
            let more_cost = scale.in_units(want.more_cost);
            (outcome, want.option, want.more_builds, more_cost)
        });
        told.collect()
    });
    Ok((
        spending.sources,
        wants.collect(),
        spending.weight,
        spending.upper_bound,
        spending.builds,
        scale.in_units(spending.cost),
        spending.nodes,
        spending.cut.map(cut_name),
    ))
}
