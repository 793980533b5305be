"""Texts made of files: encodings, hard line ends, headings, lists, tables, furniture; what cannot be read."""

from __future__ import annotations

import pytest
from printed import Printed, pdf, word

from gbkg.core.errors import ParseError
from gbkg.documents.sentences import sentences
from gbkg.intake.blocks import Converted
from gbkg.intake.convert import convert

LAW = "第一条　为了促进公共图书馆事业发展，发挥公共图书馆功能，保障公民基本文化权益，制定本法。\n" * 4
BIG5 = "公共圖書館應當免費向社會公眾開放，提供查詢、借閱及相關服務，並定期公布館藏情況。\n" * 6


def kinds(made: Converted) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in made.blocks]


def text(words: str, **more: str) -> Converted:
    return convert(words.encode(), "a.txt", **more)


@pytest.mark.parametrize(
    ("words", "encoding"),
    [
        (LAW, "gb18030"),
        (BIG5, "big5"),
        (LAW, "utf-16"),
        (LAW, "utf-8-sig"),
        ("Le café est fermé à midi. " * 9, "latin-1"),
    ],
)
def test_encodings_are_found_out(words: str, encoding: str) -> None:
    made = convert(words.encode(encoding), "law.txt")
    assert made.text.split() == convert(words.encode(), "law.txt").text.split()


def test_an_encoding_that_is_given_is_used_and_one_that_is_wrong_is_said() -> None:
    assert convert("naïve".encode("cp1252"), "a.txt", "cp1252").text == "naïve\n"
    with pytest.raises(ParseError, match="is not utf-8: byte 2"):
        convert("naïve".encode("cp1252"), "a.txt", "utf-8")
    with pytest.raises(ParseError, match="no encoding is called"):
        convert(b"x", "a.txt", "klingon")


def test_lines_that_were_wrapped_by_hand_become_sentences() -> None:
    made = text(
        "The library is open to everyone who lives in the town, and no fee\n"
        "is asked of readers. It closes on Sundays and on\nholidays.\n"
    )
    (block,) = made.blocks
    said = [block.text[a:b] for a, b in sentences(block.text)]
    assert said[0].endswith("and no fee is asked of readers.") and len(said) == 2


def test_a_list_of_contents_is_no_text_and_a_table_with_dots_is() -> None:
    words = "The library lends to everyone who lives in the town, and to all who come to it from elsewhere. " * 3
    made = convert(f"Contents\n\nOne . . . . . . . . 7\n\n{words}\n\nRent . . . . . . . . 500\n".encode(), "a.txt")
    assert [kind for kind, _ in kinds(made)] == ["heading", "furniture", "text", "text"]


def test_chinese_lines_are_joined_without_a_blank() -> None:
    line = "公共图书馆应当按照平等、开放、共享的要求向社会公众提供服务并且"
    assert text(f"{line}\n{line}\n免费开放。\n").text == f"{line}{line}免费开放。\n"


@pytest.mark.parametrize("line", ["PREFACE.", "Chapter 2", "第二章 设立", "公告", "A notice to readers"])
def test_a_line_that_stands_alone_may_be_a_heading(line: str) -> None:
    assert kinds(text(f"{line}\n\nIt is open on all days but Sundays.\n"))[0] == ("heading", line)


@pytest.mark.parametrize("line", ["It closes at five.", "Copyright, 1899, by the library", "公共图书馆应当免费开放。"])
def test_a_line_that_says_something_is_none(line: str) -> None:
    assert kinds(text(f"{line}\n\nIt is open on all days but Sundays.\n"))[0] == ("text", line)


def test_what_is_no_paragraph_stays_apart() -> None:
    made = text(
        "CHAPTER I\n\nShort lines\nof a verse\nstay\n\n"
        "- one item of a list\n- another item\n\nLibrary     Seats\nWillow      40\n"
    )
    assert kinds(made) == [
        ("heading", "CHAPTER I"),
        ("text", "Short lines"),
        ("text", "of a verse"),
        ("text", "stay"),
        ("item", "- one item of a list"),
        ("item", "- another item"),
        ("row", "Library | Seats"),
        ("row", "Willow | 40"),
    ]


PAGE = """<!doctype html><html lang="en"><head><title>Hours</title><meta name="author" content="The committee">
<meta property="article:published_time" content="2021-05-03T10:00:00Z"><script>var hidden = 1;</script></head><body>
<nav><a href="/">Home</a> <a href="/x">News</a></nav><h1>Opening   hours</h1>
<p>Willow&nbsp;Library opens
at <b>nine</b>.<br>It closes at five.</p><ul><li>Free of charge</li></ul>
<table><tr><th>Library</th><th>Seats</th></tr><tr><td>Willow</td><td>40</td></tr></table>
<figure><figcaption>Readers by year</figcaption></figure><p>公共
图书馆</p><div class="footnotes"><p>1. See the law.</p></div><footer>All rights reserved</footer></body></html>"""


def test_html_gives_blocks_by_its_elements_and_says_what_its_head_says() -> None:
    made = convert(PAGE.encode(), "hours.html")
    assert kinds(made) == [
        ("furniture", "Home News"),
        ("heading", "Opening hours"),
        ("text", "Willow Library opens at nine."),
        ("text", "It closes at five."),
        ("item", "Free of charge"),
        ("row", "Library | Seats"),
        ("row", "Willow | 40"),
        ("caption", "Readers by year"),
        ("text", "公共图书馆"),
        ("footnote", "1. See the law."),
        ("furniture", "All rights reserved"),
    ]
    assert made.said == {"title": "Hours", "creator": "The committee", "issued": "2021-05-03", "language": "en"}
    assert "hidden" not in made.text and made.by.startswith("gbkg html 1 with selectolax ")


def test_a_short_paragraph_in_bold_type_is_a_heading_of_a_page() -> None:
    page = (
        "<p class=c><b>CHAPTER I</b></p><p><a name=p1><strong>What is lent?</strong></a></p>"
        "<p><b>It lends to all.</b></p>"
        "<p><b>Note</b> the hours</p><p><b>Rooms</b><b>, fixtures</b></p><p>Plain</p>"
    )
    assert kinds(convert(page.encode(), "page.html")) == [
        ("heading", "CHAPTER I"), ("heading", "What is lent?"), ("text", "It lends to all."),
        ("text", "Note the hours"), ("heading", "Rooms, fixtures"), ("text", "Plain"),
    ]  # fmt: skip


def test_a_page_is_read_in_the_encoding_that_it_declares() -> None:
    page = '<html><head><meta charset="gb2312"><title>x</title></head><body><p>公共图书馆法</p></body></html>'
    assert convert(page.encode("gb18030"), "a.html").text == "公共图书馆法\n"
    assert convert(page.encode(), "a.html").text == "公共图书馆法\n", "the declaration is wrong"


def test_a_page_nested_beyond_measure_is_read() -> None:
    assert convert(("<div>" * 30_000 + "deep").encode(), "a.html").text == "deep\n"


def test_markdown_loses_its_marks_and_keeps_its_front_matter() -> None:
    made = convert(
        b"---\ntitle: Hours\nauthor: [A, B]\ndate: 2021-05-03\n---\n# Opening\n\nAt *nine* o'clock, see [law](x).\n\n"
        b"| a | b |\n|---|---|\n| 1 | 2 |\n\n<!-- hidden -->\n",
        "hours.md",
    )
    assert kinds(made) == [
        ("heading", "Opening"),
        ("text", "At nine o'clock, see law."),
        ("row", "a | b"),
        ("row", "1 | 2"),
    ]
    assert made.said == {"title": "Hours", "creator": "A, B", "issued": "2021-05-03"}


def test_word_gives_headings_lists_tables_and_properties() -> None:
    made = convert(word(), "report.docx")
    assert kinds(made) == [
        ("heading", "Opening hours"),
        ("text", "公共图书馆应当免费开放。"),
        ("item", "Willow Library opens at nine."),
        ("row", "Library | Seats"),
        ("row", "Willow | 40"),
        ("caption", "Figure 1: Readers by year"),
    ]
    assert (made.said["title"], made.said["creator"]) == ("Report of the libraries", "The committee")


def page(number: int, *lines: str) -> list[Printed]:
    head: Printed = (72, 750, 9, "Report of the libraries")
    foot: Printed = (300, 40, 9, f"- {number} -")
    return [head, *((72.0, 700.0 - 14 * n, 11.0, line) for n, line in enumerate(lines)), foot]


LONG = "The library is open to everyone who lives in the town of Willow and in the"


def test_pdf_gives_lines_with_pages_and_boxes_and_knows_furniture() -> None:
    first = [(72.0, 720.0, 18.0, "Opening hours"), *page(1, LONG, "villages around it.", "It closes at five.")]
    made = convert(
        pdf(
            [first, *(page(n, f"{word} is said here.") for n, word in ((2, "This"), (3, "That"), (4, "More")))], "Hours"
        ),
        "hours.pdf",
    )
    furniture = [block.text for block in made.blocks if block.kind == "furniture"]
    assert furniture.count("Report of the libraries") == 4 and "- 1 -" in furniture
    assert ("heading", "Opening hours") in kinds(made)
    joined = next(block for block in made.blocks if block.text.startswith(LONG))
    assert joined.text.startswith(f"{LONG} villages around it.")
    assert [(box.page, box.at) for box in joined.boxes][:2] == [(1, 0), (1, len(LONG) + 1)]
    assert joined.boxes[0].left == pytest.approx(72, abs=2) and joined.boxes[0].bottom == pytest.approx(700, abs=4)
    assert made.said["title"] == "Hours"
    assert "the file was made on 2020-01-31" in made.remarks[0]


def test_a_pdf_without_text_is_said_to_be_so() -> None:
    with pytest.raises(ParseError, match="has no text on any of its 2 pages"):
        convert(pdf([[], []]), "scan.pdf")
    made = convert(pdf([page(1, "Some words stand here."), []]), "half.pdf")
    assert "pages without text: 2" in made.remarks[0]


@pytest.mark.parametrize(
    ("raw", "name", "said"),
    [
        (b"%PDF-1.4 broken", "a.pdf", "is not a PDF that can be read"),
        (b"PK\x03\x04 broken", "a.docx", "is not a Word document that can be read"),
        (b"\xd0\xcf\x11\xe0", "a.doc", "of before 2007"),
        (b"x", "a.xls", "is of no kind that is read"),
        (b"a\0b", "a.txt", "it has zero bytes"),
        (b"", "a.txt", "has no text"),
        (b"<html><body><script>1</script></body></html>", "a.html", "has no text"),
    ],
)
def test_what_cannot_be_read_is_said(raw: bytes, name: str, said: str) -> None:
    with pytest.raises(ParseError) as caught:
        convert(raw, name)
    assert said in str(caught.value) and caught.value.hint and caught.value.file == name
