"""The texts that people sign, by id and version; they ship with CertHub and never change once in use."""

import functools
import hashlib
import importlib.resources
import tomllib
from dataclasses import dataclass

from certhub.rules.drift import FactKind


@dataclass(frozen=True, slots=True)
class SignedText:
    """One version of an attestation, an agreement, or the consent to sign on the screen."""

    id: str
    version: int
    title: str
    text: str
    rests_on: tuple[FactKind, ...] = ()
    """The facts on file that a signature under it rests on."""

    @property
    def seen(self) -> str:
        """What a form sends back of the text that it showed: a signature is for these words and no others."""
        return f"{self.id} {self.version} {self.sha256}"

    @property
    def sha256(self) -> str:
        """The hash of what is signed, which tells later that the text is still the same."""
        return hashlib.sha256(f"{self.title}\n{self.text.strip()}".encode()).hexdigest()

    def paragraphs(self) -> list[tuple[str, list[str]]]:
        """The text as (sentence, list items) so that a page can set lists as lists."""
        found: list[tuple[str, list[str]]] = []
        for line in (line.strip() for line in self.text.strip().splitlines()):
            if line.startswith("- ") and found:
                found[-1][1].append(line.removeprefix("- "))
            elif line:
                found.append((line, []))
        return found


def signed_text(text_id: str, version: int) -> SignedText:
    """The text that a requirement asks to sign. Raises `KeyError` where the standard names one that is not shipped."""
    return _texts()[text_id, version]


def is_known(text_id: str, version: int) -> bool:
    """Whether CertHub has a text to sign under this id and version."""
    return (text_id, version) in _texts()


@functools.cache
def _texts() -> dict[tuple[str, int], SignedText]:
    source = importlib.resources.files("certhub.data").joinpath("attestations.toml").read_text(encoding="utf-8")
    return {
        (one["id"], one["version"]): SignedText(
            one["id"],
            one["version"],
            one["title"],
            one["text"],
            tuple(FactKind(name) for name in one.get("rests_on", ())),
        )
        for one in tomllib.loads(source)["texts"]
    }
