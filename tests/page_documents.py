"""The documents that tests make pages of: those of the examples, and hostile ones."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import specplan
from specplan import CoverageQuery
from specplan.coverage.trend import trend
from specplan.reports.html.documents import AnswerDocument, read_document
from specplan.reports.html.page import Origin

EXAMPLES = Path(__file__).parents[1] / "examples"

ORIGIN = Origin(version="1.2.3", command="specplan report -o report.html")

#: Texts that would do harm if a page took them for anything but text.
HOSTILE = (
    '</script><script>window.harmed = "script"</script>',
    '"><img src=x onerror="window.harmed = \'image\'">',
    "<svg onload=\"window.harmed = 'svg'\">",
    "\u202etxt.exe\u202c \u200b\u2066",
    "nul \x00 bell \x07 escape \x1b[31m",
    "<!-- --><style>*{display:none}</style>",
    "{{ 7 * 7 }}{% raw %}",
    "javascript:window.harmed=1",
    "a\u2028b\u2029c\nd",
)

#: The fields of documents with names, and those that quote files.
_NAMES = frozenset(
    {"stack", "os", "target", "want", "package", "name", "version", "reason", "message", "path"}
    | {"where", "detail", "remedy", "tags", "old", "new", "source", "spec"}
)


@cache
def example_texts(*changed: str) -> tuple[str, ...]:
    """Coverage, a difference, a plan after some changes, a check and a trend, as JSON."""
    catalog = specplan.load(str(EXAMPLES / "cache"))
    plan = specplan.load(str(EXAMPLES / "rebuild/mirror-runtime-only.json.gz")).rebuild(
        want=[str(EXAMPLES / "rebuild/2026-01/radiuss/spack.lock.gz"), "mfem", "hypre+mpi"],
        candidates=[str(EXAMPLES / "rebuild/2025-11/radiuss/spack.lock.gz")],
        budget_curve=True,
        changed=changed or ["hypre", "zlib-ng"],
        costs=[str(EXAMPLES / "rebuild/costs.csv")],
        jobs=4,
    )
    results = (
        catalog.gaps(stack=["e4s*", "radiuss*"], system=["all"]),
        catalog.diff("develop-2025-11-15"),
        plan,
        specplan.load(str(EXAMPLES / "mirror")).check(),
        trend(
            catalog.trend_step(tag, CoverageQuery(tag=tag, stack=("radiuss*", "tools-sdk")))
            for tag in ("develop-2025-11-15", "develop-2026-01-17")
        ),
    )
    return tuple(each.to_json() for each in results)


def example_documents() -> tuple[AnswerDocument, ...]:
    """The same, read."""
    return tuple(read_document(each.encode()) for each in example_texts())


def small_documents() -> tuple[AnswerDocument, ...]:
    """The same with few rows in each table, which takes little time to look at."""
    documents = []
    for text in example_texts("hypre"):
        document = json.loads(text)
        for name in ("gaps", "cells", "lost", "gained", "changed", "new_stacks"):
            if name in document:
                document[name] = document[name][:6]
                if name in document.get("totals", {}):
                    document["totals"][name] = len(document[name])
        documents.append(json.dumps(document))
    return tuple(read_document(each.encode()) for each in documents)


def hostile_documents() -> tuple[AnswerDocument, ...]:
    """The same, with a hostile text in each place where a source may have put one."""
    texts = iter(range(1_000_000))

    def harmed(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: harmed(each, name) for name, each in value.items()}
        if isinstance(value, list):
            return [harmed(each, key) for each in value]
        if key in _NAMES and isinstance(value, str):
            return f"{HOSTILE[next(texts) % len(HOSTILE)]} {value}"
        return value

    harmed_texts = [json.dumps(harmed(json.loads(each.text))) for each in small_documents()]
    return tuple(read_document(each.encode()) for each in harmed_texts)
