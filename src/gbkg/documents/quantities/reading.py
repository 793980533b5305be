"""Finds printed quantities: the grammar over the tokens of a text, with the currency or share beside each number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from gbkg.documents.languages import base
from gbkg.documents.quantities import units, words
from gbkg.documents.quantities.meaning import MEANING, Reading, is_fraction
from gbkg.documents.tokens import Token, grammar, phrases

_RULES = {
    "vague": "v(?:~?[vs])*",
    "share": "c[DH]s*",
    "place": "y[HD]?",
    "digits": "D&ahs+|Dk|Dm?[sm]*P?|P|E",
    "han": "Hm?s*",
    "mixed": "a?fa?~as+|nf~as+|n&ahs*|as&ah|h~?as+|has+|ahs+|npn+s*|hak",
    "fraction": "u|nh|ah|h|[an]f|ao",
    "ordinal": "n*ol?|l",
    "cardinal": "(?:as|n)(?:&?[ns])*k?|ak|z",
    "many": "s",
}
"""The grammar, over the kinds of tokens in `words`."""
_GRAMMAR = grammar(_RULES)
_LONGEST = 20
"""Most words of a number in languages other than English."""
_ROUGHLY = re.compile("[近上超过逾约]$")


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed quantity and where it stands (code points, half-open), with its currency or percent sign.

    `readings` are its possible meanings, none if it is malformed or vague; `currency` the ISO 4217 codes that the
    printed currency can stand for; `share` is percent, per mille, basis points or "".
    """

    start: int
    end: int
    readings: tuple[Reading, ...]
    currency: tuple[str, ...] = ()
    share: str = ""
    fraction: bool = False
    more: bool = False
    """Whether a sign after the number means more: 300余, 300+."""

    @property
    def value(self) -> Decimal:
        """The likeliest value."""
        return self.readings[0].value

    @property
    def ulp(self) -> Decimal:
        return self.readings[0].ulp


def read(text: str, language: str = "en") -> Printed | None:
    """The one quantity in a phrase such as "nearly 2,258.935 billion yuan", "exceeded 60%" or "eighteenth".

    None when there is no number, more than one, or one that is vague or not well formed ("6,1307.3").

    >>> f"{read('RMB 200 million').value:f}"
    '200000000'
    >>> read("2.63%").ulp
    Decimal('0.01')
    >>> read("6,1307.3 square meters") is None
    True
    """
    found = every(text, language)
    return found[0] if len(found) == 1 and found[0].readings else None


def ranges(text: str, language: str) -> tuple[tuple[Decimal, Decimal], ...]:
    """The possible bounds of a phrase with two numbers. A scale word after the second may hold for both.

    >>> [f"{low:f} to {high:f}" for low, high in ranges("1.5 to 2 million", "en")]
    ['1500000 to 2000000', '1.5 to 2000000']
    """
    found = every(text, language)
    if len(found) != 2:
        return ()
    pairs = []
    for low in found[0].readings:
        for high in found[1].readings:
            if low.scale == 1 < high.scale and low.value * high.scale < high.value:
                pairs.append((low.value * high.scale, high.value))
            pairs.append((low.value, high.value))
    return tuple(dict.fromkeys(pairs))


@lru_cache(maxsize=4096)
def every(text: str, language: str) -> tuple[Printed, ...]:
    """Every quantity that a text prints, in order. `language` is the source's BCP 47 tag: it gives scale words and
    separators, and with a region the dollar that is meant."""
    tokens = words.lexer(language).tokens(text)
    quantities: list[Printed] = []
    for rule, first, last in phrases(_GRAMMAR, tokens):
        phrase = tokens[first:last]
        if not quantities or phrase[0].start >= quantities[-1].end:  # 百 of 个百分点 is no number
            quantities += _quantities(text, language, rule, phrase)
    if base(language) in words.SPELLED[1:]:
        quantities += _in_other_words(text, language, quantities)
        quantities.sort(key=lambda one: one.start)
    return tuple(quantities)


def _in_other_words(text: str, language: str, known: list[Printed]) -> Iterator[Printed]:
    """Numbers in words of a language other than English that overlap no known quantity; each with as many words as
    possible."""
    found = list(re.finditer(r"[^\W\d_]+(?:-[^\W\d_]+)*", text))
    at = 0
    while at < len(found):
        taken = 1
        for end in range(min(len(found), at + _LONGEST), at, -1):
            start, stop = found[at].start(), found[end - 1].end()
            value = words.spelled(text[start:stop], language)
            if value is not None and not any(one.start < stop and start < one.end for one in known):
                stop, share = units.share(text, stop)
                stop, currency = units.after(text, stop, language)
                yield Printed(start, stop, (Reading(value),), currency, share)
                taken = end - at
                break
        at += taken


def _quantities(text: str, language: str, rule: str, phrase: list[Token]) -> Iterator[Printed]:
    start, end = phrase[0].start, phrase[-1].end
    if rule == "many" and not _ROUGHLY.search(text[:start]):
        return
    end, share = units.share(text, end)
    start, before = units.before(text, start, language)
    end, after = units.after(text, end, language) if not share else (end, ())
    if not share:
        end, share = units.share(text, end)
    end -= text[end - 1] == "."  # that of a sentence, or of "Mrd."
    more = any(token.kind == "m" for token in phrase)
    readings = MEANING[rule](phrase, language, bool(share), bool(before or after))
    if rule == "cardinal" and not readings and any(token.kind == "&" for token in phrase):
        cut = next(at for at, token in enumerate(phrase) if token.kind == "&")
        for half in (phrase[:cut], phrase[cut + 1 :]):
            yield from _quantities(text, language, rule, half)
        return
    if share == "tenths":
        readings, share = tuple(Reading(r.value * 10, r.ulp * 10) for r in readings), "percent"
    if phrase[0].kind == "c":
        share = "percent" if phrase[0].text[0] == "百" else "per mille"
    currency = before or after
    if before and after and set(before) & set(after):
        currency = tuple(code for code in before if code in after)
    yield Printed(start, end, readings, currency, share, rule == "fraction" or is_fraction(phrase), more)
