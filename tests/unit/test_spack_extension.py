"""``spack specplan``, with stand-ins for what it asks of Spack.

Where ``SPACK_ROOT`` names a Spack, it is asked too; ``SPACK_SCOPE`` names a folder of
configuration that it needs, such as one that says where its recipes are.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import stat
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from specplan.cli.program import program as program_of_commands
from specplan.spack_extension import paths

if sys.version_info >= (3, 11):
    import tomllib as toml
else:
    import tomli as toml

ROOT = Path(__file__).parents[2]
FOLDER = Path(paths()[0])
SOURCES = sorted(FOLDER.rglob("*.py"))
SECRET = "s3cret-w0rd"  # noqa: S105 - nobody's


@dataclass
class Known:
    """What the Spack of a test knows."""

    environment: Any = None
    mirrors: list[Any] = field(default_factory=list)
    repositories: list[Any] = field(default_factory=list)
    installed: list[Any] = field(default_factory=list)

    def mirror(self, name: str, url: str, view: str | None = None) -> None:
        self.mirrors.append(SimpleNamespace(name=name, fetch_url=url, fetch_view=view))

    def activate(self, folder: Path, *, concretized: bool = True) -> None:
        folder.mkdir(parents=True)
        lock = folder / "spack.lock"
        if concretized:
            lock.touch()
        self.environment = SimpleNamespace(
            name=str(folder), lock_path=str(lock), manifest_path=str(folder / "spack.yaml")
        )


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> Known:
    """Replace the modules of Spack that the extension uses with stand-ins."""
    known = Known()
    modules: dict[str, dict[str, Any]] = {
        "spack": {},
        "spack.environment": {"active_environment": lambda: known.environment},
        "spack.mirrors": {},
        "spack.mirrors.mirror": {
            "MirrorCollection": lambda binary: dict(enumerate(known.mirrors)) if binary else {}
        },
        "spack.repo": {"PATH": SimpleNamespace(repos=known.repositories)},
        "spack.store": {
            "STORE": SimpleNamespace(db=SimpleNamespace(query=lambda *_, **__: known.installed))
        },
        "spack.user_environment": {
            "environment_modifications_for_specs": lambda _: SimpleNamespace(
                apply_modifications=lambda variables: variables.update(BY_SPACK="1")
            )
        },
        "spack.extensions": {},
        "spack.extensions.specplan": {"__path__": [str(FOLDER / "specplan")]},
        "spack.extensions.specplan.cmd": {"__path__": [str(FOLDER / "specplan/cmd")]},
    }
    for name in [each for each in sys.modules if each.partition(".")[0] == "spack"]:
        monkeypatch.delitem(sys.modules, name)
    for name, content in modules.items():
        module = ModuleType(name)
        module.__path__ = []
        for key, value in content.items():
            setattr(module, key, value)
        monkeypatch.setitem(sys.modules, name, module)
        parent, _, last = name.rpartition(".")
        if parent:
            monkeypatch.setattr(sys.modules[parent], last, module, raising=False)
    return known


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `specplan` that writes its words down and ends with 7."""
    file = tmp_path / "bin" / "specplan"
    file.parent.mkdir()
    _write_program(file)
    monkeypatch.setenv("PATH", str(file.parent), prepend=os.pathsep)
    monkeypatch.delenv("SPECPLAN", raising=False)
    return file


def _write_program(file: Path) -> None:
    file.write_text(
        f"#!{sys.executable} -S\nimport json, os, sys\n"
        f"file = open({str(file) + '.said'!r}, 'w')\n"
        "json.dump([sys.argv[1:], os.environ.get('BY_SPACK')], file)\n"
        "sys.exit(7)\n"
    )
    file.chmod(file.stat().st_mode | stat.S_IXUSR)


Runs = Callable[..., int]


@pytest.fixture
def run(known: Known) -> Runs:  # noqa: ARG001 - the modules that are imported
    """Run the command as Spack does."""

    def run(*words: str) -> int:
        command = importlib.import_module("spack.extensions.specplan.cmd.specplan")
        parser = ArgumentParser()
        command.setup_parser(parser)
        code = command.specplan(parser, parser.parse_args(words))
        assert isinstance(code, int)
        return code

    try:
        return run
    finally:
        for name in [each for each in sys.modules if each.startswith("spack.extensions.specplan.")]:
            if name != "spack.extensions.specplan.cmd":
                del sys.modules[name]


def _said(program: Path) -> list[str]:
    words, _ = json.loads(Path(f"{program}.said").read_text())
    assert isinstance(words, list)
    return words


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_it_is_written_for_the_oldest_python_that_runs_spack(source: Path) -> None:
    text = source.read_text(encoding="utf-8")
    ast.parse(text, feature_version=(3, 6))
    assert "__future__" not in text


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_it_imports_nothing_at_first_but_what_every_python_has(source: Path) -> None:
    tree = ast.parse(source.read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0
            assert (node.module or "").partition(".")[0] in sys.stdlib_module_names
        if isinstance(node, ast.Import):
            assert all(
                each.name.partition(".")[0] in sys.stdlib_module_names for each in node.names
            )


def test_spack_finds_it_by_its_name_and_by_the_entry_point() -> None:
    assert FOLDER.name == "spack-specplan"
    assert (FOLDER / "specplan/cmd/specplan.py").is_file()
    entry = toml.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    points = entry["entry-points"]["spack.extensions"]
    assert points == {"specplan": "specplan.spack_extension:paths"}


def test_the_active_environment_and_the_mirrors_need_no_typing(
    run: Runs, known: Known, program: Path, tmp_path: Path
) -> None:
    known.activate(tmp_path / "my-env")
    known.mirror("site", "https://host/mirror")
    known.mirror("views", "s3://bucket/mirror/", "e4s")
    known.mirror("odd name", "file:///mirror")
    assert run("gaps", "--width", "80") == 7
    assert _said(program) == [
        "gaps",
        *("--want", f"my-env={tmp_path / 'my-env/spack.lock'}"),
        *("--cache", "site=https://host/mirror"),
        *("--cache", "views=s3://bucket/mirror/v3/manifests/index/e4s"),
        *("--cache", "-=file:///mirror"),
        *("--width", "80"),
    ]


def test_an_environment_without_a_lock_is_wanted_as_it_is_written(
    run: Runs, known: Known, program: Path, tmp_path: Path
) -> None:
    known.activate(tmp_path / "env", concretized=False)
    run("coverage")
    assert _said(program) == ["coverage", "--want", f"env={tmp_path / 'env/spack.yaml'}"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (
            ["gaps", "--want", "x.lock", "--cache", "m"],
            ["gaps", "--want", "x.lock", "--cache", "m"],
        ),
        (["gaps", "--want=x", "--cache=m"], ["gaps", "--want=x", "--cache=m"]),
        (["find", "zlib"], ["find", "--cache", "site=https://host/m", "zlib"]),
        (["check", "--cache", "other"], ["check", "--cache", "other"]),
        (["diff", "a", "b"], ["diff", "a", "b"]),
        (["has", "m", "--", "-x"], ["has", "m", "--", "-x"]),
        (["report", "--from", "a.json"], ["report", "--from", "a.json"]),
        (["report", "--stack=x"], ["report", "--cache", "site=https://host/m", "--stack=x"]),
        (["--version"], None),
    ],
)
def test_what_is_typed_wins(
    run: Runs, known: Known, program: Path, words: list[str], expected: list[str] | None
) -> None:
    known.mirror("site", "https://host/m")
    if words[0] == "check":
        known.environment = None
    if expected is None:
        with pytest.raises(SystemExit):
            run(*words)
        return
    assert run(*words) == 7
    assert _said(program) == expected


def test_every_command_that_asks_about_caches_gets_those_of_spack(known: Known) -> None:  # noqa: ARG001
    """What Spack knows is passed to all that take it, also to commands that are new."""
    arguments = importlib.import_module("spack.extensions.specplan.arguments")
    taken: dict[str, set[str]] = {"--cache": set(), "--want": set()}
    for name in program_of_commands.summaries:
        command = program_of_commands.commands[name]
        for option in {each for one in command.params for each in one.opts} & set(taken):
            taken[option].add(name)
    assert taken["--cache"] - arguments.WITH_CACHES == {"diff", "trend"}
    # `find` and `recipes` read locks there, as more specs.
    assert taken["--want"] - arguments.WITH_WANTS == {"find", "recipes", "trend"}


def test_only_the_roots_of_a_lock_are_checked(
    run: Runs, known: Known, program: Path, tmp_path: Path
) -> None:
    known.activate(tmp_path / "env", concretized=False)
    run("check", "--cache", "m")
    assert _said(program) == ["check", "--cache", "m"]


def test_recipes_are_those_of_spack_where_changes_are_asked_for(
    run: Runs, known: Known, program: Path, tmp_path: Path
) -> None:
    known.activate(tmp_path / "env")
    known.repositories += [
        SimpleNamespace(namespace="mine", root="/mine"),
        SimpleNamespace(namespace="builtin", root="/builtin"),
    ]
    run("recipes", "--since", "HEAD")
    assert _said(program) == ["recipes", "--packages", "/builtin", "--since", "HEAD"]
    run("review", "--since", "HEAD")
    assert _said(program)[-4:] == ["--packages", "/builtin", "--since", "HEAD"]
    run("rebuild", "--changed-since", "HEAD~1")
    assert _said(program)[3:] == ["--packages", "/builtin", "--changed-since", "HEAD~1"]
    run("rebuild")
    assert "--packages" not in _said(program)


@pytest.mark.parametrize("command", ["rebuild", "why", "export", "trim"])
def test_what_needs_an_environment_says_so(
    run: Runs, program: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    assert run(command, "x") == 2
    assert f"spack -e ENVIRONMENT specplan {command}" in capsys.readouterr().err
    assert run(command, "--help") == 7
    assert not Path(f"{program}.other").exists()


def test_only_the_mirrors_that_are_named_are_used(
    run: Runs, known: Known, program: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known.mirror("one", "https://one/m")
    known.mirror("two", "https://two/m")
    assert run("--mirror", "two", "gaps") == 7
    assert _said(program) == ["gaps", "--cache", "two=https://two/m"]
    assert run("--mirror", "three", "gaps") == 2
    assert "the mirrors: one, two" in capsys.readouterr().err
    assert run("--mirror", "two", "diff", "a", "b") == 2


def test_no_credentials_are_words_of_a_process(
    run: Runs, known: Known, program: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known.mirror("site", f"https://me:{SECRET}@host/m")
    run("gaps")
    assert _said(program) == ["gaps", "--cache", "site=https://host/m"]
    said = capsys.readouterr()
    assert "not passed on" in said.err
    assert SECRET not in said.err


def test_the_command_can_be_shown_and_read_by_a_shell(
    run: Runs, known: Known, program: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known.mirror("site", "https://host/a b")
    assert run("--print", "gaps") == 0
    assert capsys.readouterr().out == f"{program} gaps --cache 'site=https://host/a b'\n"
    assert not Path(f"{program}.said").exists()


class TestTheProgram:
    def test_is_the_one_that_a_variable_names(
        self, run: Runs, program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        other = tmp_path / "other"
        _write_program(other)
        monkeypatch.setenv("SPECPLAN", str(other))
        assert run("gaps") == 7
        assert _said(other) == ["gaps"]
        assert not Path(f"{program}.said").exists()

    @pytest.fixture
    def nowhere(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        """Neither on the path nor in a Python."""
        monkeypatch.delenv("SPECPLAN", raising=False)
        monkeypatch.setenv("PATH", str(tmp_path))
        monkeypatch.setattr(sys, "executable", "")

    @pytest.mark.usefixtures("nowhere")
    def test_is_the_one_that_spack_installed_with_what_it_needs(
        self, run: Runs, known: Known, tmp_path: Path
    ) -> None:
        file = tmp_path / "prefix/bin/specplan"
        file.parent.mkdir(parents=True)
        file.write_text(f'#!/bin/sh\necho "$BY_SPACK $*" > {file}.said\nexit 7\n')
        file.chmod(0o755)
        known.installed.append(SimpleNamespace(prefix=tmp_path / "prefix"))
        assert run("gaps") == 7
        assert Path(f"{file}.said").read_text() == "1 gaps\n"

    @pytest.mark.usefixtures("nowhere")
    def test_that_is_nowhere_is_an_error_that_says_how_it_is_had(
        self, run: Runs, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run("gaps") == 2
        said = capsys.readouterr().err
        for way in ("pip install specplan", "spack install py-specplan", "SPECPLAN"):
            assert way in said

    def test_that_cannot_be_run_is_an_error(
        self, run: Runs, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setenv("SPECPLAN", "/nowhere/specplan")
        assert run("gaps") == 2
        assert "`/nowhere/specplan` cannot be run" in capsys.readouterr().err


class TestTheRecipe:
    REPOSITORY = ROOT / "spack_repo/specplan"
    RECIPE = REPOSITORY / "packages/py_specplan/package.py"

    def _calls(self, name: str) -> list[str]:
        tree = ast.parse(self.RECIPE.read_text(encoding="utf-8"))
        return [
            str(ast.literal_eval(node.args[0]))
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == name and node.args
        ]

    def test_needs_what_the_wheel_needs(self) -> None:
        project = toml.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        needed = {each.partition("@")[0] for each in self._calls("depends_on")}
        for dependency in project["dependencies"]:
            name = dependency.split(">")[0].split(";")[0].strip().lower()
            assert f"py-{name}" in needed, dependency
        oldest = project["requires-python"].removeprefix(">=")
        assert f"python@{oldest}:" in self._calls("depends_on")

    def test_needs_the_rust_that_is_promised(self) -> None:
        cargo = toml.loads((ROOT / "Cargo.toml").read_text(encoding="utf-8"))
        rust = cargo["workspace"]["package"]["rust-version"]
        assert f"rust@{rust}:" in self._calls("depends_on")

    def test_has_the_licence_of_the_project(self) -> None:
        assert self._calls("license") == ["Apache-2.0 OR MIT"]


@pytest.mark.skipif("SPACK_ROOT" not in os.environ, reason="SPACK_ROOT names no Spack")
class TestWithSpack:
    @pytest.fixture
    def spack(
        self, tmp_path: Path, program: Path
    ) -> Callable[..., subprocess.CompletedProcess[str]]:
        scope = tmp_path / "scope"
        scope.mkdir()
        (scope / "config.yaml").write_text(f"config:\n  extensions: [{FOLDER}]\n")
        (scope / "repos.yaml").write_text(f"repos:\n  specplan: {ROOT / 'spack_repo/specplan'}\n")
        (scope / "mirrors.yaml").write_text(f"mirrors:\n  site: file://{tmp_path}/mirror\n")
        environment = {
            **os.environ,
            "SPECPLAN": str(program),
            "SPACK_USER_CACHE_PATH": str(tmp_path / "cache"),
            "SPACK_DISABLE_LOCAL_CONFIG": "1",
        }
        start = [f"{os.environ['SPACK_ROOT']}/bin/spack", "-C", str(scope)]
        if further := os.environ.get("SPACK_SCOPE"):
            start[1:1] = ["-C", further]

        def spack(*words: str) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                [*start, *words], env=environment, capture_output=True, text=True, check=False
            )

        return spack

    def test_the_environment_and_the_mirror_are_passed_on(
        self,
        spack: Callable[..., subprocess.CompletedProcess[str]],
        program: Path,
        tmp_path: Path,
    ) -> None:
        folder = tmp_path / "env"
        folder.mkdir()
        (folder / "spack.yaml").write_text("spack:\n  specs: [zlib]\n  view: false\n")
        answer = spack("-e", str(folder), "specplan", "gaps")
        assert answer.returncode == 7, answer.stderr
        assert _said(program) == [
            "gaps",
            *("--want", f"env={folder / 'spack.yaml'}"),
            *("--cache", f"site=file://{tmp_path}/mirror"),
        ]

    def test_the_mirror_of_the_examples_is_one_of_its_own(
        self, spack: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
    ) -> None:
        mirror = ROOT / "examples/mirror"
        (tmp_path / "scope/mirrors.yaml").write_text(f"mirrors:\n  site: {mirror.as_uri()}\n")
        answer = spack("buildcache", "list", "--allarch", "zlib-ng")
        assert answer.returncode == 0, answer.stderr
        assert "zlib-ng@" in answer.stdout

    def test_the_recipe_passes_the_audit(
        self, spack: Callable[..., subprocess.CompletedProcess[str]]
    ) -> None:
        answer = spack("audit", "packages", "py-specplan")
        assert answer.returncode == 0, answer.stdout + answer.stderr
