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
