"""The gates: shapes, checks, expected counts, and what each file of the graph may state."""
