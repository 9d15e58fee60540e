"""``specplan export``: the builds of a plan as files for the tools that run them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from specplan.cli import output, verdict
from specplan.cli.options import argument, command
from specplan.cli.saved_gates import SavedAnswer, failed_of_saved
from specplan.config.settings import SETTINGS, STACK_GATES
from specplan.errors import UsageError
from specplan.model.left_out import blocking
from specplan.reports.render import wording
from specplan.secrets import shown_url
from specplan.sources.label import STANDARD_INPUT

if TYPE_CHECKING:
    from specplan.cli.settings import Settings
    from specplan.config.settings import Setting
    from specplan.pipelines.export.environment import ExportEnvironment
    from specplan.pipelines.export.plan import ExportPlan
    from specplan.pipelines.export.request import ExportRequest

__all__ = ["export"]

#: The formats that only display a plan.
_DRAWINGS: Final = ("dot", "mermaid")

#: The options for making a plan.
_OF_PLANS: Final = ("Wants", "Candidates", "Change", "Cost and budget", "Caches")

#: The default folder for formats with several files.
_FOLDER: Final = "specplan-pipeline"

_FORMATS: Final = ("make", "ninja", "shell", "slurm", "gitlab", "github", "list", *_DRAWINGS)


@command(
    "export",
    (argument("style", f"One of {', '.join(_FORMATS)}.", metavar="FORMAT", choices=_FORMATS),),
)
def export(settings: Settings, style: str) -> int:
    """Write the builds of a plan as a file or pipeline that runs them.

    FORMAT is `make`, `ninja` or `shell` for one machine, `slurm` for a cluster, `gitlab` and
    `github` for their runners; `list` as `specplan rebuild --format list` writes it; `dot` and
    `mermaid` draw the plan. The plan is that of `--plan`, or of the options of `specplan
    rebuild`. Each build installs its hash from the environment, with dependencies from the
    mirror alone, and is pushed there; the index is updated once, at the end. A failed build
    stops only the builds that need it. Nothing is written if the plan fails a gate, is
    predicted, or could change with left-out input. With --successors, the builds are those of
    the next lock, which --write-lock writes for them.

    \b
    Examples:
      specplan export make --want spack.lock -o plan.mk && make -f plan.mk -j8 -k
      specplan export ninja --plan rebuild.json -o build.ninja && ninja -j8
      specplan export shell --want spack.lock --sign mirror -o build.sh && sh build.sh
    """  # noqa: D301 - \b keeps click from wrapping the examples
    from specplan.pipelines.export.plan import refuse_predicted  # noqa: PLC0415 - help needs none

    lock = settings.write_lock
    output.refuse_one_place(settings.output, lock, names=("--output", "--write-lock"))
    plan, code = _planned(settings)
    of_lock = [] if plan.lock is None else [(plan.lock.decode(), lock)]
    if lock is not None and plan.lock is None:
        output.not_whole(f"the lock `{lock}` is not written, because some next hashes are unknown")
        code = code or 1
    if style == "list":
        from specplan.reports.plan.lines import listed  # noqa: PLC0415 - what few need

        output.write_all([*of_lock, (listed(plan), settings.output)])
        return code
    if style not in _DRAWINGS:
        refuse_predicted(plan, style)
        if plan.is_what_if:
            output.warn(
                "the plan assumes that binaries exist, or do not exist, contrary to the caches"
            )
    if not code and (blocks := blocking(plan.left_out)):
        kinds = wording.left_out_kinds(blocks)
        output.not_whole(f"left-out input could change what must be built ({kinds})")
        code = 1
    if code:
        place = settings.output
        output.note("nothing is written" if place is None else f"`{place}` is not written")
        return code
    output.write_all([*of_lock, *_files(style, _request(plan, style, settings), settings)])
    return 0


def _planned(settings: Settings) -> tuple[ExportPlan, int]:
    """Return the plan, and the exit code for its verdict."""
    from specplan.pipelines.export.plan import plan_of  # noqa: PLC0415 - help needs none

    if settings.plan is None:
        from specplan.cli import plans  # noqa: PLC0415 - a plan from a file needs no reader

        plans.refuse_lock_without_successors(settings)
        plan = plans.plan(settings)
        lock = None if settings.write_lock is None else plan.successor_lock()
        kept = 0 if lock is None else plans.say_kept(plan)
        return plan_of(plan, lock), verdict.conclude(plan, settings) or kept
    for each in SETTINGS:
        if _makes_plans(each) and settings.is_typed(each.attribute):
            raise UsageError(
                f"`--plan` is a finished plan, and `--{each.name}` applies to planning",
                hint="give it to the `specplan rebuild` that writes the plan",
            )
    from specplan.model.left_out import allowing  # noqa: PLC0415
    from specplan.pipelines.export.document import read_plan  # noqa: PLC0415

    read = read_plan(settings.plan)
    read = replace(read, left_out=allowing(read.left_out, settings.allow_left_out))
    saved = SavedAnswer(
        path=settings.plan,
        command="rebuild",
        gates={(gate.name, gate.stack): gate.value for gate in read.gates},
        totals={"fail-over-builds": len(read.builds)},
    )
    more = failed_of_saved(settings, [saved])
    return read, verdict.of_document(read.gates, read.left_out, read.unplannable, settings, more)


def _makes_plans(setting: Setting) -> bool:
    """Return whether an option applies to the making of a plan or to its comparison."""
    return setting.group in _OF_PLANS or setting.name in {*STACK_GATES, "write-lock"}


def _request(plan: ExportPlan, style: str, settings: Settings) -> ExportRequest:
    from specplan.config.export import fault_of_word  # noqa: PLC0415 - help needs none
    from specplan.pipelines.export.request import (  # noqa: PLC0415
        DEFAULT_MIRROR,
        ExportRequest,
        jobs_of,
    )
    from specplan.pipelines.export.resources import ResourceTable, read_sizes  # noqa: PLC0415

    asked = settings.export
    for name in ("env", "mirror", "mirror_url", "sign", "spack"):
        typed = getattr(settings, name)
        if typed is not None and (fault := fault_of_word(name, typed)):
            raise UsageError(f"`--{name.replace('_', '-')}`: {fault}")
    sizes = settings.sizes or asked.sizes
    table = ResourceTable(
        asked.cells, asked.by_size, read_sizes(sizes) if sizes else {}, plan.unit == "seconds"
    )
    is_run = style not in _DRAWINGS
    env = _env(plan, settings) if is_run else ""
    known = _environments(env, plan, settings) if is_run else {}
    mirror = settings.mirror or asked.mirror or DEFAULT_MIRROR
    own = known.get(env)
    jobs, profiles, cells = jobs_of(
        plan, env, settings.build_jobs or asked.build_jobs, table, known
    )
    if is_run:
        _warn(env, own, mirror)
        _look_at_recipes(plan, known)
    url = settings.mirror_url or asked.mirror_url
    if url is not None and shown_url(url) != url:
        output.warn(f"what is exported contains the secrets of the mirror `{shown_url(url)}`")
    return ExportRequest(
        plan=plan,
        jobs=jobs,
        profiles=profiles,
        cells=cells,
        mirror=mirror,
        mirror_url=url or _path_word((own.mirrors or {}).get(mirror, "") if own else ""),
        is_url_given=bool(url),
        sign=settings.sign or asked.sign or "unsigned",
        spack=settings.spack or asked.spack or "",
        is_pinned=own is not None and own.is_pinned,
        is_next=bool(plan.recipes),
        max_jobs=settings.max_jobs,
        max_submit=settings.max_submit or 5000,
        template=settings.template,
        folder=settings.output or _FOLDER,
    )


def _env(plan: ExportPlan, settings: Settings) -> str:
    """Return the environment of the builds.

    Raises:
        UsageError: If it is not given.
    """
    given = settings.env or settings.export.env
    if given is not None:
        return given
    if settings.write_lock is not None and Path(settings.write_lock).name == "spack.lock":
        return _folder_of(settings.write_lock)
    folders = {_folder_of(each) for each in plan.wants if Path(each).name == "spack.lock"}
    if len(folders) == 1 and len(plan.wants) == 1:
        return folders.pop()
    if not plan.builds or all(_cell_names_env(settings, build.stacks) for build in plan.builds):
        return "."
    raise UsageError(
        "no environment is given for the builds",
        hint="name its folder with `--env`, or for each stack in an `[[export.cell]]`",
    )


def _folder_of(lock: str) -> str:
    return _path_word(str(Path(lock).parent))


def _path_word(path: str) -> str:
    """Return a path that no command mistakes for an option."""
    return f"./{path}" if path.startswith("-") else path


def _cell_names_env(settings: Settings, stacks: tuple[str, ...]) -> bool:
    from specplan.catalog.names import any_matches  # noqa: PLC0415

    return any(
        cell.gives.env and any(any_matches(cell.stack, stack) for stack in stacks)
        for cell in settings.export.cells
    )


def _environments(env: str, plan: ExportPlan, settings: Settings) -> dict[str, ExportEnvironment]:
    """Return the facts about all environments, with the next lock as if it were already written."""
    from specplan.pipelines.export.environment import read_export_environment  # noqa: PLC0415

    asked = settings.export
    given = [each.gives for each in asked.cells] + [each.gives for each in asked.by_size]
    folders = dict.fromkeys([env, *(each.env for each in given if each.env)])
    is_next = {each: _gets_next_lock(each, settings) for each in folders}
    return {
        each: read_export_environment(each, plan.lock if is_next[each] else None)
        for each in folders
    }


def _gets_next_lock(folder: str, settings: Settings) -> bool:
    """Return whether a folder gets the written lock, or is absent and can have no other one."""
    from specplan.sources.absent import is_there  # noqa: PLC0415 - help needs none

    written, own = settings.write_lock, Path(folder, "spack.lock")
    return written is not None and (not is_there(own) or own.absolute() == Path(written).absolute())


def _look_at_recipes(plan: ExportPlan, known: dict[str, ExportEnvironment]) -> None:
    """Report which recipes the next lock needs, and refuse others."""
    from specplan.pipelines.export import next_recipes  # noqa: PLC0415 - what few need

    if needed := next_recipes.needed_recipes(plan):
        output.note(needed)
    for folder, environment in known.items():
        next_recipes.refuse_other_recipes(plan, folder, environment)


def _warn(env: str, known: ExportEnvironment | None, mirror: str) -> None:
    """Warn of settings missing from the environment that Spack's configuration may have."""
    if known is None or known.mirrors is None:
        output.note(f"`{env}` has no spack.yaml here, so its mirrors and recipes are not checked")
        return
    if not known.is_pinned:
        output.warn(
            f"`{env}/spack.yaml` pins no commit of the recipe repository: Spack builds with the "
            "recipes that are checked out"
        )
    if mirror not in known.mirrors:
        output.note(
            f"`{env}/spack.yaml` defines no mirror `{mirror}`; Spack's configuration must define it"
        )


def _files(style: str, request: ExportRequest, settings: Settings) -> list[tuple[str, str | None]]:
    """Return the texts of a format, each with its file."""
    from specplan.pipelines.export.formats import FOLDERS, files_of  # noqa: PLC0415

    files = files_of(style, request)
    if style not in FOLDERS:
        return [(text, settings.output) for _, text in files]
    folder = Path(settings.output or _FOLDER)
    if settings.output == STANDARD_INPUT:
        raise UsageError(f"`{style}` writes several files", hint="name a folder with `-o FOLDER`")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot make the folder `{folder}`: {error}") from error
    return [(text, str(folder / name)) for name, text in files]
