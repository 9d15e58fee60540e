"""`specplan rebuild` of abstract wants: the choice, its cost, and the report of it."""

from __future__ import annotations

import gzip
import json
from importlib import resources
from itertools import combinations, product
from pathlib import Path
from typing import Any, Protocol, TypedDict

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import specplan
from benches.choice_inputs import real
from specplan import _core
from specplan.cli import main
from specplan.model.choice import Choice
from specplan.planning.choice import ChosenWant
from specplan.planning.unplannable import environment_of
from specplan.sources.environments.environment import read_environment
from specplan.testing import verify
from tests import records

REAL = Path(__file__).parents[2] / "examples" / "rebuild"
DATES = ("2025-11", "2026-01")
LOCKS = tuple(f"{date}/radiuss/spack.lock.gz" for date in DATES)
CANDIDATES = tuple(part for lock in LOCKS for part in ("--candidates", lock))
ENVIRONMENT = "radiuss/spack.yaml"


class Limits(TypedDict, total=False):
    """What may end a search."""

    work_limit: int
    time_limit: float


class Answer:
    """How a run ended and what it said."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


class Run(Protocol):
    """Runs a command in the folder of the real files."""

    def __call__(self, *arguments: str) -> Answer: ...


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(REAL)

    def run(*arguments: str) -> Answer:
        code = main(["rebuild", *arguments, "--no-config"])
        out, err = capfd.readouterr()
        return Answer(code, out, err)

    return run


def asked(run: Run, *arguments: str) -> Any:
    """The document of a run that ends, held to its schema, and the code and what is said to it."""
    answer = run(*arguments, "--format", "json")
    loaded = json.loads(answer.out)
    assert answer.code == records.code_of_plan(loaded), answer.err
    # Whatever is said is about what is not planned for.
    assert bool(answer.err) == bool(loaded["unplannable"] or loaded["left_out"])
    path = resources.files("specplan") / "schemas" / "specplan.rebuild-1.schema.json"
    Draft202012Validator(json.loads(path.read_text(encoding="utf-8"))).validate(loaded)
    return loaded


def lock(date: str) -> dict[str, Any]:
    with gzip.open(REAL / date / "radiuss" / "spack.lock.gz") as file:
        loaded: dict[str, Any] = json.load(file)
    return loaded


def environment(folder: Path, *specs: str, unify: str = "false") -> str:
    folder.mkdir(exist_ok=True)
    file = folder / "spack.yaml"
    file.write_text(
        json.dumps({"spack": {"specs": specs, "concretizer": {"unify": json.loads(unify)}}})
    )
    return str(file)


def test_the_roots_of_radiuss_from_both_dates_cost_the_least_and_the_plan_is_a_least_rebuild(
    run: Run, tmp_path: Path
) -> None:
    plan = asked(run, "--want", ENVIRONMENT, *CANDIDATES, "--cache", "none")
    assert (plan["optimal"], plan["lower_bound"], plan["totals"]["cost"]) == (True, 304, 304)
    assert plan["choice"]["cost_alone"] == 441
    assert [each["want"] for each in plan["unplannable"]] == ["visit"]
    chosen = {each["hash"] for each in plan["choice"]["wants"]}
    # A lock whose roots are what was chosen wants exactly this plan.
    both = [lock(date) for date in DATES]
    specs = {**both[0]["concrete_specs"], **both[1]["concrete_specs"]}
    roots = [{"hash": each, "spec": specs[each]["name"]} for each in sorted(chosen)]
    wanted = tmp_path / "spack.lock"
    wanted.write_text(json.dumps({**both[0], "roots": roots, "concrete_specs": specs}))
    stackless = {**plan, "builds": [{**each, "stacks": []} for each in plan["builds"]]}
    told = json.loads(json.dumps(stackless))
    for build in told["builds"]:
        build["stacks"] = [tmp_path.name]
    verify(told, f"{tmp_path.name}={wanted}", "none")


@pytest.mark.parametrize("seconds", [(), ("--costs", "costs.csv")])
@pytest.mark.parametrize("cache", ["none", "mirror-runtime-only.json.gz"])
def test_what_is_chosen_costs_what_a_model_made_from_the_json_costs_at_least(
    run: Run, tmp_path: Path, cache: str, seconds: tuple[str, ...]
) -> None:
    name = "radiuss packages, " + ("nothing" if cache == "none" else "runtime only")
    model = next(each for each in real() if each.name == name)
    names = {
        spec["name"]
        for date in DATES
        for spec in lock(date)["concrete_specs"].values()
        if "external" not in spec
    }
    want = environment(tmp_path, *sorted(names))
    plan = asked(run, "--want", want, *CANDIDATES, "--cache", cache, *seconds)
    assert plan["optimal"] is True
    assert plan["lower_bound"] == plan["totals"]["cost"]
    assert plan["totals"]["cost"] <= plan["choice"]["cost_alone"]
    if not seconds:
        chosen = _core.choose(costs=model.costs, demands=model.demands, wants=model.wants)
        assert plan["totals"]["cost"] == chosen.cost == chosen.lower_bound


def test_a_stack_that_is_unified_takes_one_lock_as_a_whole(run: Run, tmp_path: Path) -> None:
    want = environment(tmp_path, "hypre", "sundials", "nosuch", unify="true")
    plan = asked(run, "--want", f"mine={want}", *CANDIDATES, "--cache", "none")
    (taken,) = {each["lock"] for each in plan["choice"]["wants"]}
    assert taken in LOCKS
    hashes = lock(taken.partition("/")[0])["concrete_specs"]
    assert all(each["hash"] in hashes for each in plan["choice"]["wants"])
    assert [each["want"] for each in plan["choice"]["wants"]] == ["hypre", "sundials"]
    assert [each["reason"] for each in plan["unplannable"]] == ["no_candidate"]
    alone = [
        asked(run, "--want", f"mine={want}", "--candidates", each, "--cache", "none")
        for each in LOCKS
    ]
    assert plan["totals"]["cost"] == min(each["totals"]["cost"] for each in alone)


def test_more_candidates_never_cost_more(run: Run) -> None:
    want = ("--want", "hdf5", "--want", "py-merlin", "--cache", "mirror-runtime-only.json.gz")
    one = asked(run, *want, "--candidates", LOCKS[0])
    both = asked(run, *want, *CANDIDATES)
    assert both["lower_bound"] <= one["lower_bound"]


def test_a_candidate_is_no_binary_and_a_cache_is(run: Run) -> None:
    want = ("--want", "zfp", "--candidates", "mirror-2025-11.json.gz")
    assert asked(run, *want, "--cache", "none")["totals"]["builds"] > 0
    from_cache = asked(run, *want, "--cache", "mirror-2025-11.json.gz")
    assert from_cache["totals"]["builds"] == 0
    assert [each["role"] for each in from_cache["inputs"]] == ["candidates", "cache"]


def test_a_wanted_lock_is_planned_and_chosen_from(run: Run) -> None:
    both = asked(run, "--want", LOCKS[1], "--want", "zfp", "--cache", "none")
    alone = asked(run, "--want", LOCKS[1], "--cache", "none")
    assert both["totals"]["cost"] == alone["totals"]["cost"]
    assert alone["choice"] is None
    assert alone["unplannable"] == []


def test_what_cannot_be_built_is_not_chosen(run: Run, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.write_text("cmake\n")
    plan = asked(
        run, "--want", "zfp", *CANDIDATES, "--cache", "none", "--exclude-broken", str(broken)
    )
    (want,) = plan["unplannable"]
    assert (want["reason"], want["candidates"] > 0) == ("blocked", True)
    assert plan["builds"] == []


def test_candidates_for_several_systems_need_a_system(run: Run) -> None:
    arm = Path(__file__).parents[1] / "data/locks/sample-2026-01/e4s-neoverse-v2/spack.lock.gz"
    want = (
        "--want",
        "hypre",
        "--candidates",
        LOCKS[0],
        "--candidates",
        str(arm),
        "--cache",
        "none",
    )
    refused = run(*want)
    assert refused.code == 2
    assert "--system" in refused.err
    plan = asked(run, *want, "--system", "ubuntu22.04/neoverse_v2")
    assert [each["target"] for each in plan["choice"]["wants"]] == ["neoverse_v2"]
    every = asked(run, *want, "--system", "all")
    assert {each["target"] for each in every["choice"]["wants"]} == {"neoverse_v2", "x86_64_v3"}


def test_a_spec_that_names_its_system_is_wanted_there(run: Run) -> None:
    want = "zfp os=ubuntu24.04 target=zen4"
    plan = asked(run, "--want", want, *CANDIDATES, "--cache", "none")
    assert [(each["target"], each["reason"]) for each in plan["unplannable"]] == [
        ("zen4", "no_candidate")
    ]


SYSTEMS = ("ubuntu24.04/x86_64_v3", "ubuntu24.04/zen3", "ubuntu24.04/zen4")


def test_one_candidate_for_an_older_target_serves_several_cells_and_is_built_once(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    systems = tuple(part for system in SYSTEMS for part in ("--system", system))
    wants = ("--want", "zfp", *CANDIDATES, "--cache", "none", *systems)
    exact = asked(run, *wants)
    assert [each["target"] for each in exact["unplannable"]] == ["zen3", "zen4"]
    plan = asked(run, *wants, "--compat", "target")
    assert plan["unplannable"] == []
    assert [each["target"] for each in plan["choice"]["wants"]] == ["x86_64_v3", "zen3", "zen4"]
    (served,) = {each["hash"] for each in plan["choice"]["wants"]}
    assert [each["hash"] for each in plan["builds"]].count(served) == 1
    assert {each["target"] for each in plan["builds"]} == {"x86_64_v3"}
    assert plan["totals"]["cost"] == plan["choice"]["cost_alone"] == exact["totals"]["cost"]
    # The call in Python says the same.
    monkeypatch.chdir(REAL)
    called = specplan.load(Path("mirror-2025-11.json.gz")).rebuild(
        want="zfp", candidates=LOCKS, system=SYSTEMS, compat="target", target="zen*"
    )
    assert called.choice is not None
    assert called.builds == ()
    assert [each.target for each in called.choice.wants] == ["zen3", "zen4"]
    (cached,) = {each.spec.hash for each in called.choice.wants if each.spec is not None}
    typed = asked(
        run, "--want", "zfp", *CANDIDATES, "--cache", "mirror-2025-11.json.gz", *systems,
        "--compat", "target", "--target", "zen*",
    )  # fmt: skip
    assert [each["hash"] for each in typed["choice"]["wants"]] == [cached, cached]


@pytest.mark.parametrize(("option", "pattern"), [("--os", "ubuntu*"), ("--target", "x86_64_v3")])
def test_a_lock_is_planned_whole_so_that_no_cells_of_it_can_be_chosen(
    run: Run, option: str, pattern: str
) -> None:
    answer = run("--want", LOCKS[0], "--cache", "none", option, pattern)
    assert (answer.code, answer.out) == (2, "")
    assert "always planned in full" in answer.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--want", "zfp", "--scope", "all"), "the scope `all`"),
        (("--want", "zfp@"), "does not exist"),
        (("--want", "zfp", "--node-limit", "-1"), "-1"),
        (("--want", "zfp", "--candidates", "nowhere.lock"), "nowhere.lock"),
        (("--want", "zfp", "--system", "beos/zen4"), "beos"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(
    run: Run, arguments: tuple[str, ...], message: str
) -> None:
    answer = run(*arguments, *CANDIDATES, "--cache", "none")
    assert answer.code in {2, 3}
    assert message in answer.err
    assert answer.out == ""


def test_every_report_shows_what_was_chosen_and_how_good_that_is(run: Run) -> None:
    want = ("--want", "zfp", "--want", "no-such", *CANDIDATES, "--cache", "none")
    text = run(*want, "--show", "chosen", "--format", "table", "--width", "120").out
    markdown = run(*want, "--format", "markdown").out
    for report in (text, markdown):
        assert "chosen for 1 of 2 abstract wants: optimal" in report
        assert "no known spec satisfies it" in report
        assert "zfp@1.0.1/" in report
        assert "a concretizer may choose differently" in report


def test_a_search_that_ends_early_shows_its_gap_and_with_a_time_limit_that_it_may_differ(
    run: Run,
) -> None:
    made = Choice(
        wants=(),
        optimal=False,
        lower_bound=90.0,
        cost=100.0,
        cost_alone=120.0,
        nodes=7,
        cut="time",
        one_by_one=(),
        environments=(),
    )
    assert made.gap == pytest.approx(0.1)
    assert not made.deterministic
    assert run("--want", "zfp", "--time-limit", "0", *CANDIDATES, "--cache", "none").code == 0


def third(p: tuple[int, ...], q: tuple[int, ...]) -> tuple[int, ...]:
    """The point on the line of two others: the three add up to nothing."""
    return tuple(-(x + y) % 3 for x, y in zip(p, q, strict=True))


def lines_of_81_points() -> list[list[int]]:
    """The lines of an affine space: 61 points meet them all, and 60 do not."""
    points = list(product(range(3), repeat=4))
    number = {point: at for at, point in enumerate(points)}
    lines = {
        tuple(sorted((number[p], number[q], number[third(p, q)])))
        for p, q in combinations(points, 2)
    }
    return [list(line) for line in sorted(lines)]


@pytest.mark.parametrize(
    ("limits", "name"), [({"time_limit": 0.2}, "time"), ({"work_limit": 10_000_000}, "work")]
)
def test_a_limit_in_the_middle_leaves_a_valid_choice_and_a_true_bound(
    limits: Limits, name: str
) -> None:
    lines = lines_of_81_points()
    chosen = _core.choose(costs=[1] * 81, demands=[], wants=lines, **limits)
    assert chosen.cut == name
    assert chosen.lower_bound <= 61 <= chosen.cost == len(chosen.items)
    picked = zip(lines, chosen.alternatives, strict=True)
    assert all(line[at] in chosen.items for line, at in picked)


def test_a_limit_of_work_cuts_at_the_same_place_every_time() -> None:
    lines = lines_of_81_points()
    first, second = (
        _core.choose(costs=[1] * 81, demands=[], wants=lines, work_limit=3_000_000)
        for _ in range(2)
    )
    assert (first.alternatives, first.nodes) == (second.alternatives, second.nodes)
    assert first.cut == "work"


def test_without_a_limit_of_ones_own_the_work_is_limited(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = ("--want", ENVIRONMENT, *CANDIDATES, "--cache", "none")
    # The core refuses such a limit, which shows that it gets one.
    monkeypatch.setattr("specplan.planning.choice.WORK_LIMIT", -1)
    assert run(*question).code == 70
    assert "optimal" in run(*question, "--node-limit", "10000").out


def test_what_cannot_be_planned_is_written_as_an_environment_that_reads_back(
    run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "missing.yaml"
    answer = run(
        "--want", "a=nosuch@1.2:+x", "--want", "zfp", *CANDIDATES, "--cache", "none",
        "--write-unplannable", str(file),
    )  # fmt: skip
    assert answer.code == 1
    assert "gate failed: 1 want cannot be planned from known specs" in answer.err
    roots = [root.spec for root in read_environment(file).roots]
    assert roots == ["nosuch@1.2:+x os=ubuntu24.04 target=x86_64_v3"]


def canonical(spec: str) -> str | None:
    try:
        return str(_core.AbstractSpec(spec))
    except ValueError:
        return None


values = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8)


@given(st.lists(st.tuples(st.sampled_from(["zlib", "hdf5", "yes"]), values), max_size=3))
def test_whatever_flags_a_want_has_its_environment_reads_back(
    tmp_path_factory: pytest.TempPathFactory, flags: list[tuple[str, str]]
) -> None:
    specs = [f"{name} cflags={json.dumps(value, ensure_ascii=False)}" for name, value in flags]
    parsed = filter(None, map(canonical, specs))
    wants = tuple(
        ChosenWant(
            stack="s", os="debian12", target="zen4", want=spec, candidates=0, spec=None,
            lock=None, lack="no_candidate", completed=False,
        )
        for spec in dict.fromkeys(parsed)
    )  # fmt: skip
    text = environment_of(wants)
    assert len(yaml.safe_load(text)["spack"]["specs"]) == len(wants)
    file = tmp_path_factory.mktemp("written") / "spack.yaml"
    file.write_text(text, encoding="utf-8")
    back = [_core.AbstractSpec(root.spec) for root in read_environment(file).roots]
    assert back == [_core.AbstractSpec(f"{want.want} os=debian12 target=zen4") for want in wants]


def made_lock(
    folder: Path, name: str, roots: str, **specs: tuple[str, str, tuple[str, ...]]
) -> str:
    """A lock of specs by letter: package, version, what it links to; and its roots."""
    hashes = {each: each * 32 for each in specs}
    nodes = {
        hashes[each]: {
            "name": package,
            "version": version,
            "arch": {"platform": "linux", "platform_os": "debian12", "target": "x86_64_v3"},
            "namespace": "builtin",
            "parameters": {},
            "dependencies": [
                {
                    "name": specs[need][0],
                    "hash": hashes[need],
                    "parameters": {"deptypes": ["link"], "virtuals": []},
                }
                for need in needs
            ],
            "hash": hashes[each],
        }
        for each, (package, version, needs) in specs.items()
    }
    file = folder / name / "spack.lock"
    file.parent.mkdir()
    file.write_text(
        json.dumps(
            {
                "_meta": {
                    "file-type": "spack-lockfile",
                    "lockfile-version": 6,
                    "specfile-version": 5,
                },
                "spack": {"version": "1.0.0", "type": "git", "commit": "0" * 40},
                "roots": [{"hash": hashes[each], "spec": specs[each][0]} for each in roots],
                "concrete_specs": nodes,
            }
        )
    )
    return str(file)


def test_of_several_specs_of_a_whole_lock_those_are_taken_that_cost_least_together(
    run: Run, tmp_path: Path
) -> None:
    # Of three specs of `a`, the newest needs one build more; the oldest shares `d` with `b`, so
    # that it costs nothing more but itself.
    candidates = made_lock(
        tmp_path, "lock", "b",
        a=("a", "3", ("c", "e")), f=("a", "2", ("c",)), g=("a", "1", ("d",)),
        b=("b", "1", ("d",)), c=("c", "1", ()), d=("d", "1", ()), e=("e", "1", ()),
    )  # fmt: skip
    want = environment(tmp_path / "mine", "a", "b", unify="true")
    plan = asked(
        run, "--want", f"mine={want}", "--candidates", candidates, "--cache", "none",
        "--system", "debian12/x86_64_v3",
    )  # fmt: skip
    assert [(each["package"], each["version"]) for each in plan["choice"]["wants"]] == [
        ("a", "1"),
        ("b", "1"),
    ]
    assert (plan["totals"]["builds"], plan["optimal"], plan["choice"]["cost_alone"]) == (3, True, 3)
    # A root of the lock comes first, whatever it costs.
    rooted = made_lock(
        tmp_path, "rooted", "ab",
        a=("a", "3", ("c", "e")), g=("a", "1", ("d",)),
        b=("b", "1", ("d",)), c=("c", "1", ()), d=("d", "1", ()), e=("e", "1", ()),
    )  # fmt: skip
    plan = asked(
        run, "--want", f"mine={want}", "--candidates", rooted, "--cache", "none",
        "--system", "debian12/x86_64_v3",
    )  # fmt: skip
    assert [each["version"] for each in plan["choice"]["wants"]] == ["3", "1"]
    assert plan["totals"]["builds"] == 5


def test_with_a_budget_a_spec_that_is_dear_alone_is_taken_where_it_completes_more(
    run: Run, tmp_path: Path
) -> None:
    # All three are cheapest with `p`: 4 builds of it once, and one each. Of 5 builds the own
    # specs of `a` and `b` complete two, and none of the shared ones would.
    shared = {"p": ("p", "1", ("q",)), "q": ("q", "1", ("r",)), "r": ("r", "1", ("s",))}
    candidates = made_lock(
        tmp_path, "lock", "",
        a=("a", "2", ("p",)), b=("b", "2", ("p",)), c=("c", "2", ("p",)), s=("s", "1", ()),
        d=("a", "1", ("u",)), e=("b", "1", ("v",)), u=("u", "1", ()), v=("v", "1", ()),
        f=("c", "1", ("w",)), w=("w", "1", ("x",)), x=("x", "1", ("y",)), y=("y", "1", ()),
        **shared,
    )  # fmt: skip
    question = ("--want", "a", "--want", "b", "--want", "c", "--candidates", candidates,
                "--cache", "none", "--system", "debian12/x86_64_v3")  # fmt: skip
    unlimited = asked(run, *question)
    assert {each["version"] for each in unlimited["choice"]["wants"]} == {"2"}
    assert unlimited["totals"]["builds"] == 7
    plan = asked(run, *question, "--max-builds", "5")
    budget = plan["budget"]
    assert (budget["weight"], budget["upper_bound"], budget["builds"]) == (2, 2, 4)
    told = {each["want"]: (each["version"], each["completed"]) for each in plan["choice"]["wants"]}
    assert (told["a"], told["b"], told["c"][1]) == (("1", True), ("1", True), False)
    assert [each["want"]["want"] for each in budget["completed"]] == ["a", "b"]
    (left,) = budget["open"]
    assert (left["want"]["want"], left["reason"]) == ("c", "outbid")
    assert (plan["optimal"], plan["lower_bound"], plan["totals"]["cost"]) == (True, 4, 4)


@pytest.mark.parametrize("builds", [20, 60])
@pytest.mark.parametrize("unify", ["false", "true"])
def test_what_a_budget_completes_is_no_less_than_what_is_chosen_first_and_bought_then(
    run: Run, tmp_path: Path, unify: str, builds: int
) -> None:
    text = yaml.safe_load((REAL / ENVIRONMENT).read_text(encoding="utf-8"))
    roots = [each for each in text["spack"]["specs"] if isinstance(each, str)]
    want = environment(tmp_path / "mine", *roots, unify=unify)
    question = ("--want", f"mine={want}", *CANDIDATES, "--cache", "none",
                "--system", "ubuntu24.04/x86_64_v3")  # fmt: skip
    unlimited = asked(run, *question)["choice"]["wants"]
    hashes = {each["hash"] for each in unlimited}
    both = [lock(date) for date in DATES]
    specs = {**both[0]["concrete_specs"], **both[1]["concrete_specs"]}
    wanted = tmp_path / "spack.lock"
    chosen = [{"hash": each, "spec": specs[each]["name"]} for each in sorted(hashes)]
    wanted.write_text(json.dumps({**both[0], "roots": chosen, "concrete_specs": specs}))
    limit = ("--max-builds", str(builds))
    first = asked(run, "--want", str(wanted), "--cache", "none", *limit)["budget"]
    jointly = asked(run, *question, *limit)["budget"]
    assert first["weight"] <= jointly["weight"] <= jointly["upper_bound"]
    assert jointly["builds"] <= builds
    assert jointly["optimal"]


def test_what_the_system_provides_is_reported_and_not_chosen(run: Run, tmp_path: Path) -> None:
    environment = tmp_path / "spack.yaml"
    environment.write_text(
        "spack:\n  specs: [hypre, gcc]\n  packages:\n    gcc:\n      buildable: false\n"
        "      externals: [{spec: gcc@13.3.0, prefix: /usr}]\n"
    )
    wanted = ("--want", f"site={environment}", "--cache", "none", *CANDIDATES)
    shown = " ".join(run(*wanted).out.split())
    assert "chosen for 1 of 1 abstract want" in shown
    assert "`gcc` is not wanted: the system provides it, as" not in shown
    answer = asked(run, *wanted)
    (told,) = answer["choice"]["environments"]
    assert (told["stack"], told["roots"]) == ("site", 2)
    typed = asked(run, "--want", "hypre", "--cache", "none", *CANDIDATES)
    assert typed["choice"]["environments"] == []


def test_a_folder_with_the_name_of_a_package_is_distinguished(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "zfp").mkdir()
    lock = str(Path(LOCKS[1]).resolve())
    monkeypatch.chdir(tmp_path)
    refused = run("--want", "zfp", "--candidates", lock, "--cache", "none")
    assert refused.code == 3
    assert "the folder `zfp` contains neither a `spack.lock` nor a `spack.yaml`" in refused.err
    assert "the package of that name is `zfp@:`" in refused.err
    assert run("--want", "zfp@:", "--candidates", lock, "--cache", "none").code == 0


def test_a_want_behind_a_url_is_refused_with_what_to_do_instead(run: Run) -> None:
    refused = run("--want", "https://example.org/spack.lock", "--cache", "none")
    assert refused.code == 3
    assert "`https://example.org/spack.lock` does not exist" in refused.err
    assert "locks are local files: fetch it, or pipe it and name `-`" in refused.err


@pytest.mark.parametrize("lock", [[], [str(REAL / LOCKS[1])]])
def test_what_the_next_best_candidate_costs_is_what_the_plan_costs_with_it(lock: list[str]) -> None:
    wants = ["zfp", "raja", "hypre+mpi", "lvarray~tests"]
    caches = specplan.load(str(REAL.parent / "mirror"))

    def plan_for(*wants: str) -> specplan.Plan:
        candidates = [str(REAL / each) for each in LOCKS]
        costs = [str(REAL / "costs.csv")]
        return caches.rebuild(want=[*lock, *wants], candidates=candidates, costs=costs)

    plan = plan_for(*wants)
    assert plan.choice is not None
    chosen = {each.want: each for each in plan.choice.wants}
    reasons = {each.reason for each in chosen.values()}
    assert "cut" not in reasons
    assert reasons >= {"least", "only"}
    for want, each in chosen.items():
        others = {
            at.want: f"{at.spec.package} /{at.spec.hash}"
            for at in chosen.values()
            if at.spec is not None
        }
        if each.other is None:
            assert each.reason in {"only", "no_build"}
            continue
        others[want] = f"{each.other.spec.package} /{each.other.spec.hash}"
        other = plan_for(*others.values())
        assert other.totals.cost - plan.totals.cost == each.other.more_cost
        assert len(other) - len(plan) == each.other.more_builds
        assert each.reason == ("least" if each.other.more_cost else "tie")


def test_each_point_of_a_curve_is_what_that_budget_buys() -> None:
    caches = specplan.load(str(REAL / "mirror-runtime-only.json.gz"))

    def plan_for(**limits: Any) -> specplan.Plan:
        wants = [str(REAL / LOCKS[1]), "zfp", "visit"]
        candidates = str(REAL / LOCKS[0])
        return caches.rebuild(want=wants, candidates=candidates, changed=["zlib-ng"], **limits)

    plan = plan_for(budget_curve=True)
    curve = plan.budget_curve
    assert curve is not None
    assert curve.points[0].builds == 0
    assert (curve.points[-1].builds, curve.points[-1].limit) == (len(plan), len(plan))
    assert [each.weight for each in curve.points] == sorted(each.weight for each in curve.points)
    for point in curve.points[:-1]:
        budget = plan_for(max_builds=int(point.limit)).budget
        assert budget is not None
        assert point.weight == budget.weight
        assert point.installing == len(budget.completed) + len(budget.installable)
        assert curve.roots == point.installing + len(budget.open) + 1  # one is unplannable
        assert point.builds <= point.limit


def test_a_version_that_spack_cannot_compare_is_chosen_last(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "_cache" / "develop-2025-05-25" / "zlib" / "specs.md"
    page.parent.mkdir(parents=True)
    entry = {
        "compiler": "gcc@12",
        "os": "ubuntu24.04",
        "platform": "linux",
        "size": "-",
        "stacks": ["e4s"],
        "target": "x86_64_v3",
        "variants": [],
    }
    odd = [
        {**entry, "hash": letter * 32, "versions": [version]}
        for letter, version in (("a", "0|1"), ("b", "1.0"))
    ]
    page.write_text(
        '---\ntitle: "zlib"\nlayout: cache\ncategories: [package, develop-2025-05-25]\n'
        'meta: {"compilers": ["gcc@12"], "num_specs": 2, "num_specs_by_stack": {"e4s": 2}, '
        '"oss": ["ubuntu24.04"], "platforms": ["linux"], "stacks": ["e4s"], '
        '"targets": ["x86_64_v3"], "versions": ["0|1", "1.0"]}\n'
        f"spec_details: {json.dumps(odd)}\n---\n"
    )
    answer = run("--want", "zlib", "--candidates", str(tmp_path), "--cache", "none")
    assert answer.code in {0, 1, 3}, answer.err
    assert "bug" not in answer.err
