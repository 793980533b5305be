"""Proposals: what a document may say, put before a curator. Nothing proposed is in the graph until it is accepted."""
