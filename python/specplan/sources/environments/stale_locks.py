"""Locks beside an environment whose roots are no longer those of the lock.

Spack reads the lock and warns of nothing, so that a root which was added since looks as if
nobody wanted it.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from specplan._core import AbstractSpec
from specplan.errors import SourceError, UndecidedConditionError
from specplan.model import LeftOut

if TYPE_CHECKING:
    from specplan.sources.environments.environment import Environment
    from specplan.sources.environments.options import EnvironmentOptions
    from specplan.sources.limits import Limits
    from specplan.sources.wanted import Wanted

__all__ = ["beside"]

_LOCK: Final = "spack.lock"
_ENVIRONMENT: Final = "spack.yaml"


def beside(
    lock: Wanted, limits: Limits, options: EnvironmentOptions | None
) -> tuple[Wanted, Environment | None]:
    """Return a lock with what is not known of its age, and the environment of what it lacks.

    Args:
        lock: A lock that was read from a file.
        limits: The limits for each file.
        options: How the environment is read.

    Returns:
        The lock, with a record of each root that the environment beside it has lost, and of
        what could not be read of that environment; and the environment with only the roots
        that the lock lacks. None where there is no such environment, or the lock lacks none.
    """
    folder, name = os.path.split(lock.place)
    path = os.path.join(folder, _ENVIRONMENT)  # noqa: PTH118 - as it was given
    if name.removesuffix(".gz") != _LOCK or not os.path.isfile(path):  # noqa: PTH113
        return lock, None
    # Who wants locks alone need not wait for what reads YAML.
    from specplan.sources.environments.environment import read_environment  # noqa: PLC0415

    try:
        environment = read_environment(path, label=lock.label, limits=limits, options=options)
    except (SourceError, UndecidedConditionError) as error:
        return replace(lock, left_out=(*lock.left_out, _unread(path, error))), None
    locked = {_canonical(root.spec) for root in lock.roots}
    environment = _as_locked(environment, lock)
    asked = {root.spec for root in environment.roots}
    lost = [_lost(lock.place, path, text) for text in sorted(locked - asked)]
    missing = tuple(root for root in environment.roots if root.spec not in locked)
    # A lock says itself what covers its roots, whatever is required of them.
    unread = [each for each in environment.left_out if missing or each.kind != "requirement"]
    lock = replace(lock, left_out=(*lock.left_out, *lost, *unread))
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


def _as_locked(environment: Environment, lock: Wanted) -> Environment:
    """Return an environment as it was where its lock was made.

    That was one machine, of the system that most specs of the lock are for.
    """
    if not environment.varies:
        return environment
    from specplan._core import Query  # noqa: PLC0415 - few locks need it

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
        detail=f"whether the lock beside it has all its roots is not known: {error}",
        blocks=True,
        remedy=error.hint or "--allow-left-out lock_root",
    )


def _lost(lock: str, path: str, root: str) -> LeftOut:
    return LeftOut(
        kind="lock_root",
        where=lock,
        detail=f"its root `{root}` is not in `{path}`, but still wanted here",
        blocks=False,
        remedy=f"spack -e {os.path.dirname(path) or '.'} concretize --force",  # noqa: PTH120
    )
