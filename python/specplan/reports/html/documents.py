"""Saved documents: the JSON that the commands write, with its kind.

Documents may come from anywhere: a value that its schema does not allow is an error that names
the file, the place and the fault.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, get_args

from specplan.records import dataclass
from specplan.sources.document_numbers import check_numbers
from specplan.sources.strict_json import parse

if TYPE_CHECKING:
    from specplan.sources.strict_json import Value

__all__ = ["KINDS", "SCHEMA", "AnswerDocument", "Kind", "read_document", "read_documents"]

#: The kinds of documents that a page shows.
Kind: TypeAlias = Literal["coverage", "rebuild", "diff", "lock-diff", "trend", "check"]

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

#: The schema of the documents of a page together, as in `report.json`.
SCHEMA: Final = "specplan.report/1"

#: The supported version of documents.
_VERSION: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerDocument:
    """A document of an answer.

    Attributes:
        kind: Its kind.
        content: Its content.
        text: Its text.
        path: The file that it was read from; empty if it was made in this run.
        sha256: The checksum of that file; empty if there is none.
    """

    kind: Kind
    content: Value
    text: str
    path: str = ""
    sha256: str = ""


def read_document(data: bytes) -> AnswerDocument:
    """Return a document that was made in this run.

    Args:
        data: The bytes, UTF-8.

    Raises:
        DamagedSourceError: If they are not JSON, or not a document that a page can show.
    """
    content = _read(data, "the document")
    return AnswerDocument(kind=_kind_of(content), content=content, text=data.decode())


def read_documents(data: bytes, path: str) -> list[AnswerDocument]:
    """Return the documents in a file: a single one, or all that a page was made from.

    Args:
        data: The bytes of the file, UTF-8.
        path: The file.

    Raises:
        DamagedSourceError: If it is not valid JSON, or not a document that a page can show.
    """
    content = _read(data, path)
    sha256 = hashlib.sha256(data).hexdigest()
    if content.text_at_or_none("schema") != SCHEMA:
        text = data.decode("utf-8-sig")
        kind = _kind_of(content)
        if kind == "coverage":
            _check_sums(content)
        return [AnswerDocument(kind=kind, content=content, text=text, path=path, sha256=sha256)]
    return [
        AnswerDocument(
            kind=_kind_of(each), content=each, text=json.dumps(each.raw), path=path, sha256=sha256
        )
        for each in content.items_at("documents")
    ]


def _check_sums(content: Value) -> None:
    """Refuse a document of coverage whose cells were cut or are repeated."""
    cells, totals = content.items_at("cells"), content.at("totals")
    distinct = {tuple(each.text_at(name) for name in ("stack", "os", "target")) for each in cells}
    if len(distinct) != len(cells):
        content.at("cells").fail("has a cell of one stack and system twice")
    for name in ("wanted", "covered", "unknown"):
        if totals.count_at(name) != sum(each.count_at(name) for each in cells):
            totals.at(name).fail("is not the sum of all cells")
    check_numbers(content)


def _read(data: bytes, shown: str) -> Value:
    content = parse(data, shown)
    if not isinstance(content.raw, dict):
        content.fail("is not a JSON object", _HINT)
    return content


#: The kinds of documents without gates.
_WITHOUT_GATES: Final = frozenset(("check", "lock-diff"))

_HINT: Final = (
    "a page shows what `specplan coverage`, `gaps`, `rebuild`, `diff`, `trend` and `check` write "
    "with `--format json`"
)


def _kind_of(content: Value) -> Kind:
    schema = content.text_at_or_none("schema")
    if schema is None:
        content.fail("has no `schema`, which names the kind of document", _HINT)
    name, _, version = schema.removeprefix("specplan.").rpartition("/")
    if name == "diff" and content.text_at_or_none("compares") == "specs":
        name = "lock-diff"
    found = next((kind for kind in KINDS if kind == name and version == str(_VERSION)), None)
    if found is None:
        content.at("schema").fail(f"`{schema}` is not a document that a page can show", _HINT)
    # Left-out input and failed gates decide the verdict of a document: both are always present.
    content.items_at("left_out")
    if found not in _WITHOUT_GATES:
        content.items_at("gates")
    return found
