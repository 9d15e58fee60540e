"""Removing secrets from texts; the only place that decides which parts of a URL are shown.

A URL may contain a user and a password, and a query with a signature. They are never shown, in
whatever text the URL occurs and however it is misspelt.
"""

from __future__ import annotations

import re
from typing import Final

from specplan.patterns import pattern

__all__ = ["shown_url", "without_secrets", "without_those_of"]

#: Schemes that are recognized even if the slashes are missing.
_KNOWN: Final = (
    "https?|ftps?|sftp|ssh|git|s3a?|gs|gcs|az|abfss?|adl|oci|docker|hdfs|webhdfs|smb|"
    "dav|webdavs?|github|hf|socks[45]h?"
)

#: A colon or a slash, as itself or percent-encoded.
_COLON: Final = r"(?::|%3a)"
_SLASH: Final = r"(?:[/\\]|%2f|%5c)"

#: A URL in a text, up to its end: messages put it in quotes or backquotes.
_URL: Final = pattern(
    rf"(?P<scheme>(?<![A-Za-z0-9])(?:(?:{_KNOWN}){_COLON}{_SLASH}*|[a-z][a-z0-9+.-]*{_COLON}{_SLASH}+))"
    r"(?P<rest>[^\s`'\"<>|]*)",
    re.IGNORECASE,
)

#: A user and a password without a scheme: ``user:word@host/folder``. Abstract specs and places in
#: files do not look like it: they have a version or a blank there.
_USER: Final = pattern(
    r"(?<![^\s`'\"(])(?P<before>(?:(?!target=)[\w.-]+=)?(?://)?)"
    r"[^\s`'\"<>|/@:=%^+~]+:(?![=%^+~@])[^\s`'\"<>|]*@(?=[A-Za-z0-9\[])"
)

#: The same after a folder, if such a text was taken as a relative path.
_USER_BELOW: Final = pattern(r"(?<=/)[^\s`'\"<>|/@:=%^+~]+:[^\s`'\"<>|/@]+@(?=[\w-]+(?:\.[\w-]+)+)")

#: A file on this machine, whose name may contain anything.
_NO_HOST: Final = pattern(r"file:(/|///+)", re.IGNORECASE)

_PORT: Final = pattern(r"[0-9]*")
_AT: Final = pattern(r"@|%40", re.IGNORECASE)
_END_OF_HOST: Final = pattern(r"[/\\?#]|%2f|%3f|%23", re.IGNORECASE)
_QUERY: Final = pattern(r"[?#]|%3f|%23", re.IGNORECASE)


def shown_url(url: str) -> str:
    """Return a URL without its possible secrets: user, password, query and fragment.

    Args:
        url: Only the URL, so that all of it counts, including blanks and quotes. Any other text is
            returned unchanged.

    Examples:
        >>> shown_url("https://user:word@host/folder?sig=abc")
        'https://host/folder'
        >>> shown_url("https:/user:word@host")
        'https:/host'
        >>> shown_url("folder/file")
        'folder/file'
    """
    found = _URL.match(url)
    if found is None:
        return without_secrets(url)
    return _harmless(found["scheme"], url[found.end("scheme") :])


def without_secrets(text: str) -> str:
    """Return a text with every URL in it as :func:`shown_url` shows it.

    Examples:
        >>> without_secrets("`http://user:word@host/x?sig=abc`: the server answers 404")
        '`http://host/x`: the server answers 404'
        >>> without_secrets("`user:word@host/x` does not exist")
        '`***@host/x` does not exist'
    """
    shown = _URL.sub(lambda found: _harmless(found["scheme"], found["rest"]), text)
    return _USER_BELOW.sub("***@", _USER.sub(r"\g<before>***@", shown))


def without_those_of(url: str, text: str) -> str:
    """Return the message of a library about a URL, which may quote any part of it.

    Examples:
        >>> without_those_of("s3://user:word@bucket/x", 'no bucket is called "user:word@bucket"')
        'no bucket is called "***@bucket"'
    """
    from urllib.parse import unquote  # noqa: PLC0415 - only errors of libraries need it

    text = without_secrets(text)
    found = _URL.match(url)
    rest = url[found.end("scheme") :] if found else ""
    user, at, _ = rest.rpartition("@")
    _, _, word = user.partition(":")
    query = _QUERY.split(rest, maxsplit=1)[1:]
    for secret in (user if at else "", word, *query):
        for written in {secret, unquote(secret)}:
            if written:
                text = text.replace(written, "***")
    return text


def _harmless(scheme: str, rest: str) -> str:
    """Return a URL without user, password, query and fragment; ``scheme`` has the slashes too."""
    if _NO_HOST.fullmatch(scheme):
        return scheme + rest
    end = _END_OF_HOST.search(rest)
    authority = rest[: end.start()] if end else rest
    ats = list(_AT.finditer(authority))
    if ats:
        rest = rest[ats[-1].end() :]
    elif ":" in authority and not authority.startswith("["):
        # With a slash in a password, the host ends too early, and then this is not a port.
        name, _, port = authority.partition(":")
        if not _PORT.fullmatch(port):
            later = list(_AT.finditer(rest))
            rest = rest[later[-1].end() :] if later else name
    return scheme + _QUERY.split(rest, maxsplit=1)[0]
