//! One spec as Spack writes it into databases, locks and spec files.
//!
//! The versions of the format differ in the position of the compiler, in the spelling of
//! dependencies and in the record of virtual packages; a reader that accepts every spelling needs
//! no version.

mod annotations;
mod architecture;
mod dependency;
mod external;
mod parameters;
mod provided;
mod published;
mod remembered;

use std::borrow::Cow;

use hashbrown::HashSet;
use specplan_catalog::{
    CatalogBuilder, Column, DagHash, EdgeColumn, EdgeTypes, RecordedEdge, Row, SourceKind,
};

use crate::fault::{FaultKind, shortened};
use crate::json::{Json, JsonError, JsonErrorKind, JsonResult, Seen};
use crate::names;
use crate::spelling;
use remembered::Remembered;

/// The common values of the rows of one file: numbers of a [`NodeReader`].
#[derive(Clone, Copy)]
pub(crate) struct FileOrigin {
    pub(crate) kind: SourceKind,
    tag: u32,
    source: u32,
    cache: u32,
    stacks: u32,
    size: u32,
}

/// Turns nodes into rows of one builder.
pub(crate) struct NodeReader {
    rows: CatalogBuilder,
    /// The numbers of a node that records nothing yet.
    empty: [u32; Column::COUNT],
    /// The number of the empty list of virtual packages.
    no_virtuals: u32,
    /// Variants, patches and flags of each text of `parameters`. Packages of one
    /// build system often have the same.
    parameters: Remembered<[u32; 3]>,
    /// Platform, operating system and target of each text of `arch`.
    architectures: Remembered<[u32; 3]>,
    /// The content of each text of the `parameters` of dependencies: types and virtual packages.
    edge_parameters: Remembered<(EdgeTypes, u32)>,
    /// The notes in each text of `annotations`.
    annotations: Remembered<annotations::Noted>,
    /// The numbers of the variants that name a source tree.
    developed: HashSet<u32>,
}

/// A node whose row is not yet complete: its name or hash may stand outside of it.
#[derive(Default)]
pub(crate) struct Node {
    /// The node's own hash, if it records one.
    pub(crate) hash: Option<DagHash>,
    /// The dependencies, by the reference that the file uses.
    pub(crate) edges: Vec<RecordedEdge>,
    ids: [u32; Column::COUNT],
    compiler: CompilerPlace,
    is_external: bool,
}

/// The places in which a node may record its compiler; the later one wins.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum CompilerPlace {
    #[default]
    Nowhere,
    InAnnotations,
    InPlace,
}

/// The relevant keys of a node, as bits, so that duplicates are found.
#[derive(Clone, Copy)]
enum Key {
    Name,
    Version,
    Arch,
    Compiler,
    Namespace,
    Parameters,
    External,
    Recipe,
    Provided,
    Dependencies,
    BuildSpec,
    Annotations,
    Hash,
}

/// The keys that a node may lack.
const KEYS: [&str; 11] = [
    "compiler",
    "namespace",
    "parameters",
    "external",
    "package_hash",
    "provided_virtuals",
    "dependencies",
    "build_spec",
    "annotations",
    "hash",
    "concrete",
];

impl Default for NodeReader {
    fn default() -> Self {
        let mut rows = CatalogBuilder::new();
        Self {
            empty: Column::ALL.map(|column| rows.intern(column, "")),
            no_virtuals: rows.intern_edge(EdgeColumn::Virtuals, ""),
            rows,
            parameters: Remembered::default(),
            architectures: Remembered::default(),
            edge_parameters: Remembered::default(),
            annotations: Remembered::default(),
            developed: HashSet::default(),
        }
    }
}

impl NodeReader {
    /// Numbers the common values of the rows of one file.
    pub(crate) fn origin(
        &mut self,
        kind: SourceKind,
        [tag, label, cache, source]: [&str; 4],
    ) -> FileOrigin {
        FileOrigin {
            kind,
            tag: self.rows.intern(Column::Tag, tag),
            source: self.rows.intern(Column::Source, source),
            cache: self.rows.intern(Column::Cache, cache),
            stacks: self.rows.intern(Column::Stacks, label),
            size: self.rows.intern(Column::Size, "-"),
        }
    }

    /// The rows of all files.
    pub(crate) fn into_rows(self) -> CatalogBuilder {
        self.rows
    }

    /// Adds the row of a node under the hash that identifies it.
    pub(crate) fn push(&mut self, node: &Node, hash: DagHash, origin: FileOrigin, available: bool) {
        self.push_with(node, &node.edges, hash, origin, available);
    }

    /// Adds the row of a node with dependencies other than those that it records.
    pub(crate) fn push_with(
        &mut self,
        node: &Node,
        edges: &[RecordedEdge],
        hash: DagHash,
        origin: FileOrigin,
        available: bool,
    ) {
        let mut ids = node.ids;
        ids[Column::Tag as usize] = origin.tag;
        ids[Column::Source as usize] = origin.source;
        ids[Column::Cache as usize] = origin.cache;
        ids[Column::Stacks as usize] = origin.stacks;
        ids[Column::Size as usize] = origin.size;
        // A developed spec is always built from its source tree: no binary can replace it.
        let is_developed = self.developed.contains(&ids[Column::Variants as usize]);
        let row = Row::new(hash, origin.kind, available && !is_developed, ids);
        self.rows.push_with_edges(row, edges);
    }

    /// Reads a node that stands by itself, `{"name": "zlib", ...}`.
    pub(crate) fn read(&mut self, json: &mut Json<'_>, node: &mut Node) -> JsonResult<()> {
        self.start(node);
        let mut ahead = *json;
        if let Some(seen) = self.published(&mut ahead, node) {
            *json = ahead;
            return self.complete(json, node, seen);
        }
        self.start(node);
        let mut seen = Seen::default();
        json.object(|json, key| self.member(json, key, node, &mut seen))?;
        self.complete(json, node, seen)
    }

    /// Reads a node under its name, `{"zlib": {...}}`, as old formats have it.
    pub(crate) fn read_wrapped(&mut self, json: &mut Json<'_>, node: &mut Node) -> JsonResult<()> {
        self.start(node);
        let mut seen = Seen::default();
        json.object(|json, name| {
            seen.once(json, Key::Name as u32)?;
            let name = checked(json, names::package(name))?;
            self.set(node, Column::Package, name);
            json.object(|json, key| self.member(json, key, node, &mut seen))
        })?;
        self.complete(json, node, seen)
    }

    fn start(&mut self, node: &mut Node) {
        node.hash = None;
        node.edges.clear();
        node.compiler = CompilerPlace::Nowhere;
        node.is_external = false;
        node.ids = self.empty;
    }

    fn set(&mut self, node: &mut Node, column: Column, text: &str) {
        node.ids[column as usize] = self.rows.intern(column, text);
    }

    fn member(
        &mut self,
        json: &mut Json<'_>,
        key: &str,
        node: &mut Node,
        seen: &mut Seen,
    ) -> JsonResult<()> {
        match key.as_bytes() {
            b"name" => {
                seen.once(json, Key::Name as u32)?;
                let name = json.text()?;
                self.set(node, Column::Package, checked(json, names::package(&name))?);
            }
            b"version" => {
                seen.once(json, Key::Version as u32)?;
                self.version(json, node)?;
            }
            b"versions" => {
                seen.once(json, Key::Version as u32)?;
                self.versions(json, node)?;
            }
            b"arch" => {
                seen.once(json, Key::Arch as u32)?;
                self.architecture(json, node)?;
            }
            b"compiler" => {
                seen.once(json, Key::Compiler as u32)?;
                self.compiler(json, node)?;
            }
            b"namespace" => {
                seen.once(json, Key::Namespace as u32)?;
                if let Some(namespace) = json.text_or_null()? {
                    let namespace = checked(json, names::printable(&namespace, "namespace"))?;
                    self.set(node, Column::Namespace, namespace);
                }
            }
            b"parameters" => {
                seen.once(json, Key::Parameters as u32)?;
                self.parameters(json, node)?;
            }
            b"external" => {
                seen.once(json, Key::External as u32)?;
                self.external(json, node)?;
            }
            b"package_hash" => {
                seen.once(json, Key::Recipe as u32)?;
                if let Some(recipe) = json.text_or_null()? {
                    let recipe = checked(json, names::printable(&recipe, "package hash"))?;
                    self.set(node, Column::Recipe, recipe);
                }
            }
            b"provided_virtuals" => {
                seen.once(json, Key::Provided as u32)?;
                self.provided_virtuals(json, node)?;
            }
            b"dependencies" => {
                seen.once(json, Key::Dependencies as u32)?;
                self.dependencies(json, node)?;
            }
            b"build_spec" => {
                seen.once(json, Key::BuildSpec as u32)?;
                self.build_spec(json, node)?;
            }
            b"annotations" => {
                seen.once(json, Key::Annotations as u32)?;
                self.annotations(json, node)?;
            }
            b"hash" => {
                seen.once(json, Key::Hash as u32)?;
                node.hash = Some(hash(json)?);
            }
            b"concrete" => {
                if !json.boolean()? {
                    let kind = FaultKind::wrong_text("concrete spec", "concrete: false");
                    return Err(json.error(JsonErrorKind::Value(kind)));
                }
            }
            b"patches" | b"full_hash" | b"build_hash" => drop(json.skip()?),
            _ => spelling::skip(json, key, &KEYS)?,
        }
        Ok(())
    }

    fn complete(&mut self, json: &Json<'_>, node: &mut Node, seen: Seen) -> JsonResult<()> {
        for (key, name) in [
            (Key::Name, "name"),
            (Key::Version, "version"),
            (Key::Arch, "arch"),
        ] {
            if !seen.has(key as u32) {
                return Err(JsonError::missing(json, name));
            }
        }
        // An external records no compiler; nor does it have an edge to one.
        if node.is_external && node.edges.is_empty() && node.compiler == CompilerPlace::Nowhere {
            self.set(node, Column::Compiler, "none");
        }
        Ok(())
    }

    fn version(&mut self, json: &mut Json<'_>, node: &mut Node) -> JsonResult<()> {
        let version = json.text()?;
        let version = checked(json, names::printable(&version, "version"))?;
        self.set(node, Column::Version, version);
        Ok(())
    }

    /// The oldest files have a list of one version.
    fn versions(&mut self, json: &mut Json<'_>, node: &mut Node) -> JsonResult<()> {
        let mut found = 0;
        json.list(|json, _| {
            found += 1;
            self.version(json, node)
        })?;
        if found != 1 {
            let kind = FaultKind::WrongLength { expected: 1, found };
            return Err(json.error(JsonErrorKind::Value(kind)));
        }
        Ok(())
    }
}

fn texts<'j>(json: &mut Json<'j>) -> JsonResult<Vec<Cow<'j, str>>> {
    let mut texts = Vec::new();
    json.list(|json, _| {
        texts.push(json.text()?);
        Ok(())
    })?;
    Ok(texts)
}

/// Takes a text that is a hash.
pub(crate) fn hash(json: &mut Json<'_>) -> JsonResult<DagHash> {
    let text = json.text()?;
    parsed_hash(json, &text)
}

/// Reads a hash that stands as a key.
pub(crate) fn parsed_hash(json: &Json<'_>, text: &str) -> JsonResult<DagHash> {
    DagHash::parse(text).map_err(|reason| {
        let found = shortened(text);
        json.error(JsonErrorKind::Value(FaultKind::WrongHash { found, reason }))
    })
}

fn checked<T>(json: &Json<'_>, result: Result<T, FaultKind>) -> JsonResult<T> {
    result.map_err(|kind| json.error(JsonErrorKind::Value(kind)))
}
