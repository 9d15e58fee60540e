"""What one process of git reads is what git has, and comparisons start git a few times."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from specplan.errors import SourceError
from specplan.recipes.changes import recipe_changes
from specplan.recipes.history import Commit, history
from specplan.recipes.rules import rules_of
from specplan.sources.git_objects import Objects
from tests.recipe_repositories import Checkout

if TYPE_CHECKING:
    from pathlib import Path

#: More than a pipe holds, nothing, no text, and something that looks like an answer of git.
FILES = {
    "large": "x" * 200_000,
    "empty": "",
    "spöck": "ä\n\n",
    "a blob 3": "0000000000000000000000000000000000000000 blob 3\nabc\n",
}


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    made = Checkout(tmp_path / "checkout")
    for name, text in FILES.items():
        made.write(name, text)
    for at in range(60):
        made.write(f"many/{at}", f"{at}\n")
    made.commit()
    return made


def test_objects_are_read_as_git_has_them(checkout: Checkout) -> None:
    objects = Objects(str(checkout.top))
    names = [*FILES, "none", "many", "a missing", *(f"many/{at}" for at in range(60))]
    for _ in range(2):
        found = dict(zip(names, objects.read([f"HEAD:{e}" for e in names], 10**6), strict=True))
        for name in names:
            read, file = found[name], checkout.top / name
            if file.is_file():
                assert read is not None
                assert (read.is_file, read.content) == (True, file.read_bytes())
            else:
                assert (read is not None) is file.is_dir()
    assert found["many"] is not None
    assert not found["many"].is_file
    [commit] = objects.read(["HEAD^{commit}"], 1)
    assert commit is not None
    assert commit.name == checkout.git("rev-parse", "HEAD")


def test_what_is_larger_than_asked_is_passed_over(checkout: Checkout) -> None:
    objects = Objects(str(checkout.top))
    large, small = objects.read(["HEAD:large", "HEAD:many/7"], 100)
    assert large is not None
    assert large.content is None
    assert small is not None
    assert small.content == b"7\n"


def test_a_git_that_stops_is_an_error_and_no_missing_file(checkout: Checkout) -> None:
    blob = checkout.git("rev-parse", "HEAD:large")
    packed = checkout.top / ".git/objects" / blob[:2] / blob[2:]
    packed.chmod(0o644)
    packed.write_bytes(packed.read_bytes()[:50])
    objects = Objects(str(checkout.top))
    with pytest.raises(SourceError, match=r"git|corrupt|loose object"):
        objects.read(["HEAD:many/1", "HEAD:large", "HEAD:many/2"], 10**6)
    assert objects.read(["HEAD:many/1"], 10**6)[0] is not None


def test_the_paths_of_the_newer_commit_are_those_that_git_lists(checkout: Checkout) -> None:
    first = checkout.git("rev-parse", "HEAD")
    checkout.git("mv", "many/1", "many/new")
    checkout.git("rm", "-q", "empty")
    (checkout.top / "many/2.link").symlink_to("large")
    checkout.write("more/x", "x")
    last = checkout.commit()
    for one, other in ((first, last), (last, first), (first, first)):
        newer = history(str(checkout.top), f"{one}..{other}").after
        assert isinstance(newer, Commit)
        listed = checkout.git("-c", "core.quotePath=false", "ls-tree", "-r", "--name-only", other)
        assert newer.paths() == tuple(sorted(listed.splitlines()))


def test_git_is_started_as_often_however_many_recipes_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    starts: list[object] = []
    start: Any = subprocess.Popen.__init__

    def counted(*words: object, **more: object) -> None:
        starts.append(words)
        start(*words, **more)

    found = []
    for number in (1, 20):
        made = Checkout(tmp_path / str(number))
        for at in range(number):
            made.recipe(f"p{at}", "class P:\n    pass\n")
        made.commit()
        for at in range(number):
            made.recipe(f"p{at}", "class P:\n    a = 1\n")
        made.commit()
        with monkeypatch.context() as patched:
            patched.setattr(subprocess.Popen, "__init__", counted)
            range_ = history(str(made.top), "HEAD~1..HEAD")
            assert len(recipe_changes(range_, [], rules_of()).recipes) == number
        found.append(len(starts))
        starts.clear()
    assert found == [5, 5]
