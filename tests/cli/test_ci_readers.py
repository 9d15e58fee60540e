"""The formats of CI systems, each read by a reader that is not ours, and the examples of them."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import xmlschema
from jsonschema import Draft202012Validator
from junitparser import Failure, JUnitXml
from markdown_it import MarkdownIt
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from specplan.model.report import Report, ReportOptions, as_csv, as_markdown
from specplan.reports.dialects import DIALECTS
from specplan.reports.render.bounded import bounded
from tests.unit.test_reports_dialects import RESULTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Runs

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
FORMATS = ROOT / "tests" / "data" / "formats"

#: Each file of `examples/ci` with the words of its command.
COMMANDS = {
    name: shlex.split(command)[1:]
    for name, command in re.findall(
        r"^\| `([^`]+)` \| `(specplan [^`]+)` \|$",
        (EXAMPLES / "ci" / "README.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
}

JUNIT = xmlschema.XMLSchema(FORMATS / "junit.xsd")
COBERTURA = xmlschema.XMLSchema(FORMATS / "cobertura.xsd")

#: The documented fields of a Code Quality report of GitLab.
CODE_QUALITY = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "pattern": "^specplan/[a-z_-]+$"},
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "minLength": 1},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}

#: The elements of HTML that a report in Markdown has itself, none with an attribute.
OWN = re.compile(r"</?(?:details|summary|code|br)>|<!-- specplan:[A-Za-z0-9._/-]+ -->")


def read_junit(text: str) -> None:
    JUNIT.validate(text)
    read = JUnitXml.fromstring(text.encode())
    cases = [case for suite in read for case in suite]
    assert read.tests == len(cases)
    assert read.failures == sum(
        any(isinstance(each, Failure) for each in case.result) for case in cases
    )


def read_metrics(text: str) -> None:
    families = list(text_string_to_metric_families(text))  # type: ignore[no-untyped-call]
    assert families or text == "# EOF\n"
    assert all(family.samples and family.documentation for family in families)


def read_markdown(text: str) -> None:
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(text)
    every = [*tokens, *(inner for each in tokens for inner in each.children or ())]
    html = [each.content for each in every if each.type in {"html_block", "html_inline"}]
    for each in html:
        assert "<" not in OWN.sub("", each), each
    assert "".join(html).count("<details>") == "".join(html).count("</details>")
    # Names are code and nothing else: no link, no picture, no mention of anybody.
    assert not {each.type for each in every} & {"link_open", "image"}


def read_code_quality(text: str) -> None:
    issues = json.loads(text)
    Draft202012Validator(CODE_QUALITY).validate(issues)
    assert len({each["fingerprint"] for each in issues}) == len(issues)


def read_csv(text: str) -> None:
    first, *rows = csv.reader(io.StringIO(text), strict=True)
    assert all(len(row) == len(first) for row in rows)
    assert not any(cell.startswith(("=", "+", "@", "\t")) for row in rows for cell in row)


def read_annotations(text: str) -> None:
    for line in text.splitlines():
        assert re.fullmatch(r"::(error|warning|notice) [a-z]+=[^,:]*(,[a-z]+=[^,:]*)*::.*", line)


READERS: dict[str, Callable[[str], object]] = {
    "junit": read_junit,
    "openmetrics": read_metrics,
    "codequality": read_code_quality,
    "github": read_annotations,
    "cobertura": COBERTURA.validate,
}

BY_NAME: dict[str, Callable[[str], object]] = {
    "lost.xml": read_junit,
    "annotations.txt": read_annotations,
    "codequality.json": read_code_quality,
    "metrics.prom": read_metrics,
    "lines.xml": COBERTURA.validate,
    "comment.md": read_markdown,
    "summary.md": read_markdown,
    "gaps.csv": read_csv,
    "trend.csv": read_csv,
}


@pytest.mark.parametrize("form", READERS)
@pytest.mark.parametrize("name", RESULTS)
def test_another_reader_takes_each_dialect_of_each_result(form: str, name: str) -> None:
    result: Report = RESULTS[name]
    if form == "cobertura" and name != "coverage":
        return
    READERS[form](DIALECTS[form](result))


@pytest.mark.parametrize("name", RESULTS)
def test_another_reader_takes_markdown_and_csv_of_each_result(name: str) -> None:
    result: Report = RESULTS[name]
    whole = as_markdown(result, ReportOptions())
    read_markdown(whole)
    for most in (400, len(whole) // 2, len(whole) - 1):
        read_markdown(bounded(whole, max(most, 256)))
    read_csv(as_csv(result, ReportOptions()))


@pytest.mark.parametrize("name", COMMANDS)
def test_an_example_is_what_its_command_writes(
    run: Runs, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(EXAMPLES)
    words = [each.replace(f"ci/{name}", str(tmp_path / name)) for each in COMMANDS[name]]
    answer = run(*words)
    assert answer.code in {0, 1}, answer.err
    written = (tmp_path / name).read_text(encoding="utf-8")
    example = EXAMPLES / "ci" / name
    if os.environ.get("UPDATE_SNAPSHOTS"):
        example.write_text(written, encoding="utf-8")
    assert written == example.read_text(encoding="utf-8")
    if name in BY_NAME:
        BY_NAME[name](written)


def test_every_example_has_a_command() -> None:
    there = {each.name for each in (EXAMPLES / "ci").iterdir()}
    assert there == {*COMMANDS, "README.md", "known-gaps.toml"}
