"""Officers' decisions: pure. Each returns a `Decision[Tip]` or raises from `shared.errors`."""
