"""The tools, by what they do: find, follow relations, ask queries, check, and say what there is."""
