"""States of a package repository, each with some recipes as other commits have them.

Changes of a real repository are held against a Spack many at a time: a state before and a state
after hold one change each of many recipes. Only the recipes that a lock needs are in them.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections import Counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

__all__ = ["PACKAGES", "WITHIN", "States", "batches", "folder_of", "git", "objects", "touched"]

#: A clone of the package repository with its history.
PACKAGES: Final = os.environ.get("SPECPLAN_PACKAGES", "")

#: The folder of the recipes.
WITHIN: Final = "repos/spack_repo/builtin/packages"

#: The other files of every state.
_BESIDE: Final = ("repos/spack_repo/builtin/repo.yaml", "repos/spack_repo/builtin/build_systems")

_IMPORTED: Final = re.compile(rb"\bspack_repo\.builtin\.packages\.(\w+)\.package\b")

#: A change: the commit, and the folder of the recipe.
Change = tuple[str, str]


def git(folder: str | Path, *words: str, given: str = "") -> bytes:
    """Run git, and return what it says."""
    command = ["git", "-C", str(folder), *words]
    return subprocess.run(command, check=True, capture_output=True, input=given.encode()).stdout


def folder_of(package: str) -> str:
    """Return the folder of a package."""
    folder = package.replace("-", "_")
    return f"_{folder}" if folder[0].isdigit() else folder


def touched(
    folders: Iterable[str], since: str | None = None, most: int | None = None
) -> list[Change]:
    """Return the changes of recipes in folders, the newest first.

    Args:
        folders: The folders.
        since: The commit after which they begin; None for all that the place has.
        most: The maximum number of them that a commit may touch; None for no limit.
    """
    words = ("--no-merges", "--diff-filter=M", "--name-only", "--format=commit %H")
    range_ = "HEAD" if since is None else f"{since}..HEAD"
    log = git(PACKAGES, "log", *words, range_, "--", WITHIN).decode()
    wanted = set(folders)
    found: list[Change] = []
    commit = ""
    for line in log.splitlines():
        if line.startswith("commit "):
            commit = line.removeprefix("commit ")
        elif line.endswith("/package.py") and (folder := line.split("/")[-2]) in wanted:
            found.append((commit, folder))
    counts = Counter(commit for commit, _ in found)
    return [each for each in found if most is None or counts[each[0]] <= most]


def objects(names: Iterable[str]) -> Iterator[bytes | None]:
    """Give the content of objects of the repository, such as ``COMMIT:PATH``; None if missing."""
    answer = git(PACKAGES, "cat-file", "--batch", given="".join(f"{each}\n" for each in names))
    at = 0
    while at < len(answer):
        end = answer.index(b"\n", at)
        words = answer[at:end].split()
        at = end + 1
        if words[-1] == b"missing":
            yield None
        else:
            size = int(words[2])
            yield answer[at : at + size]
            at += size + 1


def batches(changes: Iterable[Change], fewest: int = 1) -> list[dict[str, str]]:
    """Return changes in groups, each of one change a recipe, as folder and commit."""
    made: list[dict[str, str]] = []
    times: Counter[str] = Counter()
    for commit, folder in changes:
        if times[folder] == len(made):
            made.append({})
        made[times[folder]][folder] = commit
        times[folder] += 1
    return [each for each in made if len(each) >= fewest]


class States:
    """A repository whose branches are states.

    Args:
        top: Its folder.
        packages: The packages whose recipes are in every state, with those that they import.
        revision: As which commit has them, where a state does not say otherwise.
    """

    def __init__(self, top: Path, packages: Iterable[str], revision: str) -> None:
        self.top = top
        git(PACKAGES, "init", "-q", str(top))
        shared = git(PACKAGES, "rev-parse", "--path-format=absolute", "--git-path", "objects")
        (top / ".git/objects/info/alternates").write_bytes(shared)
        wanted, known = {folder_of(each) for each in packages}, set[str]()
        while more := sorted(wanted - known):
            known.update(more)
            names = [f"{revision}:{WITHIN}/{each}/package.py" for each in more]
            for text in objects(names):
                wanted |= {each.decode() for each in _IMPORTED.findall(text or b"")}
        places = [*_BESIDE, *(f"{WITHIN}/{each}" for each in sorted(known))]
        self._base = {each: f"{revision}:{each}" for each in places}

    def write(self, states: Mapping[str, Mapping[str, str]]) -> None:
        """Write states, each as the folders that other revisions have otherwise."""
        contents = {
            name: self._base
            | {
                f"{WITHIN}/{each}": f"{revision}:{WITHIN}/{each}"
                for each, revision in folders.items()
            }
            for name, folders in states.items()
        }
        asked = list(
            dict.fromkeys(each for content in contents.values() for each in content.values())
        )
        answer = git(PACKAGES, "cat-file", "--batch-check", given="\n".join(asked) + "\n").decode()
        known = dict(zip(asked, (line.split() for line in answer.splitlines()), strict=True))
        lines: list[str] = []
        for name, content in contents.items():
            lines += [f"commit refs/heads/{name}", "committer a <a@b> 1 +0000", "data 0"]
            for place, asked_name in content.items():
                sha, kind, *_ = known[asked_name]
                lines.append(f"M {'040000' if kind == 'tree' else '100644'} {sha} {place}")
            lines.append("")
        git(self.top, "fast-import", "--quiet", "--force", given="\n".join(lines) + "\n")
