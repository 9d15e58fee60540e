"""The real pages of ``examples/cache`` against the plain model, which reads them with PyYAML."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import archspec.cpu
import pytest
import yaml

import specplan
from specplan.testing import Listing, Model, Page

if TYPE_CHECKING:
    from collections.abc import Iterator

CACHE = Path(__file__).parents[2] / "examples" / "cache"


def listings() -> Iterator[Listing]:
    for path in sorted(CACHE.rglob("specs.md")):
        front: dict[str, Any] = yaml.load(
            path.read_text(encoding="utf-8").split("\n---")[0], Loader=yaml.CSafeLoader
        )
        page = Page(
            package=front["title"],
            tag=front["categories"][1],
            entries=tuple(front["spec_details"]),
        )
        yield from page.listings(source=str(path), cache=str(CACHE))


def target_serves(binary: str, host: str) -> bool:
    targets = archspec.cpu.TARGETS
    return binary == host or targets[binary] in targets[host].ancestors


@pytest.fixture(scope="module")
def model() -> Model:
    return Model(listings(), target_serves=target_serves, version_key=specplan.Version)


@pytest.fixture(scope="module")
def catalog() -> specplan.Catalog:
    return specplan.load(CACHE, strict=True)


def test_every_spec_is_read_in_the_same_way(model: Model, catalog: specplan.Catalog) -> None:
    assert catalog.tags == model.tags
    assert catalog.select().specs() == model.specs(model.contents)
    assert catalog.check().findings == ()


@pytest.mark.parametrize(
    "question",
    [
        {},
        {"level": "version"},
        {"level": "variant", "compat": "target"},
        {"level": "hash"},
        {"level": "hash", "baseline": "develop-2025-11-15"},
        {"stack": ("e4s",), "system": ("all",), "compat": "target"},
        {"peers": ("*",), "level": "package", "target": ("neoverse*",)},
        {"tag": "develop-2025-11-15", "peers": ("root",)},
    ],
    ids=str,
)
def test_gaps_are_those_of_the_model(
    model: Model, catalog: specplan.Catalog, question: dict[str, Any]
) -> None:
    ours = replace(catalog.gaps(**question), left_out=(), alone=None, sources=(), want_keys=None)
    assert ours == model.gaps(**question)


@pytest.mark.parametrize("level", ["package", "version", "variant", "hash"])
def test_differences_are_those_of_the_model(
    model: Model, catalog: specplan.Catalog, level: specplan.model.Level
) -> None:
    ours = catalog.diff("develop-2025-11-15", level=level)
    assert replace(ours, left_out=(), sources=()) == model.diff("develop-2025-11-15", level=level)
    assert ours.cells
