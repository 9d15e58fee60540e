//! Abstract specs: read, merged and compared.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyType;
use specplan_spack::{
    AbstractSpec, Contradiction, FieldConstraint, TargetConstraint, Truth, parse_many, parse_one,
    parse_one_with, target::TargetMember, toolchains_in,
};

use crate::errors::no_spec;

/// A query in Spack's spec syntax.
#[pyclass(frozen, module = "specplan._core", name = "AbstractSpec")]
pub(crate) struct PyAbstractSpec {
    spec: AbstractSpec,
}

impl From<AbstractSpec> for PyAbstractSpec {
    fn from(spec: AbstractSpec) -> Self {
        Self { spec }
    }
}

/// An abstract spec, or a text that is one.
#[derive(FromPyObject)]
enum SpecOrText<'py> {
    Spec(Bound<'py, PyAbstractSpec>),
    Text(String),
}

impl SpecOrText<'_> {
    fn read(self) -> PyResult<AbstractSpec> {
        match self {
            Self::Spec(spec) => Ok(spec.get().spec.clone()),
            Self::Text(text) => parse_one(&text).map_err(|error| no_spec(&error)),
        }
    }
}

#[pymethods]
impl PyAbstractSpec {
    #[new]
    #[pyo3(signature = (text, toolchains = None))]
    fn new(text: &str, toolchains: Option<BTreeMap<String, Bound<'_, Self>>>) -> PyResult<Self> {
        let named = toolchains.unwrap_or_default().into_iter();
        let toolchains = named.map(|(name, each)| (name.into(), each.get().spec.clone()));
        let spec = parse_one_with(text, &toolchains.collect()).map_err(|error| no_spec(&error))?;
        Ok(spec.into())
    }

    #[staticmethod]
    fn toolchains_in(text: &str, toolchains: BTreeSet<String>) -> Vec<String> {
        let names = toolchains_in(text, |name| toolchains.contains(name));
        names.into_iter().map(String::from).collect()
    }

    #[staticmethod]
    fn parse_many(text: &str) -> PyResult<Vec<Self>> {
        let specs = parse_many(text).map_err(|error| no_spec(&error))?;
        Ok(specs.into_iter().map(Self::from).collect())
    }

    #[getter]
    fn name(&self) -> Option<&str> {
        self.spec.node.name.as_deref()
    }

    #[getter]
    fn namespace(&self) -> Option<&str> {
        self.spec.node.namespace.as_deref()
    }

    #[getter]
    fn platform(&self) -> Option<&str> {
        single(self.spec.node.platform.as_ref())
    }

    #[getter]
    fn os(&self) -> Option<&str> {
        single(self.spec.node.os.as_ref())
    }

    #[getter]
    fn target(&self) -> Option<&str> {
        match self.spec.node.target.as_ref()? {
            TargetConstraint::OneOf(members) => match &members[..] {
                [TargetMember::Name(name)] => Some(name),
                _ => None,
            },
            TargetConstraint::Any => None,
        }
    }

    #[getter]
    fn hash(&self) -> Option<&str> {
        self.spec.node.hash.as_deref()
    }

    #[getter]
    fn is_direct_only(&self) -> bool {
        self.spec.is_direct_only()
    }

    fn constrain(&self, other: SpecOrText<'_>) -> PyResult<Self> {
        merged(self.spec.constrain(&other.read()?))
    }

    fn constrain_all(&self, others: Vec<Bound<'_, Self>>) -> PyResult<Self> {
        let others: Vec<&AbstractSpec> = others.iter().map(|each| &each.get().spec).collect();
        let all = self.spec.constrain_all(&others);
        all.map(Self::from)
            .map_err(|(position, fault)| PyValueError::new_err((fault.to_string(), position)))
    }

    fn satisfies(&self, other: SpecOrText<'_>) -> PyResult<Option<bool>> {
        Ok(answer(self.spec.satisfies(&other.read()?)))
    }

    fn intersects(&self, other: SpecOrText<'_>) -> PyResult<Option<bool>> {
        Ok(answer(self.spec.intersects(&other.read()?)))
    }

    fn with_exact_values(&self, declared: Vec<String>) -> Self {
        let has_variant = |name: &str| declared.iter().any(|each| each == name);
        self.spec.clone().with_exact_values(has_variant).into()
    }

    fn copied(&self) -> Self {
        self.spec.copied().into()
    }

    #[getter]
    fn propagated(&self) -> Vec<&str> {
        let variants = self.spec.node.variants.iter();
        let propagated = variants.filter(|(_, variant)| variant.propagates);
        propagated.map(|(name, _)| &**name).collect()
    }

    fn only_when(&self, condition: SpecOrText<'_>) -> PyResult<Self> {
        merged(self.spec.clone().only_when(&condition.read()?))
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> (Bound<'py, PyType>, (String,)) {
        (py.get_type::<Self>(), (self.spec.to_string(),))
    }

    fn __str__(&self) -> String {
        self.spec.to_string()
    }

    fn __repr__(&self) -> String {
        format!("AbstractSpec({:?})", self.spec.to_string())
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        let other = other.cast::<Self>();
        other.is_ok_and(|other| other.get().spec == self.spec)
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.spec.to_string().hash(&mut hasher);
        hasher.finish()
    }
}

fn single(field: Option<&FieldConstraint>) -> Option<&str> {
    match field {
        Some(FieldConstraint::Exactly(name)) => Some(name),
        _ => None,
    }
}

fn answer(truth: Truth) -> Option<bool> {
    match truth {
        Truth::Yes => Some(true),
        Truth::No => Some(false),
        Truth::Unknown(_) => None,
    }
}

fn merged(spec: Result<AbstractSpec, Contradiction>) -> PyResult<PyAbstractSpec> {
    match spec {
        Ok(spec) => Ok(spec.into()),
        Err(contradiction) => Err(PyValueError::new_err(contradiction.to_string())),
    }
}
