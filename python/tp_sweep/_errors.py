"""Errors of the program."""


class TpSweepError(RuntimeError):
    """The program ended with an error; the message is the one that it printed."""

    #: The exit code of the program; see the table in README.md.
    exit_code: int

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class ResultsMissingError(TpSweepError):
    """The sweep has no results yet."""
