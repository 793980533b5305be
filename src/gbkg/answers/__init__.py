"""Answers to queries: run within limits, refused or explained where something is wrong, as rows or frames."""

from gbkg.answers.answer import Answer, Triples, Truth, run
from gbkg.answers.emptiness import explain_empty
from gbkg.answers.rows import Row, plain_label

__all__ = ["Answer", "Row", "Triples", "Truth", "explain_empty", "plain_label", "run"]
