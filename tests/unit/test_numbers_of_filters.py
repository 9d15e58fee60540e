"""Filters choose the cells that are shown, and never the numbers of what is shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import specplan
from specplan.model import Coverage
from tests.small_caches import lock, placed

EXAMPLES = Path(__file__).parents[2] / "examples"


def shown(report: Coverage, target: str) -> list[str]:
    """Return the gaps of one target as their texts, in their order."""
    return [repr(gap) for gap in report.gaps if gap.target == target]


@pytest.mark.parametrize("question", [{"peers": "*"}, {"peers": "*", "level": "version"}, {}])
def test_the_gaps_of_a_filtered_report_are_rows_of_the_whole_one(
    question: dict[str, str],
) -> None:
    catalog = specplan.load(EXAMPLES / "cache")
    whole = catalog.gaps(**question)  # type: ignore[arg-type]
    targets = {cell.target for cell in whole.cells}
    assert len(targets) > 1
    for target in targets:
        part = catalog.gaps(target=target, **question)  # type: ignore[arg-type]
        assert [repr(gap) for gap in part.gaps] == shown(whole, target)
        assert part.cells == tuple(cell for cell in whole.cells if cell.target == target)


ROOTS = "spack:\n  specs: [zlib, zlib-ng, fmt, 'raja target=zen4', no-such-package]\n"

SYSTEMS = ["ubuntu24.04/zen4", "ubuntu22.04/x86_64_v3", "rhel8/zen4"]


@pytest.mark.parametrize("shown", [{"os": "ubuntu*"}, {"target": "zen4"}, {"os": "rhel8"}])
def test_the_gaps_of_some_cells_of_an_environment_are_rows_of_the_whole_report(
    tmp_path: Path, shown: dict[str, str]
) -> None:
    environment = tmp_path / "spack.yaml"
    environment.write_text(ROOTS)
    catalog = specplan.load(EXAMPLES / "cache")
    whole = catalog.gaps(want=environment, system=SYSTEMS)
    part = catalog.gaps(want=environment, system=SYSTEMS, **shown)  # type: ignore[arg-type]
    places = {(cell.os, cell.target) for cell in part.cells}
    assert 0 < len(places) < len(SYSTEMS)
    expected = [gap for gap in whole.gaps if (gap.os, gap.target) in places]
    assert [*part.gaps] == expected
    assert max(gap.cells_lacking for gap in expected) > len(places)


def test_a_root_that_a_lock_lacks_is_lacking_in_as_many_cells_whichever_are_shown(
    tmp_path: Path,
) -> None:
    (tmp_path / "spack.yaml").write_text("spack:\n  specs: [a, b, c]\n")
    one, other = placed("a"), placed("b", os="debian12")
    specs = {each["hash"]: each for each in (one, other)}
    document = json.loads(lock([]))
    document["roots"] = [{"hash": each["hash"], "spec": each["name"]} for each in (one, other)]
    document["concrete_specs"] = specs
    (tmp_path / "spack.lock").write_text(json.dumps(document))
    catalog = specplan.load(EXAMPLES / "cache")
    want = tmp_path / "spack.lock"
    whole = catalog.gaps(want=want)
    part = catalog.gaps(want=want, os="debian12")
    lacking = [gap for gap in whole.gaps if gap.state == "not_concretized"]
    assert [(gap.want, gap.os, gap.cells_lacking) for gap in lacking] == [
        ("c", "debian12", 2),
        ("c", "ubuntu24.04", 2),
    ]
    assert [gap for gap in part.gaps if gap.state == "not_concretized"] == lacking[:1]
