"""The roots of environments are those that Spack expands them to."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

import specplan
from specplan.errors import DamagedSourceError
from specplan.model.host import Host
from specplan.sources.environments.environment import read_environment
from specplan.sources.environments.options import EnvironmentOptions

DATA = Path(__file__).parents[1] / "data"

#: The public stacks that Spack was asked for may not be kept here. Where this variable names a
#: folder that holds them, they are compared as well.
MORE_DATA = os.environ.get("SPECPLAN_MORE_DATA")


def answers() -> dict[str, list[str]]:
    """Stack -> its roots, as Spack printed them."""
    loaded = json.loads((DATA / "oracle/environments.json").read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def public_stacks() -> list[Path]:
    return sorted(Path(MORE_DATA).glob("stacks-public/*/spack.yaml")) if MORE_DATA else []


def test_public_stacks_have_the_roots_that_spack_gives_them() -> None:
    """Those that are at hand; there are none where the variable names no folder."""
    assert public_stacks() or not MORE_DATA
    for path in public_stacks():
        options = EnvironmentOptions(allowed=frozenset({"include"}))
        environment = read_environment(path, options=options)
        assert [root.spec for root in environment.roots] == answers()[environment.stack], path


@pytest.mark.parametrize("name", ["site", "old"])
def test_environments_have_the_roots_that_are_worked_out_beside_them(name: str) -> None:
    folder = DATA / "environments" / name
    lines = (folder / "roots.txt").read_text(encoding="utf-8").splitlines()
    expected = [line for line in lines if not line.startswith("#")]
    options = EnvironmentOptions(
        host=Host(os="rhel8", target="zen4"), allowed=frozenset({"include"})
    )
    assert [root.spec for root in read_environment(folder, options=options).roots] == expected


#: Environments, each with the roots that Spack gives it, or the error that it ends with.
EXPANDED = DATA / "environments/expanded"


def expanded() -> tuple[Host, list[tuple[str, object]]]:
    loaded = json.loads((EXPANDED / "roots.json").read_text(encoding="utf-8"))
    return Host(**loaded["host"]), [(each["file"], each["spack"]) for each in loaded["roots"]]


def declares(package: str, variant: str) -> bool:
    """What the recipes say of the one variant that is asked for."""
    assert variant == "build_type"
    return package in {"cmake", "hdf5"}


@pytest.mark.parametrize(("file", "spack"), expanded()[1])
def test_small_environments_have_the_roots_that_spack_gives_them(file: str, spack: object) -> None:
    options = EnvironmentOptions(host=expanded()[0], declares=declares)
    if isinstance(spack, dict):
        with pytest.raises(DamagedSourceError, match="follows the toolchain") as caught:
            read_environment(EXPANDED / file, options=options)
        assert "before `%tc1`" in str(caught.value)
        return
    environment = read_environment(EXPANDED / file, options=options)
    assert [root.spec for root in environment.roots] == spack


def test_every_root_that_spack_printed_is_in_our_canonical_form() -> None:
    """What Spack prints is printed the same here, with the stacks or without."""
    from specplan._core import AbstractSpec  # noqa: PLC0415 - the only test that asks the core

    for stack, roots in answers().items():
        assert [str(AbstractSpec(root)) for root in roots] == roots, stack


@pytest.mark.parametrize(
    ("cache", "system"),
    [
        ("cache", "ubuntu22.04/x86_64_v3"),
        ("cache", "ubuntu24.04/x86_64_v3"),
        ("mirror", "ubuntu24.04/x86_64_v3"),
    ],
)
def test_each_root_of_public_stacks_is_covered_where_find_finds_it(
    cache: str, system: str, tmp_path: Path
) -> None:
    """392 roots of twelve stacks, asked together and one by one."""
    stacks = answers()
    for stack, roots in stacks.items():
        folder = tmp_path / stack
        folder.mkdir()
        content = {"spack": {"specs": roots}}
        (folder / "spack.yaml").write_text(json.dumps(content), encoding="utf-8")
    catalog = specplan.load(DATA.parents[1] / "examples" / cache)
    coverage = catalog.gaps(want=[str(tmp_path / stack) for stack in stacks], system=system)
    os_name, target = system.split("/")
    lacking = {(gap.stack, gap.want) for gap in coverage.gaps}
    undecided = {(each.stack, each.want) for each in coverage.unknown}
    numbers = dict.fromkeys(("covered", "unknown", "gaps"), 0)
    for stack, roots in stacks.items():
        for root in dict.fromkeys(roots):
            found = catalog.query(
                root, os=os_name, target=target, available=True, tag=next(iter(coverage.tags), None)
            )
            is_unknown = not found.specs and found.undecided and found.unknown_name is None
            place = (stack, root)
            assert (place in undecided) == bool(is_unknown), root
            assert (place in lacking) == (not found.specs and not is_unknown), root
            numbers["covered" if found.specs else "unknown" if is_unknown else "gaps"] += 1
    totals = coverage.totals
    told = {"covered": totals.covered, "unknown": totals.unknown, "gaps": totals.gaps}
    assert told == numbers
    assert totals.wanted == sum(numbers.values()) > 300
    assert totals.covered > 0
    assert coverage.is_upper_bound
