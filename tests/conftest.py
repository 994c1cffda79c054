"""Fixtures every test may use."""

pytest_plugins = ["tests.support.browser", "tests.support.stack"]
