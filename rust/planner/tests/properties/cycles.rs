//! Laws of the cycle that a refused graph names.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;
use specplan_planner::{Edge, EdgeKinds, Graph, GraphError, SpecId, cyclic_components};

use crate::world::permutation;

type Pairs = Vec<(u32, u32)>;

/// Directed graphs of few specs, including cycles, with ranks.
fn pairs(most: u32) -> impl Strategy<Value = (Vec<u32>, Pairs)> {
    (1..=most).prop_flat_map(|len| {
        (
            permutation(len as usize),
            vec((0..len, 0..len), 0..=2 * len as usize),
        )
    })
}

/// The shortest cycles, each from its smallest rank on, by all simple paths.
fn shortest_cycles(ranks: &[u32], pairs: &Pairs) -> BTreeSet<Vec<u32>> {
    let mut paths: BTreeSet<Vec<u32>> = (0..).take(ranks.len()).map(|spec| vec![spec]).collect();
    while !paths.is_empty() {
        let mut cycles = BTreeSet::new();
        let mut longer = BTreeSet::new();
        for path in &paths {
            for &(_, next) in pairs.iter().filter(|(from, _)| Some(from) == path.last()) {
                if next == path[0] {
                    cycles.insert(
                        path.iter()
                            .map(|&spec| ranks[spec as usize])
                            .collect::<Vec<_>>(),
                    );
                } else if ranks[next as usize] > ranks[path[0] as usize] && !path.contains(&next) {
                    longer.insert(path.iter().copied().chain([next]).collect());
                }
            }
        }
        if !cycles.is_empty() {
            return cycles;
        }
        paths = longer;
    }
    BTreeSet::new()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn a_refused_graph_names_the_first_of_its_shortest_cycles((ranks, pairs) in pairs(9)) {
        let edges = pairs.iter().map(|&(dependent, dependency)| Edge {
            dependent: SpecId::new(dependent),
            dependency: SpecId::new(dependency),
            kinds: EdgeKinds::LINK,
        });
        let found = match Graph::with_ranks(&ranks, edges) {
            Ok(_) => None,
            Err(GraphError::Cycle { cycle }) => {
                Some(cycle.iter().map(|id| ranks[id.index()]).collect::<Vec<_>>())
            }
            Err(other) => panic!("expected a cycle, got {other}"),
        };
        let expected = shortest_cycles(&ranks, &pairs);
        prop_assert_eq!(found.as_ref(), expected.first());
    }

    #[test]
    fn components_are_the_specs_that_reach_each_other((ranks, pairs) in pairs(9)) {
        let count = ranks.len();
        let mut reach = vec![vec![false; count]; count];
        for &(from, to) in &pairs {
            reach[from as usize][to as usize] = true;
        }
        for (by, from, to) in (0..count * count * count)
            .map(|at| (at / count / count, at / count % count, at % count))
        {
            reach[from][to] |= reach[from][by] && reach[by][to];
        }
        let edges: Vec<Edge> = pairs.iter().map(|&(dependent, dependency)| Edge {
            dependent: SpecId::new(dependent),
            dependency: SpecId::new(dependency),
            kinds: EdgeKinds::LINK,
        }).collect();
        let (found, of) = cyclic_components(count, &edges);
        let expected: BTreeSet<Vec<usize>> = (0..count)
            .filter(|&spec| reach[spec][spec])
            .map(|spec| (0..count).filter(|&other| reach[spec][other] && reach[other][spec]).collect())
            .collect();
        let reported: Vec<Vec<usize>> = found
            .iter()
            .map(|component| component.specs.iter().map(|spec| spec.index()).collect())
            .collect();
        prop_assert_eq!(reported, expected.into_iter().collect::<Vec<_>>());
        for (number, component) in (0..).zip(&found) {
            prop_assert!(component.specs.iter().all(|spec| of[spec.index()] == Some(number)));
            let follows = |(from, to): (&SpecId, &SpecId)| pairs.contains(&(from.get(), to.get()));
            let next = component.cycle.iter().cycle().skip(1);
            prop_assert!(component.cycle.iter().zip(next).all(follows));
        }
        let inside = of.iter().flatten().count();
        prop_assert_eq!(inside, found.iter().map(|component| component.specs.len()).sum::<usize>());
        let rest = edges.iter().filter(|edge| {
            let ends = [edge.dependent, edge.dependency].map(|spec| of[spec.index()]);
            ends[0].is_none() || ends[0] != ends[1]
        });
        prop_assert!(Graph::with_ranks(&ranks, rest.copied()).is_ok());
    }
}
