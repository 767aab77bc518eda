"""Whole addresses of pages, for mails that are written outside a request."""

from urllib.parse import urlsplit

from flask import Flask
from werkzeug.routing import BuildError

from certhub.queries.obligation_sources import SOURCES
from certhub.queries.obligation_sources.source import DueItem
from certhub.rules.reminder_policies import Audience
from certhub.services.digests import Link
from certhub.web.context import Running


def due_link(app: Flask) -> Link:
    """A function that knows where a reader acts on what is due; the first page for None."""
    running: Running = app.extensions["certhub"]
    base = urlsplit(running.settings.base_url)
    pages = app.url_map.bind(base.netloc, script_name=base.path or "/", url_scheme=base.scheme)

    def link(item: DueItem | None) -> str:
        if item is not None and item.audience is Audience.PAYER:
            return ""  # a payer has no account
        if item is not None:
            endpoint, values = SOURCES[item.kind].page(item)
            try:
                return pages.build(endpoint, values, force_external=True)
            except BuildError:  # an installation without that area: its first page shows what the reader may see
                pass
        return f"{running.settings.base_url}/"

    return link
