"""Lockout: some attempts are free, then the delay doubles up to a longest one."""

from datetime import UTC, datetime, timedelta

import pytest

from certhub.rules.lockout import (
    ACCOUNT,
    RESET_ACCOUNT,
    RESET_SOURCE,
    SOURCE,
    LockoutPolicy,
    counted,
    delay_after,
    source_of,
    wait_in_words,
)

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [
        (0, 0), (1, 0), (5, 0), (6, 30), (7, 60), (8, 120), (9, 240), (10, 480), (11, 960), (12, 1920), (13, 3600),
        (14, 3600), (1_000_000, 3600),
    ],
)  # fmt: skip
def test_five_failures_are_free_and_then_the_delay_doubles_up_to_an_hour(failures: int, seconds: int) -> None:
    assert delay_after(failures, ACCOUNT) == timedelta(seconds=seconds)


@pytest.mark.parametrize(("failures", "seconds"), [(100, 0), (101, 30), (102, 60), (105, 480), (106, 900), (500, 900)])
def test_a_place_may_fail_more_often_and_waits_a_quarter_of_an_hour_at_most(failures: int, seconds: int) -> None:
    assert delay_after(failures, SOURCE) == timedelta(seconds=seconds)


@pytest.mark.parametrize("policy", [ACCOUNT, SOURCE, RESET_ACCOUNT, RESET_SOURCE])
def test_the_delay_never_shrinks_and_is_over_before_the_failures_are_forgotten(policy: LockoutPolicy) -> None:
    delays = [delay_after(failures, policy) for failures in range(200)]
    assert delays == sorted(delays)
    assert delays[-1] == policy.longest < policy.forgotten_after


@pytest.mark.parametrize(
    ("quiet", "still_counted"),
    [(timedelta(0), 9), (timedelta(hours=24) - timedelta(seconds=1), 9), (timedelta(hours=24), 0)],
)
def test_failures_are_forgotten_after_a_quiet_day(quiet: timedelta, still_counted: int) -> None:
    assert counted(9, NOW - quiet, NOW, ACCOUNT) == still_counted


def test_without_a_failure_nothing_counts() -> None:
    assert counted(3, None, NOW, ACCOUNT) == 0


@pytest.mark.parametrize(
    ("wait", "words"),
    [
        (timedelta(milliseconds=1), "1 second"),
        (timedelta(seconds=30), "30 seconds"),
        (timedelta(seconds=29, milliseconds=1), "30 seconds"),
        (timedelta(seconds=60), "1 minute"),
        (timedelta(seconds=61), "2 minutes"),
        (timedelta(minutes=59, seconds=1), "1 hour"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(hours=11, minutes=1), "12 hours"),
    ],
)
def test_a_wait_is_told_rounded_up_so_that_nobody_comes_back_too_early(wait: timedelta, words: str) -> None:
    assert wait_in_words(NOW + wait, NOW) == words


@pytest.mark.parametrize(
    ("address", "source"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", "unknown"),
        ("not an address", "unknown"),
    ],
)
def test_one_customer_is_one_source(address: str, source: str) -> None:
    assert source_of(address) == source
