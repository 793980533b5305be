"""The named graphs of a built graph, in their order.

ontology   classes, properties, indicators, units and the other closed lists
entities   type, preferred label and description of each entity, and its identifiers elsewhere
facts      direct triples: `s p o` stands here if and only if an accepted claim says it
claims     one node a claim
evidence   sources and passages
curation   corrections, recalculations, comparisons, identity judgements, ambiguities, gaps; mappings
queries    the saved queries, described
metadata   the dataset about itself (DCAT, VoID)
inferred   triples that follow from facts by the rules, and that nobody states
inferences the rules, and for each use of one its premises and conclusion
"""

STATED = ("ontology", "entities", "facts", "claims", "evidence", "curation", "queries", "metadata")
NAMES = (*STATED, "inferred", "inferences")
BY_SOURCE = ("claims", "evidence")
"""The graphs that are built source by source."""
TOGETHER = (("ontology", "queries"), ("metadata",), ("entities", "facts", "inferred"), ("curation",), ("inferences",))
"""Groups of graphs that share subjects, in the order in which files without named graphs have them."""
