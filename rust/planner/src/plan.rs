//! The least rebuild: the smallest set of builds after which every want installs from the cache.

pub(crate) mod left_out;
pub(crate) mod needs;
pub(crate) mod node_by_node;
pub(crate) mod order;
pub(crate) mod reasons;
pub(crate) mod rules;
pub(crate) mod stale;
pub(crate) mod task;
pub(crate) mod why;

use std::sync::{Arc, OnceLock};

use self::left_out::{KeptWants, LeftOut};
use self::needs::Needs;
use self::order::{CriticalPath, Order};
use self::reasons::{Cause, Reasons};
use self::rules::{Rules, Standing};
use self::stale::{Held, Stale, held, stale, stale_places};
use self::task::{RecipeChange, Scope, Task};
use crate::error::TaskError;
use crate::graph::closure::{closure_below, descend};
use crate::graph::id::{Place, SpecId};
use crate::graph::kinds::EdgeKinds;
use crate::graph::set::SpecSet;
use crate::graph::{Graph, Places};

/// The unique least plan of a [`Task`], with its stages. Everything else about it is computed on
/// request.
///
/// # Algorithm
///
/// 1. *Wants*: the roots, closed as the scope says.
/// 2. *Standing* of each spec: external, available and not stale, spliced, or absent. It fixes
///    which edges the spec demands once it is needed.
/// 3. *Needed*: the least set that holds the wants and is closed under demands. It is unique, as
///    the intersection of two closed sets is closed. Specs that are needed and absent are built.
/// 4. *Stages* of the builds, from the leaves up.
///
/// Steps 1, 3 and 4 are each one walk over the rows in memory order.
#[derive(Clone, Debug)]
pub struct Plan {
    pub(crate) rules: Rules,
    /// The roots, by place.
    pub(crate) roots: Places,
    scope: Scope,
    /// Wants from which all needed specs are reached: see [`seeds`].
    seeds: Places,
    /// All wants, those left out included, once requested.
    all_wants: OnceLock<Places>,
    pub(crate) needed: Places,
    /// The specs that would be needed if no spec were broken.
    pub(crate) needed_at_best: Places,
    left_out: LeftOut,
    broken: Places,
    /// The wants that cannot be met because of `broken`.
    blocked: Places,
    order: Order,
    change: Option<RecipeChange>,
    /// The rules without the change; `None` if there is no change.
    before: Option<Rules>,
    /// By id.
    costs: Option<Vec<f64>>,
}

/// The numbers of a plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Totals {
    /// Wants, those left out included.
    pub wants: usize,
    /// Wants that are left out because they need a broken spec.
    pub wants_left_out: usize,
    /// Builds.
    pub builds: usize,
    /// The total cost of the builds.
    pub cost: f64,
    /// Stages.
    pub stages: usize,
    /// The cost of the most expensive chain of builds.
    pub critical_path: f64,
    /// Available specs that the wants or the builds install.
    pub reused: usize,
    /// Builds of pruning node by node.
    pub node_by_node: usize,
    /// Builds that the plan without the change would not hold.
    pub due_to_change: usize,
}

impl Plan {
    /// Solves a task.
    ///
    /// # Errors
    ///
    /// [`TaskError`] if a field of the task does not fit its graph, or a cost cannot be added up.
    ///
    /// # Complexity
    ///
    /// O(n + m).
    pub fn new(task: Task) -> Result<Self, TaskError> {
        task.check()?;
        let graph = task.graph;
        let broken = graph.places_of(&task.broken);
        let mut roots = graph.no_places();
        let places = task.roots.iter().filter_map(|&id| graph.place_of(id));
        roots.extend(places.map(Place::index));

        let mut before = None;
        let mut rules = Rules::new(Arc::clone(&graph), &task.external, &task.available);
        if let Some(change) = &task.change {
            before = Some(rules.clone());
            rules.forget_binaries(&stale_places(&graph, change));
        }
        let seeds = seeds(&rules, &roots, task.scope, &broken);
        let selection = KeptWants::new(&rules, &seeds, &broken);
        let order = Order::new(&rules, &selection.needed);
        Ok(Self {
            left_out: selection.left_out(&rules, &seeds, &broken),
            rules,
            roots,
            scope: task.scope,
            seeds,
            all_wants: OnceLock::new(),
            needed: selection.needed,
            needed_at_best: selection.needed_at_best,
            broken,
            blocked: selection.blocked,
            order,
            change: task.change,
            before,
            costs: task.costs,
        })
    }

    /// The graph that the plan is about.
    pub fn graph(&self) -> &Arc<Graph> {
        &self.rules.graph
    }

    /// The builds, by stage, then rank.
    pub fn builds(&self) -> impl ExactSizeIterator<Item = SpecId> + '_ {
        let graph = &self.rules.graph;
        self.order.builds().iter().map(|&place| graph.id_at(place))
    }

    /// The number of stages: one more than the last stage, 0 without builds.
    pub fn stage_count(&self) -> usize {
        self.order.stage_count()
    }

    /// The builds of a stage, in ascending rank; none from `stage_count` on.
    pub fn stage(&self, stage: usize) -> impl Iterator<Item = SpecId> + '_ {
        let graph = &self.rules.graph;
        let builds = if stage < self.order.stage_count() {
            self.order.stage(stage)
        } else {
            &[]
        };
        builds.iter().map(|&place| graph.id_at(place))
    }

    /// The stage in which a spec is built, counted from 0, or `None` if it is not built.
    pub fn stage_of(&self, spec: SpecId) -> Option<u32> {
        let place = self.build_place(spec)?;
        Some(self.order.stage_of(place))
    }

    /// The wants that the plan satisfies.
    pub fn wants(&self) -> SpecSet {
        self.rules.graph.specs_at(&self.met_wants())
    }

    /// The available specs that the wants or the builds install.
    pub fn reused(&self) -> SpecSet {
        let graph = &self.rules.graph;
        graph.specs_at(&self.rules.standing_among(&self.needed, Standing::Available))
    }

    /// The specs that are left out because they need a broken spec.
    pub fn left_out(&self) -> &LeftOut {
        &self.left_out
    }

    /// The cost of building a spec, whether or not it is built; 1 where the task has no costs, and
    /// for an id that the graph does not have.
    pub fn cost_of(&self, spec: SpecId) -> f64 {
        let cost = |costs: &Vec<f64>| costs.get(spec.index()).copied();
        self.costs.as_ref().and_then(cost).unwrap_or(1.0)
    }

    /// The builds that each build waits for. Complexity: see [`Needs`].
    pub fn needs(&self) -> Needs {
        Needs::new(&self.rules, &self.needed)
    }

    /// The most expensive chain of builds. Complexity: O(n + m).
    pub fn critical_path(&self) -> CriticalPath {
        order::critical_path(&self.rules, &self.needed, |place| self.cost_at(place))
    }

    /// The reason for each needed spec. Complexity: O(n + m).
    pub fn reasons(&self) -> Reasons {
        Reasons::new(&self.rules, &self.met_wants())
    }

    /// The cause of a build, or `None` if the spec is not built.
    pub fn cause(&self, spec: SpecId) -> Option<Cause> {
        let place = self.build_place(spec)?;
        let changed = &self.change.as_ref().map(|change| &change.changed);
        let had_binary = self.before.as_ref().unwrap_or(&self.rules).standing(place);
        Some(match changed {
            Some(changed) if changed.contains(spec) => Cause::Changed,
            _ if had_binary == Standing::Available => Cause::Stale,
            _ => Cause::Missing,
        })
    }

    /// The specs that the change makes stale and those it leaves untested, or `None` without a
    /// change. Complexity: as [`stale()`].
    pub fn stale(&self) -> Option<Stale> {
        let change = self.change.as_ref()?;
        Some(stale(&self.rules.graph, change))
    }

    pub(crate) fn held(&self, place: Place) -> Option<Held> {
        held(&self.rules.graph, self.change.as_ref()?, place)
    }

    /// The builds that the plan of the same task without the change does not hold.
    /// Complexity: O(n + m).
    pub fn due_to_change(&self) -> SpecSet {
        let graph = &self.rules.graph;
        let mut builds = self.rules.standing_among(&self.needed, Standing::Absent);
        match &self.before {
            None => builds.clear(),
            Some(before) => {
                let selection = KeptWants::new(before, &self.seeds, &self.broken);
                builds.difference_with(&before.standing_among(&selection.needed, Standing::Absent));
            }
        }
        graph.specs_at(&builds)
    }

    /// The numbers of the plan. Complexity: O(n + m); its walks share two threads.
    pub fn totals(&self) -> Totals {
        let count =
            |places: &Places, standing| self.rules.standing_among(places, standing).count_ones(..);
        let ((wants, due_to_change), (node_by_node, critical_path)) = rayon::join(
            || (self.all_wants().count_ones(..), self.due_to_change().len()),
            || {
                let cost_at = |place| self.cost_at(place);
                let critical_path = order::critical_cost(&self.rules, &self.needed, cost_at);
                (count(&self.root_closure(), Standing::Absent), critical_path)
            },
        );
        let builds = self.order.builds();
        Totals {
            wants,
            wants_left_out: self.left_out.wants.len(),
            builds: builds.len(),
            // Added up by stage and rank, so that rounding does not depend on labels; from zero,
            // as the empty sum of floats is a negative one.
            cost: builds
                .iter()
                .fold(0.0, |sum, &place| sum + self.cost_at(place)),
            stages: self.order.stage_count(),
            critical_path,
            reused: count(&self.needed, Standing::Available),
            node_by_node,
            due_to_change,
        }
    }

    fn all_wants(&self) -> &Places {
        self.all_wants
            .get_or_init(|| wants(&self.rules, &self.roots, self.scope))
    }

    /// The wants that can be met.
    fn met_wants(&self) -> Places {
        let mut wants = self.all_wants().clone();
        wants.difference_with(&self.blocked);
        wants
    }

    /// Returns whether the spec at `place` is blocked by a broken one.
    pub(crate) fn is_blocked(&self, place: Place) -> bool {
        self.blocked.contains(place.index())
    }

    /// Returns whether the spec at `place` is wanted, whether it can be met or not.
    pub(crate) fn is_want(&self, place: Place) -> bool {
        self.all_wants().contains(place.index())
    }

    /// All specs that the roots reach over any edge.
    pub(crate) fn root_closure(&self) -> Places {
        closure_below(&self.rules.graph, &self.roots)
    }

    /// Panics unless the plan is closed under the rules and each build waits for earlier stages.
    #[doc(hidden)]
    pub fn validate(&self) {
        let rules = &self.rules;
        assert!(
            self.met_wants().is_subset(&self.needed),
            "every want is needed"
        );
        for place in self.needed.ones().map(Place::at) {
            for dependency in rules.demanded(place) {
                assert!(
                    self.needed.contains(dependency.index()),
                    "the plan is closed"
                );
            }
        }
        let needs = self.needs();
        for build in self.builds() {
            let stage = needs
                .of(build)
                .map(|other| 1 + self.stage_of(other).unwrap_or(u32::MAX));
            assert_eq!(self.stage_of(build), Some(stage.max().unwrap_or(0)));
        }
    }

    pub(crate) fn cost_at(&self, place: Place) -> f64 {
        self.cost_of(self.rules.graph.id_at(place))
    }

    fn build_place(&self, spec: SpecId) -> Option<Place> {
        let place = self.rules.graph.place_of(spec)?;
        let is_build =
            self.needed.contains(place.index()) && self.rules.standing(place) == Standing::Absent;
        is_build.then_some(place)
    }
}

/// Wants from which all needed specs are reached.
///
/// Roots always demand their link and run dependencies, so finding these first would be useless.
/// With broken specs it is not: the run dependencies of a root are wanted even if the root is
/// blocked.
pub(crate) fn seeds(rules: &Rules, roots: &Places, scope: Scope, broken: &Places) -> Places {
    match scope {
        Scope::Runtime if broken.is_clear() => wants(rules, roots, Scope::Roots),
        _ => wants(rules, roots, scope),
    }
}

/// The wanted specs, given the roots. Externals never are.
fn wants(rules: &Rules, roots: &Places, scope: Scope) -> Places {
    let graph = &rules.graph;
    let mut wants = match scope {
        Scope::Roots => roots.clone(),
        Scope::All => closure_below(graph, roots),
        Scope::Runtime => descend(graph, roots, |place, marks| {
            if rules.standing(place) != Standing::External {
                for hop in graph.dependencies_at(place) {
                    let is_installed = hop.kinds().intersects(EdgeKinds::INSTALL);
                    marks[hop.place().index()] |= u8::from(is_installed);
                }
            }
        }),
    };
    wants.difference_with(&rules.standing_among(&wants, Standing::External));
    wants
}
