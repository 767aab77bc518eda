"""What every PDF engine offers, and how it says that it cannot."""

from typing import Protocol

from certhub.documents.facts import CertificateFacts


class EngineUnavailable(RuntimeError):
    """The chosen engine cannot work on this machine; the message is one sentence for the operator."""


class PrintingFailed(RuntimeError):
    """The engine could not make the document; nothing was issued."""


class Engine(Protocol):
    """Something that prints a certificate as a PDF."""

    @property
    def name(self) -> str:
        """The name in the settings and in the record of each document."""

    @property
    def version(self) -> str:
        """The version of the software that printed, for the record."""

    @property
    def conformance(self) -> tuple[str, ...]:
        """The standards that its documents meet, for example ("PDF/A-2a", "PDF/UA-1")."""

    def certificate(self, facts: CertificateFacts) -> bytes:
        """The certificate as a PDF; raises `PrintingFailed`."""
