"""Pipelines that Spack itself prunes too far are refused, and those that it does not are trimmed.

Skipped unless ``SPACK_ROOT`` names a Spack; ``SPACK_PYTHON`` should have clingo.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from specplan.cli import main
from specplan.pipelines.pipeline import read
from tests.recipe_repositories import Checkout
from tests.spack_recipes import TWENTY, write_recipes
from tests.spack_sites import Site

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.skipif("SPACK_ROOT" not in os.environ, reason="no Spack: SPACK_ROOT is not set"),
    pytest.mark.timeout(3600),
]

_CI = """  ci:
    pipeline-gen:
    - build-job: {script: [spack ci rebuild], tags: [spack]}
    - reindex-job: {tags: [service]}
    - noop-job: {tags: [service]}
"""


def test_dependents_that_spack_leaves_out_are_named_and_a_whole_pipeline_is_trimmed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """``SPACK_PRUNE_UNTOUCHED_DEPENDENT_DEPTH`` leaves out what depends on dependents."""
    checkout = Checkout(tmp_path / "spack_repo", root="specplan_test")
    site = Site(tmp_path, ["t-app", "t-study"])
    site.write(TWENTY)
    assert len(site.build("shell", "sh")) == 18
    checkout.commit()
    changed = {**TWENTY, "t-crypt": replace(TWENTY["t-crypt"], revision=1)}
    write_recipes(site.folder, changed)
    checkout.commit()
    site.write(changed)
    planned = set(site.planned())
    with (tmp_path / "env/spack.yaml").open("a", encoding="utf-8") as file:
        file.write(_CI)

    def generated(name: str, **more: str) -> Path:
        words = ("-e", "env", "ci", "generate", "--prune-dag", "--output-file", name)
        site.run(f"{os.environ['SPACK_ROOT']}/bin/spack", *words, **more)
        return tmp_path / name

    def trim(path: Path) -> int:
        asked = ["--want", str(tmp_path / "env/spack.lock"), "--cache", site.cache()]
        capsys.readouterr()
        return main(["trim", str(path), "--no-config", *asked, "-o", str(tmp_path / "small.yml")])

    untouched = {"SPACK_PRUNE_UNTOUCHED": "true", "SPACK_PRUNE_UNTOUCHED_DEPENDENT_DEPTH": "1"}
    pruned = generated("pruned.yml", **untouched)
    there = {job.hash for job in read(str(pruned)).builds.values()}
    absent = planned - there
    assert there < planned
    assert trim(pruned) == 1
    assert not (tmp_path / "small.yml").exists()
    said = capsys.readouterr().err
    specs = json.loads((tmp_path / "env/spack.lock").read_text(encoding="utf-8"))["concrete_specs"]
    for each in absent:
        assert f"| {specs[each]['name']}@1.0/{each[:7]}" in said
    whole = generated("whole.yml")
    assert planned <= {job.hash for job in read(str(whole)).builds.values()}
    assert trim(whole) == 0
    left = {job.hash for job in read(str(tmp_path / "small.yml")).builds.values()}
    assert left == planned
