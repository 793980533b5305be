"""Dates as texts print them, read whole: `read` finds every printed date of a text and says what it can mean.

The grammar is declared in `gbkg.documents.dates.grammar`, the words of each language in `gbkg.documents.dates.words`.
"""

from gbkg.documents.dates.reading import Printed, read

__all__ = ["Printed", "read"]
