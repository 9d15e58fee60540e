"""Laws of trimmed pipelines, over generated ones."""

from __future__ import annotations

from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from specplan.pipelines.document import parse
from specplan.pipelines.trimming import trimmed
from tests.unit.test_pipelines import SERVICES, build, job, of

KEYS = st.text("abcXYZ019 _-:#&*!'\"é", min_size=1, max_size=6)
TEXTS = st.one_of(
    KEYS,
    st.sampled_from(["", "null", "true", "1e3", "2.70", "12:30:45", "a\nb\n", " a", "- a", "<<"]),
    st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=90),
)
VALUES = st.recursive(
    st.one_of(TEXTS, st.none(), st.booleans(), st.integers(-9, 9)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=12,
)


@st.composite
def cases(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, set[str]]]:
    """A pipeline, and what the builds of a plan wait for."""
    names = [f"p{number}@1 /{number}" for number in range(draw(st.integers(1, 8)))]
    shared = draw(st.lists(VALUES, min_size=1, max_size=3))
    pipeline: dict[str, Any] = {}
    entries: dict[str, Any] = {}
    for at, name in enumerate(names):
        own = job(name, **{"x-site": draw(st.sampled_from(shared)), "x-own": draw(VALUES)})
        earlier = draw(st.lists(st.sampled_from(names[:at]), unique=True)) if at else []
        own["needs"] = [
            *(
                entries.setdefault(each, {"job": each, "artifacts": False})
                if draw(st.booleans())
                else {"job": each, "artifacts": False}
                for each in earlier
            ),
            {"job": "generate", "pipeline": "1"},
        ]
        own["stage"] = f"stage-{draw(st.integers(0, 3))}"
        pipeline[name] = own
    pipeline = dict(draw(st.permutations(list(pipeline.items()))))
    kept = [name for name in names if draw(st.booleans())]
    needs = {
        name: set(draw(st.lists(st.sampled_from(kept[:at])))) if at else set()
        for at, name in enumerate(kept)
    }
    return {**pipeline, **SERVICES}, needs


def closure(needs: dict[str, set[str]]) -> dict[str, set[str]]:
    """All that each waits for, however indirectly."""
    found: dict[str, set[str]] = {}

    def of_one(name: str) -> set[str]:
        if name not in found:
            found[name] = set().union(*({each} | of_one(each) for each in needs[name]))
        return found[name]

    for name in needs:
        of_one(name)
    return found


@given(cases())
def test_a_trimmed_pipeline_waits_for_what_the_plan_says_and_loses_nothing_else(
    case: tuple[dict[str, Any], dict[str, set[str]]],
) -> None:
    pipeline, needs = case
    builds = [build(name, *sorted(own)) for name, own in needs.items()]
    text = yaml.safe_dump(pipeline, sort_keys=False)
    answer = trimmed(of(text), builds)
    found = yaml.safe_load(answer.text)

    assert trimmed(of(answer.text), builds).text == answer.text
    if not needs:
        assert set(found) == {"no-specs-to-rebuild", "workflow"}
        return
    assert set(found) == {*needs, *SERVICES}
    written: dict[str, set[str]] = {}
    for name in needs:
        changed = {"needs", "stage"}
        assert {key: value for key, value in found[name].items() if key not in changed} == {
            key: value for key, value in pipeline[name].items() if key not in changed
        }
        entries = found[name]["needs"]
        assert [each for each in entries if "pipeline" in each] == [
            {"job": "generate", "pipeline": "1"}
        ]
        written[name] = {each["job"] for each in entries if "pipeline" not in each}
    assert closure(written) == closure(needs)
    for name, own in written.items():
        for each in own:
            # No need can be left out, and each is of an earlier stage.
            assert closure({**written, name: own - {each}})[name] != closure(needs)[name]
            stages = found["stages"]
            assert stages.index(found[each]["stage"]) < stages.index(found[name]["stage"])
    for name in SERVICES:
        if name != "stages":
            assert found[name] == SERVICES[name]


@given(
    st.dictionaries(KEYS, VALUES, max_size=4),
    VALUES,
    st.sampled_from([True, False, None]),
    st.sampled_from([None, "'", '"', "|", ">"]),
)
def test_a_document_means_the_same_when_it_is_written_back(
    content: dict[str, Any],
    repeated: Any,
    flow: bool | None,  # noqa: FBT001 - drawn
    style: str | None,
) -> None:
    content = {**content, "one": repeated, "two": repeated, "three": [repeated]}
    text = yaml.safe_dump(content, default_flow_style=flow, default_style=style, allow_unicode=True)
    written = parse(text.encode(), "jobs.yml").to_text()
    assert yaml.safe_load(written) == content
    assert parse(written.encode(), "jobs.yml").to_text() == written
