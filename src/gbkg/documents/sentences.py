"""Divides texts into sentences, so that no statement hides behind a claim about its neighbour.

Wherever a stop may end a sentence, it does, unless a rule below is sure that it does not. Where a rule is wrong, a
curator joins the two (reason `joined`, see `gbkg.documents.coverage`). Stops and closing marks are those of Unicode
(https://www.unicode.org/reports/tr29/#Sentence_Boundaries). That annex has other aims: it divides "the U.S. came" in
two and takes "It grew.The mayor left." for one. Offsets are code points, 0-based and half-open.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cache

TITLES = frozenset("Mr Mrs Ms Mx Messrs Mme Mlle Prof Rev Hon Capt Lt Sgt Col Gen Gov Sen Rep".split())
"""A name follows them: a capitalised word that is none of `STARTERS`, unless one of `ARTICLES` precedes."""
STREETS = frozenset("Dr St Mt Ft".split())
"""A name follows them too, unless a capitalised word precedes ("Main St.")."""
NUMBERED = frozenset("No Nos Nr nos nr Sec Ch ch Vol vol Fig Figs Eq eq p pp c ca approx est Rs".split())
"""A number follows them; "art" and "fig" are words as well."""
INNER = frozenset("e.g i.e cf viz vs".split())
"""No sentence ends with these."""
NAMED = frozenset("Co Corp Bros Pty Pvt".split())
"""One of `COMPANIES` follows them."""
COMPANIES = frozenset("Co Inc KG Limited LLC LLP Ltd Pty Pvt".split())
SHORT = frozenset(
    "co ltd Ltd inc Inc corp st Dept dept Univ Inst Assn Jr Sr Ave Blvd Rd etc al ed eds cit incl excl resp "
    "Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec Mon Tue Wed Thu Fri Sat Sun bzw usw ggf vgl Str".split()
)
ABBREVIATIONS = TITLES | STREETS | NUMBERED | INNER | NAMED | SHORT
"""They end no sentence before a small letter or an ampersand."""
STARTERS = frozenset(
    "A An The This That These Those It Its He His She Her They Their We Our I You Your There Here In On At By For From "
    "To With As If When While After Before Since Until During Because Although But And Or So Yet Then Thus However No "
    "Not All Some Many Most Each Every Both One Two Three What Who Which Where Why How".split()
)
"""Capitalised words that are not names."""
ARTICLES = frozenset("the a an his her its their our this that".split())
SUFFIXES = frozenset(
    "com org net edu gov mil int info biz io ai app dev cn hk mo tw uk de fr jp kr sg au ca eu ru ch nl "
    "js py ts html htm php asp pdf doc docx xls xlsx csv tsv txt json xml zip png jpg jpeg svg md ttl rq".split()
)
"""Last parts of names of sites and files that are not English words."""
_CONTINUING = frozenset(",;:，、；：،؛")
_HYPHENS = frozenset("-‐‑")
_APOSTROPHES = frozenset("'’")
_REACH = 100
"""Characters before and after a stop that are looked at, so that the time is proportional to the length of any text."""
_LABEL = 8
CELL_SEPARATOR = " | "
"""Stands between the cells of a table's row, in texts that gbkg makes of documents."""


def sentences(text: str, joined: Collection[str] = ()) -> list[tuple[int, int]]:
    """The spans of the sentences, in order, without surrounding white space. A line end or a tab always ends one.

    Stops inside the texts of `joined` end none, wherever those texts stand.

    >>> text = "Made by A Co., Ltd. of B Inc. Grew 6.3%."
    >>> [text[a:b] for a, b in sentences(text)]
    ['Made by A Co., Ltd. of B Inc.', 'Grew 6.3%.']
    >>> [text[a:b] for a, b in sentences(text, ["Inc. Grew"])]
    ['Made by A Co., Ltd. of B Inc. Grew 6.3%.']
    >>> [(a, b) for a, b in sentences("One. Two!\\n三。四")]
    [(0, 4), (5, 9), (10, 12), (12, 13)]
    """
    lines, _ = _patterns()
    places = [place for words in joined for place in _places(text, words)]
    found: list[tuple[int, int]] = []
    begin = 0
    for line in lines.finditer(text):
        found += _of_line(text, begin, line.start(), places)
        begin = line.end()
    return found + _of_line(text, begin, len(text), places)


def begins(text: str, at: int) -> bool:
    """Whether the first word after an offset usually begins a sentence and is not a name.

    >>> begins("Leaf Port Inc. The mayor", 14), begins("the U.S. Senate", 8)
    (True, False)
    """
    while at < len(text) and not text[at].isalnum():
        at += 1
    return _word_after(text, at) in STARTERS


def _places(text: str, words: str) -> Iterator[tuple[int, int]]:
    at = text.find(words) if words else -1
    while at >= 0:
        yield at, at + len(words)
        at = text.find(words, at + 1)


def _of_line(text: str, begin: int, end: int, joined: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The sentences of a line. What has no letter or digit belongs to the sentence before it, or else to the next."""
    found: list[tuple[int, int]] = []
    wordless = None
    for stop in (*_ends(text, begin, end), end):
        if stop < end and any(a < stop < b and _said(text[a:stop]) and _said(text[stop:b]) for a, b in joined):
            continue
        part = text[begin:stop]
        kept = part.strip()
        if kept:
            start = begin + len(part) - len(part.lstrip())
            span = start, start + len(kept)
            if _said(kept):
                found.append((span[0] if wordless is None else wordless, span[1]))
                wordless = None
            elif found:
                found[-1] = found[-1][0], span[1]
            elif wordless is None:
                wordless = start
        begin = stop
    if wordless is not None:
        found.append((wordless, wordless + len(text[wordless:end].rstrip())))
    return found


def _said(text: str) -> bool:
    """Whether there is a letter or a digit."""
    return any(map(str.isalnum, text))


def _ends(text: str, begin: int, end: int) -> Iterator[int]:
    """The offsets in a line at which a sentence ends, closing marks included."""
    _, stops = _patterns()
    for match in stops.finditer(text, begin, end):
        if match["item"]:
            at = match.start()
            near = text[max(begin, at - _REACH) : at]
            if match["item"][0].isdigit() and near.count("(") > near.count(")"):
                continue  # "(see 2) "
        elif match.end() < end and _closes(text, begin, match):
            at = match.end("closing")
        else:
            continue
        yield at
        begin = at


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Patterns for line ends and for stops with closing marks and blanks; compiled on first use, since most commands
    divide no text."""
    import regex

    blank = r"[\p{Zs}\p{Cf}]"
    closing = r"[\p{Pe}\p{Pf}\"'’”»]|\[\d{1,3}\]|[¹²³⁰⁴-⁹]"
    lines = regex.compile(r"[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]+")
    stops = regex.compile(
        rf"(?P<stops>[\p{{STerm}}…‥⋯\u037e\u0f0d\u0f0e]+|(?<=\p{{Greek}});|(?<=\p{{Armenian}}):)"
        rf"(?P<closing>(?:{closing})*(?:{blank}?[)\]）」』】»])*)(?P<blank>{blank}*)"
        rf"|(?<={blank})(?P<item>[•⁃‣▪◦]|\d{{1,2}}\.?\)(?={blank}))"
    )
    return lines, stops


def _closes(text: str, begin: int, match: re.Match[str]) -> bool:
    """Whether a stop ends the sentence that began at `begin`. More text follows in the line."""
    stops, closing, blank = match["stops"], match["closing"], match["blank"]
    after = match.end()
    if not blank:
        if text[after] in _CONTINUING or (text[after] in _HYPHENS and text[after + 1 : after + 2].isalnum()):
            return not (closing or _goes_on(text, begin, match.start(), after + 1))
        if closing and closing[-1] in _APOSTROPHES and text[after].islower():
            return False  # "the U.S.'s"
    elif closing and closing[-1] not in "]¹²³" and _small(text, after):
        return False  # a quotation or a bracket inside a sentence
    if closing[:1] in ("]", ")") and text[match.start() - 1 : match.start()] in ("[", "("):
        return False  # "[...]"
    if stops not in ".．․﹒":
        return bool(blank or closing) or not (text[after].isascii() and _in_address(text, match.start()))
    return _closes_spaced(text, begin, match) if blank or closing else _closes_unspaced(text, begin, match)


def _goes_on(text: str, begin: int, at: int, after: int) -> bool:
    """Whether a sentence goes on after a stop with a comma or hyphen: after an abbreviation, or before a small letter
    or digit."""
    while after < len(text) and text[after] == " ":
        after += 1
    return _is_short(_word_before(text, begin, at)) or _small(text, after) or text[after : after + 1].isdigit()


def _is_short(word: str) -> bool:
    return word in ABBREVIATIONS or _is_initials(word)


def _closes_spaced(text: str, begin: int, match: re.Match[str]) -> bool:
    """Whether a full stop ends a sentence when white space or a closing mark follows."""
    at, after = match.start(), match.end()
    word, following = _word_before(text, begin, at), _word_after(text, after)
    if word in INNER or text[after] == "." or _is_label(text[begin : min(at, begin + _LABEL + 1)]):
        return False
    if match["closing"]:
        return True
    short = _is_short(word)
    if _small(text, after) or text[after] == "&" or (text[after] in "([（" and _small(text, after + 1)):
        return not short
    if text[after].isdigit():
        return word not in NUMBERED
    if word in NAMED:
        return following not in COMPANIES
    if following in STARTERS and not (len(following) == 1 and text[after + 1 : after + 2] == "."):
        return True
    return not (following[:1].isupper() and _wants_name(text, begin, at, word))


def _wants_name(text: str, begin: int, at: int, word: str) -> bool:
    """Whether a word before a full stop is a title or initial that a name follows."""
    if len(word) != 1 and word not in TITLES and word not in STREETS:
        return False
    before = _word_before(text, begin, at - len(word), stop=True)
    if len(word) == 1:
        return before.endswith(".") and (before[:-1] in TITLES | STREETS or len(before) == 2)
    return before.lower() not in ARTICLES and (word in TITLES or not before[:1].isupper())


def _closes_unspaced(text: str, begin: int, match: re.Match[str]) -> bool:
    """Whether a full stop ends a sentence when a letter, digit or sign follows immediately."""
    at, after = match.start(), match.end()
    before, sign = text[at - 1 : at] if at > begin else "", text[after]
    word, following = _word_before(text, begin, at), _word_after(text, after)
    if sign.isdigit():
        return not (
            before.isdigit() or not before.strip() or word in NUMBERED or len(word) == 1 or _in_address(text, at)
        )
    if sign.isalpha():
        last = word.rpartition(".")[2]
        if _is_label(text[begin : min(at, begin + _LABEL + 1)]):
            return False
        if len(following) == 1 and (len(last) == 1 or (len(last) <= 3 and text[after + 1 : after + 2] == ".")):
            return False  # "U.S", "Ph.D."
        return not _in_mail(text, after) and not (
            sign.islower() and (not before.strip() or _is_file(text, after) or _in_address(text, at))
        )
    return not (sign in "/@_=&#?%~" and _in_address(text, at))


def _word_before(text: str, begin: int, at: int, stop: bool = False) -> str:
    """The word that ends at an offset, dots inside it included; with `stop`, the one before the blanks there, with its
    full stop."""
    if stop:
        at -= len(text[max(begin, at - _REACH) : at]) - len(text[max(begin, at - _REACH) : at].rstrip())
    start, least = at, max(begin, at - _REACH)
    while start > least and (text[start - 1].isalnum() or text[start - 1] in "'’."):
        start -= 1
    return text[start:at].lstrip("'’.")


def _word_after(text: str, at: int) -> str:
    end, most = at, min(len(text), at + _REACH)
    while end < most and (text[end].isalnum() or text[end] in "'’"):
        end += 1
    return text[at:end]


def _small(text: str, at: int) -> bool:
    """Whether a word all in small letters begins there ("iPhone" is none)."""
    return text[at : at + 1].islower() and not any(map(str.isupper, _word_after(text, at)))


def _is_initials(word: str) -> bool:
    """Whether a word is one letter, or several with dots between ("U.S", "Ph.D", "a.m")."""
    parts = word.split(".")
    return all(part.isalpha() and len(part) <= (1 if len(parts) == 1 else 2) for part in parts)


def _is_label(text: str) -> bool:
    """Whether the sentence has only its number or letter so far ("1", "(a)", "II")."""
    kept = text.strip().strip("()（）")
    return len(kept) <= _LABEL and (
        kept.isdigit() or (len(kept) == 1 and kept.isalpha()) or (bool(kept) and not kept.strip("IVXivx"))
    )


def _is_file(text: str, at: int) -> bool:
    """Whether the word that begins there ends the name of a site or file."""
    end, most = at, min(len(text), at + _REACH)
    while end < most and (text[end].isalnum() or (text[end] in "-." and text[end + 1 : end + 2].isalnum())):
        end += 1
    return text[at:end].rpartition(".")[2].lower() in SUFFIXES


def _in_address(text: str, at: int) -> bool:
    """Whether an offset is inside a web address, or in an e-mail address after its "@"."""
    before = text[max(0, at - _REACH) : at].rsplit(maxsplit=1)[-1:] or [""]
    return any(mark in f"{before[0]}." for mark in ("://", "www.", "@"))


def _in_mail(text: str, at: int) -> bool:
    """Whether the word that begins there is the first part of an e-mail address."""
    after = text[at : at + _REACH].split(maxsplit=1)[:1] or [""]
    return "@" in after[0].split(".")[0]
