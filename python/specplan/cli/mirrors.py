"""The mirrors of environments, as caches if none is given."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from specplan.cli import output
from specplan.errors import UsageError
from specplan.sources import Limits
from specplan.sources.mirrors.own_stack import labelled_apart
from specplan.sources.named_want import lock_or_environment_in, named_want

if TYPE_CHECKING:
    from collections.abc import Iterable

    from specplan.cli.settings import Settings
    from specplan.sources.environments.mirrors import NamedMirror
    from specplan.sources.environments.options import EnvironmentOptions

__all__ = ["caches_of"]

#: Spack's name for a file of mirrors.
_FILE: Final = "mirrors.yaml"


def caches_of(settings: Settings, options: EnvironmentOptions) -> tuple[str, ...]:
    """Return the caches: the given ones, or else the mirrors of the wanted environments.

    Local mirrors are used; remote ones only if the user says so.

    Raises:
        SourceError: If a file cannot be read.
        UsageError: If there are only remote mirrors, and the user does not say to use them.
    """
    if settings.cache:
        return settings.cache
    named = [mirror for want in settings.want for mirror in _of_environment(want, options)]
    places: dict[str, str] = {}
    seen = set()
    for mirror in _chosen(named, settings):
        # One mirror may be written in several ways.
        real = os.path.realpath(mirror.source) if mirror.is_local else mirror.source
        if real not in seen:
            seen.add(real)
            places[mirror.source] = mirror.name
    return tuple(labelled_apart(places).values())


def _of_environment(want: str, options: EnvironmentOptions) -> tuple[NamedMirror, ...]:
    named = named_want(want)
    if named.kind in {"available", "input", "spec"} or not os.path.exists(named.source):  # noqa: PTH110 - not of a long name
        return ()
    # Import the YAML reader only if no caches are given.
    from specplan.sources.environments.environment import read_environment  # noqa: PLC0415
    from specplan.sources.environments.mirrors import read_mirrors_file  # noqa: PLC0415

    file = Path(lock_or_environment_in(named.source))
    if named.kind != "environment":
        # The lock was made from the environment beside it.
        file = file.with_name("spack.yaml")
    mirrors = read_environment(file, options=options).mirrors if file.is_file() else ()
    beside = file.with_name(_FILE)
    return mirrors or (read_mirrors_file(beside, Limits()) if beside.is_file() else ())


def _chosen(mirrors: Iterable[NamedMirror], settings: Settings) -> list[NamedMirror]:
    mirrors = list(dict.fromkeys(mirrors))
    used = [each for each in mirrors if each.is_local or settings.use_mirrors]
    passed_over = [each for each in mirrors if each not in used]
    for each in used:
        output.note(f"{each.where}: the mirror `{each.name}` is used as a cache")
    hint = "`--use-mirrors` uses them, and so does `use-mirrors = true` in specplan.toml"
    if passed_over:
        names = ", ".join(f"`{each.name}`" for each in passed_over)
        if not used:
            raise UsageError(f"no cache is given, and the mirrors {names} are remote", hint=hint)
        output.note(f"the remote mirrors {names} are not used; {hint}")
    return used
