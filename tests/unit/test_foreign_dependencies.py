"""Binaries that are installed with what does not run where they do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

import specplan
from tests import mirrors
from tests.mirrors import dag_hash

if TYPE_CHECKING:
    from pathlib import Path

    from specplan.api.catalog import Catalog
    from specplan.model.check import Finding


def written(
    folder: Path,
    os: str = "ubuntu24.04",
    target: str = "x86_64_v3",
    edge: str = "link",
    *,
    libc: str | None = None,
    host: str = "ubuntu24.04",
) -> tuple[Catalog, str]:
    """Write an index of `app`, which needs `lib` of some system, and a lock that wants it.

    Args:
        folder: The destination.
        os: The operating system of `lib`.
        target: The target of `lib`.
        edge: The edge from `app` to `lib`.
        libc: The C library that `lib` is linked to, as in `glibc 2.39`; None for none.
        host: The operating system of `app`.
    """
    app, lib = mirrors.node("app", "1.0", "lib"), mirrors.node("lib")
    app["arch"] = {"platform": "linux", "platform_os": host, "target": "x86_64_v3"}
    lib["arch"] = {"platform": "linux", "platform_os": os, "target": target}
    edges: Any = app["dependencies"]
    edges[0]["parameters"]["deptypes"] = [edge]
    nodes = {dag_hash("app"): app, dag_hash("lib"): lib}
    if libc is not None:
        name, version = libc.split()
        external = mirrors.node(name, version)
        external |= {"arch": lib["arch"], "external": {"path": "/usr", "module": None}}
        nodes[dag_hash(name)] = external
        parameters = {"deptypes": ["link"], "virtuals": ["libc"]}
        lib["dependencies"] = [{"name": name, "hash": dag_hash(name), "parameters": parameters}]
    installs = {
        each: {"spec": node, "in_buildcache": "external" not in node}
        for each, node in nodes.items()
    }
    lock = {
        "_meta": {"file-type": "spack-lockfile", "lockfile-version": 6, "specfile-version": 5},
        "roots": [{"hash": dag_hash("app"), "spec": "app"}],
        "concrete_specs": nodes,
    }
    (folder / "index.json").write_text(
        json.dumps({"database": {"version": "8", "installs": installs}}), encoding="utf-8"
    )
    (folder / "spack.lock").write_text(json.dumps(lock), encoding="utf-8")
    return specplan.load(folder / "index.json"), str(folder / "spack.lock")


def foreign(catalog: Catalog, **question: Any) -> list[Finding]:
    """Return what `check` finds of these binaries; the hashes here are made up."""
    findings = catalog.check(**question).findings
    return [each for each in findings if each.kind == "foreign-dependency"]


@pytest.mark.parametrize(
    ("os", "target", "edge", "usable"),
    [
        ("ubuntu24.04", "x86_64_v3", "link", 1),
        ("ubuntu24.04", "x86_64", "link", 1),
        ("ubuntu22.04", "x86_64_v3", "run", 1),
        ("ubuntu24.04", "x86_64_v4", "link", 0),
        ("ubuntu24.04", "aarch64", "run", 0),
        ("rhel10", "x86_64_v3", "link", 1),
        # Nothing is known of this system, but a binary that links to no C library needs none.
        ("site9", "x86_64_v3", "link", 1),
        ("ubuntu24.04", "aarch64", "build", 1),
    ],
)
def test_a_binary_is_usable_only_where_all_that_it_is_installed_with_runs(
    tmp_path: Path, os: str, target: str, edge: str, usable: int
) -> None:
    catalog, lock = written(tmp_path, os, target, edge)
    report = catalog.gaps(want=lock, scope="roots")
    assert report.roots is not None
    assert report.roots.installable == usable
    assert [cell.usable for cell in report.cells] == [usable]
    assert len(foreign(catalog)) == 1 - usable


@pytest.mark.parametrize("os", ["ubuntu22.04", "site9"])
@pytest.mark.parametrize(
    ("libc", "usable"), [("glibc 2.17", 1), ("glibc 2.39", 1), ("glibc 2.99", 0), ("musl 1.2", 0)]
)
def test_a_binary_is_usable_where_the_c_library_of_what_it_links_to_serves(
    tmp_path: Path, os: str, libc: str, usable: int
) -> None:
    catalog, lock = written(tmp_path, os, libc=libc)
    report = catalog.gaps(want=lock, scope="roots")
    assert report.roots is not None
    assert report.roots.installable == usable
    assert len(foreign(catalog)) == 1 - usable


def test_check_names_the_binary_and_what_does_not_serve_its_system(tmp_path: Path) -> None:
    catalog, _ = written(tmp_path, target="aarch64")
    (finding,) = foreign(catalog)
    assert finding.spec is not None
    assert (finding.kind, finding.spec.package, finding.binaries) == (
        "foreign-dependency",
        "app",
        1,
    )
    assert "lib@1.0 of ubuntu24.04/aarch64" in finding.message
    binaries = catalog.check().binaries
    assert binaries is not None
    assert (binaries.available, binaries.usable) == (2, 1)


def test_an_operating_system_that_the_user_describes_serves_as_described(tmp_path: Path) -> None:
    catalog, lock = written(tmp_path, libc="glibc 2.39", host="site9")
    for libc, usable in [("glibc 2.40", 1), ("glibc 2.17", 0), ("musl 1.2", 0)]:
        report = catalog.gaps(want=lock, scope="roots", libc={"site9": libc})
        assert report.roots is not None
        assert report.roots.installable == usable
        assert len(foreign(catalog, libc={"site9": libc})) == 1 - usable
