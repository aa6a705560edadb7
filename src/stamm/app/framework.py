"""Django, set up for a project: its settings in one place, and tables that fit the program.

Nothing is read from a settings module and no variable has to be set: what differs between two installations stands in
stamm.toml and STAMM_DATABASE. A process serves one project.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from stamm.app.project import Project
from stamm.lang.errors import ProjectError
from stamm.lang.language import CODES
from stamm.store.lock import exclusive

#: signs cookies and links; whoever has it can come in as anybody
KEY = "secret.key"
MIGRATING_SECONDS = 60.0
#: the same number in every process, so that one of them changes the tables of a PostgreSQL database
_ADVISORY = 7_236_403
HERE = ("localhost", "127.0.0.1", "[::1]")
DAY = 86_400
TEMPLATES = Path(__file__).parents[1]


def set_up(project: Project, host: str = "") -> None:
    """Django for this project, and its tables made or changed to fit, by one process at a time.

    `host` is where the server listens besides what stamm.toml says. Raises ProjectError where the database cannot be
    used, and for a second project in one process.
    """
    if settings.configured:
        if project.directory != settings.STAMM_PROJECT:
            raise ProjectError("A process serves one project.", where=str(project.directory))
        return
    project.people().close()
    settings.configure(**settings_of(project, host))
    django.setup()
    with _alone(project):
        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)


def settings_of(project: Project, host: str = "") -> dict[str, Any]:
    """All of Django's settings, and those of its packages."""
    address = urlsplit(project.settings.address)
    https = address.scheme == "https"
    prefix = "__Host-" if https else ""
    return {
        "STAMM_PROJECT": project.directory,
        "STAMM_ADDRESS": project.settings.address,
        "STAMM_PROXIES": project.settings.proxies,
        "SECRET_KEY": secret_of(project),
        "ALLOWED_HOSTS": [name for name in (address.hostname, *HERE, host) if name],
        "CSRF_TRUSTED_ORIGINS": [project.settings.address] if project.settings.address else [],
        "DATABASES": {"default": _database(project)},
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        # counts wrong passwords for all processes, also after a start
        "CACHES": {
            "default": {
                "BACKEND": "django.core.cache.backends.db.DatabaseCache",
                "LOCATION": "people_slowed",
                "OPTIONS": {"MAX_ENTRIES": 100_000},
            }
        },
        "INSTALLED_APPS": [
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
            "stamm.people",
            "stamm.boards",
            "allauth",
            "allauth.account",
            "allauth.mfa",
            "django_htmx",
        ],
        "MIDDLEWARE": [
            "stamm.web.headers.guarded",
            "stamm.web.headers.known_host",
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.auth.middleware.LoginRequiredMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "stamm.web.speaking.spoken",
            "stamm.web.failures.telling",
            "django_htmx.middleware.HtmxMiddleware",
            "allauth.account.middleware.AccountMiddleware",
        ],
        "TEMPLATES": [
            {
                "BACKEND": "django.template.backends.jinja2.Jinja2",
                "DIRS": [TEMPLATES / "web" / "templates", TEMPLATES / "reports" / "pages"],
                "OPTIONS": {
                    "environment": "stamm.web.frame.environment",
                    "context_processors": ["stamm.web.frame.around"],
                },
            }
        ],
        "ROOT_URLCONF": "stamm.web.urls",
        "USE_TZ": True,
        "TIME_ZONE": "UTC",
        "LANGUAGES": [(code, code) for code in CODES],
        "LANGUAGE_CODE": "en",
        # who signs in
        "AUTH_USER_MODEL": "people.Person",
        "AUTHENTICATION_BACKENDS": ["allauth.account.auth_backends.AuthenticationBackend"],
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.ScryptPasswordHasher"],
        "AUTH_PASSWORD_VALIDATORS": [
            {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
            for name, options in (
                ("UserAttributeSimilarityValidator", {"user_attributes": ("email", "name")}),
                ("MinimumLengthValidator", {"min_length": 10}),
                ("CommonPasswordValidator", {}),
                ("NumericPasswordValidator", {}),
            )
        ],
        "LOGIN_URL": "account_login",
        "LOGIN_REDIRECT_URL": "today",
        "ACCOUNT_LOGOUT_REDIRECT_URL": "account_login",
        "ACCOUNT_ADAPTER": "stamm.web.entrance.Entrance",
        "ACCOUNT_USER_MODEL_USERNAME_FIELD": None,
        "ACCOUNT_LOGIN_METHODS": {"email"},
        "ACCOUNT_SIGNUP_FIELDS": ["email*", "password1*"],
        "ACCOUNT_EMAIL_VERIFICATION": "none",
        "ACCOUNT_SESSION_REMEMBER": True,
        "ACCOUNT_TEMPLATE_EXTENSION": "html.j2",
        # ten wrong passwords of one person, or of one place, and then it takes its time
        "ACCOUNT_RATE_LIMITS": {"login": "60/m/ip", "login_failed": "10/m/ip,10/300s/key"},
        "MFA_SUPPORTED_TYPES": ["totp", "recovery_codes"],
        "MFA_TOTP_ISSUER": f"Stamm {project.organisation.name}".strip(),
        "MFA_TOTP_TOLERANCE": 1,
        "MFA_RECOVERY_CODES_SHOW_ONCE": True,
        # what a browser is told
        "SESSION_COOKIE_NAME": f"{prefix}stamm_session",
        "SESSION_COOKIE_AGE": 14 * DAY,
        "SESSION_COOKIE_SECURE": https,
        "CSRF_COOKIE_NAME": f"{prefix}stamm_csrf",
        "CSRF_COOKIE_SECURE": https,
        "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_SAMESITE": "Lax",
        "CSRF_FAILURE_VIEW": "stamm.web.failures.csrf_failure",
        "SECURE_HSTS_SECONDS": 365 * DAY if https else 0,
        "MESSAGE_STORAGE": "django.contrib.messages.storage.session.SessionStorage",
        "SECURE_REFERRER_POLICY": "same-origin",
        "EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend",
        "DATA_UPLOAD_MAX_MEMORY_SIZE": 1_000_000,
        "LOGGING": {
            "version": 1,
            "disable_existing_loggers": False,
            "handlers": {"told": {"class": "stamm.web.records.Told"}},
            "loggers": {"django": {"handlers": ["told"], "level": "WARNING", "propagate": False}},
        },
    }


def _database(project: Project) -> dict[str, Any]:
    address = project.log_address
    if not address:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": project.people_file,
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON",
            },
        }
    from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415 - may not be installed

    parts = {name: value for name, value in conninfo_to_dict(address).items() if value is not None}
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    known = {names[name]: str(parts.pop(name)) for name in list(parts) if name in names}
    own = parts.pop("options", "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        **known,
        "OPTIONS": {**parts, "options": f"{own} -c search_path=stamm".strip(), "application_name": "stamm"},
    }


def secret_of(project: Project) -> str:
    """What links of this project are signed with, made where there is none yet."""
    return _secret(project.directory / KEY)


def _secret(file: Path) -> str:
    """The project's own key, made at the first start; readable by its owner alone, and in no backup."""
    if not file.exists():
        draft = file.with_name(f"{file.name}.{os.getpid()}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as writing:
            writing.write(secrets.token_urlsafe(48))
            writing.flush()
            os.fsync(writing.fileno())
        with suppress(FileExistsError):
            os.link(draft, file)  # whole or not at all, and never over another one
        draft.unlink()
    return file.read_text(encoding="ascii")


@contextmanager
def _alone(project: Project) -> Iterator[None]:
    """No two processes change the tables at once, on this machine or on others."""
    with exclusive(project.directory / "stamm.lock", MIGRATING_SECONDS, None, "The tables of people are being changed"):
        if connection.vendor != "postgresql":
            yield
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_ADVISORY])
            try:
                yield
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_ADVISORY])
