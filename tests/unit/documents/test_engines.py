import hashlib
import os
from dataclasses import replace
from pathlib import Path

import pytest

from certhub.app import create_app
from certhub.config import load
from certhub.documents.certificate import render, render_all
from certhub.documents.engines import EngineUnavailable, PdfkitEngine, PrintingFailed, engine_named
from certhub.documents.facts import TEMPLATE_VERSION, CertificateFacts
from tests.unit.documents.samples import certificate_facts

MISSING = (
    "CERTHUB_PDF_ENGINE=pdfkit needs wkhtmltopdf, and there is no such program at {}: install the wkhtmltopdf package, "
    "set CERTHUB_WKHTMLTOPDF to its path, or set CERTHUB_PDF_ENGINE=typst."
)


class PlainEngine:
    """An engine that prints the name of the holder."""

    name, version, conformance = "plain", "1", ("plain text",)

    def certificate(self, facts: CertificateFacts) -> bytes:
        return facts.holder_name.encode()


def executable(folder: Path, script: str) -> Path:
    """A stand-in for wkhtmltopdf."""
    program = folder / "wkhtmltopdf"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return program


def test_the_record_says_what_was_printed_by_what() -> None:
    document = render(certificate_facts(holder_name="Ng"), PlainEngine())
    assert document.data == b"Ng"
    assert document.sha256 == hashlib.sha256(b"Ng").hexdigest()
    assert (document.media_type, document.engine, document.engine_version) == ("application/pdf", "plain", "1")
    assert (document.conformance, document.template_version) == (("plain text",), TEMPLATE_VERSION)


def test_a_batch_keeps_its_order() -> None:
    batch = [certificate_facts(holder_name=f"Holder {place}") for place in range(20)]
    assert [document.data.decode() for document in render_all(batch, PlainEngine())] == [
        facts.holder_name for facts in batch
    ]


@pytest.mark.parametrize("name", ["holder_name", "signatory_title", "statement"])
def test_a_text_that_the_fonts_cannot_print_is_refused_by_name(name: str) -> None:
    with pytest.raises(PrintingFailed, match=rf"cannot print U\+674E in its {name.replace('_', ' ')}"):
        render(certificate_facts(**{name: "李"}), PlainEngine())


def test_an_issuer_that_the_fonts_cannot_print_is_refused() -> None:
    with pytest.raises(PrintingFailed, match=r"U\+200B in its issuer line 2"):
        render(certificate_facts(issuer=("Commonwealth", "Health\u200b")), PlainEngine())


def test_a_machine_without_wkhtmltopdf_is_told_in_one_sentence_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EngineUnavailable) as refused:
        engine_named("pdfkit")
    assert str(refused.value) == MISSING.format("wkhtmltopdf")
    with pytest.raises(EngineUnavailable, match="needs wkhtmltopdf"):
        PdfkitEngine(tmp_path / "wkhtmltopdf")


def test_the_program_that_the_setting_names_is_the_one_that_prints(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    program = executable(tmp_path, "echo wkhtmltopdf 9.9 from here")
    settings = load(
        {"CERTHUB_SECRET_KEY": "k" * 40, "CERTHUB_PDF_ENGINE": "pdfkit", "CERTHUB_WKHTMLTOPDF": str(program)}
    )
    app = create_app(replace(settings, data_dir=tmp_path / "data"))

    assert app.extensions["certhub"].engine.version == "9.9 from here"


def test_a_program_that_is_not_where_the_setting_says_stops_the_start(tmp_path: Path) -> None:
    executable(tmp_path, "echo").chmod(0o644)
    for wrong in (tmp_path / "nothing", tmp_path / "wkhtmltopdf", tmp_path):
        with pytest.raises(EngineUnavailable) as refused:
            engine_named("pdfkit", wkhtmltopdf=str(wrong))
        assert str(refused.value) == MISSING.format(wrong)


def test_an_unknown_engine_is_named_in_the_refusal() -> None:
    with pytest.raises(EngineUnavailable, match="CERTHUB_PDF_ENGINE=weasyprint is not an engine"):
        engine_named("weasyprint")


def test_typst_is_always_there() -> None:
    engine = engine_named("typst")
    assert (engine.name, engine.conformance) == ("typst", ("PDF/A-2a", "PDF/UA-1"))
    assert engine.version.startswith("0.15.")


def test_wkhtmltopdf_is_started_with_every_door_shut_and_without_our_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CERTHUB_SECRET_KEY", "not for wkhtmltopdf")
    monkeypatch.setenv("http_proxy", "http://proxy.example")
    log = tmp_path / "log"
    program = executable(tmp_path, f'printf "%s\\n" "$@" > {log}; env >> {log}; exit 1')
    with pytest.raises(PrintingFailed):
        PdfkitEngine(program).printed("<p>Certificate</p>")
    lines = log.read_text().splitlines()
    for option in (
        "--disable-javascript",
        "--disable-local-file-access",
        "--disable-plugins",
        "--print-media-type",
    ):
        assert option in lines
    for option, value in {
        "--proxy": "http://127.0.0.1:9",
        "--load-error-handling": "ignore",
        "--load-media-error-handling": "ignore",
        "--orientation": "Landscape",
        "--page-size": "Letter",
    }.items():
        assert lines[lines.index(option) + 1] == value
    assert not [line for line in lines if "SECRET" in line or "proxy.example" in line or str(Path.home()) in line]


@pytest.mark.parametrize("prefix", ["pdfkit-", "off-", ""])
def test_options_in_the_page_are_never_obeyed(prefix: str, tmp_path: Path) -> None:
    log = tmp_path / "log"
    program = executable(tmp_path, f'printf "%s\\n" "$@" > {log}; exit 1')
    with pytest.raises(PrintingFailed):
        PdfkitEngine(program).printed(f'<meta name="{prefix}enable-local-file-access" content="">')
    assert "--enable-local-file-access" not in log.read_text().splitlines()


def test_a_program_that_hangs_is_stopped(tmp_path: Path) -> None:
    with pytest.raises(PrintingFailed, match=r"stopped after 0\.2 seconds"):
        PdfkitEngine(executable(tmp_path, "exec sleep 60"), timeout=0.2).printed("<p></p>")


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo 'out of paper' >&2; exit 1", "wkhtmltopdf failed: out of paper"),
        ("exit 3", "wkhtmltopdf failed: exit code 3"),
        ("exit 0", "ended without making a PDF"),
    ],
)
def test_a_program_that_fails_issues_nothing(script: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(PrintingFailed, match=said):
        PdfkitEngine(executable(tmp_path, f"cat > /dev/null; {script}")).printed("<p></p>")


def test_a_file_that_may_not_be_run_is_not_an_engine(tmp_path: Path) -> None:
    program = executable(tmp_path, "exit 0")
    program.chmod(0o644)
    assert not os.access(program, os.X_OK)
    with pytest.raises(EngineUnavailable):
        PdfkitEngine(program)
