"""What refers to what: names are declared, conditions compile, stages can be reached and left."""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from upturn.core import conditions
from upturn.core.facts import CLOCK
from upturn.core.general import GENERAL
from upturn.core.guards.registry import GUARDS, arguments
from upturn.core.letters import known, merge_fields
from upturn.core.program import FormField, Part, Program, Rule

Found = tuple[tuple[Any, ...], str, str]
MOST_LOOPS = 3
MOST_CONDITION = 500


def problems(program: Program) -> Iterator[Found]:
    """Every problem of reference, with its place (a path of keys), its dotted path and what to do."""
    for loc, says in _all(program):
        yield loc, ".".join(str(p).rstrip("_") for p in loc), says


Said = tuple[tuple[Any, ...], str]


def _all(program: Program) -> Iterator[Said]:
    yield from _unique(program)
    yield from _people(program)
    yield from _references(program)
    yield from _fields(program)
    yield from _conditions(program)
    yield from _rules(program)
    yield from _lifecycle(program)
    yield from _citations(program)
    yield from _merges(program)


# -- names ------------------------------------------------------------------------------------------------------------


def _unique(program: Program) -> Iterator[Said]:
    for part in (
        "form",
        "stages",
        "moves",
        "clocks",
        "deadlines",
        "checkins",
        "signatures",
        "approvals",
        "logs",
        "notices",
        "letters",
        "variants",
        "settings",
    ):
        seen: set[str] = set()
        for number, one in enumerate(getattr(program, part)):
            if one.id in seen:
                yield (part, number, "id"), f"`{one.id}` is used twice; ids of {part} are unique."
            seen.add(one.id)
    seen = set()
    places = [(("start", "fields", n), f) for n, f in enumerate(program.start.fields)]
    places += [
        (("form", s, "fields", n), f) for s, section in enumerate(program.form) for n, f in enumerate(section.fields)
    ]
    for loc, field in places:
        if field.id in seen:
            yield (
                (*loc, "id"),
                f"`{field.id}` is used twice; conditions name fields by id, so top-level fields are unique.",
            )
        if field.id in conditions.RESERVED:
            yield (*loc, "id"), f"`{field.id}` means something in conditions already; choose another id."
        seen.add(field.id)


def _people(program: Program) -> Iterator[Said]:
    subjects = program.of_kind("subject")
    if len(subjects) != 1:
        yield ("parties",), f"A program has one party of kind `subject`; this one has {len(subjects)}."
    if not program.of_kind("lead", "office"):
        yield ("parties",), "Somebody leads: declare a party of kind `lead` or `office`."


_REFERS: Mapping[str, str] = {
    "by": "party", "for_": "party", "sees": "party", "witness": "party", "fallback": "party", "chosen_by": "party", "attends": "party", "with_": "party",
    "before_by": "party", "agreed_by": "party", "imposed_by": "party", "stands_in_for": "party", "role": "party", "owner": "party",
    "from_": "stage", "in_": "stage", "starts": "clock", "stops": "clock", "extends": "clock", "clock": "clock",
    "sections": "section", "covers": "section", "scale": "scale", "catalogue": "catalogue", "finds": "finding",
    "starts_on": "field", "chosen": "field", "every_field": "field", "consequence_field": "field", "letter": "letter",
    "clock_start": "clock", "clock_end": "clock", "signature": "signature", "log": "log", "deadline": "deadline", "approval": "approval", "section": "section",
    "moves": "move", "signatures": "signature", "logs": "log", "approvals": "approval",
}  # fmt: skip
"""Which kind of thing a key refers to, whatever part it stands in; the exceptions are in `_SPECIAL`."""

_SPECIAL: Mapping[tuple[str, str], str] = {
    ("Signature", "after"): "signature",
    ("Approval", "after"): "approval",
    ("Disposition", "for_"): "finding",
    ("Move", "to"): "stage",
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
        "party": set(program.parties), "stage": set(program.stage), "clock": set(program.clock), "section": set(program.section),
        "scale": set(program.scales), "catalogue": set(program.catalogues), "finding": set(program.finding), "field": set(program.field),
        "letter": {letter.id for letter in program.letters}, "signature": set(program.signature), "log": set(program.log),
        "deadline": set(program.deadline), "approval": set(program.approval), "move": set(program.move), "table": tables,
        "checkin": set(program.checkin),
    }  # fmt: skip


def walk(part: Any, loc: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Part]]:
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
        kind_of_part = type(part).__name__
        for name in type(part).model_fields:
            if (kind_of_part, name) in _OWN or (kind_of_part == "Program" and name not in ("consequence_field",)):
                continue
            kind = _SPECIAL.get((kind_of_part, name)) or _REFERS.get(name)
            value = getattr(part, name)
            if kind is None or not value or isinstance(value, Part | Mapping):
                continue
            allowed = (
                names[kind]
                | ({CLOCK} if kind_of_part == "Move" and name == "by" else set())
                | ({"contact"} if name == "to" else set())
            )
            for one in value if isinstance(value, tuple) else (value,):
                if isinstance(one, str) and one not in allowed:
                    yield (*loc, _key(name)), _unknown(kind, one, allowed)
    yield from _columns(program)
    yield from _inner_names(program, names)


def _unknown(kind: str, name: str, allowed: set[str]) -> str:
    close = get_close_matches(name, sorted(allowed), n=1)
    hint = f" Did you mean `{close[0]}`?" if close else f" Declared: {', '.join(sorted(allowed)[:12]) or 'none'}."
    return f"There is no {kind} `{name}`.{hint}"


def _columns(program: Program) -> Iterator[Said]:
    tables: list[tuple[tuple[Any, ...], Any, set[str]]] = [
        (("goals", n), g, {"table"}) for n, g in enumerate(program.goals)
    ]
    tables += [(("support",), program.support, {"table", "delivered"})] if program.support else []
    for loc, spec, skip in tables:
        columns = program.column.get(spec.table, {})
        for name in type(spec).model_fields:
            value = getattr(spec, name)
            if name not in skip and value and value not in columns:
                yield (*loc, name), _unknown("column", value, set(columns))
    for number, items in enumerate(program.items):
        if items.due and items.due not in program.column.get(items.table, {}):
            yield ("items", number, "due"), _unknown("column", items.due, set(program.column.get(items.table, {})))
    for number, rhythm in enumerate(program.checkins):
        if rhythm.dates_from and rhythm.dates_from not in program.column.get(rhythm.table or "", {}):
            yield (
                ("checkins", number, "dates_from"),
                _unknown("column", rhythm.dates_from, set(program.column.get(rhythm.table or "", {}))),
            )


def _inner_names(program: Program, names: Mapping[str, set[str]]) -> Iterator[Said]:
    for number, items in enumerate(program.items):
        stages = {s.id for s in items.stages}
        moves = {m.id for m in items.moves}
        for n, move in enumerate(items.moves):
            for one in (*move.from_, move.to):
                if one not in stages:
                    yield ("items", number, "moves", n), _unknown("item stage", one, stages)
            if move.not_by_doer_of and move.not_by_doer_of not in moves:
                yield ("items", number, "moves", n, "not_by_doer_of"), _unknown("item move", move.not_by_doer_of, moves)
        if items.table not in program.home:
            yield ("items", number, "table"), "Items are rows of a top-level table of the form."
    for kind, specs in (("notices", program.notices), ("letters", program.letters)):
        for number, spec in enumerate(specs):
            for one in spec.to:
                if one != "contact" and one not in names["party"]:
                    yield (kind, number, "to"), _unknown("party", one, names["party"] | {"contact"})
    for number, section in enumerate(program.form):
        for stage, roles in section.sees_in.items():
            if stage not in names["stage"]:
                yield ("form", number, "sees_in", stage), _unknown("stage", stage, names["stage"])
            for role in roles:
                if role not in names["party"]:
                    yield ("form", number, "sees_in", stage), _unknown("party", role, names["party"])
    for name in type(program.administration).model_fields:
        for role in getattr(program.administration, name):
            if role not in names["party"]:
                yield ("administration", name), _unknown("party", role, names["party"])
    kinds = {p.kind for p in program.parties.values()}
    for one in program.start.by:
        if one not in kinds and one not in names["party"]:
            yield ("start", "by"), _unknown("kind of party", one, kinds | names["party"])
    if program.support:
        spec = program.item.get(program.support.table)
        known_stages = {s.id for s in spec.stages} if spec else set()
        for one in program.support.delivered:
            if one not in known_stages:
                yield (
                    ("support", "delivered"),
                    "Support is delivered by an item move: declare `items` for its table with this stage.",
                )


# -- fields -----------------------------------------------------------------------------------------------------------


def _every_field(program: Program) -> Iterator[tuple[tuple[Any, ...], FormField]]:
    for loc, part in walk(program):
        if isinstance(part, FormField):
            yield loc, part


def _fields(program: Program) -> Iterator[Said]:
    for loc, field in _every_field(program):
        if field.kind == "table" and not field.fields:
            yield (*loc, "fields"), "A table needs `fields`: its columns."
        if field.kind != "table" and field.fields:
            yield (*loc, "fields"), "Only a table has `fields`."
        if field.kind in ("choice", "choices") and not (field.options or field.catalogue):
            yield (*loc, "options"), "A choice needs `options`, or a `catalogue` to choose from."
        if field.kind == "rating" and not field.scale:
            yield (*loc, "scale"), "A rating needs its `scale`."
        if field.kind == "computed" and not field.value:
            yield (*loc, "value"), "A computed field needs its `value`, an expression."
        if field.min_rows > field.max_rows:
            yield (*loc, "min_rows"), f"At least {field.min_rows} rows cannot be at most {field.max_rows}."
        if field.min is not None and field.max is not None and field.min > field.max:
            yield (*loc, "min"), f"At least {field.min:g} cannot be at most {field.max:g}."
        seen: set[str] = set()
        for column in field.fields:
            if column.id in seen or column.id == "_id":
                yield (*loc, "fields"), f"The column `{column.id}` is there twice."
            seen.add(column.id)
        if field.prefill and not _prefill_known(program, field.prefill):
            yield (
                (*loc, "prefill"),
                f"`{field.prefill}` is nothing a first value can come from: subject.…, lead.…, group.name, start.FIELD, setting.ID.",
            )
        ids = [o.id for o in field.options]
        if len(ids) != len(set(ids)):
            yield (*loc, "options"), "Two options have the same id; give each its own."


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
    start = conditions.scope(program.start.fields)
    yield from _fields_conditions(program.start.fields, ("start", "fields"), start)
    for number, trigger in enumerate(program.start.triggers):
        yield from _condition(trigger.when, ("start", "triggers", number, "when"), start)
    for number, variant in enumerate(program.variants):
        yield from _condition(variant.when, ("variants", number, "when"), start)
    for n, section in enumerate(program.form):
        yield from _condition(section.show_if, ("form", n, "show_if"), top)
        for c, check in enumerate(section.checks):
            yield from _condition(check.that, ("form", n, "checks", c, "that"), top)
        yield from _fields_conditions(section.fields, ("form", n, "fields"), top)
    if program.screening:
        inner = tuple(f for p in program.screening.parts for f in p.fields)
        around = tuple(sorted((dict(top) | dict(conditions.scope(inner))).items()))
        for n, part in enumerate(program.screening.parts):
            yield from _fields_conditions(part.fields, ("screening", "parts", n, "fields"), around)
        for n, result in enumerate(program.screening.results):
            yield from _condition(result.when, ("screening", "results", n, "when"), around)
    for loc, part_ in walk(program):
        if isinstance(part_, Rule):
            yield from _condition(part_.if_, (*loc, "if"), top)
            if part_.guard == "cel":
                yield from _condition(str(part_.args.get("that") or part_.args.get("") or "false"), (*loc, "cel"), top)
    for kind, specs in (("moves", program.moves), ("approvals", program.approvals)):
        for n, spec in enumerate(specs):
            yield from _condition(spec.show_if, (kind, n, "show_if"), top)
    for n, notice in enumerate(program.notices):
        yield from _condition(notice.if_, ("notices", n, "if"), top)
    for n, letter in enumerate(program.letters):
        for p, paragraph in enumerate(letter.paragraphs):
            yield from _condition(paragraph.show_if, ("letters", n, "paragraphs", p, "show_if"), top)
    yield from _asked_conditions(program, top)


def _asked_conditions(program: Program, top: Any) -> Iterator[Said]:
    asking: list[tuple[tuple[Any, ...], Iterable[FormField]]] = [
        (("moves", n, "asks"), m.asks) for n, m in enumerate(program.moves)
    ]
    asking += [(("logs", n, "fields"), one.fields) for n, one in enumerate(program.logs)]
    asking += [(("approvals", n, "asks"), a.asks) for n, a in enumerate(program.approvals)]
    asking += [(("checkins", n, "before"), c.before) for n, c in enumerate(program.checkins)]
    asking += [(("checkins", n, "after"), c.after) for n, c in enumerate(program.checkins)]
    asking += [
        (("items", n, "moves", m, "asks"), move.asks)
        for n, i in enumerate(program.items)
        for m, move in enumerate(i.moves)
    ]
    asking += [
        (("outcomes", "dispositions", n, "asks"), d.asks)
        for n, d in enumerate(program.outcomes.dispositions if program.outcomes else ())
    ]
    for loc, fields in asking:
        fields = tuple(fields)
        names = tuple(sorted((dict(top) | {f.id: f.kind for f in fields}).items()))
        yield from _fields_conditions(fields, loc, names)


def _fields_conditions(fields: Iterable[FormField], loc: tuple[Any, ...], names: Any) -> Iterator[Said]:
    for number, field in enumerate(fields):
        here = (*loc, number)
        yield from _condition(field.show_if, (*here, "show_if"), names)
        yield from _condition(field.required_if, (*here, "required_if"), names)
        if field.value:
            yield from _condition(field.value, (*here, "value"), names, wants="ANY")
        inner = tuple(sorted((dict(names) | {c.id: c.kind for c in field.fields}).items())) if field.fields else names
        for n, check in enumerate(field.checks):
            yield from _condition(check.that, (*here, "checks", n, "that"), inner)
        for n, option in enumerate(field.options):
            yield from _condition(option.show_if, (*here, "options", n, "show_if"), names)
        if field.fields:
            yield from _fields_conditions(field.fields, (*here, "fields"), inner)


def _condition(expression: str | None, loc: tuple[Any, ...], names: Any, wants: str = "BOOL") -> Iterator[Said]:
    if expression is None:
        return
    loops = sum(expression.count(macro) for macro in (".all(", ".exists(", ".exists_one(", ".map(", ".filter("))
    if len(expression) > MOST_CONDITION or loops > MOST_LOOPS:
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
        if not isinstance(part, Rule):
            continue
        guard = GUARDS.get(part.guard)
        if guard is None:
            yield loc, _unknown("guard", part.guard, set(GUARDS))
            continue
        try:
            given = arguments(guard, part.args)
        except ValueError as error:
            yield loc, f"{error}."
            continue
        if part.guard == "cel" and not part.says:
            yield loc, "A condition brings its own sentence: add `says`."
        for argument, kind in guard.refers.items():
            value = given.get(argument)
            if kind == "column":
                continue
            for one in value if isinstance(value, tuple) else (value,) if value else ():
                if one not in names[kind]:
                    yield loc, _unknown(kind, str(one), names[kind])
    for number, included in enumerate(program.rules):
        if included.id not in GENERAL:
            yield ("rules", number, "id"), f"The general library has no `{included.id}`. It has: {', '.join(GENERAL)}."


def _lifecycle(program: Program) -> Iterator[Said]:
    reached = {program.start.stage}
    steps = [(f, t) for m in program.moves for f in m.from_ for t in _ends(program, m.to, m.decides)]
    steps += [
        (s, r.to)
        for r in (program.screening.results if program.screening else ())
        if r.to
        for s in (program.screening.in_ if program.screening else ())
    ]
    while True:
        more = {t for f, t in steps if f in reached and t} - reached
        if not more:
            break
        reached |= more
    for number, stage in enumerate(program.stages):
        if stage.id not in reached and stage.id not in ("withdrawn", "ended_left"):
            yield ("stages", number, "id"), f"No step leads to the stage `{stage.id}`."
        if not stage.final and not any(f == stage.id and t != f for f, t in steps):
            yield ("stages", number, "id"), f"No step leads out of `{stage.id}`; mark it `final` or give it one."
    if not any(s.final for s in program.stages):
        yield ("stages",), "No stage is `final`: a plan could never close."
    for number, move in enumerate(program.moves):
        if move.decides and program.outcomes is None:
            yield ("moves", number, "decides"), "A deciding step needs `outcomes` with findings."
        if move.after and CLOCK not in move.by:
            yield ("moves", number, "after"), "Only a step `by: [clock]` has a time."
        if CLOCK in move.by and move.asks and any(f.required for f in move.asks):
            yield (
                ("moves", number, "asks"),
                "Time answers no questions: a step of the clock asks nothing that is required.",
            )
        if CLOCK in move.by and move.after is None and not move.when:
            yield ("moves", number, "when"), "A step of the clock needs `after`, or conditions under `when`."
    for number, deadline in enumerate(program.deadlines):
        if (deadline.within is None) == (deadline.on is None):
            yield ("deadlines", number), "Say either `within` a length or `on` a date field."
        silent = program.move.get(deadline.silence.move) if deadline.silence and deadline.silence.move else None
        if silent is not None and CLOCK not in silent.by:
            yield ("deadlines", number, "silence", "move"), f"The step `{silent.id}` is not one that the clock makes."
    for number, clock in enumerate(program.clocks):
        started = [m for m in program.moves if clock.id in m.starts] + [
            d for d in program.disposition.values() if clock.id in d.starts
        ]
        if not started:
            yield ("clocks", number, "id"), f"No step starts `{clock.id}`."


def _ends(program: Program, to: str | None, decides: bool) -> tuple[str | None, ...]:
    return (to, *(d.to for d in program.disposition.values())) if decides else (to,)


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
    names = (
        set(program.field), set(program.clock), set(program.deadline), {s.id for s in program.settings} | {program.contact.setting}, set(program.parties)
    )  # fmt: skip
    texts: list[tuple[tuple[Any, ...], str]] = [
        (("notices", n, "text"), notice.text) for n, notice in enumerate(program.notices)
    ]
    texts += [
        (("letters", n, "paragraphs", p, "text"), one.text)
        for n, letter in enumerate(program.letters)
        for p, one in enumerate(letter.paragraphs)
    ]
    for loc, text in texts:
        for name in merge_fields(text):
            if not known(name, *names):
                yield loc, f"`{{{name}}}` is no merge field of this program."
