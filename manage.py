#!/usr/bin/env python
"""Django's command line, with the development settings unless the environment names others."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "certification.settings.dev")
    roles = {"migrate": "migrate", "runserver": "web"}
    os.environ.setdefault("JALON_PROCESS", roles.get("".join(sys.argv[1:2]), "command"))
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
