"""What a tip is and what may be done with it: pure decisions, no I/O. Each returns a `Decision[Tip]` or
raises from `shared.errors`."""
