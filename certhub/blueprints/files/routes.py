"""Downloading what was uploaded."""

from urllib.parse import quote

from flask import Response
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.files import bp
from certhub.database import transaction
from certhub.queries import files
from certhub.rules.permissions import Permission
from certhub.services import audit
from certhub.web.context import file_store


@bp.route("/files/<int:file_id>")
@requires(Permission.FILE_READ)
def download(file_id: int) -> ResponseReturnValue:
    file = files.one(viewer(), file_id)
    data = file_store().get(file.sha256)
    with transaction():
        audit.record_read(actor(), files.party_of(file), "file.read", at=clock.now())
    # Always as an attachment, and with the sniffed type: an upload is never shown as a page of this site.
    return Response(
        data,
        mimetype=file.media_type,
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.original_name)}"},
    )
