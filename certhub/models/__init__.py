"""The tables, one module per aggregate. Typed and free of Flask; no queries, mail, addresses or access checks."""

from certhub.models import (
    accounts,
    audit,
    certification,
    files,
    imports,
    jobs,
    messages,
    parties,
    protection,
    references,
    standards,
    training,
)
from certhub.models.base import Base

__all__ = [
    "Base",
    "accounts",
    "audit",
    "certification",
    "files",
    "imports",
    "jobs",
    "messages",
    "parties",
    "protection",
    "references",
    "standards",
    "training",
]
