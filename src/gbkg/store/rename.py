"""Queries and terms for a server that holds our named graphs under names of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urljoin

import pyoxigraph as ox

from gbkg.core.prefixes import PREFIXES
from gbkg.sparql.tokens import Token, tokens

OURS = PREFIXES["graph"]
_ESCAPED = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)")


@dataclass(frozen=True)
class Names:
    """Our graph IRIs here and on a server, where `prefix` stands in place of `https://w3id.org/gbkg/graph/`."""

    prefix: str = OURS

    @property
    def same(self) -> bool:
        return self.prefix == OURS

    def sent(self, term: Any) -> Any:
        """Our term as the server has it."""
        return self._moved(term, OURS, self.prefix)

    def got(self, term: Any) -> Any:
        """The server's term as we have it."""
        return self._moved(term, self.prefix, OURS)

    def text(self, text: str) -> str:
        """A query as it is sent: what it does not declare of our prefixes is declared, on its first line; IRIs of our
        graphs, written out or with a prefix, are those of the server, and what stands in strings is left alone."""
        whole = _Prologue(tokens(text))
        lacking = "".join(f"PREFIX {p}: <{iri}> " for p, iri in PREFIXES.items() if p not in whole.declared)
        if self.same:
            return lacking + text
        made, at = [lacking], 0
        for token in whole.body:
            iri = whole.full(token)
            if iri.startswith(OURS):
                made += [text[at : token.start], f"<{self.prefix}{iri.removeprefix(OURS)}>"]
                at = token.start + len(token.text)
        return "".join((*made, text[at:]))

    def _moved(self, term: Any, here: str, there: str) -> Any:
        if self.same or not isinstance(term, ox.NamedNode) or not term.value.startswith(here):
            return term
        return ox.NamedNode(there + term.value.removeprefix(here))


class _Prologue:
    """What a text declares, and the IRIs and prefixed names after that."""

    def __init__(self, found: tuple[Token, ...]) -> None:
        self._base = ""
        self.declared: dict[str, str] = {}
        self.body: list[Token] = []
        before = ["", ""]
        for token in found:
            if before[0] == "PREFIX" and token.kind == "iri":
                self.declared[before[1].removesuffix(":")] = self._absolute(token)
            elif before[1] == "BASE" and token.kind == "iri":
                self._base = self._absolute(token)
            elif token.kind in ("iri", "name") and before[1] != "PREFIX":
                self.body.append(token)
            before = [before[1], token.text]

    def full(self, token: Token) -> str:
        """The IRI that a token stands for; the empty string when its prefix is unknown."""
        if token.kind == "iri":
            return self._absolute(token)
        prefix, _, local = token.text.partition(":")
        space = self._spaces.get(prefix)
        return "" if space is None else space + _ESCAPED.sub(r"\1", local)

    @cached_property
    def _spaces(self) -> dict[str, str]:
        return PREFIXES | self.declared

    def _absolute(self, token: Token) -> str:
        iri = _ESCAPED.sub(lambda match: chr(int(match[1][1:], 16)), token.text[1:-1])
        return urljoin(self._base, iri) if self._base else iri
