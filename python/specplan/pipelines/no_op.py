"""The pipeline that Spack writes if there is nothing to build."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specplan.pipelines.document import WrittenMapping, WrittenScalar, WrittenSequence
from specplan.pipelines.pipeline import NO_OP, is_job

if TYPE_CHECKING:
    from specplan.pipelines.document import Node
    from specplan.pipelines.pipeline import Pipeline

__all__ = ["no_op_entries"]

_SCRIPT: Final = 'echo "All specs already up to date, nothing to rebuild."'

#: The settings that Spack only writes together with builds.
_OF_BUILDS: Final = frozenset({"stages", "variables"})

#: The jobs whose runner the no-op job may take, in order; without any, that of the first build.
_SMALL_JOBS: Final = ("rebuild-index", "sign-pkgs", "cleanup", "copy")


def no_op_entries(pipeline: Pipeline) -> list[tuple[Node, Node]]:
    """Return the entries of a pipeline with the no-op job as its only job.

    A pipeline with builds does not contain the configuration of that job. So it gets the image and
    the tags of a service job, which select an existing runner.
    """
    entries = dict(pipeline.entries)
    settings = [
        (key, value)
        for key, value in pipeline.document.root.pairs
        if isinstance(key, WrittenScalar)
        and key.text not in {*pipeline.builds, *_OF_BUILDS}
        and not is_job(key.text, value)
    ]
    job = entries.get(NO_OP) or _no_op_job(_like(pipeline, entries))
    return [(WrittenScalar(NO_OP), job), *settings]


def _like(pipeline: Pipeline, entries: dict[str, Node]) -> WrittenMapping:
    """Return the job whose runner the no-op job uses."""
    for name in _SMALL_JOBS:
        job = entries.get(name)
        if isinstance(job, WrittenMapping):
            return job
    return next((job.node for job in pipeline.builds.values()), WrittenMapping())


def _no_op_job(like: WrittenMapping) -> WrittenMapping:
    script = WrittenSequence([WrittenScalar(_SCRIPT)])
    attributes: list[tuple[str, Node | None]] = [
        ("image", like.get("image")),
        ("script", script),
        ("tags", like.get("tags")),
        ("retry", WrittenScalar("0")),
        ("allow_failure", WrittenScalar("true")),
    ]
    return WrittenMapping(
        [(WrittenScalar(name), value) for name, value in attributes if value is not None]
    )
