"""A proposed configuration for a folder, as commented TOML."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from specplan._core import AbstractSpec
from specplan.counting import count
from specplan.secrets import without_secrets
from specplan.sources.mirrors.own_stack import labelled_apart

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from specplan.config.discovery import FoundCache, FoundStack, Holdings
    from specplan.sources.environments.environment import Environment
    from specplan.sources.environments.mirrors import NamedMirror

__all__ = ["lacks_systems", "proposed", "remote_mirrors"]

_HEAD: Final = """\
# Written by `specplan init`: a proposal for you to review and change.
# `docs/configuration.md` documents every key. Paths start from the folder of this file.
"""

_SETTINGS: Final = """\
# The level of keys: package, version, variant or hash.
# level = "package"

# The binaries that serve a cell: exact, or also those for older targets (target), or also
# those of older C libraries (os).
# compat = "exact"

# The minimum coverage in percent; with less, the run fails with exit code 1.
# fail-under = 95
"""

_NOTHING_WANTED: Final = """\
# The wants: locks and environments. None were found; `specplan check` and
# `specplan find` need none, while `gaps` and `rebuild` do.
# want = ["stack/spack.lock"]
"""

_KINDS: Final = {
    "pages": "package pages",
    "mirror": "a mirror with an index",
    "binaries": "a mirror without an index",
    "snapshots": "mirrors by snapshot and stack",
}


def proposed(holdings: Holdings, folder: Path, *, cells: Sequence[str] = ()) -> str:
    """Return the text of a ``specplan.toml``.

    Args:
        holdings: The stacks and caches found.
        folder: The folder that the file is for.
        cells: The systems of stacks that do not name their own.
    """
    stacks = {stack.name for stack in holdings.stacks}
    environments = _environments(holdings)
    mirrors = {each: None for environment in environments for each in environment.mirrors}
    parts = [_HEAD, _caches(holdings.caches, mirrors, stacks, folder), _SETTINGS]
    if holdings.notes:
        parts.append("".join(f"# {_one_line(note)}\n" for note in holdings.notes))
    parts += _host(environments)
    parts += [_stack(stack, folder, cells) for stack in holdings.stacks]
    if not holdings.stacks:
        parts.append(_NOTHING_WANTED)
    return "\n".join(parts)


def remote_mirrors(holdings: Holdings) -> tuple[str, ...]:
    """Return the names of the remote mirrors of environments, sorted; they stand in comments."""
    return tuple(
        sorted(
            {
                mirror.name
                for environment in _environments(holdings)
                for mirror in environment.mirrors
                if not mirror.is_local
            }
        )
    )


def _environments(holdings: Holdings) -> list[Environment]:
    return [each.environment for each in holdings.stacks if each.environment is not None]


def lacks_systems(stack: FoundStack) -> bool:
    """Return whether neither a lock nor an environment names the systems of a stack."""
    if stack.has_lock:
        return False
    environment = stack.environment
    if environment is None:
        return True
    roots = (AbstractSpec(each.asked) for each in environment.roots)
    of_each = bool(environment.roots) and all(each.os and each.target for each in roots)
    return not of_each and not (environment.oss and environment.targets)


def _caches(
    caches: Sequence[FoundCache], mirrors: Iterable[NamedMirror], stacks: set[str], folder: Path
) -> str:
    said = {}
    names = {}
    remote: dict[str, str] = {}
    for cache in caches:
        path = _relative(cache.path, folder)
        # An index does not name stacks, but a folder may be named after one.
        is_of_stack = cache.kind in {"mirror", "binaries"} and cache.path.name in stacks
        place = f"{cache.path.name}={path}" if is_of_stack else path
        said[place], names[place] = _KINDS[cache.kind], path
    found = {_relative(cache.path, folder) for cache in caches}
    for mirror in mirrors:
        about = f"the mirror {_one_line(mirror.name)} of {_one_line(mirror.where)}"
        place = _relative(Path(mirror.source), folder) if mirror.is_local else mirror.source
        if not mirror.is_local:
            remote.setdefault(place, about)
        elif place not in found | names.keys():
            said[place], names[place] = about, mirror.name
    shown = labelled_apart(names)
    lines = [f"  {_text(shown[place])}, # {about}\n" for place, about in said.items()]
    # Remote sources are only asked on request.
    lines += [f"  # {_text(place)}, # {about}\n" for place, about in remote.items()]
    if not lines:
        return '# The build caches. None were found.\n# cache = ["path/or/url"]\n'
    return "# The build caches.\ncache = [\n" + "".join(lines) + "]\n"


def _host(environments: Iterable[Environment]) -> list[str]:
    """Return the table of the machine if conditions refer to it, otherwise nothing.

    The platform and the operating system in a condition are those of each cell.
    """
    conditions = {
        record.detail: record
        for environment in environments
        for record in environment.left_out
        if record.kind == "condition"
    }
    if not conditions:
        return []
    lines = [
        "# The machine that the conditions of environments ask for, beside what the cells say."
    ]
    lines += [f"# {_one_line(detail)}." for detail in conditions]
    lines += ["[host]", '# platform = "linux"', '# os = "ubuntu24.04"', '# target = "zen4"']
    lines += ["# [host.env]", '# NAME = "VALUE"']
    return ["\n".join(lines) + "\n"]


def _stack(stack: FoundStack, folder: Path, given: Sequence[str]) -> str:
    lines = []
    environment = stack.environment
    if stack.fault:
        lines.append(f"# Its environment could not be read: {_one_line(stack.fault)}")
    elif environment is not None:
        roots = count(len(environment.roots), "root")
        lines.append(f"# {roots}, unify: {environment.unify}.")
        lines += [
            f"# {_one_line(record.detail)}. To settle it: {_one_line(record.remedy)}"
            for record in environment.left_out
        ]
    lines += ["[[stack]]", f"name = {_text(stack.name)}"]
    oss = environment.oss if environment is not None else ()
    targets = environment.targets[:1] if environment is not None else ()
    if oss and targets:
        cells = [f"{os_name}/{target}" for os_name in oss for target in targets]
        lines.append(f"cells = [{', '.join(_text(cell) for cell in cells)}]")
    elif given and lacks_systems(stack):
        lines.append(f"cells = [{', '.join(map(_text, given))}]")
    elif not stack.has_lock:
        target = targets[0] if targets else "TARGET"
        lines.append("# The environment does not say for which systems it is:")
        lines.append(f'# cells = ["OS/{_one_line(target)}"]')
    want = "spack.lock" if stack.has_lock else "spack.yaml"
    lines.append(f"want = {_text(_relative(stack.folder / want, folder))}")
    if stack.has_lock and stack.has_environment:
        other = _one_line(_relative(stack.folder / "spack.yaml", folder))
        lines.append(f"# The lock says exactly what is wanted; `{other}` leaves more open.")
    return "\n".join(lines) + "\n"


def _relative(path: Path, folder: Path) -> str:
    return os.path.relpath(path.resolve(), folder.resolve()).replace(os.sep, "/")


def _text(text: str) -> str:
    """Return a text as a TOML string."""
    whole = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    quoted = "".join(
        each if each.isprintable() else f"\\U{ord(each):08x}"
        for each in json.dumps(whole, ensure_ascii=False)
    )
    # On standard output it may get into the log of a CI job, which executes `##[command]`.
    return re.sub("#(?=#)", r"\\u0023", quoted)


def _one_line(text: str) -> str:
    """Return a text that cannot end a comment or run a command in the log of a CI job."""
    shown = "".join(each if each.isprintable() else " " for each in without_secrets(text))
    return re.sub("#(?=#)", "# ", shown)
