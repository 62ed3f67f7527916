"""What every environment shares; nothing here is a secret and nothing weakens production."""

from pathlib import Path
from typing import Any

from kombu import Queue

from certification.settings.env import bounded, env
from certification.settings.roles import ROLES

# Which of the platform's programs this is: certification/settings/roles.py.
PROCESS = env.choice("JALON_PROCESS", tuple(ROLES), default="web")
ROLE = ROLES[PROCESS]

BASE_DIR = Path(__file__).resolve().parents[2]
DATA_DIR = env.folder("JALON_DATA_DIR", default=BASE_DIR / "var" / "data")
LOG_DIR = env.folder("JALON_LOG_DIR", default=BASE_DIR / "var" / "log")

DEBUG = False
# Where people reach the platform; documents and e-mails link there.
JALON_BASE_URL = env.text("JALON_BASE_URL", form="https://host", default="http://127.0.0.1:8000").rstrip("/")
ROOT_URLCONF = "certification.urls"
WSGI_APPLICATION = "certification.wsgi.application"
ASGI_APPLICATION = "certification.asgi.application"

INSTALLED_APPS = [
    # First: its commands take the place of others of the same name.
    "assessments.apps.AssessmentsConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_htmx",
    "certification.referentials.apps.ReferentialsConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "certification.middleware.SecurityHeaders",
    "certification.middleware.SoundRequests",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "certification.middleware.ShowInvisible",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "certification.middleware.PrivateAnswers",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "certification.space.NamedWhenFull",
    "assessments.web.guards.SessionLife",
    "assessments.web.guards.SecondFactor",
    # Last, so that it is the first to see what a view could not do.
    "certification.outages.Outages",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "libraries": {"jalon": "assessments.web.templatetags.jalon"},
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "assessments.web.navigation.navigation",
            ],
        },
    },
]

DATABASES: dict[str, dict[str, Any]] = {"default": env.database("DATABASE_URL")}
# The owner of the tables, who migrates; the application then connects as a role that can only do its work.
MIGRATION_DATABASE: dict[str, Any] = env.database("JALON_MIGRATION_DATABASE_URL", default={})
_limits = {
    "lock": env.integer("JALON_DATABASE_LOCK_SECONDS", default=ROLE.lock_seconds),
    "statement": env.integer("JALON_DATABASE_STATEMENT_SECONDS", default=ROLE.statement_seconds),
    "idle": env.integer("JALON_DATABASE_IDLE_SECONDS", default=ROLE.idle_seconds),
}
for _address in filter(None, (DATABASES["default"], MIGRATION_DATABASE)):
    _address["OPTIONS"] = bounded(_address["OPTIONS"], **_limits)
REDIS_URL = env.redis("REDIS_URL")
REDIS_SECONDS = env.integer("JALON_REDIS_SECONDS", minimum=1, default=ROLE.bell_seconds)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "certification.caching.OutlivingCache",
        "LOCATION": REDIS_URL,
        # Not "jalon": under that name an earlier release left values that this one does not read.
        "KEY_PREFIX": "jalon-json",
        "OPTIONS": {
            "serializer": "certification.caching.Json",
            "socket_connect_timeout": REDIS_SECONDS,
            "socket_timeout": REDIS_SECONDS,
        },
    },
    # Of this process alone: what would not go into JSON, and may be made again.
    "memory": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "memory",
        "OPTIONS": {"MAX_ENTRIES": 50},
    },
}

# --- People -------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "assessments.User"
# W019: our own pages show our own evidence in frames; other sites' may not.
SILENCED_SYSTEM_CHECKS = ["security.W019"]
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "full_name")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "certification.passwords.FrenchPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
# How many proxies of ours stand before the platform: without it, anyone could choose the address they show. Read by
# ``certification.clients`` alone, which allauth and the API's limits ask.
TRUSTED_PROXIES = env.integer("JALON_TRUSTED_PROXIES", default=0)
ACCOUNT_ADAPTER = "certification.accounts.AccountAdapter"
ACCOUNT_SIGNUP_OPEN = env.boolean("JALON_SIGNUP_OPEN", default=False)
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_UNIQUE_EMAIL = True
# Addresses are proved by links of ours (``assessments.services.mailed_links``), never by allauth's own rows.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_FORMS = {"reset_password": "certification.account_forms.ResetPasswordForm"}
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105 a path
# The mailbox was proved by the link: nothing is gained by asking for the password that was just chosen.
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
PASSWORD_RESET_TIMEOUT = 12 * 60 * 60
ACCOUNT_LOGOUT_ON_GET = False
# ``login_failed`` counts failures by network, then by account from one network or one known browser;
# ``login_failed_account`` the attempts on an account from all browsers that are not known.
ACCOUNT_RATE_LIMITS = {
    "login_failed": "10/m/ip,5/5m/key",
    "login_failed_account": "100/h/key",
    "reset_password": "20/m/ip",
    "reset_password_letters": "5/h/key",
    "sign_up_letters": "5/h/key",
    "change_address": "5/h/user",
}
# How long the link of an invitation serves.
INVITATION_DAYS = env.integer("JALON_INVITATION_DAYS", minimum=1, default=14)
KNOWN_BROWSER_COOKIE_NAME = "known-browser"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
# Scripts take the token from the form that they send.
CSRF_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
# A session ends after so long without a page, and after so long in any case.
SESSION_IDLE_MINUTES = env.integer("JALON_SESSION_IDLE_MINUTES", minimum=5, default=120)
SESSION_HOURS = env.integer("JALON_SESSION_HOURS", minimum=1, default=12)
SESSION_COOKIE_AGE = SESSION_HOURS * 60 * 60
# Whether those who decide or administer must hold a second factor; anyone may.
SECOND_FACTOR = env.choice("JALON_SECOND_FACTOR", ("required", "optional"), default="required")
MFA_ADAPTER = "certification.factors.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "certification.factors.CodeForm",
    "reauthenticate": "certification.factors.CodeAgainForm",
    "activate_totp": "certification.factors.ActivateForm",
    "add_webauthn": "certification.factors.PasskeyForm",
    "edit_webauthn": "certification.factors.PasskeyNameForm",
}
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_RECOVERY_CODE_DIGITS = 10
# A code that is read at the end of its half minute still counts when it has been typed.
MFA_TOTP_TOLERANCE = 1
MFA_TOTP_ISSUER = "Jalon"
# Accounts are opened by an administrator, for addresses that they vouch for.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# Who came in, failed to, or took a document away: for how long that is kept.
ACCESS_LOG_DAYS = env.integer("JALON_ACCESS_LOG_DAYS", minimum=30, default=180)

# --- Language and time --------------------------------------------------------------------------------------
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "certification" / "locale"]
FORMAT_MODULE_PATH = ["certification.formats"]
TIME_ZONE = "Europe/Paris"
USE_I18N = True
USE_TZ = True

# --- Files --------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = env.folder("JALON_STATIC_DIR", default=BASE_DIR / "var" / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "certification.storage.PrivateFileSystemStorage",
        # Files are open to the sandbox's own user, to whom they are shown one by one; the folders are ours alone.
        "OPTIONS": {
            "location": str(DATA_DIR / "files"),
            "file_permissions_mode": 0o644,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Larger uploads go to a temporary file beside their destination, so that a move is a rename.
FILE_UPLOAD_TEMP_DIR = DATA_DIR / "uploads"
FILE_UPLOAD_TEMP_DIR.mkdir(mode=0o750, exist_ok=True)
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "certification.uploads.RefuseTooLarge",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "certification.uploads.OnDisk",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
# A page of an import has up to 80 parts, each with its fields, its assessments with what they cover.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
UPLOAD_MAX_BYTES = env.integer("JALON_UPLOAD_MAX_BYTES", minimum=1, default=1024**3)
# With less than this left on the disk of the data folder nothing more is received.
DISK_FLOOR_BYTES = env.integer("JALON_DISK_FLOOR_BYTES", default=1024**3)

# What one person may send: bytes and files in a day, files on their way in at once, bytes not yet submitted.
QUOTA_BYTES_PER_DAY = env.integer("JALON_QUOTA_BYTES_PER_DAY", minimum=1, default=10 * UPLOAD_MAX_BYTES)
QUOTA_INSPECTIONS_PER_DAY = env.integer("JALON_QUOTA_INSPECTIONS_PER_DAY", minimum=1, default=60)
QUOTA_OPEN_UPLOADS = env.integer("JALON_QUOTA_OPEN_UPLOADS", minimum=1, default=12)
QUOTA_WAITING_BYTES = env.integer("JALON_QUOTA_WAITING_BYTES", minimum=1, default=8 * UPLOAD_MAX_BYTES)
# How long what no row names any more is kept, and an upload that nobody comes back to finish.
ORPHAN_HOURS = env.integer("JALON_ORPHAN_HOURS", minimum=1, default=24)
UPLOAD_DAYS = env.integer("JALON_UPLOAD_DAYS", minimum=1, default=30)

# --- Browser ------------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "default-src": ["'self'"],
    "script-src": ["'self'"],
    "worker-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "object-src": ["'none'"],
    "frame-ancestors": ["'self'"],
    "base-uri": ["'none'"],
    "form-action": ["'self'"],
}
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "SAMEORIGIN"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

# --- API ----------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "assessments.api.authentication.ApiTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticated",
        "assessments.api.authentication.InScope",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "EXCEPTION_HANDLER": "assessments.api.views.refusals",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "assessments.api.edges.Pages",
    "DEFAULT_PARSER_CLASSES": [
        "assessments.api.edges.SoundJSONParser",
        "assessments.api.edges.SoundFormParser",
        "assessments.api.edges.SoundMultiPartParser",
    ],
    "PAGE_SIZE": 50,
    "DEFAULT_THROTTLE_RATES": {"token": "10/min"},
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Jalon",
    "DESCRIPTION": "Works, submissions, runs and results of a professional certification.",
    "VERSION": "0.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# --- Background work ----------------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_SOFT_TIME_LIMIT = 25 * 60
CELERY_TASK_TIME_LIMIT = 30 * 60
# Longer than the hard limit: Redis would otherwise deliver a running task a second time.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 60 * 60,
    "socket_connect_timeout": REDIS_SECONDS,
    "socket_timeout": REDIS_SECONDS,
    "socket_keepalive": True,
    # A ring is tried once: the sweeper rings again, and whoever rings may be a person who waits.
    "max_retries": 0,
}
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_CREATE_MISSING_QUEUES = False
CELERY_TASK_QUEUES = [
    Queue("default"),
    Queue("untrusted"),
    Queue("reports"),
    Queue("probes"),
    Queue("mail"),
    Queue("planning"),
]
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "assessments.sweep", "schedule": 10.0, "options": {"expires": 10}},
    "purge-imports": {"task": "assessments.purge_imports", "schedule": 3600.0, "options": {"expires": 3600}},
    "compare-again": {"task": "assessments.compare_again", "schedule": 3600.0, "options": {"expires": 3600}},
    "collect-orphans": {"task": "assessments.collect_orphans", "schedule": 6 * 3600.0, "options": {"expires": 3600}},
    "anchor-journal": {"task": "assessments.anchor_journal", "schedule": 3600.0, "options": {"expires": 3600}},
    "mail-head": {"task": "assessments.mail_head", "schedule": 24 * 3600.0, "options": {"expires": 3600}},
    "forget-exchanges": {"task": "assessments.forget_exchanges", "schedule": 24 * 3600.0, "options": {"expires": 3600}},
    "purge-accesses": {"task": "assessments.purge_accesses", "schedule": 24 * 3600.0, "options": {"expires": 3600}},
}

# An import of a référentiel that nobody has touched for so long is thrown away.
IMPORT_DAYS = env.integer("JALON_IMPORT_DAYS", minimum=1, default=30)

# What a worker holds whose lease has not been renewed for so long is taken up by another.
RUN_LEASE_SECONDS = env.integer("JALON_RUN_LEASE_SECONDS", minimum=2, default=15)
# Of one person, evaluations and likewise inspections at once: nobody takes every worker.
HELD_PER_PERSON = env.integer("JALON_HELD_PER_PERSON", minimum=1, default=1)

# --- Proof against the database's owner ------------------------------------------------------------------------
# The journal's head is signed and kept there: best on another machine's disk, or where nothing is overwritten.
ANCHOR_DIR = env.folder("JALON_ANCHOR_DIR", default=DATA_DIR / "anchors")
ANCHOR_KEY_FILE = env.text("JALON_ANCHOR_KEY_FILE", form="the absolute path of a file", default="")
ANCHOR_EMAILS = env.words("JALON_ANCHOR_EMAILS", default=[])

# --- Declared addresses -------------------------------------------------------------------------------------
# Zero: nothing is called without a person asking for it.
PROBE_PERIOD_SECONDS = env.integer("JALON_PROBE_PERIOD_SECONDS", default=6 * 3600)
PROBE_PORTS = frozenset({80, 443, *env.ports("JALON_PROBE_PORTS", default=[])})
PROBE_INTRANET = env.private_networks("JALON_PROBE_INTRANET", default=())
# When none of them answers, a silence is taken for our own network's.
PROBE_WITNESSES = tuple(env.words("JALON_PROBE_WITNESSES", default=["www.iana.org", "www.rfc-editor.org"]))
PROBE_EXCHANGE_DAYS = env.integer("JALON_PROBE_EXCHANGE_DAYS", minimum=1, default=90)

# --- Mail ---------------------------------------------------------------------------------------------------
# Nothing is sent where it is written: messages are kept, and a worker hands them over to the post office.
EMAIL_BACKEND = "assessments.services.mail_backend.LedgerBackend"
MAIL_DELIVERY_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_TIMEOUT = env.integer("JALON_EMAIL_TIMEOUT", minimum=1, default=10)  # seconds, for each answer of the server

# --- Logging ------------------------------------------------------------------------------------------------
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "certification.logs.LineFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {
        "handlers": ["stderr"],
        "level": env.choice("JALON_LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), default="INFO"),
    },
    "loggers": {"django.server": {"handlers": ["stderr"], "level": "INFO", "propagate": False}},
}
