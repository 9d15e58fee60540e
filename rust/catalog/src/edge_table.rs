//! All edges of a catalog, in six bytes each.

use std::iter::FusedIterator;
use std::ops::Range;

use hashbrown::HashMap;
use rayon::prelude::*;
use rustc_hash::FxBuildHasher;

use crate::DagHash;
use crate::edge::{CatalogEdge, EdgeTypes, RecordedEdge};

/// Edges in order: the dependency of each, and the number of its label.
///
/// Edges to the same package mostly have the same label, so there are few of them, even among
/// millions of edges. Tables of the same edges are equal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct EdgeTable {
    children: Vec<u32>,
    numbers: Numbers,
    /// The distinct labels, sorted.
    labels: Vec<EdgeLabel>,
}

/// What an edge says of its dependency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct EdgeLabel {
    pub(crate) name: u32,
    pub(crate) virtuals: u32,
    pub(crate) types: EdgeTypes,
}

/// The number of the label of each edge, as narrow as their count allows.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Numbers {
    Narrow(Vec<u16>),
    Wide(Vec<u32>),
}

impl Default for Numbers {
    fn default() -> Self {
        Self::Narrow(Vec::new())
    }
}

impl Numbers {
    /// The positions of labels among all, from their positions among those of a task: of each task
    /// the number of its edges, and its labels.
    fn of(
        first_numbers: &[u32],
        of_tasks: &[(usize, Vec<EdgeLabel>)],
        labels: &[EdgeLabel],
    ) -> Self {
        let place = |label: &EdgeLabel| labels.binary_search(label).unwrap_or_default() as u32;
        let mut rest = first_numbers;
        let mut parts = Vec::with_capacity(of_tasks.len());
        for (len, of_task) in of_tasks {
            let (numbers, after) = rest.split_at(*len);
            parts.push((numbers, of_task.iter().map(place).collect::<Vec<u32>>()));
            rest = after;
        }
        if labels.len() <= usize::from(u16::MAX) + 1 {
            Self::Narrow(renumbered(&parts, |place| place as u16))
        } else {
            Self::Wide(renumbered(&parts, |place| place))
        }
    }
}

fn renumbered<N: Send>(parts: &[(&[u32], Vec<u32>)], narrow: impl Fn(u32) -> N + Sync) -> Vec<N> {
    let parts = parts.par_iter();
    let lists = parts.flat_map_iter(|(numbers, places)| {
        let narrow = &narrow;
        numbers
            .iter()
            .map(move |&number| narrow(places[number as usize]))
    });
    lists.collect()
}

/// The labels of the edges of one task, numbered in the order of their first edges.
#[derive(Default)]
struct TaskLabels {
    distinct: Vec<EdgeLabel>,
    numbers: HashMap<EdgeLabel, u32, FxBuildHasher>,
    /// By name, the numbers of its two latest labels; most names have no more.
    latest: Vec<[u32; 2]>,
}

/// The mark of a name without a label.
const NO_LABEL: u32 = u32::MAX;

impl TaskLabels {
    fn number(&mut self, label: EdgeLabel) -> u32 {
        let name = label.name as usize;
        if self.latest.len() <= name {
            self.latest.resize(name + 1, [NO_LABEL; 2]);
        }
        let latest = &mut self.latest[name];
        for number in *latest {
            if self.distinct.get(number as usize) == Some(&label) {
                return number;
            }
        }
        let next = self.distinct.len() as u32;
        let number = *self.numbers.entry(label).or_insert(next);
        if number == next {
            self.distinct.push(label);
        }
        *latest = [number, latest[0]];
        number
    }
}

/// The number of lists of edges that are worth a task of their own.
const LISTS_OF_TASK: usize = 4_096;

/// The number of tasks of each thread. More would share work better, but each has nearly all labels.
const TASKS_OF_THREAD: usize = 2;

impl EdgeTable {
    /// The table of the edges of all lists, one after the other. O(edges + labels log labels).
    ///
    /// `child` is the number of a dependency.
    pub(crate) fn of(lists: &[&[RecordedEdge]], child: impl Fn(DagHash) -> u32 + Sync) -> Self {
        let tasks = TASKS_OF_THREAD * rayon::current_num_threads();
        let lists_of_task = lists.len().div_ceil(tasks).max(LISTS_OF_TASK);
        let tasks: Vec<&[&[RecordedEdge]]> = lists.chunks(lists_of_task).collect();
        let len = |task: &[&[RecordedEdge]]| task.iter().map(|list| list.len()).sum::<usize>();
        let total = tasks.iter().map(|task| len(task)).sum();
        let (mut children, mut first_numbers) = (vec![0_u32; total], vec![0_u32; total]);
        let (mut rest, mut rest_of_numbers) = (&mut children[..], &mut first_numbers[..]);
        let mut parts = Vec::with_capacity(tasks.len());
        for task in tasks {
            let (of_children, after) = rest.split_at_mut(len(task));
            let (of_numbers, after_numbers) = rest_of_numbers.split_at_mut(len(task));
            parts.push((task, of_children, of_numbers));
            (rest, rest_of_numbers) = (after, after_numbers);
        }
        let of_tasks: Vec<(usize, Vec<EdgeLabel>)> = parts
            .into_par_iter()
            .map(|(task, of_children, of_numbers)| {
                let mut labels = TaskLabels::default();
                let edges = task.iter().flat_map(|list| list.iter());
                for ((edge, of_child), number) in edges.zip(&mut *of_children).zip(of_numbers) {
                    *of_child = child(edge.child);
                    *number = labels.number(EdgeLabel {
                        name: edge.name,
                        virtuals: edge.virtuals,
                        types: edge.types,
                    });
                }
                (of_children.len(), labels.distinct)
            })
            .collect();
        let mut labels: Vec<EdgeLabel> = of_tasks
            .iter()
            .flat_map(|(_, each)| each)
            .copied()
            .collect();
        labels.sort_unstable();
        labels.dedup();
        Self {
            numbers: Numbers::of(&first_numbers, &of_tasks, &labels),
            children,
            labels,
        }
    }

    /// The dependency of each edge.
    pub(crate) fn children_mut(&mut self) -> &mut [u32] {
        &mut self.children
    }

    /// The edge at a position.
    #[inline]
    pub(crate) fn edge(&self, at: usize) -> CatalogEdge {
        let number = match &self.numbers {
            Numbers::Narrow(numbers) => usize::from(numbers[at]),
            Numbers::Wide(numbers) => numbers[at] as usize,
        };
        let label = self.labels[number];
        CatalogEdge {
            child: self.children[at],
            name: label.name,
            virtuals: label.virtuals,
            types: label.types,
        }
    }

    /// Some edges that follow each other.
    #[inline]
    pub(crate) fn between(&self, range: Range<usize>) -> Dependencies<'_> {
        Dependencies {
            table: Some(self),
            range: (range.start, range.end),
        }
    }
}

/// The edges from one spec to its dependencies, in order.
#[derive(Clone, Copy, Debug, Default)]
pub struct Dependencies<'c> {
    /// `None` if there are no edges.
    table: Option<&'c EdgeTable>,
    range: (usize, usize),
}

impl<'c> Dependencies<'c> {
    /// Their positions among all edges of the catalog: the first, and the one after the last.
    #[inline]
    pub fn span(self) -> (usize, usize) {
        self.range
    }

    /// Their number.
    #[inline]
    pub fn len(self) -> usize {
        self.range.1 - self.range.0
    }

    /// Returns whether there are none.
    #[inline]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The edges.
    #[inline]
    pub fn iter(self) -> DependenciesIter<'c> {
        DependenciesIter {
            table: self.table,
            range: self.range.0..self.range.1,
        }
    }
}

impl PartialEq for Dependencies<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

impl Eq for Dependencies<'_> {}

impl<'c> IntoIterator for Dependencies<'c> {
    type Item = CatalogEdge;
    type IntoIter = DependenciesIter<'c>;

    #[inline]
    fn into_iter(self) -> DependenciesIter<'c> {
        self.iter()
    }
}

/// An iterator over [`Dependencies`].
#[derive(Clone, Debug)]
pub struct DependenciesIter<'c> {
    table: Option<&'c EdgeTable>,
    range: Range<usize>,
}

impl Iterator for DependenciesIter<'_> {
    type Item = CatalogEdge;

    #[inline]
    fn next(&mut self) -> Option<CatalogEdge> {
        Some(self.table?.edge(self.range.next()?))
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.range.size_hint()
    }
}

impl ExactSizeIterator for DependenciesIter<'_> {}

impl FusedIterator for DependenciesIter<'_> {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn edges_are_read_as_they_were_given(
            lists in prop::collection::vec(
                prop::collection::vec((0_u8..9, 0_u32..5, 0_u32..3, 0_u8..4), 0..5),
                0..9,
            ),
        ) {
            let lists: Vec<Vec<CatalogEdge>> = lists
                .into_iter()
                .map(|list| list.into_iter().map(|(child, name, virtuals, types)| CatalogEdge {
                    child: child.into(),
                    name,
                    virtuals,
                    types: EdgeTypes::from_bits(types),
                }).collect())
                .collect();
            let table = table(&lists);
            prop_assert!(all(&table).eq(lists.iter().flatten().copied()));
            prop_assert!(table.labels.is_sorted_by(|one, other| one < other));
        }
    }

    #[test]
    fn edges_of_many_tasks_are_read_as_they_were_given() {
        let lists: Vec<Vec<CatalogEdge>> = (0..3 * LISTS_OF_TASK as u32)
            .map(|number| {
                vec![
                    edge(number % 20, number / 100 % 37),
                    edge(number % 3, number % 2),
                ]
            })
            .collect();
        assert!(all(&table(&lists)).eq(lists.iter().flatten().copied()));
    }

    #[test]
    fn more_labels_than_two_bytes_can_number_are_told_apart() {
        let lists: Vec<Vec<CatalogEdge>> = (0..70_000)
            .map(|number| vec![edge(number / 4, number % 4)])
            .collect();
        let table = table(&lists);
        assert!(matches!(table.numbers, Numbers::Wide(_)));
        assert!(all(&table).eq(lists.iter().flatten().copied()));
    }

    #[test]
    fn an_edge_takes_six_bytes() {
        let list: Vec<CatalogEdge> = (0..1_000).map(|number| edge(number % 10, 0)).collect();
        let table = table(&[list]);
        let Numbers::Narrow(numbers) = &table.numbers else {
            panic!("ten labels need no wide numbers")
        };
        let bytes = size_of_val(&table.children[..]) + size_of_val(&numbers[..]);
        assert_eq!((bytes, table.labels.len()), (6_000, 10));
    }

    fn edge(name: u32, virtuals: u32) -> CatalogEdge {
        CatalogEdge {
            child: name % 9,
            name,
            virtuals,
            types: EdgeTypes::LINK,
        }
    }

    fn all(table: &EdgeTable) -> DependenciesIter<'_> {
        table.between(0..table.children.len()).iter()
    }

    fn table(lists: &[Vec<CatalogEdge>]) -> EdgeTable {
        let hash = |child: u32| {
            let letter = char::from(b'a' + u8::try_from(child).expect("a small number"));
            DagHash::parse(&letter.to_string().repeat(32)).expect("32 letters make a hash")
        };
        let recorded: Vec<Vec<RecordedEdge>> = lists
            .iter()
            .map(|list| {
                let recorded = list.iter().map(|edge| RecordedEdge {
                    child: hash(edge.child),
                    name: edge.name,
                    virtuals: edge.virtuals,
                    types: edge.types,
                });
                recorded.collect()
            })
            .collect();
        let recorded: Vec<&[RecordedEdge]> = recorded.iter().map(|list| &list[..]).collect();
        let children: Vec<DagHash> = (0..9).map(hash).collect();
        EdgeTable::of(&recorded, |child| {
            children.binary_search(&child).expect("one of nine") as u32
        })
    }
}
