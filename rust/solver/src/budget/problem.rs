//! The question of a budget, by numbers.

use super::amounts::{AmountLimit, Amounts};

/// The items that can be bought, and their worth.
///
/// An *item* completes wants once all its *blocks* are paid; a block that several items need is paid
/// once.
#[derive(Clone, Debug, Default)]
pub struct Problem {
    /// The amount that may be spent.
    pub limit: AmountLimit,
    /// By block its cost, which is not 0.
    pub costs: Vec<Amounts>,
    /// By item the blocks that it needs, ascending.
    pub blocks_of: Vec<Vec<u32>>,
    /// The wants that stand alone. A want without options is ignored.
    pub alone: Vec<Options>,
    /// Sources of wants of which one counts.
    pub groups: Vec<Competition>,
}

/// The items that complete a want, each with the resulting worth.
pub type Options = Vec<(u32, i128)>;

/// Wants that count together.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// The worth of the source without buying anything.
    pub base: i128,
    /// The wants. A want without options is ignored.
    pub wants: Vec<Options>,
}

/// Sources of which only one counts: the one whose wants are worth most together.
#[derive(Clone, Debug, Default)]
pub struct Competition {
    /// The sources, at least one.
    pub sources: Vec<Source>,
    /// The position of the source that the search tries first.
    pub preferred: usize,
}

/// The needs of items, with fewer pairs than one for each item and block.
#[derive(Clone, Debug, Default)]
pub struct Links {
    /// (needs, needed): pairs of nodes such that an item needs the blocks that it reaches. Nodes
    /// are the items in their order, then the blocks, then any nodes between.
    pub pairs: Vec<(u32, u32)>,
    /// The number of nodes.
    pub node_count: usize,
}
