"""``specplan completion``: the script that completes command lines in a shell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specplan.cli import output
from specplan.cli.options import argument, command

if TYPE_CHECKING:
    from collections.abc import Mapping

    from specplan.cli.settings import Settings

__all__ = ["completion"]

_BASH: Final = r"""# Completion of specplan for bash.
_specplan() {
    local kind word
    COMPREPLY=()
    while IFS=$'\t' read -r kind word _; do
        case $kind in
            word) COMPREPLY+=("$word") ;;
            files)
                if [ ${#COMPREPLY[@]} -eq 0 ] && compopt -o default 2>/dev/null; then
                    continue # readline completes files itself
                fi
                compopt -o filenames 2>/dev/null
                while IFS= read -r word; do
                    COMPREPLY+=("$word")
                done < <(compgen -f -- "${COMP_WORDS[COMP_CWORD]#[=:]}")
                ;;
        esac
    done < <(_SPECPLAN_COMPLETE=bash "$1" "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o nosort -F _specplan specplan 2>/dev/null || complete -F _specplan specplan
"""

_ZSH: Final = r"""#compdef specplan
# Completion of specplan for zsh.
_specplan() {
    local kind word purpose
    local -a described plain
    local -i has_files=0
    while IFS=$'\t' read -r kind word purpose; do
        case $kind in
            word)
                if [[ -n $purpose ]]; then
                    described+=("${word//:/\\:}:$purpose")
                else
                    plain+=("$word")
                fi
                ;;
            files) has_files=1 ;;
        esac
    done < <(_SPECPLAN_COMPLETE=zsh "${words[1]}" "${(@Q)words[2,CURRENT]}" 2>/dev/null)
    (( ${#described} )) && _describe -V specplan described
    (( ${#plain} )) && compadd -V names -a plain
    if (( has_files )); then
        compset -P '*='
        _files
    fi
}
if [[ ${zsh_eval_context[-1]} == loadautofunc ]]; then
    _specplan "$@"
else
    compdef _specplan specplan
fi
"""

_FISH: Final = r"""# Completion of specplan for fish.
function __specplan_words
    set -l words (commandline --tokenize --current-process --cut-at-cursor)
    set -l program $words[1]
    set -e words[1]
    set -l current (commandline --current-token --cut-at-cursor)
    for line in (_SPECPLAN_COMPLETE=fish $program $words "$current" 2>/dev/null)
        set -l fields (string split \t -- $line)
        switch $fields[1]
            case word
                printf '%s\t%s\n' $fields[2] $fields[3]
            case files
                set -l start (math 1 + (string length -- "$fields[2]"))
                set -l typed (string sub --start $start -- "$current")
                for path in (__fish_complete_path $typed)
                    printf '%s%s\n' $fields[2] $path
                end
        end
    end
end
complete --command specplan --no-files --keep-order --arguments '(__specplan_words)'
"""

_SCRIPTS: Final[Mapping[str, str]] = {"bash": _BASH, "fish": _FISH, "zsh": _ZSH}


@command(
    "completion",
    (argument("shell", "The shell: bash, fish or zsh.", metavar="SHELL", choices=list(_SCRIPTS)),),
    configured=False,
)
def completion(settings: Settings, shell: str) -> int:  # noqa: ARG001 - every command gets them
    """Write the script that makes a shell complete commands, options, files and names.

    Stacks, snapshots, systems and packages are those that earlier runs on a terminal found in
    the same caches; completion itself reads no cache.

    \b
    Examples:
      eval "$(specplan completion bash)"                                   # in ~/.bashrc
      specplan completion zsh > "${fpath[1]}/_specplan"
      specplan completion fish > ~/.config/fish/completions/specplan.fish
    """  # noqa: D301 - \b keeps click from wrapping the examples
    output.write(_SCRIPTS[shell], None)
    return 0
