"""A check as values of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specplan.counting import form
from specplan.reports.html.counts import count
from specplan.reports.html.values import Soundness, Titled
from specplan.reports.outline import Column, File, Number, ReportTable, SpecWithHash, Words
from specplan.reports.render import wording

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specplan.reports.outline import TableCell
    from specplan.reports.render.prose import Prose
    from specplan.sources.strict_json import Value

__all__ = ["soundness_part"]

#: The title of each kind of finding.
_TITLES: Final = {
    "missing": "Specs without a binary that binaries need to install",
    "dangling": "Hashes that only edges name",
    "not-in-cache": "Listed by an index, without a binary",
    "cycle": "Specs that depend on each other in a cycle",
    "wrong-hash": "Hashes that do not match their content",
    "different-content": "One hash with two contents",
    "two-platforms": "One operating system on two platforms",
    "foreign-dependency": "Binaries installed with one whose system does not serve theirs",
    "index_versions": "Indexes of one mirror that list different binaries",
    "damaged": "Damaged files",
    "contradiction": "Pages that contradict themselves",
    "misplaced": "Pages in the wrong folder",
    "missing-manifest": "Listed binaries without a manifest",
    "damaged-manifest": "Damaged manifests and spec files",
    "unlisted": "Manifests that no index lists",
    "missing-blob": "Blobs that are not there",
    "damaged-blob": "Damaged blobs",
}


def soundness_part(content: Value) -> Soundness:
    """Return the values of a document of a check: the findings by kind, the worst first."""
    findings = content.items_at("findings")
    files = count(content.count_at("files"), "file")
    specs = count(content.count_at("specs"), "spec")
    found = count(len(findings), "finding") if findings else "no findings"
    return Soundness(
        headline=f"{files}, {specs}: {found}",
        lines=tuple(_lines(content)),
        tables=tuple(
            _findings(group)
            for group in wording.grouped(findings, lambda each: each.text_at("kind"))
        ),
    )


def _lines(content: Value) -> list[Prose]:
    lines: list[Prose] = []
    binaries = content.at_or_none("binaries")
    if binaries is not None:
        available, broken = binaries.count_at("available"), binaries.count_at("broken")
        are = count(available, "binary", "binaries")
        lines.append(
            f"{are}, of which {broken:,} cannot be installed from the caches alone"
            if broken
            else f"{are}, all of which install from the caches alone"
        )
    roots = content.at_or_none("roots")
    if roots is not None:
        install = form(roots.count_at("counted"), "root installs", "roots install")
        lines.append(
            f"{roots.count_at('installable'):,} of {roots.count_at('counted'):,} {install}"
        )
    hashes = content.at("hashes")
    recomputed = count(hashes.count_at("recomputed"), "hash", "hashes")
    lines.append(
        f"{recomputed} recomputed, {hashes.count_at('undecided'):,} that the content cannot prove"
    )
    lines += [
        f"{number} ignored of {kind}"
        for kind, number in content.counts_by_name_at("ignored").items()
    ]
    return lines


def _findings(group: Sequence[Value]) -> Titled:
    kind = group[0].text_at("kind")
    counts = any(each.count_at_or_none("binaries") is not None for each in group)
    columns = (
        Column("spec", "spec", "spec"),
        *(
            (Column("roots", "roots", "count"), Column("binaries", "binaries", "count"))
            if counts
            else ()
        ),
        Column("message", "what is wrong", "words"),
        Column("file", "where", "file"),
    )
    rows: tuple[tuple[TableCell, ...], ...] = tuple(
        (
            _spec(each),
            *(
                (Number(each.count_at_or_none("roots")), Number(each.count_at_or_none("binaries")))
                if counts
                else ()
            ),
            Words(each.text_at("message")),
            File(each.text_at("path"), each.count_at_or_none("line")),
        )
        for each in group
    )
    title = f"{_TITLES.get(kind, kind)}: {len(rows)}"
    return Titled(title=title, table=ReportTable(columns, rows))


def _spec(entry: Value) -> TableCell:
    spec = entry.at_or_none("spec")
    if spec is None:
        return None
    name = wording.spec_name(spec.text_at("package") or None, spec.text_at_or_none("version"))
    return SpecWithHash(name, spec.text_at("hash"))
