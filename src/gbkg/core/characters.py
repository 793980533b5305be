"""Finds characters in curators' text that readers cannot see or take for others.

Quotations are left alone, since they are the document's. Elsewhere, a label with a Cyrillic "о" is not the label that
everybody reads, and an override of the writing direction shows other words than are stored. Scripts and look-alikes are
those of Unicode Technical Standard 39 (https://www.unicode.org/reports/tr39/), through the library
confusable-homoglyphs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

import pyoxigraph as ox

from gbkg.core.errors import Finding
from gbkg.core.prefixes import BASE, PREFIXES, base, shorten
from gbkg.core.records import Place

_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and marks that are invisible."""
_JOINERS = "\u200c\u200d"
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
_BLANKS = frozenset(" \u3000")
_WORD = re.compile(r"[^\W\d_]+")
_EAST_ASIAN = frozenset(("HAN", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO"))
_PLAIN = frozenset(("LATIN", "COMMON", "INHERITED"))
_HYPHENS = frozenset("\u2010\u2011\u2012\u02d7\u2212\ufe63\uff0d")
_SUSPECT = re.compile(r"[^\x20-\x7e\n]|\\[ubfrt]")
_VERBATIM = frozenset(PREFIXES["gbkg"] + name for name in ("printedText", "correctedText"))
"""Properties whose values quote a document."""


@lru_cache(maxsize=10_000)
def fault(text: str) -> str:
    """What is wrong with the characters of a text, naming the first; "" if nothing is.

    >>> fault("Guangzhou"), fault("广州 e谷"), fault("Größe, μ and Москва")
    ('', '', '')
    >>> fault("Guang\\u200bzhou")
    'has a character that cannot be seen: U+200B ZERO WIDTH SPACE'
    >>> fault("Guangzh\\u043eu")
    'has a look-alike of another letter: U+043E CYRILLIC SMALL LETTER O'
    """
    if text.isascii() and text.isprintable():
        return ""
    for at, char in enumerate(text):
        if char not in "\n\t" and _unseen(text, at):
            return f"has a character that cannot be seen: {_named(char)}"
        if unicodedata.category(char) == "Zs" and char not in _BLANKS:
            return f"has a blank that is not the usual one: {_named(char)}"
        if char in _HYPHENS or _variant(char):
            return f"has a look-alike of another character: {_named(char)}"
    twin = next((char for match in _WORD.finditer(text) if (char := _twin(match[0], text))), "")
    if twin:
        return f"has a look-alike of another letter: {_named(twin)}"
    return "" if unicodedata.is_normalized("NFC", text) else "is not in Unicode's normal form NFC"


def check(lines: Iterable[str], places: Mapping[str, Place], shown: str) -> Iterator[Finding]:
    """Findings for literals and gbkg IRIs in lines of N-Quads, except for quotations. `shown` is the file of nodes
    without a known place."""
    for line in lines:
        if not _SUSPECT.search(line):
            continue
        for quad in ox.parse(line.encode(), format=ox.RdfFormat.N_QUADS):
            where = places.get(quad.subject.value, Place(shown, 0))
            about = " ".join(ascii(shorten(term.value))[1:-1] for term in (quad.subject, quad.predicate))
            message = ""
            if isinstance(quad.object, ox.Literal) and quad.predicate.value not in _VERBATIM:
                message = fault(quad.object.value)
            strange = next((t.value for t in quad.triple if _foreign(t)), "")
            if strange:
                message = f"an identifier of ours has other characters than ASCII: {strange!a}"
            if message:
                hint = "type it anew; words of a document belong into quotations"
                yield Finding("characters", f"{about}: {message}", where.file, where.line or None, hint=hint)


def _foreign(term: object) -> bool:
    return isinstance(term, ox.NamedNode) and term.value.startswith((BASE, base())) and not term.value.isascii()


def _unseen(text: str, at: int) -> bool:
    """Whether the character is invisible. Joiners are allowed inside scripts that are written with them."""
    char = text[at]
    if char in _JOINERS and 0 < at < len(text) - 1:
        return not all("\u0590" <= near <= "\u1cff" for near in (text[at - 1], text[at + 1]))
    return char in _FILLERS or unicodedata.category(char) in _UNSEEN


def _variant(char: str) -> bool:
    """Whether the character is a styled form of a Latin letter or digit, such as mathematical 𝐀 or wide Ａ."""
    plain = unicodedata.normalize("NFKC", char)
    return unicodedata.category(char)[0] in "LN" and _dressed(char) and plain.isascii() and plain.isalnum()


def _dressed(char: str) -> bool:
    """Whether its compatible form differs in style alone: it is no fraction, superscript or unit."""
    return unicodedata.decomposition(char).partition(" ")[0] in ("<font>", "<wide>", "<narrow>")


def _twin(word: str, text: str) -> str:
    """The first letter of a word that looks like a Latin one and deceives: it stands beside Latin letters, or the whole
    word looks Latin in a text without other letters of its script."""
    if word.isascii():
        return ""
    from confusable_homoglyphs import categories  # here, since most texts need none of its tables

    scripts = {char: str(categories.alias(char)) for char in text}
    strange = {char for char in word if scripts[char] not in _EAST_ASIAN | _PLAIN}
    twins = {char for char in strange if _latin(char)}
    if not twins:
        return ""
    own = {scripts[char] for char in strange}
    mixed = any(scripts[char] == "LATIN" for char in word)
    at_home = any(scripts[char] in own and not _latin(char) for char in set(text))
    return next(char for char in word if char in twins) if mixed or (twins == strange and not at_home) else ""


@lru_cache
def _latin(char: str) -> bool:
    """Whether the character looks like a letter of ASCII."""
    from confusable_homoglyphs import confusables

    found = confusables.is_confusable(char, greedy=True, preferred_aliases=["latin"]) or []
    return any(twin["c"].isascii() for one in found for twin in one["homoglyphs"])


def _named(char: str) -> str:
    return f"U+{ord(char):04X} {unicodedata.name(char, 'without a name')}"
