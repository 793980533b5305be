"""Printed quantities: the grammar over the tokens of a text, the meaning of each of its rules, and the currency or
share beside each number. `read` and `find_all` take a text and its language."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from gbkg.documents import numerals, quantitywords
from gbkg.documents.numerals import places
from gbkg.documents.tokens import TextToken, base, grammar, kinds, phrases

__all__ = ["NumberReading", "PrintedQuantity", "find_all", "places", "ranges", "read"]


_ATTACHED = {"bn": 9, "mn": 6, "mln": 6, "tn": 12, "trn": 12, "MM": 6, "k": 3, "K": 3, "m": 6, "M": 6, "B": 9, "T": 12}
_POWERS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
ONE = Decimal(1)


class NumberReading(NamedTuple):
    """One meaning of a printed number. `ulp` is one unit of the last printed digit (0 for number words and fractions),
    `scale` the product of the scale words (1 without). A `rounded` value has no finite decimal form (2/3)."""

    value: Decimal
    ulp: Decimal = Decimal(0)
    scale: Decimal = ONE
    rounded: bool = False


def _scaled(values: tuple[Decimal, ...], scale: Decimal, sign: int = 1) -> tuple[NumberReading, ...]:
    return tuple(NumberReading(sign * value * scale, ONE.scaleb(-places(value)) * scale, scale) for value in values)


def _scale(tokens: list[TextToken], language: str) -> Decimal:
    """The product of the scale words: "thousand million", 万亿."""
    known = quantitywords.scales(language)
    return ONE.scaleb(sum(known[p.text.lower().rstrip(".")] for p in tokens if p.kind == "s"))


def _digits(tokens: list[TextToken], language: str, share: bool, money: bool) -> tuple[NumberReading, ...]:
    first, scale = tokens[0], _scale(tokens, language)
    if first.kind == "E":
        value = Decimal(first.text)
        return (NumberReading(value, ONE.scaleb(int(value.as_tuple().exponent)), Decimal(10)),)
    power = next((p for p in tokens if p.kind == "P"), None)
    if power:
        scale *= ONE.scaleb(int(power.text.partition("10")[2].lstrip("^*").translate(_POWERS)))
    if first.kind == "P":
        return (NumberReading(scale, scale, scale),)
    body = first.text.removesuffix(first.attached)
    sign = -1 if body[0] in "-−–" else 1
    attached = _ATTACHED.get(first.attached)
    measured = share or scale != 1 or attached is not None
    values = numerals.of_digits(body.lstrip("-−–"), language, measured=measured)
    written = kinds(tokens)
    if "h" in written:  # 2 and a half million
        return tuple(NumberReading((v + Decimal("0.5")) * scale, scale, scale) for v in values)
    if written.endswith("k"):
        return tuple(NumberReading(v * 12) for v in values)
    if attached is None:
        return _scaled(values, scale, sign)
    read = _scaled(values, scale * ONE.scaleb(attached), sign)
    # 5m may be metres, unless it is money.
    return read + _scaled(values, scale, sign) if first.attached == "m" and not money else read


def _han(tokens: list[TextToken], language: str, *_: bool) -> tuple[NumberReading, ...]:
    text, scale = tokens[0].text, _scale(tokens, language)
    if numerals.is_vague(text):
        return ()
    last = re.search(r"\d+(?:\.(\d+))?([十百千万亿萬億]+)$", text)
    power = ONE.scaleb(numerals.han_scale(text)) * scale
    ulp = power if power != 1 else Decimal(0)
    if last:
        ulp = ONE.scaleb(numerals.han_scale(last[0]) - len(last[1] or "")) * scale
    return tuple(NumberReading(value * scale, ulp, power) for value in numerals.of_han(text))


def _share(tokens: list[TextToken], language: str, *_: bool) -> tuple[NumberReading, ...]:
    if tokens[1].kind == "H":
        return _han(tokens[1:], language)
    return _scaled(numerals.of_digits(tokens[1].text, language, measured=True), _scale(tokens, language))


def _place(tokens: list[TextToken], language: str, *_: bool) -> tuple[NumberReading, ...]:
    if len(tokens) == 1:
        return (NumberReading(ONE),) if tokens[0].text == "首" else ()
    if tokens[1].kind == "H":
        return tuple(NumberReading(value) for value in numerals.of_han(tokens[1].text))
    return tuple(NumberReading(value) for value in numerals.of_digits(tokens[1].text, language))


def _mixed(tokens: list[TextToken], language: str, *_: bool) -> tuple[NumberReading, ...]:
    """Half a million, two and a half million, three quarters of a million, one point five million."""
    written, scale = kinds(tokens), _scale(tokens, language)
    if "k" in written:
        return (NumberReading(Decimal(6)),)
    if "p" in written:
        before = quantitywords.spelled(tokens[0].text, "en")
        digits_after = [quantitywords.spelled(p.text, "en") for p in tokens[written.index("p") + 1 :] if p.kind == "n"]
        if before is None or any(d is None or d > 9 for d in digits_after):
            return ()
        value = Decimal(f"{before}.{''.join(str(d) for d in digits_after)}")
        return (NumberReading(value * scale, ONE.scaleb(-len(digits_after)) * scale, scale),)
    part = Decimal("0.5")
    if "f" in written:
        part = ONE / quantitywords.FRACTIONS[next(p.text.lower() for p in tokens if p.kind == "f")]
    number = next((quantitywords.spelled(p.text, "en") for p in tokens if p.kind == "n"), None)
    if written.startswith("n&") or written == "as&ah":
        value = (number or ONE) + part
    else:
        value = (number or ONE) * part
    return (NumberReading(value * scale, scale, scale),)


def _fraction(tokens: list[TextToken], *_: object) -> tuple[NumberReading, ...]:
    first = tokens[0]
    if first.kind == "u":
        return _printed_fraction(first.text)
    name = tokens[-1].text.lower()
    if name not in quantitywords.FRACTIONS and tokens[-1].kind != "h":
        return ()
    number = quantitywords.spelled(first.text, "en") if first.kind == "n" else ONE
    below = quantitywords.FRACTIONS[name]
    plural = name.endswith(("s", "ves")) and name != "halves"
    if number is None or plural != (number != 1):
        return ()
    return (_quotient(number, Decimal(below)),)


def _printed_fraction(text: str) -> tuple[NumberReading, ...]:
    if "/" not in text:
        whole, text = Decimal(text[:-1].strip() or 0), unicodedata.normalize("NFKD", text[-1]).replace("⁄", "/")
    else:
        whole = Decimal(0)
    above, below = map(Decimal, text.split("/"))
    return (_quotient(whole * below + above, below),) if below else ()


def _quotient(above: Decimal, below: Decimal) -> NumberReading:
    value = above / below
    return NumberReading(value, rounded=value * below != above or len(value.as_tuple().digits) > 20)


def _ordinal(tokens: list[TextToken], *_: object) -> tuple[NumberReading, ...]:
    ordinals = quantitywords.ordinals()
    if tokens[0].kind == "l":
        return (NumberReading(ONE),)
    cardinals = [ordinals.get(p.text.lower(), p.text.lower()) for p in tokens if p.kind in "no"]
    if is_fraction(tokens):
        return _fraction(tokens)
    value = quantitywords.spelled(" ".join(cardinals), "en")
    return () if value is None else (NumberReading(value),)


def is_fraction(tokens: list[TextToken]) -> bool:
    """Whether the tokens are a fraction: one third is, twenty-third is not."""
    return (
        [p.kind for p in tokens] == ["n", "o"]
        and tokens[0].text.lower() == "one"
        and tokens[1].text in quantitywords.FRACTIONS
    )


def _cardinal(tokens: list[TextToken], *_: object) -> tuple[NumberReading, ...]:
    if tokens[0].kind == "z":
        return (NumberReading(Decimal(0)),)
    dozen = tokens[-1].kind == "k"
    body = tokens[:-1] if dozen else tokens
    text = re.sub(r"^an?\b", "one", _joined(body, "ans&").lower()) or "one"
    value = quantitywords.spelled(text, "en")
    if value is None:
        return ()
    if dozen:
        return (NumberReading(value * 12),)
    scale = ONE
    for token in reversed(body):
        if token.kind != "s":
            break
        scale *= _scale([token], "en")
    return (NumberReading(value, scale if scale != 1 else Decimal(0), scale),)


def _joined(tokens: list[TextToken], written: str) -> str:
    return " ".join(p.text for p in tokens if p.kind in written)


def _many(tokens: list[TextToken], language: str, *_: bool) -> tuple[NumberReading, ...]:
    """The unit alone: 近百."""
    scale = _scale(tokens, language)
    return (NumberReading(scale, scale, scale),)


def _nothing(*_: object) -> tuple[NumberReading, ...]:
    return ()


MEANING: dict[str, Callable[..., tuple[NumberReading, ...]]] = {
    "vague": _nothing, "share": _share, "place": _place, "digits": _digits, "han": _han, "mixed": _mixed,
    "fraction": _fraction, "ordinal": _ordinal, "cardinal": _cardinal, "many": _many,
}  # fmt: skip


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
class PrintedQuantity:
    """A printed quantity and where it stands (code points, half-open), with its currency or percent sign.

    `readings` are its possible meanings, none if it is malformed or vague; `currency` the ISO 4217 codes that the
    printed currency can stand for; `share` is percent, per mille, basis points or "".
    """

    start: int
    end: int
    readings: tuple[NumberReading, ...]
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


def read(text: str, language: str = "en") -> PrintedQuantity | None:
    """The one quantity in a phrase such as "nearly 2,258.935 billion yuan", "exceeded 60%" or "eighteenth".

    None when there is no number, more than one, or one that is vague or not well formed ("6,1307.3").

    >>> f"{read('RMB 200 million').value:f}"
    '200000000'
    >>> read("2.63%").ulp
    Decimal('0.01')
    >>> read("6,1307.3 square meters") is None
    True
    """
    found = find_all(text, language)
    return found[0] if len(found) == 1 and found[0].readings else None


def ranges(text: str, language: str) -> tuple[tuple[Decimal, Decimal], ...]:
    """The possible bounds of a phrase with two numbers. A scale word after the second may hold for both.

    >>> [f"{low:f} to {high:f}" for low, high in ranges("1.5 to 2 million", "en")]
    ['1500000 to 2000000', '1.5 to 2000000']
    """
    found = find_all(text, language)
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
def find_all(text: str, language: str) -> tuple[PrintedQuantity, ...]:
    """Every quantity that a text prints, in order. `language` is the source's BCP 47 tag: it gives scale words and
    separators, and with a region the dollar that is meant."""
    tokens = quantitywords.lexer(language).tokens(text)
    quantities: list[PrintedQuantity] = []
    for rule, first, last in phrases(_GRAMMAR, tokens):
        phrase = tokens[first:last]
        if not quantities or phrase[0].start >= quantities[-1].end:  # 百 of 个百分点 is not a number
            quantities += _quantities(text, language, rule, phrase)
    if base(language) in quantitywords.SPELLED[1:]:
        quantities += _in_other_words(text, language, quantities)
        quantities.sort(key=lambda one: one.start)
    return tuple(quantities)


def _in_other_words(text: str, language: str, known: list[PrintedQuantity]) -> Iterator[PrintedQuantity]:
    """Numbers in words of a language other than English that overlap no known quantity; each with as many words as
    possible."""
    found = list(re.finditer(r"[^\W\d_]+(?:-[^\W\d_]+)*", text))
    at = 0
    while at < len(found):
        taken = 1
        for end in range(min(len(found), at + _LONGEST), at, -1):
            start, stop = found[at].start(), found[end - 1].end()
            value = quantitywords.spelled(text[start:stop], language)
            if value is not None and not any(one.start < stop and start < one.end for one in known):
                stop, share = quantitywords.share(text, stop)
                stop, currency = quantitywords.after(text, stop, language)
                yield PrintedQuantity(start, stop, (NumberReading(value),), currency, share)
                taken = end - at
                break
        at += taken


def _quantities(text: str, language: str, rule: str, phrase: list[TextToken]) -> Iterator[PrintedQuantity]:
    start, end = phrase[0].start, phrase[-1].end
    if rule == "many" and not _ROUGHLY.search(text[:start]):
        return
    end, share = quantitywords.share(text, end)
    start, before = quantitywords.before(text, start, language)
    end, after = quantitywords.after(text, end, language) if not share else (end, ())
    if not share:
        end, share = quantitywords.share(text, end)
    end -= text[end - 1] == "."  # that of a sentence, or of "Mrd."
    more = any(token.kind == "m" for token in phrase)
    readings = MEANING[rule](phrase, language, bool(share), bool(before or after))
    if rule == "cardinal" and not readings and any(token.kind == "&" for token in phrase):
        cut = next(at for at, token in enumerate(phrase) if token.kind == "&")
        for half in (phrase[:cut], phrase[cut + 1 :]):
            yield from _quantities(text, language, rule, half)
        return
    if share == "tenths":
        readings, share = tuple(NumberReading(r.value * 10, r.ulp * 10) for r in readings), "percent"
    if phrase[0].kind == "c":
        share = "percent" if phrase[0].text[0] == "百" else "per mille"
    currency = before or after
    if before and after and set(before) & set(after):
        currency = tuple(code for code in before if code in after)
    yield PrintedQuantity(start, end, readings, currency, share, rule == "fraction" or is_fraction(phrase), more)
