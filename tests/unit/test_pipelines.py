"""Pipelines of GitLab: read, written as they were, and trimmed to the builds of a plan."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from specplan.errors import DamagedSourceError, SourceError
from specplan.model import Build
from specplan.pipelines.document import WrittenScalar, WrittenSequence, parse
from specplan.pipelines.pipeline import Pipeline, pipeline_of
from specplan.pipelines.reduction import reduced
from specplan.pipelines.trimming import builds_without_job, trimmed
from tests.mirrors import dag_hash

DATA = Path(__file__).parents[1] / "data" / "pipelines"


def build(name: str, *needs: str) -> Build:
    """A build of a plan, which waits for others."""
    return Build(
        hash=dag_hash(name),
        package=name,
        version="1.0",
        platform="linux",
        os="ubuntu24.04",
        target="x86_64_v3",
        stacks=(),
        stage=0,
        needs=[dag_hash(each) for each in needs],
        cost=1,
        estimated=False,
        cause="missing",
        because=[],
    )


def job(name: str, *needs: str, **more: Any) -> dict[str, Any]:
    """A job that builds a spec, after other jobs and the one that generates pipelines."""
    return {
        "script": ["spack ci rebuild"],
        "variables": {"SPACK_JOB_SPEC_DAG_HASH": dag_hash(name)},
        "stage": "stage-0",
        "needs": [
            *({"job": each, "artifacts": False} for each in needs),
            {"job": "generate", "pipeline": "1"},
        ],
        **more,
    }


SERVICES: dict[str, Any] = {
    "rebuild-index": {"script": ["index"], "stage": "stage-rebuild-index", "tags": ["small"]},
    "sign-pkgs": {"script": ["sign"], "stage": "stage-sign-pkgs"},
    "stages": ["stage-0", "stage-1", "stage-2", "stage-sign-pkgs", "stage-rebuild-index"],
    "variables": {"SPACK_VERSION": "1.2"},
    "workflow": {"rules": [{"when": "always"}]},
}


def chain(**more: Any) -> dict[str, Any]:
    """A pipeline of three jobs in a row, with the jobs of service."""
    return {
        "a": job("a"),
        "b": job("b", "a", stage="stage-1"),
        "c": job("c", "b", "a", stage="stage-2"),
        **SERVICES,
        **more,
    }


def of(content: object) -> Pipeline:
    """The pipeline of a text, or of what is written as YAML first."""
    text = content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=False)
    return pipeline_of(text.encode(), "jobs.yml")


def loaded(pipeline: Pipeline, *builds: Build) -> dict[str, Any]:
    """What is left of a pipeline, after a second run that changes nothing."""
    text = trimmed(pipeline, builds).text
    assert trimmed(of(text), builds).text == text
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def needs_of(found: dict[str, Any], name: str) -> list[str]:
    return [each["job"] for each in found[name]["needs"]]


@pytest.mark.parametrize("path", sorted(DATA.glob("*.yml.gz")), ids=lambda path: path.name)
def test_what_spack_writes_is_written_back_letter_for_letter(path: Path) -> None:
    content = gzip.decompress(path.read_bytes())
    assert parse(content, str(path)).to_text().encode() == content


def test_jobs_that_the_plan_does_not_have_go_and_stages_close_up() -> None:
    found = loaded(of(chain()), build("a"), build("c", "a"))
    assert set(found) == {"a", "c", *SERVICES}
    assert needs_of(found, "c") == ["a", "generate"]
    assert (found["a"]["stage"], found["c"]["stage"]) == ("stage-0", "stage-1")
    assert found["stages"] == ["stage-0", "stage-1", "stage-sign-pkgs", "stage-rebuild-index"]
    for name in ("rebuild-index", "sign-pkgs", "variables", "workflow"):
        assert found[name] == SERVICES[name]


def test_a_need_that_another_need_brings_along_goes() -> None:
    found = loaded(of(chain()), build("a"), build("b", "a"), build("c", "a", "b"))
    assert needs_of(found, "c") == ["b", "generate"]


def test_a_need_whose_files_a_job_takes_stays() -> None:
    pipeline = chain()
    pipeline["c"]["needs"][1]["artifacts"] = True
    found = loaded(of(pipeline), build("a"), build("b", "a"), build("c", "a", "b"))
    assert needs_of(found, "c") == ["b", "a", "generate"]


def test_a_job_takes_files_of_jobs_that_it_waits_for_alone() -> None:
    """GitLab refuses `dependencies` on jobs that are not there, or not among the needs."""
    pipeline = chain()
    pipeline["b"]["dependencies"] = ["a"]
    pipeline["c"]["dependencies"] = ["b", "a", "generate"]
    pipeline["other"] = {"script": ["x"], "stage": "stage-2", "dependencies": ["a", "c"]}
    found = loaded(of(pipeline), build("b"), build("c", "b"))
    assert found["b"]["dependencies"] == []
    assert found["c"]["dependencies"] == ["b", "generate"]
    assert found["other"]["dependencies"] == ["c"]
    found = loaded(of(pipeline), build("a"), build("b", "a"), build("c", "a", "b"))
    assert needs_of(found, "c") == ["b", "a", "generate"]
    assert found["c"]["dependencies"] == ["b", "a", "generate"]
    del pipeline["c"]["needs"]
    found = loaded(of(pipeline), build("a"), build("b", "a"), build("c", "a", "b"))
    assert sorted(needs_of(found, "c")) == ["a", "b"]


def test_a_need_of_the_plan_that_spack_does_not_name_is_added() -> None:
    pipeline = {"a": job("a"), "c": job("c", stage="stage-0"), **SERVICES}
    found = loaded(of(pipeline), build("a"), build("c", "a"))
    assert found["c"]["needs"][0] == {"job": "a", "artifacts": False}
    assert needs_of(found, "c") == ["a", "generate"]
    assert found["c"]["stage"] == "stage-1"


def test_a_job_that_names_no_needs_waits_for_those_of_the_plan() -> None:
    pipeline = chain()
    del pipeline["a"]["needs"], pipeline["b"]["needs"]
    found = loaded(of(pipeline), build("a"), build("b", "a"))
    assert "needs" not in found["a"]
    assert found["b"]["needs"] == [{"job": "a", "artifacts": False}]


def test_nothing_left_is_the_job_that_spack_writes_then() -> None:
    found = loaded(of(chain(default={"retry": 1})))
    assert found == {
        "no-specs-to-rebuild": {
            "script": ['echo "All specs already up to date, nothing to rebuild."'],
            "tags": ["small"],
            "retry": 0,
            "allow_failure": True,
        },
        "workflow": SERVICES["workflow"],
        "default": {"retry": 1},
    }


def test_the_job_that_does_nothing_runs_where_the_builds_ran_if_nothing_else_did() -> None:
    found = loaded(of({"a": job("a", tags=["big"], image="i")}))
    assert found["no-specs-to-rebuild"]["tags"] == ["big"]
    assert found["no-specs-to-rebuild"]["image"] == "i"


def test_a_pipeline_that_does_nothing_stays_as_it_is() -> None:
    text = "no-specs-to-rebuild:  {script: [echo]} # why\n"
    assert trimmed(of(text), ()).text == text


def test_a_pipeline_that_needs_no_change_is_written_anew_where_a_terminal_would_obey_it() -> None:
    text = "no-specs-to-rebuild: {script: ['echo \u202e']}\n"
    written = trimmed(of(text), ()).text
    assert written.replace("\n", "").isprintable()
    assert yaml.safe_load(written) == yaml.safe_load(text)


def test_what_copies_keeps_its_service_jobs_without_any_build() -> None:
    copy = {"script": ["copy"], "stage": "copy", "needs": [{"job": "generate", "pipeline": "1"}]}
    found = loaded(of(chain(copy=copy)))
    assert set(found) == {"copy", *SERVICES}
    assert found["copy"] == copy
    assert found["stages"] == ["stage-sign-pkgs", "stage-rebuild-index"]


def test_a_job_that_waits_for_jobs_that_go_waits_for_what_these_waited_for() -> None:
    smoke = {"script": ["smoke"], "needs": ["c", "other"], "dependencies": ["c", "a"]}
    found = loaded(of(chain(smoke=smoke)), build("a"))
    assert found["smoke"]["needs"] == ["other", {"job": "a", "artifacts": False}]
    assert found["smoke"]["dependencies"] == ["a"]


def test_a_job_keeps_the_needs_that_it_inherits() -> None:
    pipeline = chain(**{".base": {"needs": [{"job": "generate", "artifacts": True}]}})
    del pipeline["a"]["needs"], pipeline["b"]["needs"]
    pipeline[".more"] = {"extends": ".more", "script": ["x"]}
    pipeline["a"]["extends"] = ".base"
    pipeline["b"]["extends"] = [".more", ".base", ".none"]
    found = loaded(of(pipeline), build("a"), build("b", "a"))
    generated = {"job": "generate", "artifacts": True}
    assert found["a"]["needs"] == [generated]
    assert found["b"]["needs"] == [{"job": "a", "artifacts": False}, generated]


def test_rules_name_no_job_that_goes() -> None:
    pipeline = chain()
    for name in ("c", "rebuild-index"):
        pipeline[name]["rules"] = [{"if": "$X", "needs": ["b", "generate"]}, {"when": "always"}]
    found = loaded(of(pipeline), build("a"), build("c", "a"))
    kept = ["generate", {"job": "a", "artifacts": False}]
    for name in ("c", "rebuild-index"):
        assert found[name]["rules"] == [{"if": "$X", "needs": kept}, {"when": "always"}]


@pytest.mark.parametrize("way", ["extends: a", "extends: [.x, a]", "tags: !reference [a, tags]"])
def test_a_job_that_another_takes_over_cannot_go(way: str) -> None:
    text = yaml.safe_dump(chain()) + f"more: {{script: [x], {way}}}\n"
    assert "more" in trimmed(of(text), [build("a")]).text
    with pytest.raises(SourceError, match="`more` takes keys from the job `a`"):
        trimmed(of(text), [build("b")])


def test_a_hash_may_be_a_variable_that_is_not_expanded() -> None:
    pipeline = chain()
    raw = {"value": dag_hash("a"), "expand": False}
    pipeline["a"]["variables"]["SPACK_JOB_SPEC_DAG_HASH"] = raw
    assert of(pipeline).builds["a"].hash == dag_hash("a")


def test_builds_without_a_job_are_named() -> None:
    plan = [build("a"), build("x", "a")]
    assert [each.package for each in builds_without_job(of(chain()), plan)] == ["x"]


ANCHORS = f"""\
.template: &template
  image: one
a:
  <<: *template
  script: &script
  - first
  - 'second: &no #comment'
  variables: {{SPACK_JOB_SPEC_DAG_HASH: {dag_hash("a")}}}
  stage: &stage stage-0
  needs: &none []
b:
  script: *script
  before_script: !reference [.template, script]
  variables: {{SPACK_JOB_SPEC_DAG_HASH: {dag_hash("b")}, NOTHING: , TEXT: "2.70"}}
  stage: *stage
  needs: *none
  text: |
    two
    lines
stages: [stage-0]
rebuild-index:
  script: *script
"""


def test_an_anchor_outlives_the_job_that_defined_it() -> None:
    text = trimmed(of(ANCHORS), [build("b")]).text
    assert text.count("&script") == 1
    assert text.count("*script") == 1
    assert "!reference [.template, script]" in text
    assert "text: |\n    two\n    lines\n" in text
    assert yaml.safe_load(text.replace("!reference", ""))["b"]["variables"]["NOTHING"] is None
    assert 'TEXT: "2.70"' in text
    assert trimmed(of(text), [build("b")]).text == text


def test_an_anchor_that_is_used_again_for_something_else_means_what_it_meant() -> None:
    text = "a: &x [1]\nb: *x\nc: &x [2]\nd: *x\nrebuild-index: {script: [e]}\n"
    document = parse(text.encode(), "jobs.yml")
    pairs = document.root.pairs
    pairs[0], pairs[1], pairs[2], pairs[3] = pairs[3], pairs[1], pairs[2], pairs[0]
    read_again = parse(document.to_text().encode(), "jobs.yml")
    values = [read_again.root.get(each) for each in "dbca"]
    items = [each.items[0] for each in values if isinstance(each, WrittenSequence)]
    assert [each.text for each in items if isinstance(each, WrittenScalar)] == ["2", "1", "2", "1"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "is not a mapping of jobs"),
        ("- a\n", "jobs.yml:1: is not a mapping of jobs"),
        ("a: [", "is not YAML"),
        ("a: 1\n---\nb: 2\n", "jobs.yml:2: a second document begins"),
        ("a: *b\n", "the alias `*b` is not defined"),
        ("a: &a [*a]\n", "the alias `*a` contains itself"),
        ("? [a]\n: b\n", "a key must be text"),
        ("a: 1\na: 2\n", "jobs.yml:2: a: the key is given twice"),
        ("a: " + "[" * 80 + "]" * 80, "is nested more than 64 deep"),
        ("a: {variables: {SPACK_JOB_SPEC_DAG_HASH: x}}", "is not a DAG hash of 32 letters"),
        (
            f"a: {{needs: b, variables: {{SPACK_JOB_SPEC_DAG_HASH: {dag_hash('a')}}}}}",
            "a.needs: must be a list",
        ),
        (
            "a0: &a0 [x, x]\n"
            + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)),
            "expands to more than 5000000 values",
        ),
    ],
)
def test_what_is_no_pipeline_is_damage_with_its_place(text: str, fault: str) -> None:
    with pytest.raises(DamagedSourceError) as caught:
        of(text)
    assert fault in str(caught.value)


@pytest.mark.parametrize("text", ["{}", "spack: {specs: [hdf5]}", "test: {script: [make]}"])
def test_what_spack_did_not_write_is_refused(text: str) -> None:
    with pytest.raises(SourceError, match="is not a pipeline of Spack"):
        of(text)


def test_a_reduction_keeps_the_order_of_what_it_leaves() -> None:
    needs = {"d": ["c", "b", "a"], "c": ["a"], "b": ["a"], "a": []}
    assert reduced(needs) == {"d": ["c", "b"], "c": ["a"], "b": ["a"], "a": []}


HARM = re.compile(r"##[A-Za-z]*\[|^[ \t]*::", re.MULTILINE)


@given(
    st.lists(
        st.lists(
            st.sampled_from(["::error::x", "##[group]", "##vso[task]", "\n", " ", "a", "é", "\x85"])
            | st.text(max_size=3),
            max_size=6,
        ).map("".join),
        min_size=1,
        max_size=4,
        unique=True,
    ),
    st.sampled_from(["|", ">", '"', "'", None]),
)
def test_a_pipeline_means_the_same_and_holds_nothing_that_a_log_obeys(
    texts: list[str], style: str | None
) -> None:
    written = yaml.safe_dump({text: [text] for text in texts}, default_style=style, width=20)
    document = parse(written.encode(), "pipeline.yml").to_text()
    assert yaml.safe_load(document) == yaml.safe_load(written)
    assert not HARM.search(document)
    assert document.replace("\n", "").isprintable()
