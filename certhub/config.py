"""Settings, read once from the environment, and where the folders beside the package are."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

_PACKAGE = Path(__file__).parent


def shipped(folder: str, package: Path = _PACKAGE) -> Path:
    """`templates` or `migrations`: inside the installed package, or beside it in a checkout."""
    installed = package / folder
    return installed if installed.is_dir() else package.parent / folder


class SettingsError(ValueError):
    """A setting is unknown or cannot be used; the message is one sentence for whoever starts CertHub."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs from one installation to another."""

    database_url: str
    """CERTHUB_DATABASE_URL: SQLAlchemy address; an SQLite file in the data folder by default."""
    data_dir: Path
    """CERTHUB_DATA_DIR: where the SQLite file, uploaded files and written mail live; `instance` by default."""
    secret_key: str
    """CERTHUB_SECRET_KEY, or the file CERTHUB_SECRET_KEY_FILE, made on first start with mode 600."""
    base_url: str
    """CERTHUB_BASE_URL: the public address, printed in QR codes and mails; http://127.0.0.1:8000 by default."""
    smtp_url: str | None
    """CERTHUB_SMTP_URL: smtp://, smtps:// or smtp+starttls://user:password@host:port; none writes mail to a folder."""
    mail_from: str
    """CERTHUB_MAIL_FROM: the sender of all mail."""
    mail_ceiling: int
    """CERTHUB_MAIL_CEILING: the most messages that one run of the delivery job sends; the rest waits for the next."""
    mail_in_doubt: str
    """CERTHUB_MAIL_IN_DOUBT: repeat (default) or park a message whose sending was cut off; it may have arrived."""
    mail_in_doubt_minutes: int
    """CERTHUB_MAIL_IN_DOUBT_MINUTES: how long after it was taken up a message without an outcome is in doubt, 10 by
    default. It must outlast every sending; 0 is for tests of crashes with one process that delivers."""
    pdf_engine: str
    """CERTHUB_PDF_ENGINE: typst (default) or pdfkit."""
    wkhtmltopdf: str
    """CERTHUB_WKHTMLTOPDF: the program that the pdfkit engine calls: a name on the search path, or a path."""
    max_upload_bytes: int
    """CERTHUB_MAX_UPLOAD_MB: the largest document that may be uploaded, 20 by default."""
    max_spreadsheet_bytes: int
    """CERTHUB_MAX_SPREADSHEET_MB: the largest file of people or training to import; 40 by default hold 100,000 rows."""
    signatory_name: str
    """CERTHUB_SIGNATORY_NAME: who signs certificates."""
    signatory_title: str
    """CERTHUB_SIGNATORY_TITLE: in what capacity."""
    session_hours: int
    """CERTHUB_SESSION_HOURS: how long somebody stays signed in, 12 by default."""
    trusted_proxies: int
    """CERTHUB_TRUSTED_PROXIES: how many proxies in front of CertHub set X-Forwarded headers; 0 by default."""

    @property
    def secure(self) -> bool:
        """Whether the public address is https, so that cookies can insist on it."""
        return self.base_url.startswith("https://")

    @property
    def files_dir(self) -> Path:
        """The content-addressed store of uploaded and issued files."""
        return self.data_dir / "files"

    @property
    def mail_dir(self) -> Path:
        """Where mail is written while no SMTP server is set."""
        return self.data_dir / "mail"

    @property
    def audit_heads_file(self) -> Path:
        """Where the heads of the audit trail are written down, outside the database."""
        return self.data_dir / "audit-heads.log"


_KNOWN = {
    "DATABASE_URL", "DATA_DIR", "SECRET_KEY", "SECRET_KEY_FILE", "BASE_URL", "SMTP_URL", "MAIL_FROM", "MAIL_CEILING",
    "MAIL_IN_DOUBT", "MAIL_IN_DOUBT_MINUTES",
    "PDF_ENGINE", "WKHTMLTOPDF", "MAX_UPLOAD_MB", "MAX_SPREADSHEET_MB", "SIGNATORY_NAME", "SIGNATORY_TITLE",
    "SESSION_HOURS", "TRUSTED_PROXIES", "TEST_DATABASE_URL",
}  # fmt: skip


def load(environ: Mapping[str, str] | None = None, **overrides: object) -> Settings:
    """Read the settings; `overrides` replace single ones (the command line's --port, the tests).

    Raises `SettingsError` for an unknown or unusable setting: a typing error must not silently mean a default.
    """
    given = dict(os.environ if environ is None else environ)
    for name in given:
        if name.startswith("CERTHUB_") and name.removeprefix("CERTHUB_") not in _KNOWN:
            raise SettingsError(f"{name} is not a setting of CertHub; see certhub/config.py for those that are.")

    def value(name: str, default: str) -> str:
        return given.get(f"CERTHUB_{name}", "").strip() or default

    data_dir = Path(value("DATA_DIR", "instance")).absolute()
    values: dict[str, object] = {
        "database_url": value("DATABASE_URL", f"sqlite:///{data_dir / 'certhub.db'}"),
        "data_dir": data_dir,
        "base_url": value("BASE_URL", "http://127.0.0.1:8000").rstrip("/"),
        "smtp_url": value("SMTP_URL", "") or None,
        "mail_from": value("MAIL_FROM", "CertHub <certhub@example.org>"),
        "mail_ceiling": _number(given, "MAIL_CEILING", 5000, 1, 1_000_000),
        "mail_in_doubt": value("MAIL_IN_DOUBT", "repeat"),
        "mail_in_doubt_minutes": _number(given, "MAIL_IN_DOUBT_MINUTES", 10, 0, 1440),
        "pdf_engine": value("PDF_ENGINE", "typst"),
        "wkhtmltopdf": value("WKHTMLTOPDF", "wkhtmltopdf"),
        "max_upload_bytes": _number(given, "MAX_UPLOAD_MB", 20, 1, 200) * 1024 * 1024,
        "max_spreadsheet_bytes": _number(given, "MAX_SPREADSHEET_MB", 40, 1, 200) * 1024 * 1024,
        "signatory_name": value("SIGNATORY_NAME", "Miriam Oyelaran, MD, MPH"),
        "signatory_title": value("SIGNATORY_TITLE", "Director, Care Coordination Network"),
        "session_hours": _number(given, "SESSION_HOURS", 12, 1, 72),
        "trusted_proxies": _number(given, "TRUSTED_PROXIES", 0, 0, 5),
        **overrides,
    }
    if "secret_key" not in values:
        values["secret_key"] = value("SECRET_KEY", "") or _secret_key(given)
    settings = Settings(**values)  # type: ignore[arg-type]  # each value's type is checked where it is read above
    _check(settings)
    return settings


def make_data_dir(settings: Settings) -> None:
    """Make the data folder where it is not there yet. Raises `SettingsError` where that cannot be done."""
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise SettingsError(
            f"The data folder {settings.data_dir} cannot be made ({problem.strerror}): "
            "set CERTHUB_DATA_DIR to a folder that CertHub may write to."
        ) from problem
    if not os.access(settings.data_dir, os.W_OK | os.X_OK):
        raise SettingsError(
            f"CertHub may not write to the data folder {settings.data_dir}: "
            "change its owner, or set CERTHUB_DATA_DIR to another folder."
        )


def _number(given: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    typed = given.get(f"CERTHUB_{name}", "").strip()
    if not typed:
        return default
    if not typed.isascii() or not typed.isdigit() or not low <= int(typed) <= high:
        raise SettingsError(f"CERTHUB_{name} must be a whole number from {low} to {high}; it is {typed!r}.")
    return int(typed)


def _check(settings: Settings) -> None:
    if settings.mail_in_doubt not in ("repeat", "park"):
        raise SettingsError(f"CERTHUB_MAIL_IN_DOUBT must be repeat or park; it is {settings.mail_in_doubt!r}.")
    if settings.pdf_engine not in ("typst", "pdfkit"):
        raise SettingsError(f"CERTHUB_PDF_ENGINE must be typst or pdfkit; it is {settings.pdf_engine!r}.")
    if not settings.database_url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise SettingsError("CERTHUB_DATABASE_URL must begin with sqlite:/// or postgresql+psycopg://.")
    if urlsplit(settings.base_url).scheme not in ("http", "https"):
        raise SettingsError("CERTHUB_BASE_URL must begin with http:// or https://.")
    if settings.smtp_url and urlsplit(settings.smtp_url).scheme not in ("smtp", "smtps", "smtp+starttls"):
        raise SettingsError("CERTHUB_SMTP_URL must begin with smtp://, smtps:// or smtp+starttls://.")
    if len(settings.secret_key) < 32:  # noqa: PLR2004  (256 bits as 32 characters at the least)
        raise SettingsError("CERTHUB_SECRET_KEY must have at least 32 characters.")


def _secret_key(given: Mapping[str, str]) -> str:
    """The key from its file, which is made on first start, outside the checkout and readable by its owner only."""
    config_home = Path(given.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    path = Path(given.get("CERTHUB_SECRET_KEY_FILE") or config_home / "certhub" / "secret-key")
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:  # another process of the same start was first
                return path.read_text().strip()
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_urlsafe(48))
        return path.read_text().strip()
    except OSError as problem:
        raise SettingsError(
            f"The secret key cannot be read or made at {path} ({problem.strerror}): "
            "set CERTHUB_SECRET_KEY_FILE or CERTHUB_SECRET_KEY."
        ) from problem
