"""Plans read from documents of ``rebuild --format json``."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final, get_args

from specplan.errors import DamagedSourceError
from specplan.model import Build, LeftOut
from specplan.model.choice import ChosenWant, PublishedWant, UnplannableReason
from specplan.model.gate import Gate
from specplan.patterns import pattern
from specplan.pipelines.export.plan import NOT_COMMITTED, ExportPlan, builds_of
from specplan.sources import standard_input, strict_json
from specplan.sources.content import inflated
from specplan.sources.cost_files import MOST_SECONDS
from specplan.sources.documents import record
from specplan.sources.label import STANDARD_INPUT

if TYPE_CHECKING:
    from specplan.sources.strict_json import Value

__all__ = ["parse_plan", "read_plan"]

#: A plan of 20,000 builds has about 40 MB with its chains.
_MOST_BYTES: Final = 1 << 30

_SCHEMA: Final = "specplan.rebuild/1"
_HINT: Final = "name a file written by `specplan rebuild --format json -o FILE`"
_PLAIN_HASH: Final = pattern(r"[a-z2-7]{32}")


def read_plan(place: str) -> ExportPlan:
    """Read a plan.

    Args:
        place: A file, perhaps packed with gzip, or ``-`` for standard input.

    Raises:
        SourceError: If it cannot be read.
        DamagedSourceError: If it is not a plan.
        UsageError: If its content cannot be exported.
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
        shown: Its name in messages.
    """
    try:
        return _plan(strict_json.parse(content, shown))
    except DamagedSourceError as error:
        error.hint = error.hint or _HINT
        raise


def _plan(document: Value) -> ExportPlan:
    schema = document.at("schema")
    if schema.raw != _SCHEMA:
        schema.fail(f"is not `{_SCHEMA}`")
    builds = _builds(document.at("builds"))
    number = document.at("totals").at("builds")
    if number.count() != len(builds):
        number.fail(f"is not the number of builds, of which {len(builds)} stand here")
    unit = _one_of(document.at("unit"), ("builds", "seconds"))
    return ExportPlan(
        predicted=document.at("predicted").flag(),
        is_what_if=document.at("what_if").raw is not None,
        excluded_builds=_length(document.at("excluded"), "builds"),
        open_roots=_length(document.at("budget"), "open"),
        unit="seconds" if unit == "seconds" else "builds",
        listed=tuple((build.package, build.version, build.hash) for build in builds),
        builds=builds_of(builds),
        wants=tuple(
            each.at("path").text()
            for each in document.at("inputs").items()
            if each.at("role").text() == "want" and each.at("path").text()
        ),
        publish=tuple(record(PublishedWant, each) for each in document.at("publish").items()),
        unplannable=tuple(map(_unplannable, document.at("unplannable").items())),
        left_out=tuple(record(LeftOut, each) for each in document.at("left_out").items()),
        gates=tuple(record(Gate, each) for each in document.at("gates").items()),
        recipes=_recipes(document),
    )


def _recipes(document: Value) -> str:
    if not document.at("successors").flag():
        return ""
    commit = document.at("change").at("recipes").at("commit")
    return NOT_COMMITTED if commit.raw is None else commit.text()


def _builds(value: Value) -> list[Build]:
    rows = value.rows()
    hashes, needs, costs = rows.texts("hash"), rows.text_lists("needs"), rows.amounts("cost")
    named = {*hashes, *chain.from_iterable(needs)}
    if wrong := {each for each in named if _PLAIN_HASH.fullmatch(each) is None}:
        for build, own, others in zip(value.items(), hashes, needs, strict=True):
            for each in (own, *others):
                if each in wrong:
                    build.fail(f"`{each[:64]}` is not a DAG hash")
    if max(costs, default=0) > MOST_SECONDS:
        for build in value.items():
            if build.at("cost").amount() > MOST_SECONDS:
                build.at("cost").fail(f"is not a cost: more than {MOST_SECONDS:g}")
    columns = zip(
        hashes,
        rows.texts("package"),
        rows.texts("version"),
        rows.texts("platform"),
        rows.texts("os"),
        rows.texts("target"),
        rows.text_lists("stacks"),
        rows.counts("stage"),
        needs,
        costs,
        rows.flags("estimated"),
        strict=True,
    )
    return [
        Build(
            hash=dag_hash,
            package=package,
            version=version,
            platform=platform,
            os=os,
            target=target,
            stacks=stacks,
            stage=stage,
            needs=own,
            cost=cost,
            estimated=estimated,
            cause="missing",
            because=(),
        )
        for (
            dag_hash, package, version, platform, os, target, stacks, stage, own, cost, estimated,
        ) in columns
    ]  # fmt: skip


def _unplannable(value: Value) -> ChosenWant:
    reason = _one_of(value.at("reason"), get_args(UnplannableReason))
    lack: UnplannableReason = next(each for each in get_args(UnplannableReason) if each == reason)
    return ChosenWant(
        stack=value.at("stack").text(),
        os=value.at("os").text(),
        target=value.at("target").text(),
        want=value.at("want").text(),
        candidates=0,
        spec=None,
        lock=None,
        lack=lack,
        completed=False,
    )


def _length(part: Value, inner: str) -> int:
    """Return the number of items in a part of the document; 0 if it is null."""
    return 0 if part.raw is None else len(part.at(inner).items())


def _one_of(value: Value, words: tuple[str, ...]) -> str:
    text = value.text()
    if text not in words:
        value.fail(f"`{text[:64]}` is not one of {', '.join(words)}")
    return text
