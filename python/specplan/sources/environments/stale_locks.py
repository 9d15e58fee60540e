"""Locks beside an environment whose roots are no longer those of the lock.

Spack reads the lock without a warning, so a root that was added since looks as if it were not
wanted.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from specplan._core import AbstractSpec, Query
from specplan.errors import SourceError, UndecidedConditionError
from specplan.model import DEFAULT_GROUP, LeftOut
from specplan.secrets import without_secrets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from specplan.sources.environments.environment import Environment
    from specplan.sources.environments.options import EnvironmentOptions
    from specplan.sources.limits import Limits
    from specplan.sources.want_records import WantedLock

__all__ = ["beside", "concretize_again"]

_LOCK: Final = "spack.lock"
_ENVIRONMENT: Final = "spack.yaml"


def beside(
    lock: WantedLock, limits: Limits, options: EnvironmentOptions | None
) -> tuple[WantedLock, Environment | None]:
    """Return a lock with records on its staleness, and the environment of the roots that it lacks.

    Args:
        lock: A lock that was read from a file.
        limits: The limits for each file.
        options: The options for reading the environment.

    Returns:
        The lock, with a record of each root that the environment beside it no longer has, and of
            its unreadable parts; and the environment with only the roots that the lock lacks. None
            if there is no such environment, or the lock lacks none.
    """
    folder, name = os.path.split(lock.source)
    path = os.path.join(folder, _ENVIRONMENT)  # noqa: PTH118 - as it was given
    if name.removesuffix(".gz") != _LOCK or not os.path.lexists(path):
        return lock, None
    # Import the YAML reader only if there is an environment.
    from specplan.sources.environments.environment import read_environment  # noqa: PLC0415

    try:
        environment = read_environment(path, stack=lock.stack, limits=limits, options=options)
    except (SourceError, UndecidedConditionError) as error:
        return replace(lock, left_out=(*lock.left_out, _unread(path, error))), None
    locked = {(root.group or DEFAULT_GROUP, _canonical(root.spec)) for root in lock.roots}
    environment = _as_locked(environment, lock)
    asked = {(root.group, root.spec) for root in environment.roots}
    lost = [_lost(lock.source, path, *root) for root in sorted(locked - asked)]
    missing = tuple(root for root in environment.roots if (root.group, root.spec) not in locked)
    # A lock determines what covers its roots, regardless of requirements.
    unread = [each for each in environment.left_out if missing or each.kind != "requirement"]
    stale = [*_not_developed(lock, path, environment.developed)]
    lock = replace(lock, left_out=(*lock.left_out, *lost, *stale, *unread))
    if not missing:
        return lock, None
    lacking = replace(
        environment,
        roots=missing,
        unify="false",
        left_out=(),
        locks=(),
        varies=False,
        _again=None,
    )
    return lock, lacking


def _as_locked(environment: Environment, lock: WantedLock) -> Environment:
    """Return an environment for the machine on which its lock was made.

    That is assumed to be of the system of most specs in the lock.
    """
    if not environment.varies:
        return environment
    specs = lock.core.specs(Query.all(), None)
    systems = Counter((each.platform, each.os) for each in specs)
    if not systems:
        return environment
    ((platform, system), _), *_ = systems.most_common(1)
    return environment.on(platform, system)


def _canonical(text: str) -> str:
    try:
        return str(AbstractSpec(text))
    except ValueError:
        return text


def _unread(path: str, error: SourceError | UndecidedConditionError) -> LeftOut:
    return LeftOut(
        kind="lock_root",
        where=path,
        detail=f"it is unknown whether the lock beside it has all its roots: {error}",
        blocks=True,
        remedy=error.hint or "--allow-left-out lock_root",
    )


def _lost(lock: str, path: str, group: str, root: str) -> LeftOut:
    of_group = "" if group == DEFAULT_GROUP else f" of the group `{group}`"
    shown = f"`{without_secrets(root)}`{of_group}"
    return LeftOut(
        kind="lock_root",
        where=lock,
        detail=f"its root {shown} is not in `{path}`, but still wanted here",
        blocks=False,
        remedy=concretize_again(path),
    )


def _not_developed(
    lock: WantedLock, path: str, developed: Iterable[AbstractSpec]
) -> Iterator[LeftOut]:
    """Yield specs that are now built from a source tree, but were not in the lock.

    A binary of such a spec is not what the environment builds.
    """
    for spec in developed:
        if spec.name is None or not lock.core.has_heard_of(spec.name):
            continue
        among = Query.text("package", [spec.name])
        found = lock.core.find(str(spec), among, None)
        # An undecided spec may be meant.
        specs = (*found.specs, *(each.spec for each in found.unknown))
        stale = [
            each
            for each in specs
            if not each.is_external and not any(v.startswith("dev_path=") for v in each.variants)
        ]
        if stale:
            yield LeftOut(
                kind="lock_root",
                where=lock.source,
                detail=f"`{path}` develops `{spec}`, and it was locked before",
                count=len(stale),
                blocks=True,
                remedy=concretize_again(path),
            )


def concretize_again(path: str) -> str:
    """Return the command that makes the lock beside an environment anew.

    Args:
        path: The ``spack.yaml``.
    """
    return f"spack -e {os.path.dirname(path) or '.'} concretize --force"  # noqa: PTH120
