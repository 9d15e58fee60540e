//! The accounts that sources give of specs, each once.

use hashbrown::{HashMap, HashSet};

use sha1::{Digest, Sha1};
use specplan_catalog::{Catalog, Column, DagHash, EdgeColumn, EdgeTypes, Row, newest_first};

use crate::listings::Listing;
use crate::texts::Texts;

/// The columns of an account: the content of a spec, whichever source lists it.
pub(crate) const CONTENT: [Column; 14] = [
    Column::Package,
    Column::Version,
    Column::Platform,
    Column::OperatingSystem,
    Column::Target,
    Column::Compiler,
    Column::Variants,
    Column::Patches,
    Column::Flags,
    Column::Namespace,
    Column::Recipe,
    Column::External,
    Column::Annotations,
    Column::Provided,
];

/// A dependency of an account: `child` is the number of some account of its hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StoredEdge {
    pub(crate) child: u32,
    pub(crate) types: u8,
    pub(crate) name: u32,
    pub(crate) virtuals: u32,
}

/// A dependency by its hash, in an account that is not added yet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewEdge<'t> {
    pub(crate) child: DagHash,
    pub(crate) types: u8,
    pub(crate) name: &'t str,
    pub(crate) virtuals: &'t str,
}

/// An account that is not added yet.
#[derive(Clone, Debug)]
pub(crate) struct NewAccount<'t> {
    pub(crate) hash: DagHash,
    pub(crate) content: [&'t str; CONTENT.len()],
    /// `None` where the source does not record dependencies.
    pub(crate) edges: Option<Vec<NewEdge<'t>>>,
}

/// The identity of an account.
pub(crate) type Mark = [u8; 20];

impl<'t> NewAccount<'t> {
    /// The content of a row of a catalog.
    pub(crate) fn of(catalog: &'t Catalog, row: &Row) -> Self {
        let edges = catalog.dependencies_of(row).map(|edges| {
            let edges = edges.iter().map(|edge| NewEdge {
                child: catalog.node_hash(edge.child),
                types: edge.types.bits(),
                name: catalog.edge_names(EdgeColumn::Name).get(edge.name),
                virtuals: catalog.edge_names(EdgeColumn::Virtuals).get(edge.virtuals),
            });
            edges.collect()
        });
        Self {
            hash: row.hash(),
            content: CONTENT.map(|column| catalog.names(column).get(row.id(column))),
            edges,
        }
    }

    /// Its identity: equal only for equal accounts.
    pub(crate) fn mark(&self) -> Mark {
        let mut state = Sha1::new();
        let mut put = |text: &[u8]| {
            state.update((text.len() as u64).to_le_bytes());
            state.update(text);
        };
        put(&self.hash.letters());
        for text in self.content {
            put(text.as_bytes());
        }
        if let Some(edges) = &self.edges {
            for edge in edges {
                put(&edge.child.letters());
                put(&[edge.types]);
                put(edge.name.as_bytes());
                put(edge.virtuals.as_bytes());
            }
            put(b"edges");
        }
        state.finalize().into()
    }
}

/// All accounts of a saved catalog, by number.
#[derive(Debug, Default)]
pub(crate) struct Accounts {
    pub(crate) hashes: Vec<DagHash>,
    pub(crate) texts: [Texts; CONTENT.len()],
    pub(crate) ids: [Vec<u32>; CONTENT.len()],
    /// Whether dependencies are recorded.
    pub(crate) records_edges: Vec<bool>,
    /// The edges of account a are `edge_starts[a]..edge_starts[a + 1]`.
    pub(crate) edge_starts: Vec<u32>,
    pub(crate) edges: Vec<StoredEdge>,
    pub(crate) edge_names: Texts,
    pub(crate) virtuals: Texts,
    /// The account that counts for a hash, if it is not the first that describes it.
    pub(crate) counts: HashMap<DagHash, u32>,
}

impl Accounts {
    pub(crate) fn new() -> Self {
        Self {
            edge_starts: vec![0],
            ..Self::default()
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.hashes.len()
    }

    /// Records no dependencies, as if no source had listed them.
    pub(crate) fn forget_edges(&mut self) {
        self.records_edges.fill(false);
        self.edge_starts = vec![0; self.len() + 1];
    }

    pub(crate) fn text(&self, account: u32, position: usize) -> &str {
        self.texts[position].get(self.ids[position][account as usize])
    }

    pub(crate) fn edges_of(&self, account: u32) -> &[StoredEdge] {
        let range = self.edge_starts[account as usize]..self.edge_starts[account as usize + 1];
        &self.edges[range.start as usize..range.end as usize]
    }

    /// An account, as it was when it was added.
    fn account(&self, account: u32) -> NewAccount<'_> {
        let edges = self.edges_of(account).iter().map(|edge| NewEdge {
            child: self.hashes[edge.child as usize],
            types: edge.types,
            name: self.edge_names.get(edge.name),
            virtuals: self.virtuals.get(edge.virtuals),
        });
        NewAccount {
            hash: self.hashes[account as usize],
            content: std::array::from_fn(|position| self.text(account, position)),
            edges: self.records_edges[account as usize].then(|| edges.collect()),
        }
    }

    /// The number of each account by its identity.
    pub(crate) fn marks(&self) -> HashMap<Mark, u32> {
        let accounts = 0..self.len() as u32;
        accounts
            .map(|each| (self.account(each).mark(), each))
            .collect()
    }

    /// Adds accounts in the order of name, hash and mark, and the undescribed hashes that they
    /// depend on; returns the number of each mark.
    pub(crate) fn extend(&mut self, mut new: Vec<(Mark, NewAccount<'_>)>) -> HashMap<Mark, u32> {
        new.sort_unstable_by(|(mark_a, a), (mark_b, b)| {
            let key = |new_account: &NewAccount<'_>, mark: &Mark| (new_account.hash, *mark);
            let by_name = a.content[0].cmp(b.content[0]);
            by_name.then_with(|| key(a, mark_a).cmp(&key(b, mark_b)))
        });
        let mut number_of: HashMap<DagHash, u32> = HashMap::with_capacity(self.len() + new.len());
        for (number, &hash) in (0_u32..).zip(&self.hashes) {
            number_of.entry(hash).or_insert(number);
        }
        let first = self.len() as u32;
        for (number, (_, new_account)) in (first..).zip(&new) {
            number_of.entry(new_account.hash).or_insert(number);
        }
        let children = new
            .iter()
            .flat_map(|(_, new_account)| new_account.edges.iter().flatten());
        let mut unknown: Vec<DagHash> = children
            .map(|edge| edge.child)
            .filter(|child| !number_of.contains_key(child))
            .collect();
        unknown.sort_unstable();
        unknown.dedup();
        for (number, &hash) in (first + new.len() as u32..).zip(&unknown) {
            number_of.insert(hash, number);
        }
        let mut marks = HashMap::with_capacity(new.len());
        for (number, (mark, new_account)) in (first..).zip(&new) {
            marks.insert(*mark, number);
            self.push(new_account, &number_of);
        }
        for hash in unknown {
            let nothing = NewAccount {
                hash,
                content: [""; CONTENT.len()],
                edges: None,
            };
            self.push(&nothing, &number_of);
        }
        marks
    }

    fn push(&mut self, new_account: &NewAccount<'_>, number_of: &HashMap<DagHash, u32>) {
        self.hashes.push(new_account.hash);
        for (position, text) in new_account.content.iter().enumerate() {
            let id = self.texts[position].intern(text);
            self.ids[position].push(id);
        }
        self.records_edges.push(new_account.edges.is_some());
        for edge in new_account.edges.iter().flatten() {
            let stored = StoredEdge {
                child: number_of[&edge.child],
                types: edge.types,
                name: self.edge_names.intern(edge.name),
                virtuals: self.virtuals.intern(edge.virtuals),
            };
            self.edges.push(stored);
        }
        self.edge_starts.push(self.edges.len() as u32);
    }

    /// Returns whether an account is of a spliced spec: it names the spec that it was built as.
    pub(crate) fn is_spliced(&self, account: u32) -> bool {
        let bits = EdgeTypes::BUILD_SPEC.bits();
        self.edges_of(account)
            .iter()
            .any(|edge| edge.types & bits != 0)
    }

    /// By hash, the first account that describes the spec.
    fn first(&self) -> HashMap<DagHash, u32> {
        let mut first: HashMap<DagHash, u32> = HashMap::with_capacity(self.len());
        for (number, &hash) in (0_u32..).zip(&self.hashes) {
            let entry = first.entry(hash).or_insert(number);
            if self.text(*entry, 0).is_empty() && !self.text(number, 0).is_empty() {
                *entry = number;
            }
        }
        first
    }

    /// By account, the account that counts for its hash.
    pub(crate) fn counting(&self) -> Vec<u32> {
        let mut counting = self.first();
        counting.extend(&self.counts);
        self.hashes.iter().map(|hash| counting[hash]).collect()
    }

    /// The hashes that several accounts describe.
    pub(crate) fn several(&self) -> HashSet<DagHash> {
        let mut seen = HashSet::with_capacity(self.len());
        let described = (0_u32..).zip(&self.hashes);
        let described = described.filter(|(account, _)| !self.text(*account, 0).is_empty());
        let again = described.filter(|(_, hash)| !seen.insert(**hash));
        again.map(|(_, hash)| *hash).collect()
    }

    /// Decides which account counts for each of these hashes: that of the most trusted kind of
    /// file, then of the newest snapshot.
    pub(crate) fn decide<'t>(
        &mut self,
        several: &HashSet<DagHash>,
        listings: impl Iterator<Item = Listing<'t>>,
    ) {
        let mut best: HashMap<DagHash, Listing<'t>> = HashMap::new();
        for listing in listings {
            let hash = self.hashes[listing.account as usize];
            if !several.contains(&hash) {
                continue;
            }
            let known = best.entry(hash).or_insert(listing);
            if self.precedes(&listing, known) {
                *known = listing;
            }
        }
        let decided = best.into_iter();
        self.counts = decided.map(|(hash, best)| (hash, best.account)).collect();
    }

    /// Returns whether a listing takes precedence over another of the same hash, as in a catalog.
    fn precedes(&self, listing: &Listing<'_>, other: &Listing<'_>) -> bool {
        let content = |of: &Listing<'_>| {
            let account = of.account;
            std::array::from_fn::<_, { CONTENT.len() }, _>(|at| self.text(account, at))
        };
        let by_kind = listing.kind.cmp(&other.kind);
        by_kind
            .then_with(|| newest_first(listing.tag, other.tag))
            .then_with(|| content(listing).cmp(&content(other)))
            .is_lt()
    }
}
