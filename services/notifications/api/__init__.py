"""HTTP in, one module per feature."""
