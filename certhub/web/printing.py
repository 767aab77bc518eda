"""A letter or a transcript as a download."""

from flask import Response, flash, redirect
from flask.typing import ResponseReturnValue

from certhub.documents.letter import Paper


def download_of(paper: Paper, name: str, *, page: str) -> ResponseReturnValue:
    """The paper as a PDF file; back to its page where it holds letters that the PDF cannot show."""
    if unprintable := paper.unprintable():
        flash(f"The PDF cannot show these letters: {' '.join(unprintable)}. Print this page instead.", "warning")
        return redirect(page)
    return Response(
        paper.printed(),
        mimetype="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}.pdf"'},
    )
