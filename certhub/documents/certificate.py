"""Printing a certificate: the facts go in, and what comes out is ready for the record."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from certhub.documents.engines import Engine, PrintingFailed
from certhub.documents.facts import TEMPLATE_VERSION, CertificateFacts
from certhub.documents.fonts import uncovered_characters

PDF = "application/pdf"


@dataclass(frozen=True, slots=True)
class RenderedDocument:
    """The bytes, and what the record says about them."""

    data: bytes
    sha256: str
    media_type: str
    engine: str
    engine_version: str
    conformance: tuple[str, ...]
    template_version: str


def render(facts: CertificateFacts, engine: Engine) -> RenderedDocument:
    """The certificate for these facts.

    Raises `PrintingFailed` when the engine fails, and when a text holds a character that the fonts lack: a box or a
    gap on a certificate would be worse than none. Ask `uncovered_characters` first to tell the person in time.
    """
    for name, text in facts.texts().items():
        if unprintable := uncovered_characters(text):
            listed = ", ".join(f"U+{ord(character):04X}" for character in unprintable)
            raise PrintingFailed(f"The fonts of the certificate cannot print {listed} in its {name.replace('_', ' ')}.")
    data = engine.certificate(facts)
    return RenderedDocument(
        data=data,
        sha256=hashlib.sha256(data).hexdigest(),
        media_type=PDF,
        engine=engine.name,
        engine_version=engine.version,
        conformance=engine.conformance,
        template_version=TEMPLATE_VERSION,
    )


def render_all(batch: Iterable[CertificateFacts], engine: Engine) -> Iterator[RenderedDocument]:
    """The certificates of a batch, in its order, printed side by side on the cores of the machine.

    Both engines leave Python while they work, so threads are enough. Raises as `render` does, at the place of the
    certificate that failed.
    """
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1, thread_name_prefix="certificates") as printers:
        yield from printers.map(lambda facts: render(facts, engine), batch)
