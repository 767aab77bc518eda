"""Write the head of the audit trail down outside the database, each day."""

from certhub import clock
from certhub.jobs.registry import Counts, JobProblem, Occasion, job
from certhub.services import audit_heads, audit_verification


@job("audit-head", schedule="30 5 * * *")
def keep_head(occasion: Occasion) -> Counts:
    """Write the head of the audit trail down outside the database, so that a tail that is cut off later is found."""
    file = occasion.settings.audit_heads_file
    before = audit_heads.last_kept(file)
    if before is not None and not audit_verification.runs_through(before):
        raise JobProblem(
            f"The audit trail does not run through entry {before.entries:,} as it was written down in {file.name}. "
            "Run certhub audit verify.",
            {},
        )
    head = audit_verification.head()
    if not occasion.dry_run:
        audit_heads.keep(file, head, at=clock.now())
    return {"entries": head.entries}
