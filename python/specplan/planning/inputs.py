"""The input files of a plan: wants, candidates and costs, with checksums."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Final

from specplan.model import Input
from specplan.model.costs import UNIT_COSTS
from specplan.sources.label import split_label
from specplan.sources.stores.store import is_file, sha256_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from specplan.catalog.contents import Contents
    from specplan.model.costs import Cost, Costs
    from specplan.planning.changes import ComparedSpecs

__all__ = ["costs_of", "inputs_of"]

#: The order of inputs.
_ROLES: Final = ("want", "candidates", "cache", "costs")


def costs_of(plannable: ComparedSpecs, costs: Costs) -> dict[str, Cost]:
    """Return the cost of each spec that can be planned, by hash; empty if each costs 1."""
    return {} if costs is UNIT_COSTS else costs.of(plannable.named())


def inputs_of(
    wanted: Iterable[str],
    candidates: Iterable[str],
    contents: Contents,
    costs: Iterable[str],
) -> tuple[Input, ...]:
    """Return the inputs of a plan with checksums, by role, then path."""
    inputs = {Input(path=each, sha256=_sha256_of([each]), role="want") for each in wanted}
    inputs |= {
        Input(path=each, sha256=_sha256_of([split_label(each)[1]]), role="candidates")
        for each in candidates
    }
    files = sorted({source for source, _, _ in contents.core.origins()}) if contents.sources else []
    for place in contents.sources:
        _, where = split_label(place)
        folder = where.rstrip("/") + "/"
        own = [file for file in files if file == where or file.startswith(folder)]
        inputs.add(Input(path=place, sha256=_sha256_of(own or [where]), role="cache"))
    inputs |= {Input(path=each, sha256=_sha256_of([each]), role="costs") for each in costs}
    return tuple(sorted(inputs, key=lambda each: (_ROLES.index(each.role), each.path)))


def _sha256_of(files: Sequence[str]) -> str | None:
    """Return the checksum of a file, or of a list of files as ``sha256sum`` prints it."""
    sums = []
    for file in files:
        path = Path(file)
        if not is_file(path):
            return None
        sums.append(sha256_of(path))
    if len(sums) == 1:
        return sums[0]
    lines = "".join(f"{each}  {file}\n" for each, file in zip(sums, files, strict=True))
    return hashlib.sha256(lines.encode("utf-8", "surrogateescape")).hexdigest()
