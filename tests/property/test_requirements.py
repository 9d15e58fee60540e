"""Requirements and conflicts of environments leave what a plain model leaves."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

import specplan
from tests.mirrors import dag_hash, node
from tests.plain_requirements import Demand, meets, verdict, written

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


#: A dependency `low` of a candidate: its variants, the types of the edge, whether another spec is
#: between them, and the virtual package that it provides there.
lows = st.tuples(
    variants,
    st.sampled_from([["link"], ["run"], ["build"], ["build", "link"], ["test"]]),
    st.booleans(),
    st.sampled_from(["", "mpi"]),
)


@settings(max_examples=150, deadline=None)
@given(
    candidates=st.lists(lows, min_size=1, max_size=3),
    of_package=st.lists(demands(of_all=False), max_size=2),
    of_virtual=st.lists(demands(of_all=False), max_size=2),
)
def test_a_binary_is_reused_only_with_dependencies_that_meet_their_requirements(
    candidates: list[tuple[dict[str, bool], list[str], bool, str]],
    of_package: list[Demand],
    of_virtual: list[Demand],
) -> None:
    def is_reused(low: tuple[dict[str, bool], list[str], bool, str]) -> bool:
        values, types, _, provided = low
        asked = [*of_package, *(of_virtual if provided else [])]
        is_installed = not {"link", "run"}.isdisjoint(types)
        return not is_installed or all(meets(each, values, [values]) is True for each in asked)

    installs = {}

    def add(
        name: str,
        package: str,
        values: dict[str, bool],
        needs: list[tuple[str, str, list[str], str]],
    ) -> None:
        spec = node(package)
        spec["hash"] = dag_hash(name)
        spec["parameters"] = {"build_system": "generic", **values}
        spec["dependencies"] = [
            {
                "name": of,
                "hash": dag_hash(child),
                "parameters": {"deptypes": types, "virtuals": [provided] if provided else []},
            }
            for child, of, types, provided in needs
        ]
        installs[spec["hash"]] = {"spec": spec, "ref_count": 0, "in_buildcache": True}

    for at, (values, types, is_far, provided) in enumerate(candidates):
        add(f"low{at}", "low", values, [])
        below = (f"low{at}", "low", types, provided)
        if is_far:
            add(f"mid{at}", "mid", {}, [below])
            below = (f"mid{at}", "mid", ["link"], "")
        add(f"app{at}", "app", {}, [below])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        index = {"database": {"version": "8", "installs": installs}}
        (folder / "index.json").write_text(json.dumps(index), encoding="utf-8")
        packages = {"low": section(of_package), "mpi": section(of_virtual)}
        wanted = folder / "spack.yaml"
        environment = {"specs": ["app"], "packages": packages}
        wanted.write_text(json.dumps({"spack": environment}), encoding="utf-8")
        catalog = specplan.load(f"site={folder / 'index.json'}")
        totals = catalog.gaps(want=str(wanted), system=SYSTEM).totals
    covered = any(map(is_reused, candidates))
    assert (totals.covered, totals.gaps, totals.unknown) == (covered, not covered, 0)


def test_a_requirement_names_the_provider_that_dependents_are_reused_with(tmp_path: Path) -> None:
    app, openmpi = node("app"), node("openmpi", "5.0")
    app["dependencies"] = [
        {
            "name": "openmpi",
            "hash": openmpi["hash"],
            "parameters": {"deptypes": ["build", "link"], "virtuals": ["mpi"]},
        }
    ]
    installs = {
        each["hash"]: {"spec": each, "ref_count": 0, "in_buildcache": True}
        for each in (app, openmpi)
    }
    index = {"database": {"version": "8", "installs": installs}}
    (tmp_path / "index.json").write_text(json.dumps(index), encoding="utf-8")
    catalog = specplan.load(f"site={tmp_path / 'index.json'}")
    wanted = tmp_path / "spack.yaml"
    for required, differs in (
        ("openmpi", None),
        ("openmpi@5:", None),
        ([{"any_of": ["mpich", "openmpi"]}], None),
        ("mpich", "mpi: required is mpich"),
        ("openmpi@4", "mpi: required is openmpi@4"),
    ):
        packages = {"mpi": {"require": required}}
        environment = {"specs": ["app"], "packages": packages}
        wanted.write_text(json.dumps({"spack": environment}), encoding="utf-8")
        found = [gap.nearest for gap in catalog.gaps(want=str(wanted), system=SYSTEM)]
        assert [each and each.differs for each in found] == ([(differs,)] if differs else [])
