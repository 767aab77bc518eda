"""What a view can reach of the running application."""

from dataclasses import dataclass
from typing import cast

from flask import current_app

from certhub.config import Settings
from certhub.documents.engines import Engine
from certhub.filestore import FileStore
from certhub.services.certificates import Press


@dataclass(frozen=True, slots=True)
class Running:
    """The parts of the application that are made once, at start."""

    settings: Settings
    files: FileStore
    engine: Engine


def running() -> Running:
    """The running application's parts."""
    return cast("Running", current_app.extensions["certhub"])


def settings() -> Settings:
    """The settings that the application was started with."""
    return running().settings


def file_store() -> FileStore:
    """Where uploaded and issued files are kept."""
    return running().files


def press() -> Press:
    """What printing a certificate needs."""
    now = running()
    return Press(
        engine=now.engine,
        store=now.files,
        base_url=now.settings.base_url,
        signatory_name=now.settings.signatory_name,
        signatory_title=now.settings.signatory_title,
    )
