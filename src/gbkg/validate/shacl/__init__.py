"""Validation with SHACL Core (https://www.w3.org/TR/shacl/) by interchangeable engines, the same results from each."""

from gbkg.validate.shacl.fitness import circular_list, refused, running_term
from gbkg.validate.shacl.planted import silent
from gbkg.validate.shacl.results import ValidationResult, findings
from gbkg.validate.shacl.validator import ENGINES, INSTEAD, Validator, available, unfit, validate

__all__ = [
    "ENGINES",
    "INSTEAD",
    "ValidationResult",
    "Validator",
    "available",
    "circular_list",
    "findings",
    "refused",
    "running_term",
    "silent",
    "unfit",
    "validate",
]
