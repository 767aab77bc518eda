"""Reports of a fund year as CSV, streamed."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from flask import Response, stream_with_context

from certhub.documents.delimited import BYTE_ORDER_MARK, csv_text
from certhub.models.fund import FundYear
from certhub.rules.fiscal_years import fiscal_year_in_words as named


def csv_of_year(
    year: FundYear, what: str, heading: Sequence[str], rows: Iterable[Sequence[object]], *, today: date
) -> Response:
    """A report of a year as a file whose name says what it is and as of when."""

    def text() -> Iterator[str]:
        yield BYTE_ORDER_MARK
        yield from csv_text(heading, rows)

    answer = Response(stream_with_context(text()), mimetype="text/csv")
    name = f"{what}-{named(year.fiscal_year).lower()}-as-of-{today}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
