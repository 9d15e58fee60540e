"""Edits that no build sees leave every hash; edits of code that remains never do."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from specplan.recipes.other_choice import other_choice
from specplan.recipes.repositories import repositories_of
from specplan.recipes.rules import rules_of
from specplan.recipes.sides import Side
from specplan.recipes.verdicts import any_spec_findings, spec_change
from tests.recipe_repositories import GREETING, lock_of, node

LOCK = lock_of(node("greeting", "1.0", loud=False), node("greeting", "2.0", loud=True))

#: A separate line may be inserted before these lines, with their indent.
LINES = GREETING.split("\n")
IN_CLASS = [at for at, line in enumerate(LINES) if line.startswith(("    version", "    variant"))]
IN_CODE = {
    "both": [],
    "1.0": [LINES.index('        make("install-old")')],
    "2.0": [LINES.index('        make("install")'), LINES.index('        make("shout")')],
}

WORDS = st.text("abc XYZ.\\\"#'", max_size=12).map(lambda text: text.replace("\\", ""))
VERSIONS = st.sampled_from(["0.9", "1.5", "3.0", "develop"])


def harmless() -> st.SearchStrategy[tuple[int, str]]:
    """A line, and before which line it stands."""
    comments = st.tuples(
        st.integers(0, len(LINES) - 2), WORDS.map(lambda text: f"# {text}".replace("\n", " "))
    )
    blanks = st.tuples(st.integers(0, len(LINES) - 2), st.just(""))
    in_class = st.one_of(
        WORDS.map(lambda text: f"    {text!r}"),
        WORDS.map(lambda text: f"    homepage = {text!r}"),
        WORDS.map(lambda text: f"    maintainers({text!r})"),
        VERSIONS.map(lambda version: f"    version({version!r}, sha256={'5' * 64!r})"),
        st.just("    depends_on('never', when='@7')"),
    )
    strings = st.tuples(
        st.sampled_from([*IN_CODE["1.0"], *IN_CODE["2.0"]]),
        WORDS.map(lambda text: f"        {text!r}"),
    )
    return st.one_of(comments, blanks, st.tuples(st.sampled_from(IN_CLASS), in_class), strings)


def edited(edits: Iterable[tuple[int, str]]) -> str:
    lines = list(LINES)
    for at, line in sorted(edits, reverse=True):
        lines.insert(at, line)
    return "\n".join(lines)


class MemoryTree:
    """The files of one side, in memory."""

    shown = "memory"

    def __init__(self, recipe: str) -> None:
        self._files = {
            "repo.yaml": b"repo:\n  namespace: builtin\n  api: v2.0\n",
            "packages/greeting/package.py": recipe.encode(),
            "packages/greeting/fix.patch": b"fix",
            "packages/greeting/old.patch": b"old",
        }

    def fetch(self, paths: Iterable[str]) -> None:
        """Nothing has to be fetched."""

    def read(self, path: str) -> bytes | None:
        return self._files.get(path)

    def paths(self) -> tuple[str, ...]:
        return tuple(sorted(self._files))


def side(recipe: str) -> Side:
    tree = MemoryTree(recipe)
    return Side(tree, repositories_of(tree, ()), rules_of())


def verdicts(old: str, new: str) -> dict[str, str]:
    before, after = (side(each).find("builtin", "greeting") for each in (old, new))
    changes = [spec_change(LOCK, each, before, after, ()) for each in LOCK.file.nodes.values()]
    return {each.version: each.verdict for each in changes}


@given(st.lists(harmless(), max_size=6), st.lists(harmless(), max_size=6))
def test_what_no_build_sees_changes_no_verdict(
    old: list[tuple[int, str]], new: list[tuple[int, str]]
) -> None:
    assert verdicts(edited(old), edited(new)) == {"1.0": "same", "2.0": "same"}


#: Edits of which no two are alike: what a recipe says twice counts twice.
DIFFERENT = st.lists(harmless(), max_size=4, unique_by=lambda each: each[1])


@given(DIFFERENT, DIFFERENT)
def test_a_spec_is_chosen_again_for_certain_only_if_the_same_versions_are_there(
    old: list[tuple[int, str]], new: list[tuple[int, str]]
) -> None:
    before, after = (side(edited(each)).find("builtin", "greeting") for each in (old, new))
    changes = [spec_change(LOCK, each, before, after, ()) for each in LOCK.file.nodes.values()]
    read = ("    version", "    depends_on")
    one, other = ({line for _, line in each if line.startswith(read)} for each in (old, new))
    # A new dependency of versions that no spec has only takes choices away.
    is_other = one != other and not (one < other and all("never" in line for line in other - one))
    is_open = [bool(other_choice(LOCK, each, before, after)) for each in changes]
    assert is_open == [is_other] * 2


@given(
    st.lists(harmless(), max_size=4),
    st.sampled_from(["1.0", "2.0"]),
    st.sampled_from(["x = 1", "make('more')", "return", "if spec: pass", "f'{spec}'"]),
    st.data(),
)
def test_code_that_remains_under_a_condition_is_never_the_same(
    harm_less: list[tuple[int, str]], version: str, code: str, data: st.DataObject
) -> None:
    at = data.draw(st.sampled_from(IN_CODE[version]))
    new = edited([*harm_less, (at, f"        {code}")])
    found = verdicts(GREETING, new)
    assert found.pop(version) == "stale"
    assert set(found.values()) == {"same"}


@given(st.lists(harmless(), max_size=4), st.sampled_from(["1.0", "2.0"]))
def test_what_is_stale_for_a_spec_is_stale_for_any(
    harm_less: list[tuple[int, str]], version: str
) -> None:
    new = edited([*harm_less, (IN_CODE[version][0], "        make('more')")])
    before, after = (side(each).find("builtin", "greeting") for each in (GREETING, new))
    assert "stale" in {each.verdict for each in any_spec_findings(before, after)}


@given(st.text(max_size=60), st.integers(0, len(LINES) - 2))
def test_whatever_a_recipe_holds_there_is_a_verdict(text: str, at: int) -> None:
    lines = [*LINES[:at], text, *LINES[at:]]
    found = verdicts(GREETING, "\n".join(lines))
    assert set(found) == {"1.0", "2.0"}
