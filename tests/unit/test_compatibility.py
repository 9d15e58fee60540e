"""Which binaries serve which cells: the C library that a binary was linked to comes first."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

import specplan


def hash_of(name: str) -> str:
    """Return a hash of letters that stands for a name."""
    return (
        base64.b32encode(hashlib.sha1(name.encode(), usedforsecurity=False).digest())
        .decode()
        .lower()
    )


def spec(name: str, os: str, needs: dict[str, tuple[str, ...]], **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "version": "1.0",
        "hash": hash_of(f"{name}{os}"),
        "arch": {"platform": "linux", "platform_os": os, "target": "x86_64_v3"},
        "parameters": {},
        "dependencies": [
            {
                "name": each.partition("@")[0],
                "hash": hash_of(f"{each}{os}"),
                "parameters": {"deptypes": ["link"], "virtuals": list(virtuals)},
            }
            for each, virtuals in needs.items()
        ],
        **more,
    }


def index(folder: Path, os: str, library: str | None, *, virtuals: tuple[str, ...]) -> str:
    """A cache of one binary that is linked to a C library of the system, or to none."""
    nodes = []
    needs: dict[str, tuple[str, ...]] = {}
    if library is not None:
        name, _, version = library.partition("@")
        external = spec(name, os, {}, external={"path": "/usr", "module": None})
        external["version"] = version
        external["hash"] = hash_of(f"{library}{os}")
        nodes.append((external, False))
        needs = {library: virtuals}
    nodes.append((spec("tool", os, needs), True))
    nodes.append((spec("other", "debian12", {}), True))
    installs = {
        each["hash"]: {"spec": each, "in_buildcache": is_binary} for each, is_binary in nodes
    }
    file = folder / "index.json"
    file.write_text(json.dumps({"database": {"version": "8", "installs": installs}}))
    return f"stack={file}"


@pytest.mark.parametrize("virtuals", [("libc",), ()])
@pytest.mark.parametrize(
    ("built_on", "library", "serves"),
    [
        # debian12 has glibc 2.36, ubuntu24.04 a newer one and rhel9 an older one.
        ("ubuntu24.04", "glibc@2.34", 1),
        ("ubuntu24.04", "glibc@2.36", 1),
        ("rhel9", "glibc@2.39", 0),
        ("rhel9", "musl@1.2", 0),
        ("rhel9", "glibc@2.34", 1),
        ("ubuntu24.04", None, 1),
        ("alpine3.18", None, 1),
        ("nobody-knows", "glibc@2.28", 1),
        ("nobody-knows", None, 1),
    ],
)
def test_the_c_library_on_the_edge_of_a_binary_says_whether_it_serves(
    tmp_path: Path, built_on: str, library: str | None, serves: int, virtuals: tuple[str, ...]
) -> None:
    catalog = specplan.load(index(tmp_path, built_on, library, virtuals=virtuals))
    environment = tmp_path / "spack.yaml"
    environment.write_text("spack:\n  specs: [tool]\n")
    for compat, covered in (("os", serves), ("target", 0)):
        report = catalog.gaps(
            want=f"mine={environment}",
            system="debian12/x86_64_v3",
            compat=compat,  # type: ignore[arg-type]
        )
        assert report.totals.covered == covered
        of_peers = catalog.gaps(peers="*", os="debian12", compat=compat)  # type: ignore[arg-type]
        assert [gap.package for gap in of_peers.gaps] == ["tool"] * (1 - covered)
        assert [cell.covered_exact for cell in of_peers.cells] == [1]


def test_a_binary_to_publish_serves_the_cell_that_lacks_it(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("one", "two", "three")]
    sources = []
    for folder, label, os in zip(folders, "abc", ("rhel9", "rhel9", "debian12"), strict=True):
        folder.mkdir()
        library = {"a": "glibc@2.39", "b": "glibc@2.34", "c": None}[label]
        file = index(folder, os, library, virtuals=("libc",)).partition("=")[2]
        content = json.loads(Path(file).read_text())
        if label == "c":
            content["database"]["installs"].pop(hash_of("tooldebian12"))
        if label == "a":
            # The same package and system, but another binary.
            content = json.loads(json.dumps(content).replace(hash_of("toolrhel9"), "z" * 32))
        Path(file).write_text(json.dumps(content))
        sources.append(f"{label}={file}")
    catalog = specplan.load(*sources)
    report = catalog.gaps(stack="c", peers="*", os="debian12", compat="os")
    (gap,) = report.gaps
    assert (gap.package, gap.state) == ("tool", "other_stack")
    assert gap.nearest is not None
    assert gap.nearest.hash == hash_of("toolrhel9")
    plan = catalog.rebuild(stack="c", peers="*", os="debian12", compat="os")
    assert [each.hash for each in plan.publish] == [gap.nearest.hash]


@pytest.mark.parametrize(("library", "lacking"), [(None, []), ("glibc@2.34", ["tool"])])
def test_a_binary_without_a_c_library_serves_a_linux_that_no_table_knows(
    tmp_path: Path, library: str | None, lacking: list[str]
) -> None:
    source = index(tmp_path, "rhel9", library, virtuals=("libc",))
    file = Path(source.partition("=")[2])
    content = file.read_text()
    file.write_text(content.replace('"debian12"', '"nobody-knows"'))
    report = specplan.load(source).gaps(peers="*", os="nobody-knows", compat="os")
    assert [gap.package for gap in report.gaps] == lacking
