"""Who reads an entry: fixed when it is written, widened for the subject only by the moment of telling."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from upturn.core.case import Case
from upturn.core.events import Dated, Event, Fact, Lapsed, Resumed, Scheduled, Signed
from upturn.core.plan import Plan
from upturn.core.program import Program, Section

E = TypeVar("E", bound=Event)


def waits_for_telling(program: Program, role: str) -> bool:
    """Roles that know of the plan only from the moment of telling: the subject, those who stand by the subject, and
    helpers who read only what names them: nobody's mentor learns of it before the person does.
    """
    return program.parties[role].kind in ("subject", "representative") or only_helps(program, role)


def voices(program: Program, roles: Iterable[str]) -> tuple[str, ...]:
    """Those of these parties who may add something: an auditor reads, and says nothing."""
    return tuple(r for r in roles if program.parties[r].kind != "auditor")


def lifecycle_readers(case: Case, event: Event) -> tuple[str, ...]:
    """Who reads an entry that names no readers: everybody on the plan, and a helper who reads only what names them just
    the days of periods and check-ins, without anybody's reasons. Whoever acts reads it, and in whose name it is.
    """
    own = case.actor.roles | (case.plan.roles(event.signer) if isinstance(event, Signed) else frozenset())
    return tuple(r for r in case.program.parties if r in own or not only_helps(case.program, r) or _is_a_day(event))


def only_helps(program: Program, role: str) -> bool:
    """A helper who reads only what names them: learns of no signature, decision or duty of others."""
    return program.parties[role].kind == "supporter" and program.parties[role].reads == "listed"


def _is_a_day(event: Event) -> bool:
    match event:
        case Scheduled() | Resumed():
            return True
        case Dated() | Lapsed():
            return event.what in ("clock", "checkin") and not getattr(event, "reason", "")
    return False


def section_readers(program: Program, section: Section, stage: str) -> tuple[str, ...]:
    """The parties who read what is written in a section while the plan stands in a stage; its writers always do."""
    named = section.sees_in.get(stage) or section.sees
    if named:
        return tuple(r for r in program.parties if r in named or r in section.by)
    return tuple(r for r, party in program.parties.items() if party.reads == "all" or r in section.by)


def named_readers(program: Program, sees: Iterable[str], writers: Iterable[str] = ()) -> tuple[str, ...]:
    """Readers of a log, a comment, a screening: those named and those who write; when none is named, all who
    read everything.
    """
    sees, writers = set(sees), set(writers)
    if sees:
        return tuple(r for r in program.parties if r in sees | writers)
    return tuple(r for r, party in program.parties.items() if party.reads == "all" or r in writers)


def addressed(case: Case, event: E, readers: Iterable[str] | None = None, *, withheld: bool = False) -> E:
    """The event with its audience. Before the telling, those who wait for it are put into `later`; withheld words
    never reach them.
    """
    readers = tuple(readers) if readers is not None else lifecycle_readers(case, event)
    waiting = tuple(r for r in readers if waits_for_telling(case.program, r) and r not in case.actor.roles)
    if case.plan.told and not withheld:
        return replace(event, audience=readers, later=())
    now = tuple(r for r in readers if r not in waiting)
    return replace(event, audience=now, later=() if withheld else waiting)


def sees(roles: Iterable[str], audience: Iterable[str], later: Iterable[str], *, told: bool) -> bool:
    """Whether someone with these roles reads an entry of that audience."""
    roles = set(roles)
    return bool(roles & set(audience)) or (told and bool(roles & set(later)))


def reads(plan: Plan, fact: Fact, roles: Iterable[str]) -> bool:
    """Whether someone with these roles reads this entry of the plan as it now stands."""
    if fact.event is None:
        return True
    return sees(roles, fact.event.audience, fact.event.later, told=plan.told is not None)


def knew(program: Program, plan: Plan, code: str) -> frozenset[str]:
    """The roles somebody held and no longer holds, and through which they knew of the plan. A representative who left
    before the telling never knew, and does not learn of it afterwards.
    """
    party = plan.parties.get(code)
    past = {r for r in party.former if r not in party.roles and r in program.parties} if party else set()
    return frozenset(r for r in past if not (party and r in party.untold and waits_for_telling(program, r)))


def knows(program: Program, plan: Plan, roles: Iterable[str]) -> bool:
    """Whether somebody with these roles knows of the plan at all."""
    return any(plan.told is not None or not waits_for_telling(program, r) for r in roles if r in program.parties)
