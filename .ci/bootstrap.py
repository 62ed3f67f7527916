# ruff: noqa: T201  this is a program of the terminal
"""Sets the project up on a bare machine, and undoes it. Standard library only: it runs before anything is installed.

    python3 .ci/bootstrap.py run|tests|lock|stop|clean

Each step looks first whether it is needed, prints its time, and can be repeated without harm. System packages are
installed with apt-get when that is permitted; otherwise one message names all that are missing.
"""

import argparse
import ctypes
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UV = VENV / "bin" / "uv"
OLDEST = (3, 11)
SERVICES = ("dev", "test")
PULSE = 10.0  # seconds after which a long step says that it is still under way


class SetupError(Exception):
    """The set-up cannot go on; the message says what to do."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    commands = {"run": set_up, "tests": set_up_for_tests, "lock": lock, "stop": stop, "clean": clean}
    parser.add_argument("command", choices=commands)
    command = commands[parser.parse_args().command]
    os.chdir(ROOT)
    sys.stdout.reconfigure(errors="replace")  # a terminal may know neither ✓ nor …
    try:
        command()
    except SetupError as error:
        print(f"\nset-up stopped: {error}", file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as error:
        print(f"\nset-up stopped: {' '.join(map(str, error.cmd))} ended with {error.returncode}", file=sys.stderr)
        return 1
    return 0


def set_up() -> None:
    """What running takes."""
    install_system_packages(RUN_PACKAGES)
    make_environment()
    install_requirements("run", ROOT / "requirements.txt")
    build_runtime()
    compile_engine()


def set_up_for_tests() -> None:
    """What the tests and the lint take, which includes what running takes."""
    install_system_packages(RUN_PACKAGES | TEST_PACKAGES)
    make_environment()
    install_requirements("tests", ROOT / "requirements.txt", ROOT / "tests" / "requirements.txt")
    build_runtime()
    compile_engine()


@contextmanager
def step(name: str):
    """Prints `name` with the seconds the block took, and every PULSE seconds that it is still under way."""
    began = time.monotonic()
    done = threading.Event()

    def tell() -> None:
        while not done.wait(PULSE):
            print(f"  … {time.monotonic() - began:.0f} s", flush=True)

    print(f"… {name}", flush=True)
    pulse = threading.Thread(target=tell, daemon=True)
    pulse.start()
    try:
        yield
    finally:
        done.set()
        pulse.join()
    print(f"✓ {name:<64} {time.monotonic() - began:6.1f} s", flush=True)


# --- System packages ------------------------------------------------------------------------------------------


def library(name: str) -> Callable[[], bool]:
    def present() -> bool:
        try:
            ctypes.CDLL(name)
        except OSError:
            return False
        return True

    return present


def program(*names: str) -> Callable[[], bool]:
    return lambda: any(shutil.which(name) for name in names)


def module(name: str) -> Callable[[], bool]:
    return lambda: importlib.util.find_spec(name) is not None


def font(name: str) -> Callable[[], bool]:
    places = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".local" / "share" / "fonts")
    return lambda: any(next(place.rglob(name), None) for place in places if place.is_dir())


def environment_exists() -> bool:
    return PYTHON.exists()


# Debian's package: how to know that what it brings is there, from whatever source.
RUN_PACKAGES: dict[str, Callable[[], bool]] = {
    f"python{sys.version_info.major}.{sys.version_info.minor}-venv": lambda: (
        environment_exists() or module("ensurepip")()
    ),
    "libpango-1.0-0": library("libpango-1.0.so.0"),
    "libpangoft2-1.0-0": library("libpangoft2-1.0.so.0"),
    "libharfbuzz-subset0": library("libharfbuzz-subset.so.0"),
    "fonts-dejavu-core": font("DejaVuSans.ttf"),
    "bubblewrap": program("bwrap"),
    "git": program("git"),
}
TEST_PACKAGES: dict[str, Callable[[], bool]] = {
    "chromium": program("chromium", "chromium-browser", "google-chrome"),
    "poppler-utils": program("pdftotext"),
    "openssl": program("openssl"),
    "gettext": lambda: all(shutil.which(name) for name in ("xgettext", "msgmerge", "msgfmt")),
}


def install_system_packages(wanted: Mapping[str, Callable[[], bool]]) -> None:
    missing = [name for name, present in wanted.items() if not present()]
    if not missing:
        return
    how = f"apt-get install {' '.join(missing)}"
    prefix = administrator_prefix()
    if prefix is None or not shutil.which("apt-get"):
        raise SetupError(f"system packages are missing. Have an administrator run:\n    {how}")
    with step(f"system packages: {' '.join(missing)}"):
        apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
        try:
            run([*apt, "update"])
            run([*apt, "install", "--yes", "--no-install-recommends", *missing], stdout=subprocess.DEVNULL)
        except subprocess.CalledProcessError as error:
            raise SetupError(f"apt-get failed (see above); needed:\n    {how}") from error
    importlib.invalidate_caches()
    still = [name for name in missing if not wanted[name]()]
    if still:
        raise SetupError(f"installed, and yet not found: {' '.join(still)}")


def administrator_prefix() -> list[str] | None:
    """What to put before a command to run it as root; None when that is not permitted."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    if subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
        return ["sudo", "-n"]
    return ["sudo"] if sys.stdin.isatty() else None


# --- Python ---------------------------------------------------------------------------------------------------


def make_environment() -> None:
    if PYTHON.exists() and subprocess.run([PYTHON, "-c", ""], capture_output=True).returncode == 0:
        return
    with step(f"virtual environment, Python {sys.version.split()[0]}"):
        run([sys.executable, "-m", "venv", "--clear", VENV])


def install_requirements(name: str, *files: Path) -> None:
    """Installs the pinned packages in `files`, unless exactly these were installed here before."""
    digest = hashlib.sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()
    stamp = VENV / f".installed-{name}"
    if stamp.exists() and stamp.read_text() == digest:
        return
    with step(f"Python packages ({', '.join(str(path.relative_to(ROOT)) for path in files)})"):
        stamp.unlink(missing_ok=True)
        if not UV.exists():
            install_uv()
        arguments = [part for path in files for part in ("--requirement", path)]
        run([UV, "pip", "install", "--quiet", "--require-hashes", "--python", PYTHON, *arguments], env=uv_environment())
    stamp.write_text(digest)


def install_uv() -> None:
    """Installs the uv that requirements.txt pins, by pip."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write(pin("uv"))
        file.flush()
        quietly = ["--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:"]
        run([PYTHON, "-m", "pip", "install", *quietly, "--require-hashes", "--requirement", file.name])


def pin(package: str) -> str:
    """What requirements.txt says of `package`: its version, and the hashes of the files it may be installed from."""
    text = (ROOT / "requirements.txt").read_text()
    found = re.search(rf"^{re.escape(package)}==[^\\\n]*(?:\\\n[^\\\n]*)*\n", text, re.MULTILINE)
    if found is None:
        raise SetupError(f"requirements.txt does not pin {package}: run `make lock`")
    return found[0]


def uv_environment() -> dict[str, str]:
    """The environment for uv, with the package sources that pip is set up for, which uv does not read by itself."""
    known = {"index-url": "UV_DEFAULT_INDEX", "extra-index-url": "UV_INDEX", "find-links": "UV_FIND_LINKS"}
    environment = dict(os.environ)
    if any(variable in environment for variable in known.values()):
        return environment
    listing = subprocess.run([PYTHON, "-m", "pip", "config", "list"], capture_output=True, text=True)
    for line in listing.stdout.splitlines():
        key, _, value = line.partition("=")
        variable = known.get(key.rpartition(".")[2])
        if variable:
            separator = "," if variable == "UV_FIND_LINKS" else " "
            environment[variable] = separator.join(value.strip("'\"").replace("\\n", " ").split())
            # As pip does: the best version of all sources, not of the first that knows the name.
            environment["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    return environment


def build_runtime() -> None:
    """The Python environment candidates' code runs in; the builder itself knows whether there is anything to do."""
    with step("runtime of the sandbox"):
        run([PYTHON, "-m", "evaluator", "runtimes", "build"], env=uv_environment(), stdout=subprocess.DEVNULL)


def compile_engine() -> None:
    """The sandbox reads the engine and may write nothing beside it: each job would compile the modules it imports."""
    run([PYTHON, "-m", "compileall", "-q", "evaluator"])


# What is compiled, from what, within which other one.
LOCKS: dict[str, tuple[str, ...]] = {
    "requirements.txt": ("pyproject.toml",),
    "tests/requirements.txt": ("pyproject.toml", "--group", "dev", "--constraint", "requirements.txt"),
    "evaluator/runtimes/default/requirements.txt": ("evaluator/runtimes/default/requirements.in",),
    "tests/bench/otter.txt": ("tests/bench/otter.in",),
}


def lock() -> None:
    """Compiles the pinned requirements again, each with the hashes of all its files, whatever their platform."""
    make_environment()
    if not UV.exists():
        install_uv()
    # Not this machine's mirrors, which may hold the files of its own platform only.
    environment = {name: value for name, value in uv_environment().items() if name not in ("UV_INDEX", "UV_FIND_LINKS")}
    compile_ = [UV, "pip", "compile", "--quiet", "--no-header", "--generate-hashes", "--python-version", "3.11"]
    for output, sources in LOCKS.items():
        with step(output):
            run([*compile_, *sources, "--output-file", output], env=environment)


# --- Undoing --------------------------------------------------------------------------------------------------


def stop() -> None:
    """Stops the embedded services, whoever uses them."""
    if not (PYTHON.exists() and (ROOT / "var" / "services").exists()):
        return
    with step("embedded services stopped"):
        for name in SERVICES:
            run([PYTHON, "-m", "certification.embedded", "stop", name])


def clean() -> None:
    """Removes everything that was made: environment, services with their data, deposited files, logs."""
    stop()
    with step("var and .venv removed"):
        if PYTHON.exists():
            for name in SERVICES:
                run([PYTHON, "-m", "certification.embedded", "remove", name])
        for folder in (ROOT / "var", VENV):
            shutil.rmtree(folder, ignore_errors=True)


def run(command: Sequence[object], **options: object) -> None:
    subprocess.run([str(part) for part in command], check=True, **options)


if __name__ == "__main__":
    if sys.version_info < OLDEST:
        sys.exit(f"Python {OLDEST[0]}.{OLDEST[1]} or later is needed; this is {sys.version.split()[0]}")
    sys.exit(main())
