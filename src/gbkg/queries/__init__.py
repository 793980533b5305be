"""Saved queries: read from files, their parameters bound, described as RDF."""

from gbkg.queries.descriptions import describe
from gbkg.queries.saved import Parameter, SavedQuery, bind, examine, find, library, near, parse, plain, read

__all__ = [
    "Parameter",
    "SavedQuery",
    "bind",
    "describe",
    "examine",
    "find",
    "library",
    "near",
    "parse",
    "plain",
    "read",
]
