"""Remove what writers of files left behind that were killed."""

from datetime import timedelta

from certhub import clock
from certhub.filestore import FolderStore
from certhub.jobs.registry import Counts, Occasion, job

_WRITTEN_BY_THEN = timedelta(days=1)


@job("file-store", schedule="20 5 * * *")
def sweep(occasion: Occasion) -> Counts:
    """Remove pieces of files whose writing was cut off; the files that records name stay."""
    store, before = FolderStore(occasion.settings.files_dir), clock.now() - _WRITTEN_BY_THEN
    if occasion.dry_run:
        left = store.left_behind(written_before=before)
        return {"would remove": left} if left else {}
    gone = store.sweep(written_before=before)
    return {"removed": gone} if gone else {}
