"""The identity of the source of a version: a checksum, a commit, a revision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from specplan.recipes.unread import UnreadError
from specplan.recipes.values import UNREAD
from specplan.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from specplan.recipes.directives import Called, Directives
    from specplan.recipes.nodes import Node

__all__ = ["VersionSource", "declared_source", "next_commit", "source_of", "versions_of", "wish_of"]

#: Checksums; the last one given counts.
_CHECKSUMS: Final = ("sha256", "md5", "sha1", "sha224", "sha384", "sha512", "checksum")

#: The ways to fetch, in the order in which Spack tries them, with the arguments that select them.
_FETCHERS: Final[tuple[tuple[str, frozenset[str]], ...]] = (
    ("url", frozenset(_CHECKSUMS)),
    ("go", frozenset()),
    (
        "git",
        frozenset(
            [
                "tag",
                "branch",
                "commit",
                "submodules",
                "get_full_repo",
                "submodules_delete",
                "git_sparse_paths",
                "skip_checkout",
            ]
        ),
    ),
    ("cvs", frozenset({"branch", "date"})),
    ("svn", frozenset({"revision"})),
    ("hg", frozenset({"revision"})),
    ("s3", frozenset(_CHECKSUMS)),
    ("gs", frozenset(_CHECKSUMS)),
)

#: The arguments of a version that affect neither fetching nor unpacking.
_BESIDE: Final = frozenset({"preferred", "deprecated", "no_cache", "fetch_options"})

#: The arguments for the location of content that something else identifies.
_PLACES: Final = frozenset({"url", "git", "svn", "hg", "cvs", "go", "s3", "gs"})


#: The arguments that name a commit in a git repository.
_REFERENCES: Final = frozenset({"branch", "commit", "tag"})


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionSource:
    """The source of one version of a recipe.

    Attributes:
        id: The hashed identifier; empty if nothing identifies it, as with a branch.
        content: The other arguments that determine the built content and how it is unpacked.
        is_known: Whether the recipe has the version.
    """

    id: str
    content: tuple[tuple[str, str], ...]
    is_known: bool

    @property
    def unpacked(self) -> list[tuple[str, str]]:
        """The rules for unpacking a commit, independently of its location and name."""
        names = _PLACES | _REFERENCES
        return [each for each in self.content if each[0] not in names]


def versions_of(directives: Sequence[Directives]) -> dict[str, list[Called]]:
    """Return the calls of ``version`` by version, in a recipe and those it derives from.

    Calls with an unread version are listed under the empty text.
    """
    found: dict[str, list[Called]] = {}
    for each in directives:
        for call in each.named("version"):
            version = call.argument("ver", 0)
            text = str(version) if isinstance(version, (str, int)) else ""
            found.setdefault(text, []).append(call)
    return found


def wish_of(call: Called) -> str:
    """Return the arguments of ``version`` by which a concretizer ranks it, as a text."""
    return repr([call.argument(key) or False for key in ("preferred", "deprecated")])


def source_of(node: Node, directives: Sequence[Directives]) -> VersionSource:
    """Return the source of a spec.

    Args:
        node: The spec.
        directives: The directives of its recipe, after the inherited ones.

    Raises:
        UnreadError: If it is unknown.
    """
    if commit := node.commit:
        return VersionSource(id=commit, content=(), is_known=True)
    if node.is_git_version:
        raise UnreadError(f"`{node.version}` is a git reference")
    return declared_source(node, directives)


def declared_source(node: Node, directives: Sequence[Directives]) -> VersionSource:
    """Return the source for the version of a spec by its recipe, regardless of the commit.

    Args:
        node: The spec.
        directives: The directives of its recipe, after the inherited ones.

    Raises:
        UnreadError: If it is unknown.
    """
    versions = versions_of(directives)
    calls = versions.get(node.version, [])
    _refuse_doubt(calls, versions, directives)
    if not calls:
        return VersionSource(id="", content=(), is_known=False)
    given = _given(calls[-1])
    names = {key: value for each in directives for key, value in each.names.items()}
    fetcher = _fetcher(given, names)
    id_ = _id(fetcher, given)
    # The same checksum may be given in another way, and the same commit by another tag.
    beside = _BESIDE | (_PLACES | _REFERENCES | frozenset(_CHECKSUMS) if id_ else frozenset())
    content = tuple(sorted((key, repr(value)) for key, value in given.items() if key not in beside))
    if not id_ and isinstance(place := names.get(fetcher), str):
        content += ((fetcher, place),)
    return VersionSource(id=id_, content=content, is_known=True)


def next_commit(node: Node, before: VersionSource, after: VersionSource) -> str | None:
    """Return the commit that a concretizer sets for a spec with a commit; None if it looks it up.

    If a version names no commit, that of its tag or branch is looked up, or the spec was requested
    with one.

    Args:
        node: The spec.
        before: The older recipe's declaration of its version.
        after: The newer recipe's declaration of it.
    """
    if after.id in {before.id, node.commit}:
        is_same = after.id == node.commit or _references(before) == _references(after)
        return node.commit if is_same else None
    return after.id if after.id and before.id == node.commit else None


def _references(source: VersionSource) -> list[tuple[str, str]]:
    return [each for each in source.content if each[0] in _PLACES | _REFERENCES - {"commit"}]


def _refuse_doubt(
    calls: Sequence[Called], versions: Mapping[str, list[Called]], directives: Sequence[Directives]
) -> None:
    """Refuse to choose a source if another call may override it."""
    if doubtful := next((each for each in calls if each.doubt), None):
        raise UnreadError(doubtful.doubt)
    if calls:
        return
    if unread := versions.get("", []):
        raise UnreadError(f"line {unread[0].lines[0]}: it is unclear which version this is")
    if opaque := next((line for each in directives for line in each.opaque), None):
        raise UnreadError(f"the version may be made at {opaque}")


def _given(call: Called) -> dict[str, Any]:
    """Return the arguments of a version in a call, without those that are None."""
    given = {key: value for key, value in call.keywords.items() if key != "ver"}
    if len(call.positional) > 1:
        given["checksum"] = call.positional[1]
    for key, value in given.items():
        if value is UNREAD and key not in _BESIDE:
            raise UnreadError(f"line {call.lines[0]}: `{key}` is not a plain value")
    return {key: value for key, value in given.items() if value is not None}


def _fetcher(given: Mapping[str, Any], names: Mapping[str, object]) -> str:
    """Return the way in which a version is fetched."""
    for name, _ in _FETCHERS:
        if name in given:
            return name
    for name, options in _FETCHERS:
        if (name == "url" or name in names) and not options.isdisjoint(given):
            return name
    # A build system may set the location, and with it the way to fetch.
    return "git" if "commit" in given else "url"


def _id(fetcher: str, given: Mapping[str, Any]) -> str:
    """Return the identifier of a version that is fetched in this way."""
    if fetcher == "git":
        return str(given.get("commit", ""))
    if fetcher in {"svn", "hg"}:
        return str(given.get("revision", ""))
    if fetcher == "cvs":
        dated = [f"-{key}={given[key]}" for key in ("branch", "date") if given.get(key)]
        return f"id{''.join(dated)}" if dated else ""
    checksums = [given[key] for key in _CHECKSUMS if key in given]
    return str(checksums[-1]) if checksums else ""
