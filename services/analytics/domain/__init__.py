"""What analytics knows without driver or framework: periods, facts, buckets, figures, statistics, areas."""
