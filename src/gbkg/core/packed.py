"""Many texts, or long ones, held in a fraction of their memory."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, MutableMapping

_FAST = 1
"""The level of compression: a higher one takes longer and saves little."""
_LIKE = 32_768
"""Bytes of the text that the others are compared with: zlib looks no further back."""


class PackedTexts(MutableMapping[str, str]):
    """Texts by name, in the order in which they came, each compressed with the first one as a pattern: texts of one
    kind have most words in common.

    >>> texts = PackedTexts({"one": "a text", "two": "a text too"})
    >>> texts["two"], list(texts)
    ('a text too', ['one', 'two'])
    """

    def __init__(self, given: Mapping[str, str] | None = None) -> None:
        self._like, self._packed = b"", dict[str, bytes]()
        self.update(given or {})

    def __getitem__(self, name: str) -> str:
        unpacking = zlib.decompressobj(zdict=self._like)
        return unpacking.decompress(self._packed[name]).decode("utf-8", "surrogatepass")

    def __setitem__(self, name: str, text: str) -> None:
        raw = text.encode("utf-8", "surrogatepass")
        if not self._like:
            self._like = raw[:_LIKE]
        packing = zlib.compressobj(_FAST, zdict=self._like)
        self._packed[name] = packing.compress(raw) + packing.flush()

    def __or__(self, more: Mapping[str, str]) -> PackedTexts:
        """These and more, the latter in the place of those with their names."""
        both = PackedTexts()
        both._like, both._packed = self._like, dict(self._packed)
        both.update(more)
        return both

    def __delitem__(self, name: str) -> None:
        del self._packed[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._packed)

    def __len__(self) -> int:
        return len(self._packed)
