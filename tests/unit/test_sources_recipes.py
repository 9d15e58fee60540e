"""What changed in a checkout, and that looking at a checkout runs nothing of it."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from specplan.errors import SourceError, UsageError
from specplan.sources.recipes import changed_recipes

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the commands are shell scripts")

#: Keys with which a configuration names a command.
COMMANDS = (
    "alias.config",
    "alias.diff",
    "alias.rev-parse",
    "core.alternateRefsCommand",
    "core.askPass",
    "core.editor",
    "core.fsmonitor",
    "core.gitProxy",
    "core.pager",
    "core.sshCommand",
    "credential.helper",
    "diff.evil.command",
    "diff.evil.textconv",
    "diff.external",
    "filter.evil.clean",
    "filter.evil.process",
    "filter.evil.smudge",
    "gpg.program",
    "merge.evil.driver",
    "pager.diff",
    "remote.origin.uploadpack",
    "sequence.editor",
)

HOOKS = ("post-index-change", "pre-commit", "post-checkout", "reference-transaction")


def git(folder: Path, *words: str) -> None:
    user = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    command = ["git", "-C", str(folder), *user, *words]
    subprocess.run(command, check=True, capture_output=True)


def checkout(folder: Path) -> Path:
    """A checkout with one recipe, which has changed since."""
    recipe = folder / "packages" / "zlib" / "package.py"
    recipe.parent.mkdir(parents=True)
    recipe.write_text("old")
    git(folder.parent, "init", "-q", folder.name)
    (folder / ".gitattributes").write_text("*.py filter=evil diff=evil merge=evil\n")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "recipes")
    recipe.write_text("new")
    return folder


@pytest.fixture
def evil(tmp_path: Path) -> Path:
    """A command that leaves a trace."""
    command = tmp_path / "evil"
    command.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\ncat\n")
    command.chmod(0o755)
    return command


def hostile(folder: Path, evil: Path) -> Path:
    """A checkout whose configuration and hooks all name a command."""
    checkout(folder)
    for key in COMMANDS:
        git(folder, "config", key, str(evil))
    git(folder, "config", "filter.evil.required", "true")
    git(folder, "config", "remote.origin.url", f"ext::{evil}")
    git(folder, "config", "remote.origin.promisor", "true")
    for hook in HOOKS:
        (folder / ".git" / "hooks" / hook).write_bytes(evil.read_bytes())
        (folder / ".git" / "hooks" / hook).chmod(0o755)
    return folder


def test_looking_at_a_checkout_runs_nothing_that_its_configuration_says(
    tmp_path: Path, evil: Path
) -> None:
    folder = hostile(tmp_path / "repo", evil)
    assert changed_recipes(str(folder), "HEAD").packages == ("zlib",)
    with pytest.raises(SourceError):
        changed_recipes(str(folder), "0123456789012345678901234567890123456789")
    assert not (tmp_path / "ran").exists()


def test_the_configuration_that_the_command_is_in_does_run(tmp_path: Path, evil: Path) -> None:
    """Else the test above would show nothing."""
    folder = hostile(tmp_path / "repo", evil)
    words = ["git", "-C", str(folder), "diff", "--name-only", "HEAD"]
    subprocess.run(words, check=False, capture_output=True)
    assert (tmp_path / "ran").exists()


def test_a_submodule_runs_nothing_either(tmp_path: Path, evil: Path) -> None:
    inner = hostile(tmp_path / "inner", evil)
    outer = checkout(tmp_path / "outer")
    git(outer, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner), "inner")
    git(outer, "commit", "-qm", "submodule")
    for key in COMMANDS:
        git(outer / "inner", "config", key, str(evil))
    (outer / "inner" / "packages" / "zlib" / "package.py").write_text("newer")
    (tmp_path / "ran").unlink(missing_ok=True)
    assert changed_recipes(str(outer), "HEAD").packages == ("zlib",)
    assert not (tmp_path / "ran").exists()


def test_a_filter_that_cannot_be_switched_off_is_refused(tmp_path: Path, evil: Path) -> None:
    folder = checkout(tmp_path / "repo")
    with (folder / ".git" / "config").open("a") as file:
        file.write(f'[filter "a=b"]\n\tclean = {evil}\n')
    with pytest.raises(SourceError, match=r"has the filter `filter\.a=b\.`"):
        changed_recipes(str(folder), "HEAD")


def test_where_another_repository_is_does_not_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hook of git runs with `GIT_DIR` set."""
    folder = checkout(tmp_path / "repo")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    assert changed_recipes(str(folder), "HEAD").packages == ("zlib",)


@pytest.mark.parametrize(
    ("api", "package"),
    [
        ("v1.0", "py_numpy"),
        ("v2.0", "py-numpy"),
        ("v02.0", "py-numpy"),
        ("v" + "9" * 5000 + ".0", "py-numpy"),
    ],
    ids=["1", "2", "02", "many digits"],
)
def test_the_interface_says_how_folders_are_named(tmp_path: Path, api: str, package: str) -> None:
    folder = checkout(tmp_path / "repo")
    (folder / "repo.yaml").write_text(f"repo:\n  api: {api}\n")
    (folder / "packages" / "py_numpy").mkdir()
    (folder / "packages" / "py_numpy" / "package.py").write_text("new")
    git(folder, "add", "-A")
    assert package in changed_recipes(str(folder), "HEAD").packages


@pytest.mark.parametrize("place", ["nowhere", "a\0b", "\udcff", "x" * 5000])
def test_what_is_no_checkout_is_an_error(place: str) -> None:
    with pytest.raises(SourceError):
        changed_recipes(place, "HEAD")


@pytest.mark.parametrize("revision", ["nowhere", "--output=x", "a\0b", "\udcff", ""])
def test_what_is_no_revision_is_an_error(tmp_path: Path, revision: str) -> None:
    folder = checkout(tmp_path / "repo")
    with pytest.raises(SourceError if revision else UsageError):
        changed_recipes(str(folder), revision)
    assert not (folder / "x").exists()
