"""What follows from the facts by named rules, each conclusion with its rule and premises.

file      a rule file: a CONSTRUCT narrow enough that the premises of each conclusion can be named
infer     rules run until nothing new comes, and every use of them
records   what was inferred as N-Quads

Rules use the parser and the rewriting of `gbkg.sparql`, and `gbkg.store.derive` to find the triples behind a solution.
"""

from gbkg.graph.rules.file import Rule, examine, read
from gbkg.graph.rules.infer import BASIS, Inference, Inferred, Use, infer
from gbkg.graph.rules.records import lines, quads, sizes

__all__ = ["BASIS", "Inference", "Inferred", "Rule", "Use", "examine", "infer", "lines", "quads", "read", "sizes"]
