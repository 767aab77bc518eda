"""Why a reminder was not sent or did not arrive, in the words of the ledger; what a source of dates adds is with it."""

NEARER = "a nearer reminder took its place"
NOT_WATCHED = "before CertHub watched this date"
ADDED_LATER = "its day had passed when this step was added"
OFF = "reminders of this kind were switched off"
MERGED = "the same address was told of it in another role"
LEFT = "no longer employed"
NOBODY = "no e-mail address is known"
NO_ADDRESS = "no e-mail address is known for this reader"
UNASSIGNED = "nobody at DPH has it yet"
NOT_THEIRS = "the reader was no longer to be told of it"
OPTED_OUT = "the reader opted out of this kind of mail"
NOT_TAKEN = "the message could not be sent"
NOT_PREPARED = "the message could not be prepared"
CAME_BACK = "the message came back"

_EXPLAINED = {
    NEARER: "A reminder with a later day had come up before this one could leave. Only the nearest one is sent.",
    NOT_WATCHED: "Its day was before CertHub began to watch dates of this kind. What lies before is never told.",
    ADDED_LATER: "DPH added this step to the policy after its day. What lies before a change is never told.",
    OFF: "DPH had switched off reminders of this kind.",
    MERGED: "The same address was told of it once already, in another role.",
    LEFT: "The employment had ended. Reminders stop with it.",
    OPTED_OUT: "The reader had opted out of courtesies of this kind. They can be chosen again under My mail.",
    UNASSIGNED: "It was to go to the reviewer who has it, and nobody at DPH had taken it up.",
    NOT_THEIRS: (
        "When the message was to leave, the reader was no longer the one to be told: the account was closed, the "
        "employment had ended, somebody else had the matter, or the address had changed. Whoever is told now is "
        "told instead."
    ),
    NOBODY: "No account and no e-mail address was known for anybody who is to hear of it.",
    NO_ADDRESS: "Others were told. For this reader no account and no e-mail address was known.",
    NOT_TAKEN: (
        "The mail server did not take the message. Check that the address is right. DPH sees what the server said, and "
        "can send the message again."
    ),
    NOT_PREPARED: (
        "CertHub could not write the message, and gave up after days of trying. That is a fault of CertHub, not of the "
        "address. DPH can send the message again once the fault is mended."
    ),
    CAME_BACK: (
        "A mail server took the message and later sent it back. Check that the address is right and that its mailbox "
        "is not full. DPH sees the report, and can send the message again."
    ),
}


def in_words(reason: str) -> str:
    """The sentence for a reason of the ledger."""
    return _EXPLAINED.get(reason) or f"It was not needed: {reason}."
