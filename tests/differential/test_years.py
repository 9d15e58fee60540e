"""One page, a week later: compilers and variants are spelled anew, and nothing is lost.

Between develop-2025-03-23 and develop-2025-03-30 pages changed ``gcc@=11.4.0`` to
``gcc@11.4.0`` and ``amdgpu_target=gfx906,gfx90a`` to ``amdgpu_target:=gfx906,gfx90a``. The
two pages here are written as rocblas was in those weeks, each by hand.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import specplan

OLDER = """---
title: "rocblas"
layout: cache
categories: [package, develop-2025-03-23]
meta: {"compilers": ["gcc@=11.4.0"], "num_specs": 2, "num_specs_by_stack": {"e4s-rocm": 2, \
"root": 2}, "oss": ["ubuntu22.04"], "platforms": ["linux"], "stacks": ["e4s-rocm", "root"], \
"targets": ["x86_64_v3"], "versions": ["6.3.0"]}
spec_details: [{"compiler": "gcc@=11.4.0", "hash": "2zk5dzyhcrotu3mhmvhcx4pqmmvlmbnr", \
"os": "ubuntu22.04", "platform": "linux", "size": "-", "stacks": ["e4s-rocm", "root"], \
"target": "x86_64_v3", "variants": ["amdgpu_target=gfx908,gfx90a", "~asan", \
"build_system=cmake", "build_type=Release", "generator=make", \
"patches=db4173c0a1b2c3d4e5f60718293a4b5c6d7e8f9012345678901234567890abcd", "+tensile"], \
"versions": ["6.3.0"]}, {"compiler": "gcc@=11.4.0", \
"hash": "7cbftjbbd5hynjnynyzbpybvksvpiztl", "os": "ubuntu22.04", "platform": "linux", \
"size": "-", "stacks": ["e4s-rocm", "root"], "target": "x86_64_v3", \
"variants": ["amdgpu_target=gfx906", "~asan", "build_system=cmake", "build_type=Release", \
"generator=make", "languages='c,c++,fortran'", "~tensile"], "versions": ["6.3.0"]}]
---"""

NEWER = """---
title: "rocblas"
layout: cache
categories: [package, develop-2025-03-30]
meta: {"compilers": ["gcc@11.4.0"], "num_specs": 2, "num_specs_by_stack": {"e4s-rocm": 2, \
"root": 2}, "oss": ["ubuntu22.04"], "platforms": ["linux"], "stacks": ["e4s-rocm", "root"], \
"targets": ["x86_64_v3"], "versions": ["6.3.0"]}
spec_details: [{"compiler": "gcc@11.4.0", "hash": "4vtrbfwfzxlzn2ckbqpcngnkdzdmsanr", \
"os": "ubuntu22.04", "platform": "linux", "size": "-", "stacks": ["e4s-rocm", "root"], \
"target": "x86_64_v3", "variants": ["amdgpu_target:=gfx908,gfx90a", "~asan", \
"build_system=cmake", "build_type=Release", "generator=make", "patches:=db4173c", \
"+tensile"], "versions": ["6.3.0"]}, {"compiler": "gcc@11.4.0", \
"hash": "7cbftjbbd5hynjnynyzbpybvksvpiztl", "os": "ubuntu22.04", "platform": "linux", \
"size": "-", "stacks": ["e4s-rocm", "root"], "target": "x86_64_v3", \
"variants": ["amdgpu_target:=gfx906", "~asan", "build_system=cmake", "build_type=Release", \
"generator=make", "languages:='c,c++,fortran'", "~tensile"], "versions": ["6.3.0"]}]
---"""


@pytest.fixture
def weeks(tmp_path: Path) -> specplan.Catalog:
    for tag, page in (("develop-2025-03-23", OLDER), ("develop-2025-03-30", NEWER)):
        folder = tmp_path / "_cache" / tag / "rocblas"
        folder.mkdir(parents=True)
        (folder / "specs.md").write_text(page, encoding="utf-8")
    return specplan.load(tmp_path, strict=True)


@pytest.mark.parametrize("level", ["package", "version", "variant"])
def test_a_new_spelling_is_no_loss(weeks: specplan.Catalog, level: specplan.model.Level) -> None:
    diff = weeks.diff("develop-2025-03-23", level=level)
    assert (diff.lost, diff.gained, diff.changed) == ((), (), ())
    assert diff.totals.kept == 1  # packages, at every level
    report = weeks.gaps(baseline="develop-2025-03-23", level=level)
    assert (report.gaps, report.totals.coverage) == ((), 1.0)


def test_a_hash_that_is_spelled_twice_is_one_spec_without_contradiction(
    weeks: specplan.Catalog,
) -> None:
    assert len(weeks) == 3
    assert weeks.check().findings == ()
    (both,) = weeks.select(hash="7cbftjbbd5hynjnynyzbpybvksvpiztl")
    assert both.tags == ("develop-2025-03-30", "develop-2025-03-23")
    assert both.compiler == "gcc@11.4.0"
    assert "languages=c,c++,fortran" in both.variants
    assert "amdgpu_target=gfx906" in both.variants


def test_at_level_hash_the_rebuilt_spec_gave_way_to_a_new_one(weeks: specplan.Catalog) -> None:
    diff = weeks.diff("develop-2025-03-23", level="hash")
    assert (diff.lost, diff.gained) == ((), ())
    (change,) = diff.changed
    assert (change.old, change.new) == (
        ("2zk5dzyhcrotu3mhmvhcx4pqmmvlmbnr",),
        ("4vtrbfwfzxlzn2ckbqpcngnkdzdmsanr",),
    )
