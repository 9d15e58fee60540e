"""The rules for package hashes, by release of Spack."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Final

from specplan._core import Version
from specplan.errors import UsageError
from specplan.records import dataclass

__all__ = ["NEWEST_RULES", "SpackRules", "known_rules", "rules_of"]

_FILE: Final = "spack_rules.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class SpackRules:
    """The directives that one release of Spack leaves out of the package hash.

    Attributes:
        spack: The first release with these rules.
        directives: Names whose calls are removed from the text.
        metadata: Names of attributes that are removed.
        methods: Names of methods that are removed.
        exact_text: Whether Spack writes the same text with every version of Python, so that the
            hash can be reproduced and not only compared.
        source: The origin of the rules.
    """

    spack: str
    directives: frozenset[str]
    metadata: frozenset[str]
    methods: frozenset[str]
    exact_text: bool
    source: str


@cache
def known_rules() -> tuple[SpackRules, ...]:
    """Return the rules of all releases that changed them, oldest first."""
    table = json.loads(files(__package__).joinpath(_FILE).read_text(encoding="utf-8"))
    rules: list[SpackRules] = []
    none: frozenset[str] = frozenset()
    for row in table["rows"]:
        before = rules[-1] if rules else None
        rules.append(
            SpackRules(
                spack=row["spack"],
                directives=_changed(before.directives if before else none, row, "directives"),
                metadata=_changed(before.metadata if before else none, row, "metadata"),
                methods=_changed(before.methods if before else none, row, "methods"),
                exact_text=row.get("exact_text", before is not None and before.exact_text),
                source=row["source"],
            )
        )
    return tuple(rules)


def _changed(kept: frozenset[str], row: dict[str, list[str]], key: str) -> frozenset[str]:
    return (kept | frozenset(row.get(key, ()))) - frozenset(row.get(f"no_{key}", ()))


#: The release of Spack with the newest rules.
NEWEST_RULES: Final = known_rules()[-1].spack


def rules_of(spack: str = NEWEST_RULES) -> SpackRules:
    """Return the rules that a release of Spack follows.

    Args:
        spack: A release, such as ``1.1`` or ``0.23.1``. A release newer than all in the table
            follows the newest rules.

    Raises:
        UsageError: If it is older than all in the table, or not a version.

    Examples:
        >>> rules_of("0.21.3").spack, "redistribute" in rules_of("0.21.3").directives
        ('0.21', False)
    """
    hint = f"the oldest known rules are those of {known_rules()[0].spack}"
    try:
        asked = Version(spack)
        fitting = [each for each in known_rules() if Version(each.spack) <= asked]
    except ValueError as error:
        raise UsageError(f"`{spack}` is not a release of Spack", hint=hint) from error
    if not fitting:
        raise UsageError(f"there are no rules for Spack {spack}", hint=hint)
    return fitting[-1]
