"""Sound files of every kind that specplan reads, from which damaged ones are made."""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import json
import os
import sys
import tempfile
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import yaml

from specplan.cli import main
from tests.fuzz import texts
from tests.samples import APP, LIBRARY, lock, samples

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

__all__ = ["Role", "Seed", "environment", "seeds"]

Role: TypeAlias = Literal[
    "source",
    "lock",
    "environment",
    "costs",
    "changed",
    "broken",
    "configuration",
    "specs",
    "document",
    "plan",
    "pipeline",
    "known gaps",
]
Spelling: TypeAlias = Literal["json", "yaml", "toml", "text", "page"]

ROOT: Final = Path(__file__).parents[2]

#: Larger files are tried by the benches; here they would take the time of a hundred others.
_LARGEST: Final = 200_000


@dataclass(frozen=True)
class Seed:
    """A sound file, and what lies beside it.

    Attributes:
        name: Its name.
        role: Its role for the commands.
        relative: Its path below the folder of a case.
        place: The source in it: a file or folder below the folder of a case.
        content: Its bytes.
        tree: Its content, or None if it is not a tree.
        spelling: Converts a tree to its text.
        beside: Other files, as bytes.
    """

    name: str
    role: Role
    relative: str
    place: str
    content: bytes
    tree: Any
    spelling: Spelling
    beside: dict[str, bytes]


@cache
def seeds() -> tuple[Seed, ...]:
    """Return all seeds, in the same order in every run."""
    return (*_of_samples(), *_of_examples(), *_of_lists(), *_of_documents(), *_of_pipelines())


def _of_samples() -> Iterator[Seed]:
    spellings: dict[str, Spelling] = {"environment": "yaml", "configuration": "toml"}
    for each in samples():
        text = json.dumps(each.value)
        spelling = "page" if each.name == "page" else spellings.get(each.role, "json")
        yield Seed(
            each.name,
            each.role,
            each.relative,
            each.place,
            each.spelt(text),
            each.value,
            spelling,
            each.beside,
        )


_LOADERS: Final[dict[str, tuple[Spelling, Callable[[bytes], Any]]]] = {
    ".json": ("json", json.loads),
    ".lock": ("json", json.loads),
    ".yaml": ("yaml", partial(yaml.load, Loader=yaml.CSafeLoader)),
    ".toml": ("toml", lambda content: tomllib.loads(content.decode())),
}


def _of_examples() -> Iterator[Seed]:
    found = [ROOT / "examples" / "specplan.toml", *_files("examples"), *_files("tests/data/locks")]
    for path in found:
        content = path.read_bytes()
        if path.suffix == ".gz":
            content = gzip.decompress(content)
        suffix = Path(path.name.removesuffix(".gz")).suffix
        role = _role_of(path.name)
        if len(content) > _LARGEST or role is None:
            continue
        spelling, load = _LOADERS.get(suffix, ("text", lambda _: None))
        tree = load(content)
        name = path.relative_to(ROOT).as_posix()
        yield Seed(name, role, path.name, path.name, content, tree, spelling, {})


def _files(folder: str) -> list[Path]:
    return sorted(path for path in (ROOT / folder).rglob("*") if path.is_file())


def _role_of(name: str) -> Role | None:
    if name.startswith("spack.lock"):
        return "lock"
    if name == "spack.yaml":
        return "environment"
    if name == "specplan.toml":
        return "configuration"
    if name == "costs.csv":
        return "costs"
    return "source" if name.endswith((".md", ".json", ".json.gz", ".lock")) else None


def _of_lists() -> Iterator[Seed]:
    listed = b"# a comment\napp\nlibrary@2.1.3\n\ntool+shared # why\n"
    for role in ("changed", "broken"):
        yield Seed(f"list of {role} specs", role, "l.txt", "l.txt", listed, None, "text", {})
    rows = [["spec", "seconds"], ["app", "10"], ["library@2.1.3", "2.5"], ["tool", "0"]]
    stream = io.StringIO()
    csv.writer(stream).writerows(rows)
    content = stream.getvalue().encode()
    yield Seed("table of costs", "costs", "costs.csv", "costs.csv", content, None, "text", {})
    yield Seed("abstract specs", "specs", "x", "x", b"app@1+shared %gcc", None, "text", {})


def _of_documents() -> Iterator[Seed]:
    """Yield the documents that the commands themselves write, and that others read back."""
    sound = {each.name: each.value for each in samples()}
    asked: dict[str, tuple[Role, list[str]]] = {
        "gaps": ("document", ["--want", "spack.lock", "--level", "package"]),
        "coverage": ("document", ["--peers", "*"]),
        "rebuild": ("plan", ["--want", "spack.lock", "--jobs", "2"]),
    }
    home = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            Path("cache.json").write_text(json.dumps(sound["index 8"]), encoding="utf-8")
            Path("spack.lock").write_text(json.dumps(lock(6)), encoding="utf-8")
            for command, (role, words) in asked.items():
                where = ["--cache", "e4s=cache.json", "--no-config", "--format", "json"]
                with contextlib.redirect_stderr(io.StringIO()):
                    main([command, *words, *where, "-o", f"{command}.json"])
                content = Path(f"{command}.json").read_bytes()
                name = f"document of {command}"
                tree = json.loads(content)
                yield Seed(name, role, "d.json", "d.json", content, tree, "json", {})
        finally:
            os.chdir(home)


def _of_pipelines() -> Iterator[Seed]:
    job: dict[str, Any] = {
        "stage": "stage-0",
        "script": ["spack ci rebuild"],
        "variables": {"SPACK_JOB_SPEC_DAG_HASH": LIBRARY, "SPACK_JOB_SPEC_PKG_NAME": "library"},
        "needs": [{"pipeline": "$PARENT", "job": "generate"}],
        "tags": ["x"],
    }
    above = {
        **job,
        "stage": "stage-1",
        "variables": {"SPACK_JOB_SPEC_DAG_HASH": APP, "SPACK_JOB_SPEC_PKG_NAME": "app"},
        "needs": [{"job": "library", "artifacts": False}],
    }
    tree = {
        "library": job,
        "app": above,
        "rebuild-index": {"stage": "stage-rebuild-index", "script": ["spack buildcache"]},
        "stages": ["stage-0", "stage-1", "stage-rebuild-index"],
        "variables": {"SPACK_CI_STACK_NAME": "e4s"},
        "workflow": {"rules": [{"when": "always"}]},
    }
    content = yaml.safe_dump(tree).encode()
    yield Seed("pipeline", "pipeline", "p.yml", "p.yml", content, tree, "yaml", {})
    known = {
        "gap": [{"want": "app", "stack": "e4s", "os": "rhel8", "reason": "x", "until": "2030"}]
    }
    text = (
        '[[gap]]\nwant = "app"\nstack = "e4s"\nos = "rhel8"\nreason = "x"\n'
        'until = 2030-01-01\nissue = "1"\n'
    )
    yield Seed("known gaps", "known gaps", "k.toml", "k.toml", text.encode(), known, "toml", {})


def environment(draw: Random) -> Any:
    """Return an environment made anew, rather than a changed one."""
    many = range(draw.choice((0, 1, 1, 2, 4)))
    spack: dict[str, Any] = {"specs": [_entry(draw) for _ in many]}
    sections: dict[str, Callable[[], Any]] = {
        "definitions": lambda: [_definition(draw) for _ in many],
        "packages": lambda: (
            {texts.word(draw): _package(draw) for _ in many} | {"all": _package(draw)}
        ),
        "toolchains": lambda: {texts.word(draw): _toolchain(draw) for _ in many},
        "concretizer": lambda: {"unify": draw.choice((True, False, "when_possible", "x"))},
        "include": lambda: [_include(draw) for _ in many],
        "include_concrete": lambda: [draw.choice(("beside", "absent", "spack.lock")) for _ in many],
        "develop": lambda: {texts.word(draw): {"spec": texts.abstract_spec(draw)} for _ in many},
        "mirrors": lambda: {texts.word(draw): draw.choice(("beside", {"url": "absent"}, 1))},
        "view": lambda: draw.choice((True, {"default": {"root": "x"}})),
        "ci": lambda: {"pipeline-gen": [{"when": texts.condition(draw)}]},
        "config": lambda: {"x": 1},
    }
    for section in draw.sample(sorted(sections), draw.randrange(5)):
        name = section + draw.choice(("", "", "", ":", "::", "+", "s"))
        spack[name] = sections[section]()
    return {draw.choice(("spack", "spack", "spack", "spack:", "env", "x")): spack}


def _entry(draw: Random) -> Any:
    kind = draw.randrange(10)
    if kind < 5:
        return draw.choice(("$all", "$packages", "$%compilers", "$^x", texts.abstract_spec(draw)))
    if kind < 7:
        entry: dict[str, Any] = {"matrix": [_row(draw) for _ in range(draw.choice((0, 1, 2, 3)))]}
        if draw.random() < 0.4:
            entry["exclude"] = _row(draw)
        return entry
    if kind < 9:
        group: dict[str, Any] = {"group": texts.word(draw), "specs": _row(draw)}
        if draw.random() < 0.5:
            group["needs"] = [draw.choice(("default", texts.word(draw)))]
        if draw.random() < 0.5:
            group["override"] = {"packages": {"all": _package(draw)}}
        return group
    return {texts.abstract_spec(draw): draw.choice((None, "+mpi", []))}


def _row(draw: Random) -> list[str]:
    drawn = (texts.abstract_spec(draw) for _ in range(draw.choice((0, 1, 2, 3))))
    return [draw.choice((each, each, each, "$packages", "$%compilers")) for each in drawn]


def _definition(draw: Random) -> dict[str, Any]:
    name = draw.choice(("packages", "compilers", "all", "x", "when"))
    made: dict[str, Any] = {name: [_entry(draw) for _ in range(draw.choice((0, 1, 2)))]}
    if draw.random() < 0.5:
        made["when"] = texts.condition(draw)
    return made


def _requirement(draw: Random) -> Any:
    kind = draw.randrange(6)
    if kind < 2:
        return texts.abstract_spec(draw)
    key = draw.choice(("spec", "one_of", "any_of"))
    made: dict[str, Any] = {key: texts.abstract_spec(draw) if key == "spec" else _row(draw)}
    if draw.random() < 0.4:
        made["when"] = texts.abstract_spec(draw)
    return made


def _package(draw: Random) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key in draw.sample(("require", "conflict", "prefer", "variants", "version"), 2):
        listed = [_requirement(draw) for _ in range(draw.choice((1, 1, 2)))]
        made[key + draw.choice(("", "", "", ":"))] = draw.choice((listed, listed[0]))
    if draw.random() < 0.3:
        made["externals"] = [{"spec": texts.abstract_spec(draw), "prefix": "/usr"}]
        made["buildable"] = draw.choice((True, False, "x"))
    if draw.random() < 0.3:
        made["providers"] = {"mpi": [texts.word(draw)]}
    return made


def _toolchain(draw: Random) -> Any:
    if draw.random() < 0.4:
        return texts.abstract_spec(draw)
    return [
        {"spec": texts.abstract_spec(draw), "when": draw.choice(("%c", "%mpi", "+x", "@1"))}
        for _ in range(draw.choice((1, 2)))
    ]


def _include(draw: Random) -> Any:
    place = draw.choice(("beside.yaml", "absent.yaml", "beside", "$x/y", "http://127.0.0.1:1/x"))
    if draw.random() < 0.4:
        return place
    made: dict[str, Any] = {"path": place}
    if draw.random() < 0.5:
        made["when"] = texts.condition(draw)
    if draw.random() < 0.5:
        made["optional"] = draw.choice((True, False, "x"))
    return made
