"""Talking: comments and suggested changes, their answers, statements nobody can edit, dated corrections."""

from collections.abc import Iterable
from dataclasses import replace

from upturn.core.audience import addressed, section_readers, voices
from upturn.core.case import Case
from upturn.core.commands import Comment, Correct, Reply, State
from upturn.core.events import Answered, Commented, Corrected, Event, Replied, Stated
from upturn.core.fields import clean_answers
from upturn.core.plan import CommentState
from upturn.core.program import Section
from upturn.core.refusals import Refusal, Refused
from upturn.core.verbs.base import Verb, by_role, first, in_stage, no, numbered, role_of, while_open, words


def readers_now(case: Case, spec: Section) -> tuple[str, ...]:
    """Who reads a section at this moment of the plan."""
    return section_readers(case.program, spec, case.plan.stage)


def _comment_open(case: Case, target: str) -> Refusal | None:
    spec = case.program.section.get(target)
    if spec is None:
        return no(case, "There is no such section.")
    comments = case.program.comments
    stage = in_stage(case, comments.in_, "Commenting") if comments.in_ else None
    what = f"Commenting on “{spec.title}”"
    unknown = None if case.plan.told or not spec.withheld else no(case, f"{what} is not open.")
    return first(while_open(case), stage, by_role(case, _commenters(case, spec), what), unknown)


def _commenters(case: Case, spec: Section) -> tuple[str, ...]:
    """Who may comment on a section now: of its readers those the program names, or else all."""
    named = case.program.comments.by
    return tuple(r for r in voices(case.program, readers_now(case, spec)) if not named or r in named)


def _comment(case: Case, command: Comment) -> list[Event]:
    spec = case.program.section[command.section]
    text = words(command.text, "Your comment", field="text")
    readers = _narrowed(case, readers_now(case, spec), command.audience)
    if command.field and command.field not in {f.id for f in spec.fields}:
        raise Refused(Refusal("field", "There is no such question in this section.", field="field"))
    number = max(case.plan.comments, default=0) + 1
    event = Commented(
        number=number,
        section=spec.id,
        text=text,
        proposed=words(command.proposed, "The wording you suggest", at_least=0, field="proposed"),
        field=command.field,
        role=role_of(case, _commenters(case, spec)),
    )
    return [addressed(case, event, readers, withheld=spec.withheld)]


def _narrowed(case: Case, readers: tuple[str, ...], audience: Iterable[str]) -> tuple[str, ...]:
    """A narrower audience, chosen on purpose; the writer reads it, and nobody who does not read the section."""
    wanted = set(audience)
    if not wanted:
        return readers
    beyond = wanted - set(readers)
    if beyond:
        raise Refused(
            Refusal("audience", f"{case.titles(sorted(beyond), 'and')} cannot read this section.", field="audience")
        )
    return tuple(r for r in readers if r in wanted | case.actor.roles)


COMMENT = Verb(
    name="comment",
    command=Comment,
    target=lambda c: str(c.section),
    targets=lambda case: case.program.section,
    open_to=_comment_open,
    events=_comment,
)


def _reply_open(case: Case, target: str) -> Refusal | None:
    comment = case.plan.comments.get(numbered(target))
    if comment is None or not set(comment.audience + (comment.later if case.plan.told else ())) & case.actor.roles:
        return no(case, "There is no such comment.")
    return first(while_open(case), by_role(case, voices(case.program, case.program.parties), "Answering a comment"))


def _reply(case: Case, command: Reply) -> list[Event]:
    comment: CommentState = case.plan.comments[command.number]
    spec = case.program.section[comment.section]
    writes = case.holds_role(spec.by) or case.holds_role(case.program.of_kind("lead", "office"))
    if command.outcome not in ("accepted", "declined", "noted"):
        raise Refused(Refusal("outcome", "Accept it, decline it, or answer in words.", field="outcome"))
    if command.outcome != "noted":
        if comment.by == case.actor.code:
            raise Refused(no(case, "A suggestion is answered by the other side, not by its author."))
        if not writes:
            raise Refused(
                no(case, f"A suggestion for “{spec.title}” is answered by {case.titles(spec.by)}.", rule="role")
            )
        if comment.answered:
            raise Refused(no(case, "This suggestion has its answer already."))
    needs_reason = command.outcome in ("declined", "noted")
    reason = words(command.reason, "Your answer", field="reason") if needs_reason else command.reason.strip()
    role = role_of(case, (*spec.by, *voices(case.program, case.program.parties)))
    event = Replied(to="comment", number=command.number, outcome=command.outcome, reason=reason, role=role)
    events: list[Event] = [_like(event, comment)]
    if command.outcome == "accepted":
        events += _taken_over(case, spec, comment)
    return events


def _like(event: Replied, comment: CommentState) -> Replied:
    """A reply is read by whoever reads the comment."""
    return replace(event, audience=comment.audience, later=comment.later)


def _taken_over(case: Case, spec: Section, comment: CommentState) -> list[Event]:
    """An accepted wording goes into its question, where it is an answer to it and the section can be written now."""
    field = next((f for f in spec.fields if f.id == comment.field and f.kind not in ("table", "computed")), None)
    writers = spec.writers(case.plan.stage)
    if field is None or not comment.proposed or case.plan.stage not in spec.in_ or not case.holds_role(writers):
        return []
    before = case.plan.sections.get(spec.id)
    proposed = {**(before.answers if before else {}), field.id: comment.proposed}
    answers, problems = clean_answers(spec.fields, proposed, case.values, case.program)
    if problems or field.id not in answers:
        return []
    event = Answered(
        section=spec.id,
        answers=answers,
        role=role_of(case, writers),
        why=f"Suggested change {comment.number} was accepted.",
    )
    return [addressed(case, event, readers_now(case, spec), withheld=spec.withheld)]


REPLY = Verb(
    name="reply",
    command=Reply,
    target=lambda c: str(c.number),
    targets=lambda case: [str(n) for n in case.plan.comments],
    open_to=_reply_open,
    events=_reply,
    reads=lambda c: frozenset({f"comment:{c.number}"}),
)


def _state_open(case: Case, _target: str) -> Refusal | None:
    return by_role(case, _speakers(case), "A statement")


def _speakers(case: Case) -> tuple[str, ...]:
    """Who may make a statement: the person a plan is about, who stands by that person, whom the program names."""
    program = case.program
    roles = (program.subject_role, *program.of_kind("representative"), *voices(program, program.statements.by))
    return tuple(dict.fromkeys(roles))


def _state(case: Case, command: State) -> list[Event]:
    text = words(command.text, "Your statement", field="text")
    if any(s.by == case.actor.code and s.text == text for s in case.plan.statements[-1:]):
        return []  # pressed twice: it says so already
    number = len(case.plan.statements) + 1
    role = role_of(case, _speakers(case))
    return [addressed(case, Stated(number=number, text=text, about=command.about[:100], role=role, on=command.on))]


STATE = Verb(
    name="state",
    command=State,
    target=lambda c: "plan",
    targets=lambda case: ["plan"],
    open_to=_state_open,
    events=_state,
)


def _correct_open(case: Case, target: str) -> Refusal | None:
    number = numbered(target)
    if not 1 <= number <= case.plan.seq or not case.actor.roles:
        return no(case, "There is no such entry.")
    author, audience, later = case.plan.readers[number - 1]
    if not set(audience + (later if case.plan.told else ())) & case.actor.roles and author != case.actor.code:
        return no(case, "There is no such entry.")
    roles = case.program.administration.correct or case.program.of_kind("office")
    if author == case.actor.code or case.holds_role(roles):
        return None
    return no(case, f"An entry is corrected by whoever wrote it, or by {case.titles(roles)}.", rule="role")


def _correct(case: Case, command: Correct) -> list[Event]:
    text = words(command.text, "The correction", field="text")
    _author, audience, later = case.plan.readers[command.seq - 1]
    return [
        Corrected(
            seq=command.seq,
            text=text,
            role=role_of(case, case.program.parties),
            audience=audience,
            later=later,
            on=command.on,
        )
    ]


CORRECT = Verb(
    name="correct",
    command=Correct,
    target=lambda c: str(c.seq),
    targets=lambda case: [str(n) for n in range(1, case.plan.seq + 1)],
    open_to=_correct_open,
    events=_correct,
)

VERBS = (COMMENT, REPLY, STATE, CORRECT)
