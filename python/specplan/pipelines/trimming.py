"""A pipeline without the jobs that a plan does not need.

Jobs are found by the DAG hash of the spec they build. Those of the plan stay unchanged except for
two attributes: ``needs`` becomes the smallest set that preserves the order of the plan, and
``stage`` follows from these. The rest of the file stays, and nothing is added.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specplan.errors import SourceError
from specplan.patterns import pattern
from specplan.pipelines.document import (
    Document,
    WrittenMapping,
    WrittenScalar,
    WrittenSequence,
    is_harmless,
    references_in,
)
from specplan.pipelines.no_op import no_op_entries
from specplan.pipelines.pipeline import NO_OP, build_need_of, extended_by, is_job
from specplan.pipelines.reduction import reduced, stages
from specplan.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet

    from specplan.model import Build
    from specplan.pipelines.document import Node
    from specplan.pipelines.pipeline import BuildJob, Pipeline

__all__ = ["Trimmed", "builds_without_job", "trimmed"]

#: The job that copies binaries between mirrors. It has work even without builds.
_COPY: Final = "copy"

#: Spack's names for the stages of builds.
_STAGE: Final = pattern(r"stage-([0-9]{1,9})")

#: The spellings of false in YAML 1.1, which GitLab reads.
_NO: Final = frozenset({"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Trimmed:
    """A pipeline after it was trimmed.

    Attributes:
        text: The file.
        jobs: The original number of build jobs.
        kept: The number of them that are left.
        removed: The hashes of the others, in the order of the file.
        needs: The original number of needs between build jobs.
        needs_kept: The number that are left.
        is_no_op: Whether only Spack's no-op job is left.
    """

    text: str
    jobs: int
    kept: int
    removed: tuple[str, ...]
    needs: int
    needs_kept: int
    is_no_op: bool


def builds_without_job(pipeline: Pipeline, builds: Iterable[Build]) -> list[Build]:
    """Return the builds of a plan without a job in a pipeline, in their order."""
    there = {job.hash for job in pipeline.builds.values()}
    return [build for build in builds if build.hash not in there]


def trimmed(pipeline: Pipeline, builds: Iterable[Build]) -> Trimmed:
    """Return a pipeline with only the jobs of a plan.

    A pipeline that needs no change is returned character by character, including one that was
    trimmed before.

    Args:
        pipeline: The pipeline.
        builds: All builds of the plan. Each must have a job, see :func:`builds_without_job`.
    """
    return _Trimming(pipeline, builds).result()


class _Trimming:
    """The work on one pipeline, which modifies its document."""

    def __init__(self, pipeline: Pipeline, builds: Iterable[Build]) -> None:
        self._pipeline = pipeline
        self._needs_of_build = {build.hash: list(build.needs) for build in builds}
        self._kept = {
            name: job for name, job in pipeline.builds.items() if job.hash in self._needs_of_build
        }
        self._keys = {
            key.text: key
            for key, _ in pipeline.document.root.pairs
            if isinstance(key, WrittenScalar)
        }
        self._known_needs = _needs_to_reuse(pipeline)
        self._changed = False

    def result(self) -> Trimmed:
        pipeline = self._pipeline
        before = _count_needs(pipeline.builds.values(), pipeline.builds)
        removed = tuple(job.hash for name, job in pipeline.builds.items() if name not in self._kept)
        names = {name for name, _ in pipeline.entries}
        is_no_op = not self._kept and _COPY not in names
        document = self._no_op() if is_no_op else self._smaller()
        return Trimmed(
            text=pipeline.text
            if not self._changed and is_harmless(pipeline.text)
            else document.to_text(),
            jobs=len(pipeline.builds),
            kept=len(self._kept),
            removed=removed,
            needs=before,
            needs_kept=_count_needs(self._kept.values(), self._kept),
            is_no_op=is_no_op,
        )

    def _no_op(self) -> Document:
        """Return the pipeline that does nothing; one that already does nothing stays unchanged."""
        document = self._pipeline.document
        jobs = [name for name, value in self._pipeline.entries if is_job(name, value)]
        if self._pipeline.builds or jobs != [NO_OP]:
            self._changed = True
            document.root.pairs = no_op_entries(self._pipeline)
        return document

    def _smaller(self) -> Document:
        """Return the pipeline without the other build jobs."""
        root = self._pipeline.document.root
        gone = {name for name in self._pipeline.builds if name not in self._kept}
        self._refuse_taken_over(gone)
        # The needs of other jobs lead through removed jobs, so these are processed first.
        for name, value in self._pipeline.entries:
            if not isinstance(value, WrittenMapping) or name in gone or not is_job(name, value):
                continue
            if name not in self._pipeline.builds:
                self._bypass(value, gone)
            for rule in _rules(value):
                self._bypass(rule, gone)
        if gone:
            self._changed = True
            root.pairs = [
                (key, value)
                for key, value in root.pairs
                if not (isinstance(key, WrittenScalar) and key.text in gone)
            ]
        fewest = reduced(self._needs_of_build)
        jobs_of: dict[str, list[str]] = {}
        for name, job in self._kept.items():
            jobs_of.setdefault(job.hash, []).append(name)
        for job in self._kept.values():
            wanted = [each for need in fewest[job.hash] for each in jobs_of[need]]
            allowed = [each for need in self._needs_of_build[job.hash] for each in jobs_of[need]]
            self._rewrite_needs(job, wanted, allowed)
        self._rewrite_stages(stages(self._needs_of_build))
        return self._pipeline.document

    def _refuse_taken_over(self, gone: AbstractSet[str]) -> None:
        """Refuse to remove a job that a remaining one extends.

        Raises:
            SourceError: If there is such a job.
        """
        for name, value in self._pipeline.entries:
            if name in gone or not isinstance(value, WrittenMapping):
                continue
            taken = next(
                (each for each in (*extended_by(value), *references_in(value)) if each in gone),
                None,
            )
            if taken is not None:
                raise SourceError(
                    f"`{self._pipeline.path}`: `{name}` takes keys from the job "
                    f"`{taken}`, which builds nothing that is needed",
                    path=self._pipeline.path,
                    hint="let both take them from an entry whose name begins with a dot",
                )

    def _rewrite_needs(self, job: BuildJob, wanted: list[str], allowed: list[str]) -> None:
        """Make a job wait for some build jobs, besides its other needs.

        Args:
            job: The job.
            wanted: The jobs that it must name.
            allowed: The jobs that it may name; those from which it takes files are kept.
        """
        may_stay = set(allowed)
        taken = {each for each in _dependencies(job.node) if each in may_stay}
        left = dict.fromkeys([*wanted, *(each for each in allowed if each in taken)])
        old = [] if job.needs is None else _flat(job.needs)
        new: list[Node] = []
        end = 0
        for entry in old:
            target = build_need_of(entry)
            if target is None or target not in self._pipeline.builds:
                new.append(entry)
                continue
            if target in left or (target in may_stay and _takes_files(entry)):
                left.pop(target, None)
                may_stay.discard(target)
                new.append(entry)
                end = len(new)
        new[end:end] = [self._need(target) for target in left]
        named = {build_need_of(entry) for entry in new}
        self._cut_dependencies(job.node, self._pipeline.builds.keys() - named)
        if new == old and (job.needs is None) == (job.node.own("needs") is None):
            return
        self._changed = True
        template = job.needs or WrittenSequence()
        job.node.put("needs", WrittenSequence(new, template.flow, template.implicit, template.tag))

    def _need(self, target: str) -> Node:
        """Return a new entry of ``needs``: an alias of an existing one, or a copy."""
        known = self._known_needs.get(target)
        if known is not None and known.anchor is not None:
            return known
        key = self._keys[target]
        name = WrittenScalar(key.text, key.style, key.implicit, key.tag)
        return WrittenMapping(
            [(WrittenScalar("job"), name), (WrittenScalar("artifacts"), WrittenScalar("false"))]
        )

    def _bypass(self, job: WrittenMapping, gone: set[str]) -> None:
        """Make a job without a build wait for the needs of the removed jobs."""
        needs = job.get("needs")
        if isinstance(needs, WrittenSequence):
            self._bypass_needs(job, needs, gone)
        self._cut_dependencies(job, gone)

    def _cut_dependencies(self, job: WrittenMapping, gone: AbstractSet[str]) -> None:
        """Remove jobs from the dependencies of a job if GitLab would not know them."""
        dependencies = job.get("dependencies")
        if not isinstance(dependencies, WrittenSequence):
            return
        left = [
            each
            for each in dependencies.items
            if not (isinstance(each, WrittenScalar) and each.text in gone)
        ]
        if left != dependencies.items:
            self._changed = True
            job.put("dependencies", WrittenSequence(left, dependencies.flow))

    def _bypass_needs(self, job: WrittenMapping, needs: WrittenSequence, gone: set[str]) -> None:
        old = _flat(needs)
        new = [each for each in old if build_need_of(each) not in gone]
        if len(new) == len(old):
            return
        named = {build_need_of(each) for each in new}
        through = [name for each in old if (name := build_need_of(each)) in gone and name]
        new += [self._need(each) for each in self._reached(through) if each not in named]
        self._changed = True
        job.put("needs", WrittenSequence(new, needs.flow))

    def _reached(self, through: list[str]) -> list[str]:
        """Return the kept jobs that removed jobs wait for, also through other removed jobs."""
        builds = self._pipeline.builds
        seen = set(through)
        found: dict[str, None] = {}
        for name in through:
            needs = builds[name].needs
            for entry in [] if needs is None else _flat(needs):
                target = build_need_of(entry)
                if target is None or target not in builds or target in seen:
                    continue
                seen.add(target)
                if target in self._kept:
                    found[target] = None
                else:
                    through.append(target)
        return list(found)

    def _rewrite_stages(self, stage_of: Mapping[str, int]) -> None:
        """Move jobs to the stages of the plan, if their stages have Spack's names."""
        root = self._pipeline.document.root
        listed = root.get("stages")
        if not isinstance(listed, WrittenSequence) or not all(
            _stage_number(job.node.get("stage")) is not None for job in self._kept.values()
        ):
            return
        for job in self._kept.values():
            stage = f"stage-{stage_of[job.hash]}"
            # An inherited stage is written out, because the job that it comes from changes too.
            if _text(job.node.own("stage")) != stage:
                self._changed = True
                job.node.put("stage", WrittenScalar(stage))
        items = self._stages_left(listed)
        if items != listed.items:
            self._changed = True
            root.put("stages", WrittenSequence(items, listed.flow, listed.implicit, listed.tag))

    def _stages_left(self, listed: WrittenSequence) -> list[Node]:
        """Return the stages: those of Spack's numbered stages that have a job, and all others."""
        known = {_text(each): each for each in listed.items}
        used = {
            number
            for _, value in self._pipeline.entries
            if isinstance(value, WrittenMapping)
            and (number := _stage_number(value.get("stage"))) is not None
        }
        numbered: list[Node] = [
            known.get(name) or WrittenScalar(name)
            for name in (f"stage-{each}" for each in sorted(used))
        ]
        items: list[Node] = []
        for each in listed.items:
            if _stage_number(each) is None:
                items.append(each)
            else:
                items += numbered
                numbered = []
        return items


def _needs_to_reuse(pipeline: Pipeline) -> dict[str, WrittenMapping]:
    """Return an entry of ``needs`` for each job named by some entry, without taking its files."""
    found: dict[str, WrittenMapping] = {}
    for job in pipeline.builds.values():
        for entry in [] if job.needs is None else _flat(job.needs):
            target = build_need_of(entry)
            if target is not None and isinstance(entry, WrittenMapping) and not _takes_files(entry):
                found.setdefault(target, entry)
    return found


def _count_needs(jobs: Iterable[BuildJob], builds: Mapping[str, BuildJob]) -> int:
    """Return the number of needs between build jobs."""
    lists = (job.node.get("needs") for job in jobs)
    entries = (
        each for needs in lists if isinstance(needs, WrittenSequence) for each in _flat(needs)
    )
    return sum(build_need_of(each) in builds for each in entries)


def _rules(job: WrittenMapping) -> list[WrittenMapping]:
    """Return the rules of a job, which may set its needs if they apply."""
    found = job.get("rules")
    items = _flat(found) if isinstance(found, WrittenSequence) else []
    return [each for each in items if isinstance(each, WrittenMapping)]


def _dependencies(job: WrittenMapping) -> list[str]:
    """Return the jobs that a job names as its dependencies."""
    found = job.get("dependencies")
    items = found.items if isinstance(found, WrittenSequence) else []
    return [each.text for each in items if isinstance(each, WrittenScalar)]


def _takes_files(entry: Node) -> bool:
    """Return whether a job also takes the artifacts of a need, which is the default."""
    if not isinstance(entry, WrittenMapping):
        return True
    return _text(entry.get("artifacts")) not in _NO


def _flat(needs: WrittenSequence) -> list[Node]:
    """Return the entries of a list with nested lists flattened, as GitLab reads them."""
    found: list[Node] = []
    for each in needs.items:
        if isinstance(each, WrittenSequence) and each.tag is None:
            found += _flat(each)
        else:
            found.append(each)
    return found


def _stage_number(node: Node | None) -> int | None:
    """Return the number of one of Spack's numbered stages; None for any other."""
    named = _STAGE.fullmatch(_text(node) or "")
    return None if named is None else int(named[1])


def _text(node: Node | None) -> str | None:
    return node.text if isinstance(node, WrittenScalar) else None
