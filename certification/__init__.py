"""What is certified, and the Django project that holds the applications together."""

from certification.celery import app as celery_app

__all__ = ["celery_app"]
