//! A catalog as a graph for matching abstract specs.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;
use specplan_spack as spack;
use specplan_spack::{
    Compiler, DependencyTypes, FlagKind, Missing, SpecGraph, Truth, Variant, VariantValue, Version,
    VersionConstraint, is_virtual_of_spack, may_provide,
};

use crate::edge::{EdgeColumn, EdgeTypes};
use crate::{Catalog, Column, HASH_LEN, SourceKind};

/// The list of virtual packages of an edge whose file is too old to record them.
pub const VIRTUALS_NOT_RECORDED: &str = "?";

/// The meaning of the texts of a catalog to Spack, parsed once.
#[derive(Debug)]
pub struct CatalogGraph<'c> {
    catalog: &'c Catalog,
    parsed: &'c Parsed,
}

/// The parsed texts of a catalog's columns.
#[derive(Debug, Default)]
pub(crate) struct Parsed {
    /// The number of each spec's name: walks ask it of each edge, and rows lie far apart.
    packages: Vec<u32>,
    /// For each spec the numbers of its first dependency and of the first after its last, and
    /// whether these are complete and all described.
    spans: Vec<(u32, u32)>,
    has_all_edges: Vec<bool>,
    versions: Vec<Option<Version>>,
    variants: Vec<Vec<(Box<str>, Value)>>,
    compilers: Vec<Option<(Box<str>, Version)>>,
    virtuals: Vec<Vec<Box<str>>>,
    /// The specs that provide each virtual package, according to some edge or to the specs
    /// themselves.
    providers: BTreeMap<Box<str>, Vec<u32>>,
    /// Whether every edge records its virtual packages, so that all used providers of a virtual
    /// package are on such edges.
    records_all_virtuals: bool,
    /// By text, the virtual packages that specs record as provided.
    provided: Vec<Vec<Provided>>,
    /// By text of annotations, whether the spec records everything that it provides.
    says_provided: Vec<bool>,
    /// Whether every spec does.
    all_say_provided: bool,
    hashes: OnceLock<Vec<[u8; HASH_LEN]>>,
}

#[derive(Debug)]
enum Value {
    Bool(bool),
    Texts(Box<str>),
}

/// A virtual package that a spec records as provided.
#[derive(Debug)]
struct Provided {
    name: Box<str>,
    /// The versions of it; `None` where they cannot be read.
    versions: Option<VersionConstraint>,
}

impl Provided {
    fn parse(text: &str) -> Self {
        let (name, versions) = text.split_once('@').unwrap_or((text, ""));
        Self {
            name: name.into(),
            versions: if versions.is_empty() {
                Some(VersionConstraint::any())
            } else {
                VersionConstraint::parse(versions).ok()
            },
        }
    }

    /// As in Spack, a provider matches if some version that it provides is required.
    fn overlaps(&self, versions: &VersionConstraint) -> Truth {
        let provided = self.versions.as_ref();
        provided.map_or(Truth::Unknown(Missing::Field), |provided| {
            provided.intersects(versions)
        })
    }
}

/// The first version of nodes that record the virtual packages they provide.
const FIRST_WITH_PROVIDED: u32 = 6;

/// Returns whether a spec with these annotations records everything that it provides.
fn says_provided(annotations: &str) -> bool {
    let mut lines = annotations.split('\n');
    let version = lines.find_map(|line| line.strip_prefix("original_specfile_version="));
    version
        .and_then(|version| version.parse().ok())
        .is_some_and(|version: u32| version >= FIRST_WITH_PROVIDED)
}

impl Parsed {
    pub(crate) fn of(catalog: &Catalog) -> Self {
        let versions = catalog.names(Column::Version).iter();
        let variants = catalog.names(Column::Variants).iter();
        let compilers = catalog.names(Column::Compiler).iter();
        let virtuals = catalog.edge_names(EdgeColumn::Virtuals).iter();
        let lists: Vec<Vec<Box<str>>> = virtuals
            .map(|text| {
                text.split(',')
                    .filter(|name| !name.is_empty())
                    .map(Box::from)
                    .collect()
            })
            .collect();
        let mut providers: BTreeMap<Box<str>, Vec<u32>> = BTreeMap::new();
        let mut seen: HashMap<(u32, u32), (), FxBuildHasher> = HashMap::default();
        for (spec, _) in catalog.specs() {
            for edge in catalog.dependencies(spec).unwrap_or_default() {
                let list = &lists[edge.virtuals as usize];
                if !list.is_empty() && seen.insert((edge.child, edge.virtuals), ()).is_none() {
                    for name in list {
                        providers.entry(name.clone()).or_default().push(edge.child);
                    }
                }
            }
        }
        let texts = catalog.names(Column::Provided).iter();
        let provided: Vec<Vec<Provided>> = texts
            .map(|text| {
                let lines = text.split('\n').filter(|line| !line.is_empty());
                lines.map(Provided::parse).collect()
            })
            .collect();
        let annotations = catalog.names(Column::Annotations).iter();
        let says_provided: Vec<bool> = annotations.map(says_provided).collect();
        let mut all_say_provided = true;
        for (spec, _) in catalog.specs() {
            all_say_provided &= says_provided[catalog.id(spec, Column::Annotations) as usize];
            for each in &provided[catalog.id(spec, Column::Provided) as usize] {
                providers.entry(each.name.clone()).or_default().push(spec);
            }
        }
        for specs in providers.values_mut() {
            specs.sort_unstable();
            specs.dedup();
        }
        let not_recorded = catalog
            .edge_names(EdgeColumn::Virtuals)
            .find(VIRTUALS_NOT_RECORDED);
        let records_edges = || {
            catalog
                .specs()
                .all(|(spec, _)| catalog.dependencies(spec).is_some())
        };
        let specs = || 0..catalog.len() as u32;
        let span = |spec| {
            let (first, dependencies) = catalog.numbered_dependencies(spec);
            (first, first + dependencies.len() as u32)
        };
        let has_all_edges = |spec| {
            let is_described = |each: crate::CatalogEdge| (each.child as usize) < catalog.len();
            let dependencies = catalog.dependencies(spec);
            dependencies.is_some_and(|all| all.iter().all(is_described))
        };
        Self {
            packages: specs()
                .map(|spec| catalog.id(spec, Column::Package))
                .collect(),
            spans: specs().map(span).collect(),
            has_all_edges: specs().map(has_all_edges).collect(),
            versions: versions.map(|text| Version::parse(text).ok()).collect(),
            variants: variants
                .map(|text| text.split('\n').filter_map(variant).collect())
                .collect(),
            compilers: compilers.map(compiler).collect(),
            virtuals: lists,
            records_all_virtuals: not_recorded.is_none() && records_edges(),
            provided,
            says_provided,
            all_say_provided,
            providers,
            hashes: OnceLock::new(),
        }
    }
}

/// The name and the value of a variant in canonical spelling.
fn variant(text: &str) -> Option<(Box<str>, Value)> {
    let named = |name: &str, value| Some((Box::from(name), value));
    if let Some(name) = text.strip_prefix('+') {
        return named(name, Value::Bool(true));
    }
    if let Some(name) = text.strip_prefix('~') {
        return named(name, Value::Bool(false));
    }
    let (name, value) = text.split_once('=')?;
    // Quoting is undone as it was done: only a backslash and a quote are escaped.
    let unquoted = value
        .strip_prefix('"')
        .and_then(|value| value.strip_suffix('"'));
    let value = unquoted.map_or_else(
        || value.to_owned(),
        |value| value.replace("\\\"", "\"").replace("\\\\", "\\"),
    );
    named(name, Value::Texts(value.into()))
}

fn compiler(text: &str) -> Option<(Box<str>, Version)> {
    let (name, version) = text.split_once('@')?;
    Some((name.into(), Version::parse(version).ok()?))
}

impl Catalog {
    /// The catalog as a graph for matching abstract specs.
    pub fn graph(&self) -> CatalogGraph<'_> {
        CatalogGraph {
            catalog: self,
            parsed: self.parsed(),
        }
    }
}

impl CatalogGraph<'_> {
    /// Returns whether a name is that of a package or of a virtual package, according to the
    /// catalog and Spack's own recipes. If it is neither, nothing that requires it can be met.
    pub fn has_heard_of(&self, name: &str) -> bool {
        self.catalog.names(Column::Package).find(name).is_some()
            || self.parsed.providers.contains_key(name)
            || is_virtual_of_spack(name)
    }

    fn is_page(&self, spec: u32) -> bool {
        self.catalog.rows_of(spec)[0].kind() == SourceKind::Page
    }

    fn recorded(&self, spec: u32, column: Column) -> Option<&str> {
        Some(self.catalog.text(spec, column)).filter(|text| !text.is_empty())
    }
}

impl SpecGraph for CatalogGraph<'_> {
    fn spec_count(&self) -> usize {
        self.catalog.len()
    }

    fn name(&self, spec: u32) -> &str {
        self.catalog.text(spec, Column::Package)
    }

    fn package(&self, spec: u32) -> u32 {
        self.parsed.packages[spec as usize]
    }

    fn version(&self, spec: u32) -> Option<&Version> {
        let id = self.catalog.id(spec, Column::Version);
        self.parsed.versions[id as usize].as_ref()
    }

    fn platform(&self, spec: u32) -> Option<&str> {
        self.recorded(spec, Column::Platform)
    }

    fn os(&self, spec: u32) -> Option<&str> {
        self.recorded(spec, Column::OperatingSystem)
    }

    fn target(&self, spec: u32) -> Option<&str> {
        self.recorded(spec, Column::Target)
    }

    fn namespace(&self, spec: u32) -> Option<&str> {
        self.recorded(spec, Column::Namespace)
    }

    fn hash(&self, spec: u32) -> &str {
        let hashes = self.parsed.hashes.get_or_init(|| {
            let specs = 0..self.catalog.len() as u32;
            specs
                .map(|spec| self.catalog.hash(spec).letters())
                .collect()
        });
        str::from_utf8(&hashes[spec as usize]).unwrap_or_default()
    }

    fn variant(&self, spec: u32, name: &str) -> Variant<'_> {
        // Pages cut patches to their first digits; other files record them whole.
        if name == "patches"
            && let Some(patches) = self.recorded(spec, Column::Patches)
        {
            return Variant::Value(VariantValue::Multi(patches.split(',').collect()));
        }
        let id = self.catalog.id(spec, Column::Variants);
        let variants = &self.parsed.variants[id as usize];
        match variants.iter().find(|(each, _)| &**each == name) {
            None => Variant::Absent,
            Some((_, Value::Bool(is_on))) => Variant::Value(VariantValue::Bool(*is_on)),
            Some((_, Value::Texts(value))) => {
                Variant::Value(VariantValue::Multi(value.split(',').collect()))
            }
        }
    }

    fn flags(&self, spec: u32, kind: FlagKind) -> Option<Vec<&str>> {
        if self.is_page(spec) {
            return None;
        }
        let mut lines = self.catalog.text(spec, Column::Flags).split('\n');
        let values = lines.find_map(|line| {
            line.strip_prefix(kind.name())
                .and_then(|line| line.strip_prefix('='))
        });
        Some(values.map_or_else(Vec::new, |values| values.split('\t').collect()))
    }

    fn compiler(&self, spec: u32) -> Compiler<'_> {
        let id = self.catalog.id(spec, Column::Compiler);
        match (
            &self.parsed.compilers[id as usize],
            self.catalog.names(Column::Compiler).get(id),
        ) {
            (Some((name, version)), _) if self.is_page(spec) => Compiler::Shown { name, version },
            (Some((name, version)), _) => Compiler::Sole { name, version },
            (None, "none") => Compiler::Absent,
            (None, "") => Compiler::OnEdges,
            (None, _) => Compiler::Unknown,
        }
    }

    fn edges(&self, spec: u32) -> impl Iterator<Item = spack::SpecEdge> + '_ {
        let (first, end) = self.parsed.spans[spec as usize];
        let specs = self.catalog.len() as u32;
        let dependencies = self.catalog.dependencies_between(first, end);
        dependencies
            .iter()
            .zip(first..)
            .filter(move |(each, _)| each.child < specs && each.types != EdgeTypes::BUILD_SPEC)
            .map(|(each, edge)| spack::SpecEdge {
                edge,
                child: each.child,
                types: DependencyTypes::from_bits(each.types.bits()),
            })
    }

    fn has_all_edges(&self, spec: u32) -> bool {
        self.parsed.has_all_edges[spec as usize]
    }

    fn edge_provides(&self, edge: u32, virtual_name: &str) -> Truth {
        let list = &self.parsed.virtuals[self.catalog.dependency(edge).virtuals as usize];
        if list.iter().any(|name| &**name == VIRTUALS_NOT_RECORDED) {
            return Truth::Unknown(Missing::Virtuals);
        }
        list.iter().any(|name| &**name == virtual_name).into()
    }

    fn provision(&self, edge: u32) -> u32 {
        self.catalog.dependency(edge).virtuals
    }

    fn is_virtual(&self, name: &str) -> Truth {
        if self.parsed.providers.contains_key(name) {
            return Truth::Yes;
        }
        let is_package = self.catalog.names(Column::Package).find(name).is_some();
        // Edges name only what dependents use: a spec may provide more.
        if is_package || self.parsed.all_say_provided {
            return Truth::No;
        }
        Truth::Unknown(Missing::Virtuals)
    }

    fn provides(&self, spec: u32, virtual_name: &str) -> Truth {
        let providers = self.parsed.providers.get(virtual_name);
        if providers.is_some_and(|specs| specs.binary_search(&spec).is_ok()) {
            return Truth::Yes;
        }
        let annotations = self.catalog.id(spec, Column::Annotations);
        if self.parsed.says_provided[annotations as usize] {
            return Truth::No;
        }
        // Edges record what dependents use; only its recipe defines what else a package provides.
        let edges_decide = providers.is_some() && self.parsed.records_all_virtuals;
        if edges_decide && !may_provide(self.name(spec), virtual_name) {
            return Truth::No;
        }
        Truth::Unknown(Missing::Virtuals)
    }

    fn provides_version(
        &self,
        spec: u32,
        virtual_name: &str,
        versions: &VersionConstraint,
    ) -> Truth {
        if versions.is_any() {
            return Truth::Yes;
        }
        let all = &self.parsed.provided[self.catalog.id(spec, Column::Provided) as usize];
        let mut such = all.iter().filter(|each| &*each.name == virtual_name);
        // If only edges record a virtual package, only the recipe knows its versions.
        let undecided = Truth::Unknown(Missing::Recipe);
        let first = such.next().map(|each| each.overlaps(versions));
        such.fold(first.unwrap_or(undecided), |answer, each| {
            answer.or(each.overlaps(versions))
        })
    }
}
