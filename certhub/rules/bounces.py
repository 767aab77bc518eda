"""Reports of mail servers about a message that they could not deliver: what they say, and about which of ours.

RFC 3464 gives them a form (multipart/report with message/delivery-status). Many servers still write in words; from
those as much is taken as is certain: our own Message-ID, and that the message came back.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.policy import compat32

MOST_BYTES = 5 * 1024 * 1024
"""The largest report that is read: our own messages, which come back with it, are far smaller."""

_OURS = re.compile(r"<msg-([0-9]{1,18})-[0-9a-f]{32}@[A-Za-z0-9.\-]{1,253}>")
_CODE = re.compile(r"(?<![0-9.])([245])\.([0-9]{1,3})\.([0-9]{1,3})(?!\.?[0-9])")
"""A status, and no part of an IP address."""
_CAME_BACK = re.compile(
    r"undeliver|delivery (?:status notification \(failure\)|failed|failure)|mail delivery failed|returned mail"
    r"|returned to sender|failure notice|could not be delivered|delivery has failed|message not delivered",
    re.IGNORECASE,
)
_STILL_TRYING = re.compile(r"delay|still being retried|will be retried|warning|\(delay\)", re.IGNORECASE)
_MOST_PARTS = 200
_LONGEST_TEXT = 200_000


class NotAReport(ValueError):
    """This is no report about a message of ours; the sentence says why, without repeating anything of it."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a mail server reports about one of our messages."""

    message_id: str
    number: int
    """The number of the message in the outbox, as its Message-ID says."""
    permanent: bool
    """Whether the message came back; otherwise it is only late."""
    code: str
    """The enhanced status code (RFC 3463), such as 5.1.1; empty where none was given."""


def read(raw: bytes) -> Report:
    """What `raw`, a whole e-mail, reports. Raises `NotAReport`."""
    if len(raw) > MOST_BYTES:
        raise NotAReport("The message is too large for a report of a mail server.")
    try:
        mail = message_from_bytes(raw, policy=compat32)
        parts = _parts(mail)
        found = _in_form(parts) or _in_words(mail, parts)
        if found is None:
            raise NotAReport("The message is not a report about mail that could not be delivered.")
        permanent, code = found
        message_id = _original(mail, parts)
    except NotAReport:
        raise
    except (ValueError, LookupError, AttributeError, TypeError, RecursionError) as problem:
        raise NotAReport("The message cannot be read as an e-mail.") from problem
    if message_id is None:
        raise NotAReport("The report does not name a message that CertHub has sent.")
    return Report(message_id[0], int(message_id[1]), permanent, code)


def _parts(mail: Message) -> list[Message]:
    parts: list[Message] = []
    for part in mail.walk():
        if len(parts) >= _MOST_PARTS:
            raise NotAReport("The message has too many parts for a report of a mail server.")
        parts.append(part)
    return parts


def _in_form(parts: list[Message]) -> tuple[bool, str] | None:
    """What the fields for each recipient say, the worst first. Raises `NotAReport` where they tell of no problem."""
    status = next((part for part in parts if part.get_content_type() == "message/delivery-status"), None)
    if status is None:
        return None
    blocks = [block for block in (status.get_payload() if status.is_multipart() else []) if isinstance(block, Message)]
    told = [
        (str(block.get("Action", "")).strip().lower(), _code(str(block.get("Status", ""))))
        for block in blocks
        if block.get("Action")
    ]
    for action, code in told:
        if action == "failed":
            return True, code
    for action, code in told:
        if action == "delayed":
            return False, code
    if told:
        raise NotAReport("The report says that nothing went wrong.")
    return None


def _in_words(mail: Message, parts: list[Message]) -> tuple[bool, str] | None:
    """What a report without the form of RFC 3464 says, where it is certain that it is one."""
    if str(mail.get("Auto-Submitted", "")).lower().startswith("auto-replied") and not mail.get("X-Failed-Recipients"):
        raise NotAReport("The message is an automatic answer, not a report of a mail server.")
    sender = str(mail.get("From", "")).lower()
    from_server = (
        "mailer-daemon" in sender or "postmaster" in sender or str(mail.get("Return-Path", "")).strip() == "<>"
    )
    if not from_server and not mail.get("X-Failed-Recipients"):
        return None
    words = f"{mail.get('Subject', '')}\n" + "\n".join(_texts(parts))
    if mail.get("X-Failed-Recipients") or _CAME_BACK.search(words):
        late = _STILL_TRYING.search(str(mail.get("Subject", ""))) is not None
        return not late, _worst_code(words)
    return None


def _original(mail: Message, parts: list[Message]) -> tuple[str, str] | None:
    """Our Message-ID: of the message that came back, of what the report answers, or anywhere in its words."""
    for part in parts[1:]:
        if part.get_content_type() in ("message/rfc822", "text/rfc822-headers"):
            inner = part.get_payload(0) if part.is_multipart() else None
            text = str(inner.get("Message-ID", "")) if isinstance(inner, Message) else _text(part)
            if found := _OURS.search(text):
                return found.group(0), found.group(1)
    named = [str(mail.get(name, "")) for name in ("In-Reply-To", "References", "X-Original-Message-ID")]
    named += [str(part.get("Message-ID", "")) for part in parts[1:]]
    for text in (*named, *_texts(parts)):
        if found := _OURS.search(text):
            return found.group(0), found.group(1)
    return None


def _texts(parts: list[Message]) -> Iterator[str]:
    for part in parts:
        if not part.is_multipart() and part.get_content_type() in ("text/plain", "text/html", "text/rfc822-headers"):
            yield _text(part)


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    return payload[:_LONGEST_TEXT].decode("utf-8", "replace") if isinstance(payload, bytes) else ""


def _worst_code(text: str) -> str:
    """The first status of a refusal; what a server also said of a step that went well tells nothing."""
    found = sorted((one.group(0) for one in _CODE.finditer(text)), key=lambda code: -int(code[0]))
    return found[0] if found and not found[0].startswith("2") else ""


def _code(text: str) -> str:
    found = _CODE.search(text)
    return found.group(0) if found else ""
