"""Files with the costs of builds: every form, and every possible fault."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from specplan.errors import DamagedSourceError, SourceError
from specplan.model.costs import UNIT_COSTS, Cost, Costs
from specplan.sources import Limits
from specplan.sources.cost_files import read_costs

A, B, C = (letter * 32 for letter in "abc")

SPECS = [(A, "zlib", "1.3"), (B, "zlib", "1.2"), (C, "py-numpy", "2.0")]


def read(tmp_path: Path, *contents: str | bytes, limits: Limits | None = None) -> Costs:
    places = []
    for at, content in enumerate(contents):
        path = tmp_path / f"costs{at}"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        places.append(str(path))
    return read_costs(places, limits or Limits())


def times(dag_hash: str, total: object, **more: object) -> dict[str, Any]:
    """What Spack writes beside an installation."""
    phases = [{"name": "build", "path": "build", "seconds": total, "count": 1}]
    name = next(name for each, name, _ in SPECS if each == dag_hash)
    return {
        "total": total, "phases": phases, "name": name, "cache": False, "hash": dag_hash, **more
    }  # fmt: skip


def amounts(costs: Costs) -> list[float]:
    return [each.amount for each in costs.of(SPECS).values()]


FORMS: dict[str, str | bytes] = {
    "csv": f"spec,seconds\n{A},1\nzlib@1.2,2.5\npy-numpy,3e1\n",
    "columns in another order": f'seconds,spec\r\n1,/{A}\r\n\r\n2.5,"zlib@=1.2"\r\n30.,py-numpy',
    "named columns": "hash,package,version,seconds\n"
    f"{A},zlib,1.3,1\n,zlib,1.2,2.5\n,py-numpy,,30\n",
    "json": json.dumps({f"zlib@1.3/{A}": 1, "zlib@1.2": 2.5, "py-numpy": 30}),
    "byte order mark": "\ufeff" + f"Spec, Seconds\n{A}, 1\nzlib@1.2, 2.5\npy-numpy, 30\n",
    "packed": gzip.compress(f"spec,seconds\n{A},1\nzlib@1.2,2.5\npy-numpy,30\n".encode()),
    "times": json.dumps([times(A, 1.0), times(B, 2.5), times(C, 30)]),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_means_the_same_and_is_recognized_by_its_content(
    tmp_path: Path, form: str
) -> None:
    costs = read(tmp_path, FORMS[form])
    assert amounts(costs) == [1.0, 2.5, 30.0]
    assert not any(each.estimated for each in costs.of(SPECS).values())


def test_no_file_at_all_counts_builds() -> None:
    assert read_costs([], Limits()) is UNIT_COSTS


def test_several_files_are_one_table_and_may_agree(tmp_path: Path) -> None:
    costs = read(tmp_path, f"spec,seconds\n{A},1\n", json.dumps({A: 1.0, B: 2, C: 3}))
    assert amounts(costs) == [1.0, 2.0, 3.0]


def test_of_several_measurements_of_a_hash_the_median_counts(tmp_path: Path) -> None:
    measured = json.dumps([times(A, 1.0), times(A, 5.0), times(A, 3.0)])
    assert read(tmp_path, measured).by_hash == {A: 3.0}
    assert read(tmp_path, measured, f"spec,seconds\n{A},9\n").by_hash == {A: 9.0}


def test_times_of_installing_from_a_cache_are_no_costs(tmp_path: Path) -> None:
    measured = json.dumps([times(A, 1.0, cache=True), times(B, 2.0)])
    assert read(tmp_path, measured).by_hash == {B: 2.0}
    with pytest.raises(SourceError, match="contains no costs") as caught:
        read(tmp_path, json.dumps(times(A, 1.0, cache=True)))
    assert caught.value.hint is not None
    assert "from a cache" in caught.value.hint


def test_a_folder_stands_for_what_spack_measured_below_it(tmp_path: Path) -> None:
    for at, each in enumerate((times(A, 1.0), times(C, 30.0))):
        folder = tmp_path / "opt" / f"p{at}" / ".spack"
        folder.mkdir(parents=True)
        (folder / "install_times.json").write_text(json.dumps(each))
        (folder / "spec.json").write_text("{}")
    costs = read_costs([str(tmp_path / "opt")], Limits())
    assert costs.by_hash == {A: 1.0, C: 30.0}
    assert costs.of(SPECS)[B] == Cost(1.0, estimated=True)
    with pytest.raises(SourceError, match="more than the 3 files"):
        read_costs([str(tmp_path / "opt")], Limits(tree_entries=3))


def test_a_folder_without_times_says_so(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"contains no install_times\.json"):
        read_costs([str(tmp_path)], Limits())


@pytest.mark.parametrize(
    ("content", "line", "fault"),
    [
        ("", 1, "no first line that names the columns"),
        ("zlib,30\n", 1, "no first line that names the columns"),
        ("spec,time\nzlib,1\n", 1, "no first line that names the columns"),
        ("spec,seconds,seconds\nzlib,1,1\n", 1, "no first line that names the columns"),
        ("spec,name,seconds\nzlib,zlib,1\n", 1, "no first line that names the columns"),
        ("version,seconds\n1,1\n", 1, "no first line that names the columns"),
        ("spec,seconds\nzlib,-1\n", 2, "-1.0 is not a cost"),
        ("spec,seconds\nzlib,nan\n", 2, "`nan` is not a number"),
        ("spec,seconds\n\nzlib,inf\n", 3, "`inf` is not a number"),
        ("spec,seconds\nzlib,1e400\n", 2, "more than 1e+09"),
        ("spec,seconds\nzlib,1e10\n", 2, "more than 1e+09"),
        ("spec,seconds\nzlib,1_0\n", 2, "not a number"),
        ("spec,seconds\nzlib,\u0661\n", 2, "not a number"),
        ("spec,seconds\nzlib,\n", 2, "not a number"),
        ("spec,seconds\nzlib\n", 2, "1 value for 2 columns"),
        ("spec,seconds\nzlib,1,2\n", 2, "3 values for 2 columns"),
        ("spec,seconds\nzlib,1\nm4,1\nzlib,2\n", 4, "costs 2 here, but 1 at "),
        ("spec,seconds\nzlib@1.2:,1\n", 2, "neither a hash"),
        ("spec,seconds\nzlib+shared,1\n", 2, "neither a hash"),
        ("spec,seconds\nzlib@,1\n", 2, "neither a hash"),
        ("spec,seconds\n@1.2,1\n", 2, "neither a hash"),
        ("spec,seconds\n/abc,1\n", 2, "neither a hash"),
        ("spec,seconds\n,1\n", 2, "neither a hash"),
        ("package,version,seconds\n,1.2,1\n", 2, "neither a hash nor a package"),
        ('spec,seconds\n"zlib,1\n', 2, "is not valid CSV"),
        ("spec,seconds\nzlib\0,1\n", 2, "NUL"),
        (b"spec,seconds\nzlib\xff,1\n", 2, "UTF-8"),
    ],
)
def test_a_faulty_table_is_reported_with_its_line(
    tmp_path: Path, content: str | bytes, line: int, fault: str
) -> None:
    with pytest.raises(DamagedSourceError, match=fault.replace("+", r"\+")) as caught:
        read(tmp_path, content)
    assert caught.value.line == line
    assert caught.value.path.endswith("costs0")


@pytest.mark.parametrize(
    ("content", "place", "fault"),
    [
        ('{"zlib": -1}', "zlib", "-1 is not a cost"),
        ('{"zlib": "1"}', "zlib", "not a number"),
        ('{"zlib": true}', "zlib", "not a number"),
        ('{"zlib": 1e400}', "zlib", "more than"),
        ('{"zlib": ' + "9" * 400 + "}", "zlib", "more than"),
        ('{"zlib": NaN}', "", "not a value of JSON"),
        ('{"zlib": 1, "zlib": 2}', "", "twice"),
        ('{"zlib ": 1}', "zlib ", "neither a hash"),
        ('{"zlib": 1', "", "not valid JSON"),
        ("[1]", "[0]", "must be an object"),
        ('[{"phases": []}]', "[0]", "has no `name`"),
        ("[" * 100_000, "", "nested too deep"),
        ('{"_meta": {"file-type": "spack-lockfile"}}', "_meta", "not a number"),
        (json.dumps([times(A, -1.0)]), "[0].total", "-1.0 is not a cost"),
        (json.dumps([times(A, 1.0, hash="x")]), "[0].hash", "not a hash"),
        (json.dumps([times(A, 1.0, name="x y")]), "[0].name", "not a package"),
        (json.dumps({**times(A, 1.0), "total": None}), "total", "not a number"),
    ],
)
def test_faulty_json_is_reported_with_its_location(
    tmp_path: Path, content: str, place: str, fault: str
) -> None:
    with pytest.raises(DamagedSourceError, match=fault) as caught:
        read(tmp_path, content)
    assert caught.value.location == place


def test_two_files_that_differ_are_both_named(tmp_path: Path) -> None:
    with pytest.raises(DamagedSourceError, match=r"costs1.*costs 2 here, but 1 at .*costs0:2"):
        read(tmp_path, "spec,seconds\nzlib,1\n", '{"zlib": 2}')


@pytest.mark.parametrize("content", ["spec,seconds\n", "{}", "[]"])
def test_a_file_without_costs_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(SourceError, match="contains no costs"):
        read(tmp_path, content)


def test_a_file_that_is_too_large_or_is_not_there_is_refused(tmp_path: Path) -> None:
    table = "spec,seconds\n" + "zlib,1\n" * 100
    for content in (table, gzip.compress(table.encode())):
        with pytest.raises(SourceError, match="more than the 64 bytes"):
            read(tmp_path, content, limits=Limits(file_bytes=64))
    with pytest.raises(SourceError, match="does not exist"):
        read_costs([str(tmp_path / "none")], Limits())
