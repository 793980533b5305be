"""Names as people type them: who is meant exactly, who by a part of a name, and which names are near."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Set
from difflib import get_close_matches
from typing import Any, TypeVar

Remark = Callable[[str], None]
"""Where a reader is told for what a name was taken."""

_T = TypeVar("_T")
_SHORTEST = 3
_MOST = 3


def by_part(typed: str, spoken: Mapping[str, Set[_T]]) -> set[_T]:
    """All who have a name that begins with what was typed, or has it in it as whole words; `spoken` is by names in
    lower case. Nobody for fewer than three characters.

    >>> names = {"tianhe district": {1}, "new tianhe road": {2}, "tianhebei": {3}, "atianhe": {4}}
    >>> by_part("Tianhe", names), by_part("he", names)
    ({1, 2, 3}, set())
    """
    part = typed.casefold()
    if len(part) < _SHORTEST:
        return set()
    return {one for word, found in spoken.items() if word.startswith(part) or _within(part, word) for one in found}


def near(typed: str, spoken: Mapping[str, Set[_T]], order: Callable[[_T], Any]) -> list[_T]:
    """At most three who have a name with the typed words in it, shorter names first, then those whose name is spelled
    nearly so."""
    part = typed.casefold()
    known = sorted(spoken, key=lambda word: (len(word), word))
    words = [word for word in known if part and word.startswith(part)]
    words += [word for word in known if part and _within(part, word)]
    words += [word for word in known if part and all(_within(one, word) for one in part.split())]
    words += [word for word in known if part and part in word]
    words += get_close_matches(part, known, _MOST * 2, 0.6)
    return list(dict.fromkeys(min(spoken[word], key=order) for word in words))[:_MOST]


def called(label: str, short: str) -> str:
    """A label with the id that can be typed instead."""
    return f"{label} ({short})" if label and label != short else short


def _within(part: str, word: str) -> bool:
    return part in word and re.search(rf"(?<!\w){re.escape(part)}(?!\w)", word) is not None
