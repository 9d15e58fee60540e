//! A small reader of lock files that shows how a source implements [`SpecGraph`].

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use specplan_spack::{
    Compiler, DependencyTypes, FlagKind, SpecEdge, SpecGraph, Truth, Variant, VariantValue, Version,
};

/// The specs of several lock files, each once.
#[derive(Default)]
pub(crate) struct LockGraph {
    specs: Vec<Spec>,
    by_hash: BTreeMap<String, u32>,
    edges: Vec<StoredEdge>,
    virtuals: BTreeSet<String>,
}

struct Spec {
    node: Value,
    version: Version,
    /// Name and version of the compiler, where it is recorded on the spec.
    compiler: Option<(String, Version)>,
    has_compiler_on_edges: bool,
    edges: std::ops::Range<usize>,
}

struct StoredEdge {
    child: u32,
    types: DependencyTypes,
    virtuals: Vec<String>,
}

impl LockGraph {
    pub(crate) fn read(locks: &[Value]) -> Self {
        let mut graph = Self::default();
        let mut stored = BTreeMap::new();
        for lock in locks {
            let format = lock["_meta"]["specfile-version"]
                .as_u64()
                .expect("a number");
            for (hash, node) in lock["concrete_specs"].as_object().expect("an object") {
                stored.entry(hash.clone()).or_insert((format, node));
            }
        }
        for (number, hash) in stored.keys().enumerate() {
            let number = u32::try_from(number).expect("a test holds few specs");
            graph.by_hash.insert(hash.clone(), number);
        }
        for (format, node) in stored.into_values() {
            graph.push(format, node);
        }
        graph
    }

    fn push(&mut self, format: u64, node: &Value) {
        let start = self.edges.len();
        for dependency in list(&node["dependencies"]) {
            let parameters = &dependency["parameters"];
            let types = list(&parameters["deptypes"])
                .iter()
                .map(|name| DependencyTypes::from_name(text(name)).expect("the types are known"));
            let virtuals: Vec<String> = strings(&parameters["virtuals"]);
            self.virtuals.extend(virtuals.iter().cloned());
            self.edges.push(StoredEdge {
                child: self.by_hash[text(&dependency["hash"])],
                types: types.fold(DependencyTypes::NONE, |all, one| all | one),
                virtuals,
            });
        }
        let annotations = &node["annotations"];
        let original = annotations["original_specfile_version"].as_u64();
        let is_leaf_external = node.get("external").is_some() && start == self.edges.len();
        let compiler = match (&node["compiler"], &annotations["compiler"]) {
            (Value::Object(compiler), _) => {
                let version = text(&compiler["version"]).parse().expect("a version");
                Some((text(&compiler["name"]).to_owned(), version))
            }
            (_, Value::String(compiler)) => {
                let (name, version) = compiler.split_once('@').expect("a version follows");
                let version = version.trim_start_matches('=').parse().expect("a version");
                Some((name.to_owned(), version))
            }
            _ => None,
        };
        self.specs.push(Spec {
            version: text(&node["version"]).parse().expect("a version"),
            compiler,
            has_compiler_on_edges: original.unwrap_or(format) >= 5 && !is_leaf_external,
            edges: start..self.edges.len(),
            node: node.clone(),
        });
    }

    fn node(&self, spec: u32) -> &Value {
        &self.specs[spec as usize].node
    }
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], |list| list)
}

fn strings(value: &Value) -> Vec<String> {
    list(value)
        .iter()
        .map(|value| text(value).to_owned())
        .collect()
}

impl SpecGraph for LockGraph {
    fn spec_count(&self) -> usize {
        self.specs.len()
    }

    fn name(&self, spec: u32) -> &str {
        text(&self.node(spec)["name"])
    }

    fn version(&self, spec: u32) -> Option<&Version> {
        Some(&self.specs[spec as usize].version)
    }

    fn platform(&self, spec: u32) -> Option<&str> {
        self.node(spec)["arch"]["platform"].as_str()
    }

    fn os(&self, spec: u32) -> Option<&str> {
        self.node(spec)["arch"]["platform_os"].as_str()
    }

    fn target(&self, spec: u32) -> Option<&str> {
        let target = &self.node(spec)["arch"]["target"];
        target.as_str().or_else(|| target["name"].as_str())
    }

    fn namespace(&self, spec: u32) -> Option<&str> {
        self.node(spec)["namespace"].as_str()
    }

    fn hash(&self, spec: u32) -> &str {
        text(&self.node(spec)["hash"])
    }

    fn variant(&self, spec: u32, name: &str) -> Variant<'_> {
        if FlagKind::from_name(name).is_some() {
            return Variant::Absent;
        }
        match &self.node(spec)["parameters"][name] {
            Value::Bool(is_on) => Variant::Value(VariantValue::Bool(*is_on)),
            Value::String(value) => Variant::Value(VariantValue::Single(value)),
            Value::Array(values) => {
                Variant::Value(VariantValue::Multi(values.iter().map(text).collect()))
            }
            _ => Variant::Absent,
        }
    }

    fn flags(&self, spec: u32, kind: FlagKind) -> Option<Vec<&str>> {
        let flags = &self.node(spec)["parameters"][kind.name()];
        Some(list(flags).iter().map(text).collect())
    }

    fn compiler(&self, spec: u32) -> Compiler<'_> {
        let spec = &self.specs[spec as usize];
        match &spec.compiler {
            _ if spec.has_compiler_on_edges => Compiler::OnEdges,
            Some((name, version)) => Compiler::Sole { name, version },
            None => Compiler::Absent,
        }
    }

    fn edges(&self, spec: u32) -> impl Iterator<Item = SpecEdge> + '_ {
        self.specs[spec as usize]
            .edges
            .clone()
            .map(|edge| SpecEdge {
                edge: u32::try_from(edge).expect("a test holds few edges"),
                child: self.edges[edge].child,
                types: self.edges[edge].types,
            })
    }

    fn has_all_edges(&self, _spec: u32) -> bool {
        true
    }

    fn edge_provides(&self, edge: u32, virtual_name: &str) -> Truth {
        let virtuals = &self.edges[edge as usize].virtuals;
        virtuals.iter().any(|name| name == virtual_name).into()
    }

    fn is_virtual(&self, name: &str) -> Truth {
        self.virtuals.contains(name).into()
    }

    fn provides(&self, spec: u32, virtual_name: &str) -> Truth {
        self.edges
            .iter()
            .any(|edge| edge.child == spec && edge.virtuals.iter().any(|v| v == virtual_name))
            .into()
    }
}
