"""Printed dates: `read` finds every date in a text, whole, and says what it can mean.

The grammar is declared in `words` and `reading`; `meaning` gives the meaning of each rule.
"""

from gbkg.documents.dates.reading import Printed, read

__all__ = ["Printed", "read"]
