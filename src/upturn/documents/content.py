"""What a paper says, before it has any form: a plan (or an empty form) as sections, answers, dates and signatures.

Layouts read it as JSON. Everything a person wrote is in it as printable text, with the blocks it is set in.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from typing import Any

from upturn.core.case import Case
from upturn.core.conditions import Values, is_answered
from upturn.core.digests import reference
from upturn.core.fields import inside, options_of, show, tickable
from upturn.core.ledger import canonical
from upturn.core.letters import applying, paragraphs, recipients
from upturn.core.plan import CheckInState, SignatureState
from upturn.core.program import Document, FormField, Letter, Program, Section, Signature
from upturn.core.step_up import how_confirmed
from upturn.core.timing import checkins_ahead
from upturn.core.verbs.executing import covered_by
from upturn.core.verbs.signing import OUTCOMES, WITNESSED
from upturn.core.wording import day_name, listed, sentence
from upturn.documents.words import blocks, printable

EXECUTED = "upturn-executed-1"
FORMAT = "upturn-plan-1"
"""The form of the record that is attached to every paper of a plan."""
IN_WORDS = "_words"
"""The choice that is written; no option can have this id."""
OWN_WORDS = ("longtext",)
"""Kinds of field whose answers may hold paragraphs and lists."""


@dataclass(frozen=True, slots=True)
class Imprint:
    """What a paper carries besides the plan: its number, whose it is, when it was made, what kind of copy it is.

    `mark` is printed on every page, with the day: “Draft”, “Copy for signing”, “Executed copy”. `paper` is a size typst
    knows.
    """

    organization: str
    made: datetime
    number: str = ""
    mark: str = ""
    paper: str = "us-letter"
    head: str = ""
    """The leaf of the last entry that the copy tells of."""
    log: str = ""
    """The state of the organization's log when it was made: how many entries, which root."""
    check: str = ""
    """The address of the page on which anybody can check a sealed copy."""
    contact: str = ""
    """Whom the organization names for the program, on a form without a plan."""


@dataclass(frozen=True, slots=True)
class Reader:
    """What the person a copy is made for may read: sections by id, entries by number."""

    sees: Callable[[str], bool] = lambda section: True
    reads: Callable[[int], bool] = lambda seq: True


EVERYTHING = Reader()


@dataclass(frozen=True, slots=True)
class Choice:
    id: str
    title: str
    says: str = ""
    ticked: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """One question: `text` is the whole answer as it is read, `blocks` the same with its paragraphs, `choices` what
    could be ticked, `rows` those of a table (`row`: what one is called). `path` is its place in a form to fill in,
    `hint` how it is written there.
    """

    id: str
    title: str
    kind: str
    guidance: str = ""
    text: str = ""
    blocks: tuple[Mapping[str, Any], ...] = ()
    choices: tuple[Choice, ...] = ()
    rows: tuple["Row", ...] = ()
    row: str = ""
    columns: tuple[str, ...] = ()
    path: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    title: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the form. `by` says who wrote it and when; empty in a blank copy."""

    id: str
    title: str
    guidance: str
    by: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Signer:
    """One line to sign on, or what stands there: name, role, what was done, on which day, what was said with it.

    `reference` names the words that were signed; `scan` is how the SHA-256 of the scan of a paper begins; `confirmed`
    how the signer showed that it was them.
    """

    role: str
    name: str = ""
    outcome: str = ""
    on: str = ""
    statement: str = ""
    witness: str = ""
    reference: str = ""
    scan: str = ""
    confirmed: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A signature: what it means, word for word, and its lines."""

    id: str
    title: str
    meaning: str
    signers: tuple[Signer, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A dated line: a check-in, a date of the plan, a statement."""

    title: str
    on: str = ""
    says: str = ""
    blocks: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """Everything one file prints."""

    layout: str
    title: str
    language: str
    organization: str
    made: str
    program: str
    summary: str = ""
    form_number: str = ""
    edition: str = ""
    number: str = ""
    mark: str = ""
    size: str = "us-letter"
    subject: str = ""
    lead: str = ""
    plan_word: str = "improvement plan"
    subject_word: str = ""
    lead_word: str = ""
    stage: str = ""
    blank: bool = False
    contact: str = ""
    consequence: str = ""
    basis: tuple[Line, ...] = ()
    parts: tuple[Part, ...] = ()
    dates: tuple[Line, ...] = ()
    check_ins: tuple[Line, ...] = ()
    statements: tuple[Line, ...] = ()
    signatures: tuple[Block, ...] = ()
    decision: tuple[Line, ...] = ()
    files: tuple[Line, ...] = ()
    letter: tuple[str, ...] = ()
    to: str = ""
    proof: tuple[str, ...] = ()
    """What an outsider can compare, in words: the head of the plan's chain, the root of the organization's log."""
    catalogues: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict)
    """The lists of the program, for forms that print one whole."""

    def data(self) -> dict[str, Any]:
        """As layouts read it: JSON values."""
        return asdict(self)

    def texts(self) -> Iterator[str]:
        """Every text of the plan that must be found on the paper: answers, statements, decisions, letters."""
        for part in self.parts:
            yield from _answer_texts(part.answers)
        for line in (*self.check_ins, *self.statements, *self.decision):
            yield from _block_texts(line.blocks, line.says)
        for block in self.signatures:
            for signer in block.signers:
                yield from (signer.name, signer.statement)
        yield from self.letter


def _block_texts(found: Iterable[Mapping[str, Any]], text: str) -> Iterator[str]:
    """The texts of blocks one by one: between them stand the marks of lists."""
    texts = ["".join(run["t"] for run in block["runs"]) for block in found]
    yield from texts or [text]


def _answer_texts(answers: Iterable[Answer]) -> Iterator[str]:
    for answer in answers:
        yield from (c.title for c in answer.choices if c.ticked)
        if not answer.choices:
            yield from _block_texts(answer.blocks, answer.text)
        for row in answer.rows:
            yield from _answer_texts(row.answers)


# -- a plan ------------------------------------------------------------------------------------------------------------


def plan_paper(case: Case, document: Document, imprint: Imprint, reader: Reader = EVERYTHING) -> Paper:
    """A plan as one person reads it, for one of its program's documents."""
    program, plan = case.program, case.plan
    names = {role: listed(case.names(p.code) for p in plan.holders(role)) for role in program.parties}
    return Paper(
        **_frame(program, document, imprint),
        language=plan.language or program.language,
        subject=printable(names.get(program.subject_role, "")),
        lead=printable(names.get(program.lead_role, "")),
        stage=case.stage.title,
        contact=printable(contact_of(case)),
        consequence=_consequence(case, document),
        parts=tuple(_parts(case, document, reader)),
        dates=tuple(_dates(case)),
        check_ins=tuple(_check_ins(case, reader)),
        statements=tuple(
            Line(printable(case.names(s.by)), day_name(s.on), *_said(s.text))
            for s in plan.statements
            if reader.reads(s.seq)
        ),
        signatures=tuple(_signature(case, spec, reader, imprint) for spec in _signed_in(program, document)),
        decision=tuple(_decision(case, reader)),
        files=tuple(
            Line(printable(f.name), day_name(f.on), f"SHA-256 {f.sha256}")
            for f in plan.attachments.values()
            if reader.reads(f.seq)
        ),
    )


def _frame(program: Program, document: Document, imprint: Imprint) -> dict[str, Any]:
    return {
        "layout": document.layout,
        "title": document.title or program.title,
        "organization": printable(imprint.organization),
        "made": day_name(imprint.made.date()),
        "program": f"{program.title}, version {program.version}",
        "summary": program.summary,
        "form_number": program.form_number or "",
        "edition": program.edition or "",
        "number": imprint.number,
        "proof": tuple(_proof(imprint)),
        "mark": f"{imprint.mark}, made on {day_name(imprint.made.date())}" if imprint.mark else "",
        "size": imprint.paper,
        "plan_word": program.words.plan,
        "subject_word": program.words.subject,
        "lead_word": program.words.lead,
        "catalogues": {
            key: tuple(Choice(o.id, o.title, o.says or "") for o in one.options)
            for key, one in program.catalogues.items()
        },
        "basis": tuple(Line(source.title, says=source.url or "") for source in program.basis),
    }


def _proof(imprint: Imprint) -> Iterator[str]:
    if imprint.check:
        yield (
            f"Anybody can check this copy at {imprint.check} without an account: choose the file, or type the reference"
            " beside a signature."
        )
    if imprint.head:
        yield (
            "Below stands a fingerprint of everything that was on record when this copy was made: if any of it were"
            " changed later, it would no longer fit."
        )
        yield f"Chain of this record, SHA-256: {imprint.head}"
    if imprint.log:
        yield f"Log of {printable(imprint.organization)}: {imprint.log}"


def contact_of(case: Case) -> str:
    """Whom the program names for questions about the plan."""
    return str(case.facts.settings.get(case.program.contact.setting) or "")


def _consequence(case: Case, document: Document) -> str:
    """What follows from not improving, unless the paper has it among its answers."""
    program = case.program
    if program.consequence or not program.consequence_field:
        return program.consequence or ""
    if program.home[program.consequence_field] in {s.id for s in sections(program, document)}:
        return ""
    spec = program.field[program.consequence_field]
    return printable(show(spec, case.answer(program.consequence_field), program, case.names))


def sections(program: Program, document: Document) -> Iterator[Section]:
    """The sections a document prints, in its order: those it names, else all that do not stay with the office."""
    named = document.sections or [s.id for s in program.form if not s.withheld]
    yield from (program.section[s] for s in named)


def _parts(case: Case, document: Document, reader: Reader) -> Iterator[Part]:
    for spec in sections(case.program, document):
        written = case.plan.sections.get(spec.id)
        if not case.shown(spec) or not reader.sees(spec.id) or (written is None and not document.sections):
            continue
        found = written.answers if written else {}
        by = f"{printable(case.names(written.by))}, {day_name(written.on)}" if written else ""
        answers = _answers(spec.fields, found, case.values, case.program, case.names, empty=bool(document.sections))
        yield Part(spec.id, spec.print_as or spec.title, spec.guidance or "", by, answers)


def _answers(
    fields: Iterable[FormField],
    answers: Mapping[str, Any],
    around: Values,
    program: Program,
    names: Callable[[str], str],
    *,
    empty: bool,
) -> tuple[Answer, ...]:
    """The answers of a form or a row; with `empty` also the questions nobody answered, as a form shows them."""
    fields = tuple(fields)
    scope = inside(fields, answers, around, program)
    found = []
    for one in fields:
        value = scope.values.get(one.id) if one.kind == "computed" else answers.get(one.id)
        if scope.holds(one.show_if) and (empty or is_answered(value)):
            found.append(_answer(one, value, scope, program, names, empty=empty))
    return tuple(found)


def _answer(
    one: FormField, value: Any, scope: Values, program: Program, names: Callable[[str], str], *, empty: bool
) -> Answer:
    about: dict[str, Any] = {"id": one.id, "title": one.title, "kind": one.kind, "guidance": one.guidance or ""}
    if one.kind == "table":
        rows = tuple(
            Row(
                f"{one.row or 'Row'} {number}",
                _answers(one.fields, row, scope, program, names, empty=empty),
            )
            for number, row in enumerate(value or (), start=1)
        )
        return Answer(**about, rows=rows, row=one.row or "Row", columns=tuple(f.title for f in one.fields))
    text = show(one, value, program, names)
    if one.kind in OWN_WORDS:
        plain, set_in = _said(text)
        return Answer(**about, text=plain, blocks=set_in)
    choices = tuple(_choices(one, value, program)) if one.kind in ("choice", "choices") else ()
    return Answer(**about, text=printable(text), choices=choices)


def _said(text: str) -> tuple[str, tuple[Mapping[str, Any], ...]]:
    """A person's words twice: as they must be found on the paper, and in blocks."""
    found = blocks(text)
    return "\n".join("".join(run["t"] for run in block["runs"]) for block in found), tuple(found)


def _choices(one: FormField, value: Any, program: Program) -> Iterator[Choice]:
    given = list(value or ()) if one.kind == "choices" else [value]
    chosen = {v["id"] if isinstance(v, Mapping) and "id" in v else v for v in given if not _in_words(v)}
    for option in options_of(one, program):
        yield Choice(option.id, option.title, option.says or "", option.id in chosen)
    for other in (v["other"] for v in given if _in_words(v)):
        yield Choice("other", printable(str(other)), "", ticked=True)


def _in_words(value: Any) -> bool:
    return isinstance(value, Mapping) and "other" in value


def _dates(case: Case) -> Iterator[Line]:
    """Every period of the plan, with how its end was computed; one that moved shows where it stood."""
    for state in case.plan.clocks.values():
        title = case.program.clock[state.id].title
        moved = f" It was to end on {day_name(state.original)}." if state.end != state.original else ""
        yield Line(title, f"{day_name(state.start)} to {day_name(state.end)}", f"{sentence(state.how)}{moved}")
    for pause in case.plan.pauses:
        last = f" to {day_name(pause.last)}" if pause.last else ", still running"
        yield Line("Paused", f"{day_name(pause.start)}{last}")


def _check_ins(case: Case, reader: Reader) -> Iterator[Line]:
    """Every check-in that was due or is still to come: what an end made needless is not there."""
    live = [c for c in case.plan.checkins.values() if not c.cancelled and c.rhythm in case.program.checkin]
    ahead = checkins_ahead(case)
    due = [c for c in live if c.held or c.due < case.today or c in ahead]
    for check in sorted(due, key=lambda c: (c.due, c.id)):
        spec = case.program.checkin[check.rhythm]
        read = check.held is not None and reader.reads(check.held_seq)
        found = _answers(spec.after, check.answers, case.values, case.program, case.names, empty=False) if read else ()
        said = [f"{a.title}: {a.text}" for a in found if a.text]
        said += [_progress(case, p, reader) for p in check.progress] if read else []
        said += [f"Next: {check.next_step}"] if read and check.next_step else []
        about = [printable(_row_name(case, check.table, check.row, reader))] if check.row else []
        became = "\n".join([*about, _held(check, case.today)])
        yield Line(f"{spec.title}, {day_name(check.due)}", became, *_said("\n\n".join(said)))


def _held(check: CheckInState, today: date) -> str:
    if check.held:
        late = "Missed, held late on" if check.missed else "Held on"
        return f"{late} {day_name(check.held)}"
    if check.missed:
        return "Missed"
    return "Nothing is on record of it" if check.due < today else f"Planned for {day_name(check.due)}"


def _row_name(case: Case, table: str, row: str, reader: Reader) -> str:
    """What a row of the form is called: what its first column chose, with what was asked further of that choice; else,
    and where two chose the same, its number.
    """
    spec, rows = case.program.field.get(table), case.rows(table)
    number = next((n for n, one in enumerate(rows, start=1) if one["_id"] == row), 0)
    if spec is None or not number:
        return (spec.row if spec else None) or "Goal"
    numbered = f"{spec.row or 'Row'} {number}"
    if not reader.sees(case.program.home.get(table, "")):
        return numbered
    names = [_chosen(case, spec, one) for one in rows]
    name = names[number - 1]
    return f"{numbered}, {name}" if name and names.count(name) > 1 else name or numbered


def _chosen(case: Case, table: FormField, row: Mapping[str, Any]) -> str:
    first, *others = table.fields
    if first.kind != "choice" or not is_answered(row.get(first.id)):
        return ""
    further = (f for f in others if first.id in (f.show_if or "") and is_answered(row.get(f.id)))
    asked = listed(f"{f.title.lower()}: {show(f, row[f.id], case.program, case.names)}" for f in further)
    return show(first, row[first.id], case.program, case.names) + (f" ({asked})" if asked else "")


def _progress(case: Case, told: Mapping[str, Any], reader: Reader) -> str:
    """What a check-in reports on a goal, in a line."""
    which = _row_name(case, str(told.get("table")), str(told.get("row")), reader)
    parts = [f"{told['value']:g}" if isinstance(told.get("value"), int | float) else "", told.get("observation") or ""]
    source = f" ({told['source']})" if told.get("source") else ""
    return f"{which}: {'; '.join(str(p) for p in parts if p)}{source}"


def _signed_in(program: Program, document: Document) -> Iterator[Signature]:
    """The signatures that stand under what a document prints."""
    printed = {s.id for s in sections(program, document)}
    return (spec for spec in program.signatures if printed & set(spec.covers))


def _signature(case: Case, spec: Signature, reader: Reader, imprint: Imprint) -> Block:
    given = [
        s
        for (signature, _), s in case.plan.signers.items()
        if signature == spec.id and not s.voided and reader.reads(s.seq)
    ]
    lines = [_signer(case, s, imprint) for s in given]
    done = {s.signer for s in given}
    if spec.each or not lines:
        waiting = [p for role in spec.by for p in case.plan.holders(role) if p.code not in done]
        lines += [Signer(_role(case, spec.by, p.code), printable(case.names(p.code))) for p in waiting]
    return Block(spec.id, spec.title, spec.meaning, tuple(lines) or (Signer(_titles(case.program, spec.by)),))


def _signer(case: Case, state: SignatureState, imprint: Imprint) -> Signer:
    witnessed = state.by != state.signer and (bool(state.paper) or state.outcome in WITNESSED)
    on_paper = ", on paper" if state.paper else ""
    scan = case.plan.attachments.get(state.paper)
    return Signer(
        _role(case, case.program.signature[state.id].by if state.paper else (state.role,), state.signer),
        printable(case.names(state.signer)),
        OUTCOMES[state.outcome].capitalize() + on_paper,
        day_name(state.on),
        _said(state.statement)[0],
        printable(listed((case.names(state.by), *state.witnesses))) if witnessed else "",
        reference(imprint.number, state.digest),
        grouped(scan.sha256[:12]) if scan else "",
        how_confirmed(state.step_up),
    )


def grouped(digits: str) -> str:
    """A fingerprint in fours, to be compared by eye."""
    return "\u00a0".join(digits[start : start + 4] for start in range(0, len(digits), 4))


def _role(case: Case, roles: Iterable[str], code: str) -> str:
    held = [r for r in roles if r in case.plan.roles(code)] or list(roles)
    return _titles(case.program, held[:1])


def _titles(program: Program, roles: Iterable[str]) -> str:
    return listed((program.parties[r].title for r in roles if r in program.parties), "or")


def _decision(case: Case, reader: Reader) -> Iterator[Line]:
    decision = case.plan.decision
    if decision is None or not reader.reads(decision.seq):
        return
    finding = case.program.finding.get(decision.finding)
    disposition = case.program.disposition.get(decision.disposition)
    yield Line("Decided on", day_name(decision.on))
    yield Line("Finding", says=finding.title if finding else decision.finding)
    if disposition:
        yield Line("What follows", says=disposition.title)
    if decision.reasons:
        yield Line("Reasons", "", *_said(decision.reasons))


def signing_paper(case: Case, document: Document, spec: Signature, imprint: Imprint) -> Paper:
    """What one signature covers, and the statement it makes, with lines to sign on: the very words, and nothing that
    changes while people sign. It bears the day of the words.
    """
    words = _words_to_sign(case, document, spec, imprint)
    return replace(words, mark=f"{imprint.mark}, words of {words.made}")


def _words_to_sign(case: Case, document: Document, spec: Signature, imprint: Imprint) -> Paper:
    covers = document.model_copy(update={"sections": tuple(spec.covers)})
    names = {role: listed(case.names(p.code) for p in case.plan.holders(role)) for role in case.program.parties}
    lines = tuple(_lines(case, spec.by)) or (Signer(_titles(case.program, spec.by)),)
    return Paper(
        **_frame(case.program, covers, imprint),
        language=case.plan.language or case.program.language,
        subject=printable(names.get(case.program.subject_role, "")),
        lead=printable(names.get(case.program.lead_role, "")),
        contact=printable(contact_of(case)),
        consequence=_consequence(case, covers),
        parts=tuple(_parts(case, covers, EVERYTHING)),
        signatures=(Block(spec.id, spec.title, spec.meaning, lines),),
    )


def executed_paper(case: Case, document: Document, states: Sequence[SignatureState], imprint: Imprint) -> Paper:
    """The signed words, with every signature that stands in its place on the page."""
    covers = document.model_copy(update={"sections": covered_by(case, states)})
    specs = {s.id: case.program.signature[s.id] for s in states}
    blocks_ = (
        Block(spec.id, spec.title, spec.meaning, tuple(_signer(case, s, imprint) for s in states if s.id == spec.id))
        for spec in specs.values()
    )
    paper = _words_to_sign(case, covers, next(iter(specs.values())), imprint)
    return replace(paper, parts=tuple(_parts(case, covers, EVERYTHING)), signatures=tuple(blocks_))


def executed_record(case: Case, document: Document, states: Sequence[SignatureState], imprint: Imprint) -> bytes:
    """What is attached to an executed copy: the signed words and the signatures, as canonical JSON (RFC 8785)."""
    plan = case.plan
    return canonical(
        {
            "format": EXECUTED,
            "plan": imprint.number,
            "organization": imprint.organization,
            "program": {"key": plan.program, "version": plan.version, "digest": plan.digest, "variant": plan.variant},
            "document": document.id,
            "entries": plan.seq,
            "head": imprint.head,
            "people": {code: case.names(code) for code in {s.signer for s in states} | {s.by for s in states}},
            "sections": {key: plan.sections[key].answers for key in covered_by(case, states) if key in plan.sections},
            "signatures": [
                {
                    "signature": s.id,
                    "meaning": case.program.signature[s.id].meaning,
                    "signer": s.signer,
                    "recorded_by": s.by,
                    "witnesses": list(s.witnesses),
                    "outcome": s.outcome,
                    "on": s.on.isoformat(),
                    "covers": s.digest,
                    "copy": s.copy,
                    "paper": case.plan.attachments[s.paper].sha256 if s.paper in case.plan.attachments else "",
                    "statement": s.statement,
                    "step_up": s.step_up,
                    "entry": s.seq,
                }
                for s in states
            ],
        }
    )


# -- a blank form, a letter --------------------------------------------------------------------------------------------


def blank_paper(program: Program, document: Document, imprint: Imprint) -> Paper:
    """The empty form: every question, room for what is written, lines to sign on."""
    return Paper(
        **_frame(program, document, imprint),
        language=program.language,
        blank=True,
        contact=printable(imprint.contact),
        consequence=program.consequence or "",
        parts=tuple(
            Part(s.id, s.print_as or s.title, s.guidance or "", "", _questions(s.fields, document, program))
            for s in sections(program, document)
        ),
        signatures=tuple(
            Block(s.id, s.title, s.meaning, tuple(Signer(program.parties[r].title) for r in s.by[:1]))
            for s in _signed_in(program, document)
        ),
    )


def _questions(fields: Iterable[FormField], document: Document, program: Program) -> tuple[Answer, ...]:
    return tuple(_question(one, document, program) for one in fields if one.kind != "computed")


def _question(one: FormField, document: Document, program: Program) -> Answer:
    about: dict[str, Any] = {"id": one.id, "title": one.title, "kind": one.kind, "guidance": one.guidance or ""}
    if one.kind == "table":
        count = len(one.rows) or document.blanks.get(one.id) or max(one.min_rows, 1)
        rows = (Row(f"{one.row or 'Row'} {n}", _questions(one.fields, document, program)) for n in range(1, count + 1))
        return Answer(**about, rows=tuple(rows), row=one.row or "Row", columns=tuple(f.title for f in one.fields))
    boxes = [Choice(box, title) for box, title in tickable(one, program)]
    return Answer(**about, choices=(*boxes, *([Choice(IN_WORDS, "")] if one.other else [])))


def letter_paper(case: Case, letter: Letter, imprint: Imprint) -> Paper:
    """A letter of the program, its merge fields filled. The day and the contact stand on it once: where its own words
    name them, nowhere else.
    """
    document = Document(id=letter.id, title=letter.title, layout="letter")
    named = applying(case, letter)
    frame = _frame(case.program, document, imprint) | ({"made": ""} if "today" in named else {})
    return Paper(
        **frame,
        language=case.plan.language or case.program.language,
        contact="" if "contact" in named or "contact" in letter.to else printable(contact_of(case)),
        to=printable(recipients(case, letter)),
        letter=tuple(printable(p) for p in paragraphs(case, letter)),
        signatures=(Block(letter.id, letter.title, "", tuple(_lines(case, letter.by))),) if letter.by else (),
    )


def _lines(case: Case, roles: Iterable[str]) -> Iterator[Signer]:
    """Lines to sign on for whoever holds these roles."""
    for role in roles:
        for party in case.plan.holders(role):
            yield Signer(_titles(case.program, [role]), printable(case.names(party.code)))


# -- the record inside -------------------------------------------------------------------------------------------------


def record(case: Case, imprint: Imprint, reader: Reader = EVERYTHING) -> bytes:
    """The plan as canonical JSON (RFC 8785), as it is attached to its papers: what this reader reads, exactly."""
    plan = case.plan
    return canonical(
        {
            "format": FORMAT,
            "plan": imprint.number,
            "organization": imprint.organization,
            "program": {"key": plan.program, "version": plan.version, "digest": plan.digest, "variant": plan.variant},
            "entries": plan.seq,
            "head": imprint.head,
            "stage": plan.stage,
            "people": {code: case.names(code) for code in plan.parties},
            "parties": {code: list(party.roles) for code, party in plan.parties.items()},
            "sections": {
                key: {"answers": w.answers, "by": w.by, "on": w.on.isoformat(), "entry": w.seq}
                for key, w in plan.sections.items()
                if reader.sees(key)
            },
            "signatures": [
                {
                    "signature": s.id,
                    "signer": s.signer,
                    "outcome": s.outcome,
                    "on": s.on.isoformat(),
                    "covers": s.digest,
                    "statement": s.statement,
                    "entry": s.seq,
                }
                for s in plan.signers.values()
                if not s.voided and reader.reads(s.seq)
            ],
            "statements": [
                {"by": s.by, "on": s.on.isoformat(), "text": s.text, "entry": s.seq}
                for s in plan.statements
                if reader.reads(s.seq)
            ],
        }
    )
