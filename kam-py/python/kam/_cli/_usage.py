"""A command line that says too little or too much."""

from __future__ import annotations

from kam._errors import OptionError


class UsageError(OptionError):
    """What only whoever types the command can say: the exit code is 2, as for any wrong command line."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message, 301, hint)
