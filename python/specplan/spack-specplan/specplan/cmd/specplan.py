"""``spack specplan``: missing binaries in the mirrors, and the smallest set of builds for them.

It calls the program ``specplan``, of any Python, with Spack's settings: the active environment as
the wants, the mirrors of binaries as caches, and the recipes.
"""

import argparse
import subprocess

description = "show gaps of the binary mirrors, and the smallest set of builds that fixes them"
section = "build"
level = "long"

_EPILOG = """\
the active environment and the configured mirrors of binaries need no typing:

  spack -e myenv specplan gaps                what the mirrors lack of the environment
  spack -e myenv specplan rebuild             the least that must be built, and in which order
  spack -e myenv specplan rebuild --changed-since origin/develop...HEAD
  spack specplan check                        what is wrong with the mirrors

options of specplan follow its command and override Spack's settings; `spack specplan gaps
--help` lists them. Credentials are taken from the environment only.
"""


def setup_parser(subparser):
    """Define the arguments of the command."""
    subparser.epilog = _EPILOG
    subparser.formatter_class = argparse.RawDescriptionHelpFormatter
    subparser.add_argument(
        "--mirror",
        action="append",
        metavar="NAME",
        help="use only this mirror; may be repeated",
    )
    subparser.add_argument(
        "--print", action="store_true", dest="show", help="print the command, and do not run it"
    )
    subparser.add_argument("specplan_command", metavar="COMMAND", help="a command of specplan")
    subparser.add_argument(
        "specplan_args", metavar="...", nargs=argparse.REMAINDER, help="its options"
    )


def specplan(parser, args):
    """Run the command; return its exit code."""
    from spack.extensions.specplan import compat, program

    found = program.find()
    if found is None:
        return compat.die("specplan is not installed", program.HINT)
    words, variables = found
    options, fault = _options(args.specplan_command, args.specplan_args, args.mirror)
    if fault is not None:
        return compat.die(*fault)
    # Typed arguments come last, so that a `--` in them does not end our options.
    command = words + [args.specplan_command] + options + list(args.specplan_args)
    if args.show:
        print(" ".join(_quoted(word) for word in command))
        return 0
    try:
        return subprocess.call(command, env=variables)
    except OSError as error:
        return compat.die("`{0}` cannot be run: {1}".format(words[0], error), program.HINT)


def _options(command, words, names):
    """Return Spack's settings as options, and an error: message and hint, or None."""
    from spack.extensions.specplan import arguments, compat

    mirrors = compat.binary_mirrors() if command in arguments.WITH_CACHES else []
    if names:
        if command not in arguments.WITH_CACHES:
            return [], (
                "`specplan {0}` takes no mirrors of Spack".format(command),
                "leave out --mirror",
            )
        known = [each.name for each in mirrors]
        for name in names:
            if name not in known:
                listed = ", ".join(known) or "none"
                hint = "`spack mirror list` shows the mirrors: {0}".format(listed)
                return [], ("no mirror of binaries is called `{0}`".format(name), hint)
        mirrors = [each for each in mirrors if each.name in names]
    for mirror in mirrors:
        if arguments.has_credentials(mirror):
            compat.warn(
                "the user and the password in the URL of the mirror `{0}` are not passed "
                "on".format(mirror.name)
            )
    wants = arguments.for_environment(command, words, compat.active_environment())
    if wants is None:
        hint = "`spack -e ENVIRONMENT specplan {0}`, or name the wants with --want".format(
            command
        )
        return [], ("no environment is active, and nothing else is wanted", hint)
    caches = arguments.for_mirrors(command, words, mirrors)
    asks = arguments.compares_recipes(command, words)
    recipes = arguments.for_recipes(command, words, compat.recipe_folder() if asks else None)
    return wants + caches + recipes, None


def _quoted(word):
    """Return a word as a shell reads it."""
    import shlex

    return shlex.quote(word)
