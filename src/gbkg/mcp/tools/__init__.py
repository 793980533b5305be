"""The tools, by what they do: find and follow relations, ask queries, check, and say what there is."""
