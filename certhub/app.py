"""The application: read it top to bottom to see what it is made of."""

import importlib
import pkgutil
from datetime import timedelta

from flask import Flask
from flask_bootstrap import Bootstrap5
from flask_migrate import Migrate
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from certhub import blueprints, logs
from certhub.auth.guard import enforce
from certhub.auth.login import init_login
from certhub.auth.readings import tell_of_reading
from certhub.cli import init_commands
from certhub.config import Settings, load, make_data_dir, shipped
from certhub.connections import engine_options
from certhub.database import db, init_database
from certhub.documents.engines import engine_named
from certhub.filestore import FolderStore
from certhub.web.context import Running
from certhub.web.converters import RowNumber
from certhub.web.errors import init_errors
from certhub.web.metrics import init_metrics
from certhub.web.navigation import init_navigation
from certhub.web.security import forgery, init_security, signing_keys
from certhub.web.submissions import init_submissions


def create_app(settings: Settings | None = None) -> Flask:
    """Put the application together; nothing is started, and nothing but the empty data folder is made."""
    settings = settings or load()
    logs.configure()
    make_data_dir(settings)
    app = Flask("certhub", template_folder=str(shipped("templates")), instance_path=str(settings.data_dir))
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=list(settings.previous_secret_keys),
        WTF_CSRF_SECRET_KEY=signing_keys(settings),
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url),
        MAX_CONTENT_LENGTH=max(settings.max_upload_bytes, settings.max_spreadsheet_bytes) + 512 * 1024,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        SESSION_COOKIE_NAME="certhub",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=settings.session_hours),
        WTF_CSRF_TIME_LIMIT=None,  # bound to the browser's session; a form may stay open for a day
        BOOTSTRAP_SERVE_LOCAL=True,
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.url_map.strict_slashes = False
    app.url_map.converters["int"] = RowNumber
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]  # as Flask documents it
    app.extensions["certhub"] = Running(
        settings=settings,
        files=FolderStore(settings.files_dir),
        engine=engine_named(settings.pdf_engine, wkhtmltopdf=settings.wkhtmltopdf),
    )

    init_database(app)
    Migrate(app, db, directory=str(shipped("migrations")), compare_type=True)
    Bootstrap5(app)
    init_security(app, secure=settings.secure)
    if settings.metrics_token is not None:
        init_metrics(app, settings.metrics_token)
    init_login(app)
    app.before_request(enforce)  # before the check for forgery: whoever was signed out mid-form is asked to sign in
    app.after_request(tell_of_reading)
    forgery.init_app(app)
    init_submissions(app)
    init_errors(app)
    init_navigation(app)
    init_commands(app)
    for area in pkgutil.iter_modules(blueprints.__path__):
        app.register_blueprint(importlib.import_module(f"certhub.blueprints.{area.name}").bp)
    return app
