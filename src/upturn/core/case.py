"""One look at one plan: program, plan, actor, moment and facts together, and the few questions every rule asks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from upturn.core import conditions
from upturn.core.calendar import Calendar, Length, after, end_of, how
from upturn.core.conditions import Values
from upturn.core.facts import Actor, Facts
from upturn.core.plan import Party, Plan
from upturn.core.program import Condition, FormField, Program, Section, Stage
from upturn.core.refusals import Refusal, Refused
from upturn.core.wording import listed, the


@dataclass(frozen=True)
class Case:
    """Everything a rule may look at.

    `finding`, `disposition` and `criteria` are set while a decision is weighed, `extend_by` while an extension is.
    """

    program: Program
    plan: Plan
    actor: Actor
    now: datetime
    facts: Facts
    finding: str = ""
    disposition: str = ""
    criteria: tuple[Mapping[str, Any], ...] = ()
    extend_by: Length | None = None

    # -- time

    @cached_property
    def today(self) -> date:
        return self.facts.day(self.now)

    @property
    def calendars(self) -> Mapping[str, Calendar]:
        return self.facts.calendars

    def after(self, day: date, length: Length) -> date:
        """So long after a day. Raises Refused when no calendar can say it."""
        try:
            return after(day, length, calendars=self.calendars, units=self.program.units)
        except ValueError as error:
            raise Refused(Refusal("calendar", str(error))) from None

    def end_of(self, start: date, length: Length, *, first_day_counts: bool) -> date:
        """The last day of a period. Raises Refused when no calendar can say it."""
        try:
            return end_of(
                start, length, first_day_counts=first_day_counts, calendars=self.calendars, units=self.program.units
            )
        except ValueError as error:
            raise Refused(Refusal("calendar", str(error))) from None

    def how(self, start: date, length: Length, *, first_day_counts: bool | None = None) -> str:
        return how(start, length, first_day_counts=first_day_counts, calendars=self.calendars, units=self.program.units)

    # -- place

    @property
    def stage(self) -> Stage:
        return self.program.stage[self.plan.stage]

    @property
    def open(self) -> bool:
        """Whether the plan still runs: its stage is not final."""
        return not self.stage.final

    # -- people

    def holds_role(self, roles: Iterable[str]) -> str:
        """The first of these roles that the actor holds, stand-ins of an absent holder among them; empty for none."""
        for role in roles:
            if role in self.actor.roles or self.stand_in(role):
                return role
        return ""

    def stand_in(self, role: str) -> str:
        """The role in which the actor stands in for an absent holder of `role`; empty for none."""
        if not any(self.absent(p) for p in self.plan.holders(role)):
            return ""
        return next(
            (
                r
                for r in self.actor.roles
                if r in self.program.parties and self.program.parties[r].stands_in_for == role
            ),
            "",
        )

    def absent(self, party: Party) -> bool:
        """Whether the absence of somebody on the plan is on record and not over."""
        return party.absent is not None and not self.is_back(party.absent_until)

    def is_back(self, until: date | None) -> bool:
        return until is not None and self.today > until

    def role_title(self, role: str) -> str:
        party = self.program.parties.get(role)
        return party.title.lower() if party and not party.title[:2].isupper() else party.title if party else role

    def titles(self, roles: Iterable[str], last: str = "or") -> str:
        return listed((the(self.role_title(r)) for r in roles), last)

    def names(self, code: str) -> str:
        return self.facts.name(code)

    # -- words and conditions

    @cached_property
    def values(self) -> Values:
        """All answers as conditions see them."""
        program, plan = self.program, self.plan
        fields = tuple(program.field.values())
        answers: dict[str, Any] = dict(plan.start)
        for written in plan.sections.values():
            answers |= written.answers
        names = conditions.program_scope(program)
        values = conditions.bound(fields, answers, program)
        values |= {
            "stage": plan.stage,
            "variant": plan.variant,
            "today": self.today.isoformat(),
            "finding": self.finding,
            "disposition": self.disposition,
        }
        conditions.compute(fields, names, values)
        return Values(names, values)

    def when(self, condition: Condition | None) -> bool:
        return self.values.holds(condition)

    def answer(self, field: str) -> Any:
        """The answer to a top-level field of the form or the start."""
        home = self.program.home.get(field)
        return self.plan.answer(home, field) if home else self.plan.start.get(field)

    def rows(self, table: str) -> tuple[Mapping[str, Any], ...]:
        """The rows of a table of the form; of a nested one, all rows of all its parents, `_id` as `parent.row`."""
        if table in self.program.field:
            return tuple(self.answer(table) or ())
        for field in self.program.field.values():
            found = _nested(field, self.answer(field.id) or (), table)
            if found is not None:
                return found
        return ()

    def shown(self, section: Section) -> bool:
        return self.when(section.show_if)

    def decided(self) -> "Case":
        """The same with the plan's latest decision as what is found: for what is said once it is made."""
        last = self.plan.decision
        return replace(self, finding=last.finding, disposition=last.disposition) if last else self

    def with_plan(self, plan: Plan) -> "Case":
        return replace(self, plan=plan)

    def refusal(self, rule: str, says: str, cites: Iterable[str] = (), *, possible_from: date | None = None) -> Refusal:
        return Refusal(rule, says, tuple(cites), possible_from)


def _nested(field: FormField, rows: Iterable[Mapping[str, Any]], table: str) -> tuple[Mapping[str, Any], ...] | None:
    if field.kind != "table":
        return None
    for column in field.fields:
        if column.id == table:
            return tuple(
                {**inner, "_id": f"{row['_id']}.{inner['_id']}"} for row in rows for inner in row.get(column.id) or ()
            )
        deeper = [_nested(column, row.get(column.id) or (), table) for row in rows]
        found = [rows_ for rows_ in deeper if rows_ is not None]
        if found:
            return tuple(r for rows_ in found for r in rows_)
    return None
