"""Settings of Spack as options of ``specplan``: environment, mirrors, recipes."""

import os
import re
from urllib.parse import urlsplit

#: The commands that take wants, those that take caches, and those that need some wants. `diff` and
#: `trend` compare states, and each mirror is one state, so only their arguments name mirrors.
WITH_WANTS = frozenset(
    ["gaps", "coverage", "check", "report", "rebuild", "why", "export", "trim", "review"]
)
WITH_CACHES = WITH_WANTS | {"find"}
NEED_WANTS = frozenset(["rebuild", "why", "export", "trim"])

#: The options that define wants themselves, or need none.
_WANTS = ("--want", "--stack", "--peers", "--baseline", "--config", "--from")
_NO_WANTS = ("--help", "-h")

_LABEL = re.compile(r"[A-Za-z0-9_.-]+$")
_NO_STACK = "-"


def has_option(words, *names):
    """Return whether the user typed one of the given options."""
    for word in words:
        if word == "--":
            return False
        if word in names or word.partition("=")[0] in names:
            return True
    return False


def for_environment(command, words, environment):
    """Return the options for the active environment.

    Returns:
        None if the command needs wants and there are none.
    """
    if command not in WITH_WANTS or has_option(words, *_WANTS):
        return []
    if environment is None:
        needs = command in NEED_WANTS and not has_option(words, *_NO_WANTS)
        return None if needs else []
    name = os.path.basename(os.path.normpath(environment.name))
    if command == "check" and not environment.lock:
        return []
    place = environment.lock or environment.manifest
    return ["--want", labelled(name, place) if _LABEL.match(name) else plain(place)]


def for_mirrors(command, words, mirrors):
    """Return the options for mirrors of binaries."""
    if command not in WITH_CACHES or has_option(words, "--cache", "--from"):
        return []
    options = []
    for mirror in mirrors:
        label = mirror.name if _LABEL.match(mirror.name) else _NO_STACK
        options += ["--cache", labelled(label, place_of(mirror))]
    return options


def compares_recipes(command, words):
    """Return whether changes of recipes are requested."""
    return command in ("recipes", "review") or has_option(words, "--changed-since")


def for_recipes(command, words, folder):
    """Return the option for recipes, if their changes are requested."""
    asks = compares_recipes(command, words)
    if folder is None or not asks or has_option(words, "--packages"):
        return []
    return ["--packages", folder]


def place_of(mirror):
    """Return the URL of a mirror without credentials: others may read a process's arguments."""
    parts = urlsplit(mirror.url)
    url = mirror.url
    if "@" in parts.netloc:
        url = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    if mirror.view:
        url = "{0}/v3/manifests/index/{1}".format(url.rstrip("/"), mirror.view)
    return url


def has_credentials(mirror):
    """Return whether the URL of a mirror contains a user or a password."""
    return "@" in urlsplit(mirror.url).netloc


def labelled(label, place):
    """Return a source or a want with its label."""
    return "{0}={1}".format(label, place)


def plain(place):
    """Return a path that cannot be mistaken for one with a label."""
    return place if os.path.isabs(place) else os.path.join(os.curdir, place)
