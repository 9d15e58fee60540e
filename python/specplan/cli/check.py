"""``specplan check``: faults in the caches."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from specplan.cli import load, output, progress, verdict
from specplan.cli.options import command
from specplan.reports.render import wording

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specplan.cli.settings import Settings
    from specplan.model.check import Check

#: The maximum number of snapshots that a note names before it counts the rest.
_FEW: Final = 3

__all__ = ["asked_check", "check", "concluded"]


@command("check")
def check(settings: Settings) -> int:
    """List everything that is wrong with the caches.

    In indexes, locks and spec files: missing specs without which binaries, or roots of wanted
    locks, do not install, and the number of binaries and roots that they break; edges that lead
    nowhere; specs that are listed without a binary; cycles; hashes that do not match their
    content; one hash with two contents; one operating system on two platforms. In mirrors, with
    --verify: manifests, spec files and blobs that are missing or damaged, or that no index
    lists. In pages: damage, meta that contradicts spec_details, pages in the folder of another
    package or snapshot. Exits with 1 if there are findings, and with 3 if files are damaged,
    unless --skip-damaged is given.

    \b
    Examples:
      specplan check --cache _cache
      specplan check --cache s3://bucket/mirror --want radiuss=spack.lock
      specplan check --cache oci://ghcr.io/site/cache --verify manifests
      specplan check --cache mirror --verify blobs
      specplan check --cache mirror --ignore not-in-cache
      specplan check --format markdown -o check.md
    """  # noqa: D301 - \b keeps click from wrapping the examples
    answer = asked_check(settings)
    output.publish(answer, settings)
    return concluded(answer, settings)


def asked_check(settings: Settings) -> Check:
    """Read the settings and return the findings.

    Raises:
        SourceError: If an input cannot be read at all.
    """
    # List everything: do not stop at the first fault, and report nothing twice.
    catalog = load.configured(
        replace(settings, strict=False, skip_damaged=True), settings.tag, quiet=True
    )
    if settings.tag is None and (unread := catalog.unused_tags(*catalog.tags)):
        output.note(f"the newest snapshot is checked; `--tag` chooses among {_listed(unread)}")
    with progress.counted("files of mirrors") as counted:
        answer = catalog.check(
            want=settings.want if settings.is_typed("want") else (),
            tag=settings.tag,
            verify=settings.verify or settings.check.verify,
            counted=counted,
            libc=settings.libc,
            host=settings.host,
        )
    if ignored := settings.ignore or settings.check.ignore:
        answer = answer.without(ignored)
    return verdict.settled(answer, settings)


def _listed(tags: Sequence[str]) -> str:
    """Return the names of snapshots, the first of them if there are many."""
    return wording.folded([f"`{each}`" for each in tags], _FEW)


def concluded(answer: Check, settings: Settings) -> int:
    """Report uncertain input, and return the exit code; findings are a verdict too."""
    code = verdict.conclude(answer, settings)
    if not answer.findings:
        return code
    damaged = any(finding.kind == "damaged" for finding in answer.findings)
    return 3 if damaged and not settings.skip_damaged else 1
