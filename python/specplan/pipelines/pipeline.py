"""A GitLab pipeline: jobs that build a spec, service jobs, settings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from specplan.errors import SourceError
from specplan.patterns import pattern
from specplan.pipelines.document import (
    Document,
    WrittenMapping,
    WrittenScalar,
    WrittenSequence,
    parse,
)
from specplan.records import dataclass
from specplan.sources import standard_input
from specplan.sources.content import inflated
from specplan.sources.label import STANDARD_INPUT

if TYPE_CHECKING:
    from specplan.pipelines.document import Node

__all__ = [
    "NO_OP",
    "BuildJob",
    "Pipeline",
    "build_need_of",
    "extended_by",
    "is_job",
    "pipeline_of",
    "read",
]

#: GitLab accepts at most 5 MB.
_MOST_BYTES: Final = 8 << 20

#: The variable of a job with the spec that it builds.
_VARIABLES: Final = "variables"
_HASH: Final = "SPACK_JOB_SPEC_DAG_HASH"

_DAG_HASH: Final = pattern(r"[a-z2-7]{32}")

#: The job that Spack writes if there is nothing to build: GitLab refuses a pipeline without jobs.
NO_OP: Final = "no-specs-to-rebuild"

#: The other jobs that Spack writes besides builds.
_SERVICES: Final = frozenset({NO_OP, "cleanup", "copy", "rebuild-index", "sign-pkgs"})

#: The keys of which GitLab requires one in a job.
_JOB_KEYS: Final = ("script", "run", "trigger", "extends")

#: The maximum depth of ``extends`` in GitLab.
_MOST_EXTENDED: Final = 11

#: The entries that GitLab always reads as settings of the pipeline.
_SETTINGS: Final = frozenset(
    {
        "after_script",
        "before_script",
        "cache",
        "default",
        "image",
        "include",
        "services",
        "spec",
        "stages",
        "variables",
        "workflow",
    }
)

_HINT: Final = "name the file that `spack ci generate --output-file FILE` wrote"


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildJob:
    """A job that builds a spec.

    Attributes:
        name: The job.
        hash: The DAG hash of the spec.
        node: The job in the document.
        needs: The jobs that it waits for, in the order written; None if neither it nor the entries
            it extends have any.
    """

    name: str
    hash: str
    node: WrittenMapping
    needs: WrittenSequence | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """A pipeline as it was read.

    Attributes:
        path: The file, as shown to users.
        text: The content of the file.
        document: The content as a tree.
        builds: The jobs that build a spec, by name, in the order written.
    """

    path: str
    text: str
    document: Document
    builds: dict[str, BuildJob]

    @property
    def entries(self) -> list[tuple[str, Node]]:
        """The entries of the pipeline, by name, in the order of the file."""
        return [
            (key.text, value)
            for key, value in self.document.root.pairs
            if isinstance(key, WrittenScalar)
        ]


def read(place: str) -> Pipeline:
    """Read a pipeline, which may be packed with gzip.

    Args:
        place: The file, or ``-`` for standard input.

    Raises:
        SourceError: If it cannot be read, is too large, or is not a pipeline of Spack.
        DamagedSourceError: If it is not YAML, or a job lacks something that Spack writes there.
    """
    if place == STANDARD_INPUT:
        content = standard_input.whole(_MOST_BYTES)
    else:
        content = inflated(Path(place), place, _MOST_BYTES)
    return pipeline_of(content, place)


def pipeline_of(content: bytes, place: str) -> Pipeline:
    """Return the pipeline in a file; see :func:`read`.

    Args:
        content: The whole file.
        place: The file, as shown to users.
    """
    document = parse(content, place)
    entries: dict[str, Node] = {}
    for key, value in document.root.pairs:
        if not isinstance(key, WrittenScalar):
            raise document.fault(key, "", "a key must be text")
        if key.text in entries:
            raise document.fault(key, key.text, "the key is given twice")
        entries[key.text] = value
    inherited = _InheritedNeeds(entries)
    builds = {
        name: job
        for name, value in entries.items()
        if (job := _build_job(document, name, value, inherited)) is not None
    }
    if not builds and not entries.keys() & _SERVICES:
        raise SourceError(
            f"`{place}` is not a pipeline of Spack: it has no job that builds a spec, and none "
            f"of the jobs that Spack writes beside these",
            path=place,
            hint=_HINT,
        )
    return Pipeline(
        path=place,
        text=content.decode("utf-8-sig"),
        document=document,
        builds=builds,
    )


def is_job(name: str, node: Node) -> bool:
    """Return whether GitLab runs an entry of a pipeline as a job."""
    if name in _SETTINGS or name.startswith(".") or not isinstance(node, WrittenMapping):
        return False
    return name in _SERVICES or any(node.get(key) is not None for key in _JOB_KEYS)


def build_need_of(entry: Node) -> str | None:
    """Return the job of the same pipeline that an entry of ``needs`` waits for.

    None is returned for a job of another pipeline or project, and for an unknown one.
    """
    if isinstance(entry, WrittenScalar):
        return entry.text
    if not isinstance(entry, WrittenMapping):
        return None
    if entry.get("pipeline") is not None or entry.get("project") is not None:
        return None
    job = entry.get("job")
    return job.text if isinstance(job, WrittenScalar) else None


def extended_by(node: WrittenMapping) -> list[str]:
    """Return the entries that a job extends, in order of precedence."""
    found = node.get("extends")
    items = found.items if isinstance(found, WrittenSequence) else [found]
    return [each.text for each in reversed(items) if isinstance(each, WrittenScalar)]


class _InheritedNeeds:
    """The needs that jobs inherit from the entries that they extend."""

    def __init__(self, entries: dict[str, Node]) -> None:
        self._entries = entries
        self._known: dict[str, Node | None] = {}

    def of(self, node: WrittenMapping, depth: int = _MOST_EXTENDED) -> Node | None:
        found = node.get("needs")
        if found is not None or not depth:
            return found
        for name in extended_by(node):
            if name not in self._known:
                # An entry that extends itself has no needs.
                self._known[name] = None
                entry = self._entries.get(name)
                if isinstance(entry, WrittenMapping):
                    self._known[name] = self.of(entry, depth - 1)
            if (known := self._known[name]) is not None:
                return known
        return None


def _build_job(
    document: Document, name: str, node: Node, inherited: _InheritedNeeds
) -> BuildJob | None:
    """Return an entry as a job, if it builds a spec."""
    if name in _SETTINGS or name.startswith(".") or not isinstance(node, WrittenMapping):
        return None
    variables = node.get(_VARIABLES)
    if not isinstance(variables, WrittenMapping):
        return None
    dag_hash = variables.get(_HASH)
    if dag_hash is None:
        return None
    place = f"{name}.{_VARIABLES}.{_HASH}"
    if isinstance(dag_hash, WrittenMapping):
        # An unexpanded variable.
        dag_hash = dag_hash.get("value") or dag_hash
    if not isinstance(dag_hash, WrittenScalar) or _DAG_HASH.fullmatch(dag_hash.text) is None:
        raise document.fault(dag_hash, place, "is not a DAG hash of 32 letters")
    needs = inherited.of(node)
    if needs is not None and not isinstance(needs, WrittenSequence):
        raise document.fault(needs, f"{name}.needs", "must be a list")
    return BuildJob(name=name, hash=dag_hash.text, node=node, needs=needs)
