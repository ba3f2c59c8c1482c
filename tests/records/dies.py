"""A process that opens a plan's transaction and stops in the middle, to be killed there: `python dies.py DB PLAN PERSON
WHERE`.

It stands still right after the statement that begins with WHERE, and says so.
"""

import sys
import time
from datetime import datetime
from typing import Any

import django
from django.conf import settings
from django.db import connection


def main(database: str, plan_id: str, person_id: str, where: str, now: str) -> None:
    settings.DATABASES["default"]["NAME"] = database
    django.setup()
    from upturn.core.commands import Record  # noqa: PLC0415 - Django is set up only now
    from upturn.records.models import Person  # noqa: PLC0415
    from upturn.records.perform import perform  # noqa: PLC0415

    def stops(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 - Django's own
        done = execute(sql, params, many, context)
        if sql.startswith(where):
            print("here", flush=True)
            time.sleep(600)
        return done

    with connection.execute_wrapper(stops):
        talk = Record(log="discussion", answers={"topics": "x", "member_view": "y"}, attended=("p1", "p2"))
        perform(plan_id, talk, Person.objects.get(pk=int(person_id)), datetime.fromisoformat(now))


if __name__ == "__main__":
    main(*sys.argv[1:])
