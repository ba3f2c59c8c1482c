"""The Django app of the screens. Its one duty of its own: who signs in, and who fails to, is in the log."""

from typing import Any

import structlog
from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed

log = structlog.get_logger(__name__)


class Web(AppConfig):
    """Watches sign-ins. No name and no address goes to the log: an account is its number."""

    name = "upturn.web"
    label = "web"

    def ready(self) -> None:
        user_logged_in.connect(signed_in, dispatch_uid="upturn.signed_in")
        user_logged_out.connect(signed_out, dispatch_uid="upturn.signed_out")
        user_login_failed.connect(failed, dispatch_uid="upturn.sign_in_failed")


def signed_in(user: Any, **_: Any) -> None:
    log.info("signed in", account=user.pk)


def signed_out(user: Any, **_: Any) -> None:
    if user is not None:
        log.info("signed out", account=user.pk)


def failed(**_: Any) -> None:
    log.info("sign-in failed")
