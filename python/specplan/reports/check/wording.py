"""The phrases of checks that several formats share; see :mod:`specplan.reports.render.wording`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specplan.reports.render import prose
from specplan.reports.render.wording import count, number, percentage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from specplan.model.check import Check, CheckedSpec, Finding, FindingKind
    from specplan.reports.render.prose import Prose

__all__ = ["FINDING_WORDS", "by_kind", "finding_line", "headline", "label", "numbers"]

#: The number of specs that a line names before it counts the rest.
_FEW: Final = 3

#: The nouns for the findings of a kind, one and several, in display order: the most harmful first.
FINDING_WORDS: Final[Mapping[FindingKind, tuple[str, str]]] = {
    "damaged": ("damaged file", "damaged files"),
    "missing": ("spec that binaries lack", "specs that binaries lack"),
    "cycle": ("cycle of dependencies", "cycles of dependencies"),
    "wrong-hash": (
        "hash that does not match its content",
        "hashes that do not match their content",
    ),
    "foreign-dependency": (
        "binary with a dependency of another system",
        "binaries with a dependency of another system",
    ),
    "index_versions": (
        "mirror whose indexes list different binaries",
        "mirrors whose indexes list different binaries",
    ),
    "missing-manifest": ("binary without its manifest", "binaries without their manifests"),
    "damaged-manifest": ("damaged manifest or spec file", "damaged manifests or spec files"),
    "missing-blob": ("missing blob or tarball", "missing blobs or tarballs"),
    "damaged-blob": ("damaged blob or tarball", "damaged blobs or tarballs"),
    "different-content": ("hash with different contents", "hashes with different contents"),
    "contradiction": ("contradiction", "contradictions"),
    "misplaced": ("misplaced page", "misplaced pages"),
    "two-platforms": ("operating system on two platforms", "operating systems on two platforms"),
    "dangling": ("edge to nowhere", "edges to nowhere"),
    "unlisted": ("binary that the index does not list", "binaries that the index does not list"),
    "not-in-cache": (
        "spec that is listed without a binary",
        "specs that are listed without a binary",
    ),
}


#: The kinds of findings about files of binaries that an index lists.
_OF_FILES: Final = frozenset(
    {"missing-manifest", "damaged-manifest", "missing-blob", "damaged-blob"}
)


def headline(check: Check) -> Prose:
    """Return the one line on the faults of the cache."""
    read = f"{count(check.files, 'file')}, {count(check.specs, 'spec')}"
    ignored = sum(number for _, number in check.ignored)
    left_out = f", {ignored} ignored" if ignored else ""
    if not check.findings:
        return f"{read}: no findings{left_out}"
    found = by_kind(check)
    parts = [count(len(each), *FINDING_WORDS[kind]) for kind, each in found.items()]
    return f"{read}: {count(len(check.findings), 'finding')} ({', '.join(parts)}){left_out}"


def by_kind(check: Check) -> dict[FindingKind, list[Finding]]:
    """Return the findings of each kind, the most harmful first."""
    found: dict[FindingKind, list[Finding]] = {kind: [] for kind in FINDING_WORDS}
    for finding in check.findings:
        found[finding.kind].append(finding)
    return {kind: each for kind, each in found.items() if each}


def numbers(check: Check) -> list[Prose]:
    """Return the lines about counted, checked and recomputed things."""
    lines = []
    if check.binaries is not None and check.roots is not None:
        roots = check.roots
        line = f"{check.binaries.usable} of {count(check.binaries.available, 'binary', 'binaries')}"
        if any(each.kind in _OF_FILES for each in check.findings):
            # The files of a mirror are findings, which these numbers leave out.
            line = f"by the indexes, {line}"
        of = "of the locks" if roots.of_locks else "that no other binary depends on"
        share = percentage(roots.installable, roots.counted)
        line += f" and {roots.installable} of {count(roots.counted, 'root')} ({of}) install"
        line += f" from the cache alone: {share} of the roots"
        if roots.absent:
            line += f"; {count(len(roots.absent), 'root has', 'roots have')} no binary"
        lines.append(line)
    looked: list[str] = []
    if check.verified is not None:
        looked.append(
            count(check.verified.manifests, "manifest or spec file", "manifests or spec files")
        )
        if check.verify == "blobs":
            size = count(check.verified.bytes, "byte")
            looked.append(
                f"{count(check.verified.blobs, 'blob or tarball', 'blobs or tarballs')} ({size})"
            )
    hashes = check.hashes
    if hashes.recomputed or hashes.undecided:
        recomputed = count(hashes.recomputed, "hash recomputed", "hashes recomputed")
        not_so = f", {number(hashes.undecided)} not" if hashes.undecided else ""
        looked.append(f"{recomputed}{not_so}")
    if looked:
        lines.append(f"checked: {', '.join(looked)}")
    if hashes.unverified:
        few = ", ".join(_named(each) for each in hashes.unverified[:_FEW])
        more = len(hashes.unverified) - _FEW
        and_more = f" and {number(more)} more" if more > 0 else ""
        lines.append(f"hashes that cannot be verified: {few}{and_more}")
    return lines


def label(spec: CheckedSpec) -> str:
    """Return the label of a spec: its package, and its version if it is known."""
    return spec.package if spec.version is None else f"{spec.package}@{spec.version}"


def _named(spec: CheckedSpec) -> Prose:
    called = label(spec)
    return prose.spec(called, spec.hash, " /" if called else "/")


def finding_line(finding: Finding) -> str:
    """Return a finding as one line, like those of compilers; it is not escaped."""
    line = "" if finding.line is None else f":{finding.line}"
    place = f": {finding.location}" if finding.location else ""
    return f"{finding.path}{line}{place}: {finding.message}"
