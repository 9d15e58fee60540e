"""What is wrong with the sources of a catalog, finding by finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan.model import Check, DamagedFile, Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from specplan import _core as compiled

__all__ = ["check", "clashes", "order_of_damage", "order_of_finding"]


def check(
    core: compiled.Catalog,
    *,
    sources: Sequence[str],
    files: int,
    damaged: Sequence[DamagedFile],
    contradictions: Sequence[Finding],
) -> Check:
    """List all that is wrong with the sources of a catalog.

    Args:
        core: The catalog.
        sources: Its sources, as they were given.
        files: How many files were taken from them.
        damaged: The files that were not taken.
        contradictions: Summaries that contradict what they summarize.
    """
    findings = [
        *map(_of_damage, damaged),
        *contradictions,
        *_different_content(core),
        *_misplaced(core),
        *_two_platforms(core, sources),
    ]
    order = sorted(findings, key=order_of_finding)
    return Check(files=files, specs=len(core), findings=tuple(order))


def order_of_damage(file: DamagedFile) -> tuple[str, str, int, str]:
    """Return the key by which damaged files are ordered: path, place, line, fault."""
    return file.path, file.place, file.line or 0, file.fault


def order_of_finding(finding: Finding) -> tuple[str, str, str, str]:
    """Return the key by which findings are ordered: path, kind, place, message."""
    return finding.path, finding.kind, finding.place, finding.message


def clashes(core: compiled.Catalog) -> Iterator[DamagedFile]:
    """Yield the files that give a hash other content than another file of the same snapshot."""
    for dag_hash, (cache, tag, source), other, fields in core.differing_rows():
        other_cache, other_tag, other_source = other
        if (cache, tag) == (other_cache, other_tag):
            where = "the same page" if source == other_source else source
            yield DamagedFile(
                path=other_source,
                place=dag_hash,
                line=None,
                fault=f"the hash has other content in {where}: {_told(fields)} there",
            )


def _of_damage(file: DamagedFile) -> Finding:
    return Finding(
        kind="damaged", path=file.path, place=file.place, line=file.line, message=file.fault
    )


def _different_content(core: compiled.Catalog) -> Iterator[Finding]:
    for dag_hash, (cache, tag, source), other, fields in core.differing_rows():
        other_cache, other_tag, other_source = other
        # Within one snapshot this is damage, and told as such.
        if (cache, tag) != (other_cache, other_tag):
            yield Finding(
                kind="different-content",
                path=other_source,
                place=dag_hash,
                line=None,
                message=f"{_told(fields)} in {source}, which counts",
            )


def _misplaced(core: compiled.Catalog) -> Iterator[Finding]:
    for source, tag, package in core.origins():
        parts = source.replace("\\", "/").split("/")
        if len(parts) < 4 or parts[-4] != "_cache":  # noqa: PLR2004 - _cache/TAG/PACKAGE/specs.md
            continue
        for kind, said, folder in (
            ("snapshot", tag, parts[-3]),
            ("package", package, parts[-2]),
        ):
            if said != folder:
                yield Finding(
                    kind="misplaced",
                    path=source,
                    place="categories[1]" if kind == "snapshot" else "title",
                    line=None,
                    message=f"the page is of the {kind} `{said}`, its folder of `{folder}`",
                )


def _two_platforms(core: compiled.Catalog, sources: Sequence[str]) -> Iterator[Finding]:
    platforms: dict[str, list[str]] = {}
    for os, platform in core.platforms_of_systems():
        platforms.setdefault(os, []).append(platform)
    for os, several in platforms.items():
        if len(several) > 1:
            yield Finding(
                kind="two-platforms",
                path=sources[0] if len(sources) == 1 else "",
                place=os,
                line=None,
                message=f"the operating system has the platforms {', '.join(several)}",
            )


def _told(fields: Sequence[tuple[str, str, str]]) -> str:
    """Return what differs between two rows, the other row's value first."""
    return "; ".join(
        f"{name} is `{other.replace(chr(10), ' ')}`, but `{first.replace(chr(10), ' ')}`"
        for name, first, other in fields
    )
