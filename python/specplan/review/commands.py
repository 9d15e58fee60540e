"""The commands that rebuild exactly the stale binaries."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from specplan.secrets import without_secrets
from specplan.sources.named_want import LOCK_NAME, lock_or_environment_in, named_want

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from specplan.catalog.contents import Contents
    from specplan.review.request import ReviewRequest

__all__ = ["commands_of"]


def commands_of(contents: Contents, request: ReviewRequest) -> tuple[str, ...]:
    """Return the commands, each quoted for a shell.

    The first lists the predicted builds. Then, for each environment, there are commands that
    concretize it with the newer recipes and build everything that its new lock lacks.

    Args:
        contents: The caches.
        request: The request.
    """
    caches = [word for place in contents.sources for word in ("--cache", place)] or [
        "--cache",
        "none",
    ]
    return tuple(without_secrets(each) for each in _commands(caches, request))


def _commands(caches: Sequence[str], request: ReviewRequest) -> Iterator[str]:
    wants = [word for each in request.want for word in ("--want", each)]
    scope = _how_wanted(request)
    is_abstract = any(named_want(each).is_abstract for each in request.want)
    systems = request.coverage.system if is_abstract else ()
    wants += [*(word for each in systems for word in ("--system", each)), *scope]
    revisions = ["--changed-since", request.recipes.since, "--packages", request.recipes.packages]
    policy = [] if request.policy == "hash" else ["--policy", request.policy]
    depth = [] if request.depth is None else ["--depth", str(request.depth)]
    treated = (f"{each}=stale" for each in sorted(request.recipes.treat))
    more = [*policy, *depth, *(word for each in treated for word in ("--treat", each))]
    yield _line("specplan", "rebuild", *wants, *caches, *revisions, *more, "--format", "list")
    for each in request.want:
        named = named_want(each)
        if named.kind != "lock":
            continue
        lock = Path(lock_or_environment_in(named.source))
        if lock.name == LOCK_NAME:
            yield _line("spack", "-e", str(lock.parent), "concretize", "--force")
        yield (
            _line("specplan", "export", "make", "--want", each, *scope, *caches, "-o", "plan.mk")
            + " && make -f plan.mk -k"
        )


def _how_wanted(request: ReviewRequest) -> list[str]:
    """Return the options for the scope of the wants and for the snapshot."""
    query = request.coverage
    scope = [] if query.scope == "runtime" else ["--scope", query.scope]
    tag = [] if query.tag is None else ["--tag", query.tag]
    return [*scope, *(word for each in query.group for word in ("--group", each)), *tag]


def _line(*words: str) -> str:
    return shlex.join(words)
