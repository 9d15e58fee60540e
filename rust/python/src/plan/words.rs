//! The names of the planner's reasons in Python.

use specplan_planner::{CutReason, EdgeKinds, LeftOutReason};

pub(super) const fn left_out_word(reason: &LeftOutReason) -> &'static str {
    match reason {
        LeftOutReason::Broken => "broken",
        LeftOutReason::Needs(_) => "needs",
        LeftOutReason::Unneeded => "unneeded",
    }
}

pub(super) fn kind_names(kinds: EdgeKinds) -> Vec<&'static str> {
    let names = [
        (EdgeKinds::BUILD, "build"),
        (EdgeKinds::LINK, "link"),
        (EdgeKinds::RUN, "run"),
        (EdgeKinds::TEST, "test"),
        (EdgeKinds::SPLICE, "splice"),
    ];
    let names = names
        .into_iter()
        .filter(|(kind, _)| kinds.intersects(*kind));
    names.map(|(_, name)| name).collect()
}

pub(super) fn cut_reason(reason: CutReason) -> &'static str {
    match reason {
        CutReason::Available => "available",
        CutReason::External => "external",
        CutReason::Spliced => "spliced",
        CutReason::TestOnly => "test_only",
    }
}
