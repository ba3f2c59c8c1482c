"""The product's settings for the tests: a data folder that vanishes, cheap password hashing, no sign-in limits.

The database is SQLite in a file, as in production (in memory there is no WAL, and no second connection); where
UPTURN_DATABASE_URL names a PostgreSQL server, that.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_folder = Path(tempfile.mkdtemp(prefix="upturn-test-"))
atexit.register(shutil.rmtree, _folder, ignore_errors=True)

_database = os.environ.get("UPTURN_DATABASE_URL", "")
for _name in [name for name in os.environ if name.startswith("UPTURN_")]:
    del os.environ[_name]  # what an operator has set must not change what the tests say
os.environ |= {"UPTURN_DATA": str(_folder), "UPTURN_DATABASE_URL": _database}
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's own event loop runs in the thread that asks Django

from upturn.settings import *  # noqa: E402, F403 - only now is the environment what the tests want
from upturn.settings import DATABASES  # noqa: E402

if not _database:
    DATABASES["default"]["TEST"] = {"NAME": str(_folder / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] += ";PRAGMA synchronous=OFF"  # no test pulls the plug
DATABASES["default"]["CONN_MAX_AGE"] = 0  # a connection kept by a server's thread would keep the database from going

ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
