"""What follows from the facts by named rules, each conclusion with its rule and premises.

file      a rule file: a CONSTRUCT narrow enough that the premises of each conclusion can be named
infer     rules run until nothing new comes, and every use of them
records   what was inferred as N-Quads

Rules use the parser of `gbkg.sparql`, and from `gbkg.cite` what finds the triples behind a solution (`rewrite`,
`derive`, `walk`), so the order is: sparql, those three, rules, build. `cite.why` stands above the rules.
"""

from gbkg.rules.file import Rule, examine, read
from gbkg.rules.infer import BASIS, Inference, Inferred, Use, infer
from gbkg.rules.records import lines, quads, sizes

__all__ = ["BASIS", "Inference", "Inferred", "Rule", "Use", "examine", "infer", "lines", "quads", "read", "sizes"]
