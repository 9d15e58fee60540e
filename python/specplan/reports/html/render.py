"""Pages as files: a single one, or four for servers with a strict policy.

The page of a value is rendered from the templates beside this module. It fetches nothing and only
runs its own script, whose hash is in its policy. Equal pages produce equal bytes.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from specplan.records import dataclass
from specplan.reports.html import cells
from specplan.reports.html.columns import data_of
from specplan.reports.html.documents import SCHEMA
from specplan.reports.html.page import page_of
from specplan.reports.render.escape import html_page, json_text, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specplan.reports.html.documents import AnswerDocument
    from specplan.reports.html.page import Origin
    from specplan.reports.html.values import HtmlPage

__all__ = ["HARD_BYTES", "SOFT_BYTES", "Rendered", "folder", "single"]

#: The size above which a note warns that a page is slow to load.
SOFT_BYTES: Final = 5_000_000

#: The maximum size of a page; the lowest-ranked rows are left out, with a note.
HARD_BYTES: Final = 20_000_000

#: The number of rows of a table without the script.
_ROWS: Final = 200

#: The share of the estimated rows to keep in a cut page, so that few attempts are too large.
_SPARE: Final = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """The files of a page.

    Attributes:
        files: The name and content of each file; one without a name is the page itself.
        bytes: The size of the page, in bytes.
        cut: The number of gaps and builds left out to limit its size.
    """

    files: tuple[tuple[str, str], ...]
    bytes: int
    cut: int


def single(
    documents: Sequence[AnswerDocument], origin: Origin, *, most: int = HARD_BYTES
) -> Rendered:
    """Return the page as one self-contained file.

    Args:
        documents: Its documents, at most one of each kind.
        origin: Its origin.
        most: The maximum size, in bytes.

    Raises:
        DamagedSourceError: If a document is not as its schema says.
    """
    page = page_of(documents, origin)
    text, cut = _fitted(page, inline=True, most=most)
    return Rendered(files=(("", text),), bytes=len(text.encode()), cut=cut)


def folder(
    documents: Sequence[AnswerDocument], origin: Origin, *, most: int = HARD_BYTES
) -> Rendered:
    """Return the page as a folder: ``index.html``, its style, its script, and the documents.

    ``report.json`` has the complete documents, whatever the page leaves out. The parameters are
    those of :func:`single`.
    """
    page = page_of(documents, origin)
    text, cut = _fitted(page, inline=False, most=most)
    whole = {
        "schema": SCHEMA,
        "documents": [json.loads(each.text) for each in documents],
    }
    return Rendered(
        files=(
            ("index.html", text),
            ("report.css", _asset("report.css")),
            ("report.js", _asset("report.js")),
            ("report.json", json.dumps(whole, indent=1) + "\n"),
        ),
        bytes=len(text.encode()),
        cut=cut,
    )


def _fitted(page: HtmlPage, *, inline: bool, most: int) -> tuple[str, int]:
    """Return the text of a page that is small enough, and the number of left-out rows."""
    whole = _size(page)
    text = _text(page, inline=inline)
    share = 1.0
    while (size := len(text.encode())) > most and _size(page):
        share *= _SPARE * most / size
        page = _cut(page, int(whole * share))
        text = _text(page, inline=inline)
    return text, whole - _size(page)


def _size(page: HtmlPage) -> int:
    """Return the number of gaps and builds on a page."""
    gaps = 0 if page.coverage is None else len(page.coverage.gaps)
    return gaps + (0 if page.plan is None else len(page.plan.builds))


def _cut(page: HtmlPage, keep: int) -> HtmlPage:
    """Return a page within a limit of rows; gaps are cut before builds, which have pictures."""
    if page.plan is not None and page.coverage is not None:
        builds = min(len(page.plan.builds), max(keep - len(page.coverage.gaps), keep // 2))
    else:
        builds = keep
    if page.coverage is not None:
        gaps = keep - (builds if page.plan is not None else 0)
        page = replace(page, coverage=replace(page.coverage, gaps=page.coverage.gaps[:gaps]))
    if page.plan is not None:
        kept = tuple(
            replace(build, unblocks=tuple(each for each in build.unblocks if each < builds))
            for build in page.plan.builds[:builds]
        )
        critical = tuple(each for each in page.plan.critical if each < builds)
        page = replace(page, plan=replace(page.plan, builds=kept, critical=critical))
    return page


def _text(page: HtmlPage, *, inline: bool) -> str:
    style, script = _asset("report.css"), _asset("report.js")
    sources = ("'self'", "'self'")
    if inline:
        sources = (_source(style), _source(script))
    policy = (
        f"default-src 'none'; style-src {sources[0]}; script-src {sources[1]}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    data = json_text(htmlsafe_json_dumps(data_of(page), separators=(",", ":")))
    return html_page(
        _environment()
        .get_template("page.html")
        .render(
            page=page,
            inline=inline,
            policy=policy,
            style=Markup(style),  # noqa: S704 - our own file
            script=Markup(script),  # noqa: S704 - as above
            data=Markup(data),  # noqa: S704 - harmless in HTML already
            most=_ROWS,
        )
    )


def _source(text: str) -> str:
    """Return the hash of the only allowed block, as in a policy."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


@cache
def _asset(name: str) -> str:
    templates = files("specplan.reports.html") / "templates"
    text = (templates / name).read_text(encoding="utf-8")
    return text.replace("\r\n", "\n")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("specplan.reports.html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_shown,
    )
    environment.filters["cell"] = cells.cell
    environment.filters["name"] = cells.name
    environment.filters["hash"] = cells.short_hash
    environment.filters["paragraph"] = cells.paragraph
    environment.filters["sentence"] = cells.sentence
    return environment


def _shown(value: object) -> object:
    """Return a text for a template, with escapes for invisible and bidirectional characters."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
