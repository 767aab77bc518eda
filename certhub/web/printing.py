"""A letter as a download."""

from flask import Response, flash, redirect
from flask.typing import ResponseReturnValue

from certhub.documents.letter import Letter, printed


def download_of(letter: Letter, name: str, *, page: str) -> ResponseReturnValue:
    """The letter as a PDF file; back to its page where it holds letters that the PDF cannot show."""
    if unprintable := letter.unprintable():
        flash(f"The PDF cannot show these letters: {' '.join(unprintable)}. Print this page instead.", "warning")
        return redirect(page)
    return Response(
        printed(letter),
        mimetype="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}.pdf"'},
    )
