"""Records of left-out input, which decide whether gates may hold.

A gate holds only if it holds in the worst case of everything that is open. What is open is
a record: what was lost, where, how often, whether it blocks, and the line that settles it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Final, Literal, TypeAlias, get_args

from specplan.records import dataclass

__all__ = [
    "ALLOWED_KINDS",
    "ALL_KINDS",
    "AllowedKind",
    "LeftOut",
    "LeftOutKind",
    "allowing",
    "blocking",
    "merged",
]

#: What can be left out. Users allow a kind by its name (``--allow-left-out KIND``):
#:
#: - ``include``: an include of an environment that is remote, missing, or named by what is not
#:   known here;
#: - ``condition``: a ``when`` or an ``if`` that this machine cannot decide;
#: - ``definition``: a definition, matrix row or override that was not taken into account;
#: - ``requirement``: a requirement or a conflict of ``packages`` that only recipes can decide;
#: - ``system``: a stack or root for which nothing names a system;
#: - ``stack``: a stack that was asked for and could not be considered;
#: - ``absent_stack``: a stack that the older state has and the newer does not list at all;
#: - ``lock_root``: a root that the lock has and the environment beside it has lost;
#: - ``no_root``: a lock, an environment or a choice of binaries that wants nothing at all;
#: - ``no_peer``: a cell to which no other cell contributes a key;
#: - ``nothing_in_common``: two states that share nothing that could be compared;
#: - ``index_version``: binaries that only some of several indexes list;
#: - ``format_guess``: a file of a version that is newer than those that are known, read as the
#:   newest that is known;
#: - ``damaged_file``: a file that was skipped because it is damaged;
#: - ``empty_source``: a cache that has no binary at all;
#: - ``unread_source``: a source that could not be had and was passed over;
#: - ``changed_file``: a changed file whose effect on specs is not known;
#: - ``may_change``: specs whose hash may change with a recipe, which only a concretizer knows;
#: - ``blind``: specs that are built otherwise with a recipe, under the same hash;
#: - ``changed_name``: a changed package that no want contains;
#: - ``undecided_spec``: a spec of which the sources cannot decide whether it satisfies the query.
LeftOutKind: TypeAlias = Literal[
    "include",
    "condition",
    "definition",
    "requirement",
    "system",
    "stack",
    "absent_stack",
    "lock_root",
    "no_root",
    "no_peer",
    "nothing_in_common",
    "index_version",
    "format_guess",
    "damaged_file",
    "empty_source",
    "unread_source",
    "changed_file",
    "may_change",
    "blind",
    "changed_name",
    "undecided_spec",
]

#: What allows every kind.
ALL_KINDS: Final = "all"

#: What a user may allow to be left out.
AllowedKind: TypeAlias = LeftOutKind | Literal["all"]

#: Every word for that.
ALLOWED_KINDS: Final[tuple[AllowedKind, ...]] = (*get_args(LeftOutKind), ALL_KINDS)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class LeftOut:
    """Something of the question that could not be taken into account.

    Attributes:
        kind: What was left out.
        where: The place: a file with its line, a stack, a cell, a source.
        detail: One short clause that says what happened, such as ``remote include`` or
            ``no other stack lists anything on this system``.
        count: How many things of this kind the place stands for; at least 1.
        blocks: Whether it could add a want, narrow what covers a want, or take away the older
            side of a comparison. Then no gate holds, unless the kind is allowed.
        remedy: The exact line that settles it: an option, a line of ``specplan.toml`` or a
            command.
    """

    kind: LeftOutKind
    where: str
    detail: str
    count: int = 1
    blocks: bool
    remedy: str


def merged(records: Iterable[LeftOut]) -> tuple[LeftOut, ...]:
    """Return records in their fixed order, equal ones as one with their counts added."""
    counts: Counter[LeftOut] = Counter()
    for record in records:
        counts[replace(record, count=1)] += record.count
    return tuple(sorted(replace(record, count=count) for record, count in counts.items()))


def allowing(records: Iterable[LeftOut], allowed: Collection[AllowedKind]) -> tuple[LeftOut, ...]:
    """Return the records, marking those that the user allows as not blocking.

    Args:
        records: What was left out.
        allowed: The kinds that the user allows; ``all`` allows every kind.
    """
    return tuple(
        replace(record, blocks=False) if ALL_KINDS in allowed or record.kind in allowed else record
        for record in records
    )


def blocking(
    records: Iterable[LeftOut], allowed: Collection[AllowedKind] = ()
) -> tuple[LeftOut, ...]:
    """Return the records on which no gate holds.

    Args:
        records: What was left out.
        allowed: The kinds that the user allows; ``all`` allows every kind.
    """
    return tuple(record for record in allowing(records, allowed) if record.blocks)
