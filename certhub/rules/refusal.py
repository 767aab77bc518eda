"""How a rule says no."""


class Refusal(Exception):
    """A rule does not allow what was asked.

    `message` is a plain sentence for the person who asked: what happened and what to do.
    `field` names the form field that it belongs beside, where there is one.
    """

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class Stale(Refusal):
    """What stood on the page has changed since: the page shows what is on file now, not what was typed."""
