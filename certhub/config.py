"""Settings, read once from the environment, and where the folders beside the package are."""

import difflib
import os
import re
import secrets
import stat
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parseaddr
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
    previous_secret_keys: tuple[str, ...]
    """CERTHUB_PREVIOUS_SECRET_KEYS: earlier keys, apart by spaces, by which what is signed is still known."""
    metrics_token: str | None
    """CERTHUB_METRICS_TOKEN: what Prometheus sends to read /metrics; without it there is no such address."""
    base_url: str
    """CERTHUB_BASE_URL: the public address, printed in QR codes and mails; http://127.0.0.1:8000 by default."""
    smtp_url: str | None
    """CERTHUB_SMTP_URL: smtp://, smtps:// or smtp+starttls://user:password@host:port; none writes mail to a folder."""
    mail_from: str
    """CERTHUB_MAIL_FROM: the sender of all mail."""
    mail_reply_to: str
    """CERTHUB_MAIL_REPLY_TO: where answers of people go, since programs read what comes to the sender; none."""
    mail_ceiling: int
    """CERTHUB_MAIL_CEILING: the most messages that one run of the delivery job sends; the rest waits for the next."""
    mail_in_doubt: str
    """CERTHUB_MAIL_IN_DOUBT: repeat (default) or park a message whose sending was cut off; it may have arrived."""
    mail_in_doubt_minutes: int
    """CERTHUB_MAIL_IN_DOUBT_MINUTES: how long after it was taken up a message without an outcome is in doubt, 20 by
    default and at the least: it must outlast every sending (`notifications.transports.LONGEST_SENDING`)."""
    bounce_dir: Path | None
    """CERTHUB_BOUNCE_DIR: a folder (maildir) into which the mail server puts what comes back; none reads nothing."""
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
    backup_hours: int
    """CERTHUB_BACKUP_HOURS: how old the last backup by the clock may be, 30 by default; 0 watches none."""
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


_PLAIN = (
    "DATA_DIR", "BASE_URL", "MAIL_FROM", "MAIL_REPLY_TO", "MAIL_CEILING", "MAIL_IN_DOUBT", "MAIL_IN_DOUBT_MINUTES",
    "BOUNCE_DIR", "PDF_ENGINE", "WKHTMLTOPDF", "MAX_UPLOAD_MB", "MAX_SPREADSHEET_MB",
    "SIGNATORY_NAME", "SIGNATORY_TITLE", "SESSION_HOURS", "BACKUP_HOURS", "TRUSTED_PROXIES",
)  # fmt: skip
_SECRET = ("DATABASE_URL", "SECRET_KEY", "PREVIOUS_SECRET_KEYS", "SMTP_URL", "METRICS_TOKEN")
"""Settings that can also be read from a file, named by the same setting with _FILE."""
KNOWN = frozenset({*_PLAIN, *_SECRET, *(f"{name}_FILE" for name in _SECRET)})
_FOR_TESTS = frozenset({"TEST_DATABASE_URL", "TEST_PICTURES"})
_LEAST_TOKEN = 16
_SENDER = "CertHub <certhub@example.org>"
_SIGNATORY = ("Miriam Oyelaran, MD, MPH", "Director, Care Coordination Network")
"""Of the demo: nobody's address, and nobody's name."""
_NOBODYS = re.compile(r"(^|[@.])example\.(org|com|net)$")
_SQLITE = "sqlite:///"
_LOCAL = ("localhost", "127.0.0.1", "::1")


def load(environ: Mapping[str, str] | None = None, **overrides: object) -> Settings:
    """Read the settings; `overrides` replace single ones (the command line's --port, the tests).

    Raises `SettingsError` for an unknown or unusable setting: a typing error must not silently mean a default.
    """
    given = dict(os.environ if environ is None else environ)
    _require_known(given)

    def value(name: str, default: str) -> str:
        return given.get(f"CERTHUB_{name}", "").strip() or default

    data_dir = Path(value("DATA_DIR", "instance")).absolute()
    values: dict[str, object] = {
        "database_url": _whole(_secret(given, "DATABASE_URL") or "sqlite:///certhub.db", data_dir),
        "data_dir": data_dir,
        "base_url": value("BASE_URL", "http://127.0.0.1:8000").rstrip("/"),
        "smtp_url": _secret(given, "SMTP_URL") or None,
        "metrics_token": _secret(given, "METRICS_TOKEN") or None,
        "mail_from": value("MAIL_FROM", _SENDER),
        "mail_reply_to": value("MAIL_REPLY_TO", ""),
        "mail_ceiling": _number(given, "MAIL_CEILING", 5000, 1, 1_000_000),
        "mail_in_doubt": value("MAIL_IN_DOUBT", "repeat"),
        "mail_in_doubt_minutes": _number(given, "MAIL_IN_DOUBT_MINUTES", 20, 20, 1440),
        "bounce_dir": Path(value("BOUNCE_DIR", "")).absolute() if value("BOUNCE_DIR", "") else None,
        "pdf_engine": value("PDF_ENGINE", "typst"),
        "wkhtmltopdf": value("WKHTMLTOPDF", "wkhtmltopdf"),
        "max_upload_bytes": _number(given, "MAX_UPLOAD_MB", 20, 1, 200) * 1024 * 1024,
        "max_spreadsheet_bytes": _number(given, "MAX_SPREADSHEET_MB", 40, 1, 200) * 1024 * 1024,
        "signatory_name": value("SIGNATORY_NAME", _SIGNATORY[0]),
        "signatory_title": value("SIGNATORY_TITLE", _SIGNATORY[1]),
        "session_hours": _number(given, "SESSION_HOURS", 12, 1, 72),
        "backup_hours": _number(given, "BACKUP_HOURS", 30, 0, 8784),
        "trusted_proxies": _number(given, "TRUSTED_PROXIES", 0, 0, 5),
        **overrides,
    }
    if "secret_key" not in values:
        values["secret_key"] = _secret_key(given)
        values.setdefault("previous_secret_keys", tuple(_previous_keys(given).split()))
    values.setdefault("previous_secret_keys", ())
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


def _whole(url: str, data_dir: Path) -> str:
    """The address with its file's whole path: Flask takes a relative one from the data folder, backups took it from
    wherever they were started."""
    kind, path = url[: len(_SQLITE)], url[len(_SQLITE) :]
    if kind != _SQLITE or path.startswith(("/", ":memory:", "?", "file:")) or not path:
        return url
    return f"{_SQLITE}{data_dir / path}"


def _number(given: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    typed = given.get(f"CERTHUB_{name}", "").strip()
    if not typed:
        return default
    if not typed.isascii() or not typed.isdigit() or not low <= int(typed) <= high:
        raise SettingsError(f"CERTHUB_{name} must be a whole number from {low} to {high}; it is {typed!r}.")
    return int(typed)


def _require_known(given: Mapping[str, str]) -> None:
    for name in sorted(given):
        short = name.removeprefix("CERTHUB_")
        if short == name or short in KNOWN | _FOR_TESTS:
            continue
        near = difflib.get_close_matches(short, sorted(KNOWN), n=1)
        meant = f" Did you mean CERTHUB_{near[0]}?" if near else ""
        raise SettingsError(f"{name} is not a setting of CertHub; docs/runbook.md lists those that are.{meant}")


def _secret(given: Mapping[str, str], name: str) -> str:
    """A secret from its setting, or from the file that the setting with _FILE names; empty where neither is there."""
    direct, named = given.get(f"CERTHUB_{name}", "").strip(), given.get(f"CERTHUB_{name}_FILE", "").strip()
    if direct and named:
        raise SettingsError(f"CERTHUB_{name} and CERTHUB_{name}_FILE are both set: set one of them.")
    return _content(f"CERTHUB_{name}_FILE", Path(named)) if named else direct


def _content(setting: str, path: Path) -> str:
    """What a file with a secret holds. Raises `SettingsError` where it cannot be read, or anybody can read it."""
    try:
        if path.stat().st_mode & stat.S_IROTH:
            raise SettingsError(f"Everybody on this machine can read {path} ({setting}): run chmod 600 on it.")
        found = path.read_text(encoding="utf-8").strip()
    except OSError as problem:
        raise SettingsError(f"{setting}: {path} cannot be read ({problem.strerror}).") from problem
    if not found:
        raise SettingsError(f"{setting}: {path} is empty.")
    return found


def _check(settings: Settings) -> None:
    if settings.mail_in_doubt not in ("repeat", "park"):
        raise SettingsError(f"CERTHUB_MAIL_IN_DOUBT must be repeat or park; it is {settings.mail_in_doubt!r}.")
    if settings.pdf_engine not in ("typst", "pdfkit"):
        raise SettingsError(f"CERTHUB_PDF_ENGINE must be typst or pdfkit; it is {settings.pdf_engine!r}.")
    if not parseaddr(settings.mail_from)[1].count("@") == 1:
        raise SettingsError(f"CERTHUB_MAIL_FROM must hold an e-mail address; it is {settings.mail_from!r}.")
    if settings.mail_reply_to and not parseaddr(settings.mail_reply_to)[1].count("@") == 1:
        raise SettingsError(f"CERTHUB_MAIL_REPLY_TO must hold an e-mail address; it is {settings.mail_reply_to!r}.")
    _check_database(settings)
    _check_addresses(settings)
    _check_mail_server(settings)
    _check_public(settings)
    if min(map(len, (settings.secret_key, *settings.previous_secret_keys))) < 32:  # noqa: PLR2004  (256 bits as 32 characters at the least)
        raise SettingsError(
            "CERTHUB_SECRET_KEY and each of CERTHUB_PREVIOUS_SECRET_KEYS must have at least 32 characters."
        )
    if settings.metrics_token is not None and len(settings.metrics_token) < _LEAST_TOKEN:
        raise SettingsError(f"CERTHUB_METRICS_TOKEN must have at least {_LEAST_TOKEN} characters.")


def _check_database(settings: Settings) -> None:
    if not settings.database_url.startswith((_SQLITE, "postgresql+psycopg://")):
        raise SettingsError("CERTHUB_DATABASE_URL must begin with sqlite:/// or postgresql+psycopg://.")
    file = settings.database_url.removeprefix(_SQLITE).split("?")[0]
    if file.startswith("file:"):
        raise SettingsError("CERTHUB_DATABASE_URL must name an SQLite file by its path, without file:.")
    if file in ("", ":memory:"):
        raise SettingsError(
            "CERTHUB_DATABASE_URL names an SQLite database in memory, which each process would have for itself: "
            "name a file."
        )


def _check_addresses(settings: Settings) -> None:
    address = urlsplit(settings.base_url)
    if address.scheme not in ("http", "https") or not address.hostname:
        raise SettingsError("CERTHUB_BASE_URL must begin with http:// or https:// and name a host.")
    if address.query or address.fragment or address.username:
        raise SettingsError("CERTHUB_BASE_URL must be the plain address of the first page, without ?, # or @.")
    if settings.trusted_proxies and address.hostname in _LOCAL:
        raise SettingsError(
            f"CERTHUB_TRUSTED_PROXIES says that a proxy stands in front, but CERTHUB_BASE_URL is {settings.base_url}: "
            "letters and QR codes would lead nowhere. Set CERTHUB_BASE_URL to the public address."
        )


def _check_mail_server(settings: Settings) -> None:
    if not settings.smtp_url:
        return
    server = urlsplit(settings.smtp_url)
    if server.scheme not in ("smtp", "smtps", "smtp+starttls") or not server.hostname:
        raise SettingsError("CERTHUB_SMTP_URL must begin with smtp://, smtps:// or smtp+starttls:// and name a host.")
    if server.scheme == "smtp" and server.password and server.hostname not in _LOCAL:
        raise SettingsError(
            f"CERTHUB_SMTP_URL would send its password to {server.hostname} unencrypted: "
            "use smtps:// or smtp+starttls://."
        )


def _check_public(settings: Settings) -> None:
    """What is good for a trial must not serve people: an installation that they reach by https has all of its own."""
    if not settings.secure or urlsplit(settings.base_url).hostname in _LOCAL:
        return
    why = f"CERTHUB_BASE_URL is {settings.base_url}, so people depend on this installation"
    if not settings.trusted_proxies:
        raise SettingsError(
            f"{why}: set CERTHUB_TRUSTED_PROXIES to the number of proxies in front, 1 as a rule. One of them ends TLS, "
            "and without the number everybody seems to come from its address."
        )
    if settings.smtp_url is None:
        raise SettingsError(f"{why}: set CERTHUB_SMTP_URL or CERTHUB_SMTP_URL_FILE. Without it no mail is sent.")
    for name, address in (("MAIL_FROM", settings.mail_from), ("MAIL_REPLY_TO", settings.mail_reply_to)):
        if _NOBODYS.search(parseaddr(address)[1].lower()):
            raise SettingsError(f"{why}: set CERTHUB_{name} to an address of yours. {address} is nobody's.")
    if _SIGNATORY[0] == settings.signatory_name or _SIGNATORY[1] == settings.signatory_title:
        raise SettingsError(
            f"{why}: set CERTHUB_SIGNATORY_NAME and CERTHUB_SIGNATORY_TITLE to those who sign certificates. "
            "Those of the demo are nobody's."
        )


def secret_key_file(given: Mapping[str, str]) -> Path:
    """Where the secret key is kept unless it is given directly: outside the checkout."""
    config_home = Path(given.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return Path(given.get("CERTHUB_SECRET_KEY_FILE") or config_home / "certhub" / "secret-key")


def previous_keys_file(given: Mapping[str, str]) -> Path:
    """Where `certhub secret-key rotate` keeps earlier keys."""
    current = secret_key_file(given)
    return current.with_name(f"{current.name}.previous")


def _previous_keys(given: Mapping[str, str]) -> str:
    told, kept = _secret(given, "PREVIOUS_SECRET_KEYS"), previous_keys_file(given)
    if told or given.get("CERTHUB_SECRET_KEY", "").strip() or not kept.exists():
        return told
    return _content("the earlier secret keys", kept)


def _make_secret_key(path: Path) -> None:
    """A new key under its name at once and whole: other processes of the same start find all of it, or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, part = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # readable by its owner only
    try:
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # another process was first
            os.link(part, path)
    finally:
        Path(part).unlink()


def _secret_key(given: Mapping[str, str]) -> str:
    """The key from its file, which is made on first start, outside the checkout and readable by its owner only."""
    if given.get("CERTHUB_SECRET_KEY", "").strip():
        return _secret(given, "SECRET_KEY")
    path = secret_key_file(given)
    try:
        if not path.exists():
            _make_secret_key(path)
    except OSError as problem:
        raise SettingsError(
            f"The secret key cannot be read or made at {path} ({problem.strerror}): "
            "set CERTHUB_SECRET_KEY_FILE or CERTHUB_SECRET_KEY. If the key was lost, see Keys in docs/runbook.md."
        ) from problem
    return _content("CERTHUB_SECRET_KEY_FILE", path)
