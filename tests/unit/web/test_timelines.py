"""The line of time: every bar inside the drawing, in order, and all of it in words."""

from datetime import date

import pytest

from certhub.rules.status import Event, History, Period
from certhub.rules.vocabulary import StatusEventKind
from certhub.web.charts import WIDTH
from certhub.web.timelines import MOST_LETTERS, timeline

TODAY = date(2026, 11, 22)
FIRST = Period(date(2022, 9, 1), date(2024, 8, 31), date(2024, 10, 30))
WRONG = Period(date(2024, 9, 1), date(2026, 8, 31), date(2026, 10, 30))
RIGHT = Period(date(2024, 9, 1), date(2026, 12, 31), date(2027, 3, 1))
SUSPENDED = Event(StatusEventKind.SUSPENDED, date(2025, 3, 1))


def test_a_later_day_stands_further_right_and_everything_stands_inside() -> None:
    drawing = timeline("History", [("Then", History((WRONG, FIRST), (SUSPENDED,))), ("Now", History((RIGHT,)))], TODAY)

    then, now = drawing.bands
    assert [one.what for one in then.stretches] == ["Term", "Term", "Suspended"]
    assert then.stretches[1].start == now.stretches[0].start
    assert then.stretches[1].end < drawing.today < now.stretches[0].end
    places = [tick.x for tick in drawing.ticks] + [drawing.today]
    for one in (*then.stretches, *now.stretches):
        places += [one.start, one.end, one.late or one.end]
        assert one.y < drawing.height - 20
    assert all(0 < x < WIDTH for x in places)
    assert now.y > max(one.y for one in then.stretches)


def test_an_event_without_an_end_goes_on_to_the_edge() -> None:
    [band] = timeline("History", [("Now", History((FIRST,), (SUSPENDED,)))], TODAY).bands

    assert band.stretches[1].open_ended
    assert band.stretches[1].end > band.stretches[0].end
    assert band.stretches[1].days == "March 1, 2025 on"


@pytest.mark.parametrize("kind", StatusEventKind)
def test_the_words_over_a_bar_end_inside_the_drawing(kind: StatusEventKind) -> None:
    event = Event(kind, date(2024, 11, 20), date(2024, 12, 28))
    [band] = timeline("History", [("Now", History((FIRST,), (event,)))], TODAY).bands

    assert band.stretches[1].label.endswith(", Nov 20, 2024 – Dec 28, 2024")
    assert all(len(one.label) <= MOST_LETTERS for one in band.stretches)


def test_the_description_tells_all_that_is_drawn() -> None:
    drawing = timeline("History", [("Then", History()), ("Now", History((RIGHT,)))], TODAY)

    assert drawing.description == (
        "Then: nothing. Now: Term September 1, 2024 through December 31, 2026. Today is November 22, 2026."
    )


def test_many_years_have_labels_of_some_only() -> None:
    long = Period(date(1999, 1, 1), date(2030, 12, 31), date(2031, 3, 1))

    ticks = timeline("History", [("Now", History((long,)))], TODAY).ticks

    assert [tick.label for tick in ticks] == ["1999", "2006", "2013", "2020", "2027"]
