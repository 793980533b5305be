"""Citations: for every row of a SELECT, the triples that make it true, and the sentences that state them.

rewrite   a query that also returns what a row was made of
derive    solutions of that query as derivations
walk      property paths, step by step
evidence  what stands behind one triple
why       the proof of one triple, or what it lacks
card      an answer with its proof in one file
"""
