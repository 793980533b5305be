"""Who wrote an answer card: a signature over all of it, by Ed25519 (RFC 8032, https://rfc-editor.org/info/rfc8032).

It stands in the card as `signature`, over the UTF-8 of the rest as JSON with sorted keys and without blanks. Keys are
files in PEM, as OpenSSL makes them:

    openssl genpkey -algorithm ed25519 -out key.pem
    openssl pkey -in key.pem -pubout -out key.pub.pem

Needs the package cryptography, which the extra `sign` brings.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gbkg.ask.card import canonical
from gbkg.core.errors import Finding, GbkgError, ParseError
from gbkg.core.inputfiles import content

_ALGORITHM = "Ed25519"


def sign(card: dict[str, Any], path: Path) -> dict[str, Any]:
    """The card with the signature of a private key. Raises `GbkgError` when the file is none, or cryptography is not
    installed."""
    exceptions, serialization, ed25519 = _cryptography()
    raw = content(path)
    try:
        key = serialization.load_pem_private_key(raw, password=None)
    except TypeError as error:
        raise ParseError("the key is locked by a password", file=str(path), hint="openssl pkey takes it off") from error
    except (ValueError, exceptions.UnsupportedAlgorithm) as error:
        raise _no_key(path, "private") from error
    if not isinstance(key, ed25519.Ed25519PrivateKey):
        raise _no_key(path, "private")
    public = key.public_key().public_bytes_raw()
    made = {"algorithm": _ALGORITHM, "key": b64encode(public).decode()}
    return {**card, "signature": {**made, "value": b64encode(key.sign(_signed(card, made))).decode()}}


def check(card: Mapping[str, Any], path: Path, shown: str) -> list[Finding]:
    """A finding unless the card bears a signature by the private key that belongs to this public one. Raises
    `GbkgError` when the file is no public key, or cryptography is not installed."""
    exceptions, serialization, ed25519 = _cryptography()
    raw = content(path)
    try:
        key = serialization.load_pem_public_key(raw)
    except (ValueError, exceptions.UnsupportedAlgorithm) as error:
        raise _no_key(path, "public") from error
    if not isinstance(key, ed25519.Ed25519PublicKey):
        raise _no_key(path, "public")
    told = card.get("signature")
    if told is None:
        return [Finding("card", "bears no signature", shown)]
    made = {name: told[name] for name in ("algorithm", "key")}
    try:
        key.verify(b64decode(told["value"], validate=True), _signed(card, made))
    except (exceptions.InvalidSignature, ValueError):
        return [Finding("card", f"the signature is not by the key of {path}, or what it was put to has changed", shown)]
    return []


def _signed(card: Mapping[str, Any], made: Mapping[str, str]) -> bytes:
    """What the signature is over: the card without it, and which key and algorithm made it."""
    rest = {name: part for name, part in card.items() if name != "signature"}
    return canonical({**rest, "signature": dict(made)}).encode("utf-8", "surrogatepass")


def _no_key(path: Path, kind: str) -> ParseError:
    hint = "see docs/asking.md, Answer cards, for how one is made"
    return ParseError(f"not a {kind} key for {_ALGORITHM}, in PEM", file=str(path), hint=hint)


def _cryptography() -> tuple[Any, Any, Any]:
    try:
        from cryptography import exceptions
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ed25519
    except ImportError as error:
        raise GbkgError("signatures need cryptography", hint='pip install "gbkg[sign]"') from error
    return exceptions, serialization, ed25519
