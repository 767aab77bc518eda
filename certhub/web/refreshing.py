"""Pages of work under way load themselves again, without a script, until the work has ended or the reader says stop."""

from flask import Response, after_this_request, request

SECONDS = 5
LOGGED_SECONDS = 15
"""For pages of people's records: each time that one is loaded is in the access log."""
_OFF = "off"


def looks_again(*, under_way: bool, seconds: int = SECONDS) -> bool:
    """Let the page of this request load itself again while work is under way; whether it does.

    Its reader can stop that: somebody may read slowly, or with a screen reader (WCAG 2.2.2).
    """
    if not under_way or request.args.get("refresh") == _OFF:
        return False

    @after_this_request
    def set_header(response: Response) -> Response:
        response.headers["Refresh"] = str(seconds)
        return response

    return True
