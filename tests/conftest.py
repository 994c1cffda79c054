"""Fixtures every test may use."""

pytest_plugins = ["tests.support.browser", "tests.support.parallel", "tests.support.stack"]
