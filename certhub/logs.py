"""Logging: one line of JSON for each event, without personal data.

What a person typed is in the values of variables and in the messages of errors ("there is an account for ann@..."). So
a trace names kinds of errors and lines of code, and neither of those.
"""

import logging
import re
import secrets
import sys
import traceback
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

_NUMBER = re.compile(r"[0-9a-fA-F-]{16,64}")
"""A request's number as proxies make it: hexadecimal, or a UUID. Anything else could be somebody's words."""

_VALUE = re.compile(r"""[:=@'"`<{\[\d\n]""")
"""Where something else than words may begin in a text."""


def request_number(sent: str | None) -> str:
    """The number that a proxy gave the request, or a new one."""
    return sent if sent is not None and _NUMBER.fullmatch(sent) else secrets.token_hex(8)


def configure() -> None:
    """Send every event to standard error, those of libraries from warnings on."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            without_values,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_names: _StandardError(),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    if not any(isinstance(handler, _OfLibraries) for handler in root.handlers):
        root.addHandler(_OfLibraries(logging.WARNING))


def without_values(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Put a trace in the place of an exception: each kind of error with its lines of code, the first cause last."""
    given = event.pop("exc_info", None)
    problem = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    if isinstance(problem, BaseException):
        event["trace"] = [_told(each) for each in _chain(problem)]
    return event


def _chain(problem: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    behind: BaseException | None = problem
    while behind is not None and behind not in found:
        found.append(behind)
        behind = behind.__cause__ or (None if behind.__suppress_context__ else behind.__context__)
    return found


def _told(problem: BaseException) -> dict[str, Any]:
    kind = type(problem)
    return {"error": f"{kind.__module__}.{kind.__qualname__}", "at": _lines(problem.__traceback__)}


def _lines(trace: TracebackType | None) -> list[str]:
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]


class _StandardError:
    """Writes each line to standard error as it then is, in one piece."""

    def msg(self, line: str) -> None:
        """Write one line."""
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()

    log = debug = info = warning = warn = error = exception = critical = fatal = msg


class _OfLibraries(logging.Handler):
    """What libraries log, in the same form, with numbers and without any other value."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        event: dict[str, Any] = {"event": "library", "logger": record.name, "text": _words(record)}
        if record.exc_info:
            event["exc_info"] = record.exc_info
        structlog.get_logger(record.name).log(record.levelno, **event)


def _words(record: logging.LogRecord) -> str:
    """The text of a record as its program has it. One that was put together before is cut where a value may begin."""
    if not isinstance(record.msg, str):
        return type(record.msg).__name__  # an error that was passed on as it is
    if not record.args:
        return _VALUE.split(record.msg, maxsplit=1)[0].strip()
    if not isinstance(record.args, tuple):
        return record.msg
    try:
        return record.msg % tuple(value if isinstance(value, int) else "%s" for value in record.args)
    except (TypeError, ValueError):
        return record.msg
