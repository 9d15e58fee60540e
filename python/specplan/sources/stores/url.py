"""Parsing typed URLs."""

from __future__ import annotations

import ipaddress
from typing import Final
from urllib.parse import SplitResult, urlsplit

from specplan.errors import SourceError
from specplan.patterns import pattern
from specplan.secrets import shown_url

__all__ = ["parsed"]


_WEB: Final = frozenset({"http", "https"})


_CONTROL: Final = pattern(r"[\x00-\x1f\x7f]")


_HOST: Final = pattern(r"[A-Za-z0-9._-]+")


def parsed(url: str) -> SplitResult:
    """Return the parts of a valid URL.

    Raises:
        SourceError: If it is invalid: its host is not a name, its port is not a number, or it
            contains a character that cannot be encoded.
    """
    shown = shown_url(url)
    try:
        parts = urlsplit(url)
        _check_parts(url, parts)
    except ValueError as error:
        # Messages about a host or a port may quote a password.
        reason = str(error) if _is_harmless(str(error)) else "its host or port cannot be read"
        raise SourceError(
            f"`{shown}` is not a URL: {reason}",
            path=shown,
            hint="write it as https://HOST/PATH, with percent-encoding in user and password",
        ) from error
    return parts


def _check_parts(url: str, parts: SplitResult) -> None:
    """Refuse a URL that no server can serve.

    Raises:
        ValueError: If it is such a URL.
    """
    host, port = parts.hostname or "", parts.port
    if _CONTROL.search(url):
        raise ValueError("it has a control character")
    if parts.scheme not in _WEB:
        return
    if port == 0:
        raise ValueError("no server has the port 0")
    if not host:
        raise ValueError("it names no host")
    if "[" in parts.netloc:
        ipaddress.IPv6Address(host.partition("%")[0])
        return
    try:
        name = host.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise ValueError("its host is not a name") from error
    if not _HOST.fullmatch(name):
        raise ValueError("its host is not a name")


def _is_harmless(reason: str) -> bool:
    return not any(sign in reason for sign in ("'", '"', "@"))
