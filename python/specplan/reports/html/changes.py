"""Differences as values of the page: changes, grouped by cause."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specplan.reports.html.counts import count
from specplan.reports.html.doubt import in_doubt
from specplan.reports.html.values import Changes, Figure, Titled
from specplan.reports.outline import (
    CellNames,
    Column,
    Name,
    Names,
    Number,
    ReportTable,
    SpecWithHash,
    Words,
)
from specplan.reports.render import prose, wording

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specplan.reports.outline import TableCell
    from specplan.reports.render.prose import Prose
    from specplan.sources.strict_json import Value

__all__ = ["diff_part", "lock_diff_part"]

#: The number of texts of a difference that are shown before the rest is counted.
_FEW: Final = 4


def diff_part(content: Value) -> Changes:
    """Return the values of a difference of two states, with each cause once."""
    totals = content.at("totals")
    lost, gained, changed = (_total(content, name) for name in ("lost", "gained", "changed"))
    old, new = content.text_at("old"), content.text_at("new")
    lines: list[Prose] = [
        f"stack {prose.name(each)} is absent" for each in content.texts_at("absent_stacks")
    ]
    if stacks := content.texts_at("new_stacks"):
        are = count(len(stacks), "stack is new", "stacks are new")
        lines.append(f"{are}: {wording.folded(list(map(prose.name, stacks)), 6)}")
    lines += wording.migrated(len(content.items_at_or_none("migrated")))
    return Changes(
        headline=f"{prose.name(old)} → {prose.name(new)}: {lost:,} lost, {gained:,} gained, "
        f"{changed:,} changed, {totals.count_at('kept'):,} kept (level {content.text_at('level')})",
        old=old,
        new=new,
        figures=in_doubt(
            (
                Figure(
                    label="lost",
                    value=f"{lost:,}",
                    detail=f"{totals.count_at('kept'):,} kept",
                    tone="bad" if lost else "good",
                ),
                Figure(label="changed", value=f"{changed:,}"),
                Figure(label="gained", value=f"{gained:,}"),
                Figure(label="kept", value=f"{totals.count_at('kept'):,}"),
            ),
            content,
        ),
        lines=tuple(lines),
        tables=tuple(
            table
            for table in (
                _keys("Lost", "lost", content.items_at("lost")),
                _changed(content.items_at("changed")),
                _keys("Gained", "gained", content.items_at("gained")),
            )
            if table is not None
        ),
    )


def _total(content: Value, name: str, listed: str = "") -> int:
    """Return a total, which must match the list of the document."""
    totals, entries = content.at("totals"), content.items_at(listed or name)
    if totals.count_at(name) != len(entries):
        totals.at(name).fail(
            f"is not the number of {name} ones, of which {len(entries)} are listed"
        )
    return len(entries)


def _keys(title: str, word: str, entries: Sequence[Value]) -> Titled | None:
    """Return the keys that were lost or gained, each with all its cells."""
    groups = wording.grouped(entries, lambda each: each.text_at("want"))
    if not groups:
        return None
    groups.sort(key=lambda group: (-len(group), group[0].text_at("want")))
    columns = (
        Column("want", word, "spec"),
        Column("cells", "cells", "count"),
        Column("where", "in", "cells"),
    )
    rows: tuple[tuple[TableCell, ...], ...] = tuple(
        (_want(group[0]), Number(len(group)), _where(group)) for group in groups
    )
    keys = count(len(groups), "key")
    title = f"{title}: {keys} in {count(len(entries), 'place')}"
    return Titled(title=title, table=ReportTable(columns, rows))


def _want(entry: Value) -> TableCell:
    dag_hash = entry.text_at_or_none("hash")
    if dag_hash is None:
        return Name(entry.text_at("want"))
    return SpecWithHash(
        wording.spec_name(entry.text_at("package"), entry.text_at_or_none("version")), dag_hash
    )


def _where(group: Sequence[Value]) -> CellNames:
    return CellNames(
        tuple((e.text_at("stack"), e.text_at("os"), e.text_at("target")) for e in group)
    )


def _changed(entries: Sequence[Value]) -> Titled | None:
    """Return the packages whose keys were replaced, each change once."""

    def shown(entry: Value, side: str) -> tuple[str, ...]:
        return entry.texts_at(f"{side}_versions") or entry.texts_at(side)

    groups = wording.grouped(
        entries, lambda each: (each.text_at("package"), shown(each, "old"), shown(each, "new"))
    )
    if not groups:
        return None
    groups.sort(key=lambda group: (-len(group), group[0].text_at("package")))
    columns = (
        Column("package", "changed", "name"),
        Column("old", "old", "names"),
        Column("new", "new", "names"),
        Column("cells", "cells", "count"),
        Column("where", "in", "cells"),
    )
    rows: tuple[tuple[TableCell, ...], ...] = tuple(
        (
            Name(group[0].text_at("package")),
            Names(shown(group[0], "old")),
            Names(shown(group[0], "new")),
            Number(len(group)),
            _where(group),
        )
        for group in groups
    )
    title = f"Changed: {count(len(groups), 'cause')} in "
    title += count(len(entries), "place")
    return Titled(title=title, table=ReportTable(columns, rows))


def lock_diff_part(content: Value) -> Changes:
    """Return the values of a difference of locks: the specs whose own content changed."""
    totals = content.at("totals")
    old, new = content.text_at("old"), content.text_at("new")

    def total(name: str) -> str:
        return f"{totals.count_at(name):,}"

    for name, listed in (("new", "specs"), ("gone", "gone"), ("lost", "lost_packages")):
        _total(content, name, listed)
    own = f"{total('own_change')} of the new specs changed themselves"
    of_recipes = f"({total('recipe_only')} of them by the text of the recipe alone)"
    lines: list[Prose] = [f"{own} {of_recipes}, {total('inherited')} inherited a new hash"]
    if lost := content.texts_at("lost_packages"):
        names = wording.folded(list(map(prose.name, lost)), 6)
        lines.insert(0, f"{count(len(lost), 'package')} lost: {names}")
    lines += wording.migrated(totals.count_at_or_none("migrated") or 0)
    return Changes(
        headline=f"{prose.name(old)} → {prose.name(new)}: {total('new')} new, "
        f"{total('gone')} gone, {total('kept')} kept; {count(totals.count_at('builds'), 'build')}",
        old=old,
        new=new,
        figures=in_doubt(
            (
                Figure(label="new", value=total("new")),
                Figure(label="own changes", value=total("own_change")),
                Figure(label="inherited", value=total("inherited")),
                Figure(label="gone", value=total("gone")),
            ),
            content,
        ),
        lines=tuple(lines),
        tables=_causes(content),
    )


def _causes(content: Value) -> tuple[Titled, ...]:
    specs = {each.text_at("hash"): each for each in content.items_at("specs")}
    causes = content.items_at("causes")
    if not causes:
        return ()
    columns = (
        Column("spec", "changed itself", "spec"),
        Column("reaches", "reaches", "count"),
        Column("alone", "alone", "count"),
        Column("link_run", "link/run", "count"),
        Column("what", "what changed", "words"),
    )
    rows: tuple[tuple[TableCell, ...], ...] = tuple(
        (
            _named(specs.get(each.text_at("hash")), each.text_at("hash")),
            Number(each.count_at("reaches")),
            Number(each.count_at("explains_alone")),
            Number(each.count_at("reaches_by_link_run")),
            Words(_differences(specs.get(each.text_at("hash")))),
        )
        for each in causes
    )
    return (
        Titled(
            title=f"By cause: {count(len(rows), 'spec')} changed by themselves",
            table=ReportTable(columns, rows),
            note="How many new specs each reaches, itself included; how many nothing else new "
            "gets into; how many it reaches over link and run edges alone.",
        ),
    )


def _named(spec: Value | None, dag_hash: str) -> SpecWithHash:
    if spec is None:
        return SpecWithHash("", dag_hash)
    return SpecWithHash(
        wording.spec_name(spec.text_at("package"), spec.text_at("version")), dag_hash
    )


def _differences(spec: Value | None) -> str:
    if spec is None:
        return ""
    parts = []
    for each in spec.items_at("differences"):
        key, old, new = each.text_at("key"), each.text_at("old"), each.text_at("new")
        if key == "package_hash":
            parts.append("recipe")
        else:
            parts.append(f"{key} {_line(old)} → {_line(new)}")
    return "; ".join(parts)


def _line(text: str) -> str:
    lines = text.split("\n")
    return wording.folded(lines, _FEW) if text else "none"
