//! A catalog and its queries against plain sets of rows.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use specplan_catalog::{
    Catalog, CatalogBuilder, Column, DagHash, EdgeColumn, EdgeTypes, Level, Query, RecordedEdge,
    Row, Snapshot, SourceKind,
};

const PACKAGES: [&str; 3] = ["cmake", "root", "zlib"];
const VERSIONS: [&str; 4] = ["1.10", "1.2", "1.9", "main"];
const OSS: [&str; 2] = ["rhel8", "ubuntu24.04"];
const STACKS: [&str; 3] = ["e4s", "hep", "root"];
/// Newest first.
const TAGS: [&str; 3] = ["develop", "develop-2025-05-25", "v1.0.0"];

/// One listing. The content of a spec follows from its number, so only tag and stacks vary.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Listing {
    spec: u8,
    tag: usize,
    stacks: u8,
}

impl Listing {
    fn hash(&self) -> String {
        hash_text(self.spec)
    }

    fn stacks(&self) -> Vec<&'static str> {
        let listed = |&(bit, _): &(usize, &&str)| self.stacks >> bit & 1 == 1;
        let stacks = STACKS.iter().enumerate().filter(listed);
        stacks.map(|(_, stack)| *stack).collect()
    }

    fn text(&self, column: Column) -> String {
        let spec = usize::from(self.spec);
        match column {
            Column::Tag => TAGS[self.tag].to_owned(),
            Column::Package => PACKAGES[spec % 3].to_owned(),
            Column::Version => VERSIONS[spec / 3 % 4].to_owned(),
            Column::OperatingSystem => OSS[spec / 2 % 2].to_owned(),
            Column::Source => format!("{}.md", TAGS[self.tag]),
            Column::Cache => "pages".to_owned(),
            Column::Stacks => self.stacks().join("\n"),
            Column::Platform => "linux".to_owned(),
            Column::Target => "zen4".to_owned(),
            Column::Size => "-".to_owned(),
            _ => String::new(),
        }
    }
}

fn hash_text(spec: u8) -> String {
    const LETTERS: &[u8] = b"234567abcdefghijklmnopqrstuvwxyz";
    let spec = usize::from(spec);
    let first = [LETTERS[spec / 32], LETTERS[spec % 32]].map(char::from);
    format!("{}{}{}", first[0], first[1], "a".repeat(30))
}

/// Numbers of specs just below, at and above the words of a bitset.
fn listings() -> impl Strategy<Value = Vec<Listing>> {
    let of_specs = |specs: u8| {
        let listing = (0..specs.max(1), 0..TAGS.len(), 0_u8..8)
            .prop_map(|(spec, tag, stacks)| Listing { spec, tag, stacks });
        let few = prop::collection::vec(listing, 0..20);
        let all = prop::collection::vec((0..TAGS.len(), 0_u8..8), usize::from(specs));
        (all, few).prop_map(|(all, mut few)| {
            let numbered = (0_u8..).zip(all);
            few.extend(numbered.map(|(spec, (tag, stacks))| Listing { spec, tag, stacks }));
            few
        })
    };
    prop::sample::select(vec![0_u8, 1, 5, 63, 64, 65, 127, 128, 129]).prop_flat_map(of_specs)
}

fn builder(listings: &[Listing]) -> CatalogBuilder {
    let mut builder = CatalogBuilder::new();
    for listing in listings {
        let ids = Column::ALL.map(|column| builder.intern(column, &listing.text(column)));
        let hash = DagHash::parse(&listing.hash()).unwrap();
        builder.push(Row::new(hash, SourceKind::Page, true, ids));
    }
    builder
}

fn catalog(listings: &[Listing]) -> Catalog {
    let catalog = builder(listings).finish();
    catalog.validate();
    catalog
}

/// A query, and its answer from a plain set of listings.
fn queries() -> impl Strategy<Value = Query> {
    let texts = |column, pool: &'static [&'static str]| {
        prop::collection::vec(prop::sample::select(pool), 0..3).prop_map(move |texts| {
            Query::Text(column, texts.into_iter().map(str::to_owned).collect())
        })
    };
    let stacks = prop::collection::vec(prop::sample::select(&STACKS[..]), 0..3);
    let tag = prop::option::of(prop::sample::select(&TAGS[..]));
    let leaves = prop_oneof![
        Just(Query::All),
        texts(Column::Package, &PACKAGES),
        texts(Column::Version, &VERSIONS),
        texts(Column::OperatingSystem, &OSS),
        texts(Column::Tag, &TAGS),
        (tag, stacks).prop_map(|(tag, stacks)| {
            let stacks = stacks.into_iter().map(str::to_owned).collect();
            Query::Stack(tag.map(str::to_owned), stacks)
        }),
        prop::collection::vec(0_u8..130, 0..4).prop_map(|specs| {
            let hash = |spec| DagHash::parse(&hash_text(spec)).unwrap();
            Query::Hash(specs.into_iter().map(hash).collect())
        }),
        Just(Query::Text(Column::Package, vec!["no-such".to_owned()])),
    ];
    leaves.prop_recursive(4, 16, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Query::And),
            prop::collection::vec(inner.clone(), 0..4).prop_map(Query::Or),
            inner.prop_map(|query| Query::Not(Box::new(query))),
        ]
    })
}

fn answer(query: &Query, listings: &[Listing]) -> BTreeSet<String> {
    let all = || listings.iter().map(Listing::hash).collect::<BTreeSet<_>>();
    let those = |is: &dyn Fn(&Listing) -> bool| {
        let those = listings.iter().filter(|listing| is(listing));
        those.map(Listing::hash).collect::<BTreeSet<_>>()
    };
    match query {
        Query::All => all(),
        Query::Text(column, texts) => those(&|listing| texts.contains(&listing.text(*column))),
        Query::Stack(tag, stacks) => those(&|listing| {
            let in_tag = tag.as_deref().is_none_or(|tag| TAGS[listing.tag] == tag);
            let mut listed = listing.stacks().into_iter();
            in_tag && listed.any(|label| stacks.iter().any(|stack| stack == label))
        }),
        Query::Hash(hashes) => {
            those(&|listing| hashes.iter().any(|hash| hash.to_string() == listing.hash()))
        }
        Query::And(queries) => queries
            .iter()
            .fold(all(), |both, query| &both & &answer(query, listings)),
        Query::Or(queries) => queries.iter().fold(BTreeSet::new(), |any, query| {
            &any | &answer(query, listings)
        }),
        Query::Not(query) => &all() - &answer(query, listings),
        _ => unreachable!("no other question is drawn"),
    }
}

fn hashes(catalog: &Catalog, query: &Query) -> BTreeSet<String> {
    let selected = query.select(catalog);
    selected
        .iter()
        .map(|spec| catalog.hash(spec).to_string())
        .collect()
}

proptest! {
    #[test]
    fn a_query_selects_what_plain_sets_select(listings in listings(), query in queries()) {
        let catalog = catalog(&listings);
        prop_assert_eq!(hashes(&catalog, &query), answer(&query, &listings));
    }

    #[test]
    fn counting_agrees_with_selecting(listings in listings(), query in queries()) {
        let catalog = catalog(&listings);
        prop_assert_eq!(query.count(&catalog), query.select(&catalog).len());
    }

    #[test]
    fn the_order_of_rows_leaves_no_trace(
        (listings, shuffled) in listings().prop_flat_map(|all| {
            (Just(all.clone()), Just(all).prop_shuffle())
        })
    ) {
        prop_assert_eq!(catalog(&listings), catalog(&shuffled));
    }

    #[test]
    fn merging_is_the_union_of_rows(one in listings(), two in listings(), three in listings()) {
        let (x, y, z) = (catalog(&one), catalog(&two), catalog(&three));
        let merged = x.merged(&y).merged(&z);
        merged.validate();
        prop_assert_eq!(&merged, &x.merged(&y.merged(&z)));
        prop_assert_eq!(&merged, &z.merged(&x).merged(&y));
        prop_assert_eq!(&merged, &merged.merged(&merged));
        prop_assert_eq!(&merged, &merged.merged(&y));
        prop_assert_eq!(&merged, &catalog(&[one, two, three].concat()));
    }

    #[test]
    fn absorbing_builders_is_the_union_of_rows(one in listings(), two in listings()) {
        let absorbed = builder(&one).absorb(builder(&two)).finish();
        absorbed.validate();
        prop_assert_eq!(absorbed, catalog(&[one, two].concat()));
    }

    #[test]
    fn keys_number_what_is_distinct(listings in listings()) {
        let catalog = catalog(&listings);
        for (level, columns) in [
            (Level::Package, &[Column::Package][..]),
            (Level::Version, &[Column::Package, Column::Version][..]),
        ] {
            let keys = catalog.keys(level);
            let distinct: BTreeSet<Vec<String>> = listings
                .iter()
                .map(|listing| columns.iter().map(|column| listing.text(*column)).collect())
                .collect();
            prop_assert_eq!(keys.len(), distinct.len());
            for spec in 0..u32::try_from(catalog.len()).unwrap() {
                let first = keys.first_spec(keys.of_spec(spec));
                prop_assert!(first <= spec);
                for column in columns {
                    prop_assert_eq!(catalog.text(first, *column), catalog.text(spec, *column));
                }
            }
        }
        prop_assert_eq!(catalog.keys(Level::Hash).len(), catalog.len());
    }

    #[test]
    fn a_view_has_the_cells_of_its_snapshot_alone(listings in listings()) {
        let catalog = catalog(&listings);
        for snapshot in catalog.snapshots() {
            let tag = catalog.names(Column::Tag).get(snapshot.tag).to_owned();
            let mut cells: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
            for listing in listings.iter().filter(|listing| TAGS[listing.tag] == tag) {
                for stack in listing.stacks() {
                    let cell = (stack.to_owned(), listing.text(Column::OperatingSystem));
                    cells.entry(cell).or_default().insert(listing.hash());
                }
            }
            let view = catalog.view(&[*snapshot]);
            let found: BTreeMap<(String, String), BTreeSet<String>> = (0..view.cells().len())
                .map(|position| {
                    let cell = view.cells()[position];
                    let os = catalog.systems()[cell.system as usize].os;
                    let stack = catalog.labels().get(cell.label).to_owned();
                    let os = catalog.names(Column::OperatingSystem).get(os).to_owned();
                    let specs = view.specs(position).iter();
                    let hashes = specs.map(|&spec| catalog.hash(spec).to_string()).collect();
                    ((stack, os), hashes)
                })
                .collect();
            prop_assert_eq!(found, cells);
        }
    }
}

#[test]
fn tags_are_numbered_newest_first() {
    let listings: Vec<Listing> = [2, 0, 1]
        .map(|tag| Listing {
            spec: 0,
            tag,
            stacks: 1,
        })
        .to_vec();
    let catalog = catalog(&listings);
    let tags: Vec<&str> = catalog.names(Column::Tag).iter().collect();
    assert_eq!(tags, TAGS);
    let newest = Snapshot::of(&catalog.rows_of(0)[0]);
    assert_eq!(newest.tag, 0, "the newest snapshot gives the content");
}

#[test]
fn a_name_that_no_row_uses_leaves_no_trace() {
    let listings = [Listing {
        spec: 3,
        tag: 0,
        stacks: 7,
    }];
    let mut with_more = builder(&listings);
    with_more.intern(Column::Package, "a-damaged-page");
    assert_eq!(with_more.finish(), catalog(&listings));
}

#[test]
fn rows_that_share_their_dependencies_are_as_rows_that_repeat_them() {
    let catalog = |shared: bool| {
        let mut builder = CatalogBuilder::new();
        let child = "b".repeat(32).parse().unwrap();
        let edge = |name| RecordedEdge {
            name,
            child,
            types: EdgeTypes::LINK,
            virtuals: 0,
        };
        builder.intern_edge(EdgeColumn::Virtuals, "");
        let [zlib, cmake] =
            ["zlib", "cmake"].map(|name| builder.intern_edge(EdgeColumn::Name, name));
        for (hash, edges) in [("a", vec![edge(zlib), edge(cmake)]), ("c", vec![])] {
            let mut first = None;
            for tag in ["v1", "v2", "v3"] {
                let ids = Column::ALL.map(|column| builder.intern(column, tag));
                let hash = hash.repeat(32).parse().unwrap();
                let row = Row::new(hash, SourceKind::Index, true, ids);
                match first {
                    Some(first) if shared => builder.push_with_edges_of(row, first),
                    _ => {
                        first = Some(builder.len());
                        builder.push_with_edges(row, &edges);
                    }
                }
            }
        }
        builder.finish()
    };
    assert_eq!(catalog(true), catalog(false));
    assert_eq!(catalog(true).rows().len(), 6);
}
