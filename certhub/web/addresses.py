"""Whole addresses of pages, for mails that are written outside a request."""

from urllib.parse import urlsplit

from flask import Flask
from werkzeug.routing import BuildError

from certhub.rules.vocabulary import SubjectType
from certhub.services.digests import Link
from certhub.web.context import Running


def party_link(app: Flask) -> Link:
    """A function that knows the address of each party's page; of the first page for None."""
    running: Running = app.extensions["certhub"]
    base = urlsplit(running.settings.base_url)
    pages = app.url_map.bind(base.netloc, script_name=base.path or "/", url_scheme=base.scheme)

    def link(kind: SubjectType | None, party_id: int) -> str:
        try:
            if kind is SubjectType.COORDINATOR:
                return pages.build("coordinators.show", {"party_id": party_id}, force_external=True)
            if kind is not None:
                return pages.build("organizations.show", {"party_id": party_id}, force_external=True)
        except BuildError:  # an installation without that area: its first page shows what the reader may see
            pass
        return f"{running.settings.base_url}/"

    return link
