"""Whole addresses of pages, for mails that are written outside a request."""

from urllib.parse import urlsplit

from flask import Flask
from werkzeug.routing import BuildError

from certhub.queries.obligations import DueItem
from certhub.rules.reminder_policies import ON_PAPER, Audience, ObligationKind
from certhub.rules.vocabulary import SubjectType
from certhub.services.digests import Link
from certhub.web.context import Running


def due_link(app: Flask) -> Link:
    """A function that knows where a reader acts on what is due; the first page for None."""
    running: Running = app.extensions["certhub"]
    base = urlsplit(running.settings.base_url)
    pages = app.url_map.bind(base.netloc, script_name=base.path or "/", url_scheme=base.scheme)

    def link(item: DueItem | None) -> str:
        if item is not None:
            endpoint, values = _page_of(item)
            try:
                return pages.build(endpoint, values, force_external=True)
            except BuildError:  # an installation without that area: its first page shows what the reader may see
                pass
        return f"{running.settings.base_url}/"

    return link


def _page_of(item: DueItem) -> tuple[str, dict[str, int]]:
    if item.kind is ObligationKind.CE_PROOF:
        return "ce_audits.holder", {"selection_id": item.subject_id}
    if item.kind in ON_PAPER and item.audience is not Audience.DPH:
        return "applications.newer_paper", {"evidence_id": item.subject_id}
    area = "coordinators" if item.party_kind is SubjectType.COORDINATOR else "organizations"
    return f"{area}.show", {"party_id": item.party_id}
