"""Dates as texts print them, read whole: `read` finds every printed date of a text and says what it can mean.

The grammar is declared in `words` and `reading`, what its rules mean in `meaning`.
"""

from gbkg.documents.dates.reading import Printed, read

__all__ = ["Printed", "read"]
