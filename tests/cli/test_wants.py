"""``--want``, ``--scope`` and ``--fail-under-roots``: what is asked, refused and gated."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from specplan.model import RootCoverage
from tests import records
from tests.mirrors import Mirror, dag_hash, index, node

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import FakeCatalog, Loads, Runs


def asked(catalog: FakeCatalog) -> tuple[object, ...]:
    return tuple(catalog.asked[name] for name in ("want", "scope", "peers", "baseline", "level"))


def test_locks_and_their_scope_reach_the_catalog(run: Runs, catalog: FakeCatalog) -> None:
    words = "--cache x --want e4s=a/spack.lock --want - --scope all"
    assert run("gaps", *words.split()).code == 0
    # Without a level the catalog chooses the hash, as for all wants of locks.
    assert asked(catalog) == (("e4s=a/spack.lock", "-"), "all", (), None, None)


@pytest.mark.parametrize("view", ["gaps", "coverage"])
@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("--want", "a"), ("--peers", "e4s")),
        (("--want", "a"), ("--baseline", "v1")),
        (("--peers", "e4s"), ("--baseline", "v1")),
    ],
)
@pytest.mark.usefixtures("loads")
def test_wants_come_from_one_place(
    run: Runs, view: str, first: tuple[str, str], second: tuple[str, str]
) -> None:
    answer = run(view, "--cache", "x", *second, *first)
    said = f"error: wants come from `{first[0]}` or from `{second[0]}`, not from both\n"
    assert (answer.code, answer.err) == (2, said)


def test_what_is_typed_replaces_wants_that_are_configured(
    run: Runs, catalog: FakeCatalog, configure: Callable[[str], None]
) -> None:
    configure("cache = 'x'\nwant = 'a'\nscope = 'roots'")
    assert run("gaps", "--peers", "e4s").code == 0
    assert asked(catalog) == ((), "roots", ("e4s",), None, None)
    assert run("gaps", "--baseline", "develop-2025-05-18").code == 0
    assert asked(catalog) == ((), "roots", (), "develop-2025-05-18", None)
    for other in ("peers = 'e4s'", "baseline = 'develop-2025-05-18'"):
        configure(f"cache = 'x'\n{other}")
        assert run("gaps", "--want", "a").code == 0
        assert asked(catalog) == (("a",), "runtime", (), None, None)


def test_configured_locks_start_from_their_file(
    run: Runs, catalog: FakeCatalog, folder: Path
) -> None:
    (folder.parent / "specplan.toml").write_text(
        "cache = 'x'\nwant = ['e4s=e4s/spack.lock', 'spack.lock', '-']\nscope = 'all'"
    )
    assert run("gaps").code == 0
    assert catalog.asked["want"] == ("e4s=../e4s/spack.lock", "../spack.lock", "-")
    assert catalog.asked["scope"] == "all"


@pytest.mark.usefixtures("loads")
def test_a_scope_is_of_locks(run: Runs) -> None:
    answer = run("gaps", "--cache", "x", "--scope", "all")
    assert answer.code == 2
    assert answer.err.startswith("error: `--scope` applies to locks only\nhint: ")


def test_no_cache_makes_sense_for_locks_alone(run: Runs, loads: Loads) -> None:
    assert run("coverage", "--cache", "none", "--want", "a").code == 0
    assert loads.calls[-1][0] == ("none",)
    answer = run("coverage", "--cache", "none")
    assert answer.code == 2
    assert answer.err.startswith("error: `--cache none` leaves nothing to report on\n")
    assert len(loads.calls) == 1


@pytest.mark.usefixtures("folder")
def test_no_cache_and_a_cache_exclude_each_other(run: Runs) -> None:
    answer = run("coverage", "--cache", "none", "--cache", "x", "--want", "a")
    assert (answer.code, answer.err) == (2, "error: `none` and other sources cannot be combined\n")


def with_roots(installable: int, wanted: int) -> RootCoverage:
    return RootCoverage(
        wanted=wanted,
        installable=installable,
        coverage=installable / wanted if wanted else None,
        broken=(),
        lacking=(),
    )


@pytest.mark.parametrize(
    ("roots", "least", "said"),
    [
        ((2, 3), "66.66", None),
        ((2, 3), "66.6666666666666666666666666666666", None),
        ((2, 3), "66.67", "root coverage is 66.667 % (2 of 3), less than 66.67 %"),
        ((23, 23), "100", None),
        ((999_999, 1_000_000), "100", "root coverage is 99.9 % (999999 of 1000000), less than"),
        ((0, 3), "0", None),
        ((0, 0), "0", "root coverage is n/a, as no root is wanted (--fail-under-roots 0)"),
        (None, "0", "root coverage is n/a, as the wants have no roots (--fail-under-roots 0)"),
    ],
)
def test_root_coverage_is_compared_unrounded(
    run: Runs,
    catalog: FakeCatalog,
    roots: tuple[int, int] | None,
    least: str,
    said: str | None,
) -> None:
    told = None if roots is None else with_roots(*roots)
    catalog.coverage_answer = replace(records.WITH_EDGES, roots=told)
    answer = run("coverage", "--cache", "x", "--fail-under-roots", least)
    assert answer.code == (1 if said else 0)
    gates = [line for line in answer.err.splitlines() if line.startswith("gate failed: ")]
    assert len(gates) == answer.code
    assert all(line.startswith(f"gate failed: {said}") for line in gates)


def test_the_gate_on_roots_may_be_configured(
    run: Runs, catalog: FakeCatalog, configure: Callable[[str], None]
) -> None:
    catalog.coverage_answer = records.WITH_EDGES
    configure("cache = 'x'\nwant = 'a'\nfail-under-roots = 50")
    answer = run("gaps")
    assert answer.code == 1
    said = "root coverage is 16.7 % (1 of 6), less than 50 % (--fail-under-roots)"
    assert f"gate failed: {said}" in answer.err.splitlines()
    assert run("gaps", "--fail-under-roots", "16").code == 0


def write_lock(path: Path, *roots: str, specs: dict[str, tuple[str, ...]]) -> str:
    """Write a lock of specs with what each links to; return its path."""
    path.parent.mkdir(exist_ok=True)
    content = {
        "_meta": {"file-type": "spack-lockfile", "lockfile-version": 6, "specfile-version": 5},
        "roots": [{"hash": dag_hash(root), "spec": root} for root in roots],
        "concrete_specs": {
            dag_hash(name): node(name, "1.0", *below) for name, below in specs.items()
        },
    }
    path.write_text(json.dumps(content), encoding="utf-8")
    return str(path)


@pytest.fixture
def mirror(folder: Path) -> str:
    """A mirror that has a binary of `zlib` and of `hdf5`, which links to `zlib` and `mpi`."""
    made = Mirror(folder / "mirror")
    made.index(index("zlib", "hdf5"))
    return str(made.root)


SPECS = {"hdf5": ("zlib", "mpi"), "zlib": (), "mpi": ()}


def test_a_lock_in_a_folder_called_root_is_of_a_stack_like_others(
    run: Runs, folder: Path, mirror: str
) -> None:
    want = write_lock(folder / "root" / "spack.lock", "hdf5", specs=SPECS)
    answer = run("coverage", "--cache", mirror, "--want", want)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.splitlines()[:2] == [
        "root: 2 of 3 wanted specs are available (66.7 %), 1 gap",
        "0 of 1 root installs from the cache alone (0.0 %)",
    ]


def test_a_lock_of_nothing_leaves_coverage_undefined(run: Runs, folder: Path, mirror: str) -> None:
    want = write_lock(folder / "spack.lock", specs={})
    words = ("gaps", "--cache", mirror, "--want", f"e4s={want}")
    refused = run(*words)
    assert refused.code == 1
    assert "it contains no wants (no_root)" in refused.err
    answer = run(*words, "--allow-left-out", "no_root")
    assert answer.code == 0
    assert answer.out.splitlines()[:2] == [
        "no cells: nothing is wanted, so coverage is n/a",
        "no root is wanted, so root coverage is n/a",
    ]
    for gate in ("--fail-under", "--fail-under-roots"):
        assert run(*words, "--allow-left-out", "no_root", gate, "0").code == 1


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--want", "none.lock"), 3, "error: `none.lock` does not exist"),
        (("--want", "mirror"), 3, "error: "),
        (("--want", "cycle.lock"), 3, "error: cycle.lock: the dependencies of "),
        (("--want", "sound.lock", "--stack", "e4s"), 2, "error: no stack matches"),
        (("--want", "sound.lock", "--os", "rhel8"), 2, "error: no selected stack lists"),
        (("--want", "sound.lock", "--tag", "v1"), 2, "error: no tag matches `v1`"),
    ],
)
@pytest.mark.usefixtures("mirror")
def test_what_makes_no_sense_is_said(
    run: Runs, folder: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    write_lock(folder / "sound.lock", "hdf5", specs=SPECS)
    write_lock(folder / "cycle.lock", "hdf5", specs={**SPECS, "mpi": ("hdf5",)})
    answer = run("gaps", "--cache", "mirror", *words)
    assert (answer.code, answer.out) == (code, "")
    assert answer.err.startswith(said)
