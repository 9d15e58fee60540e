//! The reason why one spec is planned or not, as a tree.

use crate::graph::closure::reached_places;
use crate::graph::id::{Place, SpecId};
use crate::graph::kinds::EdgeKinds;
use crate::graph::{Direction, Places};
use crate::plan::Plan;
use crate::plan::left_out::LeftOutReason;
use crate::plan::node_by_node::CutReason;
use crate::plan::reasons::Cause;
use crate::plan::rules::{Rules, Standing};
use crate::plan::stale::Held;

/// The verdict of a plan on one spec.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhyVerdict {
    /// It is built, for this cause.
    Planned(Cause),
    /// It is needed and has a binary.
    Reused,
    /// It is needed and spliced: the binary that it was built as is rewired.
    Rewired,
    /// The system provides it.
    External,
    /// It would be needed if no spec were broken.
    LeftOut(LeftOutReason),
    /// The roots reach it, but no needed spec needs it.
    CutOff,
    /// No root reaches it.
    NotWanted,
}

/// The relation of a line of the tree to its parent, as dependent and dependency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// It is the spec in question.
    Asked,
    /// It needs the dependency, and is needed itself.
    Demands,
    /// It has the dependency, but does not need it.
    Cuts(CutReason),
    /// It would need the dependency, but is not needed itself, as the lines below it show.
    Unneeded,
}

/// One line of the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WhyLine {
    /// The depth of the line; its parent is the nearest line before it with a depth one less.
    pub depth: usize,
    /// The spec of the line: a dependent of the spec that it hangs from.
    pub spec: SpecId,
    /// Its relation to that one.
    pub link: Link,
    /// Whether the spec is a want.
    pub is_want: bool,
    /// Whether the lines below the spec are shown at another line, the shallowest one with that
    /// spec.
    pub is_repeated: bool,
}

/// The answer to "why": a verdict, and the tree that proves it.
///
/// The tree goes from the spec up to its dependents. For a needed spec (or one left out) it has all
/// dependents that demand it and ends at wants. For one that is cut off it has all its dependents
/// among the specs that the roots reach, and every branch ends at one that has the edge but does
/// not need it: together they prove that nothing requires the spec. For other verdicts the tree is
/// the spec alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// The verdict of the plan on the spec.
    pub verdict: WhyVerdict,
    /// The way in which the spec contains the change; `None` without a change or if it does not.
    pub held: Option<Held>,
    /// The tree, each spec before the lines below it, siblings in ascending rank.
    pub tree: Vec<WhyLine>,
}

impl Plan {
    /// The reason why a spec is planned, is cut off, or is not wanted; `None` for an id that the
    /// graph does not have. Complexity: O(n + m), and linear in the tree.
    pub fn why(&self, spec: SpecId) -> Option<Why> {
        let place = self.rules.graph.place_of(spec)?;
        Some(why(self, place))
    }
}

fn why(plan: &Plan, place: Place) -> Why {
    let (rules, graph) = (&plan.rules, &plan.rules.graph);
    let roots_above = {
        let mut one = graph.no_places();
        one.insert(place.index());
        reached_places(graph, one, Direction::Dependents, EdgeKinds::ALL)
            .intersection(&plan.roots)
            .next()
            .is_some()
    };
    let verdict = match rules.standing(place) {
        Standing::External => WhyVerdict::External,
        standing if plan.needed.contains(place.index()) => match standing {
            Standing::Available => WhyVerdict::Reused,
            Standing::Spliced => WhyVerdict::Rewired,
            _ => WhyVerdict::Planned(plan.cause(graph.id_at(place)).unwrap_or(Cause::Missing)),
        },
        _ if plan.needed_at_best.contains(place.index()) => {
            WhyVerdict::LeftOut(plan.left_out().reason(graph.id_at(place)))
        }
        _ if roots_above => WhyVerdict::CutOff,
        _ => WhyVerdict::NotWanted,
    };
    let tree = match verdict {
        WhyVerdict::External | WhyVerdict::NotWanted => Tree::new(plan, place),
        WhyVerdict::CutOff => Tree::new(plan, place).grow(&Above::All(&plan.root_closure())),
        WhyVerdict::LeftOut(_) => {
            Tree::new(plan, place).grow(&Above::Needing(&plan.needed_at_best))
        }
        _ => Tree::new(plan, place).grow(&Above::Needing(&plan.needed)),
    };
    Why {
        verdict,
        held: plan.held(place),
        tree: tree.lines(),
    }
}

/// The dependents below a spec.
enum Above<'p> {
    /// The dependents in the set that demand it.
    Needing(&'p Places),
    /// The dependents in the set, whether they demand it or not.
    All(&'p Places),
}

impl Above<'_> {
    /// The relation of a dependent to a spec that it demands or does not; `None` without one.
    fn link(&self, rules: &Rules, dependent: Place, demands: bool) -> Option<Link> {
        let (Self::Needing(set) | Self::All(set)) = self;
        if !set.contains(dependent.index()) {
            return None;
        }
        match (self, demands) {
            (Self::Needing(_), true) => Some(Link::Demands),
            (Self::Needing(_), false) => None,
            (Self::All(_), true) => Some(Link::Unneeded),
            (Self::All(_), false) => Some(Link::Cuts(CutReason::of(rules, dependent))),
        }
    }
}

struct Node {
    place: Place,
    link: Link,
    is_repeated: bool,
    /// The first of its children and how many there are; they are neighbours.
    children: (usize, usize),
}

impl Node {
    fn leaf(place: Place, link: Link) -> Self {
        Self {
            place,
            link,
            is_repeated: false,
            children: (0, 0),
        }
    }
}

/// The tree while it grows, breadth first, so each spec is shown at one of its shallowest lines.
struct Tree<'p> {
    plan: &'p Plan,
    nodes: Vec<Node>,
}

impl<'p> Tree<'p> {
    fn new(plan: &'p Plan, asked: Place) -> Self {
        Self {
            plan,
            nodes: vec![Node::leaf(asked, Link::Asked)],
        }
    }

    fn grow(mut self, above: &Above<'_>) -> Self {
        let mut shown = self.plan.rules.graph.no_places();
        let mut next = 0;
        while next < self.nodes.len() {
            let node = &mut self.nodes[next];
            if !matches!(node.link, Link::Cuts(_)) {
                if shown.put(node.place.index()) {
                    node.is_repeated = true;
                } else {
                    self.hang_dependents(next, above);
                }
            }
            next += 1;
        }
        self
    }

    fn hang_dependents(&mut self, index: usize, above: &Above<'_>) {
        let rules = &self.plan.rules;
        let place = self.nodes[index].place;
        let first = self.nodes.len();
        for hop in rules.graph.dependents_at(place) {
            let demands = rules.demands(hop.place(), hop.kinds(), place);
            if let Some(link) = above.link(rules, hop.place(), demands) {
                self.nodes.push(Node::leaf(hop.place(), link));
            }
        }
        self.nodes[index].children = (first, self.nodes.len() - first);
    }

    /// The lines in preorder.
    fn lines(&self) -> Vec<WhyLine> {
        let graph = &self.plan.rules.graph;
        let mut lines = Vec::with_capacity(self.nodes.len());
        let mut stack = vec![(0, 0)];
        while let Some((index, depth)) = stack.pop() {
            let node = &self.nodes[index];
            lines.push(WhyLine {
                depth,
                spec: graph.id_at(node.place),
                link: node.link,
                is_want: self.plan.is_want(node.place),
                is_repeated: node.is_repeated,
            });
            let (first, count) = node.children;
            stack.extend((first..first + count).rev().map(|child| (child, depth + 1)));
        }
        lines
    }
}
