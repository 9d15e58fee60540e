"""A catalog without files, so that the command line can be tested by itself."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Protocol

import pytest

import specplan
from specplan import CoverageQuery
from specplan.cli import main
from tests import records

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from specplan.model import Coverage, DamagedFile, Diff
    from specplan.model.check import Check, Finding


def asked(query: CoverageQuery) -> dict[str, object]:
    """The fields of a question by name."""
    return {field.name: getattr(query, field.name) for field in fields(query)}


@dataclass
class FakeCatalog:
    """Returns prepared answers, and records the requests."""

    sources: tuple[str, ...] = ()
    tags: tuple[str, ...] = ("develop-2025-05-25", "develop-2025-05-18")
    damaged: tuple[DamagedFile, ...] = ()
    notes: tuple[str, ...] = ()
    contradictions: tuple[Finding, ...] = ()
    coverage_answer: Coverage = records.ONE_CELL
    diff_answer: Diff = records.DIFF
    check_answer: Check = records.SOUND
    asked: dict[str, object] = field(default_factory=dict)

    def __len__(self) -> int:
        return 1

    def gaps(self, query: CoverageQuery, **baseline: object) -> Coverage:
        self.asked = {"view": "gaps", **asked(query), **baseline}
        return self.coverage_answer

    def coverage(self, query: CoverageQuery, **baseline: object) -> Coverage:
        self.asked = {"view": "coverage", **asked(query), **baseline}
        return self.coverage_answer

    def diff(self, old: object, new: object = None, **question: object) -> Diff:
        self.asked = {"old": old, "new": new, **question}
        return self.diff_answer

    def check(self, **question: object) -> Check:
        self.asked = question
        return self.check_answer

    def unused_tags(self, *asked: str | None) -> tuple[str, ...]:
        used = {self.tags[0] if tag is None else tag for tag in asked}
        return tuple(tag for tag in self.tags if tag not in used)


@dataclass
class Loads:
    """What the command line loaded, and how."""

    catalog: FakeCatalog
    calls: list[tuple[tuple[str, ...], dict[str, bool]]] = field(default_factory=list)
    tags: list[object] = field(default_factory=list)
    #: What else each call said: limits, versions of Spack, upstreams.
    readings: list[dict[str, object]] = field(default_factory=list)
    fault: BaseException | None = None

    def __call__(
        self,
        *sources: str,
        strict: bool = False,
        skip_damaged: bool = False,
        tag: object = None,
        progress: object = None,
        **reading: object,
    ) -> FakeCatalog:
        assert callable(progress), "whoever waits is told of transfers"
        self.tags.append(tag)
        self.calls.append((sources, {"strict": strict, "skip_damaged": skip_damaged}))
        self.readings.append(reading)
        if self.fault is not None:
            raise self.fault
        self.catalog.sources = sources
        return self.catalog


@dataclass
class Run:
    """How a run ended and what it said."""

    code: int
    out: str
    err: str


class Runs(Protocol):
    """Runs the command line with some words."""

    def __call__(self, *words: str) -> Run: ...


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory without a configuration above."""
    # The nearest configuration wins: an empty one hides whatever lies further up.
    (tmp_path / "specplan.toml").touch()
    working = tmp_path / "work"
    working.mkdir()
    monkeypatch.chdir(working)
    return working


@pytest.fixture
def run(folder: Path, capfd: pytest.CaptureFixture[str]) -> Runs:  # noqa: ARG001 - it sets the working directory
    """Run the command line in an empty folder."""

    def run(*words: str) -> Run:
        code = main(words)
        said = capfd.readouterr()
        return Run(code, said.out, said.err)

    return run


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> Loads:
    """Put a fake catalog where sources are loaded."""
    loads = Loads(FakeCatalog())
    monkeypatch.setattr(specplan, "load", loads, raising=False)
    return loads


@pytest.fixture
def catalog(loads: Loads) -> FakeCatalog:
    """The catalog that is loaded."""
    return loads.catalog


@pytest.fixture
def configure(folder: Path) -> Callable[[str], None]:
    """Write the configuration of the working directory."""

    def configure(content: str) -> None:
        (folder / "specplan.toml").write_text(content, encoding="utf-8")

    return configure
