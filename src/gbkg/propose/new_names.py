"""Names that nobody has described: proposed as entities, each with the known ones that may be meant.

Nothing is merged by itself. Where a name is near a known one, an alias of that one is proposed too: whoever accepts the
one and rejects the other has judged whether the two are the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz

from gbkg.core.prefixes import slugged
from gbkg.core.records import Entity, Place, Source
from gbkg.documents.passages import fold
from gbkg.documents.sentences import STARTERS
from gbkg.propose.names import Lexicon
from gbkg.propose.reading import ReadSentence
from gbkg.propose.table import MeantEntity, Proposal, identity

_WORD = r"(?:[A-Z][\w'-]*|[A-Z]\.|\d{4}(?=\s[A-Z]))"
_LINK = r"(?:\s+(?:of|for|de|von|van|du)(?:\s+the)?\s+|\s+&\s+|\s+·\s+|\s+)"
_NAME = re.compile(
    rf"\b{_WORD}(?:{_LINK}{_WORD})*(?:\s\([A-Z]\w+\)(?:\s{_WORD})+)?(?:,?\s(?:Co\.,?\s)?(?:Ltd|Inc|Corp|LLC|GmbH)\b\.?)?"
)
_TITLED = re.compile(r"《([^《》]{2,60})》")
_PERSON = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Dr|Prof|Sir|Lady)\.?\s+$")
_HAN_STOP = "由与和及在向对为的、，。；：（）()是将从以或于至等被把并经让使据按该本各其有一"
_LOCAL = re.compile(
    r"(?:中国|中华|国务院|(?:(?![全本各外内政直辖省地县他])[\u4e00-\u9fff]){2,3}(?:[省市县州镇]|(?<!地)区))|国家$"
)
"""What a name in Chinese begins with: a place, or the state."""
_VERB = re.compile(
    "设立|推动|支持|采取|规定|应当|遵守|负责|实行|建设|纳入|制定|指导|开展|加强|鼓励|管理|依照|参与|促进|成立|发布|推进|举办"
)
_DAYS = frozenset(
    "January February March April May June July August September October November December Monday Tuesday Wednesday "
    "See Thursday Friday Saturday Sunday Figure Table Chart Chapter Section Article Part Appendix Author Source Unit "
    "I II III IV V VI VII VIII IX X Mr Mrs Ms Miss Dr Prof".split()
)
_NEAR, _SAME = 75, 88
"""The least likeness (0 to 100) of a candidate; from which on a name may be that of a known entity."""
_LONGEST = 2_000
"""Characters of the longest sentence in which names are looked for."""
_MANY = 3
"""Candidates of one name at most."""


@dataclass(frozen=True, slots=True)
class NewName:
    """A new name: its words, its class ("" if unknown) and the word that shows it, and each sentence and
    span in which it stands."""

    name: str
    type: str
    head: str
    places: tuple[tuple[int, int, int], ...]


def find(
    sentences: list[ReadSentence], lexicon: Lexicon, words: Mapping[str, tuple[str, ...]], title: str
) -> list[NewName]:
    """The new names of open sentences, as they come: of a class that a word of theirs shows, or named twice, single
    words more often; and the document's own title, if a word of it tells a class. `words` has the words for each term
    of the ontology; none of them is a name."""
    heads = _heads(lexicon, words)
    common = {said for some in words.values() for said in some} | _small(sentences)
    places: dict[str, list[tuple[int, int, int]]] = {}
    inner: set[str] = set()
    for sentence in sentences:
        for start, end in _spans(sentence, heads) if len(sentence.text) <= _LONGEST else ():
            name = sentence.text[start:end]
            if sentence.is_open:
                places.setdefault(name, []).append((sentence.number, start, end))
            if start and not (sentence.alone and not re.search(r"[.!?。]$", sentence.text)):
                inner.add(name)
    found = []
    for name, some in places.items():
        cls, head = _class(name, heads)
        if not cls and any(_PERSON.search(sentences[n].text[:start]) for n, start, _ in some):
            cls, head = ("Person", "the title before it") if "Person" in words else ("", "")
        if _is_name(name, len(some), name in inner, cls, common):
            found.append(NewName(name, cls, head, tuple(some)))
    found += _itself(sentences, fold(title), heads, lexicon) if title not in places else []
    names = {one.name for one in found}
    return sorted((one for one in found if not _longer(one.name, names)), key=lambda one: one.places[0])


def _itself(sentences: list[ReadSentence], title: str, heads: Mapping[str, str], lexicon: Lexicon) -> list[NewName]:
    """The document, where its title first stands in it."""
    cls, head = _class(title, heads)
    if not cls or title in lexicon.names or not (lexicon.is_class(cls, "Policy") or lexicon.is_class(cls, "Document")):
        return []
    places = [(one.number, at, at + len(title)) for one in sentences if (at := one.text.find(title)) >= 0]
    return [NewName(title, cls, head, tuple(places))] if places else []


def _is_name(name: str, times: int, inner: bool, cls: str, common: set[str]) -> bool:
    """Whether words with capitals are likely a name: not of letters alone, not a title in capitals, not words that the
    document has in small letters too, and said often enough."""
    if not name.isascii():
        return bool(cls) or times > 1
    words = re.findall(r"[A-Za-z]+", name)
    if len(name) < 3 or len(words) > 10 or (name.isupper() and len(words) > 2):
        return False
    if name.lower() in common or (not cls and all(word.lower() in common for word in words)):
        return False
    least = (1 if cls else 2) if len(words) > 1 else (3 if cls else 5)
    return inner and times >= least


def _small(sentences: list[ReadSentence]) -> set[str]:
    """The words that the document has in small letters."""
    return {word for sentence in sentences for word in re.findall(r"\b[a-z]{2,}\b", sentence.text)}


def _longer(name: str, names: set[str]) -> bool:
    """Whether a name only says something of another one: "Relation of the Library Bureau"."""
    _, of, rest = name.partition(" of the ")
    return bool(of) and rest in names


def entities(found: list[NewName], source: Source, taken: Mapping[str, Entity], labels: Mapping[str, str]) -> dict[
    str, tuple[Entity, NewName]
]:  # fmt: skip
    """The new entities by id, with a description of what is known: the class and the document. `labels` has those of
    the classes."""
    made: dict[str, tuple[Entity, NewName]] = {}
    for one in found:
        base = slugged(one.name)
        numbered = (base if n == 1 else f"{base}-{n}" for n in range(1, len(taken) + len(found) + 2))
        slug = next((each for each in numbered if base and each not in taken and each not in made), "")
        if slug:
            kind = labels.get(one.type, "entity")
            title = fold(source.title)
            said = f"{kind[:1].upper()}{kind[1:]} that the document “{title.rstrip('.')}” names." if one.type else ""
            said = f"{kind[:1].upper()}{kind[1:]}, itself a document of this collection." if one.name == title else said
            made[slug] = Entity(slug, one.type or "Entity", fold(one.name), said, Place("", 0)), one
    return made


def propose(
    made: Mapping[str, tuple[Entity, NewName]],
    source: Source,
    text: str,
    sentences: list[ReadSentence],
    lexicon: Lexicon,
) -> Iterator[Proposal]:
    """The rows of new entities, each where it is first named. `lexicon` has the known names alone."""
    for slug, (entity, found) in made.items():
        number, start, end = found.places[0]
        begin, stop = sentences[number].span(start, end)
        quote = text[begin:stop]
        near = candidates(entity, lexicon)
        same = bool(near) and near[0].score >= _SAME
        cells = {"subject": slug, "type": found.type, "label": entity.label, "language": source.language}
        cells |= {"quote": quote, "start": str(begin), "note": entity.description}
        cells = {name: value for name, value in cells.items() if value}
        doubt = "near-name" if same else "" if found.type else "class-unknown"
        times = f"named {len(found.places)} times" if len(found.places) > 1 else "named once"
        because = f"rule names: a name that no entity has, {times}"
        because += f"; class by “{found.head}”" if found.type else ""
        yield Proposal(identity(source.slug, "entity", cells), "entity", cells, doubt, because, near)


def candidates(entity: Entity, lexicon: Lexicon) -> tuple[MeantEntity, ...]:
    """The known entities whose names are near, the nearest first: of a class that is the same, above or below; names
    that print another year or another known place are set back."""
    best: dict[str, MeantEntity] = {}
    name = fold(entity.label)
    years, places = set(re.findall(r"\d{4}", name)), _places(name, lexicon)
    for other, slugs in lexicon.names.items():
        score, reason = _likeness(name, other)
        if score < _NEAR:
            continue
        if years != set(re.findall(r"\d{4}", other)):
            score, reason = score - 20, f"{reason}, another year"
        if places != _places(other, lexicon):
            score, reason = score - 15, f"{reason}, another place"
        for slug in slugs:
            if score >= _NEAR and _compatible(entity.type, lexicon.entities[slug].type, lexicon):
                given = MeantEntity(slug, score, reason)
                best[slug] = max(best.get(slug, given), given, key=lambda one: one.score)
    return tuple(sorted(best.values(), key=lambda one: (-one.score, one.slug))[:_MANY])


def _likeness(name: str, other: str) -> tuple[int, str]:
    if (_initials(other) == name and len(name) > 1) or (_initials(name) == other and len(other) > 1):
        return 90, "initials"
    low, high = name.lower(), other.lower()
    if fuzz.token_set_ratio(low, high) == 100 and min(len(low.split()), len(high.split())) > 1:
        return round(max(85, fuzz.ratio(low, high))), "all words of the shorter name"
    return round(fuzz.ratio(low, high)), "spelling"


def _initials(name: str) -> str:
    return "".join(word[0] for word in re.findall(r"\b[A-Z]\w+", name))


def _places(name: str, lexicon: Lexicon) -> frozenset[str]:
    mentioned = lexicon.mentions(name)
    return frozenset(
        one.slug for one in mentioned if lexicon.is_a(one.slug, "Place") and (one.start, one.end) != (0, len(name))
    )


def _compatible(one: str, other: str, lexicon: Lexicon) -> bool:
    return one == "Entity" or lexicon.related(one, other)


# ---- Names and classes


def _heads(lexicon: Lexicon, words: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """The class that each word for one tells; of several classes the narrowest, else the first in the alphabet. Words
    such as "country" or "area" tell no name."""
    found: dict[str, str] = {}
    general = ("Topic", "Country")
    for cls in sorted(words, key=lambda name: (lexicon.depth(name), name)):
        if not lexicon.is_class(cls, "Entity") or any(lexicon.is_class(cls, one) for one in general):
            continue
        wide = cls in ("Entity", "Place", "Region", "Agent")
        said = [word for word in words[cls] if word.startswith("...") or not wide]
        found |= dict.fromkeys((word.removeprefix("...").strip() for word in said), cls)
    return found


def _class(name: str, heads: Mapping[str, str]) -> tuple[str, str]:
    """The class that the last words of a name tell, or those before "of", and these words."""
    low = name.lower()
    for part in (low, re.split(r"\s+(?:of|for)\b", low)[0]):
        for length in (3, 2, 1):
            said = " ".join(part.split()[-length:]).strip(".")
            for head in (said, f"{said}."):
                if head in heads and said != low:
                    return heads[head], head
    fitting = [word for word in heads if not word.isascii() and name.endswith(word) and name != word]
    head = max(fitting, key=len, default="")
    return heads.get(head, ""), head


def _spans(sentence: ReadSentence, heads: Mapping[str, str]) -> Iterator[tuple[int, int]]:
    """Where names stand that overlap no known one and no date."""
    taken = [(one.start, one.end) for one in sentence.mentions if one.how == "name"]
    taken += [(one.start, one.end) for one in sentence.dates]
    owners = [one.end + 3 for one in sentence.mentions if sentence.text.startswith("'s ", one.end)]
    for begin, end in (*_latin(sentence.text), *_eastern(sentence.text, heads)):
        start = max((at for at in owners if begin < at < end), default=begin)  # "Reed's Mill Street Library"
        over = [span for span in taken if span[0] < end and start < span[1]]
        if not over or any(
            start <= a and b <= end and (start, end) != (a, b) and b - a < (end - start) / 1.5 for a, b in over
        ):
            yield start, end


def _latin(text: str) -> Iterator[tuple[int, int]]:
    for match in _NAME.finditer(text):
        start, end = match.span()
        words = [(m.start() + start, m[0]) for m in re.finditer(r"\S+", match[0])]
        begins = not re.search(r"\w", text[:start])
        while words and (words[0][1] in STARTERS or words[0][1].strip(".") in _DAYS or words[0][1] in ("of", "for")):
            words.pop(0)
        if begins and len(words) == 1 and start == words[0][0]:
            continue
        if words and any(word[1].isalpha() for word in words):
            yield words[0][0], end


def _eastern(text: str, heads: Mapping[str, str]) -> Iterator[tuple[int, int]]:
    """Titles in 《》, and names that end with a word for a class and have a place before it."""
    titled = [match.span(1) for match in _TITLED.finditer(text)]
    yield from titled
    endings = [word for word in heads if len(word) > 1 and not word.isascii()]
    if not endings:
        return
    pattern = re.compile("|".join(map(re.escape, sorted(endings, key=len, reverse=True))))
    for match in pattern.finditer(text):
        start = match.start()
        while start > 0 and "\u4e00" <= text[start - 1] <= "\u9fff" and text[start - 1] not in _HAN_STOP:
            start -= 1
        before = text[start : match.start()]
        inside = any(a <= start < b for a, b in titled)
        named = _LOCAL.match(before) and not _VERB.search(before) and (before != "国家" or len(match[0]) > 2)
        if not inside and 2 <= len(before) <= 20 and named:
            yield start, match.end()
