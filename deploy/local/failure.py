"""The one error of the local stack: a sentence for a person, saying what to do."""


class CannotStart(Exception):
    """Something could not be obtained, started or reached. The message is shown as it is, without a traceback."""
