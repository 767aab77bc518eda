"""Accounts, mail and jobs: what keeps CertHub itself in order. Each `*_routes` module is one of these pages."""

import importlib
import pkgutil

from flask import Blueprint

bp = Blueprint("administration", __name__)

for _module in pkgutil.iter_modules(__path__):
    if _module.name.endswith("_routes"):
        importlib.import_module(f"{__name__}.{_module.name}")
