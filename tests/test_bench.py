"""What `bench/` measures can be made: speed is never asserted, but the data must not rot."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_data_of_the_bench_is_made_by_real_commands(tmp_path: Path) -> None:
    environment = {**os.environ, "UPTURN_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "bench.settings"}
    environment.pop("UPTURN_DATABASE_URL", None)
    made = subprocess.run(
        [sys.executable, "-m", "bench.data", "20"],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    facts = json.loads(made.stdout.strip().splitlines()[-1])
    assert facts["plans"] == 20
    assert len(facts["own"]) == len(set(facts["own"])) == 8
