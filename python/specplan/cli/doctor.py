"""``specplan doctor``: versions, configuration, folders and Spack."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

import specplan
from specplan import _core as compiled
from specplan import config
from specplan.cache_folder import default_folder
from specplan.cli import output
from specplan.cli.options import command
from specplan.errors import SpecplanError
from specplan.reports.render.escape import terminal
from specplan.secrets import without_secrets
from specplan.sources.stores.downloads import Downloads

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specplan.cli.settings import Settings

__all__ = ["doctor"]

#: Optional modules, each with the extra that installs it and its purpose.
_EXTRAS: Final = {
    "s3fs": ("remote", "caches on s3://"),
    "gcsfs": ("gcs", "caches on gs://"),
    "adlfs": ("azure", "caches on az:// and abfs://"),
}

#: Variables that change how servers are reached.
_PROXIES: Final = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")

#: The time limit for a Spack to print its version.
_SPACK_SECONDS: Final = 20

_ABSENT: Final = "not there"


@command("doctor", configured=False)
def doctor(settings: Settings) -> int:  # noqa: ARG001 - every command gets them
    """Show the surroundings of specplan: versions, configuration, folders, Spack, proxies.

    Include this output in bug reports; passwords in URLs are left out. Faults are marked as
    problems, and the exit code is then 1.
    """
    problems: list[str] = []
    rows = [
        ("specplan", specplan.__version__),
        ("Python", f"{platform.python_version()} ({sys.executable})"),
        ("system", f"{platform.system()} {platform.release()} {platform.machine()}"),
        ("configuration", _configuration(problems)),
        ("cache folder", _folder(problems)),
        *((each, _module(each, *why)) for each, why in _EXTRAS.items()),
        *(("formats read", each) for each in _formats()),
        ("git", shutil.which("git") or f"{_ABSENT}; --changed-since and recipes need it"),
        ("Spack", _spack()),
        *_variables(),
    ]
    width = max(len(name) for name, _ in rows)
    lines = [f"{name.ljust(width)}  {_shown(value)}\n" for name, value in rows]
    lines += [f"problem: {_shown(each)}\n" for each in problems]
    output.write("".join(lines), None)
    return 1 if problems else 0


def _shown(text: str) -> str:
    return terminal(without_secrets(text))


def _configuration(problems: list[str]) -> str:
    try:
        found = config.find(Path.cwd())
        if found is None:
            return "none from here upwards"
        config.load(Path(os.path.relpath(found)))
    except SpecplanError as error:
        problems.append(str(error))
        return "cannot be used"
    return str(found)


def _folder(problems: list[str]) -> str:
    folder = Path(default_folder())
    try:
        # It shows whether others may write there.
        Downloads(folder).blob("0" * 64)
    except SpecplanError as error:
        problems.append(str(error))
    return str(folder) if folder.is_dir() else f"{folder} (made when a file is fetched)"


def _module(name: str, extra: str, purpose: str) -> str:
    if find_spec(name) is None:
        return f"{_ABSENT}; for {purpose}: pip install 'specplan[{extra}]'"
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415

    try:
        return version(name)
    except PackageNotFoundError:
        return "installed, of an unknown version"


def _formats() -> Iterator[str]:
    """Yield the supported versions of each format."""
    releases = compiled.format_releases()
    for kind, name in (
        ("lock", "spack.lock"),
        ("spec_file", "spec file"),
        ("database", "database"),
    ):
        versions = sorted({getattr(each, kind) for each in releases})
        yield f"{name} {versions[0]} to {versions[-1]}"


def _spack() -> str:
    root = os.environ.get("SPACK_ROOT")
    found = str(Path(root, "bin", "spack")) if root else shutil.which("spack")
    if found is None:
        return f"{_ABSENT}, and not needed"
    try:
        answer = subprocess.run(  # noqa: S603 - the Spack that the user named
            [found, "--version"],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_SPACK_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{found} does not answer: {error}"
    said = answer.stdout.strip().splitlines()
    return f"{said[0] if said else 'no version'} ({found})"


def _variables() -> Iterator[tuple[str, str]]:
    """Yield the variables that affect specplan."""
    for name, value in sorted(os.environ.items()):
        if name.lower() in _PROXIES or name.startswith("SPECPLAN_"):
            yield name, value
