//! The specs that can complete wants, the cost of each, and the outcome of the wants.

use specplan_solver::budget::{Amounts, Solution};

use super::task::{Outcome, Spending, Want, WantGroup, WantOutcome};
use super::units::BudgetUnits;
use super::wanted_by::wanted_by;
use crate::graph::Places;
use crate::graph::bitlanes::Lanes;
use crate::graph::id::{Place, SpecId};
use crate::plan::Plan;
use crate::plan::rules::Standing;

/// A spec that can complete wants.
#[derive(Clone, Debug)]
pub(super) struct Root {
    pub(super) place: Place,
    pub(super) standing: RootStanding,
}

/// The builds that installing a root takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RootStanding {
    External,
    /// It needs a broken spec.
    Blocked,
    /// It needs no build.
    Installable,
    /// Its own plan builds something, at this cost.
    Built(Amounts),
}

/// The specs of all options by rank, each once.
pub(super) struct Roots {
    pub(super) by_rank: Vec<Root>,
    pub(super) units: BudgetUnits,
    /// By id, one more than the position of a spec among them; 0 for all others.
    at: Vec<u32>,
}

/// The further cost beside the chosen builds, limited or not.
#[derive(Clone, Copy, Debug, Default)]
struct More {
    amounts: Amounts,
    builds: u64,
    cost: f64,
}

impl Roots {
    pub(super) fn new(plan: &Plan, groups: &[WantGroup], units: BudgetUnits) -> Self {
        let graph = plan.graph();
        let mut is_option = graph.no_places();
        for (spec, _) in options(groups) {
            is_option.extend(graph.place_of(spec).map(Place::index));
        }
        let mut places: Vec<Place> = is_option.ones().map(Place::at).collect();
        places.sort_unstable_by_key(|&place| graph.rank_at(place));
        let mut at = vec![0; graph.spec_count()];
        for (position, &place) in (1..).zip(&places) {
            at[graph.id_at(place).index()] = position;
        }
        let standing = |place: Place| match plan.rules.standing(place) {
            Standing::External => RootStanding::External,
            _ if plan.is_blocked(place) => RootStanding::Blocked,
            _ => RootStanding::Installable,
        };
        let mut by_rank: Vec<Root> = places
            .into_iter()
            .map(|place| Root {
                place,
                standing: standing(place),
            })
            .collect();
        let mut open: Vec<&mut Root> = by_rank
            .iter_mut()
            .filter(|root| root.standing == RootStanding::Installable)
            .collect();
        for chunk in open.chunks_mut(Lanes::COUNT) {
            let places: Vec<Place> = chunk.iter().map(|root| root.place).collect();
            let wanted_by = wanted_by(plan, &places);
            for index in plan.needed.ones() {
                if plan.rules.is_build(Place::at(index)) {
                    for lane in wanted_by[index].ones() {
                        let mut amounts = match chunk[lane].standing {
                            RootStanding::Built(amounts) => amounts,
                            _ => Amounts::default(),
                        };
                        amounts.add(units.costs[index]);
                        chunk[lane].standing = RootStanding::Built(amounts);
                    }
                }
            }
        }
        Self { by_rank, units, at }
    }

    /// The position of a spec; `None` if it is not in the graph.
    pub(super) fn position(&self, spec: SpecId) -> Option<usize> {
        let at = self.at.get(spec.index()).copied()?;
        (at as usize).checked_sub(1)
    }

    fn standing_of(&self, spec: SpecId) -> RootStanding {
        self.position(spec)
            .map_or(RootStanding::Blocked, |at| self.by_rank[at].standing)
    }

    /// The position of the first option of a want that needs no build, and whether the system
    /// provides it.
    pub(super) fn installable(&self, want: &Want) -> Option<(usize, Outcome)> {
        let mut options = (0..).zip(&want.options);
        options.find_map(|(at, &(spec, _))| match self.standing_of(spec) {
            RootStanding::External => Some((at, Outcome::External)),
            RootStanding::Installable => Some((at, Outcome::Installable)),
            RootStanding::Blocked | RootStanding::Built(_) => None,
        })
    }

    /// The answer, given the specs that are paid for.
    pub(super) fn spending(
        &self,
        plan: &Plan,
        groups: &[WantGroup],
        chosen: &Places,
        found: &Solution,
    ) -> Spending {
        let more = self.more(plan, &plan.rules.needed(chosen));
        let sources = groups.iter().map(|group| self.source(group, &more));
        let sources: Vec<usize> = sources.collect();
        let wants_of = |at: usize| groups[at].sources.get(sources[at]).into_iter().flatten();
        // Builds only for sources that do not count are not chosen.
        let mut used = plan.graph().no_places();
        for want in (0..groups.len()).flat_map(wants_of) {
            let option = match self.installable(want) {
                Some(_) => None,
                None => self.completing(want, &more),
            };
            let place = option.and_then(|at| plan.graph().place_of(want.options[at].0));
            used.extend(place.map(Place::index));
        }
        let paid = plan.rules.needed(&used);
        let more = self.more(plan, &paid);
        let (mut weight, mut base) = (0, 0);
        let mut wants = Vec::with_capacity(groups.len());
        for (at, group) in groups.iter().enumerate() {
            let outcomes: Vec<WantOutcome> =
                wants_of(at).map(|want| self.outcome(want, &more)).collect();
            for (want, outcome) in wants_of(at).zip(&outcomes) {
                let value = outcome
                    .option
                    .map_or(0, |at| i128::from(want.options[at].1));
                match outcome.outcome {
                    Outcome::Completed => weight += value,
                    Outcome::External | Outcome::Installable if group.sources.len() > 1 => {
                        base += value;
                    }
                    _ => {}
                }
            }
            wants.push(outcomes);
        }
        debug_assert!(weight + base >= found.weight, "nothing is lost on the way");
        let builds: Vec<Place> = paid.ones().map(Place::at).collect();
        let builds = builds
            .into_iter()
            .filter(|&place| plan.rules.is_build(place));
        Spending {
            weight: small(weight),
            upper_bound: small((found.upper_bound - base).max(weight)),
            builds: builds.clone().count() as u64,
            cost: builds.fold(0.0, |sum, place| sum + plan.cost_at(place)),
            nodes: found.nodes,
            cut: found.cut,
            sources,
            wants,
        }
    }

    /// The source of a group whose wants are worth most; of equal ones the one preferred without
    /// limits, else the first.
    fn source(&self, group: &WantGroup, more: &[More]) -> usize {
        let value = |want: &Want| {
            let there = self.installable(want).map(|(at, _)| at);
            let option = there.or_else(|| self.completing(want, more));
            option.map_or(0, |at| i128::from(want.options[at].1))
        };
        let worth = |source: usize| group.sources[source].iter().map(value).sum::<i128>();
        (0..group.sources.len())
            .max_by_key(|&at| (worth(at), at == group.first, std::cmp::Reverse(at)))
            .unwrap_or(0)
    }

    /// The position of the most valuable option of a want that needs nothing more; of several the
    /// first.
    fn completing(&self, want: &Want, more: &[More]) -> Option<usize> {
        let is_complete = |at: &usize| {
            let position = self.position(want.options[*at].0);
            position.is_some_and(|root| {
                more[root].builds == 0 && self.by_rank[root].standing != RootStanding::Blocked
            })
        };
        let complete = (0..want.options.len()).filter(is_complete);
        complete.max_by_key(|&at| (want.options[at].1, std::cmp::Reverse(at)))
    }

    fn outcome(&self, want: &Want, more: &[More]) -> WantOutcome {
        let without_more = |outcome, option| WantOutcome {
            outcome,
            option,
            more_builds: 0,
            more_cost: 0.0,
        };
        if let Some((at, outcome)) = self.installable(want) {
            return without_more(outcome, Some(at));
        }
        if let Some(at) = self.completing(want, more) {
            return without_more(Outcome::Completed, Some(at));
        }
        let least = (0..)
            .zip(&want.options)
            .filter_map(|(at, &(spec, _))| {
                let root = self.position(spec)?;
                match self.by_rank[root].standing {
                    RootStanding::Built(own) => {
                        let is_beyond = !own.fits(self.units.limit.amounts);
                        let least = self.units.limit.weigh(more[root].amounts);
                        Some((is_beyond, least, at, more[root]))
                    }
                    _ => None,
                }
            })
            .min_by_key(|&(is_beyond, least, at, _)| (is_beyond, least, at));
        match least {
            None => without_more(Outcome::LeftOut, None),
            Some((is_beyond, _, at, more)) => WantOutcome {
                outcome: if is_beyond {
                    Outcome::Beyond
                } else {
                    Outcome::Outbid
                },
                option: Some(at),
                more_builds: more.builds,
                more_cost: more.cost,
            },
        }
    }

    /// By root, whether it needs nothing beside the chosen builds.
    pub(super) fn completed(&self, plan: &Plan, paid: &Places) -> Vec<bool> {
        let more = self.more(plan, paid).into_iter();
        more.map(|more| more.builds == 0).collect()
    }

    /// By root, its cost beside the chosen builds.
    fn more(&self, plan: &Plan, paid: &Places) -> Vec<More> {
        let mut more = vec![More::default(); self.by_rank.len()];
        for (roots, more) in self
            .by_rank
            .chunks(Lanes::COUNT)
            .zip(more.chunks_mut(Lanes::COUNT))
        {
            let places: Vec<Place> = roots.iter().map(|root| root.place).collect();
            let wanted_by = wanted_by(plan, &places);
            for index in plan.needed.ones().filter(|&index| !paid.contains(index)) {
                let place = Place::at(index);
                if plan.rules.is_build(place) {
                    for lane in wanted_by[index].ones() {
                        more[lane].builds += 1;
                        more[lane].cost += plan.cost_at(place);
                        more[lane].amounts.add(self.units.costs[index]);
                    }
                }
            }
        }
        more
    }
}

fn small(number: i128) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

/// All specs that can complete a want, each with its worth there.
fn options(groups: &[WantGroup]) -> impl Iterator<Item = (SpecId, u64)> + '_ {
    let wants = groups
        .iter()
        .flat_map(|group| group.sources.iter().flatten());
    wants.flat_map(|want| want.options.iter().copied())
}
