"""A plan for export: its builds with the fewest needs, and reasons not to export it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from specplan.errors import UsageError
from specplan.patterns import pattern
from specplan.pipelines.reduction import reduced
from specplan.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from specplan.aliases import Unit
    from specplan.model import Build, Input, LeftOut
    from specplan.model.choice import ChosenWant, PublishedWant
    from specplan.model.gate import Gate
    from specplan.planning.plan import Plan

__all__ = ["NOT_COMMITTED", "ExportBuild", "ExportPlan", "builds_of", "plan_of", "refuse_predicted"]

#: The placeholder for a commit if recipes are not committed.
NOT_COMMITTED: Final = "working tree"

_DAG_HASH: Final = pattern(r"[a-z2-7]{32}")

#: The characters of packages and versions. Others may be special to a shell, to YAML, or to make.
_PLAIN: Final = pattern(r"[A-Za-z0-9_][A-Za-z0-9_.+=:~-]*")
_NOT_PLAIN: Final = pattern(r"[^A-Za-z0-9_.+=:~-]")

#: The maximum length of names: a job of GitLab has a name of at most 255 characters.
_LONGEST: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportBuild:
    """A build of a plan.

    Attributes:
        hash: The DAG hash; 32 letters and digits.
        package: The package, in plain characters alone.
        version: The version; empty if no source describes it.
        asked: The argument of ``specplan has``: ``name@version/hash``, or only the hash if the name
            or version is not plain.
        os: The operating system, of plain characters.
        target: The target.
        stacks: The stacks whose locks hold it.
        stage: Its stage: it can be built after all builds of earlier stages.
        needs: The hashes of the builds that it waits for, without indirect ones.
        cost: Its cost, in the unit of the plan.
    """

    hash: str
    package: str
    version: str
    asked: str
    os: str
    target: str
    stacks: tuple[str, ...]
    stage: int
    needs: tuple[str, ...]
    cost: float

    @property
    def label(self) -> str:
        """The label that people see: ``name@version``."""
        return f"{self.package}@{self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportPlan:
    """A plan, from this process or from a document.

    Attributes:
        predicted: Whether it predicts a change, so that its hashes will not exist again.
        is_what_if: Whether it relies on assumptions that contradict the caches.
        excluded_builds: The number of builds that are excluded because of specs that do not build.
        open_roots: The number of roots that its budget does not complete.
        unit: The unit of costs.
        listed: The builds as shown in lists: name, version, hash.
        builds: The builds, by stage, then hash.
        wants: The files of the wants, as they were given.
        publish: The wants that only need listing.
        unplannable: The wants that no known spec can meet.
        left_out: Input that could not be taken into account.
        gates: The gates of the run.
        recipes: For a plan for the next lock, the commit of the recipes for its hashes, or
            :data:`NOT_COMMITTED`; empty for every other plan.
        lock: The next lock, as a file; None if it is not to be written.
    """

    predicted: bool
    is_what_if: bool
    excluded_builds: int
    open_roots: int
    unit: Unit
    listed: tuple[tuple[str, str, str], ...]
    builds: tuple[ExportBuild, ...]
    wants: tuple[str, ...]
    publish: tuple[PublishedWant, ...]
    unplannable: tuple[ChosenWant, ...]
    left_out: tuple[LeftOut, ...]
    gates: tuple[Gate, ...]
    recipes: str = ""
    lock: bytes | None = None


def plan_of(plan: Plan, lock: bytes | None = None) -> ExportPlan:
    """Return a plan of this process as exports see it.

    Args:
        plan: The plan.
        lock: The next lock, if the builds belong to it and it is to be written.

    Raises:
        UsageError: If the hash of a build is invalid.
    """
    return ExportPlan(
        predicted=plan.predicted,
        is_what_if=plan.is_what_if,
        excluded_builds=plan.excluded_builds,
        open_roots=plan.open_roots,
        unit=plan.unit,
        listed=tuple((build.package, build.version, build.hash) for build in plan.builds),
        builds=builds_of(plan.builds),
        wants=_wants(plan.inputs),
        publish=plan.publish,
        unplannable=plan.unplannable,
        left_out=plan.left_out,
        gates=plan.gates,
        recipes=_recipes(plan),
        lock=lock,
    )


def _recipes(plan: Plan) -> str:
    asked = plan.change.recipes if plan.successors and plan.change is not None else None
    return "" if asked is None else asked.commit or NOT_COMMITTED


def _wants(inputs: Iterable[Input]) -> tuple[str, ...]:
    return tuple(each.path for each in inputs if each.role == "want")


def builds_of(builds: Sequence[Build]) -> tuple[ExportBuild, ...]:
    """Return builds as exports see them, with the fewest needs; linear in their edges.

    Args:
        builds: The builds, each after its needs.

    Raises:
        UsageError: If a hash is invalid or duplicate, or a need is not an earlier build.
    """
    needs = _checked(builds)
    fewest = reduced(needs)
    return tuple(
        ExportBuild(
            hash=build.hash,
            package=_plain(build.package),
            version=_plain(build.version),
            asked=_asked(build),
            os=_plain(build.os),
            target=_plain(build.target),
            stacks=tuple(build.stacks),
            stage=build.stage,
            needs=tuple(fewest[build.hash]),
            cost=build.cost,
        )
        for build in builds
    )


def _checked(builds: Sequence[Build]) -> dict[str, list[str]]:
    """Return the needs by hash, after checking each of them."""
    stages: dict[str, int] = {}
    needs: dict[str, list[str]] = {}
    for build in builds:
        if _DAG_HASH.fullmatch(build.hash) is None:
            raise UsageError(f"`{build.hash[:64]}` is not a DAG hash, so no job can build it")
        if build.hash in stages:
            raise UsageError(f"the plan builds `{build.hash}` twice")
        stages[build.hash] = build.stage
        needs[build.hash] = list(build.needs)
    for build in builds:
        for need in build.needs:
            if stages.get(need, build.stage) >= build.stage:
                raise UsageError(
                    f"the build `{build.hash}` needs `{need[:64]}`, which is not a build of an "
                    "earlier stage"
                )
    return needs


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    return _NOT_PLAIN.sub("_", text)[:_LONGEST] or "_"


@lru_cache(maxsize=4096)
def _is_plain(text: str) -> bool:
    return len(text) <= _LONGEST and _PLAIN.fullmatch(text) is not None


def _asked(build: Build) -> str:
    if _is_plain(build.package) and _is_plain(build.version):
        return f"{build.package}@{build.version}/{build.hash}"
    return build.hash


_ALL_UNKNOWN: Final = (
    "concretize after the change and plan for the new lock, or compute its hashes with "
    "`--changed-since REV --successors`; `list`, `dot` and `mermaid` show a predicted plan"
)
_SOME_UNKNOWN: Final = (
    "`specplan rebuild` with the same options names the specs whose next hash is unknown, and "
    "why; concretize after the change, and plan for the new lock"
)


def refuse_predicted(plan: ExportPlan, what: str) -> None:
    """Refuse to run a plan whose hashes will not exist again.

    Raises:
        UsageError: If the plan predicts a change.
    """
    if plan.predicted:
        raise UsageError(
            f"a predicted plan cannot be exported as `{what}`: after the change there are other "
            "hashes",
            hint=_SOME_UNKNOWN if plan.recipes else _ALL_UNKNOWN,
        )
