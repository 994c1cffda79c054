"""HTTP in: one module of routes per feature (the calls: services/tips/README.md)."""
