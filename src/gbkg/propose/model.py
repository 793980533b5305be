"""Proposals by a language model at an OpenAI-compatible address, beside those of the rules.

No answer is trusted. A statement becomes a proposal if its quotation stands in the part of the document
that was sent, its terms are the ontology's, its names are printed there or known, and its number and date can be read
in the quotation by the readers that read those of curators; then it has to pass as a claim like every row of the rules.
What does not is dropped and counted. Where an answer cannot be read, comes too late or is too long, nothing is proposed
for its part of the document.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any

from gbkg.core.errors import GbkgError, extra
from gbkg.core.records import Entity
from gbkg.documents import dates, quantities
from gbkg.documents.passages import find, fold
from gbkg.propose import new_names, prompt, statistics
from gbkg.propose.drafting import Context, placed, proposal
from gbkg.propose.names import outer
from gbkg.propose.new_names import NewName
from gbkg.propose.reading import ReadSentence
from gbkg.propose.rules import Background, Outcome, compare, outcome
from gbkg.propose.table import Proposal

Ask = Callable[[str, str, dict[str, Any]], str]
"""Gives a model's answer to instructions and a request, which should follow a JSON Schema. Raises `GbkgError`."""
_PART = 3_000
"""Characters of the document that are sent together."""
_LONGEST = 2_000_000
"""Bytes of the longest answer that is read."""
_TOKENS = 8_000
_IN_VAIN = 3
"""Parts without any answer after which the model is not asked again."""


@dataclass(frozen=True)
class ModelSettings:
    """Where the model is: the address up to /v1, its name, the key ("" for none); seconds for an answer, and how often
    a request that failed is repeated."""

    url: str
    model: str
    key: str = ""
    seconds: float = 120.0
    retries: int = 2

    @classmethod
    def found(cls) -> ModelSettings:
        """Those of the environment: GBKG_MODEL_URL, GBKG_MODEL, GBKG_MODEL_KEY. Raises `GbkgError` without them."""
        url, model = os.environ.get("GBKG_MODEL_URL", ""), os.environ.get("GBKG_MODEL", "")
        if not re.match(r"https?://[^\s/]+", url) or not model:
            hint = (
                "set GBKG_MODEL_URL (such as http://127.0.0.1:8080/v1), GBKG_MODEL and, if it needs one, GBKG_MODEL_KEY"
            )
            raise GbkgError("no model is named", hint=hint)
        return cls(url, model, os.environ.get("GBKG_MODEL_KEY", ""))


def client(settings: ModelSettings) -> Ask:
    """Asks the model of these settings through the client of OpenAI. Raises `GbkgError` when that is not installed."""
    with extra("model", "asking a model"):
        import openai
    own = openai.OpenAI(
        base_url=settings.url, api_key=settings.key or "none", timeout=settings.seconds, max_retries=settings.retries
    )

    def ask(instructions: str, request: str, schema: dict[str, Any]) -> str:
        wanted = {"type": "json_schema", "json_schema": {"name": "statements", "schema": schema, "strict": True}}
        messages = [{"role": "system", "content": instructions}, {"role": "user", "content": request}]
        given: dict[str, Any] = {"model": settings.model, "messages": messages, "temperature": 0, "seed": 0}
        given |= {"max_tokens": _TOKENS, "response_format": wanted}
        try:
            return _content(_received(own, given, settings.seconds))
        except openai.APITimeoutError as error:
            raise GbkgError(f"no answer within {settings.seconds:g} seconds") from error
        except openai.APIStatusError as error:
            raise GbkgError(f"the model's server answers {error.status_code}") from error
        except openai.APIError as error:
            raise GbkgError(f"the model was not reached: {type(error).__name__}") from error

    return ask


def _received(own: Any, given: dict[str, Any], seconds: float) -> bytes:
    """The body of an answer, at most `_LONGEST` bytes of it. Raises `GbkgError` for a longer or slower one."""
    begun, body = monotonic(), b""
    with own.chat.completions.with_streaming_response.create(**given) as answer:
        for block in answer.iter_bytes():
            body += block
            if len(body) > _LONGEST:
                raise GbkgError(f"the answer is longer than {_LONGEST:,} bytes")
            if monotonic() - begun > seconds:
                raise GbkgError(f"no whole answer within {seconds:g} seconds")
    return body


def _content(body: bytes) -> str:
    """The text of an answer. Raises `GbkgError` when there is none."""
    try:
        found = json.loads(body)["choices"][0]["message"]["content"]
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise GbkgError("the answer is not one of a chat completion") from error
    if not isinstance(found, str):
        raise GbkgError("the model gave no text")
    return found


# ---- From answers to proposals


def method(ask: Ask, name: str) -> Callable[[Background, Outcome], Outcome]:
    """Adds the proposals of a model to those of the rules; `name` is what they call it."""

    def more(given: Background, done: Outcome) -> Outcome:
        made = list(_asked(done.context, ask, name))
        held = {_key(one) for one in done.proposals}
        new = [one for one in made if _key(one) not in held]
        compared = compare(done.context, new, given.claims, given.limits, given.works)
        return outcome(done.context, [*done.proposals, *compared.proposals], done.said + compared.said)

    return more


def _key(one: Proposal) -> tuple[str, ...]:
    """What makes two proposals say the same."""
    return tuple(one[name] for name in ("subject", "predicate", "object", "value", "lower", "upper", "unit", "reason"))


def _asked(context: Context, ask: Ask, name: str) -> Iterator[Proposal]:
    instructions, schema = prompt.instructions(context.vocabulary), prompt.schema(context.vocabulary)
    vain = 0
    for number, part in enumerate(_parts(context.sentences)):
        start, end = part[0].start, part[-1].end
        mentioned = dict.fromkeys(slug for one in part for each in one.mentions for slug in each.slugs)
        request = prompt.request(context.text[start:end], [context.entities[slug] for slug in mentioned])
        try:
            answer = _read(ask(instructions, request, schema))
        except GbkgError as error:
            context.dropped.count(f"model: {error.message}")
            vain += 1
            if vain == _IN_VAIN and number + 1 == vain:
                raise GbkgError(f"the model answers nothing: {error.message}", hint="see GBKG_MODEL_URL") from error
            continue
        yield from _Reader(context, part, name).proposals(answer)


def _parts(sentences: Iterable[ReadSentence]) -> Iterator[list[ReadSentence]]:
    """The open sentences, those together that stand together, in parts of a length that a model reads well."""
    held: list[ReadSentence] = []
    for one in sentences:
        long = bool(held) and one.end - held[0].start > _PART
        if held and (not one.is_open or long):
            yield held
            held = []
        if one.is_open:
            held.append(one)
    if held:
        yield held


def _read(answer: str) -> dict[str, list[dict[str, str]]]:
    """The lists of statements in an answer; what is not text in them is left out. Raises `GbkgError` if it is not JSON
    object."""
    text = re.sub(r"\A\s*```(?:json)?\s*|\s*```\s*\Z", "", answer)
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise GbkgError("the answer is not JSON") from error
    if not isinstance(found, dict):
        raise GbkgError("the answer is not a JSON object")
    kept: dict[str, list[dict[str, str]]] = {}
    for kind in ("entities", "statistics", "relations"):
        rows = found.get(kind)
        rows = [one for one in rows if isinstance(one, dict)][: prompt.MOST] if isinstance(rows, list) else []
        kept[kind] = [{key: value for key, value in one.items() if isinstance(value, str)} for one in rows]
    return kept


class _Reader:
    """Makes proposals of the answer to one part; `name` is the model's."""

    def __init__(self, context: Context, part: list[ReadSentence], name: str) -> None:
        self.context, self.part, self.because = context, part, f"model {name}"
        self.start, self.end = part[0].start, part[-1].end
        self.new: dict[str, Entity] = {}

    def proposals(self, answer: Mapping[str, list[dict[str, str]]]) -> Iterator[Proposal]:
        yield from self.entities(answer["entities"])
        for one in answer["statistics"]:
            yield from filter(None, [self.statistic(one)])
        for one in answer["relations"]:
            yield from filter(None, [self.relation(one)])

    def drop(self, why: str) -> None:
        self.context.dropped.count(f"model: {why}")

    def quotation(self, one: Mapping[str, str]) -> tuple[int, int] | None:
        """Where the quotation stands in the part; None, and counted, if it does not."""
        words = one.get("quote", "").strip()
        places = [span for span in find(self.context.text, words) if self.start <= span[0] and span[1] <= self.end]
        if not words or not places:
            self.drop("the quotation is not in the document")
            return None
        return places[0]

    def entities(self, given: Iterable[Mapping[str, str]]) -> Iterator[Proposal]:
        found: dict[str, NewName] = {}
        for one in given:
            span, name, cls = self.quotation(one), fold(one.get("name", "")).strip(), one.get("type", "")
            if span is None:
                continue
            sentence = next((each for each in self.part if each.start <= span[0] < each.end), None)
            at = sentence.text.find(name) if sentence and name else -1
            if not self.context.lexicon.is_class(cls, "Entity"):
                self.drop("no such class")
            elif sentence is None or at < 0:
                self.drop("the name is not in the quotation")
            elif not self.resolved(name):
                found.setdefault(name, NewName(name, cls, "", ((sentence.number, at, at + len(name)),)))
        context, taken = self.context, self.context.entities
        fresh = new_names.entities(list(found.values()), context.source, taken, context.vocabulary.labels)
        self.new = {slug: entity for slug, (entity, _) in fresh.items()}
        every = new_names.propose(fresh, context.source, context.text, list(context.sentences), context.lexicon)
        yield from (replace(one, because=self.because) for one in every)

    def resolved(self, name: str) -> str:
        """The id of the entity that a name or an id means; "" if it means none."""
        name = fold(name).strip()
        if name in self.context.entities:
            return name
        mentioned = [
            one for one in outer(self.context.lexicon.mentions(name)) if (one.start, one.end) == (0, len(name))
        ]
        named = next((slug for slug, entity in self.new.items() if entity.label == name), "")
        return mentioned[0].slug if mentioned else named

    def entity(self, one: Mapping[str, str], column: str) -> str:
        slug = self.resolved(one.get(column, ""))
        if not slug:
            self.drop(f"the {column} is neither known nor named in the document")
        return slug

    def finished(
        self, kind: str, cells: dict[str, str], span: tuple[int, int], subject: str, *others: str
    ) -> Proposal | None:
        """The proposal, if it passes; what is not named in its own quotation makes it implied."""
        context = self.context
        quote = fold(context.text[slice(*span)])
        every = {**context.entities, **self.new}
        away = [slug for slug in (subject, *others) if slug and not self.named(slug, quote)]
        cells |= placed(context, *span) | {
            "subject": subject,
            "status": "accepted",
            "reading": cells.get("reading", "stated"),
        }
        if away:
            labels = ", ".join(every[slug].label for slug in away)
            cells |= {"reading": "implied", "note": f"Read as being about {labels}, by the sentences around it"}
        doubt = "new-entity" if {subject, *others} & set(self.new) else "subject-elsewhere" if away else ""
        implied = {"reading": "implied", "note": cells.get("note") or "The words leave it open; read as the likeliest"}
        return proposal(replace(context, entities=every), kind, [cells, cells | implied], doubt, self.because)

    def named(self, slug: str, quote: str) -> bool:
        names = [self.new[slug].label] if slug in self.new else self.context.lexicon.by_slug.get(slug, [])
        return any(name.lower() in quote.lower() for name in names)

    def statistic(self, one: Mapping[str, str]) -> Proposal | None:
        context, indicator = self.context, one.get("indicator", "")
        span = self.quotation(one)
        if span is None:
            return None
        if indicator not in context.vocabulary.indicators:
            self.drop("no such indicator")
            return None
        subject = self.entity(one, "subject")
        quote, words = fold(context.text[slice(*span)]), fold(one.get("value_text", "")).strip()
        at = quote.find(words) if words else -1
        printed = [each for each in quantities.find_all(quote, context.language) if at <= each.start < at + len(words)]
        if not subject:
            return None
        if at < 0 or not printed:
            self.drop("the number is not in the quotation")
            return None
        cells = statistics.figure(context, quote, printed, indicator)
        if cells is None:
            self.drop("the number is in no unit of the indicator")
            return None
        cells |= self.dated(one.get("as_of_text", ""), quote)
        speaker = self.resolved(one.get("speaker", "")) if one.get("speaker") else ""
        agent = speaker in context.entities and context.lexicon.is_a(speaker, "Agent") and self.named(speaker, quote)
        attributed = {"attributed_to": speaker} if agent else {}
        return self.finished("statistic", {"predicate": indicator} | cells | attributed, span, subject)

    def dated(self, words: str, quote: str) -> dict[str, str]:
        """The cells of a date whose words stand in the quotation; none is stated otherwise."""
        words = fold(words).strip()
        read = dates.read(words, self.context.language) if words and words in quote else ()
        if len(read) != 1 or read[0].ambiguous or not read[0].readings:
            return {"as_of": "none"}
        return {"as_of": read[0].readings[0], "as_of_text": words}

    def relation(self, one: Mapping[str, str]) -> Proposal | None:
        context, name = self.context, one.get("property", "")
        span = self.quotation(one)
        if span is None:
            return None
        if name not in context.vocabulary.properties:
            self.drop("no such property")
            return None
        subject, kind = self.entity(one, "subject"), context.vocabulary.properties[name]
        quote, words = fold(context.text[slice(*span)]), fold(one.get("object", "")).strip()
        if not subject:
            return None
        if kind == "entity":
            thing = self.entity(one, "object")
            return (
                self.finished("relation", {"predicate": name, "object": thing}, span, subject, thing) if thing else None
            )
        if not words or words not in quote:
            self.drop("the object is not in the quotation")
            return None
        if kind == "date":
            read = dates.read(words, context.language)
            words = read[0].readings[0] if len(read) == 1 and len(read[0].readings) == 1 else ""
            if not words:
                self.drop("the object is not a date")
                return None
        return self.finished("relation", {"predicate": name, "object": words}, span, subject)
