//! One spec as Spack writes it into databases, locks and spec files.
//!
//! The five versions of the format differ in where the compiler stands and in how
//! dependencies are spelt; a reader that accepts every spelling needs no version.

use std::borrow::Cow;

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;
use specplan_catalog::{
    CatalogBuilder, Column, DagHash, Edge, EdgeColumn, EdgeTypes, Row, SourceKind, VIRTUALS_UNTOLD,
};

use crate::fault::{FaultKind, shortened};
use crate::json::{Json, JsonErrorKind, JsonResult};
use crate::{names, variants};

/// The six kinds of compiler flags, which stand among the parameters.
const FLAGS: [&str; 6] = [
    "cflags", "cppflags", "cxxflags", "fflags", "ldflags", "ldlibs",
];

/// What the rows of one file have in common: numbers of a [`NodeReader`].
#[derive(Clone, Copy)]
pub(crate) struct Origin {
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
    /// The numbers of a node that tells nothing yet.
    untold: [u32; Column::COUNT],
    /// The number of the empty list of virtual packages.
    no_virtuals: u32,
    /// Variants, patches and flags of each text of `parameters`. Packages of one
    /// build system often have the same.
    parameters: HashMap<Box<[u8]>, [u32; 3], FxBuildHasher>,
}

/// A node whose row is not yet complete: what names it may stand outside of it.
#[derive(Default)]
pub(crate) struct Node {
    /// The node's own hash, if it tells one.
    pub(crate) hash: Option<DagHash>,
    /// The dependencies, by the reference that the file uses.
    pub(crate) edges: Vec<Edge>,
    ids: [u32; Column::COUNT],
    has_compiler: bool,
    is_external: bool,
}

/// The keys of a node that matter, as bits, so that one given twice is seen.
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
    Dependencies,
    BuildSpec,
    Annotations,
    Hash,
}

impl Default for NodeReader {
    fn default() -> Self {
        let mut rows = CatalogBuilder::new();
        Self {
            untold: Column::ALL.map(|column| rows.intern(column, "")),
            no_virtuals: rows.intern_edge(EdgeColumn::Virtuals, ""),
            rows,
            parameters: HashMap::default(),
        }
    }
}

impl NodeReader {
    /// Numbers what the rows of one file have in common.
    pub(crate) fn origin(
        &mut self,
        kind: SourceKind,
        [tag, label, cache, source]: [&str; 4],
    ) -> Origin {
        Origin {
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
    pub(crate) fn push(&mut self, node: &Node, hash: DagHash, origin: Origin, available: bool) {
        let mut ids = node.ids;
        ids[Column::Tag as usize] = origin.tag;
        ids[Column::Source as usize] = origin.source;
        ids[Column::Cache as usize] = origin.cache;
        ids[Column::Stacks as usize] = origin.stacks;
        ids[Column::Size as usize] = origin.size;
        let row = Row::new(hash, origin.kind, available, ids);
        self.rows.push_with_edges(row, &node.edges);
    }

    /// Reads a node that stands by itself, `{"name": "zlib", ...}`.
    pub(crate) fn read(&mut self, json: &mut Json<'_>, node: &mut Node) -> JsonResult<()> {
        self.start(node);
        let mut seen = 0_u32;
        json.object(|json, key| self.member(json, key, node, &mut seen))?;
        self.complete(json, node, seen)
    }

    /// Reads a node under its name, `{"zlib": {...}}`, as old formats have it.
    pub(crate) fn read_wrapped(&mut self, json: &mut Json<'_>, node: &mut Node) -> JsonResult<()> {
        self.start(node);
        let mut seen = 0_u32;
        json.object(|json, name| {
            once(json, &mut seen, Key::Name)?;
            let name = checked(json, names::package(name))?;
            self.set(node, Column::Package, name);
            json.object(|json, key| self.member(json, key, node, &mut seen))
        })?;
        self.complete(json, node, seen)
    }

    fn start(&mut self, node: &mut Node) {
        node.hash = None;
        node.edges.clear();
        node.has_compiler = false;
        node.is_external = false;
        node.ids = self.untold;
    }

    fn set(&mut self, node: &mut Node, column: Column, text: &str) {
        node.ids[column as usize] = self.rows.intern(column, text);
    }

    fn member(
        &mut self,
        json: &mut Json<'_>,
        key: &str,
        node: &mut Node,
        seen: &mut u32,
    ) -> JsonResult<()> {
        match key.as_bytes() {
            b"name" => {
                once(json, seen, Key::Name)?;
                let name = json.text()?;
                self.set(node, Column::Package, checked(json, names::package(&name))?);
            }
            b"version" => {
                once(json, seen, Key::Version)?;
                self.version(json, node)?;
            }
            b"versions" => {
                once(json, seen, Key::Version)?;
                self.versions(json, node)?;
            }
            b"arch" => {
                once(json, seen, Key::Arch)?;
                self.architecture(json, node)?;
            }
            b"compiler" => {
                once(json, seen, Key::Compiler)?;
                self.compiler(json, node)?;
            }
            b"namespace" => {
                once(json, seen, Key::Namespace)?;
                if let Some(namespace) = json.text_or_null()? {
                    let namespace = checked(json, names::printable(&namespace, "namespace"))?;
                    self.set(node, Column::Namespace, namespace);
                }
            }
            b"parameters" => {
                once(json, seen, Key::Parameters)?;
                self.parameters(json, node)?;
            }
            b"external" => {
                once(json, seen, Key::External)?;
                self.external(json, node)?;
            }
            b"package_hash" => {
                once(json, seen, Key::Recipe)?;
                if let Some(recipe) = json.text_or_null()? {
                    let recipe = checked(json, names::printable(&recipe, "package hash"))?;
                    self.set(node, Column::Recipe, recipe);
                }
            }
            b"dependencies" => {
                once(json, seen, Key::Dependencies)?;
                self.dependencies(json, node)?;
            }
            b"build_spec" => {
                once(json, seen, Key::BuildSpec)?;
                self.build_spec(json, node)?;
            }
            b"annotations" => {
                once(json, seen, Key::Annotations)?;
                self.annotations(json, node)?;
            }
            b"hash" => {
                once(json, seen, Key::Hash)?;
                node.hash = Some(hash(json)?);
            }
            b"concrete" => {
                if !json.boolean()? {
                    let kind = FaultKind::wrong_text("concrete spec", "concrete: false");
                    return Err(json.error(JsonErrorKind::Value(kind)));
                }
            }
            _ => drop(json.skip()?),
        }
        Ok(())
    }

    fn complete(&mut self, json: &Json<'_>, node: &mut Node, seen: u32) -> JsonResult<()> {
        for (key, name) in [
            (Key::Name, "name"),
            (Key::Version, "version"),
            (Key::Arch, "arch"),
        ] {
            if seen & 1 << key as u32 == 0 {
                let mut error = json.error(JsonErrorKind::Value(FaultKind::MissingKey));
                error.path.push(name.to_owned());
                return Err(error);
            }
        }
        // What the system provides tells no compiler; nor does it have an edge to one.
        if node.is_external && node.edges.is_empty() && !node.has_compiler {
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

    fn architecture(&mut self, json: &mut Json<'_>, node: &mut Node) -> JsonResult<()> {
        let mut seen = 0_u32;
        json.object(|json, key| {
            let (column, expected) = match key.as_bytes() {
                b"platform" => (Column::Platform, "platform"),
                b"platform_os" => (Column::OperatingSystem, "operating system"),
                b"target" => (Column::Target, "target"),
                _ => return json.skip().map(drop),
            };
            if seen & 1 << column as u32 != 0 {
                return Err(json.error(JsonErrorKind::Twice));
            }
            seen |= 1 << column as u32;
            let name = if column == Column::Target && json.peek()? == b'{' {
                target_name(json)?
            } else {
                json.text()?
            };
            let name = checked(json, names::architecture(&name, expected))?;
            self.set(node, column, name);
            Ok(())
        })?;
        for (column, key) in [
            (Column::Platform, "platform"),
            (Column::OperatingSystem, "platform_os"),
            (Column::Target, "target"),
        ] {
            if seen & 1 << column as u32 == 0 {
                let mut error = json.error(JsonErrorKind::Value(FaultKind::MissingKey));
                error.path.push(key.to_owned());
                return Err(error);
            }
        }
        Ok(())
    }

    fn compiler(&mut self, json: &mut Json<'_>, node: &mut Node) -> JsonResult<()> {
        if json.peek()? == b'n' {
            return json.skip().map(drop);
        }
        let (mut name, mut version) = (Cow::Borrowed(""), Cow::Borrowed(""));
        json.object(|json, key| {
            match key.as_bytes() {
                b"name" => name = json.text()?,
                b"version" => version = json.text()?,
                _ => drop(json.skip()?),
            }
            Ok(())
        })?;
        self.set_compiler(json, node, &format!("{name}@{version}"))
    }

    fn set_compiler(&mut self, json: &Json<'_>, node: &mut Node, text: &str) -> JsonResult<()> {
        let text = text.replacen("@=", "@", 1);
        let text = checked(json, names::printable(&text, "compiler"))?;
        self.set(node, Column::Compiler, text);
        node.has_compiler = true;
        Ok(())
    }

    /// Files that Spack converted from an older format note the compiler beside the node.
    fn annotations(&mut self, json: &mut Json<'_>, node: &mut Node) -> JsonResult<()> {
        json.object(|json, key| match key.as_bytes() {
            b"compiler" => match json.text_or_null()? {
                Some(compiler) => self.set_compiler(json, node, &compiler),
                None => Ok(()),
            },
            _ => json.skip().map(drop),
        })
    }

    fn parameters(&mut self, json: &mut Json<'_>, node: &mut Node) -> JsonResult<()> {
        let mut inside = *json;
        let raw = json.skip()?;
        let ids = if let Some(&ids) = self.parameters.get(raw) {
            ids
        } else {
            let ids = self.new_parameters(&mut inside)?;
            self.parameters.insert(raw.into(), ids);
            ids
        };
        let columns = [Column::Variants, Column::Patches, Column::Flags];
        for (column, id) in columns.into_iter().zip(ids) {
            node.ids[column as usize] = id;
        }
        Ok(())
    }

    fn new_parameters(&mut self, json: &mut Json<'_>) -> JsonResult<[u32; 3]> {
        let mut canonical: Vec<(String, String)> = Vec::new();
        let mut patches = String::new();
        let mut flags: Vec<String> = Vec::new();
        json.object(|json, name| {
            if FLAGS.contains(&name) {
                let values = texts(json)?;
                if !values.is_empty() {
                    flags.push(format!("{name}={}", values.join("\t")));
                }
                return Ok(());
            }
            if !variants::is_name(name) {
                let kind = FaultKind::wrong_text("variant", name);
                return Err(json.error(JsonErrorKind::Value(kind)));
            }
            let text = match json.peek()? {
                b'[' => {
                    let values = texts(json)?.join(",");
                    if name == "patches" {
                        patches.clone_from(&values);
                    }
                    variants::valued("", name, &values).into_owned()
                }
                b'"' => variants::valued("", name, &json.text()?).into_owned(),
                b't' | b'f' => {
                    let sigil = if json.boolean()? { '+' } else { '~' };
                    format!("{sigil}{name}")
                }
                // Hand-written files have numbers where Spack writes text.
                _ => format!("{name}={}", String::from_utf8_lossy(json.skip()?)),
            };
            if text.contains(char::is_control) {
                let kind = FaultKind::wrong_text("variant", &text);
                return Err(json.error(JsonErrorKind::Value(kind)));
            }
            canonical.push((name.to_owned(), text));
            Ok(())
        })?;
        canonical.sort_unstable();
        if canonical.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            return Err(json.error(JsonErrorKind::Twice));
        }
        let lines: Vec<&str> = canonical.iter().map(|(_, text)| text.as_str()).collect();
        flags.sort_unstable();
        Ok([
            self.rows.intern(Column::Variants, &lines.join("\n")),
            self.rows.intern(Column::Patches, &patches),
            self.rows.intern(Column::Flags, &flags.join("\n")),
        ])
    }

    /// A spec is external if the path of its external or a module is set.
    fn external(&mut self, json: &mut Json<'_>, node: &mut Node) -> JsonResult<()> {
        if json.peek()? != b'{' {
            return json.skip().map(drop);
        }
        let mut provided = String::new();
        json.object(|json, key| {
            match key.as_bytes() {
                b"path" => {
                    if let Some(path) = json.text_or_null()? {
                        provided = path.replace(char::is_control, "?");
                    }
                }
                b"module" | b"modules" => match json.peek()? {
                    b'"' => add_modules(&mut provided, &json.text()?),
                    b'[' => {
                        let modules = texts(json)?;
                        if !modules.is_empty() {
                            add_modules(&mut provided, &modules.join(","));
                        }
                    }
                    _ => drop(json.skip()?),
                },
                _ => drop(json.skip()?),
            }
            Ok(())
        })?;
        node.is_external = !provided.is_empty();
        self.set(node, Column::External, &provided);
        Ok(())
    }

    fn dependencies(&mut self, json: &mut Json<'_>, node: &mut Node) -> JsonResult<()> {
        if json.peek()? == b'{' {
            return json.object(|json, name| {
                let mut edge = self.edge_to(json, name)?;
                self.dependency(json, &mut edge)?;
                node.edges.push(edge.complete(json)?);
                Ok(())
            });
        }
        json.list(|json, _| {
            let mut ahead = *json;
            if let Some(edge) = self.published_dependency(&mut ahead) {
                node.edges.push(edge);
                *json = ahead;
                return Ok(());
            }
            let mut edge = PartialEdge::default();
            self.dependency(json, &mut edge)?;
            node.edges.push(edge.complete(json)?);
            Ok(())
        })
    }

    /// Takes a dependency that is spelt as today's Spack writes it, key by key. Most of
    /// an index are such dependencies; whatever is spelt otherwise is left to
    /// [`dependency`](Self::dependency), which gives the same for both.
    fn published_dependency(&mut self, json: &mut Json<'_>) -> Option<Edge> {
        json.literal(b"{\"name\":\"").then_some(())?;
        let name = json.plain_rest()?;
        json.literal(b",\"hash\":\"").then_some(())?;
        let child = DagHash::parse(json.plain_rest()?).ok()?;
        json.literal(b",\"parameters\":{\"deptypes\":[")
            .then_some(())?;
        let types = written_types(json)?;
        json.literal(b",\"virtuals\":[").then_some(())?;
        let virtuals = if json.literal(b"]") {
            ""
        } else {
            json.literal(b"\"").then_some(())?;
            let one = json.plain_rest()?;
            json.literal(b"]").then_some(())?;
            one
        };
        json.literal(b"}}").then_some(())?;
        Some(Edge {
            name: self.edge_text(EdgeColumn::Name, name)?,
            child,
            types,
            virtuals: self.edge_text(EdgeColumn::Virtuals, virtuals)?,
        })
    }

    /// The number of a name on an edge, if it is one; virtual packages may be none.
    fn edge_text(&mut self, column: EdgeColumn, text: &str) -> Option<u32> {
        if text.is_empty() && column == EdgeColumn::Virtuals {
            return Some(self.no_virtuals);
        }
        let is_name = names::package(text).is_ok();
        is_name.then(|| self.rows.intern_edge(column, text))
    }

    fn edge_to(&mut self, json: &Json<'_>, name: &str) -> JsonResult<PartialEdge> {
        let name = checked(json, names::package(name))?;
        Ok(PartialEdge {
            name: Some(self.rows.intern_edge(EdgeColumn::Name, name)),
            ..PartialEdge::default()
        })
    }

    fn dependency(&mut self, json: &mut Json<'_>, edge: &mut PartialEdge) -> JsonResult<()> {
        edge.virtuals = self.no_virtuals;
        json.object(|json, key| {
            match key.as_bytes() {
                b"name" => {
                    let name = json.text()?;
                    let name = checked(json, names::package(&name))?;
                    edge.name = Some(self.rows.intern_edge(EdgeColumn::Name, name));
                }
                // The first of these, in this order, is the reference.
                b"hash" => edge.refer(0, hash(json)?),
                b"package_hash" => edge.refer(1, hash(json)?),
                b"full_hash" => edge.refer(2, hash(json)?),
                b"build_hash" => edge.refer(3, hash(json)?),
                // Files with this key are older than virtual packages on edges.
                b"type" => {
                    edge.types = types(json)?;
                    edge.virtuals = self.rows.intern_edge(EdgeColumn::Virtuals, VIRTUALS_UNTOLD);
                }
                b"parameters" => json.object(|json, key| {
                    match key.as_bytes() {
                        b"deptypes" => edge.types = types(json)?,
                        b"virtuals" => edge.virtuals = self.virtuals(json)?,
                        _ => drop(json.skip()?),
                    }
                    Ok(())
                })?,
                _ => drop(json.skip()?),
            }
            Ok(())
        })
    }

    fn virtuals(&mut self, json: &mut Json<'_>) -> JsonResult<u32> {
        let mut joined = Cow::Borrowed("");
        json.list(|json, index| {
            let name = json.text()?;
            checked(json, names::package(&name))?;
            if index == 0 {
                joined = name;
            } else {
                let joined = joined.to_mut();
                joined.push(',');
                joined.push_str(&name);
            }
            Ok(())
        })?;
        Ok(self.rows.intern_edge(EdgeColumn::Virtuals, &joined))
    }

    fn build_spec(&mut self, json: &mut Json<'_>, node: &mut Node) -> JsonResult<()> {
        let mut edge = PartialEdge::default();
        self.dependency(json, &mut edge)?;
        let mut edge = edge.complete(json)?;
        edge.types = EdgeTypes::BUILD_SPEC;
        node.edges.push(edge);
        Ok(())
    }
}

/// An edge while its object is being read.
#[derive(Default)]
struct PartialEdge {
    name: Option<u32>,
    reference: Option<(u8, DagHash)>,
    types: EdgeTypes,
    virtuals: u32,
}

impl PartialEdge {
    fn refer(&mut self, preference: u8, hash: DagHash) {
        if self.reference.is_none_or(|(other, _)| preference < other) {
            self.reference = Some((preference, hash));
        }
    }

    fn complete(self, json: &Json<'_>) -> JsonResult<Edge> {
        let missing = |key: &str| {
            let mut error = json.error(JsonErrorKind::Value(FaultKind::MissingKey));
            error.path.push(key.to_owned());
            error
        };
        Ok(Edge {
            name: self.name.ok_or_else(|| missing("name"))?,
            child: self.reference.ok_or_else(|| missing("hash"))?.1,
            types: self.types,
            virtuals: self.virtuals,
        })
    }
}

fn add_modules(provided: &mut String, modules: &str) {
    if !provided.is_empty() {
        provided.push(' ');
    }
    provided.push_str("module ");
    provided.push_str(&modules.replace(char::is_control, "?"));
}

fn target_name<'j>(json: &mut Json<'j>) -> JsonResult<Cow<'j, str>> {
    let mut name = None;
    json.object(|json, key| {
        match key.as_bytes() {
            b"name" => name = Some(json.text()?),
            _ => drop(json.skip()?),
        }
        Ok(())
    })?;
    name.ok_or_else(|| {
        let mut error = json.error(JsonErrorKind::Value(FaultKind::MissingKey));
        error.path.push("name".to_owned());
        error
    })
}

fn texts<'j>(json: &mut Json<'j>) -> JsonResult<Vec<Cow<'j, str>>> {
    let mut texts = Vec::new();
    json.list(|json, _| {
        texts.push(json.text()?);
        Ok(())
    })?;
    Ok(texts)
}

fn types(json: &mut Json<'_>) -> JsonResult<EdgeTypes> {
    let mut types = EdgeTypes::default();
    json.list(|json, _| {
        let name = json.text()?;
        types = types
            | match &*name {
                "link" => EdgeTypes::LINK,
                "run" => EdgeTypes::RUN,
                "build" => EdgeTypes::BUILD,
                "test" => EdgeTypes::TEST,
                other => {
                    let kind = FaultKind::wrong_text("dependency type", other);
                    return Err(json.error(JsonErrorKind::Value(kind)));
                }
            };
        Ok(())
    })?;
    Ok(types)
}

/// The types of a dependency up to the end of their list, if they are spelt as Spack
/// writes them.
fn written_types(json: &mut Json<'_>) -> Option<EdgeTypes> {
    let mut types = EdgeTypes::default();
    if json.literal(b"]") {
        return Some(types);
    }
    loop {
        let one = if json.literal(b"\"build\"") {
            EdgeTypes::BUILD
        } else if json.literal(b"\"link\"") {
            EdgeTypes::LINK
        } else if json.literal(b"\"run\"") {
            EdgeTypes::RUN
        } else if json.literal(b"\"test\"") {
            EdgeTypes::TEST
        } else {
            return None;
        };
        types = types | one;
        if json.literal(b"]") {
            return Some(types);
        }
        json.literal(b",").then_some(())?;
    }
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

fn once(json: &Json<'_>, seen: &mut u32, key: Key) -> JsonResult<()> {
    let bit = 1 << key as u32;
    if *seen & bit != 0 {
        return Err(json.error(JsonErrorKind::Twice));
    }
    *seen |= bit;
    Ok(())
}
