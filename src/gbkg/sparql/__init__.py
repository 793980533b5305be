"""SPARQL as text: tokens, the tree of a query, its writer, faults, what is refused, and rewriting for provenance."""
