"""SPARQL as text: the grammar, the tree and its writer, what is refused and why, order, rewriting for provenance."""
