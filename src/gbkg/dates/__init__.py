"""Dates as texts print them, read whole: `read` finds every printed date of a text and says what it can mean.

The grammar is declared in `gbkg.dates.grammar`, the words of each language in `gbkg.dates.words`.
"""

from gbkg.dates.reading import Printed, read

__all__ = ["Printed", "read"]
