//! Budgets against trying every set of blocks.

use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use specplan_solver::SearchLimits;
use specplan_solver::budget::{
    AmountLimit, Amounts, Competition, Instance, Links, Options, Problem, Source, improve_by, solve,
};

/// Budgets of few blocks: wants of some items that stand alone, and groups of two sources.
fn problems() -> impl Strategy<Value = Problem> {
    (1_u32..8, 1_u32..7).prop_flat_map(|(blocks, items)| {
        let costs = vec((1_i128..4, 0_i128..9), blocks as usize);
        let needs = vec(btree_set(0..blocks, 1..=3), items as usize);
        let want = vec((0..items, 1_i128..6), 0..=3);
        let source = (0_i128..3, vec(want.clone(), 0..=2));
        let group = (vec(source, 2..=2), 0_usize..2);
        let limit = (option::of(0_i128..8), option::of(0_i128..20));
        (costs, needs, vec(want, 0..=5), vec(group, 0..=2), limit).prop_map(
            |(costs, needs, alone, groups, (most, dearest))| {
                let is_limited = [most.is_some() || dearest.is_none(), dearest.is_some()];
                let row = |number: i128, row: usize| if is_limited[row] { number } else { 0 };
                Problem {
                    limit: AmountLimit {
                        amounts: Amounts([most.unwrap_or(0), dearest.unwrap_or(0)]),
                        is_limited,
                    },
                    costs: costs
                        .iter()
                        .map(|&(one, other)| Amounts([row(one, 0), row(other.max(1), 1)]))
                        .collect(),
                    blocks_of: needs
                        .into_iter()
                        .map(|blocks| blocks.into_iter().collect())
                        .collect(),
                    alone: alone.into_iter().map(once).collect(),
                    groups: groups.into_iter().map(competition).collect(),
                }
            },
        )
    })
}

/// The options of a want, each item once.
fn once(mut options: Options) -> Options {
    options.sort_unstable();
    options.dedup_by_key(|&mut (item, _)| item);
    options
}

fn competition((sources, preferred): (Vec<(i128, Vec<Options>)>, usize)) -> Competition {
    let source = |(base, wants): (i128, Vec<Options>)| Source {
        base,
        wants: wants.into_iter().map(once).collect(),
    };
    Competition {
        sources: sources.into_iter().map(source).collect(),
        preferred,
    }
}

/// Every pair of an item and a block that it needs.
fn links(problem: &Problem) -> Links {
    let items = u32::try_from(problem.blocks_of.len()).unwrap();
    let pairs = (0..).zip(&problem.blocks_of);
    let pairs =
        pairs.flat_map(|(item, blocks)| blocks.iter().map(move |block| (item, items + block)));
    Links {
        pairs: pairs.collect(),
        node_count: problem.blocks_of.len() + problem.costs.len(),
    }
}

fn instance(problem: &Problem) -> Instance {
    Instance::new(problem.clone(), || links(problem))
}

/// The worth of a set of items, by the definition.
fn worth(problem: &Problem, chosen: &[bool]) -> i128 {
    let of_want = |options: &Options| {
        let completing = options.iter().filter(|(item, _)| chosen[*item as usize]);
        completing.map(|&(_, value)| value).max().unwrap_or(0)
    };
    let of_source = |source: &Source| source.base + source.wants.iter().map(of_want).sum::<i128>();
    let of_group = |group: &Competition| group.sources.iter().map(of_source).max().unwrap();
    problem.alone.iter().map(of_want).sum::<i128>()
        + problem.groups.iter().map(of_group).sum::<i128>()
}

/// The cost of the blocks of a set of items.
fn cost(problem: &Problem, chosen: &[bool]) -> Amounts {
    let mut cost = Amounts::default();
    for (block, &own) in (0..).zip(&problem.costs) {
        let mut items = problem.blocks_of.iter().zip(chosen);
        if items.any(|(blocks, &is_chosen)| is_chosen && blocks.contains(&block)) {
            cost.add(own);
        }
    }
    cost
}

/// All sets of items within the limit.
fn affordable(problem: &Problem) -> impl Iterator<Item = Vec<bool>> + '_ {
    let items = problem.blocks_of.len();
    let sets =
        (0..1_u32 << items).map(move |set| (0..items).map(|at| set >> at & 1 == 1).collect());
    sets.filter(|chosen: &Vec<bool>| cost(problem, chosen).fits(problem.limit.amounts))
}

proptest! {
    #[test]
    fn no_choice_within_the_limit_is_worth_more(problem in problems()) {
        let solution = solve(&instance(&problem), SearchLimits::default(), &[], &mut || false);
        let best = affordable(&problem).map(|chosen| worth(&problem, &chosen)).max().unwrap();
        prop_assert_eq!(solution.weight, best);
        prop_assert_eq!(solution.upper_bound, best);
        prop_assert_eq!(solution.cut, None);
        prop_assert_eq!(worth(&problem, &solution.chosen), best);
        prop_assert!(cost(&problem, &solution.chosen).fits(problem.limit.amounts));
    }

    #[test]
    fn a_search_that_ends_early_reports_a_bound_that_holds(problem in problems(), nodes in 0_u64..3) {
        let limits = SearchLimits { nodes: Some(nodes), work: None };
        let solution = solve(&instance(&problem), limits, &[], &mut || false);
        let best = affordable(&problem).map(|chosen| worth(&problem, &chosen)).max().unwrap();
        prop_assert!(solution.weight <= best && best <= solution.upper_bound);
        prop_assert_eq!(worth(&problem, &solution.chosen), solution.weight);
        prop_assert!(cost(&problem, &solution.chosen).fits(problem.limit.amounts));
    }

    #[test]
    fn a_solution_is_worth_no_less_than_where_it_starts(mut problem in problems(), pick in any::<prop::sample::Index>()) {
        // If sources compete, only the preferred ones count at first.
        problem.groups.clear();
        let seeds: Vec<Vec<bool>> = affordable(&problem).collect();
        let seed = pick.get(&seeds);
        let items: Vec<usize> = (0..seed.len()).filter(|&item| seed[item]).collect();
        let limits = SearchLimits { nodes: Some(0), work: None };
        let instance = instance(&problem);
        let mut solution = solve(&instance, limits, &[], &mut || false);
        improve_by(&mut solution, &instance, &items);
        prop_assert!(solution.weight >= worth(&problem, seed));
        prop_assert!(solution.upper_bound >= solution.weight);
        prop_assert!(cost(&problem, &solution.chosen).fits(problem.limit.amounts));
    }
}
