"""The entry point for all sources: it recognizes a source and calls its reader."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from specplan import temporary
from specplan.counting import count
from specplan.errors import DamagedSourceError, RemoteError, SourceError, UsageError
from specplan.sources.absent import absence, is_there
from specplan.sources.guesses import guessed
from specplan.sources.label import STANDARD_INPUT, split_label
from specplan.sources.result import SourceRead

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from specplan.aliases import Progress
    from specplan.sources.limits import Limits
    from specplan.sources.mirrors.mirror import MirrorIndex
    from specplan.sources.reading_options import Reading, ReadingOptions
    from specplan.sources.stores.store import Store

__all__ = ["read", "read_all", "saved_folder"]

_SERVER_FAULT: Final = 500

#: The number of hours from which an age is given in days.
_DAYS_FROM: Final = 72

#: The statuses of a server for a folder that do not mean that it is empty.
_PERHAPS_A_FOLDER: Final = frozenset({400, 401, 403, 405})


def read(
    source: str,
    limits: Limits,
    *,
    tags: Sequence[str | None] = (None,),
    progress: Progress | None = None,
    options: ReadingOptions | None = None,
) -> SourceRead:
    """Read a source, whose kind follows from its content.

    Args:
        source: A file, a folder, a URL, or ``-`` for standard input; ``LABEL=`` before it
            names the stack of an index or a lock.
        limits: The limits for the source.
        tags: The requested snapshots, if the source is a map of snapshots; None is the newest, and
            unknown names are ignored. Other sources are read completely.
        progress: Called with the progress of a transfer.
        options: The options for reading mirrors and installations.

    Raises:
        RemoteError: If a file cannot be fetched.
        SourceError: If there is nothing at the place, or nothing that can be a source.
        UsageError: If there is a label where it has no meaning.
    """
    # Imported here because help and version should not wait for the readers.
    from specplan.secrets import shown_url  # noqa: PLC0415
    from specplan.sources.mirrors.own_stack import NO_STACK, own_stack_of  # noqa: PLC0415
    from specplan.sources.reading_options import Reading, ReadingOptions  # noqa: PLC0415
    from specplan.sources.stores.fetching import Fetching, is_remote  # noqa: PLC0415
    from specplan.sources.stores.store import written  # noqa: PLC0415

    label, where = split_label(source)
    if not where:
        raise UsageError(
            "the name of a source is empty",
            hint="name a file, a folder or a URL; is a variable unset?",
        )
    remote = is_remote(where)
    shown = shown_url(where) if remote else written(where)
    in_no_stack = bool(label) or (options is not None and options.is_candidate)
    reading = Reading(
        source=f"{label}={shown}" if label else shown,
        given_stack="" if label == NO_STACK else label,
        own_stack="" if in_no_stack else own_stack_of(where, remote=remote),
        tags=tuple(tags),
        fetching=Fetching(limits=limits, progress=progress),
        options=options or ReadingOptions(),
    )
    try:
        return _with_age(_with_guess(_found(where, reading, remote=remote)), reading)
    except DamagedSourceError as error:
        return _damaged(error, reading)
    except RemoteError as error:
        if error.hint is None and not limits.offline and _is_gone(error):
            error.hint = _without_server(shown, reading)
        raise


def saved_folder(source: str) -> Path | None:
    """Return the folder of a source that is a saved catalog, or None for any other source."""
    from specplan.sources.saved.folder import catalog_at  # noqa: PLC0415 - help reads nothing
    from specplan.sources.stores.fetching import is_remote  # noqa: PLC0415 - as above

    _, where = split_label(source)
    is_local = bool(where) and where != STANDARD_INPUT and not is_remote(where)
    return catalog_at(Path(where)) if is_local else None


def read_all(
    source: str,
    limits: Limits,
    *,
    tags: Sequence[str | None] = (None,),
    only_tags: bool = False,
    only_packages: tuple[str, ...] = (),
    dependencies: bool = True,
    progress: Progress | None = None,
    options: ReadingOptions | None = None,
) -> tuple[SourceRead, ...]:
    """Read a source that may stand for several, as a saved catalog does.

    The arguments and errors are those of :func:`read`; with ``only_tags``, a saved catalog leaves
    out all other snapshots, with ``only_packages`` the specs of all other packages, and without
    ``dependencies`` those of all specs.
    """
    folder = saved_folder(source)
    if folder is None:
        return (read(source, limits, tags=tags, progress=progress, options=options),)
    label, where = split_label(source)
    from specplan.sources.reading_options import Reading, ReadingOptions  # noqa: PLC0415
    from specplan.sources.saved.reading import read_saved  # noqa: PLC0415
    from specplan.sources.stores.fetching import Fetching  # noqa: PLC0415
    from specplan.sources.stores.store import written  # noqa: PLC0415

    shown = written(where)
    reading = Reading(
        source=f"{label}={shown}" if label else shown,
        given_stack=label,
        tags=tuple(tags),
        only_tags=only_tags,
        only_packages=only_packages,
        dependencies=dependencies,
        fetching=Fetching(limits=limits, progress=progress),
        options=options or ReadingOptions(),
    )
    try:
        return read_saved(folder, shown, reading)
    except DamagedSourceError as error:
        return (_damaged(error, reading),)


def _is_gone(error: RemoteError) -> bool:
    """Return whether a server did not respond about the file."""
    return error.status is None or error.status >= _SERVER_FAULT


def _without_server(shown: str, reading: Reading) -> str:
    """Return a hint for work without a server."""
    latest = reading.fetching.downloads.latest(shown)
    if latest is not None:
        return f"`--offline` reads the copy of {_moment(latest)}"
    return (
        "is the URL right, and the network up? `--offline` would read the copy of an earlier run, "
        "but there is none"
    )


def _moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, tz=timezone.utc).strftime("%Y-%m-%d %H:%M UTC")


def _with_age(answer: SourceRead, reading: Reading) -> SourceRead:
    """Return the result with the age of the copies from which it was read."""
    copies = reading.fetching.copies
    if not copies:
        return answer
    oldest = min(copies.values())
    moment = _moment(oldest)
    age = _age(max(0, time.time() - oldest) / 3600)
    note = f"`{reading.source}` was read from a copy of {moment}, {age} old, as no server was asked"
    return replace(answer, notes=(*answer.notes, note), copied_at=oldest)


def _age(hours: float) -> str:
    """Return an age in the unit that suits it."""
    if hours < 1:
        return count(int(hours * 60), "minute")
    return f"{hours / 24:.0f} days" if hours >= _DAYS_FROM else f"{hours:.1f} hours"


def _with_guess(answer: SourceRead) -> SourceRead:
    """Return the result with the record of a file in an unknown version."""
    if not answer.is_guess:
        return answer
    return replace(answer, left_out=(*answer.left_out, guessed(answer.source)))


def _found(where: str, reading: Reading, *, remote: bool) -> SourceRead:
    if where == STANDARD_INPUT:
        return _standard_input(reading)
    if not remote:
        return _local(Path(where), reading)
    from specplan.sources.registries.repository import is_registry  # noqa: PLC0415 - as above
    from specplan.sources.stores.url import parsed  # noqa: PLC0415 - as above

    if is_registry(where):
        return _registry(where, reading)
    parts = parsed(where)
    if parts.scheme == "file" and parts.netloc in {"", "localhost"}:
        return _local(Path(unquote(parts.path)), reading)
    return _remote(where, reading)


def _damaged(error: DamagedSourceError, reading: Reading) -> SourceRead:
    """Return the result for a source that is only one damaged file."""
    from specplan import _core  # noqa: PLC0415
    from specplan.model import DamagedFile  # noqa: PLC0415

    file = DamagedFile(path=error.path, location=error.location, line=error.line, fault=error.fault)
    return SourceRead(
        source=reading.source,
        core=_core.Catalog.merged([]),
        files=0,
        damaged=(file,),
        contradictions=(),
    )


def _local(path: Path, reading: Reading) -> SourceRead:
    from specplan.sources.mirrors import mirror  # noqa: PLC0415
    from specplan.sources.stores.store import LocalStore, printable  # noqa: PLC0415

    is_here = is_there(path)
    if is_here and (found := mirror.split_view(path.as_posix())) is not None:
        return _view(LocalStore(Path(found[0]), limits=reading.limits), found[1], reading)
    if path.is_dir():
        return _folder(LocalStore(path, limits=reading.limits), path, reading)
    if is_here:
        return _file(path, reading, shown=printable(path), beside=path.parent)
    whole = f"{reading.given_stack}={path}"
    hint = None
    if reading.given_stack and is_there(Path(whole)):
        hint = f"`{reading.given_stack}=` was taken for a label: write `./{whole}` for the path"
    raise absence(str(path), hint=hint)


def _folder(store: Store, path: Path, reading: Reading) -> SourceRead:
    """Read a folder: a map, a mirror, a tree of mirrors, an installation, an environment, pages."""
    from specplan.sources.mirrors import listing  # noqa: PLC0415
    from specplan.sources.stores.store import LocalStore, printable  # noqa: PLC0415

    if (answer := _mirror(store, reading)) is not None:
        return answer
    local = LocalStore(path, limits=reading.limits)
    if (listed := listing.tree(local, from_manifests=reading.from_manifests)) is not None:
        from specplan.sources.mirrors import snapshots  # noqa: PLC0415

        _refuse_label(reading, "a tree of snapshots")
        return snapshots.read(listed, local, reading)
    for name in (".spack-db/index.json", "spack.lock"):
        if (file := local.get(name, most=reading.limits.index_bytes)) is not None:
            from specplan.sources import spec_files  # noqa: PLC0415

            stack = path.resolve().name
            return spec_files.read(file, reading, shown=printable(file), lock_stack=stack)
    if (answer := _without_index(store, reading)) is not None:
        return answer
    from specplan.sources import pages  # noqa: PLC0415

    _refuse_label(reading, "a folder of pages")
    return pages.read(str(path), reading.limits)


def _mirror(store: Store, reading: Reading) -> SourceRead | None:
    """Read a map of snapshots or the index of a mirror, if the store has one."""
    from specplan.sources import content  # noqa: PLC0415
    from specplan.sources.mirrors import listing, mirror  # noqa: PLC0415

    file = store.get(listing.MAP_NAME, most=reading.limits.manifest_bytes)
    if file is not None and content.kind_of(file) == "listing":
        shown = store.shown(listing.MAP_NAME)
        if (answer := _map(file, shown, store, reading)) is not None:
            return answer
    if reading.from_manifests:
        return _without_index(store, reading)
    try:
        index = mirror.find_index(store, reading.limits, consumer=reading.consumer)
    except mirror.UnreadIndexError as error:
        return _nothing_read(str(error), reading)
    except DamagedSourceError as error:
        return _without_sound_index(error, store, reading)
    return None if index is None else _indexed(store, index, reading)


def _nothing_read(why: str, reading: Reading) -> SourceRead:
    """Return the result for a mirror in which the consumer sees nothing."""
    from specplan import _core  # noqa: PLC0415

    return SourceRead(
        source=reading.source,
        core=_core.Catalog.merged([]),
        files=0,
        damaged=(),
        contradictions=(),
        notes=(f"{why}, so it sees no binary there",),
    )


def _without_sound_index(error: DamagedSourceError, store: Store, reading: Reading) -> SourceRead:
    """Return the result for a mirror whose index cannot be read although its other files can."""
    from specplan.sources.mirrors import indexes, mirror  # noqa: PLC0415

    answer = _damaged(error, reading)
    layout = mirror.layout_of(store, reading.limits)
    if layout is None:
        return answer
    answer = replace(answer, damaged=tuple(map(indexes.or_from_manifests, answer.damaged)))
    from specplan.sources.origins import MirrorOrigin  # noqa: PLC0415

    taken = MirrorOrigin(
        store=store,
        layout=layout,
        lists_all=True,
        index=None,
        cache=reading.source,
        limits=reading.limits,
    )
    return replace(answer, mirrors=(taken,))


def _indexed(store: Store, index: MirrorIndex, reading: Reading) -> SourceRead:
    """Read the index of a mirror, and those for older Spacks beside it."""
    from specplan import _core  # noqa: PLC0415
    from specplan.sources import spec_files  # noqa: PLC0415
    from specplan.sources.mirrors import indexes, mirror  # noqa: PLC0415

    if index.layout is None:
        # A bare `index.json` does not show whether there are other files.
        return spec_files.read(index.path, reading, shown=index.shown)
    found = indexes.read_indexes(index, reading, mirror_shown=store.shown(), stack=reading.stack)
    if found.unread is not None:
        return _nothing_read(found.unread, reading)
    read = [each.shown for each in found.files]
    from specplan.sources.origins import MirrorOrigin  # noqa: PLC0415

    taken = MirrorOrigin(
        store=store,
        layout=index.layout,
        lists_all=index.view is None,
        # The content of a damaged index is unknown.
        index=read[0] if read else None,
        older=tuple(read[1:]),
        is_probed=reading.options.probe and store.files(mirror.SPEC_FOLDER) is None,
        cache=reading.source,
        limits=reading.limits,
    )
    more = None
    if read:
        more = indexes.unindexed(store, found.binaries, reading, stack=reading.stack)
    core, least = found.core, found.least
    fetched = None
    if more is not None:
        fetched = _core.Catalog.merged([core, more.fetched]) if more.count else None
        core = _core.Catalog.merged([core, more.listed])
        least = None if least is None else _core.Catalog.merged([least, more.listed])
    return SourceRead(
        source=reading.source,
        core=core,
        least=least,
        fetched=fetched,
        files=len(found.files),
        damaged=tuple(map(indexes.or_from_manifests, found.damaged)),
        contradictions=(),
        notes=() if more is None else tuple(more.notes(store.shown())),
        left_out=index.left_out,
        files_of_specs=found.files,
        mirrors=(taken,),
        is_guess=found.is_guess or (more is not None and more.is_guess),
        indexes=found.indexes,
        own_stack=reading.own_stack,
    )


def _without_index(store: Store, reading: Reading) -> SourceRead | None:
    """Read a mirror that has no index, if the store is one."""
    from specplan.sources.mirrors import mirror  # noqa: PLC0415

    binaries = mirror.spec_files(store, reading.limits)
    if binaries is None:
        return None
    from specplan.sources import spec_files  # noqa: PLC0415
    from specplan.sources.origins import MirrorOrigin  # noqa: PLC0415

    taken = MirrorOrigin(
        store=store,
        layout=binaries.layout,
        lists_all=True,
        index=None,
        cache=reading.source,
        limits=reading.limits,
    )
    return replace(spec_files.read_mirrored(binaries, reading), mirrors=(taken,))


def _map(file: Path, shown: str, beside: Store, reading: Reading) -> SourceRead | None:
    from specplan.sources import content  # noqa: PLC0415
    from specplan.sources.mirrors import listing, snapshots  # noqa: PLC0415

    document = content.inflated(file, shown, reading.limits.manifest_bytes)
    listed = listing.parse(document, shown)
    if listed is None:
        return None
    _refuse_label(reading, "a map of snapshots")
    return snapshots.read(listed, beside, reading)


def _view(store: Store, view: str | None, reading: Reading) -> SourceRead:
    """Read the index of a view of a mirror, or of the mirror."""
    from specplan.sources.mirrors import mirror  # noqa: PLC0415

    try:
        index = mirror.index_manifest(store, reading.limits, view=view, consumer=reading.consumer)
    except mirror.UnreadIndexError as error:
        return _nothing_read(str(error), reading)
    if index is not None:
        return _indexed(store, index, reading)
    there = mirror.views(store)
    raise SourceError(
        f"`{reading.source}` is not an index of a mirror",
        path=reading.source,
        hint=f"the mirror has the views {', '.join(there)}" if there else None,
    )


def _file(path: Path, reading: Reading, *, shown: str, beside: Path) -> SourceRead:
    """Read a local file."""
    from specplan.sources import content, foreign, pages, spec_files  # noqa: PLC0415
    from specplan.sources.mirrors import mirror  # noqa: PLC0415
    from specplan.sources.named_want import named_want  # noqa: PLC0415
    from specplan.sources.stores.store import LocalStore  # noqa: PLC0415

    foreign.refuse(path, shown)

    kind = content.kind_of(path)
    if kind == "listing" and path.stat().st_size <= reading.limits.manifest_bytes:
        store = LocalStore(beside, limits=reading.limits)
        if (answer := _map(path, shown, store, reading)) is not None:
            return answer
    if kind == "manifest":
        root, found, rest = path.resolve().as_posix().rpartition("/v3/manifests/spec/")
        if not found:
            raise SourceError(
                f"`{shown}` is a manifest outside of its mirror", path=shown, hint="name the mirror"
            )
        store = LocalStore(Path(root), limits=reading.limits)
        blob = mirror.spec_blob(store, f"v3/manifests/spec/{rest}", reading.limits)
        return spec_files.read(blob.path, reading, shown=blob.shown)
    if kind in {"specs", "listing"}:
        stack = spec_files.stack_of_lock(path.resolve())
        return spec_files.read(path, reading, shown=shown, lock_stack=stack)
    if kind == "page":
        # An unreadable file is a worse fault than its label.
        _refuse_label(reading, "a package page")
    elif named_want(str(path)).kind == "environment":
        raise SourceError(
            f"`{shown}` is an environment, which holds no binaries",
            path=shown,
            hint="`--want` takes environments",
        )
    return pages.read(str(path), reading.limits)


def _remote(url: str, reading: Reading) -> SourceRead:
    """Read the target of a URL: a file, a map of snapshots, or a mirror."""
    from specplan.sources.mirrors import listing, mirror  # noqa: PLC0415
    from specplan.sources.stores.fetching import no_copy  # noqa: PLC0415
    from specplan.sources.stores.open import open_store  # noqa: PLC0415
    from specplan.sources.stores.url import parsed  # noqa: PLC0415

    parts = parsed(url)
    if (found := mirror.split_view(parts.path)) is not None:
        root = parts._replace(path=found[0]).geturl()
        return _view(open_store(root, reading.fetching), found[1], reading)
    store = open_store(url, reading.fetching)
    refused: RemoteError | None = None
    is_nothing = True
    try:
        if not parts.path.endswith("/") and parts.path:
            file = store.get("", most=reading.limits.index_bytes)
            is_nothing = file is None
            if file is not None and (answer := _fetched(url, file, reading)) is not None:
                return answer
    except RemoteError as error:
        if error.status not in _PERHAPS_A_FOLDER:
            raise
        refused = error
    if (answer := _mirror(store, reading)) is not None:
        return answer
    if (answer := _without_index(store, reading)) is not None:
        return answer
    refusals = [] if refused is None else [refused]
    for each in (*refusals, *reading.fetching.refusals):
        # There is nothing readable.
        raise each
    if reading.limits.offline:
        raise no_copy(store.shown())
    tried = ", ".join(f"`{each}`" for each in (listing.MAP_NAME, *mirror.INDEXES))
    said = " (404)" if parts.scheme in {"http", "https"} else ""
    fault = f"is not there{said}" if is_nothing else "is not a supported file"
    raise RemoteError(
        f"`{store.shown()}` {fault}, and no mirror is below it: tried {tried}",
        path=store.shown(),
        hint="name the URL that `spack mirror list` shows; `spack buildcache update-index` writes "
        "the index of a mirror",
    )


def _registry(url: str, reading: Reading) -> SourceRead:
    """Read a build cache in a registry: its index, or else its tags."""
    from specplan.sources.stores.fetching import no_copy  # noqa: PLC0415 - as above
    from specplan.sources.stores.open import open_store  # noqa: PLC0415

    store = open_store(url, reading.fetching)
    if (answer := _mirror(store, reading)) is not None:
        return answer
    if (answer := _without_index(store, reading)) is not None:
        return answer
    if reading.limits.offline:
        raise no_copy(store.shown())
    raise RemoteError(
        f"`{store.shown()}` holds no build cache: it has neither the tag `index.spack` nor a tag "
        "of a binary, which ends with `-HASH.spack`",
        path=store.shown(),
        hint="name the URL that `spack mirror list` shows; `spack buildcache push` writes the tags",
    )


def _fetched(url: str, file: Path, reading: Reading) -> SourceRead | None:
    """Read a file that was fetched from a URL, or return None if its kind is unknown."""
    from specplan.sources import content, foreign, spec_files  # noqa: PLC0415
    from specplan.sources.stores.open import open_store  # noqa: PLC0415
    from specplan.sources.stores.url import parsed  # noqa: PLC0415

    foreign.refuse(file, reading.source)
    parts = parsed(url)
    kind = content.kind_of(file)
    if kind == "listing" and file.stat().st_size <= reading.limits.manifest_bytes:
        folder = parts._replace(path=f"{parts.path.rpartition('/')[0]}/").geturl()
        beside = open_store(folder, reading.fetching)
        if (answer := _map(file, reading.source, beside, reading)) is not None:
            return answer
    if kind in {"specs", "listing"}:
        stack = spec_files.stack_of_lock(PurePosixPath(unquote(parts.path)))
        return spec_files.read(file, reading, shown=reading.source, lock_stack=stack)
    if kind == "page":
        return _page(file, reading)
    return None


def _standard_input(reading: Reading) -> SourceRead:
    from specplan.sources import content, spec_files, standard_input  # noqa: PLC0415

    most = reading.limits.index_bytes
    with temporary.folder() as folder:
        file = folder / "input"
        size = _copied(standard_input.chunks(most), file)
        kind = content.kind_of(file)
        if kind == "listing" and size <= reading.limits.manifest_bytes:
            from specplan.sources.stores.store import LocalStore  # noqa: PLC0415

            here = LocalStore(Path(), limits=reading.limits)
            if (answer := _map(file, "-", here, reading)) is not None:
                return answer
        if kind in {"specs", "listing"}:
            answer = spec_files.read(file, reading, shown="-")
            # The copy is not kept.
            kept = [replace(each, hashes=each.check_hashes()) for each in answer.files_of_specs]
            return replace(answer, files_of_specs=tuple(kept))
        if kind == "page":
            return _page(file, reading)
    raise SourceError(
        "standard input contains nothing that can be read",
        path="-",
        hint="it may be an index, a lock, a spec file, a map of snapshots or a package page",
    )


def _copied(chunks: Iterable[bytes], file: Path) -> int:
    """Write the received bytes to a file, and return their number."""
    with file.open("wb") as copy:
        return sum(copy.write(chunk) for chunk in chunks)


def _page(file: Path, reading: Reading) -> SourceRead:
    """Read a page without a local file name, with the reference reader."""
    from specplan import _core  # noqa: PLC0415
    from specplan.model import DamagedFile  # noqa: PLC0415
    from specplan.sources import content, front_matter  # noqa: PLC0415

    _refuse_label(reading, "a package page")
    document = content.inflated(file, reading.source, reading.limits.yaml_bytes)
    try:
        page = front_matter.parse(document)
    except front_matter.FrontMatterError as error:
        raise DamagedSourceError(
            path=reading.source, location=error.location, line=error.line, fault=error.fault
        ) from error
    found = _core.read_page_values(reading.source, [(Path(reading.source), page.json)])
    return SourceRead(
        source=reading.source,
        core=found.catalog,
        files=found.taken,
        damaged=tuple(
            DamagedFile(
                path=reading.source,
                location=each.location,
                line=page.line_of(each.location),
                fault=each.fault,
            )
            for each in found.damaged
        ),
        contradictions=(),
    )


def _refuse_label(reading: Reading, what: str) -> None:
    if reading.given_stack:
        raise UsageError(
            f"`{reading.source}`: {what} defines its own stacks",
            hint="only an index or a lock takes a label as its stack",
        )
