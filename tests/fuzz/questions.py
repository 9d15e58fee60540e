"""What is asked of a file, with options that are drawn from those that the commands have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from specplan.cli.program import program
from tests.fuzz import texts
from tests.samples import APP, LIBRARY

if TYPE_CHECKING:
    from random import Random

    from tests.fuzz.seeds import Role

__all__ = ["questions"]

CACHE, LOCK, COSTS, ENVIRONMENT = "@/cache.json", "@/spack.lock", "@/costs.json", "@/spack.yaml"
PIPELINE: Final = "@/pipeline.yml"

#: Options that a question gives itself, or that would only change where the answer goes.
_LEFT_ALONE: Final = frozenset(
    {
        *("--help", "--debug", "--version", "--config", "--no-config", "--cache", "--output"),
        *("--write-unplannable", "--write-lock", "--packages", "--changed-since", "--time-limit"),
        *("--from", "--plan", "--template"),
        "--force",
        *("--want", "--probe", "--use-mirrors"),
    }
)

#: The value of an option, if its name shows it.
_FILES: Final = {
    "--costs": COSTS,
    "--candidates": CACHE,
    "--baseline": CACHE,
    "--upstream": CACHE,
    "--changed-from": "@/in/beside.yaml",
    "--exclude-broken": "@/in/beside.yaml",
}
_VALUES: Final = {
    "--max-age": ("30d", "1h", "0s"),
    "--for-spack": ("0.23", "1.0", "1.2"),
    "--width": ("20", "80", "300"),
    "--max-bytes": ("1000", "60000"),
    "--limit": ("0", "1", "30"),
    "--date": ("2026-12-01",),
    "--comment-id": ("specplan",),
}
#: What asks a question anew; saved documents have been asked.
_QUESTION: Final = frozenset({"--jobs", "--want"})
_SPECS: Final = frozenset({"--changed", "--assume-available", "--without"})


def _option(draw: Random, option: click.Option) -> list[str]:  # noqa: PLR0911 - a case each
    """Return an option with a value that is mostly one that it takes."""
    name = draw.choice([*option.opts, *option.secondary_opts])
    if option.is_flag:
        return [name]
    kind = option.type
    if isinstance(kind, click.Choice):
        return [name, draw.choice(list(map(str, kind.choices)))]
    if name in _FILES and draw.random() < 0.8:
        return [name, _FILES[name]]
    if name in _VALUES and draw.random() < 0.8:
        return [name, draw.choice(_VALUES[name])]
    if name in _SPECS:
        return [name, texts.abstract_spec(draw)]
    if name == "--system":
        return [name, draw.choice(("all", "rhel8/zen2", "ubuntu24.04/x86_64_v3", texts.word(draw)))]
    is_number = isinstance(kind, (click.types.IntParamType, click.types.FloatParamType))
    if is_number or "under" in name or "over" in name or "max" in name or "limit" in name:
        return [name, texts.number(draw)]
    drawn = draw.choice(("*", "e4s", "e4s*", "app", "rhel8", "zen2", "zen*", "rhel*"))
    return [name, drawn if draw.random() < 0.7 else texts.word(draw)]


def _drawn(draw: Random, command: str, without: frozenset[str] = frozenset()) -> list[str]:
    """Return some options of a command, and one way of showing the answer."""
    options = [
        each
        for each in program.commands[command].params
        if isinstance(each, click.Option) and not (_LEFT_ALONE | without) & {*each.opts}
    ]
    words: list[str] = []
    for option in draw.sample(options, min(len(options), draw.choice((0, 0, 1, 1, 2, 4)))):
        words += _option(draw, option)
    if not {"--format"} & {*words}:
        formats = next((each.type for each in options if "--format" in each.opts), None)
        if isinstance(formats, click.Choice):
            words += ["--format", draw.choice(list(map(str, formats.choices)))]
    return words


def _style(draw: Random) -> str:
    """Return a format of exports."""
    return draw.choice(
        ("list", "make", "shell", "ninja", "dot", "mermaid", "slurm", "gitlab", "github")
    )


def questions(draw: Random, role: Role, place: str) -> list[list[str]]:
    """Return the command lines that ask a file in its role; ``@`` is the folder of the case.

    Args:
        draw: The source of random decisions.
        role: The role of the file for the commands.
        place: The file or folder, as a command line names it.
    """
    limit = ["--time-limit", "1"]
    if role == "source":
        named = draw.choice((place, f"e4s={place}"))
        sound = [*limit, "--jobs", draw.choice("1234")]
        asked = [
            ["check", "--cache", place, *_drawn(draw, "check")],
            ["find", texts.abstract_spec(draw), "--cache", named, *_drawn(draw, "find")],
            ["gaps", "--cache", named, *_drawn(draw, "gaps")],
            ["gaps", "--cache", named, "--want", LOCK, *_drawn(draw, "gaps")],
            ["coverage", "--cache", named, "--want", ENVIRONMENT, *_drawn(draw, "coverage")],
            ["coverage", "--cache", CACHE, "--baseline", place, *_drawn(draw, "coverage")],
            ["rebuild", "--cache", named, "--want", LOCK, *sound, *_drawn(draw, "rebuild")],
            ["rebuild", "--cache", "none", "--want", "app", "--candidates", place, *sound],
            ["why", "app", "--cache", named, "--want", LOCK, *_drawn(draw, "why")],
            ["diff", place, CACHE, *_drawn(draw, "diff")],
            ["init", "-o", "-"],
            ["trend", place, CACHE, *_drawn(draw, "trend")],
            ["has", place, APP, LIBRARY, *_drawn(draw, "has")],
            ["report", "--cache", named, "-o", "@/page.html", *_drawn(draw, "report")],
            ["index", named, "-o", "@/saved/"],
            ["coverage", "--cache", "@/saved/", *_drawn(draw, "coverage")],
        ]
    elif role == "lock":
        cache: str = draw.choice(("none", CACHE))
        jobs = [*limit, "--jobs", draw.choice("1234")]
        asked = [
            ["gaps", "--cache", cache, "--want", place, *_drawn(draw, "gaps")],
            ["coverage", "--cache", cache, "--want", f"e4s={place}", *_drawn(draw, "coverage")],
            ["rebuild", "--cache", cache, "--want", place, *jobs, *_drawn(draw, "rebuild")],
            ["rebuild", "--cache", cache, "--want", "app", "--candidates", place, *limit],
            ["why", "library", "--cache", cache, "--want", place, *_drawn(draw, "why")],
            ["diff", place, LOCK, *_drawn(draw, "diff")],
            ["diff", LOCK, place, *_drawn(draw, "diff")],
            ["check", "--cache", CACHE, "--want", place, *_drawn(draw, "check")],
            ["find", texts.abstract_spec(draw), "--cache", cache, "--lock", place],
            ["init", "-o", "-"],
            ["export", _style(draw), "--cache", cache, "--want", place, *_drawn(draw, "export")],
            ["report", "--cache", cache, "--want", place, "-o", "@/page.html"],
            ["trim", PIPELINE, "--cache", cache, "--want", place, "-o", "-"],
        ]
    elif role == "environment":
        given = ["--cache", draw.choice(("none", CACHE)), "--want", place]
        where = draw.choice(([], ["--system", "rhel8/zen2"], ["--system", "all"]))
        jobs = [*limit, "--jobs", draw.choice("1234")]
        asked = [
            ["gaps", *given, *where, *_drawn(draw, "gaps")],
            ["coverage", *given, *where, *_drawn(draw, "coverage")],
            ["rebuild", *given, *where, *jobs, *_drawn(draw, "rebuild")],
            ["rebuild", *given, *where, "--candidates", CACHE, *limit, *_drawn(draw, "rebuild")],
            ["why", "app", *given, *where, *limit, *_drawn(draw, "why")],
            ["init", "-o", "-"],
        ]
    elif role == "document":
        asked = [
            ["report", "--from", place, "-o", "@/page.html", *_drawn(draw, "report", _QUESTION)],
            ["report", "--from", place, place, "-o", "@/page.html"],
            ["trend", place, place, *_drawn(draw, "trend")],
            ["gaps", "--cache", f"e4s={CACHE}", "--carry-forward", place, *_drawn(draw, "gaps")],
        ]
    elif role == "plan":
        asked = [
            ["report", "--from", place, "-o", "@/page.html", *_drawn(draw, "report", _QUESTION)],
            ["export", _style(draw), "--plan", place],
            ["export", _style(draw), "--plan", place, *_drawn(draw, "export", _QUESTION)],
            ["export", "list", "--plan", place],
        ]
    elif role == "pipeline":
        given = ["--want", LOCK, "--cache", draw.choice(("none", CACHE))]
        asked = [
            ["trim", place, *given, "-o", "-"],
            ["trim", place, *given, "-o", "-", *_drawn(draw, "trim")],
        ]
    elif role == "known gaps":
        given = ["--cache", f"e4s={CACHE}", "--want", LOCK, "--known-gaps", place]
        asked = [
            ["gaps", *given, *_drawn(draw, "gaps")],
            ["coverage", *given, *_drawn(draw, "coverage")],
        ]
    elif role == "configuration":
        return [
            [command, *words, "--config", place, *_drawn(draw, command)]
            for command, words in (
                ("gaps", []),
                ("coverage", []),
                ("rebuild", limit),
                ("check", []),
                ("find", ["app"]),
                ("diff", ["a", "b"]),
                ("why", ["app"]),
                ("trend", [CACHE, CACHE]),
                ("has", [CACHE, APP]),
                ("report", ["-o", "@/page.html"]),
                ("export", ["list"]),
                ("index", [CACHE, "-o", "@/saved/"]),
            )
        ]
    else:
        options = {"costs": "--costs", "changed": "--changed-from", "broken": "--exclude-broken"}
        words = [options[role], place] if role in options else []
        wants = draw.choice((["--want", LOCK], ["--want", "app", "--candidates", CACHE]))
        spec = texts.abstract_spec(draw)
        asked = [
            ["rebuild", "--cache", "none", *wants, *words, *limit, "--jobs", "2"],
            ["rebuild", "--cache", "none", *wants, *words, *limit, *_drawn(draw, "rebuild")],
            ["why", "app", "--cache", "none", *wants, *words, *_drawn(draw, "why")],
            ["rebuild", "--cache", CACHE, "--want", spec, *limit, *_drawn(draw, "rebuild")],
            ["find", spec, "--cache", CACHE, *_drawn(draw, "find")],
        ]
    return [
        [*words, "--no-config"] if words[0] != "init" else words for words in asked if words[1:]
    ]
