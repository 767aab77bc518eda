"""`certhub run`: migrate, load what is missing, start web and worker, and stop both together."""

import errno
import os
import signal
import socket
import subprocess
import sys
import time
from types import FrameType

import click
from sqlalchemy import select

import certhub
from certhub import clock
from certhub.cli.upgrade import migrate
from certhub.database import db
from certhub.demo import state
from certhub.models.accounts import User
from certhub.rules.refusal import Refusal
from certhub.web import context
from certhub.web.addresses import due_link

_POLL_SECONDS = 0.3


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--demo", is_flag=True, help="Load the demo state first if the database has no accounts.")
@click.option("--web-workers", default=2, show_default=True, type=click.IntRange(1, 16), help="Web processes.")
def run(host: str, port: int, *, demo: bool, web_workers: int) -> None:
    """Start CertHub on this machine: the web pages and the worker."""
    require_free(host, port)
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104  (only compared with)
    os.environ.setdefault("CERTHUB_BASE_URL", f"http://{shown}:{port}")
    prepare(demo=demo)
    click.echo(f"\nCertHub is at {os.environ['CERTHUB_BASE_URL']}   (stop with Ctrl+C)")
    web = [
        sys.executable, "-m", "gunicorn", "--bind", f"{host}:{port}", "--workers", str(web_workers), "--threads", "4",
        "--log-level", "warning", "--logger-class", "certhub.web.server_log.ServerLog", "--no-control-socket",
        "certhub:create_app()",
    ]  # fmt: skip
    sys.exit(_together([web, [sys.executable, "-m", "certhub", "worker"]]))


def require_free(host: str, port: int) -> None:
    """Raises `Refusal` where nobody can listen on this port, before anything is started."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as gunicorn does
            probe.bind(address)
            probe.listen(1)
    except OSError as problem:
        why = "it is in use" if problem.errno == errno.EADDRINUSE else problem.strerror
        raise Refusal(
            f"CertHub cannot listen on port {port} of {host} ({why}). Stop what uses it, or choose another port: "
            f"certhub run --port {port % 65535 + 1}, or make run PORT={port % 65535 + 1}."
        ) from problem


def prepare(*, demo: bool) -> None:
    """Bring the database up to date and load what every installation has, and the demo state if asked for."""
    app = certhub.create_app()
    with app.app_context():
        migrate()
        if demo:
            if db.session.scalar(select(User.id).limit(1)) is None:
                click.echo("Loading the demo state ...")
                state.load(
                    context.press(), today=clock.today(), link=due_link(app),
                    progress=lambda line: click.echo(f"  {line}"),
                )  # fmt: skip
            print_accounts()
        db.session.remove()


def print_accounts() -> None:
    """List the demo accounts that can be signed in with."""
    accounts = state.accounts()
    if not accounts:
        return
    click.echo(f"\nDemo accounts, one for each role (password of all: {state.PASSWORD})")
    for role, email, what in accounts:
        click.echo(f"  {role:<20} {email:<26} {what}")


def _together(commands: list[list[str]]) -> int:
    """Run the programs until one of them ends or somebody stops us; then stop the others."""
    programs = [subprocess.Popen(command) for command in commands]  # noqa: S603  (our own programs)

    def stop(_signal: int, _frame: FrameType | None) -> None:
        for program in programs:
            if program.poll() is None:
                program.terminate()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    while all(program.poll() is None for program in programs):
        time.sleep(_POLL_SECONDS)
    stop(signal.SIGTERM, None)
    codes = [program.wait() for program in programs]
    return next((abs(code) for code in codes if code not in (0, -signal.SIGTERM, -signal.SIGINT)), 0)


COMMANDS: list[click.Command] = [run]
