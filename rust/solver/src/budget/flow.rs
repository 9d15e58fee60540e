//! Minimum cuts, by E. A. Dinic's algorithm ("Algorithm for solution of a problem of maximum flow in
//! networks with power estimation", Soviet Mathematics Doklady 11, 1970).

use std::collections::VecDeque;

/// A network whose edges stay and whose capacities are set anew for each question.
#[derive(Clone, Debug)]
pub(super) struct Network {
    /// By node, the start of its arcs in `arcs`.
    starts: Vec<usize>,
    arcs: Vec<Arc>,
    /// By edge as it was given, its arc.
    arc_of: Vec<usize>,
    level: Vec<u32>,
    next: Vec<usize>,
    /// The number of arcs visited so far.
    work: u64,
    most_work: u64,
}

#[derive(Clone, Copy, Debug)]
struct Arc {
    to: usize,
    /// The arc back.
    back: usize,
    /// The remaining capacity.
    left: i128,
}

const UNREACHED: u32 = u32::MAX;

impl Network {
    /// The source.
    pub(super) const SOURCE: usize = 0;
    /// The sink.
    pub(super) const SINK: usize = 1;

    /// A network of edges without capacity.
    ///
    /// It stops once it has visited `most_work` arcs in total.
    pub(super) fn new(node_count: usize, edges: &[(usize, usize)], most_work: u64) -> Self {
        let mut starts = vec![0; node_count + 1];
        for &(from, to) in edges {
            starts[from + 1] += 1;
            starts[to + 1] += 1;
        }
        for node in 0..node_count {
            starts[node + 1] += starts[node];
        }
        let nothing = Arc {
            to: 0,
            back: 0,
            left: 0,
        };
        let mut arcs = vec![nothing; 2 * edges.len()];
        let mut next = starts.clone();
        let mut arc_of = Vec::with_capacity(edges.len());
        for &(from, to) in edges {
            let (forth, back) = (next[from], next[to]);
            arcs[forth] = Arc { to, back, left: 0 };
            arcs[back] = Arc {
                to: from,
                back: forth,
                left: 0,
            };
            next[from] += 1;
            next[to] += 1;
            arc_of.push(forth);
        }
        Self {
            starts,
            arcs,
            arc_of,
            level: vec![UNREACHED; node_count],
            next,
            work: 0,
            most_work,
        }
    }

    /// Returns whether its limit of work is reached.
    pub(super) fn is_exhausted(&self) -> bool {
        self.work >= self.most_work
    }

    /// Sets the capacity of an edge, and resets its flow.
    pub(super) fn set(&mut self, edge: usize, capacity: i128) {
        let arc = self.arc_of[edge];
        let back = self.arcs[arc].back;
        self.arcs[arc].left = capacity;
        self.arcs[back].left = 0;
    }

    /// Sends the maximum flow from source to sink; `None` if it was stopped.
    ///
    /// Afterwards [`is_reached`](Self::is_reached) returns the source's side of the smallest minimum
    /// cut. Complexity: O(n² m), far less in networks of few layers.
    pub(super) fn send(&mut self, should_stop: &mut dyn FnMut() -> bool) -> Option<i128> {
        let mut flow = 0;
        while self.find_levels() {
            if self.is_exhausted() || should_stop() {
                return None;
            }
            self.next.clone_from(&self.starts);
            while let Some(more) = self.augment() {
                flow += more;
            }
        }
        Some(flow)
    }

    /// Returns whether more could flow from the source to a node.
    pub(super) fn is_reached(&self, node: usize) -> bool {
        self.level[node] != UNREACHED
    }

    fn find_levels(&mut self) -> bool {
        self.level.fill(UNREACHED);
        self.level[Self::SOURCE] = 0;
        let mut queue = VecDeque::from([Self::SOURCE]);
        while let Some(node) = queue.pop_front() {
            self.work += (self.starts[node + 1] - self.starts[node]) as u64;
            for at in self.starts[node]..self.starts[node + 1] {
                let arc = self.arcs[at];
                if arc.left > 0 && self.level[arc.to] == UNREACHED {
                    self.level[arc.to] = self.level[node] + 1;
                    queue.push_back(arc.to);
                }
            }
        }
        self.level[Self::SINK] != UNREACHED
    }

    /// Sends along one path with rising levels; `None` once there is none.
    fn augment(&mut self) -> Option<i128> {
        let mut path: Vec<usize> = Vec::new();
        let mut node = Self::SOURCE;
        while node != Self::SINK {
            self.work += 1;
            if self.next[node] < self.starts[node + 1] {
                let at = self.next[node];
                let arc = self.arcs[at];
                if arc.left > 0 && self.level[arc.to] == self.level[node] + 1 {
                    path.push(at);
                    node = arc.to;
                } else {
                    self.next[node] += 1;
                }
            } else {
                // A dead end: its last arc is not taken again.
                let at = path.pop()?;
                node = self.arcs[self.arcs[at].back].to;
                self.next[node] += 1;
            }
        }
        let least = path.iter().map(|&at| self.arcs[at].left).min()?;
        for at in path {
            let back = self.arcs[at].back;
            self.arcs[at].left -= least;
            self.arcs[back].left += least;
        }
        Some(least)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(node_count: usize, edges: &[(usize, usize, i128)]) -> (i128, Vec<usize>) {
        let ends: Vec<(usize, usize)> = edges.iter().map(|&(from, to, _)| (from, to)).collect();
        let mut network = Network::new(node_count, &ends, u64::MAX);
        for (edge, &(_, _, capacity)) in edges.iter().enumerate() {
            network.set(edge, capacity);
        }
        let flow = network.send(&mut || false).expect("nothing stops it");
        let reached = (0..node_count).filter(|&node| network.is_reached(node));
        (flow, reached.collect())
    }

    #[test]
    fn no_more_flows_than_the_narrowest_cut_lets_through() {
        let edges = [(0, 2, 3), (0, 3, 2), (2, 3, 5), (2, 1, 2), (3, 1, 3)];
        assert_eq!(sent(4, &edges), (5, vec![0]));
        let narrow = [(0, 2, 9), (2, 3, 4), (3, 1, 9)];
        assert_eq!(sent(4, &narrow), (4, vec![0, 2]));
    }

    #[test]
    fn what_was_sent_a_wrong_way_is_sent_back() {
        let edges = [
            (0, 2, 1),
            (0, 3, 1),
            (2, 4, 1),
            (2, 5, 1),
            (3, 4, 1),
            (4, 1, 1),
            (5, 1, 1),
        ];
        assert_eq!(sent(6, &edges).0, 2);
    }

    #[test]
    fn the_flow_is_the_least_cut_of_all() {
        // Every cut of a small network is tried.
        let edges: Vec<(usize, usize, i128)> = (0..7)
            .flat_map(|from: usize| (0..7).map(move |to: usize| (from, to)))
            .filter(|&(from, to)| from != to && to != 0 && from != 1)
            .map(|(from, to)| (from, to, ((from * 5 + to * 3) % 7) as i128))
            .collect();
        let cut = |side: usize| -> i128 {
            let is_in = |node: usize| side >> node & 1 == 1;
            let across = edges
                .iter()
                .filter(|&&(from, to, _)| is_in(from) && !is_in(to));
            across.map(|&(_, _, capacity)| capacity).sum()
        };
        let least = (0..1 << 7).filter(|side| side & 3 == 1).map(cut).min();
        assert_eq!(Some(sent(7, &edges).0), least);
    }
}
