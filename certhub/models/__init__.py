"""The tables, one module per aggregate. Typed and free of Flask; no queries, mail, addresses or access checks."""

from certhub.models import (
    accounts,
    audit,
    certification,
    due_process,
    files,
    imports,
    jobs,
    medical_home,
    messages,
    orders,
    parties,
    protection,
    references,
    review,
    standards,
    training,
)
from certhub.models.base import Base

__all__ = [
    "Base",
    "accounts",
    "audit",
    "certification",
    "due_process",
    "files",
    "imports",
    "jobs",
    "medical_home",
    "messages",
    "orders",
    "parties",
    "protection",
    "references",
    "review",
    "standards",
    "training",
]
