"""The private calendar of whoever holds its address: read by calendar programs, which cannot sign in."""

import hashlib

from flask import Response, current_app, render_template, request
from flask.typing import ResponseReturnValue

from certhub.auth.guard import requires
from certhub.blueprints.public import bp
from certhub.blueprints.public.waiting import count_in_vain
from certhub.documents.calendar import MEDIA_TYPE, feed
from certhub.queries import calendar as reading
from certhub.rules.lockout import UNKNOWN_LINK
from certhub.rules.permissions import Permission
from certhub.web.addresses import due_link
from certhub.web.context import settings


@bp.route("/calendars/<string:token>/certhub.ics")
@requires(Permission.PUBLIC_READ)
def calendar(token: str) -> ResponseReturnValue:
    reader = reading.reader_of(token)
    if reader is None:
        count_in_vain("calendar-link", UNKNOWN_LINK)  # a right address is never counted and never waits
        return render_template("public/calendar_ended.html"), 404
    events = reading.events_of(reader, base_url=settings().base_url, link=due_link(current_app))
    body = feed(events, title="CertHub")
    answer = Response(body, mimetype=MEDIA_TYPE)
    # No Last-Modified: what falls out of a calendar changes it and leaves no newer moment behind.
    answer.set_etag(hashlib.sha256(body).hexdigest())
    answer.cache_control.private = True
    answer.cache_control.max_age = 0
    answer.cache_control.must_revalidate = True
    return answer.make_conditional(request)
