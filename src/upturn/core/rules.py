"""The heart: `decide`, `offers` and `due`. Values in, values out; the same verbs and guards answer all three."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date, datetime, timedelta

from upturn.core import events as e
from upturn.core.audience import waits_for_telling
from upturn.core.case import Case
from upturn.core.commands import Command, Open, Record
from upturn.core.facts import Actor, Facts
from upturn.core.following import Queued, clock_moves, follow, noticed, notices
from upturn.core.guards import refusals_of
from upturn.core.opening import opened
from upturn.core.plan import Plan, evolve
from upturn.core.program import Program
from upturn.core.refusals import Refusal, Refused
from upturn.core.timing import clock_case, moments
from upturn.core.verbs import BY_COMMAND, VERBS
from upturn.core.verbs.base import Against, Verb
from upturn.core.wording import an, day_name, sentence, tidied

MOST_FOLLOWING = 500


def decide(program: Program, plan: Plan, command: Command, actor: Actor, now: datetime, facts: Facts) -> list[e.Event]:
    """What happens when `actor` asks this, with everything that follows from it. Empty when nothing would change.

    Raises Refused with every reason against it; Conflict when the words were not the ones read.
    """
    command = replace(command, **{f.name: tidied(getattr(command, f.name)) for f in fields(command)})
    _refuse_the_day(program, plan, command, facts.day(now))
    if isinstance(command, Open):
        case = Case(program, plan, actor, now, facts)
        return _with_following(case, opened(case, command))
    case = _case(program, plan, actor, now, facts)
    verb = BY_COMMAND[type(command)]
    target = verb.target(command)
    closed = verb.open_to(case, target)
    if closed:
        raise Refused(closed)
    weighed = verb.weigh(case, command)
    refusals = verb.against(weighed, target).refusals
    if refusals:
        raise Refused(*refusals)
    return _with_following(case, verb.events(weighed, command))


EARLIER = timedelta(days=366)
"""How long before its opening a plan takes up what was talked about."""


def _refuse_the_day(program: Program, plan: Plan, command: Command, today: date) -> None:
    """A fact is never asserted for a day to come, nor a step for a day on which the plan did not stand there yet: dates
    count from what is asserted. A talk may be older than the plan, within a year.
    """
    if command.on is None:
        return
    if command.on > today:
        raise Refused(Refusal("on", "The day it happened cannot lie in the future.", field="on"))
    if isinstance(command, Record | Open):
        earliest, what = (plan.opened or today) - EARLIER, "older than a year before the plan was opened is too old"
    else:
        stage = program.stage.get(plan.stage)
        earliest, what = plan.stage_since or today, f"“{stage.title if stage else plan.stage}” began then"
    if command.on < earliest:
        raise Refused(Refusal("on", f"Give a day from {day_name(earliest)} on: {what}.", field="on"))


def _case(program: Program, plan: Plan, actor: Actor, now: datetime, facts: Facts) -> Case:
    """The case as this actor meets it: whoever waits for the telling has no role before it."""
    if plan.told is None:
        known = frozenset(r for r in actor.roles if r not in program.parties or not waits_for_telling(program, r))
        actor = Actor(actor.code, known)
    return Case(program, plan, actor, now, facts)


def _with_following(case: Case, events: list[e.Event]) -> list[e.Event]:
    """The events and everything that follows from them, in the order in which it happens."""
    done: list[e.Event] = []
    queue = list(events)
    told: list[Queued] = []
    plan = case.plan
    while queue:
        event = queue.pop(0)
        done.append(event)
        if len(done) > MOST_FOLLOWING:
            raise Refused(
                Refusal(
                    "program",
                    "This program's own steps run in a circle. Nothing was changed; tell whoever keeps the program.",
                )
            )
        fact = e.Fact(plan.seq + 1, case.facts.local(case.now), case.actor.code, event)
        plan = evolve(plan, fact)
        here = case.with_plan(plan)
        queue += follow(here, event, event.on or case.today)
        told += notices(here, event)
        if not queue:
            queue += [noticed(here, n.spec, key=n.key, readers=n.readers) for n in told] or clock_moves(here)
            told = []
    return done


def offers(program: Program, plan: Plan, actor: Actor, now: datetime, facts: Facts) -> Mapping[str, Against]:
    """What this actor may do here: `verb:target` → what stands against it. Both sides empty: open.

    Guarded by the same functions as `decide`: what is offered without refusals is not refused by the same rule.
    """
    case = _case(program, plan, actor, now, facts)
    return {
        f"{verb.name}:{target}": verb.against(case, target)
        for verb in VERBS.values()
        for target in verb.targets(case)
        if verb.open_to(case, target) is None
    }


def why_not(program: Program, plan: Plan, actor: Actor, now: datetime, facts: Facts, offer: str) -> tuple[Refusal, ...]:
    """Everything against one offer (`move:start`), also when it is not offered at all; empty when it is open."""
    name, _, target = offer.partition(":")
    verb: Verb | None = VERBS.get(name)
    case = _case(program, plan, actor, now, facts)
    if verb is None:
        return (Refusal("unknown", "There is nothing of that name to do."),)
    closed = verb.open_to(case, target)
    return (closed,) if closed else verb.against(case, target).refusals


def due(program: Program, plan: Plan, now: datetime, facts: Facts) -> list[e.Event]:
    """What time alone has brought by `now`, oldest first, with everything that follows; empty when nothing is due."""
    case = clock_case(Case(program, plan, Actor("clock"), now, facts))
    ready = sorted((m for m in moments(case) if m[0] <= case.today), key=lambda m: m[0])
    for _day, happens in ready:
        events = happens()
        if events:
            return _with_following(case, events)
    return []


def may_open(program: Program, actor_kinds: frozenset[str], now: datetime, facts: Facts) -> tuple[Refusal, ...]:
    """What stands against opening a plan under this program for somebody of these kinds of party."""
    if not actor_kinds & set(program.start.by):
        return (Refusal("role", sentence(f"{an(program.words.plan)} is opened by: {', '.join(program.start.by)}")),)
    case = Case(program, Plan(), Actor("", frozenset()), now, facts)
    return tuple(refusals_of(program.start.when, case))
