"""Validation with SHACL Core (https://www.w3.org/TR/shacl/) by interchangeable engines, the same results from each."""

from gbkg.shacl.reach import Reach, reach, separable
from gbkg.shacl.results import Result, findings
from gbkg.shacl.validator import ENGINES, Validator, available, unfit, validate

__all__ = [
    "ENGINES",
    "Reach",
    "Result",
    "Validator",
    "available",
    "findings",
    "reach",
    "separable",
    "unfit",
    "validate",
]
