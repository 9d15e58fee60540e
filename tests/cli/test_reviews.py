"""`specplan review`: what a change of recipes costs, in every format."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import specplan
from specplan.cli import main
from tests.recipe_projects import CODE, COMMENT, OLD_METHOD, RESOURCE, RecipeProject

SCHEMA = Path(specplan.__file__).parent / "schemas" / "specplan.review-1.schema.json"


@pytest.fixture
def project(tmp_path: Path) -> RecipeProject:
    return RecipeProject(tmp_path)


def words(project: RecipeProject, *more: str) -> list[str]:
    where = ["--packages", str(project.world.checkout.top), "--cache", f"site={project.index}"]
    return ["review", "--since", project.world.first, *where, "--no-config", *more]


def review(capsys: pytest.CaptureFixture[str], asked: list[str], code: int = 0) -> dict[str, Any]:
    ended = main([*asked, "--format", "json"])
    said = capsys.readouterr()
    assert ended == code, said.err
    found: dict[str, Any] = json.loads(said.out)
    jsonschema.validate(found, json.loads(SCHEMA.read_text(encoding="utf-8")))
    return found


def test_a_checkout_and_a_cache_are_enough(
    project: RecipeProject, capsys: pytest.CaptureFixture[str]
) -> None:
    project.recipe(CODE)
    found = review(capsys, words(project, "--jobs", "2"))
    assert found["summary"] == (
        "1 recipe changed, 1 changes hashes: 2 of 3 binaries become stale in 1 stack; "
        "least rebuild 2 builds, 2 cost units on 2 runners"
    )
    assert [(each["package"], each["cause"]) for each in found["stale"]] == [
        ("greeting", "changed"), ("user", "stale"),
    ]  # fmt: skip
    (stack,) = found["stacks"]
    assert (stack["stack"], stack["builds"], stack["stages"]) == ("site", 2, 2)
    assert [each["package"] for each in stack["critical_path"]] == ["greeting", "user"]
    assert found["totals"]["makespan"] == 2
    (command,) = found["commands"]
    assert command.startswith("specplan rebuild --want available --cache site=")


def test_a_lock_gives_the_same_and_the_commands_of_its_environment(
    project: RecipeProject, capsys: pytest.CaptureFixture[str]
) -> None:
    project.recipe(CODE)
    without = review(capsys, words(project))
    found = review(capsys, words(project, "--want", f"site={project.lock}"))
    assert found["summary"] == without["summary"]
    assert (found["stacks"], found["stale"]) == (without["stacks"], without["stale"])
    assert found["change"]["recipes"]["assumed"][0]["proven"] == 2
    _, concretize, export = found["commands"]
    assert concretize == f"spack -e {project.lock.parent} concretize --force"
    assert export.startswith("specplan export make --want")


def test_no_stack_is_named_that_nobody_typed(
    project: RecipeProject, capsys: pytest.CaptureFixture[str]
) -> None:
    """Abstract wants are met by specs that no lock holds; the cache is the stack `site`."""
    project.recipe(CODE)
    asked = words(project, "--want", "mine=user")
    found = review(capsys, asked)
    assumed = found["change"]["recipes"]["assumed"]
    assert [each["stack"] for each in assumed if each["specs"]] == [""]
    assert main(asked) == 0
    said = capsys.readouterr().out
    assert "specs that only caches have are assumed to be made with the recipes of" in said
    assert "candidates" not in said


def test_each_stack_that_the_change_reaches_is_planned_for_by_itself(
    project: RecipeProject, capsys: pytest.CaptureFixture[str]
) -> None:
    """One stack has the old version alone, another nothing that changed."""
    project.recipe(CODE.replace('make("install-old")', 'make("install-older")'))
    older, other = project.folder / "older.json", project.folder / "other.json"
    installs = json.loads(project.index.read_text())["database"]["installs"]
    old = {key: each for key, each in installs.items() if each["spec"]["version"] == "1.0"}
    only = {key: each for key, each in old.items() if each["spec"]["name"] == "greeting"}
    older.write_text(json.dumps({"database": {"version": "8", "installs": only}}))
    tool = json.dumps(next(iter(only.values()))).replace("greeting", "tool")
    spec = json.loads(tool)
    spec["spec"]["hash"] = "t" * 32
    other.write_text(json.dumps({"database": {"version": "8", "installs": {"t" * 32: spec}}}))
    more = ("--cache", f"older={older}", "--cache", f"other={other}")
    found = review(capsys, words(project, *more))
    assert [(each["stack"], each["stale"]) for each in found["stacks"]] == [
        ("older", 1), ("site", 3),
    ]  # fmt: skip
    totals = found["totals"]
    assert (totals["stale"], totals["stacks"], totals["reviewed"]) == (3, 2, 3)
    main(words(project, *more))
    assert "the change reaches nothing of 1 other stack" in capsys.readouterr().out


def test_what_changes_nothing_says_so(
    project: RecipeProject, capsys: pytest.CaptureFixture[str]
) -> None:
    project.recipe(COMMENT)
    found = review(capsys, words(project))
    assert found["summary"] == "1 recipe changed, 1 changes no hash: no binary becomes stale"
    assert (found["commands"], found["stacks"], found["stale"]) == ([], [], [])


def test_what_the_hash_does_not_see_is_said_and_holds_no_verdict(
    project: RecipeProject, capsys: pytest.CaptureFixture[str]
) -> None:
    project.recipe(RESOURCE)
    assert main(words(project)) == 1
    said = capsys.readouterr()
    assert said.out.startswith("not whole: ")
    assert "builds change under the same hash, and old binaries are reused: greeting" in said.out
    assert "not whole: no binary becomes stale, but" in said.err
    treated = review(capsys, words(project, "--treat", "blind=stale"))
    assert [each["package"] for each in treated["stale"]] == ["greeting", "user"]


def test_what_a_depth_leaves_untested_is_listed(
    project: RecipeProject, capsys: pytest.CaptureFixture[str]
) -> None:
    project.recipe(CODE)
    found = review(capsys, words(project, "--depth", "0"))
    assert [(each["package"], each["kept_by"]) for each in found["untested"]] == [("user", "depth")]
    main(words(project, "--depth", "0"))
    assert "policy hash, depth 0: 1 binary contains the change" in capsys.readouterr().out


def test_markdown_begins_with_the_mark_and_the_sentence_and_keeps_to_a_size(
    project: RecipeProject, capsys: pytest.CaptureFixture[str]
) -> None:
    project.recipe(OLD_METHOD)
    asked = words(project, "--format", "markdown", "--comment-id", "recipes")
    outputs = []
    for _ in range(2):
        assert main(asked) == 0
        outputs.append(capsys.readouterr().out)
    assert outputs[0] == outputs[1]
    mark, headline, *_ = outputs[0].splitlines()
    assert mark == "<!-- specplan:recipes -->"
    assert headline.startswith(
        "### 1 recipe changed, 1 changes hashes: 1 of 3 binaries becomes stale"
    )
    assert main([*asked, "--max-bytes", "400"]) == 0
    assert len(capsys.readouterr().out.encode()) <= 400


def test_annotations_stand_beside_the_lines_and_cannot_be_forged(
    project: RecipeProject, capsys: pytest.CaptureFixture[str]
) -> None:
    project.recipe(CODE)
    project.world.checkout.recipe("x,line=1::evil\n::error::no", "class A: pass\n")
    project.world.checkout.git("add", "-A")
    assert main(words(project, "--format", "github")) == 0
    first, *_, last = capsys.readouterr().out.splitlines()
    assert first.startswith("::warning file=spack_repo/builtin/packages/greeting/package.py,line=")
    assert last.startswith("::notice title=Review::2 recipes changed")
    for form in ("table", "markdown", "json"):
        main(words(project, "--format", form))
        assert "\n::error" not in capsys.readouterr().out


def test_an_abstract_want_that_the_change_does_not_reach_is_no_stack_that_it_reaches(
    project: RecipeProject, capsys: pytest.CaptureFixture[str]
) -> None:
    project.recipe(OLD_METHOD)
    found = review(capsys, words(project, "--want", "mine=greeting@2"))
    assert (found["stacks"], found["totals"]["reviewed"]) == ([], 1)
    main(words(project, "--want", "mine=greeting@2"))
    assert "the change reaches nothing of 1 other stack" in capsys.readouterr().out


def test_the_commands_want_as_much_as_the_review(
    project: RecipeProject, capsys: pytest.CaptureFixture[str]
) -> None:
    project.recipe(CODE)
    want = ("--want", f"site={project.lock}", "--scope", "roots")
    first, _, last = review(capsys, words(project, *want))["commands"]
    assert "--scope roots --cache" in first
    assert "--scope roots --cache" in last


def test_the_system_of_an_abstract_want_can_be_said(
    project: RecipeProject, capsys: pytest.CaptureFixture[str]
) -> None:
    """The caches list several systems, and the hint says how to name one."""
    project.recipe(CODE)
    other = project.folder / "other.json"
    text = project.index.read_text().replace("ubuntu24.04", "debian12")
    for each in project.document["concrete_specs"]:
        text = text.replace(each, each[::-1])
    other.write_text(text)
    asked = words(project, "--want", "mine=user", "--cache", f"other={other}")
    assert main(asked) == 2
    assert "give `--system debian12/x86_64_v3`" in capsys.readouterr().err
    found = review(capsys, [*asked, "--system", "ubuntu24.04/x86_64_v3"])
    assert found["totals"]["stale"] == 2
    (command,) = found["commands"]
    assert "--want mine=user --system ubuntu24.04/x86_64_v3" in command


def test_an_empty_revision_is_not_one_since_which_nothing_changed(
    project: RecipeProject, capsys: pytest.CaptureFixture[str]
) -> None:
    """A variable of a script that is not set leaves one."""
    asked = words(project)
    asked[asked.index("--since") + 1] = ""
    assert main(asked) == 2
    assert "`--since` is empty" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("asked", "code", "message"),
    [
        (["review", "--cache", "none"], 2, "needs a revision"),
        (["review", "--since", "HEAD", "--cache", "nowhere.json"], 3, "nowhere.json"),
        (["review", "--since", "HEAD", "--cache", "none"], 2, "`--cache none`"),
    ],
)
def test_what_cannot_be_answered_ends_with_a_message(
    asked: list[str],
    code: int,
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([*asked, "--no-config"]) == code
    assert message in capsys.readouterr().err


def test_standard_input_cannot_be_reviewed(
    project: RecipeProject, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words(project, "--want", "-")) == 2
    assert "write it to a file" in capsys.readouterr().err


def test_a_clone_without_files_can_be_reviewed(
    project: RecipeProject, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of each stack by itself, too, although no recipe lies there that could be read."""
    project.recipe(CODE)
    last = project.world.checkout.commit()
    bare = project.folder / "bare"
    project.world.checkout.git("clone", "-q", "--bare", ".", str(bare))
    other = project.folder / "other.json"
    other.write_text(project.index.read_text())
    asked = ["review", "--since", f"{project.world.first}..{last}", "--packages", str(bare)]
    caches = ["--cache", f"site={project.index}", "--cache", f"other={other}", "--no-config"]
    found = review(capsys, [*asked, *caches])
    assert [each["stack"] for each in found["stacks"]] == ["other", "site"]
