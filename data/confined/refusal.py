"""Why a file is not read."""


class Refusal(Exception):  # noqa: N818 - an answer, not a failure
    """The words that follow the file's name, up to the full stop."""
