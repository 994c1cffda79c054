"""MongoDB: facts, dirty marks, buckets, areas and the reading of statistics."""
