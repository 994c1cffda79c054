"""HTTP in: one module of routes per feature, as in contract.md, section tips."""
