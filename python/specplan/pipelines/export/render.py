"""Jinja2 templates, with filters that escape text for its context.

A user's template runs in a sandbox and only sees data: it cannot call Python, open files or include
other templates, and its time, memory and text are limited. Values that filters do not quote consist
of plain characters (see :mod:`specplan.pipelines.export.plan`).
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Sized
from functools import cache
from importlib import resources
from json.encoder import encode_basestring_ascii
from pathlib import Path
from typing import TYPE_CHECKING, Final

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from specplan.counting import count
from specplan.errors import DamagedSourceError
from specplan.patterns import pattern
from specplan.pipelines.export.limited import LimitError, TemplateLimits, limited
from specplan.sources.content import inflated
from specplan.sources.text import TextError, decoded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from specplan.pipelines.export.request import ExportRequest

__all__ = ["base_context", "one_line", "render", "steps"]

_MOST_BYTES: Final = 1 << 20

_STEPS: Final = "steps.sh.j2"

#: A variable at the start of a path, followed by a slash or the end, or in braces.
_VARIABLE: Final = pattern(r"\$(?:([A-Za-z_][A-Za-z0-9_]*)(?=/|$)|\{([A-Za-z_][A-Za-z0-9_]*)\})")


def _double(text: object) -> str:
    return str(text).replace("$", "$$")


def _yaml(text: object) -> str:
    """Quote a text for YAML: JSON is YAML."""
    if isinstance(text, (list, dict, int, float)):
        return json.dumps(text)
    return encode_basestring_ascii(str(text))


def _gitlab(text: object) -> str:
    """Quote a text for YAML of GitLab, which would expand variables in it."""
    return _yaml(_double(text))


def _github(text: object) -> str:
    """Quote a text for YAML of GitHub, which would evaluate expressions in `${{`."""
    return _yaml(str(text).replace("${{", "${{ '${{' }}"))


def _shell(text: object) -> str:
    return shlex.quote(str(text))


def _shell_default(text: object) -> str:
    """Quote a text as the default of a variable, within the braces of a shell.

    A variable at its beginning, such as ``$SPACK_ROOT``, is expanded where the job runs.
    """
    found = _VARIABLE.match(str(text))
    start = "" if found is None else f"${{{found[1] or found[2]}}}"
    rest = str(text)[found.end() if found else 0 :]
    return start + re.sub(r"([^A-Za-z0-9_/.+=:@%,-])", r"\\\1", rest)


def _dot(text: object) -> str:
    quoted = str(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}"'


def _mermaid(text: object) -> str:
    return re.sub(r"[^A-Za-z0-9 _.+=:~/@-]", "_", str(text))


@cache
def _environment(kind: type[jinja2.Environment]) -> jinja2.Environment:
    made = kind(
        undefined=jinja2.StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters.update(
        sh=_shell,
        sh_default=_shell_default,
        make=_double,
        ninja=_double,
        yaml=_yaml,
        gitlab=_gitlab,
        github=_github,
        dot=_dot,
        mermaid=_mermaid,
    )
    return made


def _own(name: str) -> str:
    folder = resources.files("specplan.pipelines.export") / "templates"
    return (folder / name).read_text(encoding="utf-8")


@cache
def _template(name: str) -> jinja2.Template:
    return _environment(jinja2.Environment).from_string(_own(name))


def render(name: str, context: Mapping[str, object], template: str | None = None) -> str:
    """Return the text of a template for a context.

    Args:
        name: The template of the format.
        context: The data for the template.
        template: A file to use instead.

    Raises:
        SourceError: If the file cannot be read.
        DamagedSourceError: If it is not a template, or uses undefined names.
    """
    if template is None:
        return _template(name).render(context)
    try:
        text = decoded(inflated(Path(template), template, _MOST_BYTES))
    except TextError as error:
        raise _fault(template, str(error), None) from error
    builds = context["builds"]
    limits = TemplateLimits.of(len(builds) if isinstance(builds, Sized) else 0)

    def pieces() -> Iterator[str]:
        foreign = _environment(ImmutableSandboxedEnvironment).from_string(text)
        return foreign.generate(context)

    try:
        return limited(pieces, limits)
    except LimitError as error:
        raise _fault(template, str(error), error.line) from error


def _fault(template: str, fault: str, line: int | None) -> DamagedSourceError:
    return DamagedSourceError(
        path=template,
        location="",
        line=line,
        fault=fault,
        hint="docs/pipelines.md lists what templates may use",
    )


def steps(request: ExportRequest) -> str:
    """Return the functions of the shell that every job uses."""
    return render(_STEPS, base_context(request)).rstrip("\n")


def one_line(script: str) -> str:
    """Return a script whose statements each end with ``;`` as one line."""
    lines = (line.strip().removesuffix("\\").rstrip() for line in script.splitlines())
    return " ".join(line for line in lines if line)


def base_context(request: ExportRequest) -> dict[str, object]:
    """Return the context of all templates; docs/pipelines.md lists it."""
    plan = request.plan
    builds = count(len(request.jobs), "build")
    stages = count(len({job.stage for job in request.jobs}), "stage")
    push = {"unsigned": " --unsigned", "mirror": ""}
    key = f" --key {_shell(request.sign)}"
    first = request.profiles[0]
    return {
        "plan": {"unit": plan.unit},
        "digest": request.digest,
        "summary": f"specplan: {builds} in {stages}",
        "builds": request.jobs,
        "profiles": request.profiles,
        "cells": request.cells,
        "env": first.env,
        "jobs": first.jobs,
        "mirror": request.mirror,
        "mirror_url": request.mirror_url,
        "is_url_given": request.is_url_given,
        "sign": request.sign,
        "push_options": push.get(request.sign, key),
        "spack": request.spack,
        "spack_program": f"{request.spack.rstrip('/')}/bin/spack",
        "is_pinned": request.is_pinned,
        "is_next": request.is_next,
    }
