"""SPARQL texts read and written: tokens, the tree of a SELECT query, and the text of a tree.

The engine remains the judge of syntax; this reads what the engine has accepted, because citations need a query that
can be rewritten, with places for messages. rdflib's parser was tried first: its import and first parse cost 0.2 CPU
seconds, a third of what a whole `gbkg query` may cost, and it keeps no places.
"""
