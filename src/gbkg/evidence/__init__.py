"""What stands behind a triple or a row: claims with quotations, inferences with premises, or a file."""
