"""Verification: the issued facts and today's status, and whether a file is the issued one. No contact data."""

import hashlib
from datetime import datetime, timedelta

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth.guard import requires
from certhub.blueprints.public import bp
from certhub.blueprints.public.forms import CodeForm, FileForm
from certhub.database import transaction
from certhub.queries import credentials
from certhub.rules.identifiers import normalise_verification_code
from certhub.rules.lockout import COMPARED_FILE, UNKNOWN_CODE, LockoutPolicy, wait_in_words
from certhub.rules.permissions import Permission
from certhub.services import throttle


class TooMany(Exception):
    """This network address has to wait before it asks again."""

    def __init__(self, until: datetime) -> None:
        super().__init__("too many tries")
        self.until = until


@bp.route("/verify", methods=["GET", "POST"])
@requires(Permission.PUBLIC_READ)
def verify() -> ResponseReturnValue:
    code_form = CodeForm(request.args if "code" in request.args else None)
    file_form = FileForm()
    if "code" in request.args and code_form.validate():
        code = normalise_verification_code(code_form.code.data)
        if code is not None:
            return redirect(url_for(".show", code=code))
        _count("verify-code", UNKNOWN_CODE)
        code_form.code.errors = ["That is not a complete code. Compare it letter by letter with the certificate."]
    if file_form.validate_on_submit():
        found = credentials.verify_bytes(_hash_of_upload(), on=clock.today())
        return render_template("public/file_result.html", found=found, today=clock.today())
    status = 422 if code_form.refused or file_form.refused else 200
    return render_template("public/verify.html", code_form=code_form, file_form=file_form), status


@bp.route("/verify/<string:code>", methods=["GET", "POST"])
@requires(Permission.PUBLIC_READ)
def show(code: str) -> ResponseReturnValue:
    found = credentials.verify(code, on=clock.today())
    if found is None:  # a right code is never counted and never waits, whatever others at its address did
        _count("verify-code", UNKNOWN_CODE)
        return render_template("public/unknown.html"), 404
    form = FileForm()
    same: bool | None = None
    if form.validate_on_submit():
        same = _hash_of_upload() == found.certificate.sha256
    return render_template(
        "public/certificate.html", found=found, form=form, same=same, today=clock.today()
    ), form.http_status


@bp.errorhandler(TooMany)
def ask_to_wait(problem: TooMany) -> ResponseReturnValue:
    now = clock.now()
    wait = wait_in_words(problem.until, now)
    answer = make_response(render_template("public/wait.html", wait=wait, until=problem.until), 429)
    answer.headers["Retry-After"] = str(max(1, -((now - problem.until) // timedelta(seconds=1))))
    return answer


def _count(purpose: str, policy: LockoutPolicy) -> None:
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


def _hash_of_upload() -> str:
    _count("verify-file", COMPARED_FILE)
    digest = hashlib.sha256()
    while chunk := request.files["file"].stream.read(1 << 16):
        digest.update(chunk)
    return digest.hexdigest()
