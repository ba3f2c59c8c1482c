"""What refers to what: names are declared, conditions compile, stages can be reached and left."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Any

from upturn.core import conditions
from upturn.core.clocks import RHYTHMS, length_in
from upturn.core.defaults import LEFT, WITHDRAWN
from upturn.core.facts import CLOCK
from upturn.core.fields import KINDS, Unfit, options_of
from upturn.core.general import GENERAL
from upturn.core.guards.registry import GUARDS, arguments
from upturn.core.letters import known, merge_fields
from upturn.core.program import FormField, Move, Part, Program, Rule
from upturn.core.sentences import known_codes

Place = tuple[Any, ...]
Names = tuple[tuple[str, str], ...]
Found = tuple[Place, str, str]
MOST_LOOPS = 3
_GAP = r"(?:\s|//[^\n]*\n)*"
_LOOP = re.compile(rf"\.{_GAP}(?:all|exists|exists_one|map|filter){_GAP}\(")
MOST_CONDITION = 500


def problems(program: Program, *, lifecycle: bool = True) -> Iterator[Found]:
    """Every problem of reference, with its place (a path of keys), its dotted path and what to do.

    Without `lifecycle`, whether stages are reached and left is not asked: a part may be lacking.
    """
    for loc, says in _all(program, lifecycle=lifecycle):
        yield loc, ".".join(str(p).rstrip("_") for p in loc), says


Said = tuple[Place, str]


def _all(program: Program, *, lifecycle: bool) -> Iterator[Said]:
    yield from _unique(program)
    yield from _people(program)
    yield from _references(program)
    yield from _fields(program)
    yield from _held(program)
    yield from _conditions(program)
    yield from _rules(program)
    if lifecycle:
        yield from _lifecycle(program)
    yield from _citations(program)
    yield from _merges(program)
    yield from _documents(program)


# -- names ------------------------------------------------------------------------------------------------------------


_WITH_IDS = (
    "form", "stages", "moves", "clocks", "deadlines", "checkins", "signatures", "approvals", "logs", "notices",
    "letters", "documents", "variants", "settings",
)  # fmt: skip


def _unique(program: Program) -> Iterator[Said]:
    for part in _WITH_IDS:
        for number, one in _repeated(one.id for one in getattr(program, part)):
            yield (part, number, "id"), f"`{one}` is used twice; ids of {part} are unique."
    places: list[Place] = [("start", "fields", n) for n, _ in enumerate(program.start.fields)]
    places += [("form", s, "fields", f) for s, section in enumerate(program.form) for f, _ in enumerate(section.fields)]
    ids = [f.id for f in program.start.fields] + [f.id for section in program.form for f in section.fields]
    for number, one in _repeated(ids):
        says = f"`{one}` is used twice; conditions name fields by id, so top-level fields are unique."
        yield (*places[number], "id"), says
    for place, one in zip(places, ids, strict=True):
        if one in conditions.RESERVED:
            yield (*place, "id"), f"`{one}` means something in conditions already; choose another id."


def _repeated(ids: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Place and name of every id that was there before."""
    seen: set[str] = set()
    for number, one in enumerate(ids):
        if one in seen:
            yield number, one
        seen.add(one)


def _people(program: Program) -> Iterator[Said]:
    subjects = program.of_kind("subject")
    if len(subjects) != 1:
        yield ("parties",), f"A program has one party of kind `subject`; this one has {len(subjects)}."
    if not program.of_kind("lead", "office"):
        yield ("parties",), "Somebody leads: declare a party of kind `lead` or `office`."
    for number, approval in enumerate(program.approvals):
        if approval.need == "majority" and any(
            program.parties[r].fill != "named" for r in approval.by if r in program.parties
        ):
            yield ("approvals", number, "need"), "A majority is counted among people who are named to the plan."
    for number, signature in enumerate(program.signatures):
        filled = [r for r in signature.by if r in program.parties and program.parties[r].fill != "named"]
        if signature.each and filled:
            says = f"Each signs who is named to the plan: `{filled[0]}` is named by nobody."
            yield ("signatures", number, "each"), says


_REFERS: Mapping[str, str] = {
    "by": "party", "for_": "party", "sees": "party", "witness": "party", "fallback": "party", "chosen_by": "party",
    "apart_from": "party",
    "attends": "party", "with_": "party", "before_by": "party", "agreed_by": "party", "imposed_by": "party",
    "stands_in_for": "party", "role": "party", "owner": "party",
    "from_": "stage", "in_": "stage",
    "starts": "clock", "stops": "clock", "extends": "clock", "clock": "clock", "clock_start": "clock",
    "clock_end": "clock",
    "section": "section", "sections": "section", "covers": "section",
    "starts_on": "field", "chosen": "field", "every_field": "field", "consequence_field": "field",
    "signature": "signature", "signatures": "signature", "approval": "approval", "approvals": "approval",
    "log": "log", "logs": "log", "moves": "move", "deadline": "deadline", "letter": "letter",
    "scale": "scale", "catalogue": "catalogue", "finds": "finding",
}  # fmt: skip
"""Which kind of thing a key refers to, whatever part it stands in; the exceptions are in `_SPECIAL`."""

_SPECIAL: Mapping[tuple[str, str], str] = {
    ("Signature", "after"): "signature",
    ("Approval", "after"): "approval",
    ("Disposition", "for_"): "finding",
    ("Move", "to"): "stage",
    ("Move", "dispositions"): "disposition",
    ("Disposition", "to"): "stage",
    ("ScreeningResult", "to"): "stage",
    ("Start", "stage"): "stage",
    ("Trigger", "stage"): "stage",
    ("Trigger", "move"): "move",
    ("Wait", "move"): "move",
    ("Deadline", "on"): "field",
    ("End", "date"): "field",
    ("GoalTable", "table"): "table",
    ("SupportTable", "table"): "table",
    ("Items", "table"): "table",
    ("CheckIn", "table"): "table",
}
_OWN = {
    ("ItemMove", "from_"),
    ("ItemMove", "to"),
    ("Extension", "from_"),
    ("SupportTable", "owner"),
    ("Items", "stages"),
    ("Items", "moves"),
    ("Start", "by"),
    ("Validity", "from_"),
    ("Program", "sections"),
    ("Program", "moves"),
    ("Program", "logs"),
    ("Program", "signatures"),
    ("Program", "approvals"),
    ("Acts", "statement"),
}


def _known(program: Program) -> Mapping[str, set[str]]:
    tables = {f.id for s in program.form for top in s.fields for f in top.walk() if f.kind == "table"}
    return {
        "party": set(program.parties), "stage": set(program.stage), "move": set(program.move), "table": tables,
        "clock": set(program.clock), "deadline": set(program.deadline), "checkin": set(program.checkin),
        "section": set(program.section), "field": set(program.field), "log": set(program.log),
        "signature": set(program.signature), "approval": set(program.approval), "finding": set(program.finding),
        "disposition": set(program.disposition), "scale": set(program.scales), "catalogue": set(program.catalogues),
        "letter": {letter.id for letter in program.letters}, "wording rule": set(known_codes()),
    }  # fmt: skip


def walk(part: Any, loc: Place = ()) -> Iterator[tuple[Place, Part]]:
    """Every part of a program with its place, keys as the file writes them."""
    if isinstance(part, Part):
        yield loc, part
        for name in type(part).model_fields:
            yield from walk(getattr(part, name), (*loc, _key(name)))
    elif isinstance(part, Mapping):
        for key, value in part.items():
            yield from walk(value, (*loc, key))
    elif isinstance(part, tuple | list):
        for number, value in enumerate(part):
            yield from walk(value, (*loc, number))


def _key(name: str) -> str:
    return name.rstrip("_")


def _references(program: Program) -> Iterator[Said]:
    names = _known(program)
    for loc, part in walk(program):
        for name, kind in _referring(type(part)).items():
            allowed = names[kind] | ({CLOCK} if isinstance(part, Move) and name == "by" else set())
            value = getattr(part, name)
            for one in value if isinstance(value, tuple) else (value,):
                if isinstance(one, str) and one not in allowed:
                    yield (*loc, _key(name)), _unknown(kind, one, allowed)
    yield from _columns(program)
    yield from _item_names(program)
    yield from _named_parties(program, names["party"])
    yield from _seen_in(program, names)
    yield from _support(program)


@cache
def _referring(part: type[Part]) -> Mapping[str, str]:
    """The keys of a kind of part that name other parts, and which kind of part each names."""
    if part is Program:
        return {"consequence_field": "field"}
    kinds = {name: _SPECIAL.get((part.__name__, name)) or _REFERS.get(name, "") for name in part.model_fields}
    return {name: kind for name, kind in kinds.items() if kind and (part.__name__, name) not in _OWN}


def _unknown(kind: str, name: str, allowed: set[str]) -> str:
    close = get_close_matches(name, sorted(allowed), n=1)
    hint = f" Did you mean `{close[0]}`?" if close else f" Declared: {', '.join(sorted(allowed)[:12]) or 'none'}."
    return f"There is no {kind} `{name}`.{hint}"


def _columns(program: Program) -> Iterator[Said]:
    tables: list[tuple[Place, Any, set[str]]] = [(("goals", n), g, {"table"}) for n, g in enumerate(program.goals)]
    tables += [(("support",), program.support, {"table", "delivered"})] if program.support else []
    for loc, spec, skip in tables:
        columns = program.column.get(spec.table, {})
        for name in type(spec).model_fields:
            value = getattr(spec, name)
            if name not in skip and value and value not in columns:
                yield (*loc, name), _unknown("column", value, set(columns))
            elif name == "due" and value and columns[value].kind != "date":
                yield (*loc, name), f"The column `{value}` holds no date: make it `kind: date`."
    for number, items in enumerate(program.items):
        columns = program.column.get(items.table, {})
        if items.due and items.due not in columns:
            yield ("items", number, "due"), _unknown("column", items.due, set(columns))
        elif items.due and columns[items.due].kind != "date":
            yield ("items", number, "due"), f"The column `{items.due}` holds no date: make it `kind: date`."
    for number, rhythm in enumerate(program.checkins):
        if rhythm.dates_from and rhythm.dates_from not in program.column.get(rhythm.table or "", {}):
            yield (
                ("checkins", number, "dates_from"),
                _unknown("column", rhythm.dates_from, set(program.column.get(rhythm.table or "", {}))),
            )


def _item_names(program: Program) -> Iterator[Said]:
    for number, items in enumerate(program.items):
        if items.table not in program.home:
            yield ("items", number, "table"), "Items are rows of a top-level table of the form."
        stages = {s.id for s in items.stages}
        moves = {m.id for m in items.moves}
        for n, move in enumerate(items.moves):
            where = ("items", number, "moves", n)
            yield from ((where, _unknown("item stage", s, stages)) for s in (*move.from_, move.to) if s not in stages)
            if move.not_by_doer_of and move.not_by_doer_of not in moves:
                yield (*where, "not_by_doer_of"), _unknown("item move", move.not_by_doer_of, moves)


def _named_parties(program: Program, parties: set[str]) -> Iterator[Said]:
    """Parties named where other names are possible too: a contact, a kind of party."""
    told: list[tuple[Place, tuple[str, ...]]] = [
        (("notices", n, "to"), one.to) for n, one in enumerate(program.notices)
    ]
    told += [(("letters", n, "to"), one.to) for n, one in enumerate(program.letters)]
    kinds = {p.kind for p in program.parties.values()}
    named = [(loc, "party", to, parties | {"contact"}) for loc, to in told]
    named += [(("administration", n), "party", roles, parties) for n, roles in iter(program.administration)]
    named.append((("start", "by"), "kind of party", program.start.by, kinds | parties))
    for loc, kind, given, allowed in named:
        yield from ((loc, _unknown(kind, one, allowed)) for one in given if one not in allowed)


def _seen_in(program: Program, names: Mapping[str, set[str]]) -> Iterator[Said]:
    for number, section in enumerate(program.form):
        for stage, roles in section.sees_in.items():
            where = ("form", number, "sees_in", stage)
            if stage not in names["stage"]:
                yield where, _unknown("stage", stage, names["stage"])
            yield from ((where, _unknown("party", r, names["party"])) for r in roles if r not in names["party"])
        for stage, roles in section.by_in.items():
            where = ("form", number, "by_in", stage)
            if stage not in section.in_:
                yield where, f"“{section.title}” is not written in `{stage}`: add it to `in`."
            if not roles or not set(roles) <= set(section.by):
                yield where, f"Name who of {', '.join(section.by)} writes it then."


def _support(program: Program) -> Iterator[Said]:
    if program.support is None:
        return
    items = program.item.get(program.support.table)
    stages = {s.id for s in items.stages} if items else set()
    if not stages.issuperset(program.support.delivered):
        says = "Support is delivered by an item move: declare `items` for its table with this stage."
        yield ("support", "delivered"), says


# -- fields -----------------------------------------------------------------------------------------------------------


def _every_field(program: Program) -> Iterator[tuple[Place, FormField]]:
    for loc, part in walk(program):
        if isinstance(part, FormField):
            yield loc, part


_FIELD_RULES: tuple[tuple[str, Callable[[FormField], bool], str], ...] = (
    ("fields", lambda f: f.kind == "table" and not f.fields, "A table needs `fields`: its columns."),
    ("fields", lambda f: f.kind != "table" and bool(f.fields), "Only a table has `fields`."),
    (
        "options",
        lambda f: f.kind in ("choice", "choices") and not (f.options or f.catalogue),
        "A choice needs `options`, or a `catalogue` to choose from.",
    ),
    ("options", lambda f: _has_repeats(o.id for o in f.options), "Two options have the same id; give each its own."),
    (
        "reads_as",
        lambda f: f.reads_as is not None and f.kind not in ("text", "longtext"),
        "Only what is written in words (`text`, `longtext`) reads as something.",
    ),
    ("scale", lambda f: f.kind == "rating" and not f.scale, "A rating needs its `scale`."),
    ("value", lambda f: f.kind == "computed" and not f.value, "A computed field needs its `value`, an expression."),
    ("min_rows", lambda f: f.min_rows > f.max_rows, "The least number of rows is larger than the most."),
    (
        "min",
        lambda f: f.min is not None and f.max is not None and f.min > f.max,
        "The least value is larger than the most.",
    ),
)
"""Which key of a field is wrong, when, and what to do."""


_KINDS_HELD: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("Clock", "starts_on"): ("date", "daterange"),
    ("End", "date"): ("date", "daterange"),
    ("End", "chosen"): ("duration", "integer", "choice"),
    ("Deadline", "on"): ("date", "daterange"),
    ("CheckIn", "every_field"): ("choice",),
    ("CheckIn", "dates_from"): ("date", "table"),
    ("GoalTable", "due"): ("date",),
    ("SupportTable", "due"): ("date",),
    ("Items", "due"): ("date",),
}
"""Of which kind a field must be to hold a date, a length or a rhythm; columns are those of the table named beside."""


def _held(program: Program) -> Iterator[Said]:
    for loc, part in walk(program):
        columns = program.column.get(getattr(part, "table", None) or "", program.field)
        for (owner, key), kinds in _KINDS_HELD.items():
            field = columns.get(getattr(part, key) or "") if type(part).__name__ == owner else None
            if field is None:
                continue
            if field.kind not in kinds:
                yield (*loc, key), f"`{field.id}` is a {field.kind}; this needs one of the kinds {', '.join(kinds)}."
            elif field.kind == "choice" and (field.options or field.catalogue in program.catalogues):
                yield from _options_held(program, (*loc, key), key, field)


def _options_held(program: Program, loc: Place, key: str, field: FormField) -> Iterator[Said]:
    for option in options_of(field, program):
        if key == "every_field" and option.id not in RHYTHMS:
            yield loc, f"The option `{option.id}` of `{field.id}` is no rhythm: {', '.join(RHYTHMS)}."
        elif key == "chosen" and not _is_length(option.id, program):
            yield loc, f"The option `{option.id}` of `{field.id}` is no length: write ids such as `days_90`."


def _is_length(option: str, program: Program) -> bool:
    try:
        return bool(length_in(option, program))
    except ValueError:
        return False


def _has_repeats(ids: Iterable[str]) -> bool:
    return any(True for _ in _repeated(ids))


def _fields(program: Program) -> Iterator[Said]:
    for loc, field in _every_field(program):
        yield from (((*loc, key), says) for key, wrong, says in _FIELD_RULES if wrong(field))
        yield from (((*loc, "default"), says) for says in _unfit_default(program, field))
        for _, column in _repeated(c.id for c in field.fields):
            yield (*loc, "fields"), f"The column `{column}` is there twice."
        if field.prefill and not _prefill_known(program, field.prefill):
            sources = "subject.…, lead.…, group.name, start.FIELD, setting.ID"
            yield (*loc, "prefill"), f"`{field.prefill}` is nothing a first value can come from: {sources}."


def _unfit_default(program: Program, field: FormField) -> Iterator[str]:
    if field.default is None or field.catalogue not in (None, *program.catalogues):
        return
    if field.scale not in (None, *program.scales):
        return
    try:
        KINDS[field.kind].clean(field, field.default, program)
    except Unfit as error:
        yield f"`{field.default}` is no first answer to this: {error}."


def _prefill_known(program: Program, source: str) -> bool:
    head, _, rest = source.partition(".")
    if head == "start":
        return rest in {f.id for f in program.start.fields}
    if head == "setting":
        return rest in {s.id for s in program.settings} | {program.contact.setting}
    return bool(rest) and head in {"subject", "lead", "group", *program.parties}


# -- conditions -------------------------------------------------------------------------------------------------------


def _conditions(program: Program) -> Iterator[Said]:
    top = conditions.program_scope(program)
    for expression, loc in _plain_conditions(program):
        yield from _condition(expression, loc, top)
    start = conditions.scope(program.start.fields)
    yield from _fields_conditions(program.start.fields, ("start", "fields"), start)
    for number, trigger in enumerate(program.start.triggers):
        yield from _condition(trigger.when, ("start", "triggers", number, "when"), start)
    for number, variant in enumerate(program.variants):
        yield from _condition(variant.when, ("variants", number, "when"), start)
    yield from _screening_conditions(program, top)
    for loc, fields in _asked(program):
        yield from _fields_conditions(fields, loc, _inside(top, fields))


def _plain_conditions(program: Program) -> Iterator[tuple[str | None, Place]]:
    """Every condition over the whole form, with its place."""
    for n, section in enumerate(program.form):
        yield section.show_if, ("form", n, "show_if")
        yield from ((check.that, ("form", n, "checks", c, "that")) for c, check in enumerate(section.checks))
    yield from ((move.show_if, ("moves", n, "show_if")) for n, move in enumerate(program.moves))
    yield from ((one.show_if, ("approvals", n, "show_if")) for n, one in enumerate(program.approvals))
    yield from ((notice.if_, ("notices", n, "if")) for n, notice in enumerate(program.notices))
    for key, catalogue in program.catalogues.items():
        options = ("catalogues", key, "options")
        yield from ((one.show_if, (*options, n, "show_if")) for n, one in enumerate(catalogue.options))
    for n, letter in enumerate(program.letters):
        where = ("letters", n, "paragraphs")
        yield from ((one.show_if, (*where, p, "show_if")) for p, one in enumerate(letter.paragraphs))
    for loc, rule in walk(program):
        if isinstance(rule, Rule):
            yield rule.if_, (*loc, "if")
            if rule.guard == "cel":
                yield str(rule.args.get("that") or rule.args.get("") or "false"), (*loc, "cel")


def _screening_conditions(program: Program, top: Names) -> Iterator[Said]:
    if program.screening is None:
        return
    around = _inside(top, [f for p in program.screening.parts for f in p.fields])
    for n, part in enumerate(program.screening.parts):
        yield from _fields_conditions(part.fields, ("screening", "parts", n, "fields"), around)
    for n, result in enumerate(program.screening.results):
        yield from _condition(result.when, ("screening", "results", n, "when"), around)


def _asked(program: Program) -> Iterator[tuple[Place, tuple[FormField, ...]]]:
    """Every set of questions over the whole form: the sections' own, and what acts ask."""
    yield from ((("form", n, "fields"), s.fields) for n, s in enumerate(program.form))
    yield from ((("moves", n, "asks"), m.asks) for n, m in enumerate(program.moves))
    yield from ((("logs", n, "fields"), one.fields) for n, one in enumerate(program.logs))
    yield from ((("approvals", n, "asks"), a.asks) for n, a in enumerate(program.approvals))
    yield from ((("checkins", n, "before"), c.before) for n, c in enumerate(program.checkins))
    yield from ((("checkins", n, "after"), c.after) for n, c in enumerate(program.checkins))
    for n, items in enumerate(program.items):
        yield from ((("items", n, "moves", m, "asks"), move.asks) for m, move in enumerate(items.moves))
    for n, disposition in enumerate(program.disposition.values()):
        yield ("outcomes", "dispositions", n, "asks"), disposition.asks


def _inside(names: Names, fields: Iterable[FormField]) -> Names:
    """The variables visible among these fields: their own over those around them."""
    return tuple(sorted((dict(names) | {f.id: f.kind for f in fields}).items()))


def _fields_conditions(fields: Iterable[FormField], loc: Place, names: Names) -> Iterator[Said]:
    for number, field in enumerate(fields):
        here = (*loc, number)
        yield from _condition(field.show_if, (*here, "show_if"), names)
        yield from _condition(field.required_if, (*here, "required_if"), names)
        if field.value:
            yield from _condition(field.value, (*here, "value"), names, wants="ANY")
        inner = _inside(names, field.fields)
        for n, check in enumerate(field.checks):
            yield from _condition(check.that, (*here, "checks", n, "that"), inner)
        for n, option in enumerate(field.options):
            yield from _condition(option.show_if, (*here, "options", n, "show_if"), names)
        yield from _fields_conditions(field.fields, (*here, "fields"), inner)


def _condition(expression: str | None, loc: Place, names: Names, wants: str = "BOOL") -> Iterator[Said]:
    if expression is None:
        return
    if len(expression) > MOST_CONDITION or len(_LOOP.findall(expression)) > MOST_LOOPS:
        yield (
            loc,
            f"A condition is at most {MOST_CONDITION} characters with {MOST_LOOPS} loops; say this in smaller pieces.",
        )
        return
    try:
        conditions.check(expression, names, wants=wants)
    except conditions.BadCondition as error:
        yield loc, f"This condition does not work: {error}."


# -- rules and the lifecycle ------------------------------------------------------------------------------------------


def _rules(program: Program) -> Iterator[Said]:
    names = _known(program)
    for loc, part in walk(program):
        if isinstance(part, Rule):
            yield from ((loc, says) for says in _rule_faults(part, names))
    for number, included in enumerate(program.rules):
        if included.id not in GENERAL:
            yield ("rules", number, "id"), f"The general library has no `{included.id}`. It has: {', '.join(GENERAL)}."


def _rule_faults(rule: Rule, names: Mapping[str, set[str]]) -> Iterator[str]:
    guard = GUARDS.get(rule.guard)
    if guard is None:
        yield _unknown("guard", rule.guard, set(GUARDS))
        return
    try:
        given = arguments(guard, rule.args)
    except ValueError as error:
        yield f"{error}."
        return
    if rule.guard == "cel" and not rule.says:
        yield "A condition brings its own sentence: add `says`."
    for argument, kind in guard.refers.items():
        value = given.get(argument)
        named = value if isinstance(value, tuple) else (value,) if value else ()
        yield from (_unknown(kind, one, names[kind]) for one in named if kind in names and one not in names[kind])


def _lifecycle(program: Program) -> Iterator[Said]:
    yield from _stages(program)
    for number, move in enumerate(program.moves):
        yield from ((("moves", number, key), says) for key, wrong, says in _MOVE_RULES if wrong(program, move))
    yield from _waits(program)
    for number, deadline in enumerate(program.deadlines):
        if (deadline.within is None) == (deadline.on is None):
            yield ("deadlines", number), "Say either `within` a length or `on` a date field."
        silent = program.move.get(deadline.silence.move) if deadline.silence and deadline.silence.move else None
        if silent is not None and CLOCK not in silent.by:
            yield ("deadlines", number, "silence", "move"), f"The step `{silent.id}` is not one that the clock makes."
    started = {c for m in program.moves for c in m.starts} | {c for d in program.disposition.values() for c in d.starts}
    for number, clock in enumerate(program.clocks):
        if clock.id not in started:
            yield ("clocks", number, "id"), f"No step starts `{clock.id}`."


def _waits(program: Program) -> Iterator[Said]:
    """What a stage waits for is a step or record of those it waits for."""
    for number, stage in enumerate(program.stages):
        for n, wait in enumerate(stage.waits):
            acts = (("step", program.move.get(wait.move or "")), ("record", program.log.get(wait.log or "")))
            for kind, act in acts:
                for role in wait.for_:
                    if act and role in program.parties and role not in act.by:
                        says = f"The {kind} `{act.id}` is not one that `{role}` makes; leave it out, or name who does."
                        yield ("stages", number, "waits", n), says


_MOVE_RULES: tuple[tuple[str, Callable[[Program, Move], bool], str], ...] = (
    (
        "decides",
        lambda program, move: move.decides and program.outcomes is None,
        "A deciding step needs `outcomes` with findings.",
    ),
    (
        "dispositions",
        lambda program, move: bool(move.dispositions) and not move.decides,
        "Only a step that `decides` says what may follow from it.",
    ),
    (
        "after",
        lambda program, move: move.after is not None and CLOCK not in move.by,
        "Only a step `by: [clock]` has a time.",
    ),
    (
        "asks",
        lambda program, move: CLOCK in move.by and any(f.required for f in move.asks),
        "Time answers no questions: a step of the clock asks nothing that is required.",
    ),
    (
        "when",
        lambda program, move: CLOCK in move.by and move.after is None and not move.when,
        "A step of the clock needs `after`, or conditions under `when`.",
    ),
)
"""Which key of a step is wrong, when, and what to do."""


def _stages(program: Program) -> Iterator[Said]:
    """Every stage is reached, and every one that is not final is left."""
    steps = [(f, t) for m in program.moves for f in m.from_ for t in _ends(program, m)]
    if program.screening:
        steps += [(s, r.to) for r in program.screening.results for s in program.screening.in_]
    reached = {program.start.stage}
    while more := {t for f, t in steps if f in reached and t} - reached:
        reached |= more
    for number, stage in enumerate(program.stages):
        if stage.id not in reached and stage.id not in (WITHDRAWN, LEFT):
            yield ("stages", number, "id"), f"No step leads to the stage `{stage.id}`."
        if not stage.final and not any(f == stage.id and t != f for f, t in steps):
            yield ("stages", number, "id"), f"No step leads out of `{stage.id}`; mark it `final` or give it one."
    if not any(s.final for s in program.stages):
        yield ("stages",), "No stage is `final`: a plan could never close."


def _ends(program: Program, move: Move) -> tuple[str | None, ...]:
    if not move.decides:
        return (move.to,)
    return (
        move.to,
        *(d.to for d in program.disposition.values() if d.id in (move.dispositions or program.disposition)),
    )


def _citations(program: Program) -> Iterator[Said]:
    declared = set(program.source) | set(GENERAL)
    for loc, part in walk(program):
        for one in getattr(part, "cites", ()):
            if one not in declared and not one.startswith(("GEN-", "US-", "UK-")):
                yield (
                    (*loc, "cites"),
                    f"`{one}` is cited and not among the `basis`. Declare it with title, link and date of text.",
                )


def _merges(program: Program) -> Iterator[Said]:
    settings = {s.id for s in program.settings} | {program.contact.setting}
    names = set(program.field), set(program.clock), set(program.deadline), settings, set(program.parties)
    texts: list[tuple[Place, str]] = [(("notices", n, "text"), notice.text) for n, notice in enumerate(program.notices)]
    texts += [
        (("letters", n, "paragraphs", p, "text"), one.text)
        for n, letter in enumerate(program.letters)
        for p, one in enumerate(letter.paragraphs)
    ]
    for loc, text in texts:
        for name in merge_fields(text):
            if not known(name, *names):
                yield loc, f"`{{{name}}}` is no merge field of this program."


# -- documents --------------------------------------------------------------------------------------------------------


def _documents(program: Program) -> Iterator[Said]:
    tables = _known(program)["table"]
    for number, one in enumerate(program.documents):
        for table in one.blanks:
            if table not in tables:
                yield ("documents", number, "blanks", table), _unknown("table", table, tables)
