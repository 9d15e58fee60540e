"""`specplan rebuild`, `specplan why` and `specplan diff` of locks, on real files."""

from __future__ import annotations

import csv
import gzip
import json
import re
import subprocess
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import specplan
from specplan.cli import main
from specplan.model import Scope
from specplan.testing import verify, verify_schedule
from tests.small_caches import index, lock, placed
from tests.snapshots import assert_is_snapshot

REAL = Path(__file__).parents[2] / "examples" / "rebuild"
WANT = ("--want", "radiuss=2026-01/radiuss/spack.lock.gz")
RUNTIME_ONLY = ("--cache", "mirror-runtime-only.json.gz")


class Run:
    """How a run ended and what it said."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(REAL)

    def run(*arguments: str) -> Run:
        code = main([*arguments, "--no-config"])
        out, err = capfd.readouterr()
        return Run(code, out, err)

    return run


def document(text: str, kind: str) -> Any:
    """The JSON document of a run, held to its schema."""
    loaded = json.loads(text)
    assert loaded["schema"] == f"specplan.{kind}/1"
    path = resources.files("specplan") / "schemas" / f"specplan.{kind}-1.schema.json"
    Draft202012Validator(json.loads(path.read_text(encoding="utf-8"))).validate(loaded)
    return loaded


HYPRE = ("rebuild", *WANT, *RUNTIME_ONLY, "--changed", "hypre")


@pytest.mark.parametrize("width", ["40", "100"])
def test_a_plan_reads_as_the_snapshot_shows(run: Any, width: str) -> None:
    answer = run(*HYPRE, "--width", width)
    assert (answer.code, answer.err) == (0, "")
    assert_is_snapshot(answer.out, f"rebuild-hypre-{width}.txt")


def test_a_plan_is_markdown_for_the_summary_of_a_job(run: Any) -> None:
    answer = run(*HYPRE, "--policy", "link", "--format", "markdown")
    assert_is_snapshot(answer.out, "rebuild-hypre.md")


@pytest.mark.parametrize(
    "more",
    [(), ("--changed", "cmake", "--policy", "link", "--depth", "1"), ("--scope", "all")],
    ids=["now", "change", "all"],
)
def test_the_document_keeps_to_its_schema_and_is_accepted(run: Any, more: tuple[str, ...]) -> None:
    answer = run("rebuild", *WANT, *RUNTIME_ONLY, *more, "--format", "json")
    plan = document(answer.out, "rebuild")
    verify(plan, WANT[1], RUNTIME_ONLY[1])
    assert plan["lower_bound"] == plan["totals"]["cost"]
    assert [each["role"] for each in plan["inputs"]] == ["want", "cache"]
    assert all(len(each["sha256"]) == 64 for each in plan["inputs"])
    assert plan["install"]["build"].endswith("package:never,dependencies:only /HASH")


def test_from_nothing_all_is_built(run: Any) -> None:
    answer = run("rebuild", *WANT, "--cache", "none", "--format", "json")
    assert document(answer.out, "rebuild")["totals"]["reused"] == 0


def test_a_list_says_that_it_is_exact_and_names_hashes_in_order(run: Any) -> None:
    answer = run("rebuild", *WANT, "--cache", "mirror-2025-11.json.gz", "--format", "list")
    first, *lines = answer.out.splitlines()
    assert (first, len(lines)) == ("# exact", 302)
    assert lines[0].count("/") == lines[0].count("@") == 1
    assert len(lines[0].partition("/")[2]) == 32


def test_a_list_that_is_predicted_names_no_hash(run: Any) -> None:
    answer = run(*HYPRE, "--format", "list")
    assert answer.out.splitlines() == [
        "# predicted", "compiler-wrapper@1.0", "hypre@2.33.0", "hypre@3.0.0", "mfem@4.8.0",
    ]  # fmt: skip


def test_a_table_has_one_row_a_build(run: Any) -> None:
    rows = list(csv.DictReader(run(*HYPRE, "--format", "csv").out.splitlines()))
    assert [row["package"] for row in rows] == ["compiler-wrapper", "hypre", "hypre", "mfem"]
    assert {row["predicted"] for row in rows} == {"true"}


def test_what_is_in_vain_untested_or_why_is_listed_on_demand(run: Any) -> None:
    question = (*HYPRE[:-1], "cmake", "--policy", "link")
    short = run(*question).out
    shown = run(*question, "--show", "unnecessary", "--show", "untested", "--show", "chains").out
    assert "\n82 unnecessary builds of pruning node by node\n" in shown
    assert "\n76 specs untested\n" in shown
    assert re.search(r"^\S+ +policy +yes$", shown, re.MULTILINE)
    assert " -> " in shown
    assert "kept by" not in short


def test_a_typed_change_that_no_want_contains_is_wrong_usage(run: Any) -> None:
    answer = run("rebuild", *WANT, *RUNTIME_ONLY, "--changed", "hyper")
    assert (answer.code, answer.out) == (2, "")
    assert "`hyper`" in answer.err
    assert "did you mean `hypre`" in answer.err


def test_a_listed_change_that_no_want_contains_is_counted(run: Any, tmp_path: Path) -> None:
    listed = tmp_path / "changed"
    listed.write_text("# of today\nhypre\nno-such-package # gone\n\n", encoding="utf-8")
    answer = run("rebuild", *WANT, *RUNTIME_ONLY, "--changed-from", str(listed))
    assert answer.code == 0
    assert "4 builds in 3 stages" in answer.out
    assert "1 name that is listed as changed is in no want: no-such-package" in answer.out


def test_nothing_that_is_wanted_changed(run: Any, tmp_path: Path) -> None:
    listed = tmp_path / "changed"
    listed.write_text("no-such-package\n", encoding="utf-8")
    answer = run("rebuild", *WANT, *RUNTIME_ONLY, "--changed-from", str(listed), "--format", "list")
    assert answer.out == "# exact\n"


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=nobody", "-c", "user.email=nobody@example.invalid")
    subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True)  # noqa: S607


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A package repository in which one recipe and another file changed."""
    repository = tmp_path / "repos" / "spack_repo" / "builtin"
    for name in ("hypre", "py_numpy", "zlib"):
        (repository / "packages" / name).mkdir(parents=True)
        (repository / "packages" / name / "package.py").write_text("old\n")
    (repository / "repo.yaml").write_text("repo:\n  namespace: builtin\n  api: v2.0\n")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "old")
    (repository / "packages" / "hypre" / "package.py").write_text("new\n")
    (repository / "packages" / "py_numpy" / "package.py").unlink()
    (repository / "repo.yaml").write_text("repo:\n  namespace: builtin\n  api: v2.1\n")
    return tmp_path


def test_changed_recipes_come_from_a_checkout(run: Any, checkout: Path) -> None:
    question = ("rebuild", *WANT, *RUNTIME_ONLY, "--changed-since", "HEAD")
    by_content = run(*question, "--packages", str(checkout), "--format", "json")
    change = document(by_content.out, "rebuild")["change"]
    assert [each["spec"] for each in change["specs"]] == ["hypre"]
    assert (change["recipes"]["stale"], change["recipes"]["may_change"]) == (1, 1)
    kinds = [each["kind"] for each in document(by_content.out, "rebuild")["left_out"]]
    assert kinds == ["changed_file", "may_change"]
    named = (*question, "--packages", str(checkout), "--changes", "name")
    answer = run(*named, "--format", "json")
    change = document(answer.out, "rebuild")["change"]
    assert [each["spec"] for each in change["specs"]] == ["hypre", "py-numpy"]
    assert answer.err.count("(changed_file)") == 1
    assert "repo.yaml: it belongs to no recipe" in answer.err
    (record,) = document(answer.out, "rebuild")["left_out"]
    assert (record["kind"], record["blocks"]) == ("changed_file", True)
    assert run(*question).code == 2
    answer = run(*question[:-1], "no-such-revision", "--packages", str(checkout))
    assert (answer.code, answer.out) == (3, "")
    assert "hint: `git log` lists the revisions" in answer.err
    assert run(*question[:-1], "--output=x", "--packages", str(checkout)).code == 3
    shallow = checkout.parent / f"{checkout.name}-shallow"
    git(checkout, "clone", "--quiet", "--depth=1", checkout.as_uri(), str(shallow))
    answer = run(*question[:-1], "HEAD~1", "--packages", str(shallow))
    assert answer.code == 3
    assert "the clone is shallow; `git fetch --unshallow`" in answer.err


def test_what_another_stack_lists_is_reused_and_need_not_be_published(run: Any) -> None:
    """A lock is met by a binary of any cache, whatever its label, so it has nothing to publish."""
    answer = run("rebuild", *WANT, "--cache", f"tools={RUNTIME_ONLY[1]}", "--format", "json")
    plan = document(answer.out, "rebuild")
    assert (plan["publish"], plan["builds"], plan["totals"]["reused"]) == ([], [], 223)


def test_what_is_broken_is_left_out_with_what_needs_it(run: Any, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.write_text("hypre@2\nnot-wanted\n", encoding="utf-8")
    answer = run(*HYPRE, "--exclude-broken", str(broken), "--format", "json")
    plan = document(answer.out, "rebuild")
    assert [each["package"] for each in plan["builds"]] == ["compiler-wrapper", "hypre"]
    reasons = {(each["package"], each["reason"]) for each in plan["excluded"]["builds"]}
    assert reasons == {("hypre", "broken"), ("mfem", "needs")}
    verify(plan, WANT[1], RUNTIME_ONLY[1])
    answer = run(*HYPRE, "--exclude-broken", str(broken))
    assert "2 builds and 2 wants are left out because of 1 broken spec" in answer.out
    assert "1 name that is listed as broken is in no want: not-wanted" in answer.out


@pytest.mark.parametrize("option", ["--changed-from", "--exclude-broken"])
def test_a_listed_text_that_is_no_spec_is_shown_in_its_file(
    run: Any, tmp_path: Path, option: str
) -> None:
    listed = tmp_path / "listed"
    listed.write_text("# of today\nhypre\n\n mfem@@ # twice\n", encoding="utf-8")
    answer = run("rebuild", *WANT, *RUNTIME_ONLY, option, str(listed))
    assert (answer.code, answer.out) == (3, "")
    assert answer.err.splitlines() == [
        f"error: {listed}:4: is not a spec: unexpected character",
        "  | mfem@@",
        "  |     ^ expected a version after `@`",
    ]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((), 2),
        (WANT, 2),
        ((*WANT, *RUNTIME_ONLY, "--policy", "link"), 2),
        ((*WANT, *RUNTIME_ONLY, "--depth", "1"), 2),
        ((*WANT, *RUNTIME_ONLY, "--depth", "-1", "--changed", "hypre"), 2),
        ((*WANT, *RUNTIME_ONLY, "--changed", "hypre@"), 2),
        ((*WANT, *RUNTIME_ONLY, "--tag", "yesterday"), 2),
        (("--want", "nowhere/spack.lock", *RUNTIME_ONLY), 3),
        (("--want", "mirror-2025-11.json.gz", *RUNTIME_ONLY), 3),
        ((*WANT, "--cache", "nowhere"), 3),
        ((*WANT, *RUNTIME_ONLY, "--changed-from", "nowhere"), 3),
    ],
)
def test_exit_codes(run: Any, arguments: tuple[str, ...], code: int) -> None:
    answer = run("rebuild", *arguments)
    assert (answer.code, answer.out) == (code, "")
    assert answer.err.startswith("error: ")


def test_why_shows_what_needs_a_spec_and_what_cuts_one_off(run: Any) -> None:
    answer = run("why", "compiler-wrapper", *WANT, *RUNTIME_ONLY, "--changed", "hypre")
    assert "is built: no cache has a binary" in answer.out
    assert "needs it (build edge)" in answer.out
    answer = run("why", "m4", *WANT, *RUNTIME_ONLY)
    assert "is not built" in answer.out
    assert "is available, so it needs this only to be built" in answer.out
    answer = run("why", "m4", *WANT, *RUNTIME_ONLY, "--format", "json")
    (spec,) = document(answer.out, "why")["specs"]
    assert spec["verdict"] == "cut_off"
    assert {line["reason"] for line in spec["tree"] if line["link"] == "cuts"} == {"available"}
    answer = run("why", f"/{spec['hash'][:9]}", *WANT, *RUNTIME_ONLY, "--format", "csv")
    assert len(answer.out.splitlines()) == 1 + len(spec["tree"])
    answer = run("why", "m4", *WANT, *RUNTIME_ONLY, "--format", "markdown")
    assert answer.out.startswith("### `m4@")
    assert run("why", "n4", *WANT, *RUNTIME_ONLY).code == 2


OLD, NEW = "2025-11/radiuss/spack.lock.gz", "2026-01/radiuss/spack.lock.gz"


def test_two_locks_are_compared_by_cause(run: Any) -> None:
    answer = run("diff", OLD, NEW, "--format", "json")
    diff = document(answer.out, "diff")
    assert diff["totals"]["builds"] == 302
    causes = {each["hash"] for each in diff["causes"]}
    assert causes == {each["hash"] for each in diff["specs"] if each["own_change"]}
    assert all(each["differences"] for each in diff["specs"] if each["own_change"])
    assert_is_snapshot(run("diff", OLD, NEW).out, "diff-locks.txt")
    assert run("diff", OLD, NEW, "--format", "markdown").out.startswith("### `2025-11")
    rows = list(csv.DictReader(run("diff", OLD, NEW, "--format", "csv").out.splitlines()))
    assert len(rows) == diff["totals"]["new"] + diff["totals"]["gone"]


def test_a_mirror_and_a_lock_are_compared_in_the_same_way(run: Any) -> None:
    answer = run("diff", "mirror-2025-11.json.gz", NEW, "--format", "json")
    assert document(answer.out, "diff")["totals"]["new"] == 302


def test_a_note_of_the_compiler_is_own_content_and_the_format_beside_it_is_not_shown(
    run: Any, tmp_path: Path
) -> None:
    text = gzip.decompress(Path("2026-01/radiuss/spack.lock.gz").read_bytes()).decode()
    lock = json.loads(text)
    wrapper = next(
        dag_hash
        for dag_hash, node in lock["concrete_specs"].items()
        if node["name"] == "compiler-wrapper"
    )
    node = lock["concrete_specs"][wrapper]
    # What Spack converts from an older file keeps its hash; that of the compiler is its own key.
    node["annotations"] = {"original_specfile_version": 4, "compiler": "gcc@=10.2.1"}
    node["note"] = "a key that nobody knows is not content"
    new = tmp_path / "spack.lock"
    new.write_text(json.dumps(lock).replace(wrapper, "w" * 32), encoding="utf-8")
    told = document(
        run("diff", "2026-01/radiuss/spack.lock.gz", str(new), "--format", "json").out, "diff"
    )
    (spec,) = told["specs"]
    assert (spec["hash"], spec["origin"]) == ("w" * 32, "content")
    # That the format changed too is shown only where nothing else did.
    assert spec["differences"] == [{"key": "compiler", "old": "", "new": "gcc@10.2.1"}]


def test_options_of_cells_are_refused_for_locks(run: Any) -> None:
    assert run("diff", OLD, NEW, "--stack", "radiuss").code == 2
    assert run("diff", OLD, NEW, "--level", "hash").code == 2


def test_costs_of_a_file_are_measured_and_the_others_estimated(run: Any) -> None:
    answer = run(*HYPRE, "--costs", "costs.csv", "--format", "json")
    plan = document(answer.out, "rebuild")
    verify(plan, WANT[1], RUNTIME_ONLY[1])
    assert plan["unit"] == "seconds"
    assert [each["cost"] for each in plan["builds"]] == [2, 240, 260, 520]
    assert (plan["totals"]["cost"], plan["totals"]["critical_path_cost"]) == (1022, 762)
    assert not any(each["estimated"] for each in plan["builds"])
    assert [each["role"] for each in plan["inputs"]] == ["want", "cache", "costs"]


def test_an_estimate_is_marked(run: Any, tmp_path: Path) -> None:
    table = tmp_path / "costs.json"
    table.write_text('{"hypre@3.0.0": 100, "mfem": 300, "no-such-package": 700}')
    shown = run(*HYPRE, "--costs", str(table)).out
    assert "costs: 2 measured, 2 estimated" in shown
    rows = list(
        csv.DictReader(run(*HYPRE, "--costs", str(table), "--format", "csv").out.splitlines())
    )
    assert [(row["package"], row["cost"], row["estimated"]) for row in rows] == [
        ("compiler-wrapper", "300", "true"),
        ("hypre", "100", "true"),
        ("hypre", "100", "false"),
        ("mfem", "300", "false"),
    ]
    assert "~1 min 40 s" in shown


def test_a_faulty_table_of_costs_ends_the_run_and_names_the_line(run: Any, tmp_path: Path) -> None:
    table = tmp_path / "costs.csv"
    table.write_text("spec,seconds\nhypre,-3\n")
    answer = run(*HYPRE, "--costs", str(table))
    assert (answer.code, answer.out) == (3, "")
    assert f"{table}:2: -3.0 is not a cost" in answer.err


def test_the_configuration_names_costs_from_its_folder(tmp_path: Path) -> None:
    (tmp_path / "costs.csv").write_text("spec,seconds\nhypre,5\n")
    (tmp_path / "specplan.toml").write_text('costs = "costs.csv"\n')
    arguments = ["rebuild", "--want", str(REAL / WANT[1].removeprefix("radiuss="))]
    arguments += [
        "--cache",
        str(REAL / RUNTIME_ONLY[1]),
        "--config",
        str(tmp_path / "specplan.toml"),
    ]
    written = tmp_path / "plan.json"
    assert main([*arguments, "--format", "json", "-o", str(written)]) == 0
    assert json.loads(written.read_text())["unit"] == "seconds"


def test_a_schedule_is_shown_and_accepted(run: Any) -> None:
    question = ("rebuild", *WANT, "--cache", "mirror-2025-11.json.gz", "--jobs", "8")
    plan = document(run(*question, "--format", "json").out, "rebuild")
    verify_schedule(plan)
    schedule = plan["schedule"]
    assert len(schedule["shards"]) == schedule["runners"] == 8
    assert sum(schedule["widths"]) == 302
    assert schedule["lower_bound"] <= schedule["makespan"] <= 302
    shown = run(*question, "--show", "timetable", "--width", "120").out
    assert f"8 runners finish after {schedule['makespan']:g} cost units" in shown
    timetable = shown.partition("\ntimetable\n")[2].partition("\n\n")[0]
    assert len(re.findall(r"^ +8 +[0-9]", timetable, re.MULTILINE)) == len(
        schedule["shards"][7]["runs"]
    )
    assert "<summary>Timetable</summary>" in run(*question, "--format", "markdown").out


def test_more_runners_than_builds_are_no_matter(run: Any) -> None:
    answer = run(*HYPRE, "--jobs", "1000000", "--format", "json")
    schedule = document(answer.out, "rebuild")["schedule"]
    assert (schedule["makespan"], schedule["gap"], schedule["runners"]) == (3, 0, 1_000_000)
    # An idle runner has no shard, so the document does not grow with the runners.
    assert 1 <= len(schedule["shards"]) <= 4


@pytest.mark.parametrize("jobs", ["0", "-1", "many", "1000001", str(2**70)])
def test_a_number_of_runners_that_makes_no_sense_is_wrong_usage(run: Any, jobs: str) -> None:
    assert run(*HYPRE, "--jobs", jobs).code == 2


def test_a_what_if_says_so_and_is_accepted(run: Any) -> None:
    question = ("rebuild", *WANT, *RUNTIME_ONLY, "--without", "zlib-ng")
    assert run(*question).out.startswith("what if: ")
    plan = document(run(*question, "--format", "json").out, "rebuild")
    verify(plan, WANT[1], RUNTIME_ONLY[1])
    assert plan["what_if"]["unavailable"]
    assert {"zlib-ng"} <= {build["package"] for build in plan["builds"]}
    more = ("--assume-available", "zlib-ng", "--assume-available", "gmake")
    assert "assumed to be available: zlib-ng, gmake" in run(*question, *more).out


@pytest.mark.parametrize("option", ["--assume-available", "--without"])
def test_a_what_if_of_nothing_known_is_wrong_usage(run: Any, option: str) -> None:
    answer = run("rebuild", *WANT, *RUNTIME_ONLY, option, "zlib-ngg")
    assert (answer.code, answer.out) == (2, "")
    assert "did you mean `zlib-ng`" in answer.err


NOVEMBER = ("rebuild", *WANT, "--cache", "mirror-2025-11.json.gz")


def test_a_budget_completes_the_most_roots_and_says_what_is_next(run: Any) -> None:
    question = (*NOVEMBER, "--max-builds", "20")
    plan = document(run(*question, "--format", "json").out, "rebuild")
    verify(plan, WANT[1], NOVEMBER[-1])
    budget = plan["budget"]
    assert (budget["weight"], budget["upper_bound"], budget["optimal"]) == (4, 4, True)
    assert len(plan["builds"]) == budget["builds"] == 20
    assert len(budget["completed"]) + len(budget["open"]) == 23
    shown = run(*question, "--width", "120").out
    assert "completed: 4 roots, weight 4, for 20 builds of at most 20 builds" in shown
    assert "optimal within the budget" in shown
    assert "next: umpire@2025.09.0/debvvh4 needs 2 builds more" in shown
    assert "**4 roots completed**" in run(*question, "--format", "markdown").out


def test_builds_and_cost_can_be_limited_together_and_both_limits_hold(run: Any) -> None:
    question = (*NOVEMBER, "--costs", "costs.csv", "--format", "json")
    plans = [
        document(run(*question, *limits).out, "rebuild")
        for limits in (
            ("--max-builds", "100"),
            ("--max-cost", "9000"),
            ("--max-builds", "100", "--max-cost", "9000"),
            ("--max-builds", "45", "--max-cost", "9000"),
        )
    ]
    for plan in plans:
        verify(plan, WANT[1], NOVEMBER[-1])
        budget = plan["budget"]
        assert budget["optimal"]
        assert budget["builds"] == len(plan["builds"]) <= (budget["max_builds"] or 1000)
        assert budget["cost"] == plan["totals"]["cost"] <= (budget["max_cost"] or 10**6)
    builds, cost, both, tighter = (plan["budget"]["weight"] for plan in plans)
    assert tighter <= both <= min(builds, cost)
    shown = run(
        *question[:-1], "table", "--width", "120", "--max-builds", "45", "--max-cost", "9000"
    ).out
    assert f"for {plans[3]['budget']['builds']} builds of at most 45 builds and " in shown
    assert " of at most 2 h 30 min" in shown


def test_a_search_that_is_cut_short_says_so_and_its_plan_is_valid(run: Any) -> None:
    question = (*NOVEMBER, "--max-builds", "50")
    for limit, cut in (("--node-limit", "nodes"), ("--time-limit", "time")):
        plan = document(run(*question, limit, "0", "--format", "json").out, "rebuild")
        verify(plan, WANT[1], NOVEMBER[-1])
        budget = plan["budget"]
        assert (budget["cut"], budget["deterministic"]) == (cut, cut == "nodes")
        assert budget["weight"] <= 8 <= budget["upper_bound"]
        assert not budget["optimal"]
    assert "ended the search" in run(*question, "--node-limit", "0").out


@pytest.mark.usefixtures("run")
def test_weights_say_which_roots_are_worth_more(tmp_path: Path) -> None:
    file = tmp_path / "specplan.toml"
    file.write_text(
        """
        [[weight]]
        spec = "py-shroud"
        stack = "rad*"
        weight = 100.5

        [[weight]]
        spec = "hdf5"
        weight = 7
        """
    )
    written = tmp_path / "plan.json"
    arguments = [*NOVEMBER, "--max-builds", "45", "--config", str(file)]
    assert main([*arguments, "--format", "json", "-o", str(written)]) == 0
    budget = json.loads(written.read_text())["budget"]
    assert "py-shroud" in {each["package"] for each in budget["completed"]}
    assert budget["weight"] == 100.5 + len(budget["completed"]) - 1
    assert main([*arguments, "--format", "table", "-o", str(written)]) == 0
    assert "weight of hdf5 in * matches no root" in written.read_text()


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (("--max-builds", "3", "--scope", "all"), "`scope`"),
        (("--max-builds", "-1"), "-1"),
        (("--max-cost", "nan"), "`nan` is not a finite number"),
    ],
)
def test_a_budget_that_makes_no_sense_is_wrong_usage(
    run: Any, more: tuple[str, ...], message: str
) -> None:
    answer = run(*NOVEMBER, *more)
    assert (answer.code, answer.out) == (2, "")
    assert message in answer.err


def test_a_budget_of_cost_is_spent_to_the_microsecond(run: Any, tmp_path: Path) -> None:
    table = tmp_path / "costs.json"
    # In binary fractions a tenth three times is more than three tenths.
    tenths = dict.fromkeys(("hypre@2.33.0", "mfem", "compiler-wrapper"), 0.1)
    table.write_text(json.dumps({**tenths, "hypre": 5}))
    question = (*HYPRE, "--costs", str(table), "--format", "json", "--max-cost")
    spent = document(run(*question, "0.3").out, "rebuild")["budget"]
    assert (round(spent["cost"], 9), spent["max_cost"], spent["max_builds"]) == (0.3, 0.3, None)
    assert document(run(*question, "0.2999").out, "rebuild")["budget"]["cost"] == 0
    assert document(run(*question, "1e300").out, "rebuild")["budget"]["open"] == []


def test_a_runner_that_gets_nothing_to_build_is_counted_and_has_no_shard(run: Any) -> None:
    question = (*HYPRE, "--jobs", "4")
    schedule = document(run(*question, "--format", "json").out, "rebuild")["schedule"]
    assert all(shard["runs"] for shard in schedule["shards"])
    idle = 4 - len(schedule["shards"])
    assert idle > 0
    shown = run(*question)
    assert (shown.code, shown.err) == (0, "")
    assert f"{idle} of 4 runners have nothing to build" in shown.out
    for rendering in ("markdown", "csv", "list"):
        assert run(*question, "--format", rendering).code == 0


def test_sums_of_decimal_costs_are_written_as_people_add_them(run: Any, tmp_path: Path) -> None:
    table = tmp_path / "costs.json"
    table.write_text(json.dumps({"hypre": 0.1, "mfem": 0.2, "compiler-wrapper": 0.3}))
    question = (*HYPRE, "--costs", str(table), "--jobs", "1")
    plan = document(run(*question, "--format", "json").out, "rebuild")
    costs = [Decimal(str(build["cost"])) for build in plan["builds"]]
    assert Decimal(str(plan["totals"]["cost"])) == sum(costs)
    (shard,) = plan["schedule"]["shards"]
    assert shard["busy"] == plan["schedule"]["makespan"] == plan["totals"]["cost"]
    cost_of = {build["hash"]: Decimal(str(build["cost"])) for build in plan["builds"]}
    end = Decimal(0)
    for each in shard["runs"]:
        end += cost_of[each["hash"]]
        assert Decimal(str(each["finish"])) == end
    for rendering in ("table", "markdown", "csv", "json"):
        assert "00000000" not in run(*question, "--format", rendering).out


@pytest.mark.parametrize("scope", ["roots", "runtime", "all"])
def test_what_is_not_wanted_of_a_lock_is_wanted_neither_of_gaps_nor_of_a_plan(
    monkeypatch: pytest.MonkeyPatch, scope: Scope
) -> None:
    monkeypatch.chdir(REAL)
    catalog = specplan.load("mirror-2025-11.json.gz")
    lock = WANT[1]
    entry = specplan.NotWanted(package="hypre", reason="not ours")
    every = catalog.rebuild(want=lock, scope=scope)
    plan = catalog.rebuild(want=lock, scope=scope, not_wanted=[entry])
    report = catalog.gaps(want=lock, scope=scope, not_wanted=[entry], nearest=False)
    assert report.totals.not_wanted == plan.totals.not_wanted == plan.not_wanted[0].excluded > 0
    assert plan.totals.wants == every.totals.wants - plan.totals.not_wanted
    assert report.not_wanted == plan.not_wanted
    assert "not wanted: " in plan.to_text()
    if scope != "all":
        # A budget for everything makes the same plan.
        limited = catalog.rebuild(want=lock, scope=scope, not_wanted=[entry], max_builds=10_000)
        assert (limited.totals, limited.builds) == (plan.totals, plan.builds)


@pytest.mark.parametrize("scope", ["roots", "runtime", "all"])
@pytest.mark.parametrize("has_original", [False, True])
def test_gaps_and_plans_want_the_same_of_spliced_specs(
    tmp_path: Path, scope: Scope, *, has_original: bool
) -> None:
    original, spliced = placed("app", "old", "cmake"), placed("app:spliced", "new")
    spliced["build_spec"] = {"name": "app", "hash": original["hash"]}
    document = json.loads(lock(["top"], needs={"top": ["app:spliced"]}))
    for each in (original, spliced, placed("old"), placed("new", "cmake"), placed("cmake")):
        document["concrete_specs"][each["hash"]] = each
    file = tmp_path / "spack.lock"
    file.write_text(json.dumps(document))
    cache = tmp_path / "index.json"
    cache.write_text(index(["app", "old"] if has_original else ["other"]))
    catalog = specplan.load(cache)
    report = catalog.gaps(want=f"mine={file}", scope=scope)
    plan = catalog.rebuild(want=f"mine={file}", scope=scope)
    assert report.totals.wanted == plan.totals.wants
    planned = {build.hash for build in plan.builds}
    # What can be rewired is not built, and no other gap is left without a build.
    assert {gap.hash for gap in report.gaps} <= planned | {spliced["hash"]}
    assert (spliced["hash"] in {gap.hash for gap in report.gaps}) <= (not has_original)
