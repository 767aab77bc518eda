"""What refusals are about, and how long a message is tried."""

from datetime import timedelta

import pytest

from certhub import config
from certhub.notifications.transports import LONGEST_SENDING
from certhub.rules.mail_attempts import Meaning, gives_up, meaning, meaning_of_report, pause_after
from tests.conftest import SECRET_KEY


@pytest.mark.parametrize(
    ("code", "status", "about"),
    [
        (450, "4.2.1", Meaning.LATER), (451, "", Meaning.LATER), (421, "4.7.0", Meaning.LATER),
        (550, "5.1.1", Meaning.ADDRESS), (550, "5.1.10", Meaning.ADDRESS), (556, "5.1.2", Meaning.ADDRESS),
        (550, "5.2.1", Meaning.ADDRESS), (552, "5.2.2", Meaning.ADDRESS),
        (552, "5.2.3", Meaning.MESSAGE), (552, "5.3.4", Meaning.MESSAGE), (554, "5.6.0", Meaning.MESSAGE),
        (550, "", Meaning.MESSAGE), (553, "", Meaning.MESSAGE),
        (550, "5.7.1", Meaning.SENDER), (554, "5.7.26", Meaning.SENDER), (530, "5.7.0", Meaning.SENDER),
        (530, "", Meaning.SENDER), (535, "", Meaning.SENDER), (550, "5.4.5", Meaning.SENDER),
        (553, "5.1.8", Meaning.SENDER), (501, "5.1.7", Meaning.SENDER), (554, "", Meaning.SENDER),
        (503, "5.5.1", Meaning.SENDER), (550, "5.0.0", Meaning.SENDER),
    ],
)  # fmt: skip
def test_only_an_answer_about_the_address_is_about_the_address(code: int, status: str, about: Meaning) -> None:
    assert meaning(code, status) is about


@pytest.mark.parametrize(
    ("status", "about"),
    [
        ("5.1.1", Meaning.ADDRESS), ("5.2.1", Meaning.ADDRESS), ("4.2.2", Meaning.ADDRESS),
        ("5.2.3", Meaning.MESSAGE), ("5.3.4", Meaning.MESSAGE), ("", Meaning.MESSAGE),
        ("5.7.1", Meaning.SENDER), ("4.7.1", Meaning.SENDER), ("5.4.7", Meaning.SENDER), ("4.4.7", Meaning.SENDER),
        ("5.0.0", Meaning.SENDER),
    ],
)  # fmt: skip
def test_a_report_is_about_the_address_only_where_its_status_says_so(status: str, about: Meaning) -> None:
    assert meaning_of_report(status) is about


@pytest.mark.parametrize(
    ("attempts", "days", "ends"), [(11, 30, False), (12, 4, False), (12, 5, True), (28, 4, False), (28, 6, True)]
)
def test_a_message_is_given_up_by_its_age_and_after_all_its_tries(attempts: int, days: int, ends: bool) -> None:
    assert gives_up(attempts, timedelta(days=days)) is ends


def test_the_pauses_double_up_to_six_hours() -> None:
    assert [pause_after(attempts) for attempts in (1, 2, 3, 9)] == [timedelta(minutes=m) for m in (1, 2, 4, 256)]
    assert pause_after(10) == pause_after(500) == timedelta(hours=6)


def test_no_setting_lets_a_message_be_in_doubt_while_it_can_still_be_sent() -> None:
    least = config.load({}, secret_key=SECRET_KEY).mail_in_doubt_minutes
    assert timedelta(minutes=least) > LONGEST_SENDING
    with pytest.raises(config.SettingsError, match="MAIL_IN_DOUBT_MINUTES"):
        config.load({"CERTHUB_MAIL_IN_DOUBT_MINUTES": str(least - 1)}, secret_key=SECRET_KEY)
