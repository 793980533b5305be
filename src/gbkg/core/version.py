"""The version of gbkg."""

__version__ = "0.1.0"

SCHEMA = "gbkg/1"
"""The version of what results give as JSON (docs/records.md): it changes when a reader of the former would fail."""
