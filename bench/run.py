"""Measures Upturn against bare Django in one run: over HTTP, granian with two workers, interleaved, medians.

    .dev/venv/bin/python -m bench.run                 both databases, 1,000 and 100,000 plans (some minutes)
    .dev/venv/bin/python -m bench.run --plans 5000 --rounds 60 --only sqlite

Figures are ratios: a machine twice as fast changes both sides. Nothing here is asserted in a test.
"""

import argparse
import contextlib
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.postgres import running_postgres

FEW = 1000
MANY = 100_000


@dataclass
class Site:
    """One set of data, served twice: by Upturn, and bare."""

    name: str
    environment: dict[str, str]
    facts: dict[str, object] = field(default_factory=dict)
    upturn: int = 0
    bare: int = 0


@dataclass
class Job:
    """One thing measured: where, as whom, how it is asked. `took` collects milliseconds."""

    name: str
    port: int
    path: str
    cookie: str = ""
    took: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.took)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def served(application: str, environment: dict[str, str]) -> Iterator[int]:
    """A granian with two workers, on a port of its own."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        application,
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    command += ["--workers", "2", "--blocking-threads", "2", "--no-ws", "--log-level", "warning"]
    process = subprocess.Popen(command, env=environment)
    try:
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
                break
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


def ask(job: Job, *, keep: bool = True) -> None:
    """One request on a connection of its own; the time until the whole answer is there."""
    connection = http.client.HTTPConnection("127.0.0.1", job.port, timeout=60)
    headers = {"Host": f"127.0.0.1:{job.port}", "Cookie": f"sessionid={job.cookie}"} if job.cookie else {}
    started = time.perf_counter()
    connection.request("GET", job.path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    took = (time.perf_counter() - started) * 1000
    connection.close()
    if answer.status != 200:
        raise SystemExit(f"{job.name}: {answer.status} for {job.path}: {body[:300]!r}")
    if keep:
        job.took.append(took)


def seed(site: Site, plans: int) -> None:
    started = time.perf_counter()
    made = subprocess.run(
        [sys.executable, "-m", "bench.data", str(plans)],
        env=site.environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    site.facts = json.loads(made.stdout.strip().splitlines()[-1])
    print(f"  {site.name}: {plans:,} plans made in {time.perf_counter() - started:.0f} s", flush=True)


def jobs_of(few: Site, many: Site) -> list[Job]:
    long_few = few.facts["own"]
    assert isinstance(long_few, list)
    made = [
        Job("bare query", few.bare, f"/query/{long_few[0]}/"),
        Job("plan page, 100 entries", few.upturn, f"/plans/{long_few[0]}/", str(few.facts["lead"])),
    ]
    for site, size in ((few, "few"), (many, "many")):
        for who in ("lead", "officer"):
            made.append(Job(f"my work, {who}, {size}", site.upturn, "/", str(site.facts[who])))
            made.append(Job(f"plans, {who}, {size}", site.upturn, "/plans/", str(site.facts[who])))
    return made


def measure(few: Site, many: Site, rounds: int) -> dict[str, float]:
    """Medians of every job, asked in turn so that a slow moment of the machine hits all alike."""
    jobs = jobs_of(few, many)
    own = few.facts["own"]
    assert isinstance(own, list)
    writes = {name: Job(name, few.bare, "") for name in ("bare insert", "perform, 100 entries")}
    anew = Job("plan page, after a new entry", few.upturn, "", str(few.facts["lead"]))
    for job in jobs * 5:
        ask(job, keep=False)
    for number in range(rounds):
        for job in jobs:
            ask(job)
        plan = own[1 + number % (len(own) - 1)]
        for name, job in writes.items():
            job.path = f"/{'insert' if name == 'bare insert' else 'perform'}/{plan}/"
            ask(job, keep=number > 4)
        anew.path = f"/plans/{plan}/"
        ask(anew, keep=number > 4)
    return {job.name: job.median for job in [*jobs, *writes.values(), anew]}


def report(database: str, plans: int, found: dict[str, float]) -> None:
    bare, insert = found["bare query"], found["bare insert"]
    print(f"\n{database}: medians in ms, and ratios")
    for name, took in found.items():
        print(f"  {name:32} {took:8.2f}")
    rows = [
        ("plan page with 100 entries / bare view", found["plan page, 100 entries"] / bare, 8.0),
        (f"my work, {plans:,} / {FEW:,} plans", found["my work, lead, many"] / found["my work, lead, few"], 1.3),
        (f"plans, {plans:,} / {FEW:,} plans", found["plans, lead, many"] / found["plans, lead, few"], 1.3),
        (
            f"my work of the office, {plans:,} / {FEW:,}",
            found["my work, officer, many"] / found["my work, officer, few"],
            1.3,
        ),
        (
            f"plans of the office, {plans:,} / {FEW:,}",
            found["plans, officer, many"] / found["plans, officer, few"],
            1.3,
        ),
        ("perform at 100 entries / bare insert", found["perform, 100 entries"] / insert, 6.0),
    ]
    fresh = found["plan page, after a new entry"] / bare
    print(f"  {'plan page made anew after an entry / bare view':52} {fresh:6.2f}   (told, nothing asked)")
    for name, ratio, reach in rows:
        print(
            f"  {name:52} {ratio:6.2f}   (reach: at most {reach:g}) {'' if ratio <= reach else '  NOT REACHED'}",
            flush=True,
        )


@contextlib.contextmanager
def databases(only: str, folder: Path) -> Iterator[list[tuple[str, list[Site]]]]:
    with contextlib.ExitStack() as stack:
        found = []
        for database in ("sqlite", "postgres"):
            if only in ("", database):
                sites = []
                for name in ("few", "many"):
                    data = folder / f"{database}-{name}"
                    data.mkdir()
                    environment = {**os.environ, "UPTURN_DATA": str(data), "DJANGO_SETTINGS_MODULE": "bench.settings"}
                    if database == "postgres":
                        environment["UPTURN_DATABASE_URL"] = stack.enter_context(running_postgres())
                    sites.append(Site(name, environment))
                found.append((database, sites))
        yield found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plans", type=int, default=MANY)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--only", choices=["", "sqlite", "postgres"], default="")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, databases(args.only, Path(folder)) as found:
        for database, (few, many) in found:
            print(f"{database}:", flush=True)
            seed(few, FEW)
            seed(many, args.plans)
            with contextlib.ExitStack() as stack:
                for site in (few, many):
                    product = {**site.environment, "DJANGO_SETTINGS_MODULE": "upturn.settings"}
                    site.upturn = stack.enter_context(served("upturn.wsgi:application", product))
                    site.bare = stack.enter_context(served("bench.bare:application", site.environment))
                report(database, args.plans, measure(few, many, args.rounds))


if __name__ == "__main__":
    main()
