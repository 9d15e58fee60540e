"""Cases as JUnit XML for GitLab, Jenkins and readers on GitHub.

The class name is the suite, so that class and name together identify a case. GitLab only shows the
text of a failure, not its ``message`` or ``type``, so the text begins with them. Readers limit the
bytes and elements of one file: :func:`junit_files` splits a report, and no case is in two files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specplan.reports.findings import findings_of
from specplan.reports.render.escape import xml_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from specplan.model.report import Report
    from specplan.reports.findings import Case, Findings, Suite

__all__ = ["junit", "junit_files"]

#: GitLab accepts 250,000 objects in a file; a case with a failure has about seven.
_MOST_CASES: Final = 30_000

#: GitLab accepts 30 MB in a file.
_MOST_BYTES: Final = 25_000_000

_INNER: Final = {"failed": "failure", "error": "error", "skipped": "skipped"}


def junit(result: Report) -> str:
    """Return all cases of a result as one file."""
    findings = findings_of(result)
    return _file(findings, list(_with_cases(findings)))


def junit_files(result: Report) -> tuple[str, ...]:
    """Return the cases of a result as files within the size limits of all readers."""
    findings = findings_of(result)
    files: list[list[tuple[Suite, list[str]]]] = [[]]
    cases = size = 0
    for suite, texts in _with_cases(findings):
        if not texts:
            files[-1].append((suite, []))
        for text in texts:
            length = len(text.encode())
            if cases == _MOST_CASES or (cases and size + length > _MOST_BYTES):
                files.append([])
                cases = size = 0
            if not files[-1] or files[-1][-1][0] is not suite:
                files[-1].append((suite, []))
            files[-1][-1][1].append(text)
            cases, size = cases + 1, size + length
    return tuple(_file(findings, suites) for suites in files)


def _with_cases(findings: Findings) -> Iterator[tuple[Suite, list[str]]]:
    """Yield each suite with its cases as text, in the order of their names."""
    by_suite: dict[tuple[str, ...], list[Case]] = {}
    for case in findings.cases:
        by_suite.setdefault(case.suite, []).append(case)
    for suite in findings.suites:
        cases = sorted(by_suite.get(suite.names, ()), key=lambda case: case.name)
        yield suite, list(map(_case, cases))


def _file(findings: Findings, suites: Sequence[tuple[Suite, Sequence[str]]]) -> str:
    texts = [text for _, of_suite in suites for text in of_suite]
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="{xml_text(f"specplan {findings.kind}")}" {_numbers(texts)}>',
    ]
    for suite, cases in suites:
        lines.append(f'  <testsuite name="{xml_text(suite.title)}" {_numbers(cases)}>')
        if suite.properties:
            lines.append("    <properties>")
            lines += [
                f'      <property name="{name}" value="{xml_text(value)}"/>'
                for name, value in suite.properties
            ]
            lines.append("    </properties>")
        lines += cases
        lines.append("  </testsuite>")
    lines.append("</testsuites>")
    return "\n".join(lines) + "\n"


def _numbers(cases: Sequence[str]) -> str:
    counts = {
        name: sum(f"\n      <{inner} " in case for case in cases)
        for name, inner in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped"))
    }
    shown = " ".join(f'{name}="{number}"' for name, number in counts.items())
    return f'tests="{len(cases)}" {shown} time="0"'


def _case(case: Case) -> str:
    attributes = {"classname": ".".join(case.suite), "name": case.name}
    if case.path:
        attributes["file"] = case.path
    if case.line is not None:
        attributes["line"] = str(case.line)
    shown = " ".join(f'{name}="{xml_text(text)}"' for name, text in attributes.items())
    opening = f'    <testcase {shown} time="0"'
    if case.state == "passed":
        if not case.details:
            return f"{opening}/>"
        said = "\n".join(map(xml_text, case.details))
        return f"{opening}>\n      <system-out>{said}</system-out>\n    </testcase>"
    inner = _INNER[case.state]
    message = f'message="{xml_text(case.message)}"'
    kind = "" if case.state == "skipped" else f' type="{xml_text(case.kind)}"'
    said = "\n".join(map(xml_text, (f"{case.kind}: {case.message}", *case.details)))
    return f"{opening}>\n      <{inner} {message}{kind}>{said}</{inner}>\n    </testcase>"
