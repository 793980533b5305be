"""Quantities as texts print them: reading them, how exact the printed digits are, and writing numbers.

`read` and `every` take a text and the language of its source. The grammar is declared in `words` and `reading`,
numerals are read in `numerals`, currencies and shares in `units`.
"""

from gbkg.documents.quantities.meaning import Reading
from gbkg.documents.quantities.numerals import grouped, places, plain
from gbkg.documents.quantities.reading import Printed, every, ranges, read

__all__ = ["Printed", "Reading", "every", "grouped", "places", "plain", "ranges", "read"]
