"""Generated stories: people do what is offered to them, time passes, and what is promised always holds.

Every program is wandered through: the shipped ones and the real sources of tests/programs. A story is a list of small
numbers, so that a failing one shrinks to the few steps that matter.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from tests.core.generating import CALM, command_for
from upturn.core import commands as c
from upturn.core import events as e
from upturn.core.audience import sees, waits_for_telling
from upturn.core.digests import of_signature
from upturn.core.duties import duties
from upturn.core.events import from_json, to_json
from upturn.core.facts import Actor
from upturn.core.ledger import canonical
from upturn.core.letters import merged
from upturn.core.plan import Plan, evolve, replay
from upturn.core.promises import promises
from upturn.core.reading import ProgramFile, read
from upturn.core.refusals import Conflict, Refused
from upturn.core.rules import decide, due, offers, why_not
from upturn.core.story import Stage, tell
from upturn.core.timing import wakes

ROOT = Path(__file__).parents[2]
FILES = sorted([*(ROOT / "src/upturn/programs").glob("*.v1.yaml"), *(ROOT / "tests/programs").glob("*.v1.yaml")])
NAMES = {path.name.removesuffix(".v1.yaml"): path for path in FILES}
PATHS = {name: path for name, path in NAMES.items() if path.with_name(f"{name}.story.yaml").exists()}
"""A program without a story is refused in test_stories; here its story file lends the cast."""


@cache
def program_file(name: str) -> ProgramFile:
    return read(PATHS[name].read_text(encoding="utf-8"))


@cache
def story_file(name: str) -> Mapping[str, Any]:
    path = PATHS[name].with_name(f"{name}.story.yaml")
    return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))


def beginnings(name: str, chance: Random) -> tuple[Mapping[str, Any], list[Any]]:
    """A story of the program and its first steps, as far as the opening or further: wandering goes on from there."""
    document = story_file(name)
    told = [(story, list(_expanded(document, story["steps"]))) for story in document["stories"]]
    opening = [(story, steps) for story, steps in told if any(map(_opens, steps))]
    story, steps = chance.choice(opening)
    opened = next(n for n, step in enumerate(steps, start=1) if _opens(step))
    return story, steps[: chance.choice([opened, chance.randint(opened, len(steps))])]


def _opens(step: Mapping[str, Any]) -> bool:
    return "open" in step and "refused" not in step


def _expanded(document: Mapping[str, Any], steps: list[Any]) -> Iterator[Any]:
    for step in steps:
        yield from _expanded(document, document["scenes"][step["do"]]) if set(step) == {"do"} else [step]


class Wanderer:
    """One wandering story: the stage, and everything that must hold after every step."""

    def __init__(self, name: str, chance: Random) -> None:
        self.name = name
        document = story_file(name)
        story, steps = beginnings(name, chance)
        self.stage: Stage = tell(program_file(name), document, {**story, "steps": steps})
        self.sets = {k: json_like(v) for k, v in document.get("answers", {}).items() if isinstance(v, dict)}

    def step(self, chance: Random) -> None:
        if chance.random() < 0.25:
            self.wait(chance)
        else:
            self.act(chance)
        self.check()

    def wait(self, chance: Random) -> None:
        stage = self.stage
        ahead = wakes(stage.case())
        days = chance.choice([1, 2, 5, 9, 16, 31, 95])
        moment = noon(stage.world.day(stage.now) + timedelta(days=days), stage.world.zone)
        if ahead is not None and chance.random() < 0.4:
            moment = max(ahead, stage.now)
        stage.pass_until(moment)
        assert due(stage.the_program(), stage.plan, stage.now, stage.world) == []

    def act(self, chance: Random) -> None:
        stage = self.stage
        actor = stage.actor(chance.choice(list(stage.cast)))
        program = stage.the_program()
        offered = offers(program, stage.plan, actor, stage.now, stage.world)
        open_ = {offer: against for offer, against in offered.items() if not against.refusals}
        self.closed(chance, actor, [offer for offer, against in offered.items() if against.refusals])
        if not open_:
            return
        owed = {duty.offer for duty in duties(stage.case()) if duty.role in actor.roles}
        weights = [self.weight(offer, owed) for offer in open_]
        offer = chance.choices(list(open_), weights)[0]
        case = stage.case(actor)
        command = command_for(offer, case, chance, self.sets)
        try:
            events = decide(program, stage.plan, command, actor, stage.now, stage.world)
        except Conflict as conflict:
            raise AssertionError(f"{offer}: a conflict over words that were just read: {conflict}") from conflict
        except Refused as refused:
            self.refused(offer, command, refused)
            return
        stage.keep(events, actor.code)
        stage.now += timedelta(minutes=1)
        stage.bring_due()

    def weight(self, offer: str, owed: set[str]) -> float:
        """How likely somebody does this: what is owed first; what ends the plan, or is always possible, seldom."""
        verb, _, target = offer.partition(":")
        program = self.stage.the_program()
        if verb in CALM:
            return {"correct": 0.3 / self.stage.plan.seq, "party": 0.05}.get(verb, 0.15)
        if verb == "move":
            move = program.move[target]
            ends = not move.decides and move.to is not None and program.stage[move.to].final
            return 0.02 if move.kind == "withdraw" else 0.2 if ends else 4.0
        return 6.0 if offer in owed else 1.0

    def closed(self, chance: Random, actor: Actor, closed: list[str]) -> None:
        """What is offered with a refusal is refused so, whatever is asked."""
        if not closed:
            return
        stage, offer = self.stage, chance.choice(closed)
        command = command_for(offer, stage.case(actor), chance, self.sets)
        known = offers(stage.the_program(), stage.plan, actor, stage.now, stage.world)[offer].refusals
        with pytest.raises(Refused) as refused:
            decide(stage.the_program(), stage.plan, command, actor, stage.now, stage.world)
        assert {r.rule for r in refused.value.reasons} >= {r.rule for r in known}, f"{offer}: {refused.value}"

    def refused(self, offer: str, command: c.Command, refused: Refused) -> None:
        """What is offered without a refusal is refused only for what the command itself says."""
        decision = isinstance(command, c.Move) and command.finding
        stray = [r for r in refused.reasons if r.field is None and not decision]
        assert stray == [], f"{offer} was offered, and then refused by a rule that was known before: {stray}"

    # -- what always holds

    def check(self) -> None:
        for promise in PROMISES:
            promise(self.stage)


def noon(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(12), tzinfo=ZoneInfo(zone)).astimezone(ZoneInfo("UTC"))


def json_like(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {k: json_like(v) for k, v in value.items()}
    if isinstance(value, list):
        return [json_like(v) for v in value]
    return value.isoformat() if isinstance(value, date) else value


AFTER_THE_END = {e.Stated, e.Corrected, e.Disclosed, e.Noticed, e.Dated, e.Lapsed}


def replaying_the_record_gives_the_plan(stage: Stage) -> None:
    assert replay(stage.record) == stage.plan


def every_event_is_read_back_from_its_json(stage: Stage) -> None:
    for fact in stage.record[-6:]:
        text = canonical(to_json(fact.event)).decode()
        assert from_json(type(fact.event).__name__, json.loads(text)) == fact.event


def a_standing_signature_covers_the_words_as_they_are(stage: Stage) -> None:
    program = stage.the_program()
    if program.amendments and not program.amendments.voids:
        return
    for state in stage.plan.signatures.values():
        if not state.voided:
            assert state.digest == of_signature(program, stage.plan, state.id), f"{state.id} covers other words"


def nothing_but_words_dates_and_evidence_follow_the_end(stage: Stage) -> None:
    final = {s.id for s in stage.the_program().stages if s.final}
    plan = Plan()
    for fact in stage.record:
        if plan.stage in final and fact.seq > plan.stage_seq:
            same_moment = fact.at == stage.record[plan.stage_seq - 1].at
            assert type(fact.event) in AFTER_THE_END or same_moment, f"{fact.event} after the end"
        plan = evolve(plan, fact)


def the_end_stops_what_ran(stage: Stage) -> None:
    """Only a clock that the end itself started runs on."""
    if stage.case().open or not stage.plan.stage_seq:
        return
    before = replay(stage.record[: stage.plan.stage_seq - 1]).clocks
    running = {c.id for c in stage.plan.clocks.values() if not (c.ended or c.stopped)}
    assert {c for c in running if c in before and before[c].start == stage.plan.clocks[c].start} == set()


def who_waits_for_the_telling_reads_and_does_nothing_before(stage: Stage) -> None:
    program, plan = stage.the_program(), stage.plan
    if plan.told is not None:
        return
    for role in (r for r in program.parties if waits_for_telling(program, r)):
        for fact in stage.record:
            assert not sees([role], fact.event.audience, fact.event.later, told=False), f"{role} reads {fact.event}"
    for name in stage.cast:
        actor = stage.actor(name)
        if all(waits_for_telling(program, r) for r in actor.roles if r in program.parties):
            found = offers(program, plan, actor, stage.now, stage.world)
            assert set(found) == set(), f"{name} could act before the telling"
    assert not [d for d in duties(stage.case()) if waits_for_telling(program, d.role)]


def a_clock_ends_within_its_bounds(stage: Stage) -> None:
    for state in stage.plan.clocks.values():
        assert state.start <= state.end
        assert state.floor is None or state.floor <= state.end, f"{state.id} ends before its floor"
        assert state.cap is None or state.end <= state.cap, f"{state.id} ends after its cap"
        assert state.ended in (None, state.end), f"{state.id} ended on another day than its last"


def time_brings_nothing_early(stage: Stage) -> None:
    zone = ZoneInfo(stage.world.zone)
    for fact in stage.record:
        if isinstance(fact.event, e.Lapsed):
            assert fact.at.astimezone(zone).date() > fact.event.due, f"{fact.event} came before its day was over"


def a_date_moves_only_by_a_visible_entry(stage: Stage) -> None:
    for clock_id, state in stage.plan.clocks.items():
        ends = [f.event.end for f in stage.record if _dates(f.event, "clock", clock_id) and f.event.end]
        assert state.end == ends[-1]
        assert all(f.event.how for f in stage.record if _dates(f.event, "clock", clock_id) and f.event.end)


def _dates(event: Any, what: str, id_: str) -> bool:
    return isinstance(event, e.Dated) and event.what == what and event.id == id_


def the_clock_looks_again_when_something_is_ahead(stage: Stage) -> None:
    ahead = wakes(stage.case())
    assert ahead is None or ahead > stage.now, "the clock would look again and again at nothing"


def what_is_owed_can_be_done(stage: Stage) -> None:
    """By everybody of the role; only an act that is owed by a later day may have to wait for its stage."""
    program = stage.the_program()
    ahead = {"stage"} if any(d.due for d in duties(stage.case())) else set()
    for duty in duties(stage.case()):
        for name in stage.cast:
            actor = stage.actor(name)
            recused = any(a.by == actor.code and a.outcome == "recused" for a in stage.plan.approvals)
            its = duty.role in actor.roles and duty.code in ("", actor.code) and not duty.offer.startswith("read:")
            if its and not recused:
                offered = offers(program, stage.plan, actor, stage.now, stage.world)
                against = why_not(program, stage.plan, actor, stage.now, stage.world, duty.offer)
                assert duty.offer in offered or {r.rule for r in against} <= ahead, (
                    f"{name} owes {duty.offer}: {against}"
                )


def every_text_can_be_merged(stage: Stage) -> None:
    case = stage.case()
    for letter in case.program.letters:
        for paragraph in letter.paragraphs:
            assert "{" not in merged(case, paragraph.text)
    assert all(p.what and p.promised and p.done for p in promises(case))


def numbers_run_without_a_gap(stage: Stage) -> None:
    assert [fact.seq for fact in stage.record] == list(range(1, stage.plan.seq + 1))
    assert len(stage.plan.readers) == stage.plan.seq


def nobody_is_removed_before_ninety_days(stage: Stage) -> None:
    """Evolve: days are promised from the telling; days of a pause do not count."""
    if stage.the_program().key != "evolve-mip":
        return
    for made in stage.plan.moves:
        if made.to in ("removed", "membership_changed"):
            begun = stage.plan.made("begin")[0].on
            paused = sum((min(p.last or made.on, made.on) - max(p.start, begun)).days + 1 for p in stage.plan.pauses)
            assert (made.on - begun).days - paused >= 90


PROMISES = (
    replaying_the_record_gives_the_plan,
    every_event_is_read_back_from_its_json,
    a_standing_signature_covers_the_words_as_they_are,
    nothing_but_words_dates_and_evidence_follow_the_end,
    the_end_stops_what_ran,
    who_waits_for_the_telling_reads_and_does_nothing_before,
    a_clock_ends_within_its_bounds,
    time_brings_nothing_early,
    a_date_moves_only_by_a_visible_entry,
    the_clock_looks_again_when_something_is_ahead,
    what_is_owed_can_be_done,
    every_text_can_be_merged,
    numbers_run_without_a_gap,
    nobody_is_removed_before_ninety_days,
)


@pytest.mark.parametrize("name", PATHS)
@given(data=st.data())
@settings(suppress_health_check=list(HealthCheck), max_examples=6)
def test_whatever_people_do_the_promises_hold(name, data):
    wanderer = Wanderer(name, Random(data.draw(st.integers(0, 2**16), label="beginning")))
    wanderer.check()
    for number in data.draw(st.lists(st.integers(0, 2**16), min_size=20, max_size=50), label="steps"):
        wanderer.step(Random(number))
        if not wanderer.stage.case().open and number % 8 == 0:  # an ended plan is left alone before long
            break
