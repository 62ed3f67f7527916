"""The checks that criteria may name, known only as a mapping from code to JSON schema."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.apps import apps
from django.utils.module_loading import import_string

from certification.referentials.apps import ReferentialsConfig
from certification.referentials.validation import Catalogue


def known_checks() -> Catalogue:
    """JSON schema of the parameters of each check of the engine, by code."""
    config = cast(ReferentialsConfig, apps.get_app_config(ReferentialsConfig.label))
    provider = cast(Callable[[], Catalogue], import_string(config.check_catalogue))
    return provider()
