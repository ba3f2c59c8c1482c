#!/usr/bin/env python3
"""One file for whoever works on Upturn, or wants to see it. Needs Python 3.11 and nothing else.

python3 dev.py demo [options]   set up what it needs in .dev, then `upturn demo`
python3 dev.py test [options]   the tests on SQLite, on PostgreSQL and in a browser; options go to pytest
python3 dev.py check            lint, formatting, types, import rules, missing migrations
python3 dev.py setup            only make .dev/venv, as the tests need it
python3 dev.py lock             resolve the two requirements files anew
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
PROGRAMS = {
    "chromium": ("chromium", "chromium-browser"),
    "poppler-utils": ("pdfsig",),
    "qpdf": ("qpdf",),
    "pdftk-java": ("pdftk",),
}
"""What the tests need beside Python: a Debian package, and the names that its program goes by."""
NO_TEST_CHOSEN = 5  # pytest's exit code
CHECKS = (
    ("ruff", "check"),
    ("ruff", "format", "--check"),
    ("mypy",),
    ("lint-imports",),
    ("upturn", "manage", "makemigrations", "--check", "--dry-run"),
)


def tool(name: str) -> str:
    return str(VENV / BIN / name)


def run(*command: object) -> None:
    """Run a command in the project's folder; its failure ends this program with the same exit code."""
    if code := subprocess.run([str(part) for part in command], cwd=ROOT).returncode:
        sys.exit(code)


def uv() -> str:
    """The uv on the path, or one of our own, installed once into .dev/uv."""
    own = DEV / "uv" / BIN / "uv"
    if found := shutil.which("uv") or shutil.which(own):
        return found
    print("dev.py: installing uv into .dev/uv", flush=True)
    venv.create(DEV / "uv", with_pip=True, clear=True)
    run(own.with_name("python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "uv")
    return str(own)


def fingerprint(lock: str) -> str:
    """What an environment depends on: the lock, the project's own entry points, the interpreter."""
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8").partition("\n[tool.")[0]
    parts = (lock, (ROOT / lock).read_text(encoding="utf-8"), project, sys.version, str(ROOT))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def setup(lock: str = DEVELOPMENT) -> None:
    """Bring .dev/venv to exactly what `lock` pins; costs nothing, and no network, when it already is there."""
    synced = STAMP.read_text() if STAMP.exists() else ""
    if synced in (fingerprint(lock), fingerprint(DEVELOPMENT)):  # the development lock contains the other
        return
    print(f"dev.py: bringing .dev/venv to {lock}", flush=True)
    STAMP.unlink(missing_ok=True)
    if not Path(tool("python")).exists():
        run(uv(), "venv", "--quiet", "--clear", "--python", sys.executable, VENV)
    install = (uv(), "pip", "install", "--quiet", "--python", tool("python"))
    run(uv(), "pip", "sync", "--quiet", "--python", tool("python"), "--require-hashes", lock)
    run(*install, "--no-deps", "--build-constraints", DEVELOPMENT, "--editable", ROOT)
    STAMP.write_text(fingerprint(lock))


def is_there(package: str) -> bool:
    named = os.environ.get("CHROMIUM") if package == "chromium" else None
    return bool(named or any(map(shutil.which, PROGRAMS[package])))


def missing_programs() -> list[str]:
    """The packages that the machine lacks, also after root has installed what could be had."""
    missing = [package for package in PROGRAMS if not is_there(package)]
    if missing and shutil.which("apt-get") and os.geteuid() == 0:
        print(f"dev.py: installing {', '.join(missing)} for the tests", flush=True)
        for step in (["update"], *(["install", "--yes", "--no-install-recommends", package] for package in missing)):
            subprocess.run(["apt-get", "-qq", *step], stdout=subprocess.DEVNULL)
    return [package for package in missing if not is_there(package)]


def test(*options: str) -> None:
    """Both runs always happen, each with pytest's own closing line; either's failure is ours."""
    setup()
    missing = missing_programs()
    pytest = (tool("python"), "-m", "pytest", *options)
    runs = {"SQLite": pytest, "PostgreSQL": (tool("python"), "-m", "tests.postgres", *pytest)}
    codes = []
    for database, command in runs.items():
        print(f"\n=== Tests on {database} ===", flush=True)
        codes.append(subprocess.run(command, cwd=ROOT).returncode)
    for package in missing:
        print(f"\n!!! NO {package.upper()}: what needs it was not tried. Install the package `{package}`.")
    sys.exit(next((code for code in codes if code not in (0, NO_TEST_CHOSEN)), min(codes)))


def check() -> None:
    """Every check runs, also after one has failed."""
    setup()
    environment = os.environ | {"UPTURN_DATA": str(DEV / "data")}
    failed = []
    for name, *options in CHECKS:
        print(f"\n=== {name} {' '.join(options)} ===", flush=True)
        if subprocess.run([tool(name), *options], cwd=ROOT, env=environment).returncode:
            failed.append(name)
    if failed:
        sys.exit(f"\ndev.py: not in order: {', '.join(failed)}")


def demo(*options: str) -> None:
    setup(RUNTIME)
    os.execv(tool("upturn"), ["upturn", "demo", *options])


def lock() -> None:
    """Both requirements files, for every platform, with hashes and without any download address."""
    resolve = (uv(), "pip", "compile", "--quiet", "--universal", "--generate-hashes", "--no-header", "--upgrade")
    run(*resolve, "pyproject.toml", "--extra", "postgres", "--output-file", RUNTIME)
    run(*resolve, "pyproject.toml", "--extra", "postgres", "--group", "dev", "--output-file", DEVELOPMENT)


def main() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 - this file is what an older Python meets first
        sys.exit(f"Upturn needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    match sys.argv[1:]:
        case ["demo", *options]:
            demo(*options)
        case ["test", *options]:
            test(*options)
        case ["check" | "setup" | "lock" as name]:
            {"check": check, "setup": setup, "lock": lock}[name]()
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
