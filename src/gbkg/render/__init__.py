"""What leaves as a file: exports for other tools, and pictures."""
