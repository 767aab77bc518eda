"""The PDF engines, and how one is chosen by its name in the settings."""

from certhub.documents.engines.engine import Engine, EngineUnavailable, PrintingFailed
from certhub.documents.engines.pdfkit_engine import PdfkitEngine
from certhub.documents.engines.typst_engine import TypstEngine

__all__ = ["Engine", "EngineUnavailable", "PdfkitEngine", "PrintingFailed", "TypstEngine", "engine_named"]


def engine_named(name: str, *, wkhtmltopdf: str = "wkhtmltopdf") -> Engine:
    """The engine that `CERTHUB_PDF_ENGINE` names; raises `EngineUnavailable` with a sentence for the operator.

    `wkhtmltopdf` is what `CERTHUB_WKHTMLTOPDF` says: the name of a program on the search path, or its whole path.
    """
    match name:
        case TypstEngine.name:
            return TypstEngine()
        case PdfkitEngine.name:
            return PdfkitEngine.found_on_this_machine(wkhtmltopdf)
    raise EngineUnavailable(f"CERTHUB_PDF_ENGINE={name} is not an engine: set it to typst or pdfkit.")
