"""`specplan rebuild` of the gaps of stacks: what is to be listed, what is chosen, and the rest."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import specplan
from specplan.cli import main
from tests import records

EXAMPLES = Path(__file__).parents[2] / "examples"
LOCKS = tuple(f"rebuild/{date}/radiuss/spack.lock.gz" for date in ("2025-11", "2026-01"))
CANDIDATES = tuple(part for lock in LOCKS for part in ("--candidates", lock))


@pytest.fixture(autouse=True)
def _in_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(EXAMPLES)


def asked(capfd: pytest.CaptureFixture[str], *arguments: str) -> Any:
    """The document of a run that ends, held to its schema and to its code."""
    code = main(["rebuild", *arguments, "--format", "json"])
    loaded = json.loads(capfd.readouterr().out)
    assert code == records.code_of_plan(loaded)
    path = resources.files("specplan") / "schemas" / "specplan.rebuild-1.schema.json"
    Draft202012Validator(json.loads(path.read_text(encoding="utf-8"))).validate(loaded)
    return loaded


def test_what_a_sibling_has_is_published_and_not_built(capfd: pytest.CaptureFixture[str]) -> None:
    plan = asked(capfd, "--stack", "e4s")
    assert (len(plan["publish"]), len(plan["unplannable"]), plan["builds"]) == (93, 9, [])
    assert {tuple(each["listed_by"]) for each in plan["publish"]} == {("e4s-neoverse-v2",)}
    assert {each["reason"] for each in plan["unplannable"]} == {"no_candidate"}
    assert main(["rebuild", "--stack", "e4s", "--width", "120"]) == 1
    text = capfd.readouterr().out
    assert (
        "9 wants cannot be planned, nothing to build, 0 specs wanted, 0 reused, 93 to publish"
        in text
    )
    assert "\n93 wants to publish\n" in text
    assert re.search(r"^e4s +ubuntu22.04/neoverse_v2 ", text, re.MULTILINE)
    words = ["rebuild", "--stack", "e4s", "--format", "markdown", "--allow-unplannable"]
    assert main(words) == 0
    assert "93 wants to publish" in capfd.readouterr().out


def test_a_list_and_rows_show_what_to_publish_beside_what_is_built(
    capfd: pytest.CaptureFixture[str],
) -> None:
    catalog = specplan.load("cache")
    built = catalog.rebuild(
        stack="radiuss", baseline="develop-2025-11-15", level="version", candidates=LOCKS[0]
    )
    siblings = catalog.rebuild(stack="radiuss", peers=["radiuss", "e4s"], compat="os")
    plan = json.loads(replace(built, publish=siblings.publish).to_json())
    builds = [f"{each['package']}@{each['version']}/{each['hash']}" for each in plan["builds"]]
    assert (len(builds), len(plan["publish"])) == (167, 26)
    first, *lines = replace(built, publish=siblings.publish).to_list().splitlines()
    assert (
        first == f"# exact, {len(built.unplannable)} wants cannot be planned"
        if built.unplannable
        else "# exact"
    )
    assert [line for line in lines if not line.startswith("#")] == builds
    assert lines[len(builds) :] == [
        f"# publish {each['package']}@{each['version']}/{each['hash']} for {each['want']} in "
        f"{each['stack']} on {each['os']}/{each['target']}"
        for each in plan["publish"]
    ]
    rows = list(csv.DictReader(replace(built, publish=siblings.publish).to_csv().splitlines()))
    assert [each["action"] for each in rows] == [
        *["build"] * len(builds), *["publish"] * len(plan["publish"])
    ]  # fmt: skip
    assert [each["hash"] for each in rows[: len(builds)]] == [
        each["hash"] for each in plan["builds"]
    ]
    told = [
        {
            "hash": each["hash"],
            "package": each["package"],
            "version": each["version"],
            "stack": each["stacks"],
            "os": each["want.os"],
            "target": each["want.target"],
            "want": each["want"],
            "binary_os": each["os"],
            "binary_target": each["target"],
            "listed_by": each["listed_by"].split("; "),
        }
        for each in rows[len(builds) :]
    ]
    assert told == [{**each, "listed_by": each["listed_by"] or [""]} for each in plan["publish"]]
    # The command writes the same.
    for form, text in (("list", siblings.to_list()), ("csv", siblings.to_csv())):
        assert main(
            ["rebuild", "--no-config", "--cache", "cache", "--stack", "radiuss", "--compat", "os",
             "--peers", "radiuss", "--peers", "e4s", "--format", form]
        ) == 0  # fmt: skip
        assert capfd.readouterr().out == text


def test_what_an_older_snapshot_had_is_built_from_the_lock_that_has_the_very_version(
    capfd: pytest.CaptureFixture[str],
) -> None:
    baseline = ("--stack", "radiuss", "--baseline", "develop-2025-11-15", "--level", "version")
    source = ("--no-config", "--cache", "cache")
    plan = asked(capfd, *source, *baseline, *CANDIDATES)
    wants = plan["choice"]["wants"]
    assert (len(wants), plan["unplannable"], plan["optimal"]) == (32, [], True)
    assert all(each["want"] == f"{each['package']}@={each['version']}" for each in wants)
    built = {each["hash"] for each in plan["builds"]}
    assert {each["hash"] for each in wants} <= built
    assert asked(capfd, *source, *baseline)["builds"] == []


@pytest.mark.parametrize("level", ["package", "version"])
@pytest.mark.parametrize("compat", ["exact", "target", "os"])
@pytest.mark.parametrize(
    "question",
    [
        {"stack": "e4s", "peers": "*", "system": "all"},
        {"stack": "radiuss*", "baseline": "develop-2025-11-15"},
        {"stack": "e4s*", "system": ["ubuntu24.04/x86_64_v4", "ubuntu24.04/x86_64_v3"]},
    ],
)
def test_each_gap_is_published_chosen_for_or_unplannable_and_nothing_else_is(
    question: dict[str, Any], compat: Any, level: Any
) -> None:
    catalog = specplan.load("cache")
    gaps = catalog.gaps(**question, compat=compat, level=level).gaps
    plan = catalog.rebuild(**question, compat=compat, level=level, candidates=LOCKS)
    chosen = () if plan.choice is None else plan.choice.wants
    told = [(at.stack, at.os, at.target, at.want.replace("@=", "@")) for at in plan.publish]
    told += [(at.stack, at.os, at.target, at.want.replace("@=", "@")) for at in chosen]
    assert sorted(told) == sorted((at.stack, at.os, at.target, at.want) for at in gaps)
    others = sum(gap.state == "other_stack" for gap in gaps)
    assert len(plan.publish) == others
    newest = max(catalog.tags)
    for want in plan.publish[::7]:
        (found,) = catalog.find(f"/{want.hash}", tag=newest)
        assert found.available
        assert want.want in (found.package, f"{found.package}@={found.version}")
        assert want.listed_by == tuple(at for at in found.stacks if at != "root")
        assert want.stack not in found.stacks or compat != "exact"
        if compat == "exact":
            assert (found.os, found.target) == (want.os, want.target)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--stack", "e4s", "--level", "hash"), "plan at level `package` or `version`"),
        (("--stack", "e4s", "--level", "variant"), "plan at level `package` or `version`"),
        (("--want", LOCKS[0], "--level", "version"), "`--level` applies to gaps"),
        (
            ("--stack", "e4s", "--changed", "zlib-ng"),
            "cannot be combined with other wants or a change",
        ),
        (("--stack", "e4s", "--without", "zlib-ng"), "cannot be combined with gaps"),
        (("--stack", "nobody"), "no stack matches"),
        ((), "nothing is wanted"),
    ],
)
def test_wrong_usage_is_said(
    arguments: tuple[str, ...], said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["rebuild", *arguments]) == 2
    assert said in capfd.readouterr().err


def test_the_cells_whose_gaps_are_planned_for_are_chosen_by_os_and_target(
    capfd: pytest.CaptureFixture[str],
) -> None:
    gaps = ("--no-config", "--cache", "cache", "--stack", "radiuss", "--peers", "radiuss",
            "--system", "ubuntu24.04/zen4", "--level", "version", *CANDIDATES)  # fmt: skip
    every = asked(capfd, *gaps)
    newer = asked(capfd, *gaps, "--target", "zen*")
    assert {each["target"] for each in every["unplannable"]} == {"zen4"}
    assert newer["unplannable"] == every["unplannable"]
    assert asked(capfd, *gaps, "--target", "x86_64_v3", "--os", "ubuntu*")["unplannable"] == []
    # What the older target has serves the newer one, so that nothing is lacking there.
    assert asked(capfd, *gaps, "--compat", "target")["unplannable"] == []
