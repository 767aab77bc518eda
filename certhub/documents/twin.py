"""The certificate as accessible HTML: the same words as the PDF, for the web page and for the pdfkit engine."""

import functools
from base64 import b64encode
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from certhub.config import shipped
from certhub.documents.artwork import border_svg, qr_svg, seal_svg
from certhub.documents.facts import CertificateFacts
from certhub.documents.wording import wording

STYLESHEET = Path(__file__).parent.parent / "static" / "certificate.css"


def certificate_body(facts: CertificateFacts, *, heading_level: int = 1) -> Markup:
    """The certificate as one `<article>` without any style or script of its own, for a page under a strict CSP.

    The page links `static/certificate.css`, and has no other h1 unless it asks for `heading_level=2`.
    """
    printed = _templates().get_template("certificate_body.html").render(**_context(facts, heading_level))
    return Markup(printed)  # noqa: S704  (our own template, autoescaped)


def certificate_html(facts: CertificateFacts, *, zoom: float = 1) -> str:
    """The certificate as a page that stands alone, with its style inside: what the pdfkit engine prints.

    `zoom` enlarges all of it, for an engine that prints CSS lengths too small.
    """
    return (
        _templates()
        .get_template("certificate.html")
        .render(
            **_context(facts, 1),
            stylesheet=_stylesheet(),
            zoom=zoom,
            border=f"data:image/svg+xml;base64,{b64encode(border_svg().encode()).decode()}",
        )
    )


def _context(facts: CertificateFacts, heading_level: int) -> dict[str, object]:
    # The drawings are our own files and the output of segno, so they are markup; every word is escaped.
    return {
        "words": wording(facts),
        "heading_level": heading_level,
        "seal": Markup(seal_svg()),  # noqa: S704  (our own drawing)
        "qr": Markup(qr_svg(facts.verification_url)),  # noqa: S704  (segno draws it: a path, no text)
    }


@functools.cache
def _stylesheet() -> Markup:
    return Markup(STYLESHEET.read_text(encoding="utf-8"))  # noqa: S704  (our own stylesheet)


@functools.cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(shipped("templates") / "documents"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
