"""Settings are read once, and a typing error never silently means a default."""

import re
import stat
from pathlib import Path

import pytest

from certhub.config import KNOWN, SettingsError, load, secret_key_file, shipped
from certhub.rules.spreadsheet import MOST_ROWS

KEY = "k" * 40
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"CERTHUB_DATABSE_URL": "sqlite:///x"}, "CERTHUB_DATABSE_URL is not a setting"),
        ({"CERTHUB_DATABASE_URL": "mysql://x"}, "CERTHUB_DATABASE_URL must begin with"),
        ({"CERTHUB_PDF_ENGINE": "word"}, "CERTHUB_PDF_ENGINE must be typst or pdfkit"),
        ({"CERTHUB_SMTP_URL": "http://mail"}, "CERTHUB_SMTP_URL must begin with"),
        ({"CERTHUB_BASE_URL": "certhub.example.org"}, "CERTHUB_BASE_URL must begin with"),
        ({"CERTHUB_MAX_UPLOAD_MB": "many"}, "CERTHUB_MAX_UPLOAD_MB must be a whole number from 1 to 200"),
        ({"CERTHUB_MAX_SPREADSHEET_MB": "0"}, "CERTHUB_MAX_SPREADSHEET_MB must be a whole number from 1 to 200"),
        ({"CERTHUB_MAIL_CEILING": "0"}, "CERTHUB_MAIL_CEILING must be a whole number"),
        ({"CERTHUB_SECRET_KEY": "short"}, "at least 32 characters"),
        ({"CERTHUB_PREVIOUS_SECRET_KEYS": f"{KEY} short"}, "at least 32 characters"),
        ({"CERTHUB_DATABSE_URL": "sqlite:///x"}, r"Did you mean CERTHUB_DATABASE_URL\?"),
        ({"CERTHUB_SECRET_KEY_FILE": "key"}, "CERTHUB_SECRET_KEY and CERTHUB_SECRET_KEY_FILE are both set"),
        ({"CERTHUB_SMTP_URL_FILE": "gone"}, "CERTHUB_SMTP_URL_FILE: gone cannot be read"),
        (
            {"CERTHUB_SMTP_URL": "smtp://u:p@mail.example.org"},
            "would send its password to mail.example.org unencrypted",
        ),
        ({"CERTHUB_SMTP_URL": "smtp://"}, "CERTHUB_SMTP_URL must begin with"),
        ({"CERTHUB_TRUSTED_PROXIES": "1"}, "says that a proxy stands in front, but CERTHUB_BASE_URL is"),
        ({"CERTHUB_BASE_URL": "https://certhub.example.org/?a=b"}, "without"),
        ({"CERTHUB_BASE_URL": "https://"}, "name a host"),
        ({"CERTHUB_DATABASE_URL": "sqlite:///:memory:"}, "in memory"),
        ({"CERTHUB_DATABASE_URL": "sqlite:///"}, "in memory"),
        ({"CERTHUB_DATABASE_URL": "sqlite:///file:certhub.db?uri=true"}, "without file:"),
        ({"CERTHUB_MAIL_REPLY_TO": "us"}, "CERTHUB_MAIL_REPLY_TO must hold an e-mail address"),
        ({"CERTHUB_MAIL_FROM": "CertHub"}, "must hold an e-mail address"),
        ({"CERTHUB_METRICS_TOKEN": "short"}, "CERTHUB_METRICS_TOKEN must have at least 16 characters"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_one_sentence(given: dict[str, str], says: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=says):
        load({"CERTHUB_SECRET_KEY": KEY, "CERTHUB_DATA_DIR": str(tmp_path), **given})


PUBLIC = {
    "CERTHUB_BASE_URL": "https://certhub.agency.gov",
    "CERTHUB_TRUSTED_PROXIES": "1",
    "CERTHUB_SMTP_URL": "smtps://mail.agency.gov",
    "CERTHUB_MAIL_FROM": "CertHub <certhub@agency.gov>",
    "CERTHUB_SIGNATORY_NAME": "Ann Lee",
    "CERTHUB_SIGNATORY_TITLE": "Commissioner",
}


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({}, None),
        ({"CERTHUB_TRUSTED_PROXIES": "0"}, "set CERTHUB_TRUSTED_PROXIES"),
        ({"CERTHUB_SMTP_URL": ""}, "set CERTHUB_SMTP_URL"),
        ({"CERTHUB_MAIL_FROM": ""}, "set CERTHUB_MAIL_FROM"),
        ({"CERTHUB_MAIL_FROM": "CertHub <certhub@Mail.Example.org>"}, "set CERTHUB_MAIL_FROM"),
        ({"CERTHUB_MAIL_FROM": "CertHub <certhub@counterexample.org>"}, None),
        ({"CERTHUB_MAIL_REPLY_TO": "certification@example.com"}, "set CERTHUB_MAIL_REPLY_TO"),
        ({"CERTHUB_SIGNATORY_NAME": ""}, "set CERTHUB_SIGNATORY_NAME"),
        ({"CERTHUB_SIGNATORY_TITLE": ""}, "set CERTHUB_SIGNATORY_NAME and CERTHUB_SIGNATORY_TITLE"),
    ],
)
def test_what_is_good_for_a_trial_does_not_serve_people(
    changed: dict[str, str], says: str | None, tmp_path: Path
) -> None:
    given = {"CERTHUB_SECRET_KEY": KEY, "CERTHUB_DATA_DIR": str(tmp_path), **PUBLIC, **changed}
    if says is None:
        assert load(given).secure
        return
    with pytest.raises(SettingsError, match=says):
        load(given)
    trial = {**given, "CERTHUB_BASE_URL": "http://certhub.agency.gov"}
    assert not load(trial).secure


@pytest.mark.parametrize(
    ("given", "file"),
    [
        ("sqlite:///trial.db", "{data}/trial.db"),
        ("sqlite:///kept/trial.db?timeout=5", "{data}/kept/trial.db?timeout=5"),
        ("sqlite:////srv/certhub.db", "/srv/certhub.db"),
    ],
)
def test_a_file_is_the_same_for_pages_and_backups_wherever_they_are_started(
    given: str, file: str, tmp_path: Path
) -> None:
    settings = load({"CERTHUB_SECRET_KEY": KEY, "CERTHUB_DATA_DIR": str(tmp_path), "CERTHUB_DATABASE_URL": given})
    assert settings.database_url == "sqlite:///" + file.format(data=tmp_path)


def test_the_defaults_are_a_laptop(tmp_path: Path) -> None:
    settings = load({"CERTHUB_SECRET_KEY": KEY, "CERTHUB_DATA_DIR": str(tmp_path)})
    assert settings.database_url == f"sqlite:///{tmp_path / 'certhub.db'}"
    assert settings.smtp_url is None
    assert not settings.secure


def test_a_spreadsheet_as_long_as_an_import_takes_is_no_file_that_is_too_large(tmp_path: Path) -> None:
    row = "CC-2026-000123-4,firstname.lastname@organization.example.org,Firstname Middlename Lastname," + "t" * 110
    row += ",Community Health Training Institute,2026-02-28,1.25,ethics_scope,CHTI-2026-0001,100,yes\r\n"
    settings = load({"CERTHUB_SECRET_KEY": KEY, "CERTHUB_DATA_DIR": str(tmp_path)})
    assert settings.max_upload_bytes < len(row) * MOST_ROWS < settings.max_spreadsheet_bytes


def test_the_secret_key_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "secret-key"
    given = {"CERTHUB_SECRET_KEY_FILE": str(path), "CERTHUB_DATA_DIR": str(tmp_path)}

    first = load(given).secret_key

    assert load(given).secret_key == first
    assert len(first) >= 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_without_a_setting_the_secret_key_is_kept_among_the_settings_of_its_owner(tmp_path: Path) -> None:
    load({"XDG_CONFIG_HOME": str(tmp_path), "CERTHUB_DATA_DIR": str(tmp_path / "data")})

    made = tmp_path / "certhub" / "secret-key"
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert stat.S_IMODE(made.parent.stat().st_mode) == 0o700


def test_without_any_setting_the_secret_key_is_at_home_and_never_in_the_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(ROOT)
    where = secret_key_file({})
    assert where.is_relative_to(tmp_path)
    assert not where.is_relative_to(ROOT)


def test_a_key_that_cannot_be_made_is_told_with_what_to_set(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SettingsError, match="set CERTHUB_SECRET_KEY_FILE or CERTHUB_SECRET_KEY"):
        load({"CERTHUB_SECRET_KEY_FILE": str(tmp_path / "file" / "key"), "CERTHUB_DATA_DIR": str(tmp_path)})


def test_templates_are_found_beside_the_package_and_inside_an_installed_one(tmp_path: Path) -> None:
    package = tmp_path / "certhub"
    package.mkdir()
    assert shipped("templates", package) == tmp_path / "templates"
    (package / "templates").mkdir()
    assert shipped("templates", package) == package / "templates"
    assert (shipped("templates") / "documents" / "certificate.typ").is_file()


@pytest.mark.parametrize("name", ["DATABASE_URL", "SMTP_URL", "SECRET_KEY", "PREVIOUS_SECRET_KEYS", "METRICS_TOKEN"])
def test_every_secret_can_come_from_a_file_that_only_few_can_read(name: str, tmp_path: Path) -> None:
    values = {"DATABASE_URL": "postgresql+psycopg://u:p@db/certhub", "SMTP_URL": "smtps://u:p@mail.example.org"}
    file = tmp_path / "secret"
    file.write_text(values.get(name, KEY) + "\n")
    given = {f"CERTHUB_{name}_FILE": str(file), "CERTHUB_DATA_DIR": str(tmp_path)}
    if name != "SECRET_KEY":
        given["CERTHUB_SECRET_KEY"] = KEY

    file.chmod(0o640)
    read = getattr(load(given), name.lower())
    assert read in (values.get(name, KEY), (KEY,))
    file.chmod(0o644)
    with pytest.raises(SettingsError, match="Everybody on this machine can read"):
        load(given)
    file.chmod(0o600)
    file.write_text("\n")
    with pytest.raises(SettingsError, match="is empty"):
        load(given)


def test_the_runbook_lists_every_setting_and_no_other() -> None:
    table = (ROOT / "docs" / "runbook.md").read_text().split("## Settings")[1].split("\n## ")[0]
    rows = "\n".join(line.split("|")[1] for line in table.splitlines() if line.startswith("| `CERTHUB_"))
    assert sorted(set(re.findall(r"`CERTHUB_(\w+)`", rows))) == sorted(KNOWN)


def test_every_setting_is_read_into_the_settings_and_explained_there() -> None:
    source = (ROOT / "certhub" / "config.py").read_text()
    explained = set(re.findall(r'"""CERTHUB_(\w+)', source)) | {"SECRET_KEY_FILE"}
    assert sorted({name for name in KNOWN if not name.endswith("_FILE")} - explained) == []
