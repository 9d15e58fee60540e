"""Finding specs with an abstract spec: a question, and the selection that it is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypedDict

from specplan import _core
from specplan.abstract_spec import AbstractSpec, written
from specplan.aliases import Paths
from specplan.catalog.contents import Contents
from specplan.catalog.names import as_paths, as_tuple, select_names_or_none
from specplan.catalog.selection import Selection
from specplan.catalog.systems import Systems
from specplan.model.find import Found

__all__ = ["FindKeywords", "find_specs"]


class FindKeywords(TypedDict, total=False):
    """The keywords of :meth:`specplan.Catalog.find` and :meth:`specplan.Catalog.query`."""

    stack: str | Sequence[str]
    os: str | Sequence[str]
    target: str | Sequence[str]
    tag: str | None
    available: bool | None
    lock: Paths


def find_specs(contents: Contents, spec: AbstractSpec | str, question: FindKeywords) -> Found:
    """Return the specs that an abstract spec matches among the selected ones.

    Args:
        contents: The catalog to search.
        spec: The abstract spec.
        question: The part of the catalog to search, and the options.

    Raises:
        SpecSyntaxError: If it is not an abstract spec.
        UnknownNameError: If a stack, system or snapshot is unknown.
    """
    _core.AbstractSpec(written(spec))  # report errors in it before reading a lock
    from specplan.sources.wants import read_lock  # noqa: PLC0415 - most look at no lock

    locks = [read_lock(each, contents.limits) for each in as_paths(question.get("lock", ()))]
    if locks:
        of_locks = Contents.of_rows(lock.core for lock in locks)
        records = tuple(record for lock in locks for record in lock.left_out)
        empty = tuple(lock.source for lock in locks if not len(lock.core))
        contents = contents.merged(replace(of_locks, left_out=records, empty=empty))
    core = contents.core
    tag = question.get("tag")
    # A source without snapshots, such as a lock, has only one state, which always counts.
    tags = None if tag is None else sorted({each for _, each in contents.state(tag)})
    known = core.stacks(None if tag is None else contents.state(tag))
    systems = Systems(core, {})
    query = _core.Query.all() if tags is None else _core.Query.text("tag", tags)
    stacks = select_names_or_none(as_tuple(question.get("stack", ())), known, kind="stack")
    if stacks is not None:
        query &= _listed(tags, stacks)
    oss = systems.chosen_oss(as_tuple(question.get("os", ())))
    if oss is not None:
        query &= _core.Query.text("os", oss)
    targets = systems.chosen_targets(as_tuple(question.get("target", ())))
    if targets is not None:
        query &= _core.Query.text("target", targets)
    selection = Selection._of(contents, query)
    return selection._found(str(spec), tags=tags, available=question.get("available"))


def _listed(tags: Sequence[str] | None, stacks: list[str]) -> _core.Query:
    """Return the specs that any of the stacks lists, in any of the snapshots."""
    if tags is None:
        return _core.Query.stack(None, stacks)
    first, *others = (_core.Query.stack(tag, stacks) for tag in tags)
    for other in others:
        first |= other
    return first
