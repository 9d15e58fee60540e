"""Plans out of documents of the kind ``specplan.rebuild/1``: ``rebuild --format json``."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn, get_args

from specplan.errors import DamagedSourceError, SourceError
from specplan.model import Build, LeftOut, LeftOutKind
from specplan.model.choice import ChosenWant, Lack, PublishedWant
from specplan.model.gate import Gate
from specplan.pipelines.export.plan import ExportPlan, builds_of
from specplan.sources import standard_input
from specplan.sources.content import inflated
from specplan.sources.label import STANDARD_INPUT
from specplan.sources.text import TextError, decoded

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["parse_plan", "read_plan"]

#: A plan of 20,000 builds has some 40 MB with its chains.
_MOST_BYTES: Final = 1 << 30

_SCHEMA: Final = "specplan.rebuild/1"
_HINT: Final = "name what `specplan rebuild --format json -o FILE` wrote"
_PLAIN_HASH: Final = re.compile(r"[a-z2-7]{32}")


def read_plan(place: str) -> ExportPlan:
    """Read a plan.

    Args:
        place: A file, perhaps packed with gzip, or ``-`` for standard input.

    Raises:
        SourceError: If it cannot be read, or is not a plan.
        UsageError: If what it says cannot be exported.
    """
    if place == STANDARD_INPUT:
        content = standard_input.whole(_MOST_BYTES)
    else:
        content = inflated(Path(place), place, _MOST_BYTES)
    return parse_plan(content, place)


def parse_plan(content: bytes, shown: str) -> ExportPlan:
    """Return the plan of a document, as :func:`read_plan` does.

    Args:
        content: The document.
        shown: What messages call it.
    """
    try:
        found = json.loads(decoded(content))
    except (TextError, ValueError, RecursionError) as error:
        raise SourceError(
            f"`{shown}` is not valid JSON: {error}", path=shown, hint=_HINT
        ) from error
    return _Reader(shown).plan(found)


class _Reader:
    """Takes a document apart; each fault says where it is."""

    def __init__(self, shown: str) -> None:
        self._shown = shown

    def plan(self, found: object) -> ExportPlan:
        top = self._object(found, "")
        if top.get("schema") != _SCHEMA:
            self._fail("schema", f"is not `{_SCHEMA}`", _HINT)
        builds = self._all(top, "builds", self._build)
        if self._number(self._object(top.get("totals"), "totals"), "builds", "totals") != len(
            builds
        ):
            self._fail(
                "totals.builds", f"is not the number of builds, of which {len(builds)} stand here"
            )
        unit = self._one_of(top, "unit", "", ("builds", "seconds"))
        return ExportPlan(
            predicted=self._flag(top, "predicted", ""),
            is_what_if=top.get("what_if") is not None,
            excluded_builds=self._length(top, "excluded", "builds"),
            open_roots=self._length(top, "budget", "open"),
            unit="seconds" if unit == "seconds" else "builds",
            listed=tuple((each.package, each.version, each.hash) for each in builds),
            builds=builds_of(builds),
            wants=tuple(path for path in self._all(top, "inputs", self._input) if path),
            publish=tuple(self._all(top, "publish", self._publish)),
            unplannable=tuple(self._all(top, "unplannable", self._unplannable)),
            left_out=tuple(self._all(top, "left_out", self._left_out)),
            gates=tuple(self._all(top, "gates", self._gate)),
        )

    def _build(self, found: Mapping[str, Any], at: str) -> Build:
        own = self._text(found, "hash", at)
        needs = tuple(self._texts(found, "needs", at))
        for each in (own, *needs):
            if _PLAIN_HASH.fullmatch(each) is None:
                self._fail(at, f"`{each[:64]}` is not a DAG hash")
        return Build(
            hash=own,
            package=self._text(found, "package", at),
            version=self._text(found, "version", at),
            platform=self._text(found, "platform", at),
            os=self._text(found, "os", at),
            target=self._text(found, "target", at),
            stacks=tuple(self._texts(found, "stacks", at)),
            stage=int(self._number(found, "stage", at)),
            needs=needs,
            cost=self._number(found, "cost", at),
            estimated=self._flag(found, "estimated", at),
            cause="missing",
            because=(),
        )

    def _input(self, found: Mapping[str, Any], at: str) -> str:
        path = self._text(found, "path", at)
        return path if self._text(found, "role", at) == "want" else ""

    def _publish(self, found: Mapping[str, Any], at: str) -> PublishedWant:
        names = ("stack", "os", "target", "want", "hash", "package", "version")
        texts = {name: self._text(found, name, at) for name in names}
        binary = {name: self._text(found, name, at) for name in ("binary_os", "binary_target")}
        listed_by = tuple(self._texts(found, "listed_by", at))
        return PublishedWant(**texts, **binary, listed_by=listed_by)

    def _unplannable(self, found: Mapping[str, Any], at: str) -> ChosenWant:
        texts = {name: self._text(found, name, at) for name in ("stack", "os", "target", "want")}
        reason = self._one_of(found, "reason", at, get_args(Lack))
        lack: Lack = next(each for each in get_args(Lack) if each == reason)
        return ChosenWant(**texts, candidates=0, spec=None, lock=None, lack=lack, completed=False)

    def _left_out(self, found: Mapping[str, Any], at: str) -> LeftOut:
        kind = self._one_of(found, "kind", at, get_args(LeftOutKind))
        known: LeftOutKind = next(each for each in get_args(LeftOutKind) if each == kind)
        return LeftOut(
            kind=known,
            where=self._text(found, "where", at),
            count=int(self._number(found, "count", at)),
            detail=self._text(found, "detail", at),
            blocks=self._flag(found, "blocks", at),
            remedy=self._text(found, "remedy", at),
        )

    def _gate(self, found: Mapping[str, Any], at: str) -> Gate:
        unit = self._one_of(found, "unit", at, ("percent", "count", "seconds"))
        value = found.get("value")
        return Gate(
            name=self._text(found, "name", at),
            unit="percent" if unit == "percent" else "count" if unit == "count" else "seconds",
            limit=self._number(found, "limit", at),
            value=None if value is None else self._number(found, "value", at),
            held=self._flag(found, "held", at),
            reason=self._text(found, "reason", at),
            stack=self._text(found, "stack", at),
        )

    def _length(self, top: Mapping[str, Any], key: str, inner: str) -> int:
        """Return how many things a part of the document lists; none where it is null."""
        if top.get(key) is None:
            return 0
        items = self._object(top[key], key).get(inner)
        if not isinstance(items, list):
            self._fail(f"{key}.{inner}", "must be an array")
        return len(items)

    def _all(
        self, found: Mapping[str, Any], key: str, read: Callable[[Mapping[str, Any], str], Any]
    ) -> list[Any]:
        items = found.get(key)
        if not isinstance(items, list):
            self._fail(key, "must be an array")
        return [
            read(self._object(each, f"{key}[{at}]"), f"{key}[{at}]")
            for at, each in enumerate(items)
        ]

    def _object(self, found: object, at: str) -> Mapping[str, Any]:
        if not isinstance(found, dict):
            self._fail(at, "must be an object", _HINT)
        return found

    def _text(self, found: Mapping[str, Any], key: str, at: str) -> str:
        value = found.get(key)
        if not isinstance(value, str):
            self._fail(f"{at}.{key}", "must be a text")
        return value

    def _texts(self, found: Mapping[str, Any], key: str, at: str) -> list[str]:
        value = found.get(key)
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            self._fail(f"{at}.{key}", "must be an array of texts")
        return value

    def _number(self, found: Mapping[str, Any], key: str, at: str) -> float:
        value = found.get(key)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            self._fail(f"{at}.{key}", "must be a number")
        if not 0 <= value < float("inf"):
            self._fail(f"{at}.{key}", "must be a number from 0 on")
        return value

    def _flag(self, found: Mapping[str, Any], key: str, at: str) -> bool:
        value = found.get(key)
        if not isinstance(value, bool):
            self._fail(f"{at}.{key}".strip("."), "must be true or false")
        return value

    def _one_of(self, found: Mapping[str, Any], key: str, at: str, words: tuple[str, ...]) -> str:
        value = self._text(found, key, at)
        if value not in words:
            self._fail(f"{at}.{key}".strip("."), f"`{value[:64]}` is none of {', '.join(words)}")
        return value

    def _fail(self, place: str, fault: str, hint: str | None = None) -> NoReturn:
        raise DamagedSourceError(
            path=self._shown, place=place.strip("."), line=None, fault=fault, hint=hint
        )
