"""The transcript of a coordinator: the page, and the files that the person takes along."""

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth.guard import requires, viewer
from certhub.blueprints.coordinators import bp
from certhub.documents.delimited import BYTE_ORDER_MARK, csv_text
from certhub.queries import coordinators, files, transcript_files, transcripts
from certhub.queries.transcripts import Transcript
from certhub.rules.permissions import Permission
from certhub.rules.transcript import hours_table
from certhub.web.charts import hours_chart
from certhub.web.printing import download_of

MOST_SHOWN = 300
"""Entries on one page; the files have all."""


@bp.route("/<int:party_id>/transcript")
@requires(Permission.PARTY_READ)
def transcript(party_id: int) -> ResponseReturnValue:
    found = _asked(party_id)
    if found.person.id != party_id:  # the record of the same person that absorbed this one
        return redirect(url_for(".transcript", party_id=found.person.id))
    rows = found.rows
    return render_template(
        "coordinators/transcript.html",
        transcript=found,
        person=found.person,
        hours_rows={one.requirement.code: hours_table(one) for one in found.accounts},
        charts={one.requirement.code: hours_chart(one) for one in found.accounts if one.tally and one.asked},
        shown={row.entry.completion.id for row in rows[:MOST_SHOWN]},
        left_out=max(len(rows) - MOST_SHOWN, 0),
        readable=files.readable(viewer(), [row.entry.completion.file_id for row in rows]),
        is_present=found.choice is found.choices[0],
    )


@bp.route("/<int:party_id>/transcript.csv")
@requires(Permission.PARTY_READ)
def transcript_csv(party_id: int) -> ResponseReturnValue:
    found = _asked(party_id)
    rows = (transcript_files.cells(found, row) for row in found.rows)
    return Response(
        BYTE_ORDER_MARK + "".join(csv_text(transcript_files.heading(found), rows)),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{_name(found)}.csv"'},
    )


@bp.route("/<int:party_id>/transcript.pdf")
@requires(Permission.PARTY_READ)
def transcript_pdf(party_id: int) -> ResponseReturnValue:
    found = _asked(party_id)
    page = url_for(".transcript", party_id=found.person.id, term=found.choice.key)
    return download_of(transcript_files.paper_of(found), _name(found), page=page)


def _asked(party_id: int) -> Transcript:
    person = coordinators.one(viewer(), party_id)
    return transcripts.of(viewer(), person, on=clock.today(), term=request.args.get("term", ""))


def _name(found: Transcript) -> str:
    """The name of the file, without the person's."""
    return f"transcript-{found.number or found.person.id}-{found.made_on}"
