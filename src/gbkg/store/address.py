"""The address of a server: what it may be, how it is printed, and who asks there."""

from __future__ import annotations

import netrc
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from gbkg.core.errors import GbkgError, ServerError

HOW = "set GBKG_ENDPOINT_USER and GBKG_ENDPOINT_PASSWORD, or GBKG_ENDPOINT_TOKEN, or write them into ~/.netrc"
"""What to do about credentials."""
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Credentials:
    """Either a user with a password (Basic or Digest, as the server asks) or a bearer token; not shown by `repr`."""

    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)


def credentials(url: str, environment: Mapping[str, str] | None = None) -> Credentials | None:
    """Who asks this server: from GBKG_ENDPOINT_TOKEN, or GBKG_ENDPOINT_USER and GBKG_ENDPOINT_PASSWORD, else from the
    entry of netrc (NETRC, ~/.netrc) for the host; None when there is nothing.

    Raises `ServerError` when the address is not http(s) or has a password in it, when netrc cannot be read, and when
    there are credentials but the address is plain http to another machine; `GbkgError` for a token that is none.
    """
    found = os.environ if environment is None else environment
    parts = _split(url)
    made = _from_environment(found) or _from_netrc(url, parts.hostname or "", found)
    if made and parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise ServerError(url, "credentials are not sent over plain http to another machine", hint="use https")
    return made


def _from_environment(found: Mapping[str, str]) -> Credentials | None:
    user, password = found.get("GBKG_ENDPOINT_USER", ""), found.get("GBKG_ENDPOINT_PASSWORD", "")
    if token := found.get("GBKG_ENDPOINT_TOKEN", "").strip():
        if not (token.isascii() and token.isprintable()):
            hint = "it is one line of letters, digits and signs"
            raise GbkgError("GBKG_ENDPOINT_TOKEN is no token", hint=hint)
        return Credentials(token=token)
    return Credentials(user, password) if user else None


def _from_netrc(url: str, host: str, found: Mapping[str, str]) -> Credentials | None:
    path = found.get("NETRC") or os.path.expanduser("~/.netrc")  # noqa: PTH111
    try:
        entry = netrc.netrc(path).hosts.get(host)
    except OSError:
        return None
    except netrc.NetrcParseError as error:
        # Its message may quote the file.
        raise ServerError(url, f"{path}, line {error.lineno}: cannot be read as netrc") from None
    return Credentials(entry[0], entry[2] or "") if entry else None


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        valid = parts.scheme in _PORTS and parts.hostname and (parts.port or True)
    except ValueError:
        valid = False
    if not valid:
        raise ServerError(url, "not an address of a server", hint="write it as http://HOST:PORT/PATH or https://…")
    if "@" in parts.netloc:
        raise ServerError(url, "credentials do not belong into an address", hint=HOW)
    return parts


def origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port. Raises `ServerError` when the address is none, or has credentials in it."""
    parts = _split(url)
    return parts.scheme, (parts.hostname or "").lower(), parts.port or _PORTS[parts.scheme]


def is_loopback(host: str) -> bool:
    """Whether this is the own machine, whatever a name server says."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
