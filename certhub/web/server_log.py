"""How gunicorn logs: in our own form, since its own lines repeat addresses, headers and the texts of errors."""

from typing import Any

from gunicorn.glogging import Logger

from certhub import logs


class ServerLog(Logger):  # type: ignore[misc]  # gunicorn tells no types
    """Gunicorn's logger, whose lines take the same way as those of all libraries."""

    def setup(self, cfg: Any) -> None:
        """Let go of gunicorn's own handlers, and pass on to ours."""
        super().setup(cfg)
        logs.configure()
        for logger in (self.error_log, self.access_log):
            for handler in list(logger.handlers):
                logger.removeHandler(handler)
        self.error_log.propagate = True
