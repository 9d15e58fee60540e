"""``spack.yaml`` as want: its cells, what is undecided, and what the ``[[stack]]`` tables say."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.mirrors import Mirror, dag_hash, node

if TYPE_CHECKING:
    from tests.cli.conftest import Runs

ROOT = Path(__file__).parents[2]
PAGES = str(ROOT / "examples" / "cache")
LOCK = ROOT / "examples" / "locks" / "radiuss" / "spack.lock"
MIRROR = ROOT / "examples" / "mirror"


def environment(folder: Path, name: str, text: str) -> Path:
    path = folder / name / "spack.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return path


def asked(run: Runs, *words: str) -> dict[str, Any]:
    answer = run(*words, "--format", "json")
    assert answer.code == 0, answer.err
    document: dict[str, Any] = json.loads(answer.out)
    return document


def test_the_roots_of_an_environment_are_asked_where_it_says(run: Runs, folder: Path) -> None:
    required = "{all: {require: ['os=ubuntu24.04', target=x86_64_v3]}}"
    path = environment(
        folder, "tools", f"spack: {{specs: [zlib-ng, zlib-ng@999], packages: {required}}}"
    )
    document = asked(run, "gaps", "--cache", str(MIRROR), "--want", str(path))
    assert (document["wants"], document["level"], document["scope"]) == ("environment", None, None)
    assert document["upper_bound"] is True
    (cell,) = document["cells"]
    assert (cell["stack"], cell["os"], cell["target"]) == ("tools", "ubuntu24.04", "x86_64_v3")
    assert (cell["wanted"], cell["covered"]) == (2, 1)
    (gap,) = document["gaps"]
    assert gap["want"] == "zlib-ng@999 os=ubuntu24.04 target=x86_64_v3"
    assert gap["state"] == "missing"
    has = gap["nearest"]["differs"]
    assert has == [f"version {has[0].split()[1]} is not 999"]
    (told,) = document["environments"]
    assert (told["stack"], told["path"], told["roots"]) == ("tools", str(path), 2)
    assert told["unify"] == "true"


def test_an_environment_is_known_by_its_content_and_its_folder(run: Runs, folder: Path) -> None:
    odd = folder / "wishes.txt"
    odd.write_text("# what we wish for\nspack:\n  specs: [zlib]\n", encoding="utf-8")
    environment(folder, "named", "spack: {specs: [zlib]}")
    words = ("coverage", "--cache", str(MIRROR), "--system", "ubuntu24.04/x86_64_v3")
    for want, stack in ((str(odd), "wishes"), (f"mine={odd}", "mine"), ("named", "named")):
        assert asked(run, *words, "--want", want)["cells"][0]["stack"] == stack


def test_a_lock_stays_one_however_its_lines_are_broken(run: Runs, folder: Path) -> None:
    """A lock holds the key `spack`, which here stands at the beginning of a line."""
    lock = json.loads(LOCK.read_text(encoding="utf-8"))
    (folder / "odd.lock").write_text(json.dumps(lock, indent=0), encoding="utf-8")
    document = asked(run, "coverage", "--cache", str(MIRROR), "--want", "odd.lock")
    assert (document["wants"], document["totals"]["wanted"]) == ("lock", 50)


def test_an_environment_may_come_from_standard_input(
    run: Runs, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it includes lies in the working directory, as it has no folder of its own."""
    (folder / "more").mkdir()
    (folder / "more" / "packages.yaml").write_text(
        "packages: {all: {require: [os=ubuntu24.04, target=x86_64_v3]}}", encoding="utf-8"
    )
    monkeypatch.chdir(folder)

    def typed(text: str, *words: str) -> dict[str, Any]:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        return asked(run, *words)

    text = "# wishes\nspack: {specs: [zlib-ng, zlib-ng@999], include: [more]}\n"
    document = typed(text, "gaps", "--cache", str(MIRROR), "--want", "tools=-")
    (cell,) = document["cells"]
    assert (cell["stack"], cell["wanted"], cell["covered"]) == ("tools", 2, 1)
    lock = LOCK.read_text(encoding="utf-8")
    document = typed(lock, "gaps", "--cache", str(MIRROR), "--want", "radiuss=-")
    assert document["wants"] == "lock"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"spack: [")))
    answer = run("gaps", "--cache", str(MIRROR), "--want", "-")
    assert answer.code == 3
    assert "error: -:" in answer.err


def test_a_want_without_a_system_is_an_error_that_says_what_to_give(
    run: Runs, folder: Path
) -> None:
    path = environment(folder, "tools", "spack: {specs: [zlib target=zen4]}")
    answer = run("gaps", "--cache", str(MIRROR), "--want", str(path))
    assert answer.code == 2
    assert "no operating system is given for `zlib target=zen4` of the stack" in answer.err
    assert 'give `--system OS/zen4`, or `cells = ["OS/zen4"]`' in answer.err
    answer = run("gaps", "--cache", str(MIRROR), "--want", str(path), "--system", "plan9/zen4")
    assert answer.code == 2
    assert "no os matches `plan9`" in answer.err


def test_a_root_that_names_a_system_is_wanted_there_alone(run: Runs, folder: Path) -> None:
    path = environment(folder, "tools", "spack: {specs: [zlib, zlib target=zen4, zlib os=rhel8]}")
    systems = ("--system", "rhel9/zen4", "--system", "rhel9/x86_64_v3")
    document = asked(run, "gaps", "--cache", str(MIRROR), "--want", str(path), *systems)
    wanted = {(cell["os"], cell["target"]): cell["wanted"] for cell in document["cells"]}
    # None of the systems is rhel8: rather than to vanish, that root is wanted on both.
    assert wanted == {("rhel9", "x86_64_v3"): 2, ("rhel9", "zen4"): 3}


def test_what_pages_cannot_decide_is_neither_covered_nor_a_gap(run: Runs, folder: Path) -> None:
    path = environment(
        folder,
        "e4s",
        "spack: {specs: [adios2 ^zlib-ng, adios2, adios2@1 ^zlib-ng, nobody-has-it, mpi]}",
    )
    words = ("--cache", PAGES, "--want", str(path), "--system", "ubuntu22.04/x86_64_v3")
    document = asked(run, "gaps", *words)
    totals = document["totals"]
    assert (totals["wanted"], totals["covered"], totals["unknown"], totals["gaps"]) == (5, 1, 2, 2)
    assert [gap["want"] for gap in document["gaps"]] == ["adios2@1 ^zlib-ng", "nobody-has-it"]
    adios2, mpi = document["unknown"]
    assert (adios2["want"], adios2["specs"], adios2["missing"]) == ("adios2 ^zlib-ng", 1, ["edges"])
    # Pages do not record which packages provide a virtual one.
    assert (mpi["want"], mpi["missing"]) == ("mpi", ["virtuals"])
    assert document["cells"][0]["usable"] is None
    assert document["roots"] is None
    said = run("gaps", *words).out
    assert "1 want cannot be decided, as no source says the dependencies: adios2 ^zlib-ng" in said
    assert "an upper bound: a binary that covers a root of an environment could be reused" in said
    assert (
        "an upper bound: a binary that covers"
        in run("coverage", *words, "--format", "markdown").out
    )


def test_a_covered_root_whose_closure_is_broken_does_not_install(run: Runs, folder: Path) -> None:
    installs = {dag_hash("upper"): {"spec": node("upper", "1.0", "lower"), "in_buildcache": True}}
    database = {"database": {"version": "8", "installs": installs}}
    mirror = Mirror(folder / "mirror")
    mirror.index(json.dumps(database).encode())
    path = environment(folder, "tools", "spack: {specs: [upper]}")
    system = "ubuntu24.04/x86_64_v3"
    document = asked(
        run, "gaps", "--cache", str(mirror.root), "--want", str(path), "--system", system
    )
    assert (document["cells"][0]["covered"], document["cells"][0]["usable"]) == (1, 0)
    roots = document["roots"]
    assert (roots["wanted"], roots["installable"]) == (1, 0)
    assert [(root["hash"], root["lacks"]) for root in roots["broken"]] == [
        (dag_hash("upper"), [dag_hash("lower")])
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--level", "version"), "the roots of environments are abstract specs"),
        (("--scope", "all"), "`--scope` applies to locks only"),
    ],
)
def test_what_makes_no_sense_for_environments_is_refused(
    run: Runs, folder: Path, words: tuple[str, ...], said: str
) -> None:
    path = environment(folder, "tools", "spack: {specs: [zlib os=rhel8 target=zen4]}")
    answer = run("gaps", "--cache", str(MIRROR), "--want", str(path), *words)
    assert answer.code == 2
    assert said in answer.err


def project(folder: Path) -> None:
    """A tree of two stacks, one with a lock and one with an environment, and a cache."""
    (folder / "stacks" / "radiuss").mkdir(parents=True)
    shutil.copy(LOCK, folder / "stacks" / "radiuss" / "spack.lock")
    environment(
        folder / "stacks",
        "tools",
        "spack:\n  specs: [zlib-ng, conduit]\n  packages:\n    all:\n"
        "      require: [os=ubuntu24.04, target=x86_64_v3]\n",
    )
    shutil.copytree(MIRROR, folder / "mirror")


def test_what_init_proposes_can_be_used_at_once(run: Runs, folder: Path) -> None:
    project(folder)
    assert run("init").code == 0
    document = asked(run, "gaps")
    assert document["wants"] == "lock_and_environment"
    cells = [(cell["stack"], cell["wanted"], cell["covered"]) for cell in document["cells"]]
    assert cells == [("radiuss", 50, 48), ("tools", 2, 2)]
    assert document["roots"]["wanted"] == 3 + 2
    assert [gap["package"] for gap in document["gaps"]] == ["zlib-ng", "hypre"]
    assert "wants from locks, scope runtime, and from environments" in run("coverage").out
    of_tools = asked(run, "coverage", "--stack", "to*")
    assert (of_tools["wants"], len(of_tools["cells"])) == ("environment", 1)
    assert run("coverage", "--stack", "nobody").code == 2
    plan = run("rebuild", "--format", "list")
    assert plan.code == 0
    assert "left out: tools: only an environment wants it, and no candidates are given" in plan.err
    assert "not whole" in plan.out.splitlines()[0]
    assert "zlib-ng@" in plan.out
    assert run("rebuild", "--stack", "radiuss").err == ""
    chosen = run("rebuild", "--stack", "tools", "--format", "json")
    assert chosen.code == 0
    assert json.loads(chosen.out)["choice"]["one_by_one"] == ["tools"]


def test_the_tables_say_for_which_systems_their_stacks_are(run: Runs, folder: Path) -> None:
    environment(folder, "tools", "spack: {specs: [zlib-ng]}")
    (folder / "specplan.toml").write_text(
        f"cache = {json.dumps(str(MIRROR))}\n"
        '[[stack]]\nname = "tools"\nwant = "tools/spack.yaml"\n'
        'cells = ["ubuntu24.04/zen4", "ubuntu24.04/x86_64_v3"]\n',
        encoding="utf-8",
    )
    document = asked(run, "coverage")
    covered = {(cell["target"], cell["covered"]) for cell in document["cells"]}
    assert covered == {("x86_64_v3", 1), ("zen4", 0)}
    # The table also shows the systems of typed wants.
    typed = asked(run, "coverage", "--want", "tools=tools/spack.yaml", "--compat", "target")
    assert [(cell["target"], cell["covered"]) for cell in typed["cells"]] == [
        ("x86_64_v3", 1),
        ("zen4", 1),
    ]
    assert [cell["covered_exact"] for cell in typed["cells"]] == [1, 0]


def test_tables_with_and_without_wants_are_distinguished(run: Runs, folder: Path) -> None:
    environment(folder, "tools", "spack: {specs: [zlib-ng os=rhel8 target=zen4]}")
    (folder / "specplan.toml").write_text(
        f"cache = {json.dumps(str(MIRROR))}\n"
        '[[stack]]\nname = "tools"\nwant = "tools/spack.yaml"\n'
        '[[stack]]\nname = "other"\ncells = ["rhel8/zen4"]\n',
        encoding="utf-8",
    )
    answer = run("gaps")
    assert answer.code == 2
    assert "the `[[stack]]` table of `other` has no wants, but other tables have" in answer.err
    assert run("gaps", "--stack", "tools").code == 0


def test_one_stack_may_have_a_lock_and_an_environment(run: Runs, folder: Path) -> None:
    path = environment(folder, "more", "spack: {specs: [zlib-ng]}")
    document = asked(
        run,
        *("gaps", "--cache", str(MIRROR), "--system", "ubuntu24.04/x86_64_v3"),
        *("--want", f"radiuss={LOCK}", "--want", f"radiuss={path}"),
    )
    (cell,) = document["cells"]
    assert (cell["wanted"], cell["covered"], cell["usable"]) == (51, 49, 36)


def test_without_a_cache_every_root_is_a_gap(run: Runs, folder: Path) -> None:
    path = environment(folder, "tools", "spack: {specs: [zlib os=rhel8 target=zen4]}")
    document = asked(run, "coverage", "--cache", "none", "--want", str(path))
    assert (document["totals"]["wanted"], document["totals"]["gaps"]) == (1, 1)


class TestLocksThatAnEnvironmentIncludes:
    """Their roots are wanted by hash, in the stack of the environment."""

    @pytest.fixture
    def including(self, folder: Path) -> Path:
        shutil.copytree(LOCK.parent, folder / "radiuss")
        return environment(
            folder,
            "both",
            "spack: {include_concrete: [../radiuss], specs: [zlib-ng], packages: {all: "
            "{require: ['os=ubuntu24.04', target=x86_64_v3]}}}",
        )

    def test_are_wants_as_the_lock_alone_is(self, run: Runs, including: Path) -> None:
        both = asked(run, "gaps", "--cache", str(MIRROR), "--want", str(including))
        assert (both["wants"], both["scope"]) == ("lock_and_environment", "runtime")
        assert {cell["stack"] for cell in both["cells"]} == {"both"}
        alone = asked(run, "gaps", "--cache", str(MIRROR), "--want", f"both={LOCK}")
        assert both["roots"]["wanted"] == alone["roots"]["wanted"] + 1
        gaps = [gap for gap in both["gaps"] if gap["hash"] is not None]
        assert [gap["hash"] for gap in gaps] == [gap["hash"] for gap in alone["gaps"]]
        assert both["totals"]["wanted"] == alone["totals"]["wanted"] + 1
        assert both["left_out"] == []

    def test_are_planned_with_its_roots(self, run: Runs, including: Path) -> None:
        both = asked(run, "rebuild", "--cache", str(MIRROR), "--want", str(including))
        alone = asked(run, "rebuild", "--cache", str(MIRROR), "--want", f"both={LOCK}")
        builds = [build["hash"] for build in alone["builds"]]
        assert builds
        assert [build["hash"] for build in both["builds"]] == builds
        # What the environment asks for itself is chosen, though it unifies its own roots.
        assert both["unplannable"] == []
        inputs = {each["path"]: each for each in both["inputs"] if each["role"] == "want"}
        lock = including.parent / "../radiuss/spack.lock"
        assert [*inputs] == sorted([str(lock), str(including)])
        assert all(each["sha256"] for each in inputs.values())

    def test_are_named_where_they_are_damaged(self, run: Runs, including: Path) -> None:
        lock = including.parent.parent / "radiuss" / "spack.lock"
        lock.write_bytes(lock.read_bytes()[:1000])
        answer = run("gaps", "--cache", str(MIRROR), "--want", str(including))
        assert answer.code == 3
        assert str(lock.parent.name) in answer.err
        assert "concrete_specs" in answer.err or "roots" in answer.err

    def test_are_named_where_they_are_not_there(self, run: Runs, including: Path) -> None:
        (including.parent.parent / "radiuss" / "spack.lock").unlink()
        answer = run("gaps", "--cache", str(MIRROR), "--want", str(including))
        assert answer.code == 3
        assert "spack.include_concrete[0]: `../radiuss` is included, but there is no" in answer.err


def test_a_root_that_is_no_spec_is_shown_with_a_caret(run: Runs, folder: Path) -> None:
    (folder / "spack.yaml").write_text("spack:\n  specs: ['zlib@@']\n", encoding="utf-8")
    answer = run("gaps", "--cache", "none", "--want", "spack.yaml", "--system", "rhel8/zen4")
    assert (answer.code, answer.out) == (3, "")
    assert answer.err.splitlines() == [
        "error: spack.yaml:2: spack.specs[0]: is not a spec: unexpected character",
        "  | zlib@@",
        "  |     ^ expected a version after `@`",
    ]


UNMET = """spack:
  specs:
  - zlib-ng
  - matrix:
    - - zlib-ng@999
      - zlib-ng@998
  packages: {all: {require: [os=ubuntu24.04, target=x86_64_v3]}}
"""


@pytest.mark.parametrize("command", ["gaps", "coverage", "rebuild"])
def test_what_is_unmet_is_shown_on_the_line_that_asks_for_it(
    run: Runs, folder: Path, command: str
) -> None:
    path = environment(folder, "tools", UNMET)
    words = (command, "--cache", str(MIRROR), "--want", str(path), "--format")
    issues = json.loads(run(*words, "codequality").out)
    unmet = [each for each in issues if each["check_name"] != "specplan/gate"]
    assert [each["location"] for each in unmet] == [{"path": str(path), "lines": {"begin": 4}}] * 2
    assert all(each["description"].startswith("zlib-ng@99") for each in unmet)
    assert run(*words, "github").out.count(f"file={path},line=4,") == 2
    assert run(*words, "junit").out.count(f'file="{path}" line="4"') == 2


def test_each_line_that_leads_to_a_root_is_a_line_of_coverage(run: Runs, folder: Path) -> None:
    path = environment(folder, "tools", UNMET)
    words = ("gaps", "--cache", str(MIRROR), "--want", str(path), "--format", "lcov")
    counted = [each for each in run(*words).out.splitlines() if each.startswith("DA:")]
    assert counted == ["DA:3,1", "DA:4,0", "DA:5,0", "DA:6,0"]


@pytest.mark.parametrize("command", ["gaps", "rebuild"])
def test_a_spec_that_is_typed_is_in_no_file(run: Runs, command: str) -> None:
    system = ("--system", "ubuntu24.04/x86_64_v3")
    words = (command, "--cache", str(MIRROR), "--want", "zlib-ng@999", *system, "--format")
    assert "file=" not in run(*words, "junit").out + run(*words, "github").out
    (issue,) = (
        each
        for each in json.loads(run(*words, "codequality").out)
        if each["check_name"] != "specplan/gate"
    )
    assert issue["location"] == {"path": "wanted/ubuntu24.04/x86_64_v3", "lines": {"begin": 1}}
    if command == "gaps":
        answer = run(*words, "lcov")
        assert (answer.code, answer.out) == (2, "")
