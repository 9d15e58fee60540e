"""The patches that a recipe applies to a spec."""

from __future__ import annotations

import hashlib
from itertools import groupby
from typing import TYPE_CHECKING, Protocol

from specplan.recipes.unread import UnreadError
from specplan.recipes.values import UNREAD
from specplan.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specplan.recipes.conditions import Conditions
    from specplan.recipes.directives import Called, Directives

__all__ = [
    "Applied",
    "Files",
    "applies",
    "declared_patches",
    "own_patches",
    "when_position",
]


class Files(Protocol):
    """The files beside a recipe."""

    def __call__(self, name: str, /) -> bytes | None:
        """Return the content of a file by its path from the recipe; None if it does not exist.

        Raises:
            UnreadError: If it exists but cannot be read.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """A patch.

    Attributes:
        sha256: The checksum of its content.
        level: The number of leading folders removed from its paths.
        how: The parts that affect the build but not the hash: its folder, and whether it is applied
            in reverse.
    """

    sha256: str
    level: int
    how: tuple[str, ...]

    @property
    def hashed(self) -> str:
        """The hashed part of it."""
        return f"{self.sha256}:{self.level}"


def applies(call: Called, decide: Conditions) -> bool:
    """Return whether a directive applies to a spec.

    Raises:
        UnreadError: If it is undecided.
    """
    conditions = [*call.when, call.argument("when", when_position(call.name))]
    unread = None
    for condition in conditions:
        if condition is False:
            return False
        if (condition is None and condition in call.when) or condition is UNREAD:
            unread = f"line {call.lines[0]}: its condition is not a plain text"
        elif isinstance(condition, str):
            try:
                if not decide(condition):
                    return False
            except UnreadError as error:
                unread = f"line {call.lines[0]}: {error}"
    if call.doubt or unread:
        raise UnreadError(call.doubt or str(unread))
    return True


def when_position(name: str) -> int | None:
    """Return the position of ``when`` among the positional arguments."""
    return {"patch": 2, "conflicts": 1, "depends_on": 1, "extends": 1, "variant": 6}.get(name)


def own_patches(
    directives: Sequence[Directives], decide: Conditions, files: Files
) -> tuple[Applied, ...]:
    """Return the patches that a recipe applies to a spec, in the order of its directives.

    Spack applies a patch once, even if several directives name it.

    Raises:
        UnreadError: If that is undecided.
    """
    applied = [
        _read(call, files)
        for each in directives
        for call in each.named("patch")
        if applies(call, decide)
    ]
    if not applied:
        return ()
    declared = declared_patches(directives, files)
    # The directive that determines a patch's position depends on how Spack groups conditions.
    order = [sha256 for sha256, _ in groupby(each.sha256 for each in applied)]
    if len(set(order)) < len(order):
        raise UnreadError("the order of a patch that several directives name is unclear")
    return tuple(declared[each] for each in order)


def declared_patches(
    directives: Sequence[Directives], files: Files, name: str = "patch"
) -> dict[str, Applied]:
    """Return all patches that are read, by checksum, regardless of specs.

    Spack looks a patch up by its checksum, so a patch declared with two levels has one of them for
    every spec.

    Args:
        directives: The directives of the recipe.
        files: The files beside it.
        name: The name of the calls.

    Raises:
        UnreadError: If a patch is declared with two levels.
    """
    declared: dict[str, Applied] = {}
    for each in directives:
        for call in each.named(name):
            try:
                patch = _read(call, files)
            except UnreadError:
                continue
            if declared.setdefault(patch.sha256, patch).level != patch.level:
                raise UnreadError(f"line {call.lines[0]}: a patch is declared with two levels")
            declared[patch.sha256] = patch
    return declared


def _read(call: Called, files: Files) -> Applied:
    place = call.argument("url_or_filename", 0)
    checksum = call.argument("sha256", 5)
    level = call.argument("level", 1)
    line = f"line {call.lines[0]}"
    if not isinstance(place, str) or checksum is UNREAD or level is UNREAD:
        raise UnreadError(f"{line}: the patch is not given by plain values")
    if "://" not in place:
        content = files(place)
        if content is None:
            raise UnreadError(f"{line}: the patch `{place}` is not available")
        checksum = hashlib.sha256(content).hexdigest()
    if not isinstance(checksum, str):
        raise UnreadError(f"{line}: the patch has no checksum")
    how = (call.argument("working_dir", 3) or ".", call.argument("reverse", 4) or False)
    return Applied(
        sha256=checksum,
        level=level if isinstance(level, int) else 1,
        how=tuple(map(repr, how)),
    )
