"""Security headers: nothing from elsewhere, no inline script or style, no framing, nothing personal in caches."""

import time

import structlog
from flask import Flask, Response, g, request
from flask_wtf import CSRFProtect

from certhub.config import Settings
from certhub.logs import request_number

log = structlog.get_logger("certhub.requests")

_METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})

forgery = CSRFProtect()
"""Each form that is sent needs its token; a view behind a secret link is exempt, since its form checks its own."""

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)


def signing_keys(settings: Settings) -> list[str]:
    """The keys by which signatures are known, as itsdangerous takes them: the newest, which signs, comes last."""
    return [*reversed(settings.previous_secret_keys), settings.secret_key]


def init_security(app: Flask, *, secure: bool) -> None:
    """Number each request, set the headers on each answer, and write a line about it."""

    @app.before_request
    def number_request() -> None:
        g.request_id = request_number(request.headers.get("X-Request-ID"))
        g.began = time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)

    @app.after_request
    def set_headers(response: Response) -> Response:
        headers = response.headers
        headers["Content-Security-Policy"] = POLICY
        headers["X-Content-Type-Options"] = "nosniff"
        headers["X-Frame-Options"] = "DENY"
        headers["Referrer-Policy"] = "same-origin"
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["X-Request-Id"] = g.get("request_id", "")
        if secure:
            headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        if not (request.endpoint or "").endswith("static"):
            headers.setdefault("Cache-Control", "no-store")
        _write_down(response)
        return response

    @app.teardown_request
    def forget_number(_problem: BaseException | None) -> None:
        structlog.contextvars.clear_contextvars()


def _write_down(response: Response) -> None:
    """One line for each request: its page by the endpoint, never by the address, which can hold names and secrets."""
    someone = g.get("_login_user")  # Flask-Login's, where the guard asked for it
    account = getattr(getattr(someone, "account", None), "id", None)
    log.info(
        "request",
        method=request.method if request.method in _METHODS else "other",
        endpoint=request.endpoint,
        status=response.status_code,
        ms=round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000, 1),
        **({} if account is None else {"account": account}),
    )
