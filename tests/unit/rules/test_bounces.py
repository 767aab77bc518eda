"""What the reports of mail servers say, in the form of RFC 3464 and in the words of servers that have none."""

import pytest

from certhub.rules.bounces import MOST_BYTES, NotAReport, Report, read

ID = "<msg-7-0123456789abcdef0123456789abcdef@certhub.example>"
ORIGINAL = f"From: CertHub <c@example.org>\r\nMessage-ID: {ID}\r\nSubject: A date\r\n"


def in_form(action: str, status: str, original: str = ORIGINAL, *, kind: str = "text/rfc822-headers") -> bytes:
    return (
        "From: MAILER-DAEMON@mx.example.org\r\nSubject: Report\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nIn words.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.org\r\n\r\n"
        f"Final-Recipient: rfc822; ana@example.org\r\nAction: {action}\r\nStatus: {status}\r\n\r\n"
        f"--b\r\nContent-Type: {kind}\r\n\r\n{original}\r\n--b--\r\n"
    ).encode()


def in_words(subject: str, body: str, *headers: str) -> bytes:
    named = headers or ("From: Mail Delivery System <mailer-daemon@mx.example.org>",)
    return ("\r\n".join((*named, f"Subject: {subject}")) + f"\r\n\r\n{body}\r\n").encode()


@pytest.mark.parametrize(
    ("raw", "permanent", "code"),
    [
        (in_form("failed", "5.1.1"), True, "5.1.1"),
        (in_form("failed", "4.4.7 (gave up)"), True, "4.4.7"),
        (in_form("Failed", "5.2.2", kind="message/rfc822"), True, "5.2.2"),
        (in_form("delayed", "4.4.1"), False, "4.4.1"),
        (in_words("Undelivered Mail Returned to Sender", f"550 5.1.1 no such user\n{ORIGINAL}"), True, "5.1.1"),
        (in_words("failure notice", f"<ana@example.org>: host mx[5.1.1.20] said 550 no\n{ORIGINAL}"), True, ""),
        (
            in_words("failure notice", f"said 250 2.1.0 Ok, then 451 4.7.1 wait, then 550 5.7.1.\n{ORIGINAL}"),
            True,
            "5.7.1",
        ),
        (in_words("failure notice", f"Hi. This is the qmail-send program.\n{ORIGINAL}"), True, ""),
        (in_words("Hello", ORIGINAL, "From: x@example.org", "X-Failed-Recipients: ana@example.org"), True, ""),
        (in_words("Undeliverable: A date", "Sorry", "From: postmaster@example.org", f"In-Reply-To: {ID}"), True, ""),
        (in_words("Warning: message delayed", f"could not be delivered yet 4.4.1\n{ORIGINAL}"), False, "4.4.1"),
    ],
)
def test_a_report_says_which_message_came_back_or_is_late(raw: bytes, permanent: bool, code: str) -> None:
    assert read(raw) == Report(ID, 7, permanent, code)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "not a report"),
        (bytes(range(256)) * 40, "not a report"),
        (b"x" * (MOST_BYTES + 1), "too large"),
        (in_form("delivered", "2.0.0"), "nothing went wrong"),
        (in_form("failed", "5.1.1", "Message-ID: <somebody-else@example.org>\r\n"), "does not name a message"),
        (
            in_words("Away", ORIGINAL, "From: ana@example.org", "Auto-Submitted: auto-replied"),
            "automatic answer",
        ),
        (in_words("Undeliverable", ORIGINAL, "From: ana@example.org"), "not a report"),
        (in_words("Undelivered", "no number in it"), "does not name a message"),
    ],
)
def test_what_is_no_report_about_our_mail_is_refused_in_a_sentence(raw: bytes, why: str) -> None:
    with pytest.raises(NotAReport, match=why):
        read(raw)


def test_a_message_with_very_many_parts_is_refused() -> None:
    parts = "--b\r\nContent-Type: text/plain\r\n\r\nx\r\n" * 300
    raw = f'Content-Type: multipart/report; boundary="b"\r\n\r\n{parts}--b--\r\n'.encode()
    with pytest.raises(NotAReport, match="too many parts"):
        read(raw)
