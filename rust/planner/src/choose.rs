//! The choice of specs to install if several are possible.

mod parts;

use std::sync::Arc;

use specplan_solver::choice::{Choice, ChoiceError, Chosen, choose};
use specplan_solver::{Cut, SearchLimits};
use thiserror::Error;

use self::parts::picks;
use crate::cost_scale::CostScale;
use crate::error::TaskError;
use crate::graph::closure::closure_below;
use crate::graph::id::{Place, SpecId, number};
use crate::plan::rules::{Rules, Standing};
use crate::plan::seeds;
use crate::plan::stale::stale_places;
use crate::plan::task::{Scope, Task, check_specs};

/// A task with roots that remain to be chosen.
#[derive(Clone, Debug)]
pub struct RootChoice {
    /// The known part of the task. Its roots are always wanted.
    pub task: Task,
    /// By want its alternatives, the preferred first. A want may have none, and is then left out.
    pub wants: Vec<Vec<Alternative>>,
}

/// A way to meet a want: parts that are installed together, each by any of its specs, the preferred
/// first.
pub type Alternative = Vec<Vec<SpecId>>;

/// An alternative that was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChosenAlternative {
    /// Its position among those of its want.
    pub position: usize,
    /// By part, the position of its spec.
    pub specs: Vec<usize>,
}

/// Chosen roots, with the proven bound.
#[derive(Clone, Debug, PartialEq)]
pub struct ChosenRoots {
    /// By want the chosen alternative; `None` for a want that none meets without building a broken
    /// spec.
    pub alternatives: Vec<Option<ChosenAlternative>>,
    /// The total cost of the builds of all roots, in the unit of the task's costs.
    pub cost: f64,
    /// No choice costs less than this. For the bound, costs that are not whole are rounded down.
    pub lower_bound: f64,
    /// Whether no choice costs less.
    pub is_optimal: bool,
    /// The cost if each want took the alternative that is cheapest alone.
    pub cost_alone: f64,
    /// The number of nodes that were searched.
    pub nodes: u64,
    /// The limit that ended the search early, if one did.
    pub cut: Option<Cut>,
}

/// The reason why roots cannot be chosen.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum RootChoiceError {
    /// A field of the task is wrong.
    #[error(transparent)]
    Task(#[from] TaskError),
    /// The costs or the alternatives are too large.
    #[error(transparent)]
    Choice(#[from] ChoiceError),
    /// The scope wants specs that installing does not need.
    #[error("specs can be chosen only for roots to install, not for all specs below them")]
    ScopeAll,
}

/// The largest cost that is accepted; sums of larger ones would not be exact.
const MOST_COST: f64 = 4_503_599_627_370_496.0;

impl RootChoice {
    /// Chooses the roots whose installation needs the cheapest builds in total, or as close to that
    /// as the limits allow; see [`choose`].
    ///
    /// # Errors
    ///
    /// [`RootChoiceError`] if a field is not about the graph of the task, or the question is too
    /// large.
    pub fn solve(
        &self,
        limits: SearchLimits,
        should_stop: &mut dyn FnMut() -> bool,
    ) -> Result<ChosenRoots, RootChoiceError> {
        let task = &self.task;
        task.check()?;
        if task.scope == Scope::All {
            return Err(RootChoiceError::ScopeAll);
        }
        let graph = &task.graph;
        let mut rules = Rules::new(Arc::clone(graph), &task.external, &task.available);
        if let Some(change) = &task.change {
            rules.forget_binaries(&stale_places(graph, change));
        }
        let broken = graph.places_of(&task.broken);
        let blocked = rules.blocked(&broken);
        let is_free = |place: &Place| !blocked.contains(place.index());
        // A plan keeps the run dependencies of a root even if the root itself cannot be installed.
        let mut roots = graph.no_places();
        let places = check_specs(graph, "roots", &task.roots)?;
        roots.extend(places.into_iter().map(Place::index));
        let fixed = seeds(&rules, &roots, task.scope, &broken);
        let fixed: Vec<Place> = fixed.ones().map(Place::at).filter(is_free).collect();
        let mut groups: Vec<Vec<Place>> = vec![fixed.clone()];
        // The same, but if an alternative has too many groups to list, the minimum that each needs.
        let mut least: Vec<Vec<Place>> = groups.clone();
        let mut is_short = false;
        let mut wants: Vec<Vec<u32>> = Vec::new();
        // By want the groups of its alternatives that are left.
        let mut left_of: Vec<Vec<ChosenAlternative>> = Vec::with_capacity(self.wants.len());
        for want in &self.wants {
            let mut own = Vec::new();
            let mut left = Vec::new();
            for (position, alternative) in want.iter().enumerate() {
                let mut parts = Vec::with_capacity(alternative.len());
                for part in alternative {
                    let places = check_specs(graph, "wants", part)?;
                    parts.push(
                        (0..)
                            .zip(places)
                            .filter(|(_, place)| is_free(place))
                            .collect(),
                    );
                }
                let Some(picks) = picks(&rules, &fixed, parts) else {
                    continue;
                };
                is_short |= picks.least.is_some();
                for specs in picks.groups {
                    own.push(number(groups.len()));
                    let parts = alternative.iter().zip(&specs);
                    let places = parts.filter_map(|(part, &at)| graph.place_of(part[at]));
                    groups.push(places.collect());
                    let group = &groups[groups.len() - 1];
                    least.push(picks.least.as_ref().unwrap_or(group).clone());
                    left.push(ChosenAlternative { position, specs });
                }
            }
            if !own.is_empty() {
                wants.push(own);
            }
            left_of.push(left);
        }
        let mut lower_bound = None;
        if is_short {
            let priced = Priced::new(&rules, task.costs.as_deref(), &least, wants.clone())?;
            let chosen = choose(&priced.choice, limits, should_stop)?;
            lower_bound = Some(priced.in_units(chosen.lower_bound));
        }
        let priced = Priced::new(&rules, task.costs.as_deref(), &groups, wants)?;
        let chosen = choose(&priced.choice, limits, should_stop)?;
        // The first want is that of the fixed roots.
        let mut positions = chosen.alternatives.iter().skip(1);
        let alternatives = left_of.into_iter().map(|mut left| {
            if left.is_empty() {
                None
            } else {
                positions.next().map(|&at| left.swap_remove(at))
            }
        });
        let alternatives = alternatives.collect();
        let cost = priced.cost_of(&chosen);
        let bound = priced.in_units(chosen.lower_bound);
        let lower_bound = lower_bound.unwrap_or(bound).min(cost);
        Ok(ChosenRoots {
            alternatives,
            cost,
            lower_bound,
            is_optimal: lower_bound >= cost,
            cost_alone: priced.in_units(priced.choice.cost_alone()?).max(cost),
            nodes: chosen.nodes,
            cut: chosen.cut,
        })
    }
}

/// A choice among groups of places whose costs are whole numbers of parts.
struct Priced {
    choice: Choice,
    scale: CostScale,
    /// By item, its cost in parts; if the scale is not exact, it is rounded down.
    parts: Vec<f64>,
}

impl Priced {
    fn new(
        rules: &Rules,
        costs: Option<&[f64]>,
        groups: &[Vec<Place>],
        mut wants: Vec<Vec<u32>>,
    ) -> Result<Self, ChoiceError> {
        let graph = &rules.graph;
        let mut starts = graph.no_places();
        starts.extend(groups.iter().flatten().map(|place| place.index()));
        // The closure of the groups contains all that they can demand.
        let below = closure_below(graph, &starts);
        let mut item_of = vec![u32::MAX; graph.spec_count()];
        let mut places = Vec::new();
        for place in below.ones() {
            item_of[place] = number(places.len());
            places.push(Place::at(place));
        }
        let cost_of = |place: Place| match (rules.standing(place), costs) {
            (Standing::Absent, None) => 1.0,
            (Standing::Absent, Some(costs)) => costs[graph.id_at(place).index()],
            _ => 0.0,
        };
        let amounts: Vec<f64> = places.iter().map(|&place| cost_of(place)).collect();
        let scale = CostScale::of(&amounts);
        let parts: Vec<f64> = amounts.iter().map(|&cost| scale.in_parts(cost)).collect();
        if parts.iter().sum::<f64>() > MOST_COST {
            return Err(ChoiceError::CostsTooLarge {
                limit: rounded_down(MOST_COST),
            });
        }
        let mut choice = Choice {
            costs: parts.iter().map(|&cost| rounded_down(cost)).collect(),
            ..Choice::default()
        };
        for (item, &place) in (0..).zip(&places) {
            let demanded = rules.demanded(place);
            choice
                .demands
                .extend(demanded.map(|other| (item, item_of[other.index()])));
        }
        let first_group = number(places.len());
        for (group, own) in (first_group..).zip(groups) {
            choice.costs.push(0);
            let items = own.iter().map(|place| (group, item_of[place.index()]));
            choice.demands.extend(items);
        }
        for want in &mut wants {
            for alternative in want {
                *alternative += first_group;
            }
        }
        choice.wants.push(vec![first_group]);
        choice.wants.append(&mut wants);
        Ok(Self {
            choice,
            scale,
            parts,
        })
    }

    fn in_units(&self, parts: u64) -> f64 {
        self.scale.in_units(to_float(parts))
    }

    /// The costs of the items of a choice. Groups, which follow the items, cost nothing.
    fn cost_of(&self, chosen: &Chosen) -> f64 {
        let parts = chosen.items.iter();
        let parts = parts.filter_map(|&item| self.parts.get(item as usize));
        self.scale.in_units(parts.fold(0.0, |sum, part| sum + part))
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "costs are not negative, and together at most 2^52"
)]
fn rounded_down(cost: f64) -> u64 {
    cost as u64
}

#[expect(
    clippy::cast_precision_loss,
    reason = "costs together are at most 2^52, which is checked when they are priced"
)]
const fn to_float(parts: u64) -> f64 {
    parts as f64
}
