"""Quantities as texts print them: reading them, how exact the printed digits are, and writing numbers.

`read` and `every` take a text and the language of its source. The grammar is declared in `gbkg.quantities.pieces`
and `gbkg.quantities.reading`, digits and their separators in `gbkg.quantities.digits`, Chinese numerals in
`gbkg.quantities.han`, currencies and shares in `gbkg.quantities.units`, the words of each language in
`gbkg.quantities.words`.
"""

from gbkg.quantities.meaning import Reading
from gbkg.quantities.reading import Printed, every, ranges, read, read_range
from gbkg.quantities.writing import grouped, places, plain

__all__ = ["Printed", "Reading", "every", "grouped", "places", "plain", "ranges", "read", "read_range"]
