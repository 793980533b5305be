"""Every address against hostile words, other hosts and what is too large.

The graph of the mini project gets labels, aliases, quotations and notes that would be code, commands of a terminal or
formulas if anything took them for such; then everything that can be reached is looked at.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sys
import unicodedata
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote, urldefrag

import httpx
import pyoxigraph as ox
import pytest
from conftest import MINI

from gbkg.core.project import Project
from gbkg.core.terms import term
from gbkg.knowledge import KnowledgeGraph
from gbkg.store.memory import Memory
from gbkg.web.messages import Response
from gbkg.web.site import Route, Site, routes
from web.conftest import Ask, Serving, asking

HOSTILE = "=1+1<script>alert(1)</script>\"'><img src=x onerror=alert(2)>\u202elive\x1b]0;gone\x07{{7*7}}</title>"
_WORDS = (
    "rdfs:label", "skos:prefLabel", "skos:altLabel", "skos:definition", "dcterms:title", "dcterms:description",
    "dcterms:creator", "dcterms:publisher", "gbkg:alias", "rdfs:comment", "skos:note", "gbkg:note", "rdf:object",
)  # fmt: skip
SPOILT = frozenset(map(term, _WORDS))
"""Properties whose texts are words of documents or curators."""
EXACT, START, END = (term(f"oa:{name}") for name in ("exact", "start", "end"))
FORMS = ("csv", "tsv", "md", "json", "xlsx", "docx", "txt", "svg", "ttl", "jsonld")


@pytest.fixture(scope="module")
def hostile(mini_build: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The graph of the mini project, its words spoilt."""
    path = tmp_path_factory.mktemp("hostile") / "gbkg.nq"
    with (mini_build / "gbkg.nq").open("rb") as file:
        quads = [_spoilt(quad) for quad in ox.parse(file, format=ox.RdfFormat.N_QUADS)]
    path.write_bytes(ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b"")
    return path


def _spoilt(quad: ox.Quad) -> ox.Quad:
    found = quad.object
    if not isinstance(found, ox.Literal) or quad.graph_name in map(term, ("graph:ontology", "graph:queries")):
        return quad
    value = found.value
    if quad.predicate == EXACT:  # which has the length that its offsets say
        value = (HOSTILE[: len(value)] + value[len(HOSTILE) :])[: len(value)]
    elif quad.predicate in SPOILT and found.datatype in (term("xsd:string"), term("rdf:langString")):
        value = HOSTILE + value
    made = ox.Literal(value, language=found.language) if found.language else ox.Literal(value, datatype=found.datatype)
    return ox.Quad(quad.subject, quad.predicate, made, quad.graph_name)


@pytest.fixture(scope="module")
def site(hostile: Path) -> Site:
    return Site(KnowledgeGraph(Memory.read(hostile), Project(MINI)))


@pytest.fixture(scope="module")
def ask(site: Site) -> Ask:
    return asking(site)


@pytest.fixture(scope="module")
def names(site: Site) -> dict[str, list[str]]:
    """Values for what stands in braces in an address."""
    kinds: dict[str, list[str]] = {}
    for quad in sorted(site.kg.store.quads(None, term("rdf:type")), key=str):
        parts = quad.subject.value.rpartition("/")
        kinds.setdefault(parts[0].rpartition("/")[2], []).append(parts[2])
    return kinds


def addresses(route: Route, names: dict[str, list[str]]) -> Iterator[str]:
    """The route with some values for what is open in it: of its own kind, and ones that nothing has."""
    kind = {"claims": "claim", "passages": "passage", "entities": "id", "sources": "source", "disputes": "curation"}
    part = route.path.split("/{")[0].rpartition("/")[2]
    known = names.get(kind.get(part, part), [])[:3]
    if part in ("questions", "queries"):
        known = ["founders"]
    for value in [*known, "nothing-at-all", quote(HOSTILE, safe="")]:
        yield re.sub(r"\{\w+(:path)?\}", lambda _, value=value: value, route.path)  # type: ignore[misc]
        if "{" not in route.path:
            return


def everything(ask: Ask, names: dict[str, list[str]]) -> Iterator[tuple[str, Response]]:
    """All routes with values, then all that their pages link to, a bounded number."""
    waiting = [address for route in routes() if "GET" in route.methods for address in addresses(route, names)]
    typed = quote(HOSTILE)
    waiting += [f"/search?q={typed}", f"/api/search?q={typed}", f"/sparql?query={typed}", f"/explore?entity={typed}"]
    waiting += [f"/questions/founders?alliance={typed}", f"/suggest?q={typed}", f"/disputes?about={typed}"]
    waiting += [f"/questions/founders?format={form}" for form in FORMS]
    seen = set(waiting)
    for count, address in enumerate(waiting):
        if count > 400:
            return
        try:
            found = ask(address)
        except AssertionError:  # no route yet for what a page of another owner links to
            continue
        yield address, found
        if found.type.startswith("text/html"):
            for link in Page.of(found).links:
                target = urldefrag(link)[0]
                if target.startswith("/") and not target.startswith(("/static/", "//")) and target not in seen:
                    seen.add(target)
                    waiting.append(target)


class Page(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.faults: list[str] = []
        self.words: list[str] = []
        self.data = False

    @classmethod
    def of(cls, found: Response) -> Page:
        made = cls()
        made.feed(found.body.decode())
        return made

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.faults += [f"<{tag} {name}>" for name in given if name.startswith("on") or name in ("style", "srcdoc")]
        self.data = tag == "script" and given.get("type") == "application/ld+json"
        self.faults += ["a script within the page"] if tag == "script" and "src" not in given and not self.data else []
        self.faults += [f"<{tag}>"] if tag in ("style", "iframe", "object", "embed", "base") else []
        for name in ("src", "href", "action", "formaction"):
            target = given.get(name, "")
            ours = target.startswith(("/", "#", "?", "data:image/", "https://", "http://")) or not target
            self.faults += [] if ours and not target.startswith("//") else [f"<{tag} {name}={target!r}>"]
            if name == "src" and not target.startswith("/static/") and not target.startswith(("/", "data:image/")):
                self.faults += [f"<{tag} src={target!r}>"] if target else []
        self.links += [given["href"]] if tag == "a" and "href" in given else []
        self.words += given.values()

    def handle_endtag(self, tag: str) -> None:
        self.data = self.data and tag != "script"

    def handle_data(self, data: str) -> None:
        if self.data:  # which no browser runs; it must still end where it ends
            json.loads(data)
        else:
            self.words.append(data)


def _unseen(text: str) -> set[str]:
    """Characters that turn the direction of writing, or command a terminal."""
    bad = {one for one in set(text) if unicodedata.category(one) == "Cc"} - set("\n\t\r")
    return bad | {one for one in set(text) if unicodedata.bidirectional(one) in ("RLO", "LRO", "RLE", "LRE", "PDF")}


@pytest.fixture(scope="module")
def all_found(ask: Ask, names: dict[str, list[str]]) -> list[tuple[str, Response]]:
    return list(everything(ask, names))


def test_every_address_answers_without_breaking(all_found: list[tuple[str, Response]]) -> None:
    assert len(all_found) > 150
    assert [address for address, found in all_found if found.status >= 500] == []
    good = {address.partition("?")[0] for address, found in all_found if found.status == 200}
    assert len(good) > 60


def test_hostile_words_stay_words(all_found: list[tuple[str, Response]]) -> None:
    shown = 0
    for address, found in all_found:
        if not found.type.startswith("text/html"):
            continue
        page = Page.of(found)
        assert page.faults == [], address
        text = " ".join(page.words)
        shown += "<script>alert(1)</script>" in text
        assert _unseen(text) == set(), address
        assert "=1+149" not in text and "{{49}}" not in text, address
    assert shown > 10, "the hostile words are shown, as words"


def test_no_answer_has_a_path_of_the_machine(all_found: list[tuple[str, Response]], hostile: Path) -> None:
    paths = [str(hostile.parent), str(Path.home()), str(MINI.parent), sys.prefix, "site-packages", "Traceback ("]
    for address, found in all_found:
        text = found.body.decode("utf-8", "replace") + " ".join(f"{name}: {value}" for name, value in found.headers)
        assert [path for path in paths if path in text and path != "/"] == [], address


def test_headers_hold_nothing_of_what_was_typed(all_found: list[tuple[str, Response]]) -> None:
    for address, found in all_found:
        for name, value in found.headers:
            assert value.isprintable() and "<script>" not in value, (address, name, value)


def test_sheets_run_no_formulas(ask: Ask) -> None:
    found = ask("/questions/founders?format=csv", accept="text/csv")
    assert found.status == 200 and found.type.startswith("text/csv")
    cells = [cell for row in csv.reader(io.StringIO(found.body.decode("utf-8-sig"))) for cell in row]
    assert any("alert(1)" in cell for cell in cells)
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t"))] == []


@pytest.fixture(scope="module")
def server(hostile: Path) -> Iterator[str]:
    """A real server of the hostile graph."""
    serving = Serving("--graph", hostile)
    yield serving.base
    assert serving.stop()[0] == 0


@pytest.fixture(scope="module")
def http(server: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server, timeout=30) as made:
        yield made


def _sample() -> list[str]:
    """An address of every route; the names in it are nobody's, which must change nothing about the headers."""
    return sorted({re.sub(r"\{\w+(:path)?\}", "nobody", route.path) for route in routes()})


def test_every_answer_has_the_headers_of_safety(http: httpx.Client) -> None:
    for address in _sample():
        found = http.get(address, headers={"Accept": "text/html"})
        headers = found.headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "*" not in policy.partition("frame")[0], (
            address
        )
        assert headers["x-content-type-options"] == "nosniff" and headers["x-frame-options"] == "DENY", address
        assert headers["referrer-policy"] == "same-origin" and headers["vary"], address
        assert headers["access-control-allow-origin"] == "*" and "access-control-allow-credentials" not in headers
        assert "set-cookie" not in headers and "server" not in headers, address
        framed = "frame-ancestors 'none'" not in policy
        assert not framed or address == "/reconcile/preview", address


def test_only_this_host_is_answered_for(http: httpx.Client) -> None:
    for address in _sample()[::4]:
        for host in ("evil.example", "127.0.0.1", "localhost.evil.example", ""):
            assert http.get(address, headers={"Host": host}).status_code in (400, 421), (address, host)


def test_other_sites_may_read_and_do_nothing_else(http: httpx.Client) -> None:
    other = {"Origin": "https://evil.example"}
    for address in _sample():
        for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
            asked = {**other, "Access-Control-Request-Method": "POST"} if method == "OPTIONS" else other
            found = http.request(method, address, headers=asked)
            assert found.status_code in (403, 405), (method, address, found.status_code)
            assert "access-control-allow-origin" not in found.headers
            assert "access-control-allow-methods" not in found.headers


def test_what_is_too_large_is_refused(http: httpx.Client) -> None:
    for route in routes():
        address = re.sub(r"\{\w+(:path)?\}", "nobody", route.path)
        assert http.get(address + "?x=" + "a" * 17_000).status_code == 414, address
        if "POST" in route.methods:
            form = {"Content-Type": "application/x-www-form-urlencoded"}
            assert http.post(address, content=b"x=" + b"a" * 1_100_000, headers=form).status_code == 413, address


def test_no_request_reads_a_file(http: httpx.Client) -> None:
    for path in ("/static/../site.py", "/static/%2e%2e/site.py", "/static/..%2f..%2fsite.py", "/static//etc/passwd"):
        found: Any = http.build_request("GET", path)
        found.url = found.url.copy_with(raw_path=path.encode())
        answer = http.send(found)
        assert answer.status_code == 404 and "import" not in answer.text, path
