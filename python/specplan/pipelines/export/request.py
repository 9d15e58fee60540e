"""The request of an export: a plan, and the place and resources of each build."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from specplan.errors import UsageError
from specplan.model.spec import SHORT_HASH
from specplan.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specplan.config.export import Resources
    from specplan.pipelines.export.environment import ExportEnvironment, External, Pin
    from specplan.pipelines.export.plan import ExportBuild, ExportPlan
    from specplan.pipelines.export.resources import ResourceTable

__all__ = ["ExportRequest", "Job", "JobCell", "Profile", "jobs_of"]

#: The default name of the mirror that builds are pushed to, as in `spack ci`.
DEFAULT_MIRROR: Final = "buildcache-destination"


@dataclass(frozen=True, slots=True)
class Profile:
    """The shell settings of a build: its environment and its number of processes."""

    env: str
    jobs: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JobCell:
    """Builds for the same runners, which share one preflight.

    Attributes:
        os: The operating system.
        target: The target.
        env: The environment.
        profile: The number of the profile of its first build.
        externals: The externals of the lock.
        pins: The recipes that the environment pins.
        gives: The resources of its first build.
    """

    os: str
    target: str
    env: str
    profile: int
    externals: Sequence[External]
    pins: Sequence[Pin]
    gives: Resources


@dataclass(slots=True, kw_only=True)
class Job:
    """A build as templates see it: its spec, its needs, its resources.

    Attributes:
        number: Its number in the order of the builds, from 0.
        hash: The DAG hash.
        package: The package, of plain characters.
        version: The version; empty if no source describes it.
        asked: ``name@version/hash``, or only the hash.
        os: The operating system.
        target: The target.
        stacks: The stacks that want it.
        stage: The stage.
        cost: The cost, in the unit of the plan.
        needs: The hashes of the builds that it waits for, without indirect ones.
        need_numbers: Their numbers.
        profile: The number of its profile.
        cell: The number of its cell.
        gives: Its resources.
        title: Its readable name: name, version and the first letters of the hash.
    """

    number: int
    hash: str
    package: str
    version: str
    asked: str
    os: str
    target: str
    stacks: tuple[str, ...]
    stage: int
    cost: float
    needs: tuple[str, ...]
    need_numbers: tuple[int, ...]
    profile: int
    cell: int
    gives: Resources
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRequest:
    """A request for an export.

    Attributes:
        plan: The plan.
        jobs: Its builds, with their settings.
        profiles: Their profiles; the first is that of the first build.
        cells: Their cells.
        mirror: The name of the mirror that they are pushed to.
        mirror_url: Its address; empty if nothing is skipped.
        is_url_given: Whether the address comes from a user and not from the environment, so that it
            must be readable.
        sign: ``unsigned``, ``mirror`` or a key.
        spack: The folder of Spack; empty for that of the runner.
        is_pinned: Whether the environment pins its recipes.
        is_next: Whether pinned recipes are required because the hashes are those of the next lock.
        max_jobs: The maximum number of parallel jobs; None for the maximum of the format.
        max_submit: The maximum number of jobs that Slurm accepts.
        template: A template that replaces that of the format.
        folder: The folder of formats that are several files, as jobs see it.
    """

    plan: ExportPlan
    jobs: Sequence[Job]
    profiles: Sequence[Profile]
    cells: Sequence[JobCell]
    mirror: str = DEFAULT_MIRROR
    mirror_url: str = ""
    is_url_given: bool = False
    sign: str = "unsigned"
    spack: str = ""
    is_pinned: bool = True
    is_next: bool = False
    max_jobs: int | None = None
    max_submit: int = 5000
    template: str | None = None
    folder: str = "specplan-pipeline"

    @property
    def digest(self) -> str:
        """Sixteen hexadecimal digits that identify the builds, their sources and their destination.

        The state of a run is stored under it, so that no other plan mistakes it for its own.
        """
        parts = [self.mirror, self.mirror_url, *(profile.env for profile in self.profiles)]
        parts += [job.hash for job in self.jobs]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]

    @property
    def has_seconds(self) -> bool:
        """True if costs are seconds."""
        return self.plan.unit == "seconds"


def jobs_of(
    plan: ExportPlan,
    env: str,
    build_jobs: int | None,
    table: ResourceTable,
    environments: dict[str, ExportEnvironment],
) -> tuple[list[Job], list[Profile], list[JobCell]]:
    """Return the jobs of a plan with their profiles and cells; linear in its edges.

    Args:
        plan: The plan.
        env: The environment of builds whose cell sets none.
        build_jobs: The number of processes of builds that set none.
        table: The resources of builds.
        environments: The known content of environments, by folder.

    Raises:
        UsageError: If an environment that can be read here lacks a build.
    """
    number_of = {build.hash: at for at, build in enumerate(plan.builds)}
    profiles = {(env, str(build_jobs or "")): 0}
    cells: dict[tuple[str, str, str], int] = {}
    found: list[JobCell] = []
    jobs: list[Job] = []
    for at, build in enumerate(plan.builds):
        gives = table.of(build)
        folder = gives.env or env
        known = environments.get(folder)
        if known is not None and known.hashes is not None and build.hash not in known.hashes:
            next_lock = " (for --successors, that of `--write-lock`)" if plan.recipes else ""
            raise UsageError(
                f"the environment `{folder}` does not hold the build {build.label}/{build.hash}",
                hint=f"name the environment of its lock{next_lock} with `--env`, or with `env` in "
                "an `[[export.cell]]`",
            )
        processes = str(gives.jobs or build_jobs or "")
        profile = profiles.setdefault((folder, processes), len(profiles))
        cell = cells.setdefault((build.os, build.target, folder), len(cells))
        if cell == len(found):
            of_system = () if known is None else known.externals
            found.append(
                JobCell(
                    os=build.os,
                    target=build.target,
                    env=folder,
                    profile=profile,
                    externals=[each for each in of_system if each.os == build.os],
                    pins=() if known is None else known.pins,
                    gives=gives,
                )
            )
        jobs.append(_job(at, build, number_of, profile, cell, gives))
    return jobs, [Profile(*each) for each in profiles], found


def _job(
    at: int,
    build: ExportBuild,
    number_of: dict[str, int],
    profile: int,
    cell: int,
    gives: Resources,
) -> Job:
    return Job(
        number=at,
        hash=build.hash,
        package=build.package,
        version=build.version,
        asked=build.asked,
        os=build.os,
        target=build.target,
        stacks=build.stacks,
        stage=build.stage,
        cost=build.cost,
        needs=build.needs,
        need_numbers=tuple(map(number_of.__getitem__, build.needs)),
        profile=profile,
        cell=cell,
        gives=gives,
        title=f"{build.label} /{build.hash[:SHORT_HASH]}",
    )
