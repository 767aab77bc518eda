"""The tables, one module per aggregate. Typed and free of Flask; no queries, mail, addresses or access checks."""

from certhub.models import (
    accounts,
    audit,
    ce_audits,
    certification,
    exposures,
    files,
    imports,
    jobs,
    messages,
    parties,
    protection,
    standards,
    training,
)
from certhub.models.base import Base

__all__ = [
    "Base",
    "accounts",
    "audit",
    "ce_audits",
    "certification",
    "exposures",
    "files",
    "imports",
    "jobs",
    "messages",
    "parties",
    "protection",
    "standards",
    "training",
]
