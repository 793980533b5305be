"""Names in a text: those of known entities, by one automaton over labels and aliases (Aho and Corasick), and words such
as "the park", "it" or 该馆 that stand for one of them.

Offsets are those of a folded sentence (`gbkg.documents.passages`), half-open.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from gbkg.claims.vocabulary import Vocabulary
from gbkg.core.errors import extra
from gbkg.core.records import Claim, Entity
from gbkg.documents.passages import fold

_POINTING = re.compile(r"\b(?=((?:the|this|these|our)\s+)((?:[\w-]+\s){0,2}[\w-]+))", re.I)
_EVERYWHERE = re.compile(r"\b(?=()(\w+wide)\b)", re.I)
_HAN_POINTING = re.compile(r"(?=([该本此])([\u4e00-\u9fff]{1,4}))")
_PRONOUN = re.compile(
    r"(?:^|[.;,]\s+(?:and\s+)?)(it|its|they|their)\b|\b(itself)\b|(其)(?![他中余它实次])(?=[\u4e00-\u9fff])", re.I
)
_SHORT = 3
"""Letters of the longest name that is found only as it is written: "IT" is not "it"."""
_EAST = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_OWN = ("this", "本")
"""Words before "report" or 法 that can mean the document itself."""
_GENERAL = frozenset("first second new only same other whole one two three".split())


@dataclass(frozen=True, slots=True, order=True)
class Mention:
    """Where an entity is named: its ids (several if they share the name), by a name or by words that stand for one, and
    for those where the name stands (the number of the sentence and the span in it)."""

    start: int
    end: int
    slugs: tuple[str, ...]
    how: Literal["name", "words"] = "name"
    named: tuple[int, int, int] | None = None

    @property
    def slug(self) -> str:
        return self.slugs[0]

    def within(self, other: Mention) -> bool:
        return other.start <= self.start and self.end <= other.end and self != other


class Lexicon:
    """The names of entities. `heads` has for each entity the words by which it may be taken up again: the last word of
    a name, the words for its class."""

    def __init__(
        self,
        entities: Mapping[str, Entity],
        claims: Iterable[Claim],
        vocabulary: Vocabulary,
        classes: Mapping[str, Iterable[str]],
    ) -> None:
        """`classes` has the words for each class of entities, in lower case."""
        self.entities, self._vocabulary = entities, vocabulary
        self.itself = ""
        """The entity that is the document itself, which "this report" or 本法 means; "" if none is."""
        self.around: tuple[str, ...] = ()
        """The places that the document's title names, which 本市 means."""
        found: dict[str, dict[str, None]] = {}
        for one in entities.values():
            for label in (one.label, *(text for _, text in one.labels)):
                found.setdefault(fold(label), {})[one.slug] = None
        for claim in claims:
            if claim.predicate == "alias" and claim.status == "accepted" and claim.subject in entities:
                found.setdefault(fold(claim.object), {})[claim.subject] = None
        self.names = {name: tuple(slugs) for name, slugs in sorted(found.items()) if name}
        self._classes = {name: frozenset(words) for name, words in classes.items()}

    @cached_property
    def by_slug(self) -> dict[str, list[str]]:
        """The names of each entity, sorted."""
        found: dict[str, list[str]] = {}
        for name, slugs in self.names.items():
            for slug in slugs:
                found.setdefault(slug, []).append(name)
        return found

    @cached_property
    def heads(self) -> dict[str, frozenset[str]]:
        found = {}
        for slug, entity in self.entities.items():
            words = {part for word in self.of_class(entity.type) for part in (word, word.split()[-1])}
            for name in self.by_slug.get(slug, ()):
                last = re.split(r"[\s·]+", name.lower())[-1]
                words |= {last} if len(last) > 2 and last.isalpha() else set()
            found[slug] = frozenset(words)
        return found

    def of_class(self, name: str) -> frozenset[str]:
        """The words for things of a class, those of the classes above it included."""
        above = self._vocabulary.superclasses.get(name, frozenset())
        return frozenset().union(*(self._classes.get(one, frozenset()) for one in above))

    def is_a(self, slug: str, cls: str) -> bool:
        return self._vocabulary.is_a(self.entities[slug].type, cls)

    def is_class(self, name: str, above: str) -> bool:
        """Whether a class is another one or below it."""
        return self._vocabulary.is_a(name, above)

    def related(self, one: str, other: str) -> bool:
        """Whether of two classes one is the other or below it."""
        return self.is_class(one, other) or self.is_class(other, one)

    def depth(self, name: str) -> int:
        """How many classes are above a class."""
        return len(self._vocabulary.superclasses.get(name, ()))

    @cached_property
    def parts(self) -> dict[str, tuple[str, ...]]:
        """Entities whose name joins the names of others ("A and B"), with these."""
        found: dict[str, tuple[str, ...]] = {}
        for name, slugs in self.names.items():
            halves = re.split(r" and |和|与", name)
            if len(halves) > 1 and all(half in self.names for half in halves):
                found |= {slug: tuple(self.names[half][0] for half in halves) for slug in slugs}
        return found

    @cached_property
    def _automaton(self) -> tuple[object, list[str]]:
        with extra("propose", "proposing"):
            from ahocorasick_rs import AhoCorasick
        names = list(self.names)
        return AhoCorasick([_lower(name) for name in names]), names

    def mentions(self, text: str) -> list[Mention]:
        """Every name in a folded text, longer ones before those that begin with them; names within names too."""
        automaton, names = self._automaton
        found = []
        lowered = _lower(text)
        for place, start, end in automaton.find_matches_as_indexes(lowered, overlapping=True):  # type: ignore[attr-defined]
            name = names[place]
            exact = len(name) <= _SHORT or (name.isupper() and not _EAST.search(name))
            plural = len(name) > _SHORT and text[end : end + 1] == "s" and not _EAST.match(text, end - 1)
            stops = [stop for stop in ((end, end + 1) if plural else (end,)) if _whole(text, start, stop)]
            if not exact or text[start:end] == name:
                found += [Mention(start, stop, self.names[name]) for stop in stops]
        return sorted(found, key=lambda one: (one.start, -one.end, one.slugs))

    def pointers(
        self, text: str, number: int, taken: list[Mention], before: list[tuple[int, Mention]]
    ) -> Iterator[Mention]:
        """Words of sentence `number` that stand for an entity named before them: `before` has the mentions of earlier
        sentences, with the numbers of these, `taken` those of this one."""
        for pattern in (_POINTING, _HAN_POINTING, _EVERYWHERE):
            for match in pattern.finditer(text):
                begin, inside = match.start(), match.start(2)
                if not any(each.start <= inside < each.end for each in taken):
                    here = [(number, one) for one in taken if one.end <= begin]
                    own = match[1].lower().strip() in _OWN
                    yield from self._meant(match[2], begin, inside, [*before, *here], taken, own)
        for match in _PRONOUN.finditer(text):
            group = 1 if match[1] else 2 if match[2] else 3
            start, end = match.span(group)
            here = [(number, one) for one in taken if one.end <= start]
            topic = _topic(here or [one for one in before if one[0] == before[-1][0]], text if here else "")
            if topic and not any(one.start <= start < one.end for one in taken):
                where, first = topic
                yield Mention(start, end, first.slugs, "words", first.named or (where, first.start, first.end))

    def _meant(
        self, words: str, start: int, first: int, before: list[tuple[int, Mention]], taken: list[Mention], own: bool
    ) -> Iterator[Mention]:
        """The entity that "the WORDS" stands for: the last one named whose head word is the last of the words, as few
        of them as possible; else the only one of a class that they name. The words begin at `first`."""
        for option in _beginnings(words):
            wanted = {option.lower(), option.lower().split()[-1]} - _GENERAL
            end = first + len(option)
            if any(each.start < end and first < each.end for each in taken):
                return
            if own and self.itself and self._has_head(self.itself, wanted):
                yield Mention(start, end, (self.itself,), "words")
                return
            near = [slug for slug in self.around if own and self._has_head(slug, wanted)]
            if near:
                yield Mention(start, end, tuple(near[:1]), "words")
                return
            for where, earlier in reversed(before):
                if any(self._has_head(slug, wanted) for slug in earlier.slugs):
                    named = earlier.named or (where, earlier.start, earlier.end)
                    yield Mention(start, end, earlier.slugs, "words", named)
                    return
            alone = [slug for slug in self.entities if wanted & self.of_class(self.entities[slug].type)]
            if len(alone) == 1:
                yield Mention(start, end, tuple(alone), "words")
                return

    def _has_head(self, slug: str, wanted: set[str]) -> bool:
        heads = self.heads.get(slug, frozenset())
        if wanted & heads:
            return True
        return any(_EAST.search(word) and name.endswith(word) for word in wanted for name in self.by_slug.get(slug, ()))


def _beginnings(words: str) -> list[str]:
    """The beginnings of some words, by word; of Chinese by character, the longest first."""
    if _EAST.search(words):
        return [words[:length] for length in range(len(words), 0, -1)]
    return [match.string[: match.end()] for match in re.finditer(r"[\w-]+", words)]


def outer(mentions: Iterable[Mention]) -> list[Mention]:
    """The mentions that are not within longer ones, and do not overlap an earlier one."""
    kept: list[Mention] = []
    for one in sorted(mentions, key=lambda each: (each.start, -each.end)):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept


def proper(text: str) -> bool:
    """Whether printed words look like a proper name: they have a capital, or are Chinese or Japanese.

    >>> proper("Reed Library"), proper("smart contracts"), proper("图书馆")
    (True, False, True)
    """
    return any(map(str.isupper, text)) or bool(_EAST.search(text))


def _topic(mentions: list[tuple[int, Mention]], text: str) -> tuple[int, Mention] | None:
    """What a sentence is likely about: the first proper name in it."""
    return next((one for one in mentions if not text or proper(text[one[1].start : one[1].end])), None)


def _lower(text: str) -> str:
    """In small letters, each character one character."""
    return "".join(low if len(low := one.lower()) == 1 else one for one in text)


def _whole(text: str, start: int, end: int) -> bool:
    """Whether a span begins and ends no word in the middle; Chinese and Japanese have no blanks between words."""

    def joined(left: str, right: str) -> bool:
        return left.isalnum() and right.isalnum() and not (_EAST.match(left) or _EAST.match(right))

    begins = start == 0 or not joined(text[start - 1], text[start])
    return begins and (end == len(text) or not joined(text[end - 1], text[end]))
