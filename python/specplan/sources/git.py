"""Git commands on untrusted checkouts, without running anything of theirs."""

from __future__ import annotations

import os
import re
import subprocess
from typing import Final

from specplan.errors import SourceError
from specplan.patterns import pattern

__all__ = [
    "cannot_run",
    "git",
    "git_bytes",
    "git_command",
    "git_environment",
    "without_filters",
]

#: Options of a checkout's own configuration that run commands, all switched off: a checkout may
#: come from anybody, and reading it must not run its commands.
_HARMLESS: Final = (
    "core.fsmonitor=false",
    f"core.hooksPath={os.devnull}",
    "core.sshCommand=false",
    "core.askPass=",
    "core.gitProxy=",
    "credential.helper=",
    "diff.external=",
    "diff.ignoreSubmodules=dirty",
    "protocol.allow=never",
    "submodule.recurse=false",
)

#: The filters that convert files between a checkout and git.
_FILTER: Final = pattern(r"(filter\..+\.)(?:clean|smudge|process|required)", re.DOTALL)


def without_filters(checkout: str) -> list[str]:
    """Return the options that switch off every filter that the configuration names."""
    names = git(checkout, "config", "--list", "--includes", "--name-only", "-z").split("\0")
    filters = {found[1] for name in names if (found := _FILTER.fullmatch(name))}
    for each in filters:
        if "=" in each:
            # No option of git can express it.
            raise SourceError(
                f"`{checkout}`: its configuration has the filter `{each}`, which cannot be "
                "switched off",
                path=checkout,
                hint="remove it from the `.git/config` of the checkout",
            )
    return [
        word
        for each in sorted(filters)
        for setting in ("clean=", "smudge=", "process=", "required=false")
        for word in ("-c", each + setting)
    ]


def git_environment() -> dict[str, str]:
    """Return an environment in which git reads the checkout and never prompts."""
    kept = {
        name: value
        for name, value in os.environ.items()
        # A hook of another repository sets its location.
        if not name.startswith("GIT_") or name.startswith("GIT_CONFIG")
    }
    return {
        **kept,
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
    }


def git_command(checkout: str, *arguments: str) -> list[str]:
    """Return the command that runs git in a checkout, for a message."""
    settings = [word for each in _HARMLESS for word in ("-c", each)]
    return ["git", "--no-pager", "-C", checkout, *settings, *arguments]


def cannot_run(error: Exception, checkout: str) -> SourceError:
    """Return the error that says why git cannot be run."""
    fault = getattr(error, "strerror", None) or str(error)
    return SourceError(f"git cannot be run: {fault}", path=checkout)


def git(checkout: str, *arguments: str) -> str:
    """Return the output of git as text; bytes that are not UTF-8 become lone surrogates.

    Args:
        checkout: The folder to run it in.
        arguments: The words of the command; untrusted values follow ``--end-of-options`` or ``--``.

    Raises:
        SourceError: If git cannot be run, or fails; with its message.
    """
    return git_bytes(checkout, *arguments).decode("utf-8", "surrogateescape")


def git_bytes(checkout: str, *arguments: str, given: bytes = b"") -> bytes:
    """Return the output of git.

    Args:
        checkout: The folder to run it in.
        arguments: The words of the command, as for :func:`git`.
        given: Its standard input.

    Raises:
        SourceError: If git cannot be run, or fails; with its message.
    """
    command = git_command(checkout, *arguments)
    try:
        done = subprocess.run(  # noqa: S603 - fixed words; the revision stands behind --end-of-options
            command,
            input=given,
            capture_output=True,
            check=False,
            env=git_environment(),
        )
    except (OSError, ValueError) as error:
        raise cannot_run(error, checkout) from error
    if done.returncode:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        fault = lines[0].removeprefix("fatal: ") if lines else f"git ended with {done.returncode}"
        raise SourceError(f"`{checkout}`: {fault}", path=checkout, hint=_hint(checkout, fault))
    return done.stdout


def _hint(checkout: str, fault: str) -> str | None:
    """Return a hint if a clone does not have the requested revision."""
    if "not a git repository" in fault:
        return "name the checkout of the package repository with `--packages FOLDER`"
    if "revision" not in fault:
        return None
    if git(checkout, "rev-parse", "--is-shallow-repository").strip() != "true":
        return None
    return "the clone is shallow; `git fetch --unshallow` fetches the missing revisions"
