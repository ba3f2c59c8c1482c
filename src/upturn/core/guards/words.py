"""Guards about what is written: complete, by whom, measurable enough to be judged."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from upturn.core.case import Case
from upturn.core.clocks import days_known, planned_end
from upturn.core.conditions import is_answered
from upturn.core.fields import inside, missing, missing_sentence, unmet
from upturn.core.guards.registry import guard
from upturn.core.plan_words import PlanRemark, not_said, plan_remarks
from upturn.core.program import Section
from upturn.core.refusals import Refusal
from upturn.core.sentences import Remark, remarks
from upturn.core.wording import by_count, counted, day_name, listed, sentence


@guard(sections="section")
def all_answered(case: Case, sections: tuple[str, ...]) -> Refusal | None:
    """Every required answer of these sections is written, and their checks hold."""
    gaps = {case.program.section[s].title: missing_in(case, s) for s in sections}
    parts = [f"{title}: {missing_sentence(phrases)}" for title, phrases in gaps.items() if phrases]
    if parts:
        return case.refusal("all_answered", f"Still to be written: {'; '.join(parts)}.")
    for section in sections:
        spec = case.program.section[section]
        written = case.plan.sections.get(section)
        scope = inside(spec.fields, written.answers if written else {}, case.values, case.program)
        failing = unmet(spec.checks, scope, section) if case.shown(spec) else []
        if failing:
            return failing[0]
    return None


def missing_in(case: Case, section: str) -> list[str]:
    """Phrases for what a section still lacks; a hidden section lacks nothing."""
    spec = case.program.section[section]
    if not case.shown(spec):
        return []
    written = case.plan.sections.get(section)
    return list(missing(spec.fields, written.answers if written else {}, case.values, case.program))


@guard(section="section", by="party")
def written_by(case: Case, section: str, by: tuple[str, ...]) -> Refusal | None:
    """A section was shared at least once by one of these parties: their voice is in it."""
    written = case.plan.sections.get(section)
    if written and set(written.authors) & set(by):
        return None
    title = case.program.section[section].title
    return case.refusal("written_by", f"“{title}” has not been written by {case.titles(by)} yet.")


GOAL_PARTS = {
    "baseline": "where it stands now",
    "target": "the level to reach",
    "unit": "the unit",
    "due": "a date",
    "source": "where it can be checked",
    "judge": "who determines completion",
    "support": "the help given",
    "objective": "the objective it serves",
    "measure": "what is measured",
    "text": "what is to be done",
}


@guard()
def goals_complete(
    case: Case, parts: tuple[str, ...] = ("baseline", "target", "unit", "source", "due", "judge")
) -> Refusal | None:
    """Every goal carries these parts, so that it can be judged (GEN-03)."""
    gaps = []
    total = 0
    for goals in case.program.goals:
        for number, row in enumerate(case.rows(goals.table), start=1):
            total += 1
            columns = {part: getattr(goals, part) for part in parts}
            lacking = [GOAL_PARTS[p] for p, column in columns.items() if column and not is_answered(row.get(column))]
            if lacking:
                gaps.append(f"goal {number} lacks {listed(lacking)}")
    if total == 0:
        return case.refusal(
            "goals_complete", "There is no goal yet. Write at least one that somebody else could judge."
        )
    return case.refusal("goals_complete", sentence("; ".join(gaps[:4]))) if gaps else None


@guard()
def goal_count(case: Case, at_most: int = 5, at_least: int = 1) -> Refusal | None:
    """The number of goals is one that a person can work on at a time (GEN-16)."""
    count = sum(len(case.rows(g.table)) for g in case.program.goals)
    if at_least <= count <= at_most:
        return None
    if count < at_least:
        return case.refusal(
            "goal_count", f"There {by_count(count, 'is', 'are')} {counted(count, 'goal')}; at least {at_least} needed."
        )
    return case.refusal(
        "goal_count",
        f"There are {count} goals. More than {at_most} at a time tax a person; keep the ones that matter most.",
    )


@guard()
def support_promised(case: Case, at_least: int = 1) -> Refusal | None:
    """The organization's support is a list of owned, dated commitments (GEN-05)."""
    support = case.program.support
    rows = case.rows(support.table) if support else ()
    if support is None or len(rows) < at_least:
        return case.refusal(
            "support_promised", "No support is promised yet. Say who will do what to help, and by when."
        )
    bare = [
        n
        for n, row in enumerate(rows, start=1)
        if any(c and not is_answered(row.get(c)) for c in (support.owner, support.due))
    ]
    if not bare:
        return None
    return case.refusal(
        "support_promised",
        f"Support {listed(str(n) for n in bare)} {by_count(len(bare), 'lacks', 'lack')} an owner or a date.",
    )


@guard()
def consequence_stated(case: Case) -> Refusal | None:
    """What follows if the plan is not met is said in the plan (GEN-11)."""
    field = case.program.consequence_field
    if case.program.consequence or (field and is_answered(case.answer(field))):
        return None
    return case.refusal(
        "consequence_stated",
        "The plan does not say yet what follows if it is not met. "
        "The person must be able to read that before it starts.",
    )


@guard(table="table", column="column")
def dated_since(case: Case, table: str, column: str, field: str) -> Refusal | None:
    """No row's date lies before the day in a field: last period's performance cannot be used (DC-13)."""
    earliest = case.answer(field)
    early = [
        n
        for n, row in enumerate(case.rows(table), start=1)
        if is_answered(row.get(column)) and earliest and str(row[column]) < str(earliest)
    ]
    if not early:
        return None
    title, day = case.program.field[field].title, date.fromisoformat(earliest)
    return case.refusal(
        "dated_since",
        f"{by_count(len(early), 'Row', 'Rows')} {listed(str(n) for n in early)} of “{_title(case, table)}” "
        f"{by_count(len(early), 'lies', 'lie')} before “{title}” ({day_name(day)}); "
        "what came earlier cannot be used.",
    )


@guard(table="table")
def rows_at_least(case: Case, table: str, at_least: int = 1) -> Refusal | None:
    """A table has so many rows."""
    rows = case.rows(table)
    if len(rows) >= at_least:
        return None
    return case.refusal(
        "rows_at_least",
        f"“{_title(case, table)}” has {counted(len(rows), 'row')}; "
        f"at least {at_least} {by_count(at_least, 'is', 'are')} needed.",
    )


def _title(case: Case, table: str) -> str:
    found = [f for top in case.program.field.values() for f in top.walk() if f.id == table]
    return found[0].title if found else table


@guard(codes="wording rule", sections="section")
def wording_clear(
    case: Case, codes: tuple[str, ...] = ("FAI", "TRA"), sections: tuple[str, ...] = ()
) -> Refusal | None:
    """The wording checker finds nothing of these codes or families in what is shared, or in these sections of it.

    Codes are of rules about sentences and of rules about plans; a family holds both. A section that is withheld is
    looked at only when it is named.
    """
    looked = [
        spec
        for spec in case.program.form
        if (spec.id in sections if sections else not spec.withheld) and case.shown(spec)
    ]
    found: list[tuple[Section, Remark | PlanRemark]] = []
    for spec in looked:
        found += [(spec, remark) for remark in remarks(case.program, spec, _shared(case, spec), codes)]
    said = [remark for _, remark in found if isinstance(remark, Remark)]
    found += [
        (remark.section, remark) for remark in not_said(of_plan(case, _all_shared(case, looked), looked, codes), said)
    ]
    if not found:
        return None
    told, more = found[:3], len(found) - 3
    parts = []
    for rule in {remark.rule.code: remark.rule for _, remark in told}.values():
        places: dict[str, list[str]] = {}
        for spec, remark in told:
            if remark.rule.code == rule.code:
                places.setdefault(_quoted(spec, remark), []).append(remark.where)
        parts += [f"{'; '.join(where)}: {says}" for says, where in places.items()]
        parts.append(f"{rule.why.rstrip('.')} ({', '.join([rule.code, *rule.cites[:1]])}).")
    return case.refusal("wording_clear", " ".join([*parts, *([f"And {more} more."] if more > 0 else [])]))


def _shared(case: Case, spec: Section) -> Mapping[str, Any]:
    written = case.plan.sections.get(spec.id)
    return written.answers if written else {}


def _all_shared(case: Case, looked: Sequence[Section]) -> Mapping[str, Any]:
    """The values of some sections, and of all the others that are shown and not withheld."""
    values, named = dict(case.plan.start), {spec.id for spec in looked}
    for spec in case.program.form:
        if spec.id in named or (not spec.withheld and case.shown(spec)):
            values |= _shared(case, spec)
    return values


PLANNED = ("TIM103",)
"""Codes that hold for the last day as it is planned now; a day outside a period is one only once that is certain."""


def of_plan(
    case: Case, values: Mapping[str, Any], sections: Sequence[Section], codes: Sequence[str] = ()
) -> list[PlanRemark]:
    """What the rules about plans find in these sections of a plan with these values; with `codes`, only of these."""
    if not case.program.clocks:
        return plan_remarks(case.program, values, sections=sections, codes=codes)
    clock = case.program.clocks[0].id
    days = days_known(case, clock)
    found = plan_remarks(case.program, values, days, sections=sections, codes=codes)
    if days[1] is None:
        wanted = [code for code in PLANNED if not codes or code in codes or code[:3] in codes]
        end = planned_end(case, clock) if wanted else None
        found += plan_remarks(case.program, values, (None, end), sections=sections, codes=wanted) if end else []
    return found


def _quoted(spec: Section, remark: Remark | PlanRemark) -> str:
    """What was found; without its words where not everybody on the plan reads the section."""
    restricted = spec.sees or spec.sees_in or spec.withheld
    what = "this plan" if isinstance(remark, PlanRemark) else "this"
    return f"{what} {remark.rule.title}." if restricted else remark.says


@guard()
def cel(case: Case, that: str) -> Refusal | None:
    """A condition over answers; the rule brings its own sentence (`says`)."""
    return None if case.when(that) else case.refusal("cel", "This is not possible with these answers.")
