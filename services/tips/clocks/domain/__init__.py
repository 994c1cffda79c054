"""The engine of the clocks, extensions and explanations: pure."""
