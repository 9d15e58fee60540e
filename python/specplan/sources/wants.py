"""Reading wants: locks, environments, abstract specs and the binaries of stacks."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Final, TypeAlias

from specplan import _core, temporary
from specplan.errors import DamagedSourceError, SourceError, UsageError
from specplan.model.left_out import LeftOut
from specplan.model.roots import DEFAULT_GROUP
from specplan.sources import foreign, standard_input
from specplan.sources.absent import absence
from specplan.sources.environments import stale_locks
from specplan.sources.guesses import guessed
from specplan.sources.label import STANDARD_INPUT, split_label
from specplan.sources.lock_root import LockRoot
from specplan.sources.named_groups import refuse_unknown_groups
from specplan.sources.named_want import (
    ENVIRONMENT_NAME,
    LOCK_NAME,
    begins_environment,
    lock_or_environment_in,
    named_want,
)
from specplan.sources.stores.store import printable, written
from specplan.sources.want_records import WantedEnvironment, WantedLock

if TYPE_CHECKING:
    from collections.abc import Iterable

    from specplan.sources.environments.options import EnvironmentOptions
    from specplan.sources.limits import Limits
    from specplan.sources.named_want import NamedWant
    from specplan.sources.want_records import AvailableWants

__all__ = ["read_concrete", "read_lock", "read_wanted", "read_wants"]

#: The stack of an abstract spec without a label.
_STACK_OF_SPECS: Final = "wanted"


def stack_of_want(source: str) -> str:
    """Return the stack of a file without a label: its folder, else its file stem."""
    if source == STANDARD_INPUT:
        return "stdin"
    path = Path(source).absolute()
    own = path.name.removesuffix(".gz")
    name = path.parent.name if own in {LOCK_NAME, ENVIRONMENT_NAME} else PurePath(own).stem
    return re.sub(r"[^A-Za-z0-9_.-]", "_", name) or "lock"


def read_wants(
    texts: Iterable[str],
    limits: Limits,
    options: EnvironmentOptions | None = None,
    available: AvailableWants | None = None,
) -> tuple[tuple[WantedLock, ...], tuple[WantedEnvironment, ...]]:
    """Read the wants; the content of a file determines its kind.

    Args:
        texts: ``[LABEL=]WANT`` each: a file; the folder of an environment, for its lock, or else
            its ``spack.yaml``; ``-`` for standard input, where the includes of an environment are
            relative to the working directory; an abstract spec; or ``available[:STACK]``.
        limits: The limits for each file.
        options: The options for reading environments.
        available: Reads ``available`` as the binaries of stacks; None without caches.

    Returns:
        The locks, with those that the environments include, and the environments; one
        beside a lock has only the roots that the lock lacks, and an abstract spec is an
        environment with one root.

    Raises:
        SourceError: If a file does not exist, or is neither.
        DamagedSourceError: If one violates its format.
        UsageError: If one of them lacks a requested group.
    """
    reads = [_read(named_want(text), limits, options, available) for text in texts]
    return (
        tuple(lock for locks, _ in reads for lock in locks),
        tuple(environment for _, environments in reads for environment in environments),
    )


#: The locks and the environments of one want.
_Read: TypeAlias = tuple[list[WantedLock], list[WantedEnvironment]]


def _read(
    want: NamedWant,
    limits: Limits,
    options: EnvironmentOptions | None,
    available: AvailableWants | None,
) -> _Read:
    """Read one want by its kind."""
    if want.kind == "available":
        return [*read_concrete(want.text, limits, available)], []
    if want.kind == "spec":
        return [], [_typed_spec(want)]
    if want.kind == "environment":
        return _read_environment(want, limits, options, content=None)
    if want.kind == "input":
        content = standard_input.whole(limits.file_bytes)
        if begins_environment(content):
            return _read_environment(want, limits, options, content=content)
        read = _lock(_read_input(content, want.stack, limits), want.stack, want.source)
        return [_of_groups(read, options)], []
    return _read_lock(want, limits, options)


def _read_lock(want: NamedWant, limits: Limits, options: EnvironmentOptions | None) -> _Read:
    """Read a lock, with the roots that it lacks of the environment beside it."""
    lock = _of_groups(read_wanted(want.text, limits), options)
    lock, lacking = stale_locks.beside(lock, limits, options)
    if lacking is None:
        return [lock], []
    beside = WantedEnvironment(
        stack=lock.stack, source=lacking.path, environment=lacking, is_not_concretized=True
    )
    return [lock], [beside]


def _read_environment(
    want: NamedWant, limits: Limits, options: EnvironmentOptions | None, *, content: bytes | None
) -> _Read:
    """Read an environment, with the locks that it includes."""
    # Import the YAML reader only if an environment is wanted.
    from specplan.sources.environments.environment import read_environment  # noqa: PLC0415

    source = lock_or_environment_in(want.source)
    stack = want.stack or stack_of_want(source)
    environment = read_environment(
        source, stack=stack, limits=limits, content=content, options=options
    )
    included = [
        replace(read_wanted(f"{stack}={lock.path}", limits), is_included=True)
        for lock in environment.locks
    ]
    return included, [WantedEnvironment(stack=stack, source=source, environment=environment)]


def _typed_spec(want: NamedWant) -> WantedEnvironment:
    """Return an abstract spec as an environment with one root."""
    # Import the YAML reader only if an environment is wanted.
    from specplan.sources.environments.environment import Environment, EnvironmentRoot  # noqa: PLC0415

    spec = str(_core.AbstractSpec(want.source))
    stack = want.stack or _STACK_OF_SPECS
    root = EnvironmentRoot(
        spec=spec, asked=spec, group=DEFAULT_GROUP, path=want.text, location="", line=1
    )
    environment = Environment(
        path=want.text,
        stack=stack,
        roots=(root,),
        unify="false",
        platforms=(),
        oss=(),
        targets=(),
        left_out=(),
    )
    return WantedEnvironment(stack=stack, source=want.text, environment=environment, is_typed=True)


def _of_groups(lock: WantedLock, options: EnvironmentOptions | None) -> WantedLock:
    """Return a lock with the roots of the requested groups.

    Raises:
        UsageError: If it has no such group.
    """
    asked = () if options is None else options.groups
    if not asked:
        return lock
    groups = dict.fromkeys(root.group or DEFAULT_GROUP for root in lock.roots)
    refuse_unknown_groups(asked, groups, lock.source)
    roots = tuple(root for root in lock.roots if (root.group or DEFAULT_GROUP) in asked)
    return replace(lock, roots=roots)


def read_concrete(
    text: str, limits: Limits, available: AvailableWants | None
) -> tuple[WantedLock, ...]:
    """Read a want whose specs have hashes: a lock, or the binaries of stacks.

    Args:
        text: ``[LABEL=]spack.lock``, or ``[LABEL=]available[:STACK]``.
        limits: The limits for each file.
        available: Reads the binaries of stacks; None without caches.

    Raises:
        SourceError: If a file does not exist or is not a lock.
        DamagedSourceError: If it violates its format.
        UsageError: If binaries are wanted and there are no caches, or it is an abstract spec.
    """
    named = named_want(text)
    if named.kind == "spec":
        raise UsageError(
            f"`{text}` is an abstract spec, and only wants with hashes can be checked",
            hint="name a `spack.lock`, or `available[:STACK]` for the binaries of stacks",
        )
    if named.kind != "available":
        return (read_wanted(text, limits),)
    if available is None:
        raise UsageError(
            f"`{text}` stands for the binaries of caches, and this command has none",
            hint="name a lock; a file of that name is `./available`",
        )
    return available(named)


def read_lock(text: str, limits: Limits) -> WantedLock:
    """Read ``[LABEL=]spack.lock`` for its specs, whatever else the name could mean.

    Args:
        text: The lock or its folder, with or without the label of its stack; ``-`` is
            standard input.
        limits: The limits for the file.

    Raises:
        SourceError: If the file does not exist or is not a lock.
        DamagedSourceError: If it violates its format.
    """
    named = named_want(text)
    if named.kind in {"available", "spec"}:
        raise absence(named.source)
    return read_wanted(text, limits)


def read_wanted(text: str, limits: Limits) -> WantedLock:
    """Read ``[LABEL=]spack.lock``.

    Args:
        text: The lock or its folder, with or without the label of its stack; ``-`` is
            standard input.
        limits: The limits for the file.

    Raises:
        SourceError: If the file does not exist or is not a lock.
        DamagedSourceError: If it violates its format.
    """
    stack, source = split_label(text)
    source = lock_or_environment_in(source)
    if source == STANDARD_INPUT:
        return _lock(
            _read_input(standard_input.whole(limits.file_bytes), stack, limits), stack, source
        )
    stack = stack or stack_of_want(source)
    if not os.path.exists(source):  # noqa: PTH110 - `Path.exists` fails on long names
        is_remote = "://" in source
        hint = "locks are local files: fetch it, or pipe it and name `-`" if is_remote else None
        raise absence(source, hint=hint)
    if os.path.isfile(source):  # noqa: PTH113
        foreign.refuse(Path(source), source)
    if os.path.isdir(source):  # noqa: PTH112
        raise SourceError(
            f"the folder `{source}` contains neither a `{LOCK_NAME}` nor a `{ENVIRONMENT_NAME}`",
            path=source,
            hint=f"the package of that name is `{source}@:`"
            if Path(source).name == source
            else None,
        )
    read = _core.read_specs(
        source,
        cache=written(source),
        tag="",
        stack=stack,
        shown=printable(source),
        file_bytes=limits.index_bytes,
        try_newer=limits.newer_formats == "try",
    )
    return _lock(read, stack, source)


#: Edges of every kind, as the core numbers them.
_EVERY_EDGE: Final = 63


def _rootless(source: str) -> LeftOut:
    """Return the record of a lock with specs but without roots."""
    return LeftOut(
        kind="lock_root",
        where=source,
        detail="it has specs but no roots, so nothing in it is wanted",
        blocks=True,
        remedy="concretize the environment again, or --allow-left-out lock_root",
    )


def _lock(read: _core.SpecsRead, stack: str, source: str) -> WantedLock:
    """Return the wants of a file that must be a lock."""
    if read.fault is not None:
        raise DamagedSourceError(
            path=source,
            location=read.fault.location,
            line=read.fault.line,
            fault=read.fault.fault,
            hint="`--newest-format try` reads it as that version" if read.is_newer else None,
        )
    if read.kind != "lock":
        raise SourceError(
            f"`{source}` is not a lock",
            path=source,
            hint="`spack -e ENV concretize` writes a `spack.lock` beside the `spack.yaml`",
        )
    stack = stack or stack_of_want(source)
    return WantedLock(
        stack=stack,
        source=source,
        roots=tuple(
            LockRoot(hash=root.hash, spec=root.spec, group=root.group) for root in read.roots
        ),
        core=read.catalog,
        left_out=(
            *((guessed(source),) if read.is_guess else ()),
            *(() if read.roots or not len(read.catalog) else (_rootless(source),)),
            *_without_a_root(read, source),
        ),
    )


def _without_a_root(read: _core.SpecsRead, source: str) -> tuple[LeftOut, ...]:
    """Return the record of specs that no root of a lock reaches; Spack writes no such specs."""
    if not read.roots:
        return ()
    try:
        roots = [root.hash for root in read.roots]
        reached = read.catalog.reached_count(roots, _EVERY_EDGE)
    except ValueError:
        # Its dependencies are circular, which the question reports for the whole.
        return ()
    number = len(read.catalog) - reached
    if number <= 0:
        return ()
    return (
        LeftOut(
            kind="lock_root",
            where=source,
            detail="a spec of the lock is neither a root nor a dependency of one, so that nothing "
            "wants it",
            count=number,
            blocks=True,
            remedy="concretize the environment again, or --allow-left-out lock_root",
        ),
    )


def _read_input(content: bytes, stack: str, limits: Limits) -> _core.SpecsRead:
    with temporary.folder() as folder:
        # It may be compressed, and only files are read compressed.
        file = folder / "lock"
        file.write_bytes(content)
        return _core.read_specs(
            file,
            cache=STANDARD_INPUT,
            tag="",
            stack=stack or stack_of_want(STANDARD_INPUT),
            shown=STANDARD_INPUT,
            file_bytes=limits.index_bytes,
            try_newer=limits.newer_formats == "try",
        )
