"""Requirements and conflicts of environments leave what a plain model leaves."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

import specplan
from tests.mirrors import dag_hash, node
from tests.plain_requirements import Demand, verdict, written

VARIANTS = ("cuda", "mpi", "rocm")
SYSTEM = "ubuntu24.04/x86_64_v3"

variants = st.dictionaries(st.sampled_from(VARIANTS), st.booleans())
texts = st.dictionaries(st.sampled_from(VARIANTS), st.booleans(), min_size=1, max_size=2).map(
    lambda text: tuple(sorted(text.items()))
)


@st.composite
def demands(draw: st.DrawFn, *, of_all: bool) -> Demand:
    rule = draw(st.sampled_from(["any", "one", "never"]))
    most = 1 if rule == "never" else 3
    choices = draw(st.lists(texts, min_size=1, max_size=most, unique=True))
    return Demand(rule, tuple(choices), of_all)


def section(found: list[Demand]) -> dict[str, object]:
    """What stands under a package."""
    required = [
        {f"{each.rule}_of": [written(choice) for choice in each.choices]}
        for each in found
        if each.rule != "never"
    ]
    conflicts = [written(each.choices[0]) for each in found if each.rule == "never"]
    keys = {"require": required, "conflict": conflicts}
    return {key: value for key, value in keys.items() if value}


@settings(max_examples=150, deadline=None)
@given(
    candidates=st.lists(variants, max_size=3),
    others=st.lists(variants, max_size=2),
    of_all=st.lists(demands(of_all=True), max_size=3),
    own=st.lists(demands(of_all=False), max_size=2),
)
def test_requirements_and_conflicts_leave_what_the_model_leaves(
    candidates: list[dict[str, bool]],
    others: list[dict[str, bool]],
    of_all: list[Demand],
    own: list[Demand],
) -> None:
    # What a package says itself takes the place of what `all` says, section by section.
    kinds = {each.rule == "never" for each in own}
    asked = [each for each in of_all if (each.rule == "never") not in kinds] + own
    expected = verdict(asked, candidates, [*candidates, *others])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        installs = {}
        for number, values in enumerate([*candidates, *others]):
            spec = node("app")
            spec["hash"] = dag_hash(f"app{number}")
            spec["parameters"] = {"build_system": "generic", **values}
            is_there = number < len(candidates)
            installs[spec["hash"]] = {"spec": spec, "ref_count": 0, "in_buildcache": is_there}
        index = {"database": {"version": "8", "installs": installs}}
        (folder / "index.json").write_text(json.dumps(index), encoding="utf-8")
        environment = {"specs": ["app"], "packages": {"all": section(of_all), "app": section(own)}}
        wanted = folder / "spack.yaml"
        wanted.write_text(json.dumps({"spack": environment}), encoding="utf-8")
        catalog = specplan.load(f"site={folder / 'index.json'}")
        totals = catalog.gaps(want=str(wanted), system=SYSTEM).totals
    counts = {"covered": totals.covered, "unknown": totals.unknown, "gap": totals.gaps}
    assert counts == {**dict.fromkeys(counts, 0), expected: 1}
