"""What stands around the claims of a page: menus, headings, captions of lost tables, opinions, votes and teasers."""

from __future__ import annotations

from random import Random

from corpus.page import Page

_MENUS = (
    "Home | News | Data | Sign in",
    "Hot search keywords\n\nHot search keywords",
    "Latest · Policy · Parks · Companies · About us",
    "Skip to content",
)
_TEASERS = (
    "Five questions to ask before renting an office",
    "What a digital ledger can and cannot do",
    "The long road to paperless customs",
    "Why maker spaces like old factories",
    "A short guide to industrial land",
)
_OPINIONS = (
    "An industry grows where people meet.",
    "Nothing succeeds without patience and a good plan.",
    "Industrial parks are the carriers of industrial growth.",
    "There is reason to look forward to the coming years.",
    "Talent is the driving force of every technology.",
    "A favourable environment is worth more than any single reward.",
)
_CAPTIONS = (
    "{kind} {number} Distribution of companies in {place}",
    "{kind} {number} Changes in the output value of {place} (Unit: 100 million yuan)",
    "{kind} {number} Overview of support policies in {place}",
    "{kind} {number} Number of settled projects in {place}",
)
_PICTURES = ("twenty one", "twenty two", "twenty three", "twenty four")


def opened(rng: Random, page: Page, title: str) -> None:
    """The menu, sometimes, and the title."""
    if rng.random() < 0.5:
        page.aside("furniture", rng.choice(_MENUS))
    page.title = title
    page.aside("heading", title)


def closed(rng: Random, page: Page) -> None:
    """Votes of readers and teasers, sometimes."""
    page.close()
    if rng.random() < 0.35:
        of = rng.randint(5, 90)
        votes = f"Was this article helpful?\n{rng.randint(0, of)} out of {of} found this helpful"
        page.aside("furniture", votes, "Votes of readers.")
    if rng.random() < 0.25:
        page.aside("furniture", "\n".join(("Discover more", *rng.sample(_TEASERS, 3))), "Teasers about other subjects.")
    if rng.random() < 0.2:
        page.aside("furniture", "Please sign in first")


def opinion(rng: Random, page: Page, chance: float = 0.4) -> None:
    """A sentence without a checkable fact, in so many of all cases; or now and then one that repeats the former."""
    drawn = rng.random()
    if drawn < chance:
        page.remark("opinion", rng.choice(_OPINIONS))
    elif drawn > 0.93:
        page.remark("restates", "So much for what was said above.")


def lost(rng: Random, page: Page, place: str, concerns: list[str], chance: float = 0.2) -> None:
    """The caption of a table or figure whose body is lost, and the gap that says so, in so many of all cases."""
    if rng.random() >= chance:
        return
    page.close()
    kind = rng.choice(("Table", "Figure"))
    caption = rng.choice(_CAPTIONS).format(kind=kind, number=1, place=place)
    start, end = page.aside("caption", caption)
    if kind == "Figure" and rng.random() < 0.4:
        page.aside("furniture", rng.choice(_PICTURES), "Number of a picture, turned into words.")
    elif kind == "Table" and rng.random() < 0.3:
        page.aside("lost-content", "Name Number Share", "Head of the table without its body.")
    page.curate(
        "Gap",
        "gap",
        [
            f"gbkg:inSource src:{page.source}",
            f'gbkg:lostContent "{caption.split(" ", 2)[2]}"',
            f"gbkg:concerns {', '.join(f'clm:{key}' for key in concerns)}",
            f"prov:wasDerivedFrom psg:{page.source}.{start}-{end}",
            f'rdfs:comment "The body of {kind} 1 is lost; the claims named are on the same matter."',
        ],
    )
