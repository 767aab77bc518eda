"""A running CertHub with the demo state: its web server, its command line and the mail server that it delivers to."""

import os
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import certhub
from tests.integration.delivery.mail_server import Mailbox, serving

CHECKOUT = Path(certhub.__file__).parent.parent
STARTS_WITHIN_SECONDS = 30
_PREPARE = "from certhub.cli.run import prepare; prepare(demo=True)"


@dataclass
class Site:
    """What the tests can reach of the running installation."""

    url: str
    data_dir: Path
    environment: dict[str, str]
    mailbox: Mailbox = field(default_factory=Mailbox)

    def command(self, *arguments: str, succeeds: bool = True) -> str:
        """What `certhub ...` prints, run as an operator would."""
        return run([sys.executable, "-m", "certhub", *arguments], self.environment, succeeds=succeeds)

    def deliver_mail(self) -> str:
        return self.command("job", "run", "mail-delivery")

    def letters_to(self, address: str) -> list[str]:
        """The texts of what was delivered to an address, oldest first."""
        return [
            mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]  # every message has a text part
            for mail in self.mailbox.taken
            if mail["To"] and address in str(mail["To"])
        ]

    @contextmanager
    def database(self) -> Iterator[sqlite3.Connection]:
        """The database behind CertHub's back, for what no page can do: an expired session, a forged row."""
        with closing(sqlite3.connect(self.data_dir / "certhub.db", timeout=20)) as connection:
            yield connection
            connection.commit()


def run(command: Sequence[str], environment: dict[str, str], *, succeeds: bool = True) -> str:
    done = subprocess.run(
        command, env=environment, cwd=CHECKOUT, text=True, capture_output=True, timeout=240, check=False
    )
    assert (done.returncode == 0) is succeeds, f"{command}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


@contextmanager
def running(folder: Path) -> Iterator[Site]:
    """CertHub with the demo state in `folder`, until the tests are done with it.

    The web server inherits the socket that is opened first: another test's server can take a port that is let go of
    while the demo state is made.
    """
    mailbox = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as listening, serving(mailbox) as smtp_url:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        environment = {name: value for name, value in os.environ.items() if not name.startswith("CERTHUB_")} | {
            "CERTHUB_DATA_DIR": str(folder),
            "CERTHUB_SECRET_KEY": "a key for the browser tests only, long enough",
            "CERTHUB_BASE_URL": url,
            "CERTHUB_SMTP_URL": smtp_url,
        }
        site = Site(url, folder, environment, mailbox)
        run([sys.executable, "-c", _PREPARE], environment)
        with (folder / "web.log").open("wb") as log:
            web = subprocess.Popen(
                [
                    sys.executable, "-m", "gunicorn", "--bind", f"fd://{listening.fileno()}", "--workers", "1",
                    "--threads", "4", "--log-level", "warning", "--no-control-socket", "certhub:create_app()",
                ],
                env=environment, cwd=CHECKOUT, stdout=log, stderr=subprocess.STDOUT, pass_fds=(listening.fileno(),),
            )  # fmt: skip
            try:
                _wait_for(site.url, web, folder / "web.log")
                yield site
            finally:
                web.terminate()
                web.wait(20)


def _wait_for(url: str, web: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < until and web.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310  (our own server on loopback)
                assert answer.status == 200
                return
        except OSError:  # not listening yet, or still busy starting
            time.sleep(0.1)
    raise AssertionError(f"the web server did not start:\n{log.read_text()}")
