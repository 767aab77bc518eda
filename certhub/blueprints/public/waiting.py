"""Tries in vain of one network address: each makes it wait longer, and what is right is never counted."""

from datetime import datetime, timedelta

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.blueprints.public import bp
from certhub.database import transaction
from certhub.rules.lockout import LockoutPolicy, wait_in_words
from certhub.services import throttle


class TooMany(Exception):
    """This network address has to wait before it asks again."""

    def __init__(self, until: datetime) -> None:
        super().__init__("too many tries")
        self.until = until


@bp.errorhandler(TooMany)
def ask_to_wait(problem: TooMany) -> ResponseReturnValue:
    now = clock.now()
    wait = wait_in_words(problem.until, now)
    answer = make_response(render_template("public/wait.html", wait=wait, until=problem.until), 429)
    answer.headers["Retry-After"] = str(max(1, -((now - problem.until) // timedelta(seconds=1))))
    return answer


def count_in_vain(purpose: str, policy: LockoutPolicy) -> None:
    """Count a try of this network address; one that has to wait costs a look at its counter and nothing more."""
    key, at = throttle.source_key(request.remote_addr or "", purpose=purpose), clock.now()
    until = throttle.blocked_until([key], at=at)
    if until is None:
        with transaction():
            until = throttle.hold([key], at=at)
            if until is None:
                throttle.count(key, policy, at=at)
    if until is not None:
        raise TooMany(until)
