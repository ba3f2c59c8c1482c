"""Programs of the machine that some tests need; `dev.py test` installs them where it may."""

import os
import shutil

import pytest


def program(*names: str, package: str, untried: str) -> str:
    """The path of the first that is there. Without any, a test fails in continuous integration, and is skipped
    elsewhere with the words that say so.
    """
    found = os.environ.get(package.upper()) or next(filter(None, map(shutil.which, names)), None)
    if found:
        return found
    missing = f"NO {package.upper()}: {untried}. Install the package `{package}`."
    return (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)
