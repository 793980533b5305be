"""Random checks asked of what came and went, against the whole graph: no row is passed over, none is made up."""

from __future__ import annotations

import os
import random

import pyoxigraph as ox
import pytest

from gbkg.store.memory import Memory
from gbkg.validate.patterns import Delta, matching

pytestmark = pytest.mark.usefixtures("unlimited")

CHECKS = 20_000 if "GBKG_EXAMPLES" in os.environ else 1_500
NODES = [f"<urn:{letter}>" for letter in "xyzuv"]
PROPERTIES = ["<urn:p>", "<urn:q>", "<urn:r>"]
VARIABLES = ["?focus", "?a", "?b", "?n", "?pp"]


def pattern(rng: random.Random, paths: bool = False) -> str:
    ends = [rng.choice(VARIABLES[:4]) if rng.random() < 0.8 else rng.choice(NODES) for _ in range(2)]
    return f"{ends[0]} {path(rng, 2) if paths else rng.choice([*PROPERTIES, *PROPERTIES, '?pp'])} {ends[1]} ."


def path(rng: random.Random, depth: int) -> str:
    one, other = (path(rng, depth - 1) if depth else rng.choice(PROPERTIES) for _ in range(2))
    return rng.choice([f"({one}){rng.choice('*+?')}", f"({one}/{other})", f"({one}|{other})", f"^({one})", "!<urn:p>"])


def expression(rng: random.Random) -> str:
    one, other = rng.choice(VARIABLES), rng.choice(VARIABLES + NODES)
    return rng.choice([f"{one} != {other}", f"{one} = {other}", f"BOUND({one})", f"!BOUND({one}) || {one} = {other}"])


def group(rng: random.Random, depth: int) -> str:
    def inner() -> str:
        return group(rng, depth - 1)

    found = list[str]()
    for _ in range(rng.randint(1, 3)):
        match rng.choice("ttttttffeemmgnsbvu") if depth else "t":
            case "f":
                found.append(f"FILTER ({expression(rng)})")
            case "e":
                found.append(f"FILTER {rng.choice(['NOT ', ''])}EXISTS {{ {inner()} }}")
            case "m":
                found.append(f"MINUS {{ {inner()} }}")
            case "g":
                found.append(f"GRAPH {rng.choice(['<urn:g>', '?g', '?a'])} {{ {pattern(rng)} {inner()} }}")
            case "n":
                found.append(f"{{ {inner()} }}")
            case "s":
                found.append(
                    f"{{ SELECT {rng.choice(['*', '?focus', 'DISTINCT ?a ?b', '(?a AS ?m) ?b'])} {{ {inner()} }} }}"
                )
            case "b":
                found.append(f"BIND ({rng.choice(VARIABLES)} AS {rng.choice(['?m', '?n', '?b'])})")
            case "v":
                found.append(f"VALUES {rng.choice(VARIABLES)} {{ {rng.choice(NODES)} {rng.choice(NODES)} }}")
            case "u":
                found.append(f"{{ {inner()} }} UNION {{ {inner()} }}")
            case _:
                found.append(pattern(rng))
    return " ".join(found)


def wider(rng: random.Random) -> str:
    """What a check may have that is asked of the whole."""
    inner = group(rng, 1)
    return rng.choice(
        [
            f"OPTIONAL {{ {inner} }}",
            f"{{ SELECT (COUNT(*) AS ?n) {{ {inner} }} }}",
            f"{{ SELECT ?a (EXISTS {{ {inner} }} AS ?b) {{ {pattern(rng)} }} }}",
            f"GRAPH ?g {{ }} VALUES ?g {{ <urn:h> {rng.choice(['UNDEF', '<urn:x>'])} }}",
            f"GRAPH {rng.choice(['<urn:g>', '?g'])} {{ {pattern(rng, paths=True)} {inner} }}",
            f"FILTER (BOUND(?a) || EXISTS {{ {inner} }})",
            pattern(rng, paths=True),
        ]
    )


def quads(rng: random.Random, most: int, properties: list[str] = PROPERTIES) -> set[ox.Quad]:
    def node(of: list[str]) -> ox.NamedNode:
        return ox.NamedNode(rng.choice(of)[1:-1])

    places = ["<urn:g>", "<urn:h>", "<urn:x>"]
    return {ox.Quad(node(NODES), node(properties), node(NODES), node(places)) for _ in range(rng.randint(0, most))}


def test_what_quads_have_brought_is_what_is_found_in_the_whole() -> None:
    rng, brought, asked = random.Random(os.environ.get("GBKG_EXAMPLES", "1")), 0, 0
    for _ in range(CHECKS):
        text = f"SELECT ?focus {{ ?focus {rng.choice(PROPERTIES)} {rng.choice(VARIABLES)} . {group(rng, 2)} }}"
        try:
            check = Delta(text)
        except ValueError:
            continue
        for _ in range(4):
            former = quads(rng, 8)
            now = {quad for quad in sorted(former, key=str) if rng.random() < 0.8} | quads(rng, 2)
            try:
                if any(True for _ in Memory.of(former).select(text)):
                    continue  # a check that found something is asked of the whole
                store = Memory.of(now)
                whole = any(True for _ in store.select(text))
            except SyntaxError:  # BIND of a variable that has a value
                break
            assert check.rows(store, ([*(former - now)], [*(now - former)])) is whole, (text, former, now)
            brought, asked = brought + whole, asked + 1
    assert brought > CHECKS / 30 and asked > CHECKS


def test_a_quad_that_matches_no_pattern_changes_no_answer() -> None:
    rng, asked = random.Random(os.environ.get("GBKG_EXAMPLES", "1")), 0

    def rows(held: set[ox.Quad], text: str) -> list[str]:
        return sorted(str([*map(str, row)]) for row in Memory.of(sorted(held, key=str)).select(text))

    for _ in range(CHECKS):
        text = f"SELECT * {{ {wider(rng)} {group(rng, 1) if rng.random() < 0.5 else ''} }}"
        former = quads(rng, 8)
        for other in quads(rng, 6, ["<urn:s>", *PROPERTIES]):
            now = former ^ {other}
            if not matching([other])(text):
                try:
                    assert rows(former, text) == rows(now, text), (text, former, now)
                except SyntaxError:  # BIND of a variable that has a value
                    continue
                asked += 1
    assert asked > CHECKS / 5
