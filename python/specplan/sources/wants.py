"""Files that say what should be there: locks and environments."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from specplan import _core, temporary
from specplan.errors import DamagedSourceError, SourceError, UsageError
from specplan.model.left_out import LeftOut
from specplan.model.roots import DEFAULT_GROUP
from specplan.sources import foreign, standard_input
from specplan.sources.absent import absence, looks_like_a_file
from specplan.sources.environments import stale_locks
from specplan.sources.guesses import guessed
from specplan.sources.label import STANDARD_INPUT, split_label
from specplan.sources.lock_root import LockRoot
from specplan.sources.named_groups import refuse_unknown_groups
from specplan.sources.named_want import (
    ENVIRONMENT_NAME,
    LOCK_NAME,
    begins_environment,
    file_of,
    named_want,
)
from specplan.sources.stores.store import printable, written
from specplan.sources.wanted import Wanted, WantedEnvironment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from specplan.sources.environments.options import EnvironmentOptions
    from specplan.sources.limits import Limits
    from specplan.sources.wanted import AvailableWants

__all__ = ["read_concrete", "read_wanted", "read_wants"]


def label_of(place: str) -> str:
    """Return what a file without a label is called: its folder, else its file stem."""
    if place == STANDARD_INPUT:
        return "stdin"
    path = Path(place).absolute()
    own = path.name.removesuffix(".gz")
    name = path.parent.name if own in {LOCK_NAME, ENVIRONMENT_NAME} else PurePath(own).stem
    return re.sub(r"[^A-Za-z0-9_.-]", "_", name) or "lock"


def read_wants(
    texts: Iterable[str],
    limits: Limits,
    options: EnvironmentOptions | None = None,
    available: AvailableWants | None = None,
) -> tuple[tuple[Wanted, ...], tuple[WantedEnvironment, ...]]:
    """Read files that say what should be there; their content tells what they are.

    Args:
        texts: ``[LABEL=]FILE`` each, or the folder of an environment: then its lock,
            which is exact, or else its ``spack.yaml``; ``-`` is standard input, of which
            environments include what lies in the working directory.
        limits: What no file may go beyond.
        options: How environments are read.
        available: What reads ``available`` as the binaries of stacks; None where there are no
            caches that have any.

    Returns:
        The locks, those that the environments include among them, and the environments; one
        beside a lock has only the roots that the lock lacks.

    Raises:
        SourceError: If a file does not exist, or is neither.
        DamagedSourceError: If one breaks the rules of its format.
        UsageError: If one of them has not a group that is asked for.
    """
    locks: list[Wanted] = []
    environments: list[WantedEnvironment] = []
    for text in texts:
        want = named_want(text)
        label, place = want.label, want.place
        content = None
        if want.kind == "available":
            locks += read_concrete(text, limits, available)
            continue
        if want.kind == "input":
            content = standard_input.whole(limits.file_bytes)
            if not begins_environment(content):
                read = _lock(_read_input(content, label, limits), label, place)
                locks.append(_of_groups(read, options))
                continue
        elif want.kind != "environment":
            wanted = _of_groups(read_wanted(text, limits), options)
            wanted, lacking = stale_locks.beside(wanted, limits, options)
            locks.append(wanted)
            if lacking is not None:
                environments.append(
                    WantedEnvironment(
                        label=wanted.label,
                        place=lacking.path,
                        environment=lacking,
                        is_not_concretized=True,
                    )
                )
            continue
        # Import the YAML reader only if an environment is wanted.
        from specplan.sources.environments.environment import read_environment  # noqa: PLC0415

        place = file_of(place)
        label = label or label_of(place)
        environment = read_environment(
            place, label=label, limits=limits, content=content, options=options
        )
        environments.append(WantedEnvironment(label=label, place=place, environment=environment))
        for lock in environment.locks:
            included = read_wanted(f"{label}={lock.path}", limits)
            locks.append(replace(included, is_included=True))
    return tuple(locks), tuple(environments)


def _of_groups(lock: Wanted, options: EnvironmentOptions | None) -> Wanted:
    """Return a lock with the roots of the groups that are asked for.

    Raises:
        UsageError: If it has no such group.
    """
    asked = () if options is None else options.groups
    if not asked:
        return lock
    groups = dict.fromkeys(root.group or DEFAULT_GROUP for root in lock.roots)
    refuse_unknown_groups(asked, groups, lock.place)
    roots = tuple(root for root in lock.roots if (root.group or DEFAULT_GROUP) in asked)
    return replace(lock, roots=roots)


def read_concrete(
    text: str, limits: Limits, available: AvailableWants | None
) -> tuple[Wanted, ...]:
    """Read a want that names its specs by hash: a lock, or the binaries of stacks.

    Args:
        text: ``[LABEL=]spack.lock``, or ``[LABEL=]available[:STACK]``.
        limits: What no file may go beyond.
        available: What reads the binaries of stacks; None where there are no caches.

    Raises:
        SourceError: If a file does not exist or is not a lock.
        DamagedSourceError: If it breaks the rules of its format.
        UsageError: If binaries are wanted and there are no caches.
    """
    named = named_want(text)
    if named.kind != "available":
        return (read_wanted(text, limits),)
    if available is None:
        raise UsageError(
            f"`{text}` stands for the binaries of caches, and there are none here",
            hint="name a lock; a file of that name is `./available`",
        )
    return available(named)


def read_wanted(text: str, limits: Limits) -> Wanted:
    """Read ``[LABEL=]spack.lock``.

    Args:
        text: The lock or its folder, with or without the label of its stack; ``-`` is
            standard input.
        limits: What the file may not go beyond.

    Raises:
        SourceError: If the file does not exist or is not a lock.
        DamagedSourceError: If it breaks the rules of its format.
    """
    label, place = split_label(text)
    place = file_of(place)
    if place == STANDARD_INPUT:
        return _lock(
            _read_input(standard_input.whole(limits.file_bytes), label, limits), label, place
        )
    label = label or label_of(place)
    if not os.path.exists(place):  # noqa: PTH110 - `Path.exists` fails on long names
        is_remote = "://" in place
        hint = "wants are local files: fetch it, or pipe it to `--want -`" if is_remote else None
        if hint is None and not looks_like_a_file(place):
            hint = (
                f"an abstract spec is planned for by `specplan rebuild --want '{place}'`; "
                "here a want is a `spack.lock` or a `spack.yaml`"
            )
        raise absence(place, hint=hint)
    if os.path.isfile(place):  # noqa: PTH113
        foreign.refuse(Path(place), place)
    if os.path.isdir(place):  # noqa: PTH112
        raise SourceError(
            f"the folder `{place}` holds neither a `{LOCK_NAME}` nor a `{ENVIRONMENT_NAME}`",
            path=place,
            hint=f"the package of that name is `{place}@:`" if Path(place).name == place else None,
        )
    read = _core.read_specs(
        place,
        cache=written(place),
        tag="",
        label=label,
        shown=printable(place),
        file_bytes=limits.index_bytes,
        try_newer=limits.newer_formats == "try",
    )
    return _lock(read, label, place)


def _rootless(place: str) -> LeftOut:
    """Return the record of a lock that has specs and no root that would want them."""
    return LeftOut(
        kind="lock_root",
        where=place,
        detail="it has specs and no root, so that nothing of it is wanted",
        blocks=True,
        remedy="concretize the environment again, or --allow-left-out lock_root",
    )


def _lock(read: _core.SpecsRead, label: str, place: str) -> Wanted:
    """Return what a file wants that must be a lock."""
    if read.fault is not None:
        raise DamagedSourceError(
            path=place,
            place=read.fault.place,
            line=read.fault.line,
            fault=read.fault.fault,
            hint="`--newest-format try` reads it as that version" if read.is_newer else None,
        )
    if read.kind != "lock":
        raise SourceError(
            f"`{place}` is not a lock, so it does not say what should be there",
            path=place,
            hint="wants come from a `spack.lock` or a `spack.yaml`",
        )
    label = label or label_of(place)
    return Wanted(
        label=label,
        place=place,
        roots=tuple(
            LockRoot(hash=root.hash, spec=root.spec, group=root.group) for root in read.roots
        ),
        core=read.catalog,
        left_out=(
            *((guessed(place),) if read.is_guess else ()),
            *(() if read.roots or not len(read.catalog) else (_rootless(place),)),
        ),
    )


def _read_input(content: bytes, label: str, limits: Limits) -> _core.SpecsRead:
    with temporary.folder() as folder:
        # It may be compressed, and only files are read compressed.
        file = folder / "lock"
        file.write_bytes(content)
        return _core.read_specs(
            file,
            cache=STANDARD_INPUT,
            tag="",
            label=label or label_of(STANDARD_INPUT),
            shown=STANDARD_INPUT,
            file_bytes=limits.index_bytes,
            try_newer=limits.newer_formats == "try",
        )
