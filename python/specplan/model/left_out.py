"""Records of left-out input, which decide whether gates may hold.

A gate holds only if it holds in the worst case of everything that was left out. Each record names
the input, its place and count, says whether it blocks, and contains the line that settles it.
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

#: The kinds of input that can be left out. Users allow a kind by its name (``--allow-left-out
#: KIND``):
#:
#: - ``include``: an include of an environment that is remote, missing, or whose name cannot be
#:   determined here;
#: - ``condition``: a ``when`` or an ``if`` that this machine cannot decide;
#: - ``definition``: a definition, matrix row or override that was not taken into account;
#: - ``requirement``: a requirement or a conflict of ``packages`` that only recipes can decide;
#: - ``system``: a stack or root for which nothing names a system;
#: - ``stack``: a requested stack that could not be considered;
#: - ``absent_stack``: a stack of the older state that is missing from the newer one;
#: - ``lock_root``: a root of the lock that the environment beside it no longer has;
#: - ``no_root``: a lock, an environment or a choice of binaries without any wants;
#: - ``no_peer``: a cell to which no other cell contributes a key;
#: - ``nothing_in_common``: two states that share nothing that could be compared;
#: - ``index_version``: binaries that only some of several indexes list;
#: - ``format_guess``: a file in a format version newer than all known ones, read as the newest
#:   known version;
#: - ``damaged_file``: a file that was skipped because it is damaged;
#: - ``empty_source``: a cache without any binary;
#: - ``unread_source``: a source that could not be read and was skipped;
#: - ``changed_file``: a changed file whose effect on specs is not known;
#: - ``may_change``: specs whose hash may change with a recipe, which only a concretizer knows;
#: - ``blind``: specs that are built differently by a changed recipe, under the same hash;
#: - ``changed_name``: a changed package that no want contains;
#: - ``undecided_spec``: a spec for which the sources cannot decide whether it satisfies the query.
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

#: The word that allows every kind.
ALL_KINDS: Final = "all"

#: The kinds that a user may allow to be left out.
AllowedKind: TypeAlias = LeftOutKind | Literal["all"]

#: Every word that a user may type for that.
ALLOWED_KINDS: Final[tuple[AllowedKind, ...]] = (*get_args(LeftOutKind), ALL_KINDS)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class LeftOut:
    """Input of the question that could not be taken into account.

    Attributes:
        kind: The kind of input.
        where: The place: a file with its line, a stack, a cell, a source.
        detail: A short clause that says what happened, such as ``remote include`` or ``no other
            stack lists anything on this system``.
        count: The number of things of this kind at that place; at least 1.
        blocks: Whether it could add a want, reduce the specs that cover a want, or remove the older
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
    """Return records in their fixed order, with equal ones merged and their counts added."""
    counts: Counter[LeftOut] = Counter()
    for record in records:
        counts[replace(record, count=1)] += record.count
    return tuple(sorted(replace(record, count=count) for record, count in counts.items()))


def allowing(records: Iterable[LeftOut], allowed: Collection[AllowedKind]) -> tuple[LeftOut, ...]:
    """Return the records, marking those that the user allows as not blocking.

    Args:
        records: The records of left-out input.
        allowed: The kinds that the user allows; ``all`` allows every kind.
    """
    return tuple(
        replace(record, blocks=False) if ALL_KINDS in allowed or record.kind in allowed else record
        for record in records
    )


def blocking(
    records: Iterable[LeftOut], allowed: Collection[AllowedKind] = ()
) -> tuple[LeftOut, ...]:
    """Return the records that keep every gate from holding.

    Args:
        records: The records of left-out input.
        allowed: The kinds that the user allows; ``all`` allows every kind.
    """
    return tuple(record for record in allowing(records, allowed) if record.blocks)
