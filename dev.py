#!/usr/bin/env python3
"""One file for everybody who works on Upturn: set up, try out, test, check, lock. Needs Python 3.11 and nothing else.

python3 dev.py setup             make .dev/venv from requirements-dev.lock
python3 dev.py demo [options]    set up, then `upturn demo`
python3 dev.py test [options]    set up, then the tests on SQLite, on PostgreSQL and in a browser
python3 dev.py check             formatting, lint, types, import rules, missing migrations
python3 dev.py lock              resolve the two requirements files anew
"""

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
DEV = ROOT / ".dev"
VENV = DEV / "venv"
BIN = "Scripts" if os.name == "nt" else "bin"
STAMP = VENV / "synced"
RUNTIME, DEVELOPMENT = "requirements.lock", "requirements-dev.lock"


def run(*command: object, **options: object) -> None:
    """Run a command in the project's folder; its failure ends this program with the same exit code."""
    done = subprocess.run([str(part) for part in command], cwd=ROOT, **options)
    if done.returncode:
        sys.exit(done.returncode)


def tool(name: str) -> Path:
    return VENV / BIN / name


def uv() -> Path:
    """The uv on the path, or one of our own, installed once into .dev/uv."""
    if found := shutil.which("uv"):
        return Path(found)
    own = DEV / "uv" / BIN / "uv"
    if not own.exists():
        print("dev.py: installing uv into .dev/uv", flush=True)
        venv.create(DEV / "uv", with_pip=True, clear=True)
        run(own.with_name("python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "uv")
    return own


def digest(lock: str) -> str:
    """What an environment depends on: the lock, the project's own entry points, the interpreter."""
    content = b"".join((ROOT / name).read_bytes() for name in (lock, "pyproject.toml"))
    return f"{lock} {hashlib.sha256(content + sys.version.encode()).hexdigest()}"


def setup(lock: str = DEVELOPMENT) -> None:
    """Bring .dev/venv to exactly what `lock` pins; costs nothing, and no network, when it already is there."""
    synced = STAMP.read_text() if STAMP.exists() else ""
    if synced in (digest(lock), digest(DEVELOPMENT)):  # the development lock contains the other
        return
    STAMP.unlink(missing_ok=True)
    if not tool("python").exists():
        run(uv(), "venv", "--quiet", "--clear", "--python", sys.executable, VENV)
    into = ("--quiet", "--python", tool("python"))
    run(uv(), "pip", "sync", *into, "--require-hashes", lock)
    run(uv(), "pip", "install", *into, "--no-deps", "--build-constraints", DEVELOPMENT, "--editable", ROOT)
    STAMP.write_text(digest(lock))


def chromium() -> str | None:
    """Debian's Chromium, installed when this is root on a Debian; None, and said loudly, when there is none."""
    names = ("chromium", "chromium-browser")
    if not any(map(shutil.which, names)) and os.name == "posix" and os.geteuid() == 0 and shutil.which("apt-get"):
        print("dev.py: installing Chromium for the browser tests", flush=True)
        quietly = {"cwd": ROOT, "stdout": subprocess.DEVNULL, "env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}}
        subprocess.run(["apt-get", "update", "-qq"], **quietly)
        subprocess.run(["apt-get", "install", "-qq", "-y", "--no-install-recommends", "chromium"], **quietly)
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if not found:
        print(LOUD.format("NO CHROMIUM: nothing will be tried in a browser. Install the package `chromium`, or name one"))
    return found


def test(arguments: list[str]) -> None:
    """Everything on SQLite, then what touches the database again on PostgreSQL; both always run, both must pass."""
    chromium()
    python = [str(tool("python")), "-m"]
    results = []
    for database, before in (("SQLite", []), ("PostgreSQL", [*python, "tests.postgres"])):
        print(f"\n=== The tests on {database} ===", flush=True)
        done = subprocess.run([*before, *python, "pytest", *arguments], cwd=ROOT)
        results.append(done.returncode)
    first, second = results
    if first or second not in (0, NOTHING_COLLECTED):
        sys.exit(first or second)


def check() -> None:
    """Whatever can be wrong without running anything; every check runs, any failure fails."""
    environment = os.environ | {"UPTURN_DATA": str(DEV / "data")}
    checks = (
        ("ruff", "check"),
        ("ruff", "format", "--check"),
        ("mypy",),
        ("lint-imports",),
        ("upturn", "manage", "makemigrations", "--check", "--dry-run"),
    )
    failed = [each for each in checks if not passes(each, environment)]
    if failed:
        sys.exit("\nNot in order: " + "; ".join(map(" ".join, failed)))


def passes(command: tuple[str, ...], environment: dict[str, str]) -> bool:
    print(f"\n=== {' '.join(command)} ===", flush=True)
    return subprocess.run([str(tool(command[0])), *command[1:]], cwd=ROOT, env=environment).returncode == 0


def lock() -> None:
    """Resolve both requirements files, for every platform, with hashes and without any download address."""
    plain = ("--quiet", "--universal", "--generate-hashes", "--no-header", "--upgrade")
    run(uv(), "pip", "compile", *plain, "pyproject.toml", "--extra", "postgres", "-o", RUNTIME)
    run(uv(), "pip", "compile", *plain, "pyproject.toml", "--extra", "postgres", "--group", "dev", "-o", DEVELOPMENT)


def main() -> None:
    match sys.argv[1:]:
        case ["setup"]:
            setup()
        case ["lock"]:
            lock()
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
