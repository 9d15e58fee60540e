//! The dependencies of a spec while more are added.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::merge::Disagreement;
use super::{AbstractSpec, Dependency};

/// Dependencies that others are merged into, indexed by what they can have in common, so that each
/// new one is compared with few others.
pub(super) struct Demands {
    /// In the order in which they were first added; `None` only while one is merged.
    all: Vec<Option<Demand>>,
    /// By name and condition, which must be equal to merge two; without a name, by the whole node.
    alike: BTreeMap<u64, Vec<usize>>,
    by_name: BTreeMap<Box<str>, Vec<usize>>,
    /// The number of specs added so far.
    round: usize,
}

struct Demand {
    dependency: Dependency,
    round: usize,
}

impl Demands {
    /// Starts with dependencies in their canonical order.
    pub(super) fn of(dependencies: Vec<Dependency>) -> Self {
        let mut demands = Self {
            all: Vec::with_capacity(dependencies.len()),
            alike: BTreeMap::new(),
            by_name: BTreeMap::new(),
            round: 0,
        };
        for dependency in dependencies {
            demands.push(dependency);
        }
        demands
    }

    /// The dependencies, those of one spec behind those of the specs before it.
    pub(super) fn into_dependencies(self) -> Vec<Dependency> {
        let kept = self.all.into_iter().flatten();
        kept.map(|demand| demand.dependency).collect()
    }

    /// Adds the dependencies of one more spec.
    pub(super) fn require_all(&mut self, other: &AbstractSpec) -> Result<(), Disagreement> {
        self.round += 1;
        self.agree(other)?;
        let first = self.all.len();
        for new in &other.dependencies {
            self.require(new)?;
        }
        for demand in self.all[first..].iter_mut().flatten() {
            demand.dependency.spec.sort();
        }
        Ok(())
    }

    /// As in Spack, the constraints of both sides on a dependency must agree whatever their
    /// conditions and types: `%[when=+x] b@1` and `%[when=~x] b@2` contradict each other, unless
    /// one side has both.
    fn agree(&self, other: &AbstractSpec) -> Result<(), Disagreement> {
        // The constraint that stands for all those on its name has the fewest types.
        let mut firsts: BTreeMap<&str, (usize, &Dependency)> = BTreeMap::new();
        for (position, new) in other.dependencies.iter().enumerate() {
            if let Some(name) = new.spec.node.name.as_deref() {
                let first = firsts.entry(name).or_insert((position, new));
                if new.types < first.1.types {
                    *first = (first.0, new);
                }
            }
        }
        let mut firsts: Vec<_> = firsts.into_iter().collect();
        firsts.sort_unstable_by_key(|(_, (position, _))| *position);
        for (name, (_, new)) in firsts {
            let called = self.by_name.get(name).into_iter().flatten();
            let own = called
                .filter_map(|&at| Some((at, &self.all[at].as_ref()?.dependency)))
                .min_by_key(|(at, own)| (own.types, !own.reach.is_direct(), *at));
            if let Some((_, own)) = own {
                own.clone().merged(new)?;
            }
        }
        Ok(())
    }

    fn require(&mut self, new: &Dependency) -> Result<(), Disagreement> {
        let key = Self::key(new);
        let own: Vec<usize> = self.alike.get(&key).cloned().unwrap_or_default();
        let at = |position: usize| self.all[position].as_ref();
        if own
            .iter()
            .any(|&each| at(each).is_some_and(|own| own.dependency == *new))
        {
            return Ok(());
        }
        let first = |has_types: bool| {
            let like = own.iter().filter_map(|&position| {
                let demand = at(position)?;
                let types = demand.dependency.types;
                let is_like = demand.dependency.is_one_with(new);
                (is_like && (!has_types || types == new.types))
                    .then(|| (self.place(position, demand), position))
            });
            like.min().map(|(_, position)| position)
        };
        let Some(position) = first(true).or_else(|| first(false)) else {
            self.refuse_twins(&own, new)?;
            self.push(new.clone());
            return Ok(());
        };
        let taken = self.all[position].take();
        let Demand { dependency, round } = taken.expect("what is alike is there");
        let mut merged = dependency.merged(new)?;
        self.refuse_twins(&own, &merged)?;
        merged.spec.sort();
        // Merged constraints share their name and condition, so they are still found.
        self.all[position] = Some(Demand {
            dependency: merged,
            round,
        });
        Ok(())
    }

    /// Fails if a constraint contradicts another one on the same dependency.
    fn refuse_twins(&self, own: &[usize], new: &Dependency) -> Result<(), Disagreement> {
        for own in own.iter().filter_map(|&each| self.all[each].as_ref()) {
            if own.dependency.is_twin_of(new) {
                own.dependency.clone().merged(new)?;
            }
        }
        Ok(())
    }

    /// The position of a dependency: first those of earlier specs in their canonical order, then
    /// those of this one in the order in which they were added.
    fn place(&self, position: usize, demand: &Demand) -> impl Ord + use<> {
        let dependency = &demand.dependency;
        let canonical = (!dependency.reach.is_direct(), dependency.types);
        let is_new = demand.round == self.round;
        (is_new, (!is_new).then_some(canonical), position)
    }

    fn push(&mut self, dependency: Dependency) {
        let position = self.all.len();
        let key = Self::key(&dependency);
        self.alike.entry(key).or_default().push(position);
        if let Some(name) = &dependency.spec.node.name {
            match self.by_name.get_mut(name) {
                Some(called) => called.push(position),
                None => {
                    self.by_name.insert(name.clone(), vec![position]);
                }
            }
        }
        self.all.push(Some(Demand {
            dependency,
            round: self.round,
        }));
    }

    fn key(dependency: &Dependency) -> u64 {
        let node = &dependency.spec.node;
        let whole = node.name.is_none().then_some(node);
        let mut hasher = DefaultHasher::new();
        (&node.name, &dependency.when, whole).hash(&mut hasher);
        hasher.finish()
    }
}
