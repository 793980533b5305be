"""Quantities as texts print them: reading them, how exact the printed digits are, and writing numbers.

`read` and `every` take a text and the language of its source. The grammar is declared in `pieces` and `reading`, digits
and their separators in `digits`, Chinese numerals in `han`, currencies and shares in `units`, the words of each
language in `words`.
"""

from gbkg.documents.quantities.meaning import Reading
from gbkg.documents.quantities.reading import Printed, every, ranges, read, read_range
from gbkg.documents.quantities.writing import grouped, places, plain

__all__ = ["Printed", "Reading", "every", "grouped", "places", "plain", "ranges", "read", "read_range"]
