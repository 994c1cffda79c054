"""HTTP in: streams."""
