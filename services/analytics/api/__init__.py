"""HTTP in: indicators, statistics, areas, the live stream and the dashboard."""
