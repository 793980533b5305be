"""The version of gbkg."""

__version__ = "0.1.0"
