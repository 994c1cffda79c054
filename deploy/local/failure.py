"""The one error of the local stack: a sentence for a person, saying what to do."""


class CannotStart(Exception):
    """Something could not be obtained, started or reached. Its message is shown without a traceback."""
