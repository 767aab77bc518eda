"""Why a reminder was not sent, in the words that the ledger keeps; what a source of due dates adds is with it."""

NEARER = "a nearer reminder took its place"
NOT_WATCHED = "before CertHub watched this date"
ADDED_LATER = "its day had passed when this step was added"
OFF = "reminders of this kind were switched off"
MERGED = "the same address was told of it in another role"
LEFT = "no longer employed"
NOBODY = "no e-mail address is known"
