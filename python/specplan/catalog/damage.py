"""Damage in sources: which faults are errors, and their order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan.counting import circle
from specplan.errors import DamagedSourceError
from specplan.model import DamagedFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from specplan import _core as compiled
    from specplan.model.check import Finding


__all__ = ["clashes", "damage", "difference", "order_of_damage", "order_of_finding", "refuse_cycle"]


def damage(damaged: Sequence[DamagedFile], *, hint: str | None = None) -> DamagedSourceError:
    """Return the error that mentions the first damaged file and the number of others."""
    first, *others = damaged
    return DamagedSourceError(
        path=first.path,
        location=first.location,
        line=first.line,
        fault=first.fault,
        others=len({each.path for each in others} - {first.path}),
        hint=hint,
    )


def order_of_damage(file: DamagedFile) -> tuple[str, str, int, str]:
    """Return the key by which damaged files are ordered: path, place, line, fault."""
    return file.path, file.location, file.line or 0, file.fault


def order_of_finding(finding: Finding) -> tuple[str, str, str, str]:
    """Return the key by which findings are ordered: path, kind, place, message."""
    return finding.path, finding.kind, finding.location, finding.message


def clashes(core: compiled.Catalog) -> Iterator[DamagedFile]:
    """Yield the files that contradict another file of the same snapshot about a hash."""
    for rows in core.differing_rows():
        first, other = rows.origin, rows.other_origin
        if (first.cache, first.tag) == (other.cache, other.tag):
            where = "the same page" if first.source == other.source else first.source
            content = difference(rows.columns)
            yield DamagedFile(
                path=other.source,
                location=rows.hash,
                line=None,
                fault=f"the hash has different content in {where}: {content} there",
            )


def difference(columns: Sequence[compiled.DisagreementAnswer]) -> str:
    """Return the differences between two descriptions of a spec, with the other text first."""
    return (
        "; ".join(
            f"{each.column} is `{one_line(each.other)}`, but `{one_line(each.text)}`"
            for each in columns
        )
        or "its dependencies differ"
    )


def one_line(text: str) -> str:
    """Return a text on one line."""
    return text.replace("\n", " ")


def refuse_cycle(core: compiled.Catalog, path: str) -> None:
    """Refuse specs that depend on each other in a cycle, in the name of a file."""
    if cycle := core.cycle():
        raise DamagedSourceError(
            path=path,
            location=cycle[0],
            line=None,
            fault=f"{circle(cycle)}, together with what the caches say of them",
        )
