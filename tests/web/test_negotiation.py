"""Which form a client gets: RFC 9110, section 12.5.1, with its own example and the headers of real clients."""

from __future__ import annotations

import pytest

from gbkg.web.messages import NotAcceptable, accepted, choose, prefers_page

EXAMPLE = "text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed, text/plain;format=fixed;q=0.4, */*;q=0.5"
CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
DATA = ["text/turtle", "application/ld+json", "application/rdf+xml"]


@pytest.mark.parametrize(
    ("offer", "weight"),
    [
        ("text/plain;format=flowed", 1.0),
        ("text/plain", 0.7),
        ("text/html", 0.3),
        ("image/jpeg", 0.5),
        ("text/plain;format=fixed", 0.4),
        ("text/html;level=3", 0.3),
    ],
)
def test_the_table_of_the_rfc(offer: str, weight: float) -> None:
    """An offer is chosen exactly over what another header likes a little less."""
    for other, expected in ((f"x/y;q={weight - 0.01:.2f}", offer), (f"x/y;q={weight:.2f}", "x/y")):
        assert choose(f"{EXAMPLE}, {other}", ["x/y", offer]) == expected


@pytest.mark.parametrize(
    ("accept", "offers", "expected"),
    [
        ("", DATA, "text/turtle"),
        ("*/*", DATA, "text/turtle"),
        ("application/*", DATA, "application/ld+json"),
        ("Application/LD+JSON", DATA, "application/ld+json"),
        ("text/turtle;q=0, */*;q=0.1", DATA, "application/ld+json"),
        ("application/rdf+xml;q=0.5, text/turtle;q=0.5", DATA, "text/turtle"),
        ('application/ld+json;profile="a,b;c"', DATA, None),
        ("application/json", DATA, None),
        ("text/html", DATA, None),
        ("*/*;q=0", DATA, None),
        ("text/turtle;q=2, application/ld+json;q=0.0001, text/*x", DATA, None),
        ("nonsense, text/, /turtle, */turtle, text/turtle", DATA, "text/turtle"),
        (" text/turtle ; q=0.3 ;, application/rdf+xml\t;\tq=0.4 ", DATA, "application/rdf+xml"),
        ("a" * 100_000 + ", text/turtle", DATA, None),
    ],
)
def test_the_best_form_is_chosen(accept: str, offers: list[str], expected: str | None) -> None:
    if expected is None:
        with pytest.raises(NotAcceptable) as caught:
            choose(accept, offers)
        assert caught.value.status == 406 and all(offer in caught.value.hint for offer in offers)
        assert len(caught.value.message) < 200
    else:
        assert choose(accept, offers) == expected


def test_parameters_are_read_with_their_quotes() -> None:
    (found,) = accepted(r'application/x;profile="a \"b\", c";charset=UTF-8;q=0.25')
    assert dict(found.parameters) == {"profile": 'a "b", c', "charset": "UTF-8"} and found.weight == 0.25


@pytest.mark.parametrize(
    ("accept", "page"),
    [
        (CHROME, True),
        ("text/html", True),
        ("*/*", False),
        ("", False),
        ("text/turtle, text/html;q=0.5", False),
        ("image/png", False),
    ],
)
def test_browsers_get_pages(accept: str, page: bool) -> None:
    assert prefers_page(accept, DATA) is page
