"""What environments ask for beside the texts of their roots, and what of it is open."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.mirrors import dag_hash, node

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Runs

SYSTEM = ("--system", "ubuntu24.04/x86_64_v3")


def cache(folder: Path, **specs: dict[str, object]) -> str:
    """Write an index of binaries: the variants of each by a name such as ``zlib_1``."""
    installs = {}
    for name, values in specs.items():
        spec = node(name.partition("_")[0])
        spec["hash"] = dag_hash(name)
        spec["parameters"] = {"build_system": "generic", **values}
        installs[spec["hash"]] = {"spec": spec, "ref_count": 0, "in_buildcache": True}
    path = folder / "index.json"
    index = {"database": {"version": "8", "installs": installs}}
    path.write_text(json.dumps(index), encoding="utf-8")
    return f"site={path}"


def environment(folder: Path, text: str) -> str:
    path = folder / "stack" / "spack.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return str(path)


def asked(run: Runs, *words: str) -> dict[str, Any]:
    answer = run("gaps", *words, *SYSTEM, "--format", "json")
    document: dict[str, Any] = json.loads(answer.out)
    return document


@pytest.mark.parametrize(
    ("packages", "covered", "unknown"),
    [
        ("{all: {require: +cuda}}", [], []),
        ("{all: {require: ~cuda}}", ["zlib", "curl"], []),
        ("{all: {require: +shared}}", ["zlib", "curl"], []),
        ("{all: {require: +cuda}, zlib: {require: ~cuda}}", ["zlib"], []),
        ("{zlib: {conflict: [~cuda]}}", ["curl"], []),
        ("{all: {conflict: [{spec: ~cuda, when: '@1'}]}}", ["curl"], []),
        ("{all: {conflict: [{spec: ~cuda, when: '@2'}]}}", ["zlib", "curl"], []),
        ("{zlib: {require: [{one_of: [+cuda, +pic]}]}}", ["curl"], []),
        ("{zlib: {require: [{any_of: [+cuda, ~cuda]}]}}", ["zlib", "curl"], []),
        # What is about another package binds none, and what is empty nothing.
        ("{all: {require: [curl@99]}}", ["zlib"], []),
        ("{all: {require: [{one_of: [curl, zlib+cuda]}]}}", ["curl"], []),
        ("{all: {require: [+cuda]}, zlib: {require: []}}", ["curl"], []),
        ("{all: {conflict: [~cuda]}, zlib: {conflict: []}}", ["curl"], []),
        ("{zlib: {require: [{one_of: []}]}}", ["zlib", "curl"], []),
        ("{zlib: {require: [{one_of: [~cuda], any_of: [+cuda]}]}}", ["curl"], []),
    ],
)
def test_a_binary_that_is_not_what_is_required_covers_nothing(
    run: Runs, folder: Path, packages: str, covered: list[str], unknown: list[str]
) -> None:
    """`zlib` has no CUDA, and `curl` has no such variant, nor has any known spec of it."""
    place = cache(folder, zlib={"cuda": False}, curl={})
    if "+cuda}}" in packages:
        # That it does not apply to `curl` is an assumption.
        covered = ["curl"]
    if packages.startswith("{all: {require: +cuda}, zlib"):
        covered = ["zlib", "curl"]
    want = environment(folder, f"spack: {{specs: [zlib, curl], packages: {packages}}}")
    document = asked(run, "--cache", place, "--want", want)
    lacking = {each["want"][:4] for each in document["gaps"]}
    assert lacking == {"zlib", "curl"} - {*covered}
    assert [each["want"] for each in document["unknown"]] == unknown


def test_what_only_another_spec_of_the_package_has_is_unknown(run: Runs, folder: Path) -> None:
    place = cache(folder, zlib_1={}, zlib_2={"cuda": False})
    want = environment(folder, "spack: {specs: [zlib], packages: {all: {require: +cuda}}}")
    document = asked(run, "--cache", place, "--want", want)
    (unknown,) = document["unknown"]
    assert (unknown["want"], unknown["missing"]) == ("zlib", ["recipe"])


@pytest.mark.parametrize(
    ("recipe", "required", "gaps", "unknown", "assumptions"),
    [
        ("", "+cuda", [], [], 1),
        ("variant('cuda')", "+cuda", ["zlib"], [], 0),
        ("variant('cuda')", "~cuda", [], [], 0),
        ("variant('other')", "+cuda", [], [], 0),
        ("variant('cuda', when='@2:')", "+cuda", [], [], 1),
        ("variant('other')", "cuda_arch=70", [], [], 0),
    ],
)
def test_recipes_show_whether_what_all_packages_require_binds_one(
    run: Runs,
    folder: Path,
    recipe: str,
    required: str,
    gaps: list[str],
    unknown: list[str],
    assumptions: int,
) -> None:
    """The only binary of `zlib` has no such variant."""
    place = cache(folder, zlib={})
    want = environment(
        folder, f"spack: {{specs: [zlib], packages: {{all: {{require: {required}}}}}}}"
    )
    words: tuple[str, ...] = ("--cache", place, "--want", want)
    if recipe:
        file = folder / "repo/packages/zlib/package.py"
        file.parent.mkdir(parents=True)
        file.write_text(f"class Zlib(Package):\n    {recipe}\n", encoding="utf-8")
        words = (*words, "--packages", str(folder / "repo"))
    document = asked(run, *words)
    assert [each["want"] for each in document["gaps"]] == gaps
    assert [each["want"] for each in document["unknown"]] == unknown
    kinds = [each["kind"] for each in document["left_out"]]
    assert kinds.count("requirement") == assumptions


def test_recipes_that_are_not_there_are_an_input_that_cannot_be_read(
    run: Runs, folder: Path
) -> None:
    want = environment(folder, "spack: {specs: [zlib]}")
    place = cache(folder, zlib={})
    answer = run("gaps", "--cache", place, "--want", want, *SYSTEM, "--packages", str(folder))
    assert answer.code == 3
    assert "contains no package repository" in answer.err


GROUPS = """\
spack:
  specs:
  - {group: cpu, specs: [zlib]}
  - group: cuda
    specs: [zlib]
    override: {packages: {all: {require: +cuda}}}
"""


def test_each_group_wants_its_own_roots(run: Runs, folder: Path) -> None:
    place = cache(folder, zlib={"cuda": False})
    want = environment(folder, GROUPS)
    document = asked(run, "--cache", place, "--want", want)
    assert document["totals"]["wanted"] == 2
    (gap,) = document["gaps"]
    assert (gap["want"], gap["group"]) == ("zlib", "cuda")
    assert gap["nearest"]["differs"] == ["required is +cuda"]
    cpu = asked(run, "--cache", place, "--want", want, "--group", "cpu")
    assert (cpu["totals"]["wanted"], cpu["gaps"]) == (1, [])
    misspelt = run("gaps", "--cache", place, "--want", want, *SYSTEM, "--group", "cdua")
    assert misspelt.code == 2
    assert "did you mean `cuda`?" in misspelt.err


def test_what_is_developed_is_a_gap_whatever_the_cache_has(run: Runs, folder: Path) -> None:
    place = cache(folder, zlib={}, curl={})
    want = environment(folder, "spack: {specs: [zlib, curl], develop: {zlib: {spec: 'zlib@=1.0'}}}")
    document = asked(run, "--cache", place, "--want", want)
    (gap,) = document["gaps"]
    assert (gap["want"], gap["developed"]) == ("zlib", True)
    for form in ("table", "markdown"):
        words = ("gaps", "--cache", place, "--want", want, *SYSTEM, "--format", form)
        assert "always built (develop)" in run(*words).out


def test_a_plan_says_that_what_is_developed_has_no_binary_and_why(run: Runs, folder: Path) -> None:
    place = cache(folder, zlib={}, curl={})
    want = environment(folder, "spack: {specs: [zlib, curl], develop: {zlib: {spec: 'zlib@=1.0'}}}")
    words = ("rebuild", "--cache", place, "--want", want, *SYSTEM)
    document = json.loads(run(*words, "--format", "json").out)
    (unplannable,) = document["unplannable"]
    assert (unplannable["want"], unplannable["reason"]) == ("zlib", "developed")
    assert "builds it from a source tree (`develop:`)" in " ".join(run(*words).out.split())


def test_csv_names_the_group_of_each_gap_and_whether_it_is_developed(
    run: Runs, folder: Path
) -> None:
    place = cache(folder, zlib={"cuda": False})
    want = environment(folder, GROUPS)
    out = run("gaps", "--cache", place, "--want", want, *SYSTEM, "--format", "csv").out
    (row,) = csv.DictReader(out.splitlines())
    assert (row["want"], row["group"], row["developed"]) == ("zlib", "cuda", "false")


VARYING = """\
spack:
  definitions:
  - mine: [zlib]
    when: os == "ubuntu24.04"
  - mine: [curl]
    when: os == "ubuntu22.04"
  specs: [$mine]
"""


def test_conditions_on_the_system_are_those_of_each_cell(run: Runs, folder: Path) -> None:
    place = cache(folder, zlib={}, curl={})
    want = environment(folder, VARYING)
    words = ("--cache", place, "--want", want, "--system", "ubuntu22.04/x86_64_v3")
    document = asked(run, *words)
    cells = {(each["os"], each["wanted"], each["covered"]) for each in document["cells"]}
    assert cells == {("ubuntu22.04", 1, 0), ("ubuntu24.04", 1, 1)}
    assert [each["want"] for each in document["gaps"]] == ["curl"]


def test_a_missing_include_is_refused_unless_it_may_be_left_out(run: Runs, folder: Path) -> None:
    place = cache(folder, zlib={})
    want = environment(folder, "spack: {specs: [zlib], include: [absent.yaml]}")
    refused = run("gaps", "--cache", place, "--want", want, *SYSTEM)
    assert refused.code == 3
    assert "--allow-left-out include" in refused.err


def test_a_file_stands_for_what_is_remote(run: Runs, folder: Path) -> None:
    place = cache(folder, zlib={"cuda": False})
    url = "https://example.org/packages.yaml?a=b"
    want = environment(folder, f"spack: {{specs: [zlib], include: ['{url}']}}")
    (folder / "copy.yaml").write_text("packages: {zlib: {require: +cuda}}", encoding="utf-8")
    document = asked(run, "--cache", place, "--want", want, "--include", f"{url}=copy.yaml")
    assert [each["want"] for each in document["gaps"]] == ["zlib+cuda"]
    wrong = run("gaps", "--cache", place, "--want", want, *SYSTEM, "--include", "copy.yaml")
    assert wrong.code == 2


def test_the_mirrors_of_an_environment_are_caches_where_none_is_given(
    run: Runs, folder: Path
) -> None:
    cache(folder, zlib={})
    text = "spack: {{specs: [zlib], mirrors: {{ours: {}}}}}"
    want = environment(folder, text.format("../index.json"))
    answer = run("gaps", "--want", want, *SYSTEM, "--format", "json")
    assert json.loads(answer.out)["totals"]["covered"] == 1
    assert "the mirror `ours` is used as a cache" in answer.err
    want = environment(folder, text.format("https://user:secret@example.org/mirror"))
    remote = run("gaps", "--want", want, *SYSTEM)
    assert remote.code == 2
    assert "--use-mirrors" in remote.err
    assert "secret" not in remote.err


def test_mirrors_with_the_same_last_part_or_the_same_place_are_one_cache_each(
    run: Runs, folder: Path
) -> None:
    for name in "a", "b":
        (folder / name / "m").mkdir(parents=True)
        cache(folder / name / "m", **{"zlib" if name == "a" else "bzip2": {}})
    text = "spack: {specs: [zlib, bzip2], mirrors: {x: ../a/m, y: ../b/m, z: 'file://%s/a/m'}}"
    want = environment(folder, text % folder)
    assert asked(run, "--want", want)["totals"]["covered"] == 2


def test_a_file_of_mirrors_beside_an_environment_names_the_caches(run: Runs, folder: Path) -> None:
    cache(folder, zlib={})
    want = environment(folder, "spack: {specs: [zlib]}")
    (folder / "stack/mirrors.yaml").write_text("mirrors: {ours: ../index.json}", encoding="utf-8")
    assert asked(run, "--want", want)["totals"]["covered"] == 1


@pytest.mark.parametrize(
    "text",
    [
        *("spack: {spec: [zlib]}", "spack:\n", "env: {CI: 1}\n", "spack: [a]\n"),
        "spack: {specs: [zlib]}\npackages: {all: {require: +cuda}}\n",
    ],
)
def test_a_file_that_is_no_environment_is_refused(run: Runs, folder: Path, text: str) -> None:
    place = cache(folder, zlib={})
    want = environment(folder, text)
    assert run("gaps", "--cache", place, "--want", want, *SYSTEM).code == 3
