"""Django's settings: everything an operator can choose is read from the environment, once, by one model.

A value that cannot be right stops the start with a sentence that names it and says what would be right.
"""

import os
import secrets
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import parse_qs, parse_qsl, unquote, urlsplit

import structlog
from django.core.exceptions import ImproperlyConfigured
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, FilePath, ValidationError

PREFIX = "UPTURN_"
LOCAL = ("localhost", "127.0.0.1", "[::1]")


# What an operator may set -----------------------------------------------------------------------------------------


def person_data_folder() -> Path:
    """Where this person's programs keep data on this platform."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "Upturn"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "Upturn"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "upturn"


def web_address(value: str) -> bool:
    """https, or http on this machine only: what is written here must not travel in the clear."""
    address = urlsplit(value)
    safe = address.scheme == "https" or (address.scheme == "http" and address.hostname in (*LOCAL, "::1"))
    return safe and not (address.path.strip("/") or address.query or address.fragment)


def database_address(value: str) -> bool:
    address = urlsplit(value)
    return address.scheme in ("postgres", "postgresql") and bool(address.path.strip("/"))


def mail_address(value: str) -> bool:
    address = urlsplit(value)
    return address.scheme in ("smtp", "smtps") and address.query in ("", "tls")


def stamping_address(value: str) -> bool:
    """In the clear will do: a digest goes out, and what comes back is signed."""
    return urlsplit(value).scheme in ("http", "https")


def an_address(right: Callable[[str], bool]) -> AfterValidator:
    """Text that is a web-like address with a host, a port that is a number, and `right`; its last slash falls off."""

    def check(value: str) -> str:
        address = urlsplit(value)
        if not ((address.hostname or parse_qs(address.query).get("host")) and address.port != 0 and right(value)):
            raise ValueError
        return value.rstrip("/")

    return AfterValidator(check)


def separated(value: object) -> object:
    """`a, b` and `a b` as a tuple of two."""
    return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value


class Environment(BaseModel):
    """The choices of whoever runs Upturn: each is the environment variable UPTURN_ + its name in capitals.

    A description says what would be right, and is what a person reads whose value is not.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    data: Path = Field(default_factory=person_data_folder, description="Give the folder that shall hold all data.")
    database_url: Annotated[str, an_address(database_address)] | None = Field(
        default=None,
        description="Give postgresql://user:password@host:5432/database, or leave it out to use SQLite.",
    )
    base_url: Annotated[str, an_address(web_address)] = Field(
        default="http://127.0.0.1:8000",
        description="Give the address people type, as https://plans.example.org; http is for this machine alone.",
    )
    hosts: Annotated[tuple[str, ...], BeforeValidator(separated)] = Field(
        default=(), description="Give the host names that requests may name, separated by spaces."
    )
    secret_key: str | None = Field(
        default=None,
        min_length=32,
        description="Give at least 32 random characters, or leave it out to have a key file made.",
    )
    demo: bool = Field(default=False, description="Give true or false.")
    smtp_url: Annotated[str, an_address(mail_address)] | None = Field(
        default=None,
        description="Give smtp://user:password@host:587?tls or smtps://user:password@host:465, or leave it out to have"
        " mail printed.",
    )
    mail_from: str = Field(
        default="Upturn <upturn@localhost>",
        pattern=r"^[^@\r\n]*[^@\s]@[^@\s]+$",
        description="Give the sender of mail, as Plans <plans@example.org>.",
    )
    tsa_url: Annotated[str, an_address(stamping_address)] | None = Field(
        default=None,
        description="Give the address of a time-stamping authority (RFC 3161), as http://timestamp.example.org/tsr, or"
        " leave it out.",
    )
    tsa_roots: FilePath | None = Field(
        default=None,
        description="Give a file with the certificates (PEM) that the time-stamping authority is trusted by, or none.",
    )
    proxies: int = Field(default=0, ge=0, le=9, description="Give the number of proxies in front of Upturn, 0 to 9.")

    @property
    def https(self) -> bool:
        return self.base_url.startswith("https:")


def read_environment() -> Environment:
    """Read UPTURN_*; an empty variable counts as absent. Raises ImproperlyConfigured with a line per wrong value."""
    found = {name: text for name, text in os.environ.items() if name.startswith(PREFIX) and text.strip()}
    try:
        return Environment.model_validate({name.removeprefix(PREFIX).lower(): text for name, text in found.items()})
    except ValidationError as error:
        wrong = dict.fromkeys(str(problem["loc"][0]) for problem in error.errors())
    raise ImproperlyConfigured("\n".join(["These settings cannot be used:", *map(complaint, wrong)]))


def complaint(name: str) -> str:
    """What would be right in place of a wrong value; never the value itself, which may hold a password."""
    fields = Environment.model_fields
    known = ", ".join(PREFIX + field.upper() for field in fields)
    right = fields[name].description if name in fields else f"There is no such setting. There are: {known}."
    return f"  {PREFIX}{name.upper()}: {right}"


def key_file(folder: Path) -> str:
    """The secret key under `folder`, made once, readable by its owner only.

    Written aside and linked into place, so that of two processes starting together both read the same whole key.
    """
    path = folder / "secret.key"
    if not path.exists():
        fresh = folder / f"secret.key.{secrets.token_hex(8)}"
        fresh.touch(mode=0o600, exist_ok=False)
        fresh.write_text(secrets.token_urlsafe(64), encoding="ascii")
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text(encoding="ascii").strip()


def secret_key(environment: Environment) -> str:
    """The key given, or that of the data folder. Raises ImproperlyConfigured when the folder cannot be written to."""
    try:
        environment.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        return environment.secret_key or key_file(environment.data)
    except OSError as error:
        cause = f"{environment.data} cannot be written to ({error.strerror}). Give the folder that shall hold all data."
    raise ImproperlyConfigured(f"{PREFIX}DATA: {cause}")


def sqlite(path: Path) -> dict[str, Any]:
    """WAL, so that readers never wait for a writer; IMMEDIATE, so that a transaction that will write queues for its
    turn at its start instead of failing in its middle; synchronous stays FULL: what was answered for is on disk.
    """
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "CONN_MAX_AGE": 600,
        "OPTIONS": {"timeout": 20, "transaction_mode": "IMMEDIATE", "init_command": "PRAGMA journal_mode=WAL"},
    }


def postgresql(url: str) -> dict[str, Any]:
    address = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(address.path.strip("/")),
        "USER": unquote(address.username or ""),
        "PASSWORD": unquote(address.password or ""),
        "HOST": unquote(address.hostname or ""),
        "PORT": str(address.port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": dict(parse_qsl(address.query)),
    }


ENVIRONMENT = read_environment()
DEMO = ENVIRONMENT.demo
DATA = ENVIRONMENT.data
BASE_URL = ENVIRONMENT.base_url
TSA_URL = ENVIRONMENT.tsa_url
TSA_ROOTS = ENVIRONMENT.tsa_roots


# The application --------------------------------------------------------------------------------------------------

DEBUG = False
SECRET_KEY = secret_key(ENVIRONMENT)
ALLOWED_HOSTS = [*(ENVIRONMENT.hosts or [urlsplit(BASE_URL).hostname]), *LOCAL]
ROOT_URLCONF = "upturn.web.urls"
WSGI_APPLICATION = "upturn.wsgi.application"

INSTALLED_APPS = [
    "upturn.web",  # first, so that its templates win over those of allauth
    "upturn.records",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "template_partials",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # outside WhiteNoise, which does not compress what it finds by itself
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "upturn.web.middleware.ContentSecurityPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "upturn.web.middleware_person.SignedIn",
    "upturn.web.middleware_person.StillThem",
    "upturn.web.middleware_person.CurrentPerson",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,  # without DEBUG, Django keeps every template compiled
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "upturn.web.context.shell",
            ],
        },
    },
]

DATABASES = {
    "default": postgresql(ENVIRONMENT.database_url) if ENVIRONMENT.database_url else sqlite(DATA / "upturn.sqlite3")
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# On disk, so that the sign-in limits count across the worker processes of one machine.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": DATA / "cache",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True


# Files ------------------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True  # served from the packages they come in: nobody has to run collectstatic
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_MAX_AGE = 365 * 24 * 3600  # an address names its content, so it never grows old
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "upturn.web.assets.NamedByContent"},
}
MEDIA_ROOT = DATA / "files"  # no MEDIA_URL: attachments go out through views that ask who may see them
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # a long table of goals is one form


# Signing in -------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "records.User"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",  # hard on memory as well as on time, and in Python itself
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]

ACCOUNT_ADAPTER = "upturn.web.accounts.AccountAdapter"  # keeps sign-up closed: people are invited
ACCOUNT_FORMS, MFA_FORMS = (
    {name: f"upturn.web.account_forms.{form}" for name, form in forms.items()}
    for forms in (
        {
            "login": "Login",
            "request_login_code": "RequestLoginCode",
            "confirm_login_code": "ConfirmLoginCode",
            "reauthenticate": "Reauthenticate",
            "change_password": "ChangePassword",
            "set_password": "SetPassword",
            "reset_password": "ResetPassword",
            "reset_password_from_key": "ResetPasswordFromKey",
            "add_email": "ChangeEmail",
        },
        {
            "authenticate": "SecondStep",
            "reauthenticate": "SecondStepAgain",
            "activate_totp": "ActivateApp",
            "add_webauthn": "AddPasskey",
            "edit_webauthn": "RenamePasskey",
            "login_webauthn": "SignInWithPasskey",
        },
    )
)
ACCOUNT_LOGIN_METHODS = {"email", "username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # an invitation, or a code sent to the address, is what verifies it
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True  # whoever changes how one signs in, the owner hears of it
ACCOUNT_CHANGE_EMAIL = True  # one address, changed when the new one has been confirmed
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if ENVIRONMENT.https else "http"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_RATE_LIMITS = {  # beside allauth's own
    "join": "10/m/ip,60/h/ip",
    "check": "20/m/ip,200/h/ip",
    "step_up": "10/5m/user",
    "mail_code": "5/15m/user",
}
ALLAUTH_TRUSTED_PROXY_COUNT = ENVIRONMENT.proxies

MFA_ADAPTER = "upturn.web.accounts.MFAAdapter"
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_TOTP_ISSUER = "Upturn"
MFA_ALLOW_UNVERIFIED_EMAIL = True  # nobody can claim another's address first: sign-up is closed
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not ENVIRONMENT.https


# What the browser is told -----------------------------------------------------------------------------------------

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENVIRONMENT.https
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if ENVIRONMENT.https else 0
SECURE_SSL_REDIRECT = ENVIRONMENT.https and ENVIRONMENT.proxies > 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.proxies else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = [BASE_URL]
CSRF_FAILURE_VIEW = "upturn.web.views.pages.csrf_failure"  # keeps what was typed


# Mail -------------------------------------------------------------------------------------------------------------

DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENVIRONMENT.mail_from
EMAIL_TIMEOUT = 10
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if ENVIRONMENT.smtp_url else 'console'}.EmailBackend"
if ENVIRONMENT.smtp_url:
    _smtp = urlsplit(ENVIRONMENT.smtp_url)
    EMAIL_HOST = _smtp.hostname
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_smtp.username or ""), unquote(_smtp.password or "")
    EMAIL_USE_SSL, EMAIL_USE_TLS = _smtp.scheme == "smtps", _smtp.query == "tls"
    EMAIL_PORT = _smtp.port or (465 if EMAIL_USE_SSL else 587 if EMAIL_USE_TLS else 25)


# The log: one JSON object a line, or columns for a person at a terminal ---------------------------------------------

_shared = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
_renderer = structlog.dev.ConsoleRenderer(colors=False) if DEMO else structlog.processors.JSONRenderer()

structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *_shared,
        structlog.processors.format_exc_info,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "structured": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": [*_shared, structlog.processors.format_exc_info],
            "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer],
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "upturn": {"level": "INFO"},
        # Django would mail errors to administrators and has a handler of its own for a terminal; here it has neither.
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.security.DisallowedHost": {"level": "CRITICAL"},  # scanners knock all day; they are answered 400
        "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
    },
}
