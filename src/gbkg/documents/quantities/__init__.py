"""Printed quantities: finding them in texts, how exact their digits are, and writing numbers.

`read` and `every` take a text and its language. The grammar is declared in `words` and `reading`; `meaning` gives the
meaning of each rule, `numerals` reads numerals, `units` currencies and shares.
"""

from gbkg.documents.quantities.numerals import grouped, places, plain
from gbkg.documents.quantities.reading import Printed, Reading, every, ranges, read

__all__ = ["Printed", "Reading", "every", "grouped", "places", "plain", "ranges", "read"]
