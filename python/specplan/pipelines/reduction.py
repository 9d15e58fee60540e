"""The fewest needs that keep the order of builds, and the stages of builds."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["reduced", "stages"]


def reduced(needs: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return the needs that no other need implies: the transitive reduction.

    GitLab starts a job when its needs are done, and these were started after their own needs, so
    indirect needs can be omitted. GitLab allows 50 needs per job by default.

    Args:
        needs: The builds that each build waits for. They must be free of cycles, and each must be a
            key itself.

    Returns:
        The needs of each build, in the same order; none of them could be omitted.

    Examples:
        >>> reduced({"zlib": [], "hdf5": ["zlib"], "silo": ["hdf5", "zlib"]})
        {'zlib': [], 'hdf5': ['zlib'], 'silo': ['hdf5']}
    """
    at_of = {build: at for at, build in enumerate(_in_order(needs))}
    # A build with all that it waits for, as bits, with the largest numbers last to keep them short.
    before: list[int] = []
    found: dict[str, list[str]] = {build: [] for build in needs}
    needed = set().union(*needs.values())
    for build, at in at_of.items():
        brought = 0
        kept: set[int] = set()
        # A need is only implied by needs that come after it.
        for need in sorted(map(at_of.__getitem__, needs[build]), reverse=True):
            if not brought >> need & 1:
                brought |= before[need]
                kept.add(need)
        before.append(brought | 1 << at if build in needed else 0)
        found[build] = [each for each in needs[build] if at_of[each] in kept]
    return found


def stages(needs: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Return the stage of each build, from 0: one after the latest of its needs.

    Args:
        needs: The builds that each build waits for, as in :func:`reduced`.

    Examples:
        >>> stages({"silo": ["hdf5"], "hdf5": ["zlib"], "zlib": []})
        {'zlib': 0, 'hdf5': 1, 'silo': 2}
    """
    found: dict[str, int] = {}
    for build in _in_order(needs):
        found[build] = max((found[need] + 1 for need in needs[build]), default=0)
    return found


def _in_order(needs: Mapping[str, Sequence[str]]) -> Iterable[str]:
    """Return the builds so that each comes after its needs, in their own order if possible."""
    seen: set[str] = set()
    for build, own in needs.items():
        if not seen.issuperset(own):
            break
        seen.add(build)
    else:
        return needs
    waiting = {build: len(own) for build, own in needs.items()}
    dependents: dict[str, list[str]] = {build: [] for build in needs}
    for build, own in needs.items():
        for need in own:
            dependents[need].append(build)
    ready = [build for build, left in waiting.items() if not left]
    for build in ready:
        for dependent in dependents[build]:
            waiting[dependent] -= 1
            if not waiting[dependent]:
                ready.append(dependent)
    return ready
