"""The documents of differences as values of the page: what changed, by what caused it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specplan.reports.html.counts import count
from specplan.reports.html.values import Changes, Figure, Titled
from specplan.reports.outline import Cells, Column, Name, Names, Number, Spec, Table, Words
from specplan.reports.render import prose, wording

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specplan.reports.html.documents import Entry
    from specplan.reports.outline import Cell
    from specplan.reports.render.prose import Prose

__all__ = ["diff_part", "lock_diff_part"]

#: How many texts of a difference are shown before the rest is counted.
_FEW: Final = 4


def diff_part(content: Entry) -> Changes:
    """Return the values of a difference of two states: each cause once, wherever it shows."""
    totals = content.entry("totals")
    lost, gained, changed = (_total(content, name) for name in ("lost", "gained", "changed"))
    old, new = content.text("old"), content.text("new")
    lines: list[Prose] = [
        f"stack {prose.name(each)} is absent" for each in content.texts("absent_stacks")
    ]
    if stacks := content.texts("new_stacks"):
        are = count(len(stacks), "stack is new", "stacks are new")
        lines.append(f"{are}: {wording.folded(list(map(prose.name, stacks)), 6)}")
    lines += wording.migrated(len(content.entries_or_none("migrated")))
    return Changes(
        headline=f"{prose.name(old)} → {prose.name(new)}: {lost:,} lost, {gained:,} gained, "
        f"{changed:,} changed, {totals.count('kept'):,} kept (level {content.text('level')})",
        old=old,
        new=new,
        figures=(
            Figure(
                label="lost",
                value=f"{lost:,}",
                detail=f"{totals.count('kept'):,} kept",
                tone="bad" if lost else "good",
            ),
            Figure(label="changed", value=f"{changed:,}"),
            Figure(label="gained", value=f"{gained:,}"),
            Figure(label="kept", value=f"{totals.count('kept'):,}"),
        ),
        lines=tuple(lines),
        tables=tuple(
            table
            for table in (
                _keys("Lost", "lost", content.entries("lost")),
                _changed(content.entries("changed")),
                _keys("Gained", "gained", content.entries("gained")),
            )
            if table is not None
        ),
    )


def _total(content: Entry, name: str, listed: str = "") -> int:
    """Return a total, which is the number of what the document lists."""
    totals, entries = content.entry("totals"), content.entries(listed or name)
    if totals.count(name) != len(entries):
        totals.fail(name, f"is not the number of {name} ones, of which {len(entries)} are listed")
    return len(entries)


def _keys(title: str, word: str, entries: Sequence[Entry]) -> Titled | None:
    """Return the keys that were lost or gained, each with all cells of it."""
    groups = wording.grouped(entries, lambda each: each.text("want"))
    if not groups:
        return None
    groups.sort(key=lambda group: (-len(group), group[0].text("want")))
    columns = (
        Column("want", word, "spec"),
        Column("cells", "cells", "count"),
        Column("where", "in", "cells"),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (_want(group[0]), Number(len(group)), _where(group)) for group in groups
    )
    keys = count(len(groups), "key")
    title = f"{title}: {keys} in {count(len(entries), 'place')}"
    return Titled(title=title, table=Table(columns, rows))


def _want(entry: Entry) -> Cell:
    dag_hash = entry.text_or_none("hash")
    if dag_hash is None:
        return Name(entry.text("want"))
    return Spec(wording.spec_name(entry.text("package"), entry.text_or_none("version")), dag_hash)


def _where(group: Sequence[Entry]) -> Cells:
    return Cells(tuple((e.text("stack"), e.text("os"), e.text("target")) for e in group))


def _changed(entries: Sequence[Entry]) -> Titled | None:
    """Return the packages whose keys gave way to others, each change once."""

    def shown(entry: Entry, side: str) -> tuple[str, ...]:
        return entry.texts(f"{side}_versions") or entry.texts(side)

    groups = wording.grouped(
        entries, lambda each: (each.text("package"), shown(each, "old"), shown(each, "new"))
    )
    if not groups:
        return None
    groups.sort(key=lambda group: (-len(group), group[0].text("package")))
    columns = (
        Column("package", "changed", "name"),
        Column("old", "old", "names"),
        Column("new", "new", "names"),
        Column("cells", "cells", "count"),
        Column("where", "in", "cells"),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            Name(group[0].text("package")),
            Names(shown(group[0], "old")),
            Names(shown(group[0], "new")),
            Number(len(group)),
            _where(group),
        )
        for group in groups
    )
    title = f"Changed: {count(len(groups), 'cause')} in "
    title += count(len(entries), "place")
    return Titled(title=title, table=Table(columns, rows))


def lock_diff_part(content: Entry) -> Changes:
    """Return the values of a difference of locks: the specs that changed themselves."""
    totals = content.entry("totals")
    old, new = content.text("old"), content.text("new")

    def total(name: str) -> str:
        return f"{totals.count(name):,}"

    for name, listed in (("new", "specs"), ("gone", "gone")):
        _total(content, name, listed)
    own = f"{total('own_change')} of the new specs changed themselves"
    of_recipes = f"({total('recipe_only')} of them by the text of the recipe alone)"
    lines: list[Prose] = [f"{own} {of_recipes}, {total('inherited')} inherited a new hash"]
    lines += wording.migrated(totals.count_or_none("migrated") or 0)
    return Changes(
        headline=f"{prose.name(old)} → {prose.name(new)}: {total('new')} new, "
        f"{total('gone')} gone, {total('kept')} kept; {count(totals.count('builds'), 'build')}",
        old=old,
        new=new,
        figures=(
            Figure(label="new", value=total("new")),
            Figure(label="own changes", value=total("own_change")),
            Figure(label="inherited", value=total("inherited")),
            Figure(label="gone", value=total("gone")),
        ),
        lines=tuple(lines),
        tables=_causes(content),
    )


def _causes(content: Entry) -> tuple[Titled, ...]:
    specs = {each.text("hash"): each for each in content.entries("specs")}
    causes = content.entries("causes")
    if not causes:
        return ()
    columns = (
        Column("spec", "changed itself", "spec"),
        Column("reaches", "reaches", "count"),
        Column("alone", "alone", "count"),
        Column("link_run", "link/run", "count"),
        Column("what", "what changed", "words"),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            _named(specs.get(each.text("hash")), each.text("hash")),
            Number(each.count("reaches")),
            Number(each.count("explains_alone")),
            Number(each.count("reaches_by_link_run")),
            Words(_differences(specs.get(each.text("hash")))),
        )
        for each in causes
    )
    return (
        Titled(
            title=f"By cause: {count(len(rows), 'spec')} changed by themselves",
            table=Table(columns, rows),
            note="How many new specs each reaches, itself included; how many nothing else new "
            "gets into; how many it reaches over link and run edges alone.",
        ),
    )


def _named(spec: Entry | None, dag_hash: str) -> Spec:
    if spec is None:
        return Spec("", dag_hash)
    return Spec(wording.spec_name(spec.text("package"), spec.text("version")), dag_hash)


def _differences(spec: Entry | None) -> str:
    if spec is None:
        return ""
    parts = []
    for each in spec.entries("differences"):
        key, old, new = each.text("key"), each.text("old"), each.text("new")
        if key == "package_hash":
            parts.append("recipe")
        else:
            parts.append(f"{key} {_line(old)} → {_line(new)}")
    return "; ".join(parts)


def _line(text: str) -> str:
    lines = text.split("\n")
    return wording.folded(lines, _FEW) if text else "none"
