"""What somebody's private calendar holds, in words: whoever has its address can read just that."""

from certhub.rules.permissions import Permission, Viewer, is_coordinator, is_employer, manages_fund, may, works_for_dph

_JOIN = "and the link to join online"


def contents_in_words(viewer: Viewer) -> tuple[str, ...]:
    """A sentence for each kind of event that is in the viewer's calendar; none where nothing is."""
    return tuple(one for one in (_meetings(viewer), _sessions(viewer), _deadlines(viewer)) if one)


def _deadlines(viewer: Viewer) -> str:
    if is_coordinator(viewer):
        return "What falls due for you: the day and what kind of thing it is, such as a credential. No numbers."
    if manages_fund(viewer):
        return "Invoices of vendors that wait for DPH: day and number."
    if may(viewer, Permission.APPLICATION_REVIEW):
        return "Applications that you review: the day of the next step, without names."
    if works_for_dph(viewer):
        return ""
    if viewer.party_id is None:
        return ""
    of_people = " For your people: the day and what kind of thing it is, without names." if is_employer(viewer) else ""
    return f"What falls due for your organization: the day and what it is.{of_people}"


def _meetings(viewer: Viewer) -> str:
    if not may(viewer, Permission.CONVENING_READ):
        return ""
    which = "State meetings for your region or the whole state, and others that you come to"
    return f"{which if is_coordinator(viewer) else 'All state meetings'}: title, time, place, agenda {_JOIN}."


def _sessions(viewer: Viewer) -> str:
    told = "course, time, place, trainers, notes"
    if is_coordinator(viewer):
        return f"Training sessions in which you have a seat: {told} {_JOIN}."
    if is_employer(viewer):
        return f"Training sessions in which your people have a seat: {told}. Neither names nor the link to join."
    if not may(viewer, Permission.SESSION_RUN):
        return ""
    which = "All training sessions" if works_for_dph(viewer) else "Training sessions of your program"
    return f"{which}: {told} {_JOIN}. Participants are not named."
