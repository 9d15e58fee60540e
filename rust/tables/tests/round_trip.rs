//! Saved rows are read back exactly, whatever is added later.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use proptest::prelude::*;
use specplan_catalog::{
    Catalog, CatalogBuilder, Column, DagHash, EdgeColumn, EdgeTypes, RecordedEdge, Row, SourceKind,
};
use specplan_tables::{
    Addition, Extent, Look, Looks, MemberFile, Selection, TableFault, catalog_tables, load, save,
};

/// A row in the making: hash, variants, stacks, whether it is a binary, edges.
type Drawn = (u8, u8, u8, bool, Option<Vec<(u8, u8)>>);

fn hash(number: u8) -> DagHash {
    let letter = char::from(b'a' + number % 26);
    DagHash::parse(&letter.to_string().repeat(32)).expect("32 letters make a hash")
}

/// A catalog of one source in one snapshot.
fn catalog(cache: &str, tag: &str, rows: &[Drawn]) -> Catalog {
    let mut builder = CatalogBuilder::new();
    for (number, variant, stacks, available, edges) in rows {
        let package = format!("package{}", number % 5);
        let ids = Column::ALL.map(|column| {
            let text = match column {
                Column::Tag => tag,
                Column::Package => &package,
                Column::Version => ["", "1.0", "1.10", "develop"][usize::from(variant % 4)],
                Column::Compiler => ["", "none", "gcc@12", "gcc@"][usize::from(variant % 4)],
                Column::Variants => {
                    ["", "+mpi", "+mpi\nbuild_type=Release"][usize::from(variant % 3)]
                }
                Column::Patches => ["", "abc,def"][usize::from(variant % 2)],
                Column::External => ["", "", "", "/usr"][usize::from(number % 4)],
                Column::Cache => cache,
                Column::Stacks => ["", "e4s", "e4s\nroot"][usize::from(stacks % 3)],
                Column::Size => "-",
                _ => "x",
            };
            builder.intern(column, text)
        });
        let row = Row::new(hash(*number), SourceKind::Index, *available, ids);
        let Some(edges) = edges else {
            builder.push(row);
            continue;
        };
        let edges: Vec<RecordedEdge> = edges
            .iter()
            .map(|(child, types)| RecordedEdge {
                name: builder.intern_edge(EdgeColumn::Name, &format!("package{}", child % 5)),
                child: hash(*child),
                types: EdgeTypes::from_bits(types % 16 + 1),
                virtuals: builder.intern_edge(
                    EdgeColumn::Virtuals,
                    ["", "mpi", "blas,lapack"][usize::from(types % 3)],
                ),
            })
            .collect();
        builder.push_with_edges(row, &edges);
    }
    builder.finish()
}

fn rows() -> impl Strategy<Value = Vec<Drawn>> {
    let edges = prop::option::of(prop::collection::vec((0_u8..8, 0_u8..16), 0..4));
    prop::collection::vec((0_u8..6, 0_u8..4, 0_u8..3, any::<bool>(), edges), 0..12)
}

/// A folder that is removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("specplan-tables-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).expect("the folder can be made");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

fn file(tag: &str) -> MemberFile {
    MemberFile {
        tag: tag.to_owned(),
        path: format!("members/tag={tag}/part-0.parquet"),
    }
}

fn only(catalog: &Catalog) -> Looks<'_> {
    [Some(catalog), None, None, None]
}

fn selection(cache: &str, tags: &[&str], looks: &[Look]) -> Selection {
    Selection {
        cache: cache.to_owned(),
        tags: tags.iter().map(|&tag| tag.to_owned()).collect(),
        looks: looks.to_vec(),
    }
}

fn read_one(
    folder: &Path,
    files: &[MemberFile],
    asked: Selection,
) -> [Option<Catalog>; Look::COUNT] {
    let loaded = load(folder, files, &[asked], Extent::Whole).expect("it was just written");
    loaded.into_iter().next().expect("one source was asked for")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn rows_are_read_as_they_were_written_whatever_is_added_later(
        first in rows(),
        second in rows(),
        other in rows(),
    ) {
        let (one, two) = (Folder::new(), Folder::new());
        let (first, second) = (catalog("mirror", "v1", &first), catalog("mirror", "v2", &second));
        let other = catalog("another", "v2", &other);
        save(&one.0, None, &[Addition { cache: "mirror", looks: only(&first) }], &[file("v1")]).unwrap();
        let written: Vec<MemberFile> = [file("v1")].into_iter().filter(|each| one.0.join(&each.path).exists()).collect();
        let additions = [
            Addition { cache: "mirror", looks: only(&second) },
            Addition { cache: "another", looks: only(&other) },
        ];
        save(&two.0, Some((&one.0, &written)), &additions, &[file("v2")]).unwrap();
        if let Some(kept) = written.first() {
            fs::create_dir_all(two.0.join("members/tag=v1")).unwrap();
            fs::copy(one.0.join(&kept.path), two.0.join(&kept.path)).unwrap();
        }
        let files: Vec<MemberFile> = [file("v1"), file("v2")].into_iter().filter(|each| two.0.join(&each.path).exists()).collect();
        for (cache, tags, expected) in [
            ("mirror", vec!["v1"], &first),
            ("mirror", vec!["v2"], &second),
            ("another", vec!["v2"], &other),
            ("mirror", vec!["v1", "v2"], &first.merged(&second)),
        ] {
            let [core, ..] = read_one(&two.0, &files, selection(cache, &tags, &[]));
            prop_assert_eq!(core.as_ref(), Some(expected));
        }
    }

    #[test]
    fn the_specs_of_some_packages_are_read_as_from_the_whole(
        rows in rows(),
        packages in prop::collection::vec(0_u8..7, 0..3),
    ) {
        let folder = Folder::new();
        let whole = catalog("mirror", "v1", &rows);
        save(&folder.0, None, &[Addition { cache: "mirror", looks: only(&whole) }], &[file("v1")]).unwrap();
        let files: Vec<MemberFile> = [file("v1")].into_iter().filter(|each| folder.0.join(&each.path).exists()).collect();
        let packages: Vec<String> = packages.iter().map(|number| format!("package{number}")).collect();
        let asked = [selection("mirror", &["v1"], &[])];
        let loaded = load(&folder.0, &files, &asked, Extent::Packages(&packages)).expect("it was just written");
        let found = loaded[0][0].as_ref().expect("the source was asked for");
        let is_of = |row: &&Drawn| packages.contains(&format!("package{}", row.0 % 5));
        let kept: Vec<Drawn> = rows
            .iter()
            .filter(is_of)
            .map(|(number, variant, stacks, available, _)| (*number, *variant, *stacks, *available, None))
            .collect();
        prop_assert_eq!(found.len(), catalog("mirror", "v1", &kept).len());
    }

    #[test]
    fn specs_alone_are_those_of_sources_that_list_no_dependencies(rows in rows()) {
        let folder = Folder::new();
        let whole = catalog("mirror", "v1", &rows);
        save(&folder.0, None, &[Addition { cache: "mirror", looks: only(&whole) }], &[file("v1")]).unwrap();
        let files: Vec<MemberFile> = [file("v1")].into_iter().filter(|each| folder.0.join(&each.path).exists()).collect();
        let asked = [selection("mirror", &["v1"], &[])];
        fs::remove_file(folder.0.join("edges.parquet")).unwrap();
        let loaded = load(&folder.0, &files, &asked, Extent::Specs).expect("it was just written");
        let kept: Vec<Drawn> = rows
            .iter()
            .map(|(number, variant, stacks, available, _)| (*number, *variant, *stacks, *available, None))
            .collect();
        prop_assert_eq!(loaded[0][0].as_ref(), Some(&catalog("mirror", "v1", &kept)));
    }

    #[test]
    fn each_look_is_read_as_it_was(core in rows(), least in rows()) {
        let folder = Folder::new();
        let (core, least) = (catalog("mirror", "", &core), catalog("mirror", "", &least));
        let looks: Looks<'_> = [Some(&core), Some(&least), None, None];
        save(&folder.0, None, &[Addition { cache: "mirror", looks }], &[file("")]).unwrap();
        let files: Vec<MemberFile> = [file("")].into_iter().filter(|each| folder.0.join(&each.path).exists()).collect();
        let read = read_one(&folder.0, &files, selection("mirror", &[""], &[Look::Least]));
        prop_assert_eq!(read[0].as_ref(), Some(&core));
        prop_assert_eq!(read[1].as_ref(), Some(&least));
        prop_assert_eq!(read[2].as_ref(), None);
    }

    #[test]
    fn damaged_bytes_are_a_fault_or_another_catalog_and_never_a_panic(
        rows in rows(),
        at in 0_usize..4000,
        bit in 0_u8..8,
    ) {
        let folder = Folder::new();
        let whole = catalog("mirror", "v1", &rows);
        save(&folder.0, None, &[Addition { cache: "mirror", looks: only(&whole) }], &[file("v1")]).unwrap();
        let path = folder.0.join("specs.parquet");
        let mut bytes = fs::read(&path).unwrap();
        let at = at % bytes.len();
        bytes[at] ^= 1 << bit;
        fs::write(&path, bytes).unwrap();
        let files: Vec<MemberFile> = [file("v1")].into_iter().filter(|each| folder.0.join(&each.path).exists()).collect();
        if let Err(fault) = load(&folder.0, &files, &[selection("mirror", &["v1"], &[])], Extent::Whole) {
            prop_assert!(matches!(fault, TableFault::Damaged { .. }), "{fault}");
        }
    }
}

#[test]
fn the_tables_of_a_catalog_have_a_row_for_each_account_edge_and_stack() {
    let edges = Some(vec![(1, 0), (7, 3)]);
    let whole = catalog(
        "mirror",
        "v1",
        &[(0, 1, 2, true, edges), (1, 2, 1, false, None)],
    );
    let tables = catalog_tables(&whole).unwrap();
    // The second edge leads to a hash about which nothing else is known.
    assert_eq!(tables.specs.rows(), 3);
    assert_eq!(tables.edges.rows(), 2);
    assert_eq!(tables.members.rows(), 3);
    assert_eq!(tables.members.names().last(), Some(&"tag"));
}
