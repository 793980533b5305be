"""Validation with SHACL Core (https://www.w3.org/TR/shacl/) by interchangeable engines, the same results from each."""

from gbkg.shacl.core import circular_list, running_term
from gbkg.shacl.fitness import refused
from gbkg.shacl.planted import silent
from gbkg.shacl.reach import Reach, reach, separable
from gbkg.shacl.results import Result, findings
from gbkg.shacl.validator import ENGINES, INSTEAD, Validator, available, unfit, validate

__all__ = [
    "ENGINES",
    "INSTEAD",
    "Reach",
    "Result",
    "Validator",
    "available",
    "circular_list",
    "findings",
    "reach",
    "refused",
    "running_term",
    "separable",
    "silent",
    "unfit",
    "validate",
]
