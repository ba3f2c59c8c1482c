"""The whole matrix of access: for every shipped program, at every stage and for every kind of person, exactly what is
open, and who reads the plan at all.

What is expected stands in matrix/*.yaml, written by hand from what the sources ask; none of it is read from the rules.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from upturn.core import story
from upturn.core.calendar import Calendar as Days
from upturn.core.case import Case
from upturn.core.plan import Plan as CorePlan
from upturn.core.program import Program
from upturn.core.reading import ProgramFile
from upturn.core.story.acts import plain
from upturn.core.story.stage import day_of, noon
from upturn.core.verbs import VERBS
from upturn.demo.playing import Moment
from upturn.records import catalogue
from upturn.records.access import Former, NotFound, can, look, visible_plans
from upturn.records.export import record
from upturn.records.loading import Loaded, load, rows
from upturn.records.models import Calendar, Entry, Organization, Person, Plan
from upturn.records.perform import bring_due, open_plan, perform, reference
from upturn.records.timeline import timeline

A_MINUTE = timedelta(minutes=1)
FOLDER = Path(__file__).parent / "matrix"
STRANGERS = {"auditor": "auditor", "administrator": "admin", "colleague": "", "outsider": "office"}
"""Kinds of people beside a program's parties, with the role each has in an organization; the outsider in another one.
`officer`: somebody of the program office who has done nothing on the plan.
"""


# -- the files -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Matrix:
    """One program's file of expectations, with the program and the answers and scenes of its stories."""

    key: str
    says: Mapping[str, Any]

    @cached_property
    def text(self) -> str:
        return self._shipped("v1")

    @cached_property
    def file(self) -> ProgramFile:
        return catalogue.read(self.text)

    @cached_property
    def stories(self) -> Mapping[str, Any]:
        return parsed(self._shipped("story"))

    def _shipped(self, what: str) -> str:
        return resources.files("upturn.programs").joinpath(f"{self.key}.{what}.yaml").read_text("utf-8")

    @property
    def program(self) -> Program:
        return self.file.program()

    @property
    def people(self) -> Mapping[str, str]:
        """Kind of person → the name in the steps."""
        return self.says["people"]

    @property
    def moments(self) -> Mapping[str, Any]:
        return self.says["moments"]

    def rows(self, moment: str) -> Mapping[str, Any]:
        """Kind of person → what is expected of one at a moment, with what is `always` open to a reader."""
        found = {**self.says["everywhere"], **self.moments[moment]["open"]}
        always = self.says["always"]
        return {kind: {**row, **always.get(kind, {})} if isinstance(row, dict) else row for kind, row in found.items()}

    def steps(self, moment: str) -> list[Mapping[str, Any]]:
        scenes = {**self.stories["scenes"], **self.says["scenes"]}
        return list(story.expanded({"scenes": scenes}, self.moments[moment]["steps"]))


def parsed(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(text)


MATRICES = {
    path.stem: Matrix(path.stem, parsed(path.read_text(encoding="utf-8"))) for path in sorted(FOLDER.glob("*.yaml"))
}
MOMENTS = [pytest.param(of, moment, id=f"{of.key}: {moment}") for of in MATRICES.values() for moment in of.moments]
each_program = pytest.mark.parametrize("of", MATRICES.values(), ids=MATRICES)


def stage_of(moment: str) -> str:
    """`signing, both signed` is a moment of the stage `signing`."""
    return moment.partition(",")[0]


def listed(targets: Any) -> Iterator[str]:
    """Targets one by one: `monthly_1..3` stands for three of them, a list in a list for its own."""
    if isinstance(targets, list):
        for one in targets:
            yield from listed(one)
    elif span := re.fullmatch(r"(.*?)(\d+)\.\.(\d+)", str(targets)):
        yield from (f"{span[1]}{n}" for n in range(int(span[2]), int(span[3]) + 1))
    else:
        yield str(targets)


# -- everything there is to do, spelled out apart from the rules -------------------------------------------------------


def of_program(program: Program) -> dict[str, Iterable[str]]:
    """Verb → all it could ever be done to, as far as the program alone says."""
    plan = ("plan",)
    return {
        "answer": program.section,
        "comment": program.section,
        "record": program.log,
        "screen": [p.id for p in program.screening.parts] if program.screening else [],
        "move": program.move,
        "sign": program.signature,
        "approve": program.approval,
        "extend": program.clock,
        "party": program.parties,
        "execute": [document.id for document in program.papers],
        "disclose": ("office", "lead", "subject"),
        **dict.fromkeys(("state", "attach", "propose", "version", "pause", "resume"), plan),
    }


def of_plan(case: Case) -> dict[str, Iterable[str]]:
    """Verb → all it could be done to on a plan as it stands."""
    plan, program = case.plan, case.program
    items = [f"{i.table}/{row['_id']}/{m.id}" for i in program.items for row in case.rows(i.table) for m in i.moves]
    return of_program(program) | {
        **dict.fromkeys(("prepare", "check_in", "reschedule"), plan.checkins),
        "item": items,
        "reply": [str(n) for n in plan.comments],
        "respond": [str(n) for n in plan.proposals],
        "correct": [str(n) for n in range(1, plan.seq + 1)],
    }


def spelled(targets: Mapping[str, Iterable[str]]) -> set[str]:
    return {f"{verb}:{target}" for verb, ones in targets.items() for target in ones}


# -- a plan brought to a moment through the records ------------------------------------------------------------------


@dataclass
class Brought:
    """A plan, its people by name, and the moment; every step is a command through `perform`."""

    of: Matrix
    now: datetime
    people: dict[str, Person] = field(default_factory=dict)
    cast: dict[str, tuple[str, ...]] = field(default_factory=dict)
    answers: Mapping[str, Any] = field(default_factory=dict)
    plan_id: str = ""

    @classmethod
    def to(cls, of: Matrix, moment: str) -> "Brought":
        brought = cls(of, noon(day_of(of.stories["today"]), of.stories["zone"]), answers=of.stories["answers"])
        brought._gather()
        told = False
        for step in of.steps(moment):
            plan = brought.play(step)
            if "open" in step:
                brought.play(*of.says["once_open"])
            elif plan and plan.told and not told:
                told = True
                if not of.program.stage[plan.stage].final:
                    brought.play(*of.says["once_told"])
        return brought

    def _gather(self) -> None:
        stories, program = self.of.stories, self.of.program
        here, there = (
            Organization.objects.create(name="Here and there", slug=slug, zone=stories["zone"])
            for slug in ("here", "there")
        )
        for organization in (here, there):
            catalogue.publish(organization, self.of.text, self.now)
            catalogue.enter_settings(organization, program.key, stories["settings"])
            for unit, spec in {"business_days": {"country": "US"}, **stories.get("calendars", {})}.items():
                days = Days.from_json({"name": unit.replace("_", " "), **spec}).to_json()
                Calendar.objects.update_or_create(organization=organization, unit=unit, defaults={"days": days})
        offices = program.of_kind("office")
        for kind, name in self.of.people.items():
            party = program.parties.get(kind)
            office = "office" if kind == "officer" or (party and party.fill == "office") else ""
            role = STRANGERS.get(kind, office)
            self.cast[name] = offices if office else (kind,) if party else ()
            known = {k: str(v) for k, v in stories["people"].get(name, {}).items()}
            self.people[name] = Person.objects.create(
                organization=there if kind == "outsider" else here,
                name=known.pop("name", name.title()),
                title=known.pop("title", ""),
                roles=[role] if role else [],
                details=known,
            )

    def loaded(self) -> Loaded:
        """The plan as its entries tell it, with what surrounds it."""
        return load(rows().get(pk=self.plan_id), remembered=True)

    def play(self, *steps: Mapping[str, Any]) -> CorePlan | None:
        """Steps one after the other. The plan as the last of them left it; None where time alone went on."""
        plan = None
        for step in steps:
            if "until" in step:
                plan = None
                self._pass_until(noon(day_of(step["until"]), self.of.stories["zone"]))
            else:
                plan = self._open(step) if "open" in step else self._act(step)
                self._pass_until(self.now + A_MINUTE)
        return plan

    def _open(self, step: Mapping[str, Any]) -> CorePlan:
        program, people = self.of.program, self.of.people
        opener, subject = self.people[step["as"]], self.people[people[program.subject_role]]
        subject.manager = opener
        subject.save()
        done = open_plan(
            opener.organization,
            opener.organization.programversion_set.get(),
            by=opener,
            parties={r: [self.people[people[r]]] for r, party in program.parties.items() if party.fill == "named"},
            answers=plain(self.answers[step["open"]]),
            now=self.now,
        )
        self.plan_id = done.row.pk
        loaded, told = self.loaded(), enumerate(self.of.stories["cast"], start=1)
        codes = {f"@p{n}": f"@{loaded.code_of(self.people[name])}" for n, name in told if name in self.people}
        self.answers = renamed(self.answers, codes)
        return done.plan

    def _act(self, step: Mapping[str, Any]) -> CorePlan:
        actor = self.people[step["as"]]
        seen = look(self.plan_id, actor, self.now)
        stage = Moment(
            file=self.of.file,
            cast=self.cast,
            now=self.now,
            world=seen.case.facts,
            plan=seen.plan,
            program=seen.program,
            codes={name: seen.loaded.code_of(p) or reference(p) for name, p in self.people.items()},
        )
        command = story.command_of(stage, {"answers": self.answers}, step)
        return perform(self.plan_id, command, actor, self.now).plan

    def _pass_until(self, moment: datetime) -> None:
        """Time passes; whatever it brings happens on its own day."""
        while (wakes := Plan.objects.values_list("wakes_at", flat=True).get(pk=self.plan_id)) and wakes <= moment:
            bring_due(self.plan_id, max(wakes, self.now))
        self.now = moment

    # -- what is found

    def found(self, kind: str, everything: set[str]) -> object:
        """`404`, `former`, or everything that is open to a kind of person; whatever is closed says why."""
        person = self.people[self.of.people[kind]]
        visible = visible_plans(person).filter(pk=self.plan_id).exists()
        try:
            seen = look(self.plan_id, person, self.now)
        except (NotFound, Former) as error:
            answer = can(person, "read", self.plan_id, now=self.now)
            unknown = isinstance(error, NotFound)
            assert (bool(answer), getattr(answer, "known", True), visible) == (False, not unknown, False), kind
            return 404 if unknown else "former"
        assert (bool(can(person, "read", seen)), visible) == (True, True), kind
        answers = {offer: can(person, offer, seen) for offer in sorted(everything)}
        unsaid = [offer for offer, answer in answers.items() if not answer and not answer.sentence.strip()]
        open_ = {offer for offer, answer in answers.items() if answer}
        offered = {offer for offer, against in seen.offers.items() if not against.refusals}
        assert (unsaid, open_ ^ offered) == ([], set()), kind
        return open_

    def refuse_traces(self, kind: str) -> None:
        """Whoever is not told that there is more leaves with no trace of it: no title, no kind, no name, no hour."""
        seen = look(self.plan_id, self.people[self.of.people[kind]], self.now)
        own = {fact.seq for fact in seen.entries}
        items = {item.seq for item in timeline(seen)}
        headers = {one["entry"]["seq"] for one in record(seen)["entries"] if "entry" in one}
        if kind not in self.of.says["learns_of_the_rest"] or not seen.plan.told:
            assert (items - own, headers - own) == (set(), set()), kind

    def meant(self, code: str, row: Mapping[str, Any], everything: set[str]) -> set[str]:
        """What a row of the file says, in full, of the person with a code on the plan."""
        own = Entry.objects.filter(plan=self.plan_id, actor=code).values_list("seq", flat=True)
        meant = set()
        for verb, targets in row.items():
            for target in listed(targets):
                if target == "all":
                    meant |= {offer for offer in everything if offer.startswith(f"{verb}:")}
                elif target == "own":
                    meant |= {f"{verb}:{number}" for number in own}
                else:
                    meant.add(f"{verb}:{target}")
        assert meant <= everything, f"there is no {sorted(meant - everything)}"
        return meant


def renamed(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping):
        return {key: renamed(one, names) for key, one in value.items()}
    if isinstance(value, list):
        return [renamed(one, names) for one in value]
    return names.get(value, value) if isinstance(value, str) else value


def told_apart(found: object, meant: object) -> str:
    """How a row differs; empty when it does not."""
    if found == meant:
        return ""
    if not isinstance(found, set) or not isinstance(meant, set):
        return f"is {_short(found)}, not {_short(meant)}"
    more, fewer = sorted(found - meant), sorted(meant - found)
    return "; ".join(f"{word}: {', '.join(ones)}" for word, ones in (("open", more), ("closed", fewer)) if ones)


def _short(row: object) -> str:
    return f"a reader with {len(row)} open" if isinstance(row, set) else str(row)


# -- the tests -------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(("of", "moment"), MOMENTS)
def test_what_is_open_is_what_is_written_and_nothing_else(of: Matrix, moment: str) -> None:
    brought = Brought.to(of, moment)
    loaded = brought.loaded()
    everything = spelled(of_plan(loaded.clock(brought.now)))
    differ = {}
    for kind, row in of.rows(moment).items():
        code = loaded.code_of(brought.people[of.people[kind]])
        meant = brought.meant(code, row, everything) if isinstance(row, dict) else row
        differ[kind] = told_apart(brought.found(kind, everything), meant)
        if isinstance(row, dict):
            brought.refuse_traces(kind)
    assert (loaded.plan.stage, {kind: how for kind, how in differ.items() if how}) == (stage_of(moment), {})


def test_every_shipped_program_has_its_matrix() -> None:
    assert [catalogue.read(text).program().key for text in catalogue.shipped()] == list(MATRICES)


@each_program
def test_every_stage_and_every_kind_of_person_has_its_row(of: Matrix) -> None:
    kinds = {*of.program.parties, *STRANGERS, "officer", f"former_{of.program.lead_role}"}
    assert kinds - set(of.people) == set()
    assert {stage_of(moment) for moment in of.moments} ^ set(of.program.stage) == set()
    unlike = {moment: set(of.rows(moment)) ^ set(of.people) for moment in of.moments}
    assert {moment: kinds for moment, kinds in unlike.items() if kinds} == {}


@each_program
def test_whatever_can_be_done_is_open_to_somebody_somewhere_or_named_as_what_nobody_does(of: Matrix) -> None:
    program = of.program
    items = [f"{i.table}/*/{m.id}" for i in program.items for m in i.moves]
    numbered = {verb: ["*"] for verb in ("reply", "respond", "correct")}
    check_ins = {verb: [f"{rhythm}_*" for rhythm in program.checkin] for verb in ("prepare", "check_in", "reschedule")}
    everything = spelled(of_program(program) | {"item": items} | numbered | check_ins)
    somewhere = {
        re.sub(r"(?<=[:/_])r?\d+(?=/|$)", "*", f"{verb}:{target}")
        for moment in of.moments
        for row in of.rows(moment).values()
        if isinstance(row, dict)
        for verb, targets in row.items()
        for target in (of_program(program).get(verb, ["*"]) if targets in ("all", "own") else listed(targets))
    }
    assert (everything - somewhere) ^ set(of.says["nobody"]) == set()


@each_program
def test_every_verb_there_is_stands_in_the_matrix(of: Matrix) -> None:
    of_a_plan = {"prepare", "check_in", "reschedule", "item", "reply", "respond", "correct"}
    assert {*of_program(of.program), *of_a_plan} == set(VERBS)
