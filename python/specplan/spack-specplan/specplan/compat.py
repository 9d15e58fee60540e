"""The extension's whole interface to Spack, one function per purpose, for Spack 0.23 and later."""

import os
import sys


class Mirror(object):
    """A mirror of binaries.

    Attributes:
        name: Its name in the configuration.
        url: The URL from which binaries are fetched.
        view: The view of its index that is read, or None.
    """

    def __init__(self, name, url, view=None):
        self.name = name
        self.url = url
        self.view = view


class ActiveEnvironment(object):
    """An environment.

    Attributes:
        name: Its name in Spack; a path for one that is not managed.
        lock: Its spack.lock, or None if it is not concretized.
        manifest: Its spack.yaml.
    """

    def __init__(self, name, lock, manifest):
        self.name = name
        self.lock = lock
        self.manifest = manifest


def die(message, hint):
    """End the command with a usage error."""
    sys.stderr.write("error: {0}\nhint: {1}\n".format(message, hint))
    return 2


def warn(message):
    """Tell the user about something unexpected."""
    sys.stderr.write("warning: {0}\n".format(message))


def active_environment():
    """Return the active environment, or None."""
    import spack.environment

    active = spack.environment.active_environment()
    if active is None:
        return None
    lock = active.lock_path
    return ActiveEnvironment(active.name, lock if os.path.exists(lock) else None, active.manifest_path)


def binary_mirrors():
    """Return the mirrors of binaries, in the order of the configuration."""
    try:
        from spack.mirrors.mirror import MirrorCollection
    except ImportError:  # Spack 0.23
        from spack.mirror import MirrorCollection

    found = MirrorCollection(binary=True).values()
    return [Mirror(each.name, each.fetch_url, getattr(each, "fetch_view", None)) for each in found]


def recipe_folder():
    """Return the folder of the first repository of recipes, or None."""
    import spack.repo

    path = getattr(spack.repo, "PATH", None) or getattr(spack.repo, "path", None)
    repositories = list(path.repos) if path is not None else []
    builtin = [each for each in repositories if each.namespace == "builtin"]
    chosen = (builtin or repositories)[:1]
    return chosen[0].root if chosen else None


def installed_program():
    """Return the program of an installed py-specplan, and the variables that it needs."""
    import spack.store

    found = spack.store.STORE.db.query("py-specplan", installed=True)
    for spec in found:
        program = os.path.join(str(spec.prefix), "bin", "specplan")
        if os.path.exists(program):
            return program, _variables(spec)
    return None


def _variables(spec):
    import spack.user_environment

    variables = dict(os.environ)
    changes = spack.user_environment.environment_modifications_for_specs(spec)
    changes.apply_modifications(variables)
    return variables
