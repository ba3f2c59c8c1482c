"""The terminal's door: the same commands as the web, and what an operator needs to run Upturn.

Output is for a person; the exit status is for a script: 0 done, 1 refused or a problem found, 2 not understood,
3 a conflict.
"""

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import webbrowser
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

if TYPE_CHECKING:
    from upturn.core.program import Program
    from upturn.core.reading import ProgramFile
    from upturn.records.models import Organization, Person, Plan

EVERY = 30
"""Seconds between two looks of the clock."""


class Wrong(Exception):
    """A sentence for the person at the terminal."""


def main(argv: Sequence[str] | None = None) -> None:
    """Run a command and leave with its status."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    if arguments[:1] == ["manage"]:
        _manage(arguments[1:])
        return
    args = _parser().parse_args(arguments)
    try:
        status = args.run(args)
    except Wrong as error:
        print(error, file=sys.stderr)
        status = 1
    except BrokenPipeError:
        status = 0
    sys.exit(status or 0)


Add = Callable[..., argparse.ArgumentParser]


def _plan_commands(add: Add) -> None:
    plan = add("plan", lambda args: 2, "Read a plan, or do something on it.").add_subparsers(
        required=True, metavar="WHAT"
    )
    show = add("show", plan_show, "Where a plan stands, what may be done, what happened.", plan)
    show.add_argument("plan", help="number (MIP-2026-0001) or id")
    show.add_argument("--as", dest="person", help="as this person sees it (name or e-mail)")
    show.add_argument("--organization", help="when several have a plan of that number")
    do = add("do", plan_do, "Do something on a plan, as a person.", plan)
    do.add_argument("plan")
    do.add_argument("move", help="a move's id, or any offer: sign:member, record:discussion, state:plan")
    do.add_argument("--as", dest="person", required=True, help="who does it (name or e-mail)")
    do.add_argument("--organization", help="when several have a plan of that number")
    do.add_argument("--json", dest="file", help="what the command says, as a JSON file (- for standard input)")
    do.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="one value; answers.FIELD=VALUE for an answer"
    )


def _bundle_command(add: Add) -> None:
    bundle = add("bundle", bundle_command, "The evidence of a plan as one file that an outsider can check.")
    bundle.add_argument("plan", help="number (MIP-2026-0001) or id")
    bundle.add_argument("--as", dest="person", required=True, help="who asks for it (name or e-mail)")
    bundle.add_argument("--audience", choices=["office", "lead", "subject"], required=True, help="what these read")
    bundle.add_argument("--reason", required=True, help="why; it stands on record")
    bundle.add_argument("--to", default="", help="to whom it is given; the person it is about may keep it")
    bundle.add_argument("--out", required=True, help="where the file goes")
    bundle.add_argument("--organization", help="when several have a plan of that number")


def _log_commands(add: Add) -> None:
    log = add("log", lambda args: 2, "The log that makes rewriting visible: checkpoints and proofs.").add_subparsers(
        required=True, metavar="WHAT"
    )
    made = add("checkpoint", log_checkpoint, "Take new entries into the log, sign it, print the checkpoint.", log)
    made.add_argument("--all", action="store_true", help="look through all entries, not only the latest")
    prove = add("prove", log_prove, "A proof that a plan's record is in the log, for an outsider to check.", log)
    prove.add_argument("plan", help="number (MIP-2026-0001) or id")
    prove.add_argument("--seq", type=int, help="of this entry; else of the last one in the log, and so of all before")
    prove.add_argument("--out", help="where the proof goes; else to the terminal")
    check = add("check", log_check, "Check a proof. Needs no database.", log)
    check.add_argument("file", help="the proof (- for standard input)")
    check.add_argument("--key", action="append", default=[], help="the key the organization publishes, name+hash+key")
    listed = add("keys", log_keys, "The public keys by which checkpoints are checked, oldest first.", log)
    rotate = add("rotate", log_rotate, "Make a new key, which signs from the next checkpoint on.", log)
    for one in (made, listed, rotate):
        one.add_argument("--organization", metavar="SLUG", help="this one; needed where there are several to rotate")
    prove.add_argument("--organization", help="when several have a plan of that number")


def _check_command(add: Add) -> None:
    check = add("check", check_command, "Check the wording of plans and sentences: where, why, what instead.")
    check.add_argument("file", nargs="*", help="a plan (JSON, YAML), sentences (CSV), or text, one sentence a line")
    check.add_argument("--format", choices=["human", "json", "sarif"], default="human")
    check.add_argument("--kind", default="goal", help="kind of sentences that do not say theirs (goal)")
    check.add_argument("--lang", default="", help="language of texts that do not say theirs; found out when not given")
    check.add_argument("--program", default="", help="program of a plan: a file, or the key of a shipped one")
    check.add_argument("--select", action="append", default=[], metavar="CODE,FAMILY", help="look for these alone")
    check.add_argument("--ignore", action="append", default=[], metavar="CODE,FAMILY", help="leave these out")
    check.add_argument("--level", choices=["note", "warning"], default="note", help="the least level to be told")
    check.add_argument("--csv", metavar="IN", help="label a CSV of sentences (id,lang,kind,text) instead")
    check.add_argument("--out", help="where its labels go (- for standard output)")
    check.add_argument("--rule", metavar="CODE", help="explain a rule")
    check.add_argument("--rules", action="store_true", help="list every rule")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="upturn", description="Runs formal improvement plans end to end.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(
        name: str, run: Callable[[argparse.Namespace], int | None], says: str, to: Any = commands
    ) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = to.add_parser(name, help=says, description=says)
        made.set_defaults(run=run)
        return made

    demo = add("demo", demo_command, "A demonstration with invented people, on this machine only.")
    demo.add_argument("--port", type=int, default=8000)
    demo.add_argument("--no-browser", action="store_true", help="do not open a browser")
    demo.add_argument("--seed-only", action="store_true", help="make the data and stop")
    init = add("init", init_command, "Make an organization, its first officer and its keys.")
    init.add_argument("name", help="the organization's name")
    init.add_argument("--officer", required=True, help="the officer's name")
    init.add_argument("--email", default="", help="the officer's e-mail; without one, a code is printed")
    init.add_argument("--zone", default="America/New_York", help="time zone, as America/New_York")
    init.add_argument("--country", default="US", help="country of the public holidays, as US")
    init.add_argument("--subdivision", default="", help="state or the like, as DC")
    init.add_argument("--program", action="append", default=[], help="a shipped program to adopt; may be given again")
    serve = add("serve", serve_command, "Serve Upturn to people, with its clock.")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8000)
    serve.add_argument("--workers", type=int, default=2)
    serve.add_argument("--no-clock", action="store_true", help="another process runs `upturn tick --forever`")
    tick = add("tick", tick_command, "Perform what is due, once or for ever.")
    tick.add_argument("--forever", action="store_true")
    check = add("verify", verify_command, "Check every record: chain, payloads, index, files, log.")
    check.add_argument("--plan", help="only this plan (number or id)")
    check.add_argument("--organization", help="when several have a plan of that number")

    _check_command(add)
    _plan_commands(add)
    _log_commands(add)
    _bundle_command(add)
    program = add("program", lambda args: 2, "Check, show, try out program files.").add_subparsers(
        required=True, metavar="WHAT"
    )
    add("check", program_check, "Every problem of a program file, each with its line.", program).add_argument(
        "file", nargs="+"
    )
    add("show", program_show, "A program in plain words.", program).add_argument(
        "file", help="a file, or the key of a shipped program"
    )
    add("schema", program_schema, "The JSON Schema of a program file, for editors.", program)
    simulate = add("simulate", program_simulate, "Every date and duty a plan would have from a start date.", program)
    simulate.add_argument("file", help="a file, or the key of a shipped program")
    simulate.add_argument("--start", type=date.fromisoformat, default=None, help="2026-11-22; today when not given")
    simulate.add_argument("--country", default="US")
    simulate.add_argument("--subdivision", default=None)
    simulate.add_argument(
        "--set", action="append", default=[], metavar="FIELD=VALUE", help="an answer the dates depend on"
    )
    story = add("story", program_story, "Tell the stories of a program; say what none of them reaches.", program)
    story.add_argument("file", help="a program file, or the key of a shipped program")
    story.add_argument("story", nargs="?", help="the story file; beside the program when not given")
    commands.add_parser("manage", help="Any management command of Django.")
    return parser


# -- starting Django --------------------------------------------------------------------------------------------------


def _django() -> None:
    """Load the settings and the models; a setting that cannot be used ends the program with its sentence."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "upturn.settings")
    from django import setup
    from django.core.exceptions import ImproperlyConfigured

    try:
        setup()
    except ImproperlyConfigured as error:
        raise Wrong(str(error)) from None


def _migrated() -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)


def _manage(arguments: list[str]) -> None:
    try:
        _django()
    except Wrong as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    from django.core.management import execute_from_command_line

    execute_from_command_line(["upturn manage", *arguments])


# -- running ----------------------------------------------------------------------------------------------------------


def demo_command(args: argparse.Namespace) -> int:
    """Everything invented, on this machine only, signed in with one click."""
    address = f"http://localhost:{args.port}"  # passkeys need a host name
    if not args.seed_only:
        _free("127.0.0.1", args.port)
    os.environ["UPTURN_DEMO"] = "true"
    os.environ["UPTURN_BASE_URL"] = address
    if "UPTURN_DATA" not in os.environ:
        from upturn.settings import person_data_folder

        os.environ["UPTURN_DATA"] = str(person_data_folder() / "demo")
    _django()
    _migrated()
    from upturn.demo import seed, sign_in_links

    made = seed()
    if args.seed_only:
        print(f"The demo's data is in {os.environ['UPTURN_DATA']}: {made}.")
        return 0
    print(f"\nUpturn's demo is at {address}\n")
    for line in sign_in_links():
        print(line)
    print("\nStop it with Ctrl-C. Everything in it is invented.", flush=True)
    if not args.no_browser:
        threading.Timer(2.0, webbrowser.open, [f"{address}/demo/"]).start()
    return _served("127.0.0.1", args.port, workers=2, clock=True)


def serve_command(args: argparse.Namespace) -> int:
    """Serve for real. Refuses demo data and a missing address."""
    _django()
    from django.conf import settings

    _migrated()
    from upturn.records.models import Organization

    if settings.DEMO or Organization.objects.filter(demo=True).exists():
        raise Wrong(
            "This data folder holds the demo. Give another one in UPTURN_DATA: a demo is never served to people."
        )
    if "UPTURN_BASE_URL" not in os.environ and args.host not in ("127.0.0.1", "localhost"):
        raise Wrong("Set UPTURN_BASE_URL to the address people type, as https://plans.example.org.")
    _free(args.host, args.port)
    return _served(args.host, args.port, workers=args.workers, clock=not args.no_clock)


def _free(host: str, port: int) -> None:
    """Refuse a port that somebody else listens on: two servers would share it and answer in turn."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError):
            raise Wrong(f"Port {port} is taken or not open to you. Give another one with --port.") from None


def _served(host: str, port: int, *, workers: int, clock: bool) -> int:
    """The server as a child process, and the clock as another; both end with this one."""
    server = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "upturn.wsgi:application",
        "--host",
        host,
        "--port",
        str(port),
    ]
    server += ["--workers", str(workers), "--blocking-threads", "4", "--no-ws", "--log-level", "warning"]
    children = [subprocess.Popen(server)]  # noqa: S603  our own interpreter, our own arguments
    if clock:
        children.append(subprocess.Popen([sys.executable, "-m", "upturn.cli", "tick", "--forever"]))

    def stop(*_: object) -> None:
        for child in children:
            child.terminate()

    signal.signal(signal.SIGTERM, stop)
    try:
        return children[0].wait()
    except KeyboardInterrupt:
        return 0
    finally:
        stop()
        for child in children:
            try:
                child.wait(timeout=10)
            except subprocess.TimeoutExpired:
                child.kill()


def tick_command(args: argparse.Namespace) -> int:
    """The clock. Any number of these may run."""
    _django()
    from django.db import OperationalError, close_old_connections
    from django.utils import timezone

    from upturn.records.clock import keep_logs, tick
    from upturn.records.executed import seal_due

    parent = os.getppid()
    stopping = threading.Event()
    for wanted in (signal.SIGTERM, signal.SIGINT):
        signal.signal(wanted, lambda *_: stopping.set())
    while True:
        try:
            done = tick(timezone.now())
            seal_due(timezone.now())
            keep_logs(timezone.now())
        except OperationalError as error:  # the database is away; the next look finds it back
            if not args.forever:
                raise Wrong(f"The database cannot be reached: {error}") from None
            print(f"The clock waits for the database: {error}", file=sys.stderr)
            done = 0
        if not args.forever:
            print(f"{done} {'entry' if done == 1 else 'entries'} written for what was due.")
            return 0
        close_old_connections()
        if stopping.wait(EVERY) or (parent != 1 and os.getppid() != parent):
            return 0


def init_command(args: argparse.Namespace) -> int:
    """An organization, its first officer with a code to sign in, its keys, the programs it adopts."""
    _django()
    _migrated()
    from django.core.exceptions import ValidationError
    from django.db import transaction
    from django.utils import timezone
    from django.utils.text import slugify

    from upturn.records import catalogue, keys
    from upturn.records.models import Invitation, Organization, Person
    from upturn.web.invitations import invite

    unknown = sorted(set(args.program) - set(shipped_keys()))
    if unknown:
        raise Wrong(
            f"No program of the key {', '.join(unknown)} comes with Upturn. There are: {', '.join(shipped_keys())}."
        )
    if Organization.objects.filter(slug=slugify(args.name)).exists():
        raise Wrong(f"There is an organization {args.name} already; its officers invite people in the browser.")
    if args.zone not in available_timezones():
        raise Wrong(f"{args.zone} is no time zone. Write it as America/New_York or Europe/Berlin.")
    now = timezone.now()
    try:
        with transaction.atomic():
            organization = Organization(
                name=args.name,
                slug=slugify(args.name),
                zone=args.zone,
                country=args.country,
                subdivision=args.subdivision,
            )
            organization.full_clean()
            organization.save()
            person = Person(organization=organization, name=args.officer, email=args.email, roles=["office", "admin"])
            person.full_clean()
            person.save()
            adopted = catalogue.adopt_shipped(organization, now, keys=frozenset(args.program) or None)
            made = invite(person, Invitation.How.PRINTED, now)
    except (ValidationError, ValueError) as error:
        said = error.messages if isinstance(error, ValidationError) else [str(error)]
        raise Wrong("\n".join(said)) from None
    keys.private_key(organization)
    print(f"{organization.name} is there, with {person.name} as its first officer.")
    print(f"Programs: {', '.join(v.title for v in adopted)}.")
    print(f"To sign in for the first time, open {made.url}")
    print(f"or the page /join/ with this code, which works once: {made.shown_code}")
    return 0


def verify_command(args: argparse.Namespace) -> int:
    """Every record checked; a sentence per finding, status 1 when there is one."""
    _django()
    from upturn.records.models import Organization
    from upturn.records.verify import verify

    if args.plan:
        plan = _plan(args.plan, organization=args.organization, person=None)
        findings, checked = verify(plan), "The plan"
    else:
        organizations = list(Organization.objects.order_by("name"))
        findings = [f for o in organizations for f in verify(o)]
        checked = "Every plan"
    for finding in findings:
        print(finding)
    if not findings:
        print(f"{checked} holds: chain, payloads, index, files, log.")
    return 1 if findings else 0


# -- the log ----------------------------------------------------------------------------------------------------------


def log_checkpoint(args: argparse.Namespace) -> int:
    """A checkpoint of each log, printed as it is signed; one that cannot be made does not stop the next."""
    _django()
    from django.utils import timezone

    from upturn.records.log import Unsound, checkpoint

    status = 0
    for organization in _organizations(args.organization):
        try:
            made = checkpoint(organization, timezone.now(), from_the_first=args.all)
        except Unsound as error:
            print(error, file=sys.stderr)
            status = 1
            continue
        print(made.text if made else f"{organization.name} has no entries yet.")
    return status


def log_prove(args: argparse.Namespace) -> int:
    """A proof as JSON."""
    _django()
    from upturn.records.log import NotInLog, Unsound, prove

    plan = _plan(args.plan, organization=args.organization, person=None)
    try:
        proof = json.dumps(prove(plan, args.seq).to_json(), indent=1, ensure_ascii=False)
    except (NotInLog, Unsound) as error:
        raise Wrong(str(error)) from None
    if not args.out:
        print(proof)
        return 0
    try:
        Path(args.out).write_text(f"{proof}\n", encoding="utf-8")
    except OSError as error:
        raise Wrong(f"{args.out} cannot be written: {error}") from None
    print(f"{args.out} proves the record of {plan.number}; `upturn log check` checks it.")
    return 0


def log_check(args: argparse.Namespace) -> int:
    """Whether a proof holds, without a database."""
    from upturn.core.proofs import BadProof, Proof

    try:
        proof = Proof.from_json(_json_file(args.file))
        found, key = proof.check(args.key)
    except BadProof as error:
        raise Wrong(str(error)) from None
    said = f", {found.lines[0]}" if found.lines else ""
    print(
        f"Entry {proof.entry.seq} of the plan {proof.entry.plan}, and with it each before, is in the log {found.origin}"
        f" as it was with {found.size:,} {'entry' if found.size == 1 else 'entries'}{said}."
    )
    print(f"Signed with {key}" + ("." if args.key else "\nCompare this key with the one the organization publishes."))
    return 0


def log_keys(args: argparse.Namespace) -> int:
    """The public keys, to be published."""
    _django()
    from upturn.records.log import verifier_keys

    for organization in _organizations(args.organization):
        for key in verifier_keys(organization):
            print(key)
    return 0


def log_rotate(args: argparse.Namespace) -> int:
    """A new key for one organization."""
    _django()
    from upturn.records.log import rotate

    organizations = _organizations(args.organization)
    if len(organizations) != 1:
        raise Wrong(f"There are {len(organizations)} organizations: name one with --organization.")
    print(f"{organizations[0].name} signs with a new key from now on. Publish it:\n{rotate(organizations[0])}")
    return 0


def bundle_command(args: argparse.Namespace) -> int:
    """Ask for the evidence of a plan, and write it."""
    _django()
    from django.utils import timezone

    from upturn.core.commands import Disclose
    from upturn.core.refusals import Refused
    from upturn.records.access import Former, NotFound
    from upturn.records.bundles import NoBundle, give

    row = _plan(args.plan, organization=args.organization, person=args.person)
    person = _person(row.organization, args.person)
    command = Disclose(audience=args.audience, reason=args.reason, to=args.to)
    out = Path(args.out)
    try:
        out.touch(mode=0o600, exist_ok=False)  # before anything is on record; for nobody else to read
    except OSError as error:
        raise Wrong(f"{args.out} cannot be written, so nothing was asked for: {error.strerror}.") from None
    try:
        out.write_bytes(give(row.pk, command, person, timezone.now()).content)
    except (Refused, NoBundle, NotFound, Former) as error:
        out.unlink()
        raise Wrong(str(error)) from None
    print(f"{args.out} holds the evidence of {row.number}; that {person.name} asked for it is on record.")
    print("Whoever gets it unpacks it and runs: python3 -I data/verify.py --key KEY, with a key of `upturn log keys`.")
    return 0


def _organizations(slug: str | None) -> "list[Organization]":
    """The organization named, or all of them."""
    from upturn.records.models import Organization

    found = Organization.objects.order_by("slug")
    if slug:
        found = found.filter(slug=slug)
        if not found:
            raise Wrong(f"There is no organization {slug}.")
    return list(found)


# -- wording ----------------------------------------------------------------------------------------------------------


def check_command(args: argparse.Namespace) -> int:
    """The wording checker: 0 nothing found, 1 findings, 2 something could not be read."""
    from upturn.checker import Unreadable, command

    try:
        if args.rules or args.rule:
            said = command.rules(args.rule, as_json=args.format == "json")
        elif args.csv or args.out:
            said = command.label(args.csv, args.out)
        else:
            result = command.check(args)
            for text, to in ((result.said, sys.stdout), ("\n".join(result.unreadable), sys.stderr)):
                sound = text.encode(errors="replace").decode()  # JSON can hold half a character
                print(sound, end="\n" if text else "", file=to)
            return result.status
    except Unreadable as error:
        print(error, file=sys.stderr)
        return 2
    print(said, end="")
    return 0


# -- plans ------------------------------------------------------------------------------------------------------------


def _plan(name: str, *, organization: str | None, person: str | None) -> "Plan":
    """The plan of that id or number. Where several organizations use the number: the one named, or the person's."""
    from django.db.models import Q

    from upturn.records.models import Person, Plan

    plans = Plan.objects.filter(Q(pk=name) | Q(number=name.upper()))
    if organization:
        plans = plans.filter(Q(organization__slug=organization) | Q(organization__name__iexact=organization))
    found = list(plans[:50])
    if len(found) > 1 and person:
        theirs = Person.objects.filter(Q(email__iexact=person) | Q(name__iexact=person)).values("organization")
        found = list(plans.filter(organization__in=theirs)[:2]) or found
    if len(found) != 1:
        several = f"Several organizations have a plan {name}: name one with --organization, or give the plan's id."
        raise Wrong(several if found else f"There is no plan {name}.")
    return found[0]


def _person(organization: "Organization", name: str) -> "Person":
    from upturn.records.models import Person

    people = Person.objects.filter(organization=organization)
    found = list(people.filter(email__iexact=name)[:2]) or list(people.filter(name__iexact=name)[:2])
    if len(found) != 1:
        raise Wrong(
            f"{organization.name} knows nobody called {name}."
            if not found
            else f"Several people are called {name}: give the e-mail."
        )
    return found[0]


def plan_show(args: argparse.Namespace) -> int:
    """Where a plan stands, for an operator or as one person sees it."""
    _django()
    from django.utils import timezone

    from upturn.records.access import Former, NotFound, look
    from upturn.records.timeline import timeline

    row = _plan(args.plan, organization=args.organization, person=args.person)
    person = _person(row.organization, args.person) if args.person else row.lead or row.subject
    try:
        found = look(row.pk, person, timezone.now())
    except (NotFound, Former) as error:
        raise Wrong(str(error)) from None
    print(f"{row.number}: {found.case.program.title} for {row.subject.name}, as {person.name} sees it")
    print(f"{found.case.stage.title}. {found.case.stage.says}\n")
    for clock in found.case.plan.clocks.values():
        print(f"  {found.case.program.clock[clock.id].title}: {clock.start} to {clock.end} ({clock.how})")
    print("\nWhat may be done:")
    for offer, against in found.offers.items():
        if offer.split(":")[0] not in ("comment", "correct"):
            print(f"  {offer}" + "".join(f"\n      not yet: {r.sentence}" for r in against.refusals))
    print("\nWhat has happened, newest first:")
    for item in timeline(found):
        who = f" by {item.actor}" if item.actor else ""
        more = f". {item.line}" if item.line else ""
        print(f"  {item.seq:>3}  {item.at:%Y-%m-%d %H:%M}  {item.title}{who}{more}")
    return 0


def plan_do(args: argparse.Namespace) -> int:
    """The terminal's door to `perform`."""
    _django()
    from django.utils import timezone

    from upturn.core.asking import command
    from upturn.core.refusals import Conflict, Refused
    from upturn.records.access import Former, NotFound
    from upturn.records.perform import perform

    row = _plan(args.plan, organization=args.organization, person=args.person)
    person = _person(row.organization, args.person)
    data = _json_file(args.file) if args.file else {}
    try:
        done = perform(row.pk, command(args.move, _with_values(data, args.set)), person, timezone.now())
    except Refused as refused:
        for reason in refused.reasons:
            print(reason.sentence, file=sys.stderr)
        return 1
    except Conflict as conflict:
        print(conflict, file=sys.stderr)
        return 3
    except (NotFound, Former) as error:
        raise Wrong(str(error)) from None
    if not done.events:
        print("Nothing changed: it says so already.")
        return 0
    happened = ", ".join(type(e).__name__ for e in done.events)
    print(f"{row.number}: {happened}. It stands in “{done.program.stage[done.plan.stage].title}”.")
    return 0


def _json_file(name: str) -> dict[str, Any]:
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
        data = json.loads(text)
    except (OSError, ValueError) as error:
        raise Wrong(f"{name} cannot be read as JSON: {error}") from None
    if not isinstance(data, dict):
        raise Wrong(f"{name}: an object of names and values is needed.")
    return data


def _with_values(data: Mapping[str, Any], values: Sequence[str]) -> dict[str, Any]:
    """`finding=met` and `answers.why=...` put into the data."""
    made = dict(data)
    for pair in values:
        key, mark, value = pair.partition("=")
        if not mark:
            raise Wrong(f"--set {pair}: write KEY=VALUE.")
        head, _, rest = key.partition(".")
        if rest:
            made[head] = {**made.get(head, {}), rest: _read_value(value)}
        else:
            made[head] = _read_value(value)
    return made


def _read_value(value: str) -> Any:
    """JSON where it is JSON (lists, numbers, true), else the text itself."""
    try:
        return json.loads(value) if value[:1] in '[{"' or value in ("true", "false") else value
    except ValueError:
        return value


# -- programs ---------------------------------------------------------------------------------------------------------


def programs_folder() -> Path:
    return Path(__file__).parent / "programs"


def shipped_keys() -> list[str]:
    """The keys of the programs that come with Upturn."""
    return sorted({path.name.split(".v")[0] for path in programs_folder().glob("*.v*.yaml")})


def _program_path(name: str) -> Path:
    path = Path(name)
    if path.exists():
        return path
    shipped = sorted(programs_folder().glob(f"{name}.v*.yaml"))
    if not shipped:
        raise Wrong(f"There is no file {name}, and no shipped program of that key: {', '.join(shipped_keys())}.")
    return shipped[-1]


def _program(name: str) -> "ProgramFile":
    from upturn.core.reading import BadProgram, read

    path = _program_path(name)
    try:
        return read(_text_of(path))
    except BadProgram as error:
        raise Wrong("\n".join(f"{path.name}: {problem}" for problem in error.problems)) from None


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Wrong(f"{path} cannot be read: {error}") from None


def program_check(args: argparse.Namespace) -> int:
    """Every problem of every file."""
    from upturn.core.reading import BadProgram, read

    status = 0
    for name in args.file:
        path = _program_path(name)
        try:
            found = read(_text_of(path))
        except BadProgram as error:
            status = 1
            for problem in error.problems:
                print(f"{path.name}: {problem}")
            print(f"{path.name}: {len(error.problems)} {'problem' if len(error.problems) == 1 else 'problems'}.")
        else:
            program = found.program()
            print(f"{path.name}: {program.title}, version {program.version}, is sound. Digest {found.digest}.")
    return status


def program_show(args: argparse.Namespace) -> int:
    """A program in plain words."""
    program = _program(args.file).program()
    print(f"{program.title} ({program.key}, version {program.version})\n{program.summary}\n")
    print("Parties: " + "; ".join(f"{p.title} ({p.kind})" for p in program.parties.values()))
    print("\nStages and what leads out of them:")
    for stage in program.stages:
        print(f"  {stage.title}: {stage.says}")
        for move in program.moves:
            if stage.id in move.from_:
                who = ", ".join(program.parties[r].title if r in program.parties else "by itself" for r in move.by)
                print(f"    → {move.title} ({who})" + (f" → {program.stage[move.to].title}" if move.to else ""))
    if program.basis:
        print("\nWhat it rests on:")
        for source in program.basis:
            text = f", text of {source.text_of}" if source.text_of else ""
        print(f"  {source.id}: {source.title}{text}{f' <{source.url}>' if source.url else ''}")
    return 0


def program_schema(_args: argparse.Namespace) -> int:
    from upturn.core.reading import json_schema

    print(json.dumps(json_schema(), indent=1))
    return 0


def program_simulate(args: argparse.Namespace) -> int:
    """Every date and duty from a start date, with how each is computed."""
    from upturn.core.calendar import Calendar
    from upturn.core.facts import Facts
    from upturn.core.refusals import Refused
    from upturn.core.simulation import simulate

    program = _program(args.file).program()
    try:
        business = Calendar(name="business days", country=args.country or None, subdivision=args.subdivision)
        named = {
            unit: Calendar(name=unit.replace("_", " "), country=args.country or None) for unit in program.calendars
        }
        rows = simulate(
            program,
            args.start or datetime.now().astimezone().date(),
            Facts(calendars={"business_days": business, **named}),
            _known_fields(program, _with_values({}, args.set)),
        )
    except (ValueError, Refused) as error:
        raise Wrong(str(error)) from None
    for row in rows:
        day = row.day.isoformat() if row.day else " " * 10
        print(
            f"{day}  {row.what}"
            + (f" ({row.who})" if row.who else "")
            + (f"\n            {row.how}" if row.how else "")
            + (f"\n            If nothing is done: {row.otherwise}" if row.otherwise else "")
        )
    return 0


def _known_fields(program: "Program", values: dict[str, Any]) -> dict[str, Any]:
    """The values, once every one of them is of a field that the program has."""
    asked = {f.id for f in program.start.fields} | set(program.field)
    unknown = sorted(set(values) - asked)
    if unknown:
        near = [n for u in unknown for n in get_close_matches(u, asked, n=2)]
        raise Wrong(
            f"{program.key} has no field {', '.join(unknown)}."
            + (f" Did you mean {' or '.join(near)}?" if near else f" Its fields: {', '.join(sorted(asked))}.")
        )
    return values


def program_story(args: argparse.Namespace) -> int:
    """Tell the stories; status 1 when one goes another way, or something is never reached."""
    from upturn.core import story

    path = _program_path(args.file)
    file = _program(args.file)
    beside = Path(args.story) if args.story else path.with_name(path.name.split(".v")[0] + ".story.yaml")
    try:
        reached = story.told(file, _text_of(beside))
    except story.StoryFailed as error:
        raise Wrong(f"{beside.name}: {error}") from None
    lacking = story.untold(file.program(), reached)
    for one in lacking:
        print(f"No story reaches: {one}")
    if not lacking:
        print(f"{beside.name}: every step and every outcome of {file.program().title} is told.")
    return 1 if lacking else 0


if __name__ == "__main__":
    main()
