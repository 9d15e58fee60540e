"""``specplan completion``: the script that makes a shell complete command lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from click.shell_completion import BashComplete, FishComplete, ZshComplete

from specplan.cli import output, program
from specplan.cli.options import argument, command

if TYPE_CHECKING:
    from specplan.cli.settings import Settings

__all__ = ["completion"]

_CLASSES: Final = {"bash": BashComplete, "fish": FishComplete, "zsh": ZshComplete}


@command(
    "completion",
    (argument("shell", "The shell: bash, fish or zsh.", metavar="SHELL", choices=list(_CLASSES)),),
    configured=False,
)
def completion(settings: Settings, shell: str) -> int:  # noqa: ARG001 - every command gets them
    """Write the script that makes a shell complete commands, options, files and names.

    Stacks, snapshots, systems and packages are those that earlier runs on a terminal found in
    the same caches: a shell that waits reads no cache.

    \b
    Examples:
      eval "$(specplan completion bash)"                                   # in ~/.bashrc
      specplan completion zsh > "${fpath[1]}/_specplan"
      specplan completion fish > ~/.config/fish/completions/specplan.fish
    """  # noqa: D301 - \b keeps click from wrapping the examples
    script = _CLASSES[shell](program, {}, "specplan", "_SPECPLAN_COMPLETE")
    output.write(script.source(), None)
    return 0
