"""Where due dates come from: a source for each kind, in one module for each family of records."""

from collections.abc import Mapping

from certhub.queries.obligation_sources import (
    caseload,
    contracts,
    credentials,
    education,
    filings,
    fund,
    hearings,
    invoices,
    licences,
    oversight,
    papers,
    reviews,
    sessions,
    signed_statements,
)
from certhub.queries.obligation_sources.source import Source
from certhub.rules.reminder_policies import ObligationKind

_FAMILIES = (
    credentials, licences, papers, education, sessions, signed_statements, contracts, oversight, caseload, filings,
    invoices, fund, reviews, hearings,
)  # fmt: skip

SOURCES: Mapping[ObligationKind, Source] = {one.kind: one for family in _FAMILIES for one in family.SOURCES}
"""The only place that says which code knows which kind of due date."""
