"""Downloading what was uploaded."""

from urllib.parse import quote

from flask import Response
from flask.typing import ResponseReturnValue

from certhub.auth.guard import requires, viewer
from certhub.blueprints.files import bp
from certhub.queries import files
from certhub.rules.permissions import Permission
from certhub.web.context import file_store


@bp.route("/files/<int:file_id>")
@requires(Permission.FILE_READ)
def download(file_id: int) -> ResponseReturnValue:
    file = files.one(viewer(), file_id)
    data = file_store().get(file.sha256)
    # Always as an attachment, and with the sniffed type: an upload is never shown as a page of this site.
    return Response(
        data,
        mimetype=file.media_type,
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.original_name)}"},
    )
