"""The dashboard: words, charts and templates."""
