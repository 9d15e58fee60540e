"""The real page of py-pluggy, counted by hand.

``examples/pages/py-pluggy.md`` is the page of develop-2025-05-25 as it was published: 33
specs. Counted by hand, by stack and system (all are 1.5.0 but the two marked):

====================================  =========================  =====
stack                                 system                     specs
====================================  =========================  =====
data-vis-sdk                          ubuntu20.04/x86_64_v3      1
developer-tools-aarch64-linux-gnu     rhel8/aarch64              1 (1.0.0)
developer-tools-darwin                sequoia/aarch64            1
developer-tools-x86_64_v3-linux-gnu   centos7/x86_64_v3          1 (1.0.0)
e4s                                   ubuntu22.04/x86_64_v3      7
e4s-neoverse-v2                       ubuntu22.04/neoverse_v2    3
e4s-oneapi                            ubuntu22.04/x86_64_v3      1
hep                                   ubuntu22.04/x86_64_v3      1
ml-darwin-aarch64-mps                 sequoia/aarch64            4
ml-linux-aarch64-cuda                 ubuntu24.04/aarch64        6
ml-linux-x86_64-cpu                   ubuntu24.04/x86_64_v3      6
ml-linux-x86_64-cuda                  ubuntu24.04/x86_64_v3      the same 6
ml-linux-x86_64-rocm                  ubuntu24.04/x86_64_v3      3 of these 6
radiuss                               ubuntu18.04/x86_64_v3      2
====================================  =========================  =====
"""

from __future__ import annotations

from pathlib import Path

import pytest

import specplan

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def pluggy() -> specplan.Catalog:
    return specplan.load(EXAMPLES / "pages" / "py-pluggy.md", strict=True)


def covered(report: specplan.Coverage) -> dict[str, str]:
    return {f"{cell.stack} {cell.target}": f"{cell.covered}/{cell.wanted}" for cell in report.cells}


def test_the_page_has_what_was_counted(pluggy: specplan.Catalog) -> None:
    assert len(pluggy) == 33
    assert pluggy.tags == ("develop-2025-05-25",)
    assert len(pluggy.stacks()) == 14
    counts = {stack: pluggy.select(stack=stack).count() for stack in pluggy.stacks()}
    assert counts == {
        "data-vis-sdk": 1,
        "developer-tools-aarch64-linux-gnu": 1,
        "developer-tools-darwin": 1,
        "developer-tools-x86_64_v3-linux-gnu": 1,
        "e4s": 7,
        "e4s-neoverse-v2": 3,
        "e4s-oneapi": 1,
        "hep": 1,
        "ml-darwin-aarch64-mps": 4,
        "ml-linux-aarch64-cuda": 6,
        "ml-linux-x86_64-cpu": 6,
        "ml-linux-x86_64-cuda": 6,
        "ml-linux-x86_64-rocm": 3,
        "radiuss": 2,
    }
    assert pluggy.select(stack="root").count() == 33


def test_hashes_of_the_ml_family(pluggy: specplan.Catalog) -> None:
    """A hash fixes its system, so only peers on the same system define wants.

    On sequoia and on ubuntu24.04/aarch64 one ml stack stands alone: without a peer it
    wants nothing. On ubuntu24.04/x86_64_v3 there are three, which together have six hashes:
    cpu and cuda all six, rocm three of them.
    """
    report = pluggy.gaps(stack="ml-*", level="hash")
    assert covered(report) == {
        "ml-darwin-aarch64-mps aarch64": "0/0",
        "ml-linux-aarch64-cuda aarch64": "0/0",
        "ml-linux-x86_64-cpu x86_64_v3": "6/6",
        "ml-linux-x86_64-cuda x86_64_v3": "6/6",
        "ml-linux-x86_64-rocm x86_64_v3": "3/6",
    }
    assert report.totals.wanted == 18
    assert report.totals.covered == 15
    assert [(record.kind, record.blocks) for record in report.left_out] == [
        ("no_peer", False),
        ("no_peer", False),
    ]
    # The very binaries are there, listed by cpu and cuda: publish, do not build.
    assert {(gap.stack, gap.state) for gap in report.gaps} == {
        ("ml-linux-x86_64-rocm", "other_stack")
    }
    assert [(gap.hash or "")[:7] for gap in report.gaps] == ["bvrt65h", "d3qlwha", "dc5wrqg"]


def test_versions_of_e4s_against_everybody(pluggy: specplan.Catalog) -> None:
    """Two versions exist anywhere, 1.0.0 and 1.5.0; e4s has 1.5.0 alone.

    1.0.0 exists on rhel8 and centos7, neither of which serves ubuntu22.04 exactly.
    """
    report = pluggy.gaps(stack="e4s", level="version", peers="*")
    assert (report.totals.wanted, report.totals.covered) == (2, 1)
    (gap,) = report.gaps
    assert (gap.want, gap.state) == ("py-pluggy@1.0.0", "other_system")
    # centos7 is older than ubuntu22.04 and the same target: its binary would run there.
    report = pluggy.gaps(stack="e4s", level="version", peers="*", compat="os")
    assert [gap.state for gap in report.gaps] == ["other_stack"]


def test_e4s_on_the_systems_of_its_family(pluggy: specplan.Catalog) -> None:
    """e4s, e4s-neoverse-v2 and e4s-oneapi are on two systems; e4s itself on one of them."""
    report = pluggy.gaps(stack="e4s", system="all")
    assert covered(report) == {"e4s neoverse_v2": "0/1", "e4s x86_64_v3": "1/1"}
    assert [cell.os for cell in report.cells] == ["ubuntu22.04", "ubuntu22.04"]
    (gap,) = report.gaps
    assert (gap.want, gap.target, gap.state) == ("py-pluggy", "neoverse_v2", "other_stack")


def test_where_e4s_has_nothing_it_lacks_everything(pluggy: specplan.Catalog) -> None:
    report = pluggy.gaps(stack="e4s", system="rhel9/zen4")
    assert covered(report) == {"e4s zen4": "0/1", "e4s x86_64_v3": "1/1"}
    # A newer rhel9 does not run what is built against ubuntu22.04's newer glibc (2.35 > 2.34).
    report = pluggy.gaps(stack="e4s", system="rhel9/zen4", compat="os")
    assert covered(report)["e4s zen4"] == "0/1"
    # ubuntu24.04 does (2.39), and zen4 runs x86_64_v3.
    report = pluggy.gaps(stack="e4s", system="ubuntu24.04/zen4", compat="os")
    assert covered(report)["e4s zen4"] == "1/1"
    assert [cell.covered_exact for cell in report.cells] == [1, 0]
