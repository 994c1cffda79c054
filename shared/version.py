"""The version that every part of the platform carries; pyproject.toml says the same."""

VERSION = "0.1.0"
