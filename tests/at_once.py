"""Several people at the same moment, each with a connection of their own."""

import threading
from collections.abc import Callable

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from certhub.database import db
from certhub.rules.refusal import Refusal


def at_once(app: Flask, *work: Callable[[], object]) -> list[Exception]:
    """Do all of `work` at the same time, each with a connection of its own; what was refused, and what broke."""
    barrier, problems = threading.Barrier(len(work)), list[Exception]()

    def alone(one: Callable[[], object]) -> None:
        with app.app_context():
            try:
                barrier.wait()
                one()
            except (Refusal, SQLAlchemyError) as problem:  # judged by the thread that asked
                problems.append(problem)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=alone, args=(one,)) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return problems
