"""Opening a plan: who may, on what basis, under which variant, standing where."""

from collections.abc import Mapping
from typing import Any

from upturn.core.audience import addressed
from upturn.core.case import Case
from upturn.core.commands import Open
from upturn.core.conditions import Values
from upturn.core.events import Event, Opened
from upturn.core.fields import clean_answers, inside
from upturn.core.guards import refusals_of
from upturn.core.guards.outcome import no_open_plan
from upturn.core.plan import Party, Plan
from upturn.core.program import Program
from upturn.core.refusals import Refusal, Refused
from upturn.core.verbs.base import asked, passed
from upturn.core.wording import an, counted, listed, sentence, the


def variant_of(program: Program, answers: Mapping[str, Any], today: str = "") -> str:
    """The variant that the start answers, as they were written, choose; empty when none does.

    `program` is the one before any variant. An answer that does not fit chooses nothing: opening refuses it.
    """
    fields = program.start.fields
    around = Values((), {"stage": "", "variant": "", "today": today, "finding": "", "disposition": ""})
    known, _problems = clean_answers(fields, answers, around, program, fresh=True)
    scope = inside(fields, known, around, program)
    return next((v.id for v in program.variants if scope.holds(v.when)), "")


def opened(case: Case, command: Open) -> list[Event]:
    """The first entry. `case.program` is in the variant the answers choose. Raises Refused with every problem."""
    program = case.program
    start = program.start
    if case.plan.seq:
        raise Refused(Refusal("opened", "This plan is open already."))
    parties = {code: tuple(dict.fromkeys(roles)) for code, roles in command.parties.items() if roles}
    people = {c: Party(c, r, case.today) for c, r in parties.items()}
    answers = asked(case.with_plan(Plan(parties=people)), start.fields, command.answers)
    plan = Plan(program=program.key, variant="", stage=start.stage, start=answers, parties=people)
    weighed = case.with_plan(plan)
    problems = _party_problems(weighed, command)
    problems += refusals_of(start.when, weighed)
    if program.single:
        problems += [r for r in (no_open_plan(weighed),) if r]
    valid = program.valid
    if (valid.from_ and case.today < valid.from_) or (valid.until and case.today > valid.until):
        problems.append(
            Refusal("valid", f"This version of “{program.title}” does not apply today. Choose the version that does.")
        )
    triggers = tuple(t.id for t in start.triggers if weighed.when(t.when))
    if start.trigger_needed and not triggers:
        titles = listed((f"“{t.title}”" for t in start.triggers), "or")
        problems.append(
            Refusal(
                "trigger",
                f"None of the grounds for {an(program.words.plan)} is given: {titles}.",
                tuple(c for t in start.triggers for c in t.cites),
            )
        )
    if problems:
        raise Refused(*problems)
    subject_opens = program.subject_role in case.actor.roles
    event = Opened(
        program=program.key,
        version=program.version,
        digest=command.digest,
        variant=variant_of(program, command.answers, case.today.isoformat()),
        language=command.language or program.language,
        stage=start.stage,
        parties=parties,
        answers=answers,
        triggers=triggers,
        group=command.group,
        follows=command.follows,
        tells=start.tells or subject_opens,
        warnings=passed(refusals_of(start.warn, weighed), command.reasons),
        on=command.on,
    )
    return [addressed(case.with_plan(Plan(told=case.today if event.tells else None)), event)]


def _party_problems(case: Case, command: Open) -> list[Refusal]:
    program = case.program
    problems = []
    if not _may_open(case):
        problems.append(
            Refusal(
                "role",
                sentence(
                    f"{an(program.words.plan)} is opened by "
                    f"{listed((_kind_title(program, k) for k in program.start.by), 'or')}"
                ),
                field="parties",
            )
        )
    known = set(program.parties)
    unknown = sorted({r for roles in command.parties.values() for r in roles} - known)
    if unknown:
        problems.append(Refusal("parties", f"{listed(unknown)}: no such party in this program.", field="parties"))
    for role, party in program.parties.items():
        if party.fill != "named":
            continue
        holders = case.plan.holders(role)
        least = max(party.min, 1 if party.kind == "subject" else 0)
        if len(holders) < least:
            problems.append(
                Refusal(
                    "parties",
                    f"{party.title}: {counted(least, 'person', 'people')} must be named.",
                    field=f"party.{role}",
                )
            )
        if len(holders) > party.max:
            problems.append(
                Refusal(
                    "parties",
                    f"{party.title}: at most {counted(party.max, 'person', 'people')} may be named.",
                    field=f"party.{role}",
                )
            )
    subject = program.subject_role
    double = [p.code for p in case.plan.holders(subject) if len(p.roles) > 1]
    if double:
        problems.append(
            Refusal("parties", "Nobody holds a second role on a plan about themselves.", field=f"party.{subject}")
        )
    return problems


def _may_open(case: Case) -> bool:
    kinds = {case.program.parties[r].kind for r in case.actor.roles if r in case.program.parties}
    return bool((kinds | set(case.actor.roles)) & set(case.program.start.by))


def _kind_title(program: Program, kind: str) -> str:
    title = next((p.title for p in program.parties.values() if p.kind == kind), "")
    return the(title if title[:2].isupper() else title.lower()) if title else kind
