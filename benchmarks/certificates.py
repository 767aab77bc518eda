"""Goal 6: 200 tagged certificates with a QR code, printed side by side and issued one by one through the service."""

import time
from collections.abc import Iterator, Sequence
from itertools import islice

from sqlalchemy import select

from benchmarks.databases import Database, copied
from benchmarks.results import Measure
from certhub import clock
from certhub.database import db, transaction
from certhub.documents.certificate import render, render_all
from certhub.documents.facts import CertificateFacts
from certhub.documents.fonts import uncovered_characters
from certhub.models.certification import CredentialPeriod
from certhub.rules.identifiers import new_verification_code
from certhub.services import certificates
from certhub.services.audit import SystemActor
from certhub.services.certificates import Press
from certhub.web.context import Running

ACTOR = SystemActor("benchmark")
LIMIT_SECONDS = 3.0


def measure(database: Database, address: str | None, *, quick: bool) -> Iterator[Measure]:
    """Print the certificates of so many periods, then issue those of others in a copy of the state."""
    wanted = 4 if quick else 200
    with copied(database, address) as copy:
        app = copy.app()
        with app.app_context():
            running: Running = app.extensions["certhub"]
            press = Press(
                engine=running.engine, store=running.files, base_url="https://certhub.example.org",
                signatory_name=running.settings.signatory_name, signatory_title=running.settings.signatory_title,
            )  # fmt: skip
            periods = list(islice(_periods(), 2 * wanted))
            to_print, to_issue = periods[:wanted], periods[wanted : 2 * wanted]
            facts = [_facts(period, place, press) for place, period in enumerate(to_print)]
            render(facts[0], press.engine)  # the fonts are loaded once in the life of a process

            began = time.perf_counter()
            printed = list(render_all(facts, press.engine))
            seconds = time.perf_counter() - began
            sizes = [len(document.data) for document in printed]
            yield Measure(
                "6", f"{wanted} certificates printed", copy.kind, seconds, "s", LIMIT_SECONDS,
                details={"conformance": list(printed[0].conformance), "bytes_each": sum(sizes) // len(sizes)},
            )  # fmt: skip
            yield Measure(
                "6", f"{wanted} certificates issued one by one", copy.kind, _issued(to_issue, press), "s", None
            )
            db.session.remove()
            db.engine.dispose()


def _periods() -> Iterator[CredentialPeriod]:
    """Periods whose holders' names the fonts can print."""
    for period in db.session.scalars(select(CredentialPeriod).order_by(CredentialPeriod.id.desc()).limit(1000)):
        if not uncovered_characters(period.credential.party.name):
            yield period


def _facts(period: CredentialPeriod, place: int, press: Press) -> CertificateFacts:
    code = new_verification_code(place.to_bytes(16, "big"))
    return certificates.facts_of(period, None, code, press=press, at=clock.now())


def _issued(periods: Sequence[CredentialPeriod], press: Press) -> float:
    """Seconds to issue the certificates, each with its record and audit entry in a transaction of its own."""
    began = time.perf_counter()
    for period in periods:
        with transaction():
            certificates.issue(period, press=press, actor=ACTOR, at=clock.now())
    return time.perf_counter() - began
