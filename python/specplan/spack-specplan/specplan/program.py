"""The place of the program ``specplan``, which may belong to another Python than Spack's."""

import os
import subprocess
import sys

#: The variable that names it.
VARIABLE = "SPECPLAN"

#: The hint for installing it, if it is not found.
HINT = (
    "`pip install specplan` or `pipx install specplan`, `spack install py-specplan`, "
    "or name the program in {0}".format(VARIABLE)
)


def find():
    """Return the words that start the program and the environment it needs, or None.

    It is looked for in ``SPECPLAN``, on the path, in the Python that runs Spack, in the Pythons on
    the path, and among Spack's installed packages.
    """
    from spack.extensions.specplan import compat

    named = os.environ.get(VARIABLE)
    if named:
        return [named], None
    program = _on_path("specplan")
    if program:
        return [program], None
    for python in [sys.executable] + [_on_path(name) for name in ("python3", "python")]:
        if python and _has_module(python):
            return [python, "-m", "specplan"], None
    installed = compat.installed_program()
    if installed is not None:
        return [installed[0]], installed[1]
    return None


def _on_path(name):
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        path = os.path.join(folder, name)
        if folder and os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    return None


def _has_module(python):
    """Return whether a Python has specplan, checked in a process without Spack's own modules."""
    asked = [python, "-c", "import specplan._core"]
    with open(os.devnull, "w") as nothing:
        try:
            return subprocess.call(asked, stdout=nothing, stderr=nothing) == 0
        except OSError:
            return False
