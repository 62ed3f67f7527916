#!/usr/bin/env python
"""Django's command line; brings up the embedded services when the environment names none."""

import os
import sys

WITHOUT_SERVICES = {"help", "--help", "-h", "version", "--version"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "certification.settings.dev")
    from certification import embedded

    if len(sys.argv) > 1 and sys.argv[1] not in WITHOUT_SERVICES:
        embedded.use_when_needed()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
