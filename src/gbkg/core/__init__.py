"""What every room needs and that knows nothing of claims: records, errors, files, N-Quads, Turtle, limits."""
