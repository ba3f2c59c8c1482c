"""What is written in a plan, as far as a person reads it: sections, comments, talks, what stays with the office."""

from collections.abc import Iterable, Iterator
from typing import Any

from upturn.core.audience import section_readers
from upturn.core.case import Case
from upturn.core.events import Opened
from upturn.core.plan import CommentState
from upturn.core.program import Section
from upturn.core.wording import day_name, listed
from upturn.records.access import Look
from upturn.web.addresses import address
from upturn.web.page.standing import role_names
from upturn.web.shown import Shown, shown_answers


def section_sees(found: Look, spec: Section) -> list[str]:
    return role_names(found.case, section_readers(found.case.program, spec, found.case.plan.stage), found.actor.roles)


def sections(found: Look) -> Iterator[dict[str, Any]]:
    """The sections this person reads, with comments and what may be done with them."""
    case = found.case
    for spec in case.program.form:
        if not case.shown(spec):
            continue
        written = case.plan.sections.get(spec.id)
        readable = written is not None and found.sees_section(spec.id)
        writable = f"answer:{spec.id}" in found.offers
        if not (readable or writable):
            continue
        yield {
            "id": spec.id,
            "title": spec.title,
            "answers": answers_of(case, spec) if readable else (),
            "by": case.names(written.by) if written and readable else "",
            "on": written.on if written and readable else None,
            "who_sees": section_sees(found, spec),
            "write_url": address(found.row.pk, f"answer:{spec.id}")
            if writable and not found.offers[f"answer:{spec.id}"].refusals
            else "",
            "closed": [r.sentence for r in found.offers[f"answer:{spec.id}"].refusals] if writable else [],
            "comment_url": address(found.row.pk, f"comment:{spec.id}")
            if readable and f"comment:{spec.id}" in found.offers
            else "",
            "comments": [
                remark(found, c)
                for c in case.plan.comments.values()
                if c.section == spec.id and found.reads_entry(c.seq)
            ],
            "cites": spec.cites,
            "open": any(c.section == spec.id and c.proposed and not c.answered for c in case.plan.comments.values()),
        }


def concern(found: Look) -> dict[str, Any] | None:
    """What the plan was opened with, as its own entry: to be read by whoever answers it, not looked for."""
    opened = next((f for f in found.entries if isinstance(f.event, Opened)), None)
    if opened is None or not isinstance(opened.event, Opened):
        return None
    case = found.case
    answers = shown_answers(case.program.start.fields, opened.event.answers, case.values, case.program, case.names)
    if not answers:
        return None
    return {"answers": answers, "by": case.names(opened.actor), "on": opened.day()}


def answers_of(case: Case, spec: Section) -> tuple[Shown, ...]:
    written = case.plan.sections.get(spec.id)
    return shown_answers(spec.fields, written.answers if written else {}, case.values, case.program, case.names)


def remark(found: Look, comment: CommentState) -> dict[str, Any]:
    """A comment or suggestion with its answers."""
    case = found.case
    words = {"accepted": "Accepted", "declined": "Declined", "noted": "Answered"}
    replies = [
        f"{words[o]} by {case.names(by)} on {day_name(on)}{': ' + text if text else ''}"
        for by, o, text, on in comment.replies
    ]
    audience = comment.audience + (comment.later if case.plan.told else ())
    open_ = f"reply:{comment.number}" in found.offers and not (comment.proposed and comment.answered)
    return {
        "id": f"comment-{comment.number}",
        "author": case.names(comment.by),
        "at": comment.on,
        "words": comment.text,
        "before": "",
        "after": comment.proposed,
        "who_sees": role_names(case, audience, found.actor.roles),
        "replies": replies,
        "reply_url": address(found.row.pk, f"reply:{comment.number}") if open_ else "",
        "suggestion": bool(comment.proposed),
    }


def withheld(found: Look) -> Iterator[dict[str, Any]]:
    """What stays with the office, listed to the person it is about as existing (never its words)."""
    case = found.case
    if case.program.subject_role not in found.actor.roles:
        return
    for spec in case.program.form:
        written = case.plan.sections.get(spec.id)
        if spec.withheld and written and not found.sees_section(spec.id):
            yield {"title": spec.title, "on": written.on, "by": case.titles([written.role], "and")}
    screening = case.program.screening
    if screening and screening.withheld:
        for part in screening.parts:
            if part.id in case.plan.screened:
                yield {"title": part.title, "on": case.plan.screened[part.id].on, "by": case.titles(part.by, "and")}
    for one in case.program.logs:
        for record in case.plan.logs.get(one.id, ()) if one.withheld else ():
            yield {"title": one.title, "on": record.on, "by": case.titles([record.role], "and")}


def records(found: Look) -> Iterator[dict[str, Any]]:
    """Dated records this person reads: discussions, contacts, screening answers."""
    case = found.case
    for spec in case.program.logs:
        for record in case.plan.logs.get(spec.id, ()):
            if found.reads_entry(record.seq):
                yield {
                    "title": f"{spec.title} {record.number}" if len(case.plan.logs[spec.id]) > 1 else spec.title,
                    "on": record.on,
                    "by": case.names(record.by),
                    "attended": listed(present_names(case, record.attended)),
                    "answers": shown_answers(spec.fields, record.answers, case.values, case.program, case.names),
                    "corrections": corrections(case, record.seq),
                }
    screening = case.program.screening
    for part in screening.parts if screening else ():
        written = case.plan.screened.get(part.id)
        if written and found.reads_entry(written.seq):
            result = next((r.says for r in screening.results if r.id == case.plan.screening), "") if screening else ""
            yield {
                "title": part.title,
                "on": written.on,
                "by": case.names(written.by),
                "attended": "",
                "answers": shown_answers(part.fields, written.answers, case.values, case.program, case.names),
                "corrections": corrections(case, written.seq),
                "result": result,
            }


def present_names(case: Case, attended: Iterable[str]) -> list[str]:
    return [
        case.names(a)
        if a in case.plan.parties or a in case.facts.people
        else case.program.parties[a].title
        if a in case.program.parties
        else a
        for a in attended
    ]


def corrections(case: Case, seq: int) -> list[str]:
    return [f"{case.names(by)}, {day_name(on)}: {text}" for by, text, on in case.plan.corrections.get(seq, ())]
