//! The compiled module `specplan._core`: unpack, release the GIL, call, wrap.
//!
//! Nothing is decided here. Names cross the border as text, answers as frozen records with the
//! named fields documented in `_core.pyi`, one call per question. Classes are frozen, so they can
//! be shared between threads.

// PyO3 hands over owned values; taking them by reference is not on offer.
#![allow(clippy::needless_pass_by_value)]
// Keyword arguments of Python are single arguments here.
#![allow(clippy::too_many_arguments)]

mod abstract_spec;
mod abstract_wants;
mod budget;
mod catalog;
mod choice;
mod coverage;
mod demand;
mod detach;
mod diff;
mod errors;
mod find;
mod graph;
mod json_rows;
mod key_texts;
mod known_specs;
mod literals;
mod lock_diff;
mod neighbours;
mod operating_systems;
mod pages;
mod panics;
mod pattern;
mod plan;
mod query;
mod records;
mod search;
mod soundness;
mod spec_answer;
mod specs;
mod state;
#[cfg(feature = "tables")]
mod tables;
mod version;
mod want_keys;

use pyo3::prelude::*;

/// The Rust core of specplan. Private: use the package `specplan`.
#[pymodule]
mod _core {
    use super::{Bound, PyModule, PyModuleMethods, PyResult};

    #[pymodule_export]
    use super::abstract_spec::PyAbstractSpec;
    #[pymodule_export]
    use super::catalog::{PyCatalog, catalog_of_state};
    #[pymodule_export]
    use super::choice::py_choose;
    #[pymodule_export]
    use super::json_rows::json_rows;
    #[pymodule_export]
    use super::known_specs::PyKnownSpecs;
    #[pymodule_export]
    use super::neighbours::NeighbourAnswer;
    #[pymodule_export]
    use super::operating_systems::{
        PyOperatingSystems, is_known_target, known_targets, target_serves, teach_targets,
    };
    #[pymodule_export]
    use super::pages::{PyPagesRead, read_page_values, read_pages};
    #[pymodule_export]
    use super::panics::show_panics;
    #[pymodule_export]
    use super::pattern::pattern_is_found;
    #[pymodule_export]
    use super::plan::PyPlan;
    #[pymodule_export]
    use super::query::{PyQuery, query_of_state};
    #[pymodule_export]
    use super::soundness::{py_check_hashes, py_check_hashes_in};
    #[pymodule_export]
    use super::spec_answer::{FoundAnswer, SpecAnswer, UnknownSpecAnswer};
    #[pymodule_export]
    use super::specs::{PySpecsRead, format_releases, py_parse_specs, py_read_specs};
    #[cfg(feature = "tables")]
    #[pymodule_export]
    use super::tables::{PyTable, catalog_tables, load_tables, save_tables, table_of_columns};
    #[pymodule_export]
    use super::version::PyVersion;

    #[pymodule_export]
    use super::coverage::{CellAnswer, CoverageAnswer, GapsAnswer, NearestAnswer};

    #[pymodule_export]
    use super::demand::{DemandAnswer, GainsAnswer, LackedAnswer, RootAnswer, UsableAnswer};

    #[pymodule_export]
    use super::diff::{CellDiffAnswer, ChangeAnswer, KeyAnswer};

    #[pymodule_export]
    use super::abstract_wants::{
        AbstractAnswer, AbstractCellAnswer, AbstractGapAnswer, AssumedAnswer, BrokenWantAnswer,
        MetAnswer, UnknownAnswer, UnknownMetAnswer,
    };

    #[pymodule_export]
    use super::budget::{ItemAnswer, SpendingAnswer};

    #[pymodule_export]
    use super::catalog::{DifferingAnswer, DisagreementAnswer, RowOriginAnswer};

    #[pymodule_export]
    use super::choice::{AlternativeAnswer, ChosenAnswer, ChosenRootsAnswer};

    #[pymodule_export]
    use super::lock_diff::{
        CauseAnswer, GoneSpecAnswer, HoldAnswer, KeyDifferenceAnswer, LockDiffAnswer,
        MigratedAnswer, NewSpecAnswer,
    };

    #[pymodule_export]
    use super::pages::{ContradictionAnswer, DamagedPageAnswer};

    #[pymodule_export]
    use super::plan::{
        BuildsAnswer, HeldAnswer, LeftOutAnswer, LeftOutBuildAnswer, LinkAnswer, NamedAnswer,
        RepeatedAnswer, RepeatedStacksAnswer, ScheduleAnswer, ShardAnswer, TotalsAnswer,
        UnnecessaryAnswer, UntestedAnswer, VerdictAnswer, WhyAnswer, WhyLineAnswer,
    };

    #[pymodule_export]
    use super::soundness::{
        DanglingAnswer, HashesAnswer, MisfitAnswer, MissingAnswer, SoundnessAnswer, TangleAnswer,
        WrongHashAnswer,
    };

    #[pymodule_export]
    use super::records::FaultAnswer;
    #[pymodule_export]
    use super::specs::{LockRootAnswer, ReleaseAnswer};

    #[pymodule_export]
    use super::want_keys::sorted_want_keys;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        super::panics::keep_quiet();
        super::detach::keep_process();
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
