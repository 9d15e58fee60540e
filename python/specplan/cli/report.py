"""``specplan report``: one page with several answers."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from specplan.cli import output, pages, plans, verdict
from specplan.cli.check import asked_check, concluded
from specplan.cli.coverage_views import asked_coverage, say_coverage
from specplan.cli.diff import asked_difference
from specplan.cli.options import argument, command
from specplan.cli.saved_gates import SavedAnswer, failed_of_saved
from specplan.cli.trend import asked_trend
from specplan.config.settings import SETTINGS
from specplan.errors import UsageError
from specplan.model.report import as_json
from specplan.planning.inputs import inputs_of
from specplan.reports.html.documents import read_document, read_documents
from specplan.reports.html.page import InputFile
from specplan.reports.html.render import folder, single
from specplan.reports.html.verdict import doubts_of, failed_gates
from specplan.sources.documents import content_of
from specplan.sources.named_want import named_want

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specplan.api.catalog import Catalog
    from specplan.cli.settings import Settings
    from specplan.reports.html.documents import AnswerDocument
    from specplan.reports.html.render import Rendered

__all__ = ["report"]

#: The options that request a plan if no lock is wanted.
_OF_PLANS: Final = (
    *("candidates", "changed", "changed_from", "changed_since", "costs", "jobs", "max_builds"),
    *("max_cost", "budget_curve", "assume_available", "without", "exclude_broken"),
)

#: The options that may be combined with documents: the destination of the page.
_BESIDE_DOCUMENTS: Final = frozenset({"documents", "output", "date", "config", "no_config"})

#: The suffixes of a page.
_SUFFIXES: Final = (".html", ".htm")


@command(
    "report",
    (
        argument(
            "more",
            "More documents after that of --from.",
            metavar="[DOCUMENT]...",
            is_required=False,
            is_repeatable=True,
        ),
    ),
)
def report(settings: Settings, more: tuple[str, ...]) -> int:
    """Write one page with all answers, which needs nothing but a browser.

    The page has the matrix of stacks and systems, the gaps and their causes; with
    --changes-since the lost, changed and gained specs; with the wants of a lock, or any option
    of plans, the plan as a picture, with its critical path and the builds that each build
    unblocks; with --trend the coverage over all snapshots; with --verify the faults of the
    caches. It is readable without scripts and styles, in print and on a phone; it fetches
    nothing and embeds nothing from others.

    With --from it answers no question, but shows saved documents.

    \b
    Examples:
      specplan report -o report.html
      specplan report --stack 'e4s*' --changes-since develop-2025-05-18 -o public/
      specplan report --want spack.lock --cache mirror --jobs 8 --costs costs.csv -o report.html
      specplan report --from coverage.json rebuild.json -o report.html
    """  # noqa: D301 - \b keeps click from wrapping the examples
    _refuse_other_suffixes(settings.output)
    paths = (*settings.documents, *more)
    if paths:
        _refuse_questions(settings, more)
        documents = [each for path in paths for each in read_documents(content_of(path), path)]
        _refuse_two_of_a_kind(documents)
        _write(documents, (), settings)
        return _concluded(documents, failed_of_saved(settings, [*map(_saved, documents)]))
    with output.said_once():
        return _of_questions(settings)


def _of_questions(settings: Settings) -> int:
    """Answer the questions of the settings, write the page, and return the exit code."""
    since = settings.changes_since or settings.baseline
    # Unless the wants are those of the baseline, the difference shows what was lost.
    of_coverage = settings if since is None or settings.baseline else _comparing_nothing(settings)
    asked = asked_coverage(of_coverage, "gaps")
    difference = None if since is None else asked_difference(*_states(since, settings))
    plan = plans.plan(_of_plan(settings)) if _asks_for_plan(settings) else None
    trend = asked_trend(settings) if settings.trend else None
    answers = [each for each in (asked.coverage, difference, plan, trend) if each is not None]
    check = asked_check(_of_locks(settings)) if settings.is_typed("verify") else None
    results = answers if check is None else [*answers, check]
    documents = [read_document(as_json(each).encode()) for each in results]
    _write(documents, _inputs(settings, asked.catalog), settings)
    codes = [
        verdict.conclude(each, of_coverage if each is asked.coverage else settings)
        for each in answers
    ]
    if check is not None:
        codes.append(concluded(check, settings))
    if settings.ci_line:
        say_coverage(asked.coverage)
    return max(codes)


def _comparing_nothing(settings: Settings) -> Settings:
    """Return the settings without the gates that compare with an older state."""
    stacks = tuple(
        replace(each, fail_on_lost=False, fail_on_absent=False) for each in settings.stacks
    )
    return replace(settings, fail_on_lost=False, fail_on_absent=False, stacks=stacks)


def _states(since: str, settings: Settings) -> tuple[str, str | None, Settings]:
    """Return the states to compare: a lock with the wanted one, or a state with the newest."""
    typed = settings.typed - {"level", "stack", "os", "target"}
    if named_want(since).kind != "lock":
        return since, settings.tag, settings
    locks = [each for each in settings.want if named_want(each).kind == "lock"]
    if len(locks) != 1:
        raise UsageError(
            f"`--changes-since {since}` is a lock, which is compared with exactly one wanted lock",
            hint="name the newer lock with `--want spack.lock`",
        )
    return since, locks[0], replace(settings, typed=typed)


def _asks_for_plan(settings: Settings) -> bool:
    wants_lock = any(named_want(each).kind == "lock" for each in settings.want)
    return wants_lock or settings.is_typed(*_OF_PLANS)


def _of_plan(settings: Settings) -> Settings:
    """Return the settings of the plan; a typed level applies to the coverage."""
    if not settings.want:
        return settings
    return replace(settings, level=None, typed=settings.typed - {"level"})


def _of_locks(settings: Settings) -> Settings:
    """Return the settings of the check, which only counts the roots of locks."""
    locks = tuple(each for each in settings.want if named_want(each).kind == "lock")
    return replace(settings, want=locks)


def _inputs(settings: Settings, catalog: Catalog) -> tuple[InputFile, ...]:
    """Return the files that the questions read, with checksums."""
    found = inputs_of(settings.want, settings.candidates, catalog._contents, settings.costs)  # noqa: SLF001 - as the plan's own
    return tuple(InputFile(path=each.path, role=each.role, sha256=each.sha256) for each in found)


def _refuse_two_of_a_kind(documents: Sequence[AnswerDocument]) -> None:
    seen: dict[str, str] = {}
    for each in documents:
        # A page has one section for changes, whether between snapshots or between locks.
        kind = each.kind.removeprefix("lock-")
        if kind in seen:
            raise UsageError(
                f"{seen[kind]} and {each.path} are both documents of `{kind}`",
                hint="a page shows one of each kind: write two pages",
            )
        seen[kind] = each.path


def _refuse_questions(settings: Settings, more: tuple[str, ...]) -> None:
    if more and not settings.documents:
        raise UsageError(
            f"`{more[0]}` is an unexpected argument",
            hint=f"documents follow `--from`, as in `specplan report --from {more[0]}`",
        )
    for each in SETTINGS:
        if each.attribute in settings.typed - _BESIDE_DOCUMENTS:
            raise UsageError(
                f"`--{each.name}` applies to a question, and `--from` only shows saved documents",
                hint="give it to the commands that write the documents",
            )


def _refuse_other_suffixes(place: str | None) -> None:
    """Refuse a file whose name does not fit a page."""
    if place is None or place == "-" or _is_folder(place) or output.is_device(place):
        return
    if Path(place).suffix.lower() not in _SUFFIXES:
        raise UsageError(
            f"`--output {place}` is neither a page nor a folder",
            hint=f"write one file as `{Path(place).stem or 'report'}.html`, or a folder as "
            f"`{place or 'report'}/`",
        )


def _is_folder(place: str) -> bool:
    separators = {"/", os.sep}
    # The method of `Path` fails for impossible names.
    return place[-1:] in separators or os.path.isdir(place)  # noqa: PTH112


def _write(
    documents: Sequence[AnswerDocument], files: Sequence[InputFile], settings: Settings
) -> None:
    """Write the page to its destination, all of its files or none."""
    place = settings.output
    origin = pages.origin(settings, files)
    page: Rendered
    if place is not None and place != "-" and _is_folder(place):
        page = folder(documents, origin)
        output.write_folder(page.files, place)
    else:
        page = single(documents, origin)
        output.write(page.files[0][1], place)
    for note in pages.size_notes(page):
        output.note(note)


#: The command that writes each kind of document with gates.
_COMMANDS: Final = {
    "coverage": "gaps",
    "rebuild": "rebuild",
    "diff": "diff",
    "lock-diff": "diff",
    "trend": "trend",
}


def _saved(document: AnswerDocument) -> SavedAnswer:
    """Return the values of a saved document that gates check."""
    gates = document.content.items_at_or_none("gates")
    return SavedAnswer(
        path=document.path,
        command=_COMMANDS.get(document.kind, ""),
        gates={
            (gate.text_at("name"), gate.text_at_or_none("stack") or ""): gate.amount_at_or_none(
                "value"
            )
            for gate in gates
        },
        totals=_totals(document),
    )


def _totals(document: AnswerDocument) -> dict[str, float | None]:
    """Return the value of gates on a whole document."""
    content = document.content
    if document.kind == "rebuild":
        return {"fail-over-builds": content.at("totals").count_at("builds")}
    if document.kind != "coverage" or content.at_or_none("known_gaps") is not None:
        # A gate does not record the entries that excuse gaps.
        return {}
    totals, roots = content.at("totals"), content.at_or_none("roots")
    found = {"fail-under": _percent(totals.count_at("covered"), totals.count_at("wanted"))}
    if roots is not None:
        found["fail-under-roots"] = _percent(
            roots.count_at("installable"), roots.count_at("wanted")
        )
    return found


def _percent(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None


def _concluded(documents: Sequence[AnswerDocument], more: Sequence[str]) -> int:
    """Report failed gates of saved documents and uncertain input; return the exit code."""
    failed, doubts = [*failed_gates(documents), *more], doubts_of(documents)
    output.gates_failed(failed)
    if doubts and not failed:
        output.not_whole(f"left-out input could change the answer ({', '.join(doubts)})")
    return 1 if failed or doubts else 0
