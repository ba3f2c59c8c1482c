"""A program as a value: the schema of a program file, frozen.

Nothing here decides anything. `reading` turns a file into a `Program` or into a list of problems; `rules` interprets
it. Every name a program file may use is a field of one of these models, so this module is the reference for authors
(`docs/programs.md` explains each key; the JSON Schema for editors is exported from here).
"""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationInfo, model_validator

from upturn.core.calendar import Length

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,47}$")]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,47}$")]
SOURCE = r"^[A-Za-z0-9][A-Za-z0-9 ._§()/-]{0,47}$"
LANGUAGE = r"^[a-z]{2}(-[A-Z]{2})?$"
GENERAL_RULE = r"^((GEN|US|UK)-[0-9]{2}|LNG)$"
Text = Annotated[str, StringConstraints(min_length=1, max_length=20_000, strip_whitespace=True)]
Condition = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]
"""A condition over answers, in CEL; checked when the program is read (`conditions`)."""


def _length(value: object, info: ValidationInfo) -> Length:
    return Length.parse(value, units=(info.context or {}).get("units", ()))


Span = Annotated[Length, BeforeValidator(_length)]
"""A length such as `90 days`, `10 business days`, `{school_days: 60}`."""


def _listed(value: object) -> object:
    return [value] if isinstance(value, str | dict) else value


Ids = Annotated[tuple[Id, ...], BeforeValidator(_listed)]


class Part(BaseModel):
    """The base of every part of a program: frozen, and deaf to keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Source(Part):
    """What a rule rests on: a statute, a rule, a policy, an agreement. Cited by id wherever the rule speaks."""

    id: Annotated[str, StringConstraints(pattern=SOURCE)]
    title: Text
    url: str | None = None
    text_of: date | None = None
    """The date of the text that was read: laws change."""
    says: Text | None = None


class Words(Part):
    """What this program calls its plan and its people, in lower case, as used inside a sentence."""

    plan: Text = "improvement plan"
    subject: Text = "subject"
    lead: Text = "lead"
    office: Text = "program office"


class About(Part):
    """The subject's first view: what this is and what can happen, in plain words."""

    what: Text
    can_happen: tuple[Text, ...] = ()
    who_decides: Text | None = None
    bring: Text | None = None
    """Whom to ask, and who may come along."""
    rights: tuple[Text, ...] = ()


class Contact(Part):
    """The one named contact of the program; the values are settings of the organization, never template text."""

    title: Text = "Questions about this program"
    setting: Id = "contact"


class Setting(Part):
    """A value that an organization enters once for the program."""

    id: Id
    title: Text
    guidance: Text | None = None
    kind: Literal["text", "email", "integer", "contact"] = "text"
    default: str | int | None = None
    required: bool = False


# ------------------------------------------------------------------------------------------------------------------
# People


class Party(Part):
    """A role on a plan."""

    title: Text
    kind: Literal[
        "subject",
        "lead",
        "office",
        "reviewer",
        "approver",
        "supporter",
        "representative",
        "committee",
        "outside",
        "auditor",
    ]
    is_: Literal["person", "organization", "team"] = Field("person", alias="is")
    fill: Literal["named", "office", "auditor"] = "named"
    """`office` or `auditor`: everybody who holds that role in the organization acts here, without being named."""
    min: int = Field(0, ge=0, le=500)
    max: int = Field(1, ge=1, le=500)
    stands_in_for: Id | None = None
    """May act for that party while its absence is recorded."""
    reads: Literal["all", "listed"] = "all"
    """`listed`: of the form and the records only what names this party in `sees`. A supporter so listed learns of the
    plan with its subject, and of the lifecycle reads only the days of periods and check-ins."""
    reads_after_leaving: bool = False
    guidance: Text | None = None
    chosen_by: Ids = ()
    """Parties who may name or change this one; empty: the lead and the office."""
    apart_from: Ids = ()
    """Nobody who holds or held one of these roles on the plan, or made its decision, is named to this one."""


# ------------------------------------------------------------------------------------------------------------------
# The form


class Option(Part):
    """One choice; `options` are the choices within it, one of which may be given with it."""

    id: Id
    title: Text
    says: Text | None = None
    show_if: Condition | None = None
    why_not: Text | None = None
    """Why it is not open when `show_if` does not hold: said to whoever chooses it all the same."""
    options: tuple["Option", ...] = ()


class Level(Part):
    """One step of a rating scale; `value` orders it."""

    id: Id
    value: float
    title: Text
    says: Text | None = None


class Catalogue(Part):
    """A list that choices and tables pick from: competencies, standards, causes."""

    title: Text
    options: tuple[Option, ...] = Field(min_length=1)
    cites: tuple[str, ...] = ()


class Scale(Part):
    """A rating scale, lowest first or highest first, with the level from which a rating passes."""

    title: Text
    levels: tuple[Level, ...] = Field(min_length=2)
    passing: float | None = None
    cites: tuple[str, ...] = ()


class Check(Part):
    """A condition the answers must meet to be accepted, with its own sentence."""

    that: Condition
    says: Text
    cites: tuple[str, ...] = ()


FieldKind = Literal[
    "text", "longtext", "integer", "number", "percent", "money", "date", "daterange", "time", "datetime", "duration",
    "yesno", "choice", "choices", "rating", "person", "file", "computed", "table",
]  # fmt: skip


class FormField(Part):
    """One question, or (`kind: table`) a table whose rows repeat the `fields`."""

    id: Id
    kind: FieldKind = "text"
    title: Text
    guidance: Text | None = None
    placeholder: Text | None = None
    cites: tuple[str, ...] = ()
    required: bool = False
    required_if: Condition | None = None
    show_if: Condition | None = None
    default: Any = None
    """Stands where the question is asked for the first time and no answer is there at all; one left empty stays so."""
    reads_as: Literal["goal", "action", "deficiency", "support", "outcome", "consequence"] | None = None
    """What kind of sentence stands here, for the wording checker; the texts of `goals` and `support` need none."""
    prefill: str | None = None
    """Where the first value comes from: `subject.name`, `lead.name`, `subject.FIELD`, `start.FIELD` ..."""
    unit: Text | None = None
    currency: Text | None = None
    min: float | None = None
    max: float | None = None
    max_length: int | None = Field(None, ge=1, le=100_000)
    options: tuple[Option, ...] = ()
    catalogue: Id | None = None
    scale: Id | None = None
    other: bool = False
    """The choice may also be written in words."""
    role: Id | None = None
    """`person`: only people who hold this role on the plan."""
    value: Condition | None = None
    """`computed`: the CEL expression."""
    fields: tuple["FormField", ...] = ()
    row: Text | None = None
    """`table`: what one row is called."""
    min_rows: int = Field(0, ge=0, le=200)
    max_rows: int = Field(50, ge=1, le=200)
    rows: tuple[Mapping[str, Any], ...] = ()
    """`table`: rows given by the form; with `fixed_rows` people fill them and add none."""
    fixed_rows: bool = False
    checks: tuple[Check, ...] = ()
    """On a table: every row must pass. On another field: the answers around it must pass."""

    @model_validator(mode="before")
    @classmethod
    def _options_may_be_strings(cls, data: object) -> object:
        if isinstance(data, dict) and isinstance(data.get("options"), list):
            data = {**data, "options": [_option(o) for o in data["options"]]}
        return data

    def walk(self) -> Iterator["FormField"]:
        yield self
        for field in self.fields:
            yield from field.walk()


def _option(value: object) -> object:
    if not isinstance(value, str):
        return value
    slug = "".join(c if c.isascii() and c.isalnum() else "_" for c in value.lower()).strip("_")
    while "__" in slug:
        slug = slug.replace("__", "_")
    return {"id": slug[:48] if slug[:1].isalpha() else f"o_{slug}"[:48], "title": value}


class Section(Part):
    """A part of the form that is written, shared, read and signed as one."""

    id: Id
    title: Text
    guidance: Text | None = None
    by: Ids
    """Parties who write it."""
    in_: Ids = Field(alias="in")
    """Stages in which it can be written."""
    by_in: Mapping[Id, Ids] = {}
    """In a stage, only these of them write it (the committee, once the chair's time is over)."""
    sees: Ids = ()
    """Parties who read it; empty: everybody on the plan."""
    sees_in: Mapping[Id, Ids] = {}
    """Other readers while the plan stands in a stage; what is written there keeps those readers."""
    withheld: bool = False
    """Stays with those in `sees` even after the moment of telling; its existence is listed to the subject, and
    nothing in it may be cited.
    """
    opens: "Opening | None" = None
    show_if: Condition | None = None
    fields: tuple[FormField, ...] = Field(min_length=1)
    checks: tuple[Check, ...] = ()
    cites: tuple[str, ...] = ()
    print_as: Text | None = None

    def writers(self, stage: str) -> Ids:
        """The parties who write it while the plan stands in a stage."""
        return self.by_in.get(stage, self.by)


class Opening(Part):
    """A section of a later phase opens on a day of a clock."""

    clock: Id
    day: int = Field(ge=1)


# ------------------------------------------------------------------------------------------------------------------
# Goals, support, items


class GoalTable(Part):
    """Which table holds the goals or actions, and which columns carry which part of a goal."""

    table: Id
    text: Id
    baseline: Id | None = None
    target: Id | None = None
    unit: Id | None = None
    due: Id | None = None
    source: Id | None = None
    judge: Id | None = None
    support: Id | None = None
    objective: Id | None = None
    measure: Id | None = None
    direction: Id | None = None
    """A choice column with the options at_least, at_most, exactly; without it a goal is met at or above its target."""


class SupportTable(Part):
    """Which table holds what the organization promised, and by whom and when."""

    table: Id
    text: Id
    owner: Id | None = None
    due: Id | None = None
    delivered: Ids = ("delivered",)
    """Item stages in which the promise is kept."""


class Items(Part):
    """Rows of a table with stages, dates and moves of their own."""

    table: Id
    title: Text = "Item"
    stages: tuple["ItemStage", ...] = Field(min_length=2)
    moves: tuple["ItemMove", ...] = Field(min_length=1)
    due: Id | None = None
    owner: Ids = ()
    """Parties for whom an open item with a date is a duty."""
    in_: Ids = Field((), alias="in")
    """Plan stages in which the items live; empty: every stage that is neither draft nor final."""


class ItemStage(Part):
    id: Id
    title: Text
    open: bool = True
    """An open item is still owed; a closed one is done, waived or refused."""


class ItemMove(Part):
    id: Id
    title: Text
    done: Text | None = None
    from_: Ids = Field(alias="from")
    to: Id
    by: Ids
    asks: tuple[FormField, ...] = ()
    not_by_doer_of: Id | None = None
    """Another person must have made that earlier item move (verification by another)."""
    moves_due: bool = False
    """Asks for a new date and a reason; the original date stays on record."""
    max_due_shift: Span | None = None
    cites: tuple[str, ...] = ()


# ------------------------------------------------------------------------------------------------------------------
# Time


class Anchor(Part):
    """A day of the year, in the year that makes it fall on or after the start."""

    month: int = Field(ge=1, le=12)
    day: int = Field(ge=1, le=31)

    @model_validator(mode="after")
    def _a_day(self) -> "Anchor":
        date(2000, self.month, self.day)
        return self


class End(Part):
    """When a clock ends: exactly one of these."""

    length: Span | None = None
    chosen: Id | None = None
    """A `duration` (or whole number of days) field holding the length."""
    date: Id | None = None
    """A date field holding the last day."""
    anchor: Anchor | None = None
    earlier_of: tuple["End", ...] = ()
    later_of: tuple["End", ...] = ()

    @model_validator(mode="after")
    def _one(self) -> "End":
        said = [n for n in ("length", "chosen", "date", "anchor", "earlier_of", "later_of") if getattr(self, n)]
        if len(said) != 1:
            raise ValueError("say exactly one of length, chosen, date, anchor, earlier_of, later_of")
        return self


class Extension(Part):
    """Who may extend a clock, from where, how often and how far."""

    by: Ids
    from_: Literal["end", "request"] = Field("end", alias="from")
    each_min: Span | None = None
    each_max: Span | None = None
    usual: tuple[Span, ...] = ()
    times: int | None = Field(None, ge=1)
    in_: Ids = Field((), alias="in")
    when: tuple["Rule", ...] = ()
    warn: tuple["Rule", ...] = ()
    cites: tuple[str, ...] = ()


class Pausing(Part):
    """Whether leave stops the clock, and what it does to the floor and the cap."""

    by: Ids
    floor: Literal["moves", "stays"] = "moves"
    cap: Literal["moves", "stays"] = "moves"
    allowance: Span | None = None
    """Absence up to this length counts as served; only the rest moves the end."""
    cites: tuple[str, ...] = ()


class Clock(Part):
    """A period of the plan. It starts when a move `starts` it."""

    id: Id
    title: Text
    end: End
    starts_on: Id | None = None
    """A date field with the first day; without it the day of the move."""
    first_day_counts: bool = True
    min: Span | None = None
    max: Span | None = None
    usual: tuple[Span, ...] = ()
    """Other lengths need a written reason."""
    total_max: Span | None = None
    """The cap on the period and all its extensions."""
    not_before: Anchor | None = None
    """It starts from this day of the year until `not_after` next comes or, without one, until the year turns."""
    not_after: Anchor | None = None
    """It ends, however extended, by the first such day of the year on or after its start."""
    extension: Extension | None = None
    pause: Pausing | None = None
    cites: tuple[str, ...] = ()
    says: Text | None = None


class Deadline(Part):
    """What somebody owes by a date that counts from something, and what silence means."""

    id: Id
    title: Text
    for_: Ids = Field(alias="for")
    after: "Trigger"
    later_of: "Trigger | None" = None
    """Counts from the later of `after` and this."""
    within: Span | None = None
    on: Id | None = None
    """A date field that holds the deadline instead of `within`."""
    met_by: "Acts"
    silence: "Silence | None" = None
    otherwise: Text
    """What follows if nothing is done, as shown in *my work*."""
    also_show: Span | None = None
    """A stricter internal date shown beside the deadline."""
    cites: tuple[str, ...] = ()


class Trigger(Part):
    """Something that happens on a plan: exactly one of these."""

    move: Id | None = None
    stage: Id | None = None
    clock_start: Id | None = None
    clock_end: Id | None = None
    signature: Id | None = None
    log: Id | None = None
    deadline: Id | None = None
    approval: Id | None = None
    section: Id | None = None
    event: (
        Literal[
            "statement",
            "comment",
            "proposal",
            "check_in",
            "check_in_missed",
            "handed_over",
            "voided",
            "paused",
            "extended",
        ]
        | None
    ) = None

    @model_validator(mode="after")
    def _one(self) -> "Trigger":
        if len([v for v in self.__dict__.values() if v is not None]) != 1:
            raise ValueError("name exactly one thing that happens")
        return self


class Acts(Part):
    """Acts that meet a deadline: any one of them."""

    moves: Ids = ()
    signatures: Ids = ()
    logs: Ids = ()
    approvals: Ids = ()
    sections: Ids = ()
    statement: bool = False


class Silence(Part):
    says: Text
    move: Id | None = None
    """A move that the clock then makes (its `by` must hold `clock`)."""


# ------------------------------------------------------------------------------------------------------------------
# Stages, moves, rules


class Wait(Part):
    """What a stage waits for: a duty in *my work*."""

    for_: Ids = Field(alias="for")
    do: Text
    move: Id | None = None
    log: Id | None = None
    within: Span | None = None
    otherwise: Text | None = None


class Stage(Part):
    id: Id
    title: Text
    phase: Literal["concern", "draft", "sign", "run", "decide", "after", "closed"]
    says: Text
    """Where the plan stands, in one or two sentences to the reader."""
    waits: tuple[Wait, ...] = ()
    final: bool = False
    status: Literal["open", "good", "ended"] = "open"


class Rule(Part):
    """One use of a guard: its name with its arguments, and why."""

    guard: str
    args: Mapping[str, Any] = {}
    cites: tuple[str, ...] = ()
    says: Text | None = None
    """Replaces the guard's own reason; required with `cel`."""
    if_: Condition | None = Field(None, alias="if")

    @model_validator(mode="before")
    @classmethod
    def _one_guard(cls, data: object) -> object:
        if not isinstance(data, dict):
            return {"guard": data} if isinstance(data, str) else data
        known = {"cites", "says", "if", "guard", "args"}
        if "guard" in data:
            return data
        named = [k for k in data if k not in known]
        if len(named) != 1:
            raise ValueError("name exactly one guard, with its arguments beneath it")
        args = data[named[0]]
        rest = {k: v for k, v in data.items() if k in known}
        return {
            **rest,
            "guard": named[0],
            "args": {} if args is None else args if isinstance(args, dict) else {"": args},
        }


class Move(Part):
    """A step of the lifecycle."""

    id: Id
    title: Text
    """What the button says: a verb first."""
    done: Text | None = None
    """How the record says it; without it, the title."""
    kind: Literal["issue", "start", "decide", "adverse", "early", "close", "withdraw", "reopen", "approve", "other"] = (
        "other"
    )
    from_: Ids = Field(alias="from")
    to: Id | None = None
    by: Ids
    """Parties who may make it. `clock`: it is made by itself, at the time `after` says or else as soon as every
    `when` holds.
    """
    when: tuple[Rule, ...] = ()
    warn: tuple[Rule, ...] = ()
    asks: tuple[FormField, ...] = ()
    tells: bool = False
    """The moment of telling: from here the subject sees everything that is relied on."""
    starts: Ids = ()
    stops: Ids = ()
    extends: Id | None = None
    finds: Id | None = None
    """The finding that this move itself means (for moves of the clock)."""
    decides: bool = False
    """Asks a finding, the answer to each goal, and a disposition."""
    dispositions: Ids = ()
    """With `decides`: what may follow from this step, and so what it may find; empty: everything that may follow."""
    after: "MoveTime | None" = None
    says: Text | None = None
    """What follows, said before the button is pressed."""
    letter: Id | None = None
    cites: tuple[str, ...] = ()
    show_if: Condition | None = None


class MoveTime(Part):
    """When the clock makes a move by itself.

    A clock or a deadline counts when it ran out since the plan came to where the move leads from: what ran out before,
    or while the plan stood elsewhere, makes no step until it is set or extended and runs out again.
    """

    clock: Id | None = None
    deadline: Id | None = None
    stage_for: Span | None = None


# ------------------------------------------------------------------------------------------------------------------
# Check-ins, signatures, approvals, records


class CheckIn(Part):
    """A rhythm of meetings, or single milestones, while a clock runs."""

    id: Id
    title: Text
    clock: Id
    every: Span | None = None
    every_field: Id | None = None
    """A choice field whose option ids are rhythms: daily, weekly, two_weeks, monthly."""
    then: tuple["Rhythm", ...] = ()
    """Other rhythms from a day on."""
    days: tuple[int, ...] = ()
    """Milestones: days of the clock."""
    dates_from: Id | None = None
    """Per action: a date column (or a nested table's date column) whose dates are the check-ins of that row."""
    table: Id | None = None
    suggest: int | None = Field(None, ge=1, le=60)
    """With `dates_from`: how many dates are offered for an action, spread over the clock; people write their own."""
    on_open_days: bool = False
    """Dates that fall on a closed business day move to the next open one."""
    before: tuple[FormField, ...] = ()
    before_by: Ids = ()
    after: tuple[FormField, ...] = ()
    by: Ids
    """Who records that it was held."""
    grace: Span = Field(default_factory=lambda: Length.parse("1 business day"))
    """After this the check-in stands as missed; it can still be held late, and both stay on record."""
    largest_gap: Span | None = None
    mode: Text | None = None
    attends: Ids = ()
    """Who takes part. It is held with the person the plan is about, unless they are not named here."""
    cites: tuple[str, ...] = ()


class Rhythm(Part):
    from_day: int = Field(ge=1)
    every: Span


class Signature(Part):
    """Whose name stands under which sections, and what it means."""

    id: Id
    title: Text
    by: Ids
    each: bool = False
    """Everybody who holds one of these parties signs; it stands once all have. Otherwise one signs for all."""
    in_: Ids = Field(alias="in")
    covers: Ids
    meaning: Text
    """The statement a person signs, word for word."""
    outcomes: tuple[
        Literal["agreed", "acknowledged", "acknowledged_with_disagreement", "declined", "not_reachable"], ...
    ] = Field(min_length=1)
    after: Ids = ()
    """Signatures that come first."""
    witness: Ids = ()
    """Parties who may record and witness that it was declined, or that the signer could not be reached."""
    witnesses: int = Field(1, ge=1, le=3)
    within: Span | None = None
    otherwise: Text | None = None
    when: tuple[Rule, ...] = ()
    cites: tuple[str, ...] = ()
    optional: bool = False


class Approval(Part):
    """Somebody else's yes: one person, any or all of some parties, or a number of a committee."""

    id: Id
    title: Text
    by: Ids
    need: Literal["any", "all", "majority"] | int = "any"
    """`any` of the parties, `all` of them, at least so many people, or a `majority` of those named, if not recused."""
    in_: Ids = Field(alias="in")
    covers: Ids = ()
    after: Ids = ()
    """Approvals that come first (a sequence)."""
    outcomes: tuple[Literal["approved", "returned", "refused", "concurred", "consulted"], ...] = (
        "approved",
        "returned",
    )
    fallback: Ids = ()
    """Parties who may act when all others are recused or absent."""
    independent: bool = True
    """Not by the person who is lead or subject of the plan."""
    each_time: bool = False
    """Asked anew whenever the plan comes back to one of its stages; what was answered before no longer counts."""
    asks: tuple[FormField, ...] = ()
    within: Span | None = None
    otherwise: Text | None = None
    cites: tuple[str, ...] = ()
    show_if: Condition | None = None


class Log(Part):
    """A repeating dated record: discussions, contacts, incidents, assistance, observations."""

    id: Id
    title: Text
    """Of one record: "Discussion with the member"."""
    do: Text
    """What the button says: "Record a discussion"."""
    by: Ids
    in_: Ids = Field((), alias="in")
    """Stages; empty: all that are not final."""
    fields: tuple[FormField, ...] = Field(min_length=1)
    with_: Ids = Field((), alias="with")
    """Parties who took part, asked each time."""
    sees: Ids = ()
    withheld: bool = False
    guidance: Text | None = None
    cites: tuple[str, ...] = ()


class ScreeningPart(Part):
    """The questions one party answers; nobody answers for another."""

    id: Id
    by: Ids
    title: Text
    fields: tuple[FormField, ...] = Field(min_length=1)


class ScreeningResult(Part):
    """The first result whose condition holds is the result."""

    id: Id
    when: Condition
    says: Text
    to: Id | None = None
    """The stage the plan then stands in; none: it stays and may go on."""
    goes_on: bool = False
    program: Key | None = None
    """The other program to use instead."""
    cites: tuple[str, ...] = ()


class Screening(Part):
    in_: Ids = Field(alias="in")
    guidance: Text | None = None
    sees: Ids = ()
    withheld: bool = False
    parts: tuple[ScreeningPart, ...] = Field(min_length=1)
    results: tuple[ScreeningResult, ...] = Field(min_length=1)


class Amendments(Part):
    """How the text of a running plan changes: a proposal with a reason; the old text governs until it takes effect."""

    in_: Ids = Field(alias="in")
    by: Ids
    sections: Ids
    agreed_by: Ids
    """Everyone whose yes lets it take effect."""
    imposed_by: Ids = ()
    notice: Span | None = None
    """How long before an imposed change takes effect."""
    voids: bool = True
    """Signatures over the changed sections must be given again."""
    cites: tuple[str, ...] = ()
    when: tuple[Rule, ...] = ()


class Comments(Part):
    """Who may comment on a section or suggest a change, in which stages; empty: whoever reads it, at any.

    An auditor never comments, answers a comment, makes a statement or attaches a file.
    """

    by: Ids = ()
    in_: Ids = Field((), alias="in")


class Statements(Part):
    """Statements nobody can edit. The subject may make one at every stage; others as said here."""

    by: Ids = ()


# ------------------------------------------------------------------------------------------------------------------
# Outcomes, notices, the rest


class Finding(Part):
    id: Id
    title: Text
    good: bool = False
    reasons: bool = False
    """Reasons must be written."""
    by_clock: bool = False
    """Comes about by silence only, never by a person's choice."""
    cites: tuple[str, ...] = ()


class Disposition(Part):
    id: Id
    title: Text
    for_: Ids = Field(alias="for")
    """Findings it may follow."""
    to: Id
    says: Text | None = None
    adverse: bool = False
    extends: Id | None = None
    when: tuple[Rule, ...] = ()
    warn: tuple[Rule, ...] = ()
    asks: tuple[FormField, ...] = ()
    next_steps: tuple[Text, ...] = ()
    starts: Ids = ()
    program: Key | None = None
    """A follow-on program."""
    cites: tuple[str, ...] = ()


class Outcomes(Part):
    findings: tuple[Finding, ...] = Field(min_length=1)
    dispositions: tuple[Disposition, ...] = ()
    criteria: tuple[Literal["met", "partly_met", "not_met", "not_assessable"], ...] = (
        "met",
        "not_met",
        "not_assessable",
    )
    all_must_pass: bool = False
    """`met` only when every goal is met."""


class Notice(Part):
    """Who is told what, and when: on something that happens, or some time before or after a date."""

    id: Id
    title: Text
    to: tuple[Id | Literal["contact"], ...]
    on: Trigger | None = None
    before: Span | None = None
    after: Span | None = None
    clock: Id | None = None
    """With before/after: relative to this clock's end."""
    deadline: Id | None = None
    text: Text
    cites: tuple[str, ...] = ()
    if_: Condition | None = Field(None, alias="if")


class Letter(Part):
    """A letter with merge fields in braces, and paragraphs that appear only under a condition.

    The day, to whom it goes, and the contact stand on every letter: its paragraphs need not name them.
    """

    id: Id
    title: Text
    to: tuple[Id | Literal["contact"], ...]
    """They open it as soon as what it tells of has happened, if they read everything that stands in it."""
    by: Ids = ()
    """Who signs it: under its words each has a line to sign on."""
    paragraphs: tuple["Paragraph", ...] = Field(min_length=1)
    in_: Ids = Field((), alias="in")
    """Stages in which it is offered; empty: from the step on that it tells of (the one whose `letter` it is)."""


class Paragraph(Part):
    text: Text
    show_if: Condition | None = None

    @model_validator(mode="before")
    @classmethod
    def _may_be_text(cls, data: object) -> object:
        return {"text": data} if isinstance(data, str) else data


class Document(Part):
    """A paper that a plan prints: the official form, laid out as its source is. Without any, a program prints all its
    sections in the plain layout.
    """

    id: Id
    title: Text | None = None
    """The heading of the paper; the program's title if there is none."""
    layout: Literal["plan", "dc-pip", "evolve-mip", "letter"] = "plan"
    """One of the layouts that are shipped."""
    template: Text | None = None
    """A layout of the program's own, in typst; it reads what the shipped ones read."""
    sections: Ids = ()
    """What it prints, in this order; empty: every section that does not stay with the office."""
    blanks: Mapping[Id, int] = {}
    """How many rows of a table the empty form has room for."""


class StartTrigger(Part):
    """What makes a plan possible or mandatory: a rating, a count in a window, a metric, an event."""

    id: Id
    title: Text
    when: Condition
    mandatory: bool = False
    says: Text | None = None
    cites: tuple[str, ...] = ()


class Start(Part):
    """What is asked when a plan (or a concern) is opened."""

    by: Ids
    """Kinds of party who may open one: lead, office, subject ..."""
    fields: tuple[FormField, ...] = ()
    triggers: tuple[StartTrigger, ...] = ()
    trigger_needed: bool = False
    when: tuple[Rule, ...] = ()
    warn: tuple[Rule, ...] = ()
    stage: Id
    tells: bool = False
    """The subject knows from the first day."""
    guidance: Text | None = None


class Variant(Part):
    """A named case that patches the program; the first whose condition holds over the start answers is taken."""

    id: Id
    title: Text
    when: Condition
    set: Mapping[str, Any]
    cites: tuple[str, ...] = ()


class Retention(Part):
    years: int | None = Field(None, ge=0)
    says: Text
    cites: tuple[str, ...] = ()


class Administration(Part):
    """Who may do what any plan allows."""

    withdraw: Ids = ()
    left: Ids = ()
    hand_over: Ids = ()
    new_version: Ids = ()
    correct: Ids = ()


class Validity(Part):
    from_: date | None = Field(None, alias="from")
    until: date | None = None


class GeneralRule(Part):
    """A rule of the general library, by id, at the level this program chooses."""

    id: Annotated[str, StringConstraints(pattern=GENERAL_RULE)]
    level: Literal["block", "warn"] = "block"
    args: Mapping[str, Any] = {}


class Attachments(Part):
    """What may be attached to a plan."""

    max_mb: int = Field(10, ge=1, le=50)
    types: tuple[str, ...] = ("pdf", "png", "jpg", "jpeg", "txt", "csv", "docx", "xlsx", "odt", "ods")
    by: Ids = ()
    """Parties who may attach; empty: everybody on the plan."""


class Program(Part):
    """One version of a program, for one variant, in one language."""

    key: Key
    version: int = Field(ge=1)
    title: Text
    summary: Text
    language: Annotated[str, StringConstraints(pattern=LANGUAGE)] = "en"
    languages: tuple[str, ...] = Field((), max_length=12)
    form_number: Text | None = None
    edition: Text | None = None
    valid: Validity = Validity()
    words: Words = Words()
    basis: tuple[Source, ...] = ()
    about: About
    contact: Contact = Contact()
    settings: tuple[Setting, ...] = ()
    parties: Mapping[Id, Party]
    catalogues: Mapping[Id, Catalogue] = {}
    scales: Mapping[Id, Scale] = {}
    calendars: Mapping[Id, Text] = {}
    """Calendars an organization keeps for this program, by the unit they count, each with what it is
    (`school_days: School days of the district`)."""
    units: Mapping[Id, int] = {}
    """Lengths of the program's own in calendar days: {block: 28}."""
    start: Start
    variants: tuple[Variant, ...] = Field((), max_length=30)
    screening: Screening | None = None
    form: tuple[Section, ...] = Field(min_length=1)
    goals: tuple[GoalTable, ...] = ()
    support: SupportTable | None = None
    items: tuple[Items, ...] = ()
    logs: tuple[Log, ...] = ()
    stages: tuple[Stage, ...] = Field(min_length=2)
    moves: tuple[Move, ...] = Field(min_length=1)
    clocks: tuple[Clock, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    checkins: tuple[CheckIn, ...] = ()
    signatures: tuple[Signature, ...] = ()
    approvals: tuple[Approval, ...] = ()
    amendments: Amendments | None = None
    comments: Comments = Comments()
    statements: Statements = Statements()
    outcomes: Outcomes | None = None
    notices: tuple[Notice, ...] = ()
    letters: tuple[Letter, ...] = ()
    documents: tuple[Document, ...] = ()
    rules: tuple[GeneralRule, ...] = ()
    restrictions: tuple[Text, ...] = ()
    consequence: Text | None = None
    """What happens if the plan is not met, in plain words; or `consequence_field` says it."""
    consequence_field: Id | None = None
    administration: Administration = Administration()
    retention: Retention | None = None
    attachments: Attachments = Attachments()
    single: bool = False
    """A person may have only one open plan under this program."""

    __hash__ = object.__hash__
    """A compiled program is compared by identity: it is made once per digest, variant and language."""

    def __eq__(self, other: object) -> bool:
        return self is other

    @cached_property
    def papers(self) -> tuple[Document, ...]:
        """What a plan prints: its documents, else all its sections in the plain layout."""
        return self.documents or (Document(id="plan"),)

    # Lookups. Cached: a program is immutable and is compiled once per process.

    @cached_property
    def section(self) -> Mapping[str, Section]:
        return {s.id: s for s in self.form}

    @cached_property
    def stage(self) -> Mapping[str, Stage]:
        return {s.id: s for s in self.stages}

    @cached_property
    def move(self) -> Mapping[str, Move]:
        return {m.id: m for m in self.moves}

    @cached_property
    def clock(self) -> Mapping[str, Clock]:
        return {c.id: c for c in self.clocks}

    @cached_property
    def deadline(self) -> Mapping[str, Deadline]:
        return {d.id: d for d in self.deadlines}

    @cached_property
    def checkin(self) -> Mapping[str, CheckIn]:
        return {c.id: c for c in self.checkins}

    @cached_property
    def signature(self) -> Mapping[str, Signature]:
        return {s.id: s for s in self.signatures}

    @cached_property
    def approval(self) -> Mapping[str, Approval]:
        return {a.id: a for a in self.approvals}

    @cached_property
    def log(self) -> Mapping[str, Log]:
        return {entry.id: entry for entry in self.logs}

    @cached_property
    def item(self) -> Mapping[str, Items]:
        return {i.table: i for i in self.items}

    @cached_property
    def source(self) -> Mapping[str, Source]:
        return {s.id: s for s in self.basis}

    @cached_property
    def disposition(self) -> Mapping[str, Disposition]:
        return {d.id: d for d in self.outcomes.dispositions} if self.outcomes else {}

    @cached_property
    def finding(self) -> Mapping[str, Finding]:
        return {f.id: f for f in self.outcomes.findings} if self.outcomes else {}

    @cached_property
    def notice(self) -> Mapping[str, Notice]:
        return {n.id: n for n in self.notices}

    @cached_property
    def field(self) -> Mapping[str, FormField]:
        """Top-level fields of the form and of the start, by id (ids are unique across the program)."""
        own = {f.id: f for f in self.start.fields}
        return own | {f.id: f for s in self.form for f in s.fields}

    @cached_property
    def home(self) -> Mapping[str, str]:
        """The section of each top-level field."""
        return {f.id: s.id for s in self.form for f in s.fields}

    @cached_property
    def column(self) -> Mapping[str, Mapping[str, FormField]]:
        """The columns of every table, nested ones too, by table id."""
        tables = [f for s in self.form for top in s.fields for f in top.walk() if f.kind == "table"]
        return {t.id: {c.id: c for c in t.fields} for t in tables}

    def follows(self, move: Move, finding: str) -> tuple[Disposition, ...]:
        """What may follow from a finding that this step makes."""
        known = self.outcomes.dispositions if self.outcomes else ()
        return tuple(d for d in known if finding in d.for_ and d.id in (move.dispositions or self.disposition))

    def findings(self, move: Move) -> tuple[Finding, ...]:
        """What people may find with this step: where it names what may follow, only what that may follow from."""
        known = self.outcomes.findings if self.outcomes else ()
        return tuple(f for f in known if not f.by_clock and (not move.dispositions or self.follows(move, f.id)))

    def of_kind(self, *kinds: str) -> tuple[str, ...]:
        """The roles of these kinds, in the order the program declares them."""
        return tuple(role for role, party in self.parties.items() if party.kind in kinds)

    @cached_property
    def subject_role(self) -> str:
        return self.of_kind("subject")[0]

    @cached_property
    def lead_role(self) -> str:
        leads = self.of_kind("lead")
        return leads[0] if leads else self.subject_role


for _part in (Section, Items, Extension, Clock, Deadline, Move, CheckIn, Letter, Program, End, Option, FormField):
    _part.model_rebuild()
