"""The table of settings: every option of the command line and every key of the configuration.

One row says everything about a setting: its name, type and purpose, the commands that take it, and
whether `specplan.toml` may contain it. The options of the commands, their help, the keys of the
configuration and the reference pages all come from here, so a new setting is one row here and one
field of the record that holds its value.
"""

from __future__ import annotations

from dataclasses import field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, get_args

from specplan.config.configuration import (
    ALLOWED_KINDS,
    COMPATIBILITIES,
    DIALECTS,
    FORMATS,
    LEVELS,
    SCOPES,
)
from specplan.model.change import CountedBy, OpenVerdict, Policy
from specplan.model.check import FindingKind, Verify
from specplan.records import dataclass
from specplan.sources.limits import NEWER_FORMATS

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "COMMANDS",
    "GROUPS",
    "MOST_COUNT",
    "SETTINGS",
    "STACK_GATES",
    "TABLES",
    "Group",
    "Kind",
    "Setting",
    "Variation",
]

#: The types of settings. - ``text``: any text; ``source``: a path or URL, relative to the folder of
#: the configuration that contains it; ``file``: such a path, without a label; ``pattern``: a shell
#: pattern; ``system``: ``OS/TARGET`` or ``all``; ``spack``: a version of Spack;
#: - ``choice``: one of some words;
#: - ``flag``: on if present; ``switch``: a flag with a ``--no-`` form;
#: - ``count``: a whole number; ``amount``: a number that is not negative; ``percentage``: one from
#:   0 to 100; ``least``: a percentage for a gate, 0 or at least 1;
#: - ``duration``: a span such as ``30m``, held as seconds.
Kind: TypeAlias = Literal[
    "text",
    "source",
    "file",
    "pattern",
    "system",
    "spack",
    "choice",
    "flag",
    "switch",
    "count",
    "amount",
    "percentage",
    "least",
    "duration",
]

#: The headings under which help lists options, in their order.
Group: TypeAlias = Literal[
    "Wants",
    "Candidates",
    "Change",
    "Cost and budget",
    "Caches",
    "Export",
    "Gates",
    "Output",
    "Other",
]

GROUPS: Final[tuple[Group, ...]] = get_args(Group)

#: The largest number that is supported: 64 bits, as in documents.
MOST_COUNT: Final = (1 << 63) - 1

#: The commands that write a report; below, those that look at caches, measure coverage, or plan.
COMMANDS: Final = (
    *("gaps", "coverage", "rebuild", "why", "diff", "trend", "find", "check"),
    *("review", "recipes"),
)
_CACHES: Final = (*COMMANDS[:-1], "trim", "export", "report")
_COVERAGE: Final = ("gaps", "coverage", "report")
_PLANS: Final = ("rebuild", "why", "trim", "export")
#: The commands whose plan is meant to be built.
_EXECUTED: Final = ("rebuild", "export", "report")
#: The commands with long reports.
_LISTS: Final = ("gaps", "diff", "trend", "find", "check", "rebuild", "review")
#: The commands that predict the plan after a change, whose hashes are unknown.
_PREDICTIONS: Final = ("rebuild", "why", "export", "report")
#: The commands that may plan; the first of them documents what they share.
_PLANNING: Final = (*_PLANS, "report")
#: The commands about one state of the caches, and those that ask any number of states for wants.
_STATES: Final = (*_COVERAGE, *_PLANS)
_WANTS: Final = (*_STATES, "trend")


@dataclass(frozen=True, slots=True, kw_only=True)
class Variation:
    """The differences of a setting in one command; empty if there are none.

    Attributes:
        help: Its purpose.
        metavar: The name of its value in the help.
        default: The default, in words.
        choices: The words that it takes, if it is a choice.
    """

    help: str = ""
    metavar: str = ""
    default: str = ""
    choices: tuple[str, ...] = ()


_NOTHING_ELSE: Final = Variation()


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting.

    Attributes:
        name: Its name, such as ``fail-under``: the option is ``--fail-under``, the attribute with
            its value ``fail_under``.
        field_name: The attribute, if it is not named like the option.
        key_name: The key of the configuration, if it is not named like the option.
        kind: Its type.
        help: Its purpose.
        group: The heading under which help lists it.
        commands: The commands that take it; none if only the configuration may set it.
        is_repeatable: Whether it takes several values.
        metavar: The name of its value in the help.
        choices: The words that it takes, if it is a choice.
        least: The minimum of its number.
        most: The maximum of its number.
        default: The default, in words.
        example: An example in TOML; empty if it has no key.
        table: The table of the configuration that holds its key; empty for the top.
        short: Its one-letter form; empty if it has none.
        other_names: Names that mean the same on the command line.
        adds: Whether values on the command line are added to configured ones instead of replacing
            them.
        variations: The differences in a command, by command.
    """

    name: str
    field_name: str = ""
    key_name: str = ""
    kind: Kind = "text"
    help: str
    group: Group
    commands: tuple[str, ...]
    is_repeatable: bool = False
    metavar: str = ""
    choices: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None
    default: str = ""
    example: str = ""
    table: str = ""
    short: str = ""
    other_names: tuple[str, ...] = ()
    adds: bool = False
    variations: Mapping[str, Variation] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def attribute(self) -> str:
        """The attribute that holds its value."""
        return self.field_name or self.name.replace("-", "_")

    @property
    def key(self) -> str | None:
        """The key of the configuration, or None if it has none."""
        if not self.example:
            return None
        return f"{self.table}.{self.name_in_table}".strip(".")

    @property
    def name_in_table(self) -> str:
        """The name of its key within its table."""
        return self.key_name or self.name

    @property
    def variable(self) -> str:
        """The environment variable, as ``SPECPLAN_FAIL_UNDER``."""
        return f"SPECPLAN_{self.attribute.upper()}"

    def in_command(self, command: str) -> Variation:
        """Return the setting as one command shows it: with the command's words, else its own."""
        own = self.variations.get(command, _NOTHING_ELSE)
        return Variation(
            help=own.help or self.help,
            metavar=own.metavar or self.metavar,
            default=own.default or self.default,
            choices=own.choices or self.choices,
        )


#: The formats of CI systems that show cases and numbers, and those that show lines of files.
_OF_RESULTS: Final = ("junit", "github", "codequality", "openmetrics")
_OF_LINES: Final = ("lcov", "cobertura")

#: Every setting, in the order in which help and the reference list them.
SETTINGS: Final[tuple[Setting, ...]] = (
    Setting(
        name="want",
        kind="source",
        is_repeatable=True,
        metavar="[LABEL=]WANT",
        group="Wants",
        commands=(*_WANTS, "check", "review"),
        help="The wants, instead of those of peers: a spack.lock (`-` for standard input), a "
        "spack.yaml, an abstract spec, or `available[:STACK]` for the binaries of the caches.",
        example='["radiuss=locks/radiuss/spack.lock"]',
        variations={
            **dict.fromkeys(
                _PLANS,
                Variation(
                    help="The wants: a spack.lock (`-` for standard input), a spack.yaml, an "
                    "abstract spec, or `available[:STACK]` for the binaries of the caches. For "
                    "abstract wants, known specs are chosen.",
                ),
            ),
            "check": Variation(
                help="The wants, by hash: a spack.lock (`-` for standard input), or "
                "`available[:STACK]`. The report counts their broken roots, instead of the broken "
                "binaries that no other binary depends on.",
            ),
            "review": Variation(default="available"),
        },
    ),
    Setting(
        name="lock",
        other_names=("want",),
        is_repeatable=True,
        metavar="[LABEL=]LOCK",
        group="Wants",
        commands=("find", "recipes"),
        help="Search the specs of this spack.lock too (`-` for standard input).",
        default="the locks that the configuration wants",
        variations={
            "recipes": Variation(
                help="Judge the changes for the specs of this spack.lock.",
                default="for any spec",
            ),
        },
    ),
    Setting(
        name="stack",
        kind="pattern",
        is_repeatable=True,
        metavar="PATTERN",
        group="Wants",
        commands=(*_WANTS, "diff", "find"),
        help="Report these stacks.",
        default="every stack",
        example='"e4s*"',
        variations={
            **dict.fromkeys(
                _PLANS,
                Variation(
                    help="Plan only for these of the configured stacks; without wants, for the "
                    "gaps of these stacks.",
                    default="all tables",
                ),
            ),
            "find": Variation(help="Only specs that these stacks list."),
        },
    ),
    Setting(
        name="peers",
        kind="pattern",
        is_repeatable=True,
        metavar="PATTERN",
        group="Wants",
        commands=_WANTS,
        help="Stacks that define the wants.",
        default="the family of each stack",
        example='["e4s", "radiuss"]',
        variations=dict.fromkeys(
            _PLANS,
            Variation(
                help="Plan for gaps: the wants are the specs of these stacks. A binary of another "
                "stack on a compatible system only needs to be listed."
            ),
        ),
    ),
    Setting(
        name="baseline",
        kind="text",
        metavar="TAG|[LABEL=]SOURCE",
        group="Wants",
        commands=_STATES,
        help="Take the wants from this older snapshot or source: all that it covers, instead of "
        "the specs of peers.",
        example='"develop-2025-05-18"',
        variations=dict.fromkeys(
            _PLANS,
            Variation(
                help="Plan for gaps: the wants are the specs of this older snapshot or source."
            ),
        ),
    ),
    Setting(
        name="system",
        kind="system",
        is_repeatable=True,
        metavar="OS/TARGET|all",
        group="Wants",
        commands=(*_WANTS, "review", "init"),
        help="Also report the stacks on this system, even where they have nothing yet.",
        example='["ubuntu24.04/zen4"]',
        variations={
            **dict.fromkeys(
                (*_PLANS, "review"),
                Variation(
                    help="The system of abstract wants.",
                    default="their own, else the system of all locks",
                ),
            ),
            "init": Variation(metavar="OS/TARGET", help="The system of stacks that name none."),
        },
    ),
    Setting(
        name="os",
        kind="pattern",
        is_repeatable=True,
        metavar="PATTERN",
        group="Wants",
        commands=(*_WANTS, "diff", "find"),
        help="Only these operating systems.",
        default="every one",
        example='"ubuntu*"',
        variations=dict.fromkeys(
            _PLANS,
            Variation(help="Plan only for the gaps and abstract wants of these operating systems."),
        ),
    ),
    Setting(
        name="target",
        kind="pattern",
        is_repeatable=True,
        metavar="PATTERN",
        group="Wants",
        commands=(*_WANTS, "diff", "find"),
        help="Only these targets.",
        default="every one",
        example='["x86_64_v3", "zen4"]',
        variations=dict.fromkeys(
            _PLANS,
            Variation(help="Plan only for the gaps and abstract wants of these targets."),
        ),
    ),
    Setting(
        name="tag",
        metavar="TAG",
        group="Wants",
        commands=(*_STATES, "find", "check", "review", "index"),
        help="The snapshot to ask.",
        default="the newest snapshot",
        example='"develop-2025-05-25"',
        variations={
            "index": Variation(help="The snapshot to save."),
            "find": Variation(help="Only specs that this snapshot lists.", default="all snapshots"),
        },
    ),
    Setting(
        name="scope",
        kind="choice",
        choices=SCOPES,
        group="Wants",
        commands=(*_WANTS, "review"),
        help="The specs of a lock that are wanted: its roots; also their link and run "
        "dependencies; also their build dependencies.",
        default="runtime",
        example='"all"',
        variations=dict.fromkeys(
            _PLANS,
            Variation(
                help="The specs of a lock that are wanted: its roots; also their link and run "
                "dependencies; or all specs, as pruning node by node plans."
            ),
        ),
    ),
    Setting(
        name="level",
        kind="choice",
        choices=LEVELS,
        group="Wants",
        commands=(*_WANTS, "diff"),
        help="The level at which wants are compared: name, name@version, also variants, or hash. "
        "Roots of environments are abstract and have no level.",
        default="package; hash with locks",
        example='"version"',
        variations=dict.fromkeys(
            _PLANS,
            Variation(
                help="For gaps: want any spec of the `package`, or of its `version`.",
                default="package",
            ),
        ),
    ),
    Setting(
        name="compat",
        kind="choice",
        choices=COMPATIBILITIES,
        group="Wants",
        commands=_WANTS,
        help="The binaries that serve a cell: those of its own system; also those for ancestor "
        "targets; also those for an OS with the same C library, not newer.",
        default="exact",
        example='"target"',
        variations=dict.fromkeys(
            _PLANS,
            Variation(
                help="The specs that serve a gap or an abstract want: those for its own system; "
                "also those for ancestor targets; also those for an OS with the same C library, "
                "not newer. The specs of a lock are always exact."
            ),
        ),
    ),
    Setting(
        name="group",
        is_repeatable=True,
        metavar="NAME",
        group="Wants",
        commands=(*_WANTS, "review"),
        help="Want only the roots of this group of an environment or a lock.",
    ),
    Setting(
        name="packages",
        metavar="REPO",
        group="Wants",
        commands=(*_WANTS, "recipes", "review"),
        help="A checkout of a package repository, whose recipes show the variants of each package. "
        "They are read, not run.",
        variations=dict.fromkeys(
            ("recipes", "review"),
            Variation(
                metavar="FOLDER",
                help="The git checkout of the package repository, or a folder of one.",
                default=".",
            ),
        ),
    ),
    Setting(
        name="include",
        is_repeatable=True,
        metavar="URL=FILE",
        group="Wants",
        commands=(*_WANTS, "review"),
        help="Read this file instead of a remote file that an environment includes.",
    ),
    Setting(
        name="from",
        field_name="documents",
        is_repeatable=True,
        metavar="DOCUMENT",
        group="Wants",
        commands=("report",),
        help="Answer no question, only show these documents, which other commands wrote with "
        "`--format json`. More documents may follow as arguments.",
    ),
    Setting(
        name="changes-since",
        metavar="TAG|[LABEL=]SOURCE",
        group="Wants",
        commands=("report",),
        help="Also show the changes since this older snapshot, source or lock.",
        default="the baseline, if there is one",
    ),
    Setting(
        name="trend",
        kind="flag",
        group="Wants",
        commands=("report",),
        help="Also show the coverage of all snapshots of the caches.",
    ),
    Setting(
        name="candidates",
        is_repeatable=True,
        metavar="[LABEL=]SOURCE",
        group="Candidates",
        commands=_PLANNING,
        help="More specs to choose from: locks, indexes, mirrors. They do not count as available.",
    ),
    Setting(
        name="exclude-broken",
        metavar="FILE",
        group="Candidates",
        commands=_PLANNING,
        help="Leave out the specs in this file, one per line, which are known not to build, and "
        "everything that needs them.",
    ),
    Setting(
        name="assume-available",
        is_repeatable=True,
        metavar="SPEC",
        group="Candidates",
        commands=_PLANNING,
        help="Plan as if all specs that satisfy this had binaries.",
    ),
    Setting(
        name="without",
        is_repeatable=True,
        metavar="SPEC",
        group="Candidates",
        commands=_PLANNING,
        help="Plan as if no spec that satisfies this had a binary.",
    ),
    Setting(
        name="changed",
        is_repeatable=True,
        metavar="SPEC",
        group="Change",
        commands=_PREDICTIONS,
        help="Predict the plan after the specs that satisfy this have changed.",
    ),
    Setting(
        name="changed-from",
        metavar="FILE",
        group="Change",
        commands=_PREDICTIONS,
        help="The same for each line of a file; - is standard input. Names that no lock contains "
        "are counted.",
    ),
    Setting(
        name="changed-since",
        metavar="REV",
        group="Change",
        commands=_PREDICTIONS,
        help="The same for each recipe that changed since a revision of --packages.",
    ),
    Setting(
        name="changes",
        kind="choice",
        choices=get_args(CountedBy),
        group="Change",
        commands=_PREDICTIONS,
        help="The specs that --changed-since counts as changed: those whose package hash changes "
        "with the content of a recipe, or all specs of each touched recipe.",
        default="content",
    ),
    Setting(
        name="treat",
        kind="choice",
        choices=tuple(f"{each}=stale" for each in get_args(OpenVerdict)),
        is_repeatable=True,
        metavar="VERDICT=stale",
        group="Change",
        commands=(*_PREDICTIONS, "review"),
        help="Let --changed-since also count specs whose hash may change because a concretizer "
        "reads the changed part (`may_change=stale`), or whose build changes under the same hash "
        "(`blind=stale`).",
        default="both are left out of the plan, which is then not whole",
    ),
    Setting(
        name="successors",
        kind="flag",
        group="Change",
        commands=("rebuild", "export"),
        help="Compute the hashes of the specs of locks with the newer recipes of --changed-since, "
        "and plan for these instead of predicting.",
    ),
    Setting(
        name="since",
        metavar="REV[..REV]",
        group="Change",
        commands=("recipes", "review"),
        help="Compare the files of the checkout with this revision; `A..B` compares two revisions, "
        "`A...B` compares B with the last commit that both share.",
    ),
    Setting(
        name="hashes",
        kind="flag",
        group="Change",
        commands=("recipes",),
        help="Compute the package hash of each spec of the locks by the newer recipes, and "
        "compare it with the recorded one.",
    ),
    Setting(
        name="spack-rules",
        metavar="RELEASE",
        group="Change",
        commands=("recipes", *_PREDICTIONS, "review"),
        help="The release of Spack by whose rules recipes are hashed.",
        default="the newest known",
    ),
    Setting(
        name="policy",
        kind="choice",
        choices=get_args(Policy),
        group="Change",
        commands=(*_PREDICTIONS, "review"),
        help="The specs that a change makes stale: all whose hash changes, or only those that it "
        "reaches over link and run edges and compilers.",
        default="hash",
    ),
    Setting(
        name="depth",
        kind="count",
        least=0,
        metavar="N",
        group="Change",
        commands=(*_PREDICTIONS, "review"),
        help="Follow the dependents of changed specs over at most N edges.",
        default="all the way",
    ),
    Setting(
        name="costs",
        kind="file",
        is_repeatable=True,
        metavar="FILE",
        group="Cost and budget",
        commands=(*_PLANNING, "review"),
        help="The costs of builds, in seconds: CSV or JSON by hash, package@version or package, or "
        "Spack's install_times.json or a folder of them. The other builds get an estimate.",
        default="1 a build",
        example='["costs.csv"]',
    ),
    Setting(
        name="jobs",
        kind="count",
        least=1,
        most=1_000_000,
        metavar="N",
        group="Cost and budget",
        commands=("rebuild", "review", "report"),
        help="Schedule the builds on N runners, each of which builds one at a time.",
    ),
    Setting(
        name="max-builds",
        kind="count",
        least=0,
        metavar="N",
        group="Cost and budget",
        commands=("rebuild", "export", "report"),
        help="Build at most N specs: those that complete the most roots, by the weights of the "
        "configuration.",
    ),
    Setting(
        name="max-cost",
        kind="amount",
        metavar="S",
        group="Cost and budget",
        commands=("rebuild", "export", "report"),
        help="Limit the total cost of the builds, in the unit of --costs. Combines with "
        "--max-builds.",
    ),
    Setting(
        name="budget-curve",
        kind="flag",
        group="Cost and budget",
        commands=("rebuild", "report"),
        help="Also show how many roots each budget completes, from nothing to the whole plan.",
    ),
    Setting(
        name="node-limit",
        kind="count",
        least=0,
        metavar="N",
        group="Cost and budget",
        commands=("rebuild", "export", "report"),
        help="Stop a search after N nodes. Unlike a time limit, this gives the same answer on "
        "every machine.",
    ),
    Setting(
        name="time-limit",
        kind="amount",
        metavar="SECONDS",
        group="Cost and budget",
        commands=("rebuild", "export", "report"),
        help="Stop a search after this time; the best answer so far and its bound are valid.",
    ),
    Setting(
        name="cache",
        kind="source",
        is_repeatable=True,
        metavar="[LABEL=]SOURCE",
        group="Caches",
        commands=_CACHES,
        help="A source of binaries: a mirror in a folder, behind https://, in an object store "
        "(s3://, gs://) or in a registry (oci://), its index, or package pages.",
        example='["examples/cache", "../other/_cache"]',
    ),
    Setting(
        name="all-snapshots",
        kind="flag",
        group="Caches",
        commands=("index",),
        help="Save all snapshots of each source instead of the newest only.",
    ),
    Setting(
        name="upstream",
        kind="source",
        is_repeatable=True,
        metavar="[LABEL=]SOURCE",
        group="Caches",
        commands=_CACHES,
        help="An installation whose specs count as available.",
        example='"/opt/spack"',
    ),
    Setting(
        name="use-mirrors",
        kind="switch",
        group="Caches",
        commands=_WANTS,
        help="If no cache is given, also use the remote mirrors that an environment names.",
        example="true",
    ),
    Setting(
        name="for-spack",
        kind="spack",
        metavar="VERSION",
        group="Caches",
        commands=(*_CACHES, "has", "index"),
        help="The version of Spack that uses the caches, as 1.2. If a mirror has several indexes, "
        "it sees only the one that it reads.",
        default="all indexes of a mirror together",
        example='"1.2"',
    ),
    Setting(
        name="newest-format",
        kind="choice",
        choices=NEWER_FORMATS,
        group="Caches",
        commands=(*_CACHES, "has", "index"),
        help="How to treat a file of a version that is too new: as an error, or as a file of the "
        "newest known version.",
        default="refuse",
        example='"try"',
    ),
    Setting(
        name="from-manifests",
        kind="flag",
        group="Caches",
        commands=(*_CACHES, "index", "has"),
        help="Read mirrors from the files of their binaries, not from their indexes.",
        example="true",
    ),
    Setting(
        name="probe",
        kind="flag",
        group="Caches",
        commands=(*_CACHES, "index"),
        help="Also look for binaries that no index lists on servers that can list their files; in "
        "folders, this is always done.",
        example="true",
    ),
    Setting(
        name="offline",
        kind="switch",
        group="Caches",
        commands=(*_CACHES, "has", "index"),
        help="Contact no server: read the copies that earlier runs kept, and show how old they "
        "are.",
        example="true",
    ),
    Setting(
        name="max-age",
        kind="duration",
        metavar="DURATION",
        group="Caches",
        commands=(*_CACHES, "has", "index"),
        help="Use the copy of a remote file without asking its server if the server confirmed it "
        "within this time: `90s`, `30m`, `12h`, `7d`.",
        default="ask each time",
        example='"30m"',
    ),
    Setting(
        name="strict",
        kind="switch",
        group="Caches",
        commands=(*_CACHES, "index"),
        help="Treat a page whose meta contradicts its spec_details as an error.",
        example="true",
    ),
    Setting(
        name="skip-damaged",
        kind="switch",
        group="Caches",
        commands=(*_CACHES, "index"),
        help="Skip damaged files with a warning instead of stopping.",
        example="true",
    ),
    Setting(
        name="verify",
        kind="choice",
        choices=get_args(Verify),
        group="Caches",
        commands=("check", "report"),
        help="How much to check: indexes and locks; also the manifests and spec files of mirrors; "
        "also the bytes of their binaries.",
        default="index",
        example='"manifests"',
        table="check",
        variations={
            "report": Variation(
                help="Also check the caches: indexes and locks; also the manifests and spec files "
                "of mirrors; also the bytes of their binaries.",
                default="no check",
            )
        },
    ),
    Setting(
        name="plan",
        metavar="FILE",
        group="Export",
        commands=("export",),
        help="Export this plan, written by `specplan rebuild --format json` (`-` for standard "
        "input), instead of planning.",
    ),
    Setting(
        name="env",
        metavar="FOLDER",
        group="Export",
        commands=("export",),
        help="The environment to build, at its path in the jobs: a folder with spack.yaml and "
        "spack.lock.",
        default="the folder of the wanted lock",
        example='"stacks/e4s"',
        table="export",
    ),
    Setting(
        name="mirror",
        metavar="NAME",
        group="Export",
        commands=("export",),
        help="The mirror to push builds to, by its name in the environment.",
        default="buildcache-destination",
        example='"buildcache-destination"',
        table="export",
    ),
    Setting(
        name="mirror-url",
        metavar="SOURCE",
        group="Export",
        commands=("export",),
        help="The address of that mirror, where `specplan has` looks for existing binaries.",
        default="as in the environment",
        example='"s3://bucket/mirror"',
        table="export",
    ),
    Setting(
        name="sign",
        metavar="HOW",
        group="Export",
        commands=("export",),
        help="How to sign: `unsigned`; `mirror`, if the environment says that the mirror is "
        "signed; or the key to sign with.",
        default="unsigned",
        example='"mirror"',
        table="export",
    ),
    Setting(
        name="build-jobs",
        key_name="jobs",
        kind="count",
        least=1,
        most=1_000_000,
        metavar="N",
        group="Export",
        commands=("export",),
        help="The number of processes of each build.",
        default="as Spack does",
        example="8",
        table="export",
    ),
    Setting(
        name="spack",
        metavar="FOLDER",
        group="Export",
        commands=("export",),
        help="The folder of Spack in the jobs.",
        default="$SPACK_ROOT, else the `spack` of PATH",
        example='"/opt/spack"',
        table="export",
    ),
    Setting(
        name="sizes",
        metavar="FILE",
        group="Export",
        commands=("export",),
        help="A CSV file of the resources of builds, with some of the columns package, cpu, "
        "memory, timeout, jobs.",
        example='"sizes.csv"',
        table="export",
    ),
    Setting(
        name="template",
        metavar="FILE",
        group="Export",
        commands=("export",),
        help="Write the pipeline with this Jinja2 template instead of that of the format.",
    ),
    Setting(
        name="max-jobs",
        kind="count",
        least=1,
        most=1_000_000,
        metavar="N",
        group="Export",
        commands=("export",),
        help="The maximum number of jobs at a time: in the active pipelines of `gitlab`, in a "
        "matrix of `github`.",
        default="500 for gitlab, 256 for github",
    ),
    Setting(
        name="max-submit",
        kind="count",
        least=3,
        most=1_000_000,
        metavar="N",
        group="Export",
        commands=("export",),
        help="The maximum number of jobs that Slurm accepts; a larger plan becomes job arrays "
        "with as many tasks.",
        default="5000",
    ),
    Setting(
        name="fail-under",
        kind="least",
        metavar="PCT",
        group="Gates",
        commands=_COVERAGE,
        help="Exit with 1 when coverage is less, or not defined.",
        default="no gate",
        example="97.5",
    ),
    Setting(
        name="fail-under-roots",
        kind="least",
        metavar="PCT",
        group="Gates",
        commands=_COVERAGE,
        help="Exit with 1 when a smaller share of the roots of locks installs from the caches "
        "alone, or when there are none.",
        default="no gate",
        example="100",
    ),
    Setting(
        name="fail-on-lost",
        kind="switch",
        group="Gates",
        commands=(*_COVERAGE, "diff", "trend"),
        help="Exit with 1 when anything that the older state has is lost.",
        example="true",
    ),
    Setting(
        name="fail-on-absent",
        kind="switch",
        group="Gates",
        commands=(*_COVERAGE, "diff"),
        help="Exit with 1 when a stack of the older state is absent.",
        example="true",
    ),
    Setting(
        name="fail-on-unknown-over",
        kind="percentage",
        metavar="PCT",
        group="Gates",
        commands=_COVERAGE,
        help="Exit with 1 when a larger share of the wants cannot be decided. For every other "
        "gate these count as not covered.",
        default="no gate",
        example="5",
    ),
    Setting(
        name="fail-over-builds",
        kind="count",
        least=0,
        metavar="N",
        group="Gates",
        commands=_EXECUTED,
        help="Exit with 1 when the plan has more builds.",
        default="no gate",
        example="20",
    ),
    Setting(
        name="fail-over-cost",
        kind="amount",
        metavar="S",
        group="Gates",
        commands=_EXECUTED,
        help="Exit with 1 when the builds cost more, in seconds, or when no file gives their "
        "costs.",
        default="no gate",
        example="36000",
    ),
    Setting(
        name="fail-if-not-optimal",
        kind="switch",
        group="Gates",
        commands=_EXECUTED,
        help="Exit with 1 when it is not proven that no plan costs less, or that no choice within "
        "the budget is worth more.",
        example="true",
    ),
    Setting(
        name="known-gaps",
        kind="file",
        metavar="FILE",
        group="Gates",
        commands=(*_COVERAGE, "diff"),
        help="Let the gaps of this TOML file fail no gate; docs/ci.md describes it.",
        example='"known-gaps.toml"',
    ),
    Setting(
        name="strict-known-gaps",
        kind="switch",
        group="Gates",
        commands=(*_COVERAGE, "diff"),
        help="Exit with 1 when an entry of the known gaps has expired or excuses nothing.",
        example="true",
    ),
    Setting(
        name="date",
        metavar="DAY",
        group="Gates",
        commands=(*_COVERAGE, "diff"),
        help="The day that decides whether known gaps have expired, as 2026-12-31.",
        default="SOURCE_DATE_EPOCH, else the clock",
        variations={
            "report": Variation(
                help="The date on the page, which also decides whether known gaps have expired, as "
                "2026-12-31.",
                default="SOURCE_DATE_EPOCH; else no date, and the clock for known gaps",
            )
        },
    ),
    Setting(
        name="carry-forward",
        metavar="FILE",
        group="Gates",
        commands=_COVERAGE,
        help="Add the cells that this run does not measure from the saved document of an earlier "
        "run (--format json). They are marked as old, and count for gates.",
    ),
    Setting(
        name="fail-if-none",
        kind="flag",
        group="Gates",
        commands=("find",),
        help="Exit with 1 when nothing is found.",
    ),
    Setting(
        name="allow-unplannable",
        kind="switch",
        group="Gates",
        commands=("rebuild", "trim", "export", "report"),
        help="Exit with 0 even if wants cannot be planned from known specs.",
        example="true",
    ),
    Setting(
        name="allow-left-out",
        kind="choice",
        choices=ALLOWED_KINDS,
        is_repeatable=True,
        metavar="KIND",
        group="Gates",
        commands=(*_CACHES, "recipes"),
        help="Let gates hold even if something of this kind (or `all` kinds) is left out; "
        "docs/trust.md lists the kinds.",
        example='["include"]',
        adds=True,
    ),
    Setting(
        name="ignore",
        kind="choice",
        choices=get_args(FindingKind),
        is_repeatable=True,
        group="Gates",
        commands=("check",),
        help="Do not list findings of this kind, only count them.",
        example='["not-in-cache"]',
        table="check",
    ),
    Setting(
        name="explain-left-out",
        kind="flag",
        group="Gates",
        commands=(*_CACHES, "recipes"),
        help="List everything that is left out, each with a remedy.",
    ),
    Setting(
        name="limit",
        kind="count",
        least=0,
        metavar="N",
        group="Output",
        commands=_LISTS,
        help="In tables and Markdown, show only the first N rows of each list, the most useful, "
        "and count the others. JSON and CSV are complete.",
    ),
    Setting(
        name="package",
        kind="pattern",
        is_repeatable=True,
        metavar="PATTERN",
        group="Output",
        commands=_LISTS,
        help="In tables and Markdown, list only rows about these packages; numbers and gates stay "
        "the same.",
    ),
    Setting(
        name="summary",
        kind="flag",
        group="Output",
        commands=_LISTS,
        help="In tables and Markdown, show only the numbers.",
        variations={
            "find": Variation(
                help="In tables and Markdown, show one row for each version and system, with its "
                "specs, binaries and stacks."
            ),
        },
    ),
    Setting(
        name="show",
        kind="choice",
        choices=("chosen", "unnecessary", "untested", "chains", "timetable"),
        is_repeatable=True,
        group="Output",
        commands=("rebuild",),
        help="Also list in the table: the choice for each abstract want, the unnecessary builds of "
        "node-by-node pruning, the specs that a policy or a depth leaves untested, the reason for "
        "each build, or the schedule of each runner.",
    ),
    Setting(
        name="available",
        kind="switch",
        group="Output",
        commands=("find",),
        help="Only specs that have a binary, or only those that have none.",
    ),
    Setting(
        name="unknown",
        kind="choice",
        choices=("error", "list"),
        group="Output",
        commands=("find",),
        help="How to treat specs about which the sources say too little: exit with 2 and name "
        "what is missing, or list them as undecided.",
        default="error",
    ),
    Setting(
        name="line",
        metavar="TEMPLATE",
        group="Output",
        commands=("find",),
        help="Write one line per spec, as in '{package}@{version}/{hash:.7}', instead of a report.",
    ),
    Setting(
        name="format",
        kind="choice",
        choices=(*FORMATS, *DIALECTS),
        group="Output",
        commands=COMMANDS,
        help="The format of the report.",
        default="the suffix of --output (.json, .csv, .md, .xml, .prom, .info, .svg, .html), else "
        "table",
        example='"markdown"',
        variations={
            **dict.fromkeys(
                _COVERAGE, Variation(choices=(*FORMATS, *_OF_RESULTS, *_OF_LINES, "badge", "html"))
            ),
            "coverage": Variation(
                choices=(*FORMATS, *_OF_RESULTS, *_OF_LINES, "badge", "svg", "html")
            ),
            "report": Variation(choices=("html",)),
            "why": Variation(choices=FORMATS),
            "trend": Variation(choices=(*FORMATS, "svg", "html")),
            "find": Variation(choices=(*FORMATS, "openmetrics")),
            "diff": Variation(choices=(*FORMATS, *_OF_RESULTS, "html")),
            "check": Variation(choices=(*FORMATS, *_OF_RESULTS, "badge", "html")),
            "rebuild": Variation(choices=(*FORMATS, "list", *_OF_RESULTS, "html")),
            **dict.fromkeys(
                ("recipes", "review"), Variation(choices=("table", "json", "markdown", "github"))
            ),
        },
    ),
    Setting(
        name="output",
        short="o",
        metavar="FILE",
        group="Output",
        commands=(*COMMANDS, "init", "trim", "export", "report", "index"),
        help="Write the report to this file, completely or not at all.",
        variations={
            "index": Variation(
                metavar="CATALOG/",
                help="The folder of the catalog. An existing catalog is extended, in one step.",
            ),
            "export": Variation(
                metavar="FILE|FOLDER",
                help="Write the pipeline to this file, completely or not at all; `gitlab` and "
                "`github` write a folder of files.",
                default="standard output; `specplan-pipeline` for a folder",
            ),
            "trim": Variation(
                help="Write the pipeline to this file, completely or not at all; may be PIPELINE "
                "itself.",
                default="standard output",
            ),
            "init": Variation(
                help="The file to write; - is standard output.", default="specplan.toml"
            ),
            "report": Variation(
                metavar="FILE|FOLDER/",
                help="The page to write: one file, or a folder for servers whose policy forbids "
                "inline scripts and styles.",
                default="standard output",
            ),
        },
    ),
    Setting(
        name="write-lock",
        metavar="FILE",
        group="Output",
        commands=("rebuild", "export"),
        help="Write a lock with the hashes of --successors, if all of them are known.",
    ),
    Setting(
        name="write-unplannable",
        metavar="FILE",
        group="Output",
        commands=("rebuild",),
        help="Write the abstract wants that no known spec can meet to this spack.yaml.",
    ),
    Setting(
        name="color",
        kind="choice",
        choices=("auto", "always", "never"),
        group="Output",
        commands=COMMANDS,
        help="Colors in tables; auto respects NO_COLOR.",
        default="auto",
    ),
    Setting(
        name="width",
        kind="count",
        least=20,
        # No table is wider, and an unlimited width needs unlimited memory.
        most=100_000,
        metavar="COLUMNS",
        group="Output",
        commands=COMMANDS,
        help="The width of a table.",
        default="the terminal's, or 100",
    ),
    Setting(
        name="max-bytes",
        kind="count",
        least=256,
        metavar="N",
        group="Output",
        commands=COMMANDS,
        help="Shorten the tables of Markdown so that the report has at most N bytes. GitHub "
        "accepts 65536 in a comment, 1048576 in a summary.",
        default="60000 with --comment-id, else 1000000",
        variations={"review": Variation(default="60000")},
    ),
    Setting(
        name="comment-id",
        metavar="ID",
        group="Output",
        commands=COMMANDS,
        help="Begin Markdown with the line `<!-- specplan:ID -->`, so that a script can find and "
        "update its comment.",
    ),
    Setting(
        name="quiet-if-same",
        kind="flag",
        group="Output",
        commands=("gaps", "coverage", "diff"),
        help="Write no report where nothing differs from the older state, no gate fails and "
        "nothing is left out that could change that. A file of that name from an earlier run is "
        "removed.",
    ),
    Setting(
        name="ci-line",
        kind="flag",
        group="Output",
        commands=_COVERAGE,
        help="Write the line `specplan coverage: 49.8%` to standard error, for tools that read "
        "logs.",
    ),
    Setting(
        name="long-hashes",
        kind="flag",
        group="Output",
        commands=COMMANDS,
        help="Show hashes in full instead of their first 7 letters.",
    ),
    Setting(
        name="force",
        kind="flag",
        group="Output",
        commands=("init",),
        help="Overwrite an existing file.",
    ),
    Setting(
        name="config",
        metavar="FILE",
        group="Other",
        commands=(*_CACHES, "has", "index"),
        help="Read this configuration file, and look for no other.",
    ),
    Setting(
        name="no-config",
        kind="flag",
        group="Other",
        commands=(*_CACHES, "has", "index"),
        help="Read no configuration.",
    ),
)

#: The gates that a `[[stack]]` table may also set, for its stack alone.
STACK_GATES: Final = (
    *("fail-under", "fail-under-roots", "fail-on-lost", "fail-on-absent", "fail-on-unknown-over"),
    *("fail-over-builds", "fail-over-cost", "fail-if-not-optimal"),
)

#: The keys of the configuration that are tables, or arrays of tables, with the keys in them.
#: ``stack`` may contain patterns, as its setting, or tables. A table without keys here takes any
#: names as keys.
TABLES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "families": (),
        "libc": (),
        "targets": (),
        "host": ("platform", "os", "target", "hostname", "env"),
        "export": (
            *(each.name_in_table for each in SETTINGS if each.table == "export"),
            "cell",
            "size",
        ),
        "check": tuple(each.name for each in SETTINGS if each.table == "check"),
        "not-wanted": ("package", "stack", "os", "target", "reason"),
        "weight": ("spec", "stack", "weight"),
        "stack": ("name", "cells", "want", *STACK_GATES),
    }
)
