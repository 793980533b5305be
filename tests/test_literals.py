"""What is a literal of each datatype of XML Schema, by a table, and as libxml2 judges the same texts."""

from __future__ import annotations

import pytest
from lxml import etree

from gbkg.core.literals import NAMES, XSD, fault

GOOD = {
    "integer": "0 -1 +7 007 99999999999999999999",
    "decimal": "1.5 1. .5 -0.50 +3 100",
    "double": "1e400 NaN INF -INF 1.5E-3 7",
    "boolean": "true false 0 1",
    "date": "2018-02-28 2016-02-29 2000-02-29 2018-12-31Z 2018-01-01+14:00 -0044-03-15 12018-01-01",
    "dateTime": "2018-02-28T00:00:00 2018-02-28T23:59:59.25Z 2018-02-28T24:00:00",
    "time": "00:00:00 23:59:59.5Z 24:00:00",
    "gYear": "2018 0044 -0044 12018 2018Z",
    "gYearMonth": "2018-09 2018-12Z",
    "gMonth": "--09 --12Z",
    "gMonthDay": "--02-29 --12-31",
    "gDay": "---31 ---01Z",
    "duration": "P1Y P1Y2M3DT4H5M6.7S -P1D PT1S P0Y",
    "byte": "-128 127",
    "unsignedByte": "0 255",
    "nonNegativeInteger": "0 5 +0",
    "positiveInteger": "1",
    "nonPositiveInteger": "0 -5",
    "negativeInteger": "-1",
    "long": "-9223372036854775808 9223372036854775807",
    "language": "en zh-Hant en-GB",
    "hexBinary": "0aFF",
    "base64Binary": "YQ== YWI= YWJj",
    "anyURI": "https://example.org/a?b#c urn:x",
    "NCName": "a a-b.c _x",
}
BAD = {
    "integer": "1.0 1e3 x 0x1 -- ١",
    "decimal": "1e3 NaN . x 1,5",
    "double": "nan inf 1e x",
    "boolean": "TRUE True yes 2",
    "date": "18 2018 2018-2-3 2018-02-30 2018-02-29 1900-02-29 2018-13-01 2018-00-01 2018-01-00 2018-06-31 20180101 "
    "2018-01-01+15:00",
    "dateTime": "2018-02-28 2018-02-28T25:00:00 2018-02-28T24:00:01 2018-02-28T00:60:00",
    "time": "24:00:01 1:00:00 12:00",
    "gYear": "18 018 2018-09 x 02018",
    "gYearMonth": "2018 2018-13 2018-9 18-09",
    "gMonth": "09 --13 --9 --00",
    "gMonthDay": "--02-30 --13-01 --06-31 02-28",
    "gDay": "---32 ---00 31",
    "duration": "P PT 1Y P1S P1YT -P",
    "byte": "128 -129 1.0",
    "unsignedByte": "-1 256",
    "nonNegativeInteger": "-1",
    "positiveInteger": "0",
    "nonPositiveInteger": "1",
    "negativeInteger": "0",
    "long": "9223372036854775808",
    "language": "englishlanguage en_GB 1",
    "hexBinary": "0aF xx",
    "base64Binary": "YQ= Y",
    "NCName": "1a a:b",
}
CASES = [(name, text, True) for name, texts in GOOD.items() for text in texts.split()]
CASES += [(name, text, False) for name, texts in BAD.items() for text in texts.split()]


@pytest.mark.parametrize(("name", "text", "good"), CASES, ids=[f"{n} {t}" for n, t, _ in CASES])
def test_a_literal_is_well_formed_or_not(name: str, text: str, good: bool) -> None:
    assert (fault(text, XSD + name) == "") == good


OTHERWISE = {("double", "1e"), *(("gYear", text) for _, text, _ in CASES if len(text) > 18)}
"""What libxml2 judges otherwise: it takes an exponent without digits, and no year of more than 18 digits."""


@pytest.mark.parametrize("name", sorted(GOOD.keys() - {"base64Binary", "anyURI"}))
def test_libxml2_judges_alike(name: str) -> None:
    # Of base64Binary it passes over what is not a letter of it, and times are no IRIs to it.
    element = f'<xs:element name="v" type="xs:{name}"/>'
    text = f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{element}</xs:schema>'
    schema = etree.XMLSchema(etree.fromstring(text))
    for text in {text for _, text, _ in CASES}:
        node = etree.Element("v")
        node.text = text
        if (name, text) not in OTHERWISE:
            assert (fault(text, XSD + name) == "") == schema.validate(node), text


def test_every_datatype_is_tried_or_a_text() -> None:
    tried = set(GOOD) & set(BAD)
    texts = {"string", "normalizedString", "token", "Name", "NMTOKEN", "QName", "anyURI"}
    alike = {"float", "int", "short", "unsignedLong", "unsignedInt", "unsignedShort"}
    alike |= {"dateTimeStamp", "yearMonthDuration", "dayTimeDuration"}
    assert tried | texts | alike == NAMES


@pytest.mark.parametrize("text", ["", " ", " 5", "5 ", "5\n"])
@pytest.mark.parametrize("name", ["integer", "decimal", "date", "gYear", "boolean", "double"])
def test_blanks_are_no_part_of_a_number_or_date(name: str, text: str) -> None:
    assert fault(text, XSD + name) == f"not written as xsd:{name}"


def test_of_other_datatypes_nothing_is_known() -> None:
    assert fault("x", "urn:datatype") == ""
    assert fault("1", XSD + "intger") == "there is no datatype xsd:intger"
