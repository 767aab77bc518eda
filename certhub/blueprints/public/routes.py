"""Verification: the issued facts and today's status, and whether a file is the issued one. No contact data."""

import hashlib

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth.guard import requires
from certhub.blueprints.public import bp
from certhub.blueprints.public.forms import CodeForm, FileForm
from certhub.blueprints.public.waiting import count_in_vain
from certhub.queries import credentials
from certhub.rules.identifiers import normalise_verification_code
from certhub.rules.lockout import COMPARED_FILE, UNKNOWN_CODE
from certhub.rules.permissions import Permission


@bp.route("/verify", methods=["GET", "POST"])
@requires(Permission.PUBLIC_READ)
def verify() -> ResponseReturnValue:
    code_form = CodeForm(request.args if "code" in request.args else None)
    file_form = FileForm()
    if "code" in request.args and code_form.validate():
        code = normalise_verification_code(code_form.code.data)
        if code is not None:
            return redirect(url_for(".show", code=code))
        count_in_vain("verify-code", UNKNOWN_CODE)
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
        count_in_vain("verify-code", UNKNOWN_CODE)
        return render_template("public/unknown.html"), 404
    form = FileForm()
    same: bool | None = None
    if form.validate_on_submit():
        same = _hash_of_upload() == found.certificate.sha256
    return render_template(
        "public/certificate.html", found=found, form=form, same=same, today=clock.today()
    ), form.http_status


def _hash_of_upload() -> str:
    count_in_vain("verify-file", COMPARED_FILE)
    digest = hashlib.sha256()
    while chunk := request.files["file"].stream.read(1 << 16):
        digest.update(chunk)
    return digest.hexdigest()
