"""Talking on a plan: comments and suggested changes, their answers, statements, dated corrections."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from upturn.core.commands import Comment, Correct, Reply, State
from upturn.core.program import FormField, Section
from upturn.core.verbs.talking import readers_now
from upturn.core.wording import day_name, listed
from upturn.records.access import Look
from upturn.records.timeline import timeline
from upturn.web.forms import DayField, Small
from upturn.web.page import words
from upturn.web.shown import shown_answers
from upturn.web.views.acting.readers import audience, named_readers
from upturn.web.views.acting.sheet import Given, Sheet, acted

both = require_http_methods(["GET", "HEAD", "POST"])
EVERYBODY = "all"


@both
def comment(request: HttpRequest, plan: str, section: str) -> HttpResponse:
    """Comment on a section, or suggest other words for it; the audience is the section's unless narrowed on purpose."""
    wanted = request.GET.get("question", "")
    return acted(
        request, plan, f"comment:{section}", lambda look: _comment_sheet(look, look.program.section[section], wanted)
    )


def _comment_sheet(look: Look, spec: Section, wanted: str) -> Sheet:
    readers = readers_now(look.case, spec)
    who, since = audience(look, readers, withheld=spec.withheld)
    written = look.plan.sections.get(spec.id)
    shown = written is not None and look.sees_section(spec.id)
    return Sheet(
        title=f"Comment on “{spec.title}”",
        button="Share this comment",
        said=f"Your comment on “{spec.title}” is shared.",
        lede="A comment is read with the section it is about. With a suggested wording, the other side answers it.",
        own=_comment_form(look, spec, readers, wanted),
        who=who,
        since=since,
        template="acting/comment.html",
        context={"answers": _answers(look, spec) if shown else (), "section": spec, "comments": _comments(look, spec)},
        command=lambda given: _comment(look, spec, readers, given),
        then=lambda _done: f"{reverse('plan', kwargs={'plan': look.row.pk})}#section-{spec.id}",
    )


def _comment(look: Look, spec: Section, readers: tuple[str, ...], given: Given) -> Comment:
    chosen = [r for r in given.own.get("only") or () if r in readers]
    narrowed = given.own.get("audience") == "some"
    return Comment(
        section=spec.id,
        text=given.own["text"],
        proposed=given.own["proposed"],
        field=given.own["field"],
        audience=tuple(chosen) or tuple(r for r in readers if r in look.roles) if narrowed else (),
    )


def _answers(look: Look, spec: Section) -> object:
    answers = look.plan.sections[spec.id].answers
    return shown_answers(spec.fields, answers, look.case.values, look.program, look.name)


def _comments(look: Look, spec: Section) -> list[dict[str, object]]:
    found = [c for c in look.plan.comments.values() if c.section == spec.id and look.reads_entry(c.seq)]
    return [words.remark(look, c) for c in found]


def _texts(spec: Section) -> list[FormField]:
    return [f for f in spec.fields if f.kind in ("text", "longtext")]


def _comment_form(look: Look, spec: Section, readers: tuple[str, ...], wanted: str) -> type[Small]:
    questions = [("", "The section as a whole"), *((f.id, f.title) for f in spec.fields)]
    others = [(r, listed(named_readers(look, [r]))) for r in readers if r not in look.roles]
    text = next((f for f in _texts(spec) if f.id == wanted), None)
    written = look.plan.sections.get(spec.id)
    now = str(written.answers.get(text.id, "")) if text and written and look.sees_section(spec.id) else ""

    class CommentForm(Small):
        field = forms.ChoiceField(label="What is it about?", choices=questions, initial=wanted, required=False)
        text = forms.CharField(
            label="Your comment",
            help_text="What do you want to say, and why?",
            widget=forms.Textarea,
            error_messages={"required": "Write your comment"},
        )
        proposed = forms.CharField(
            label="The words you suggest instead",
            help_text="Leave this empty for a comment only. A suggestion is accepted or declined, and both are kept.",
            widget=forms.Textarea,
            required=False,
            initial=now,
        )
        audience = forms.ChoiceField(
            label="Who shall read it?",
            choices=[(EVERYBODY, "Everybody who reads this section"), ("some", "Only those chosen here")],
            initial=EVERYBODY,
            widget=forms.RadioSelect,
            required=False,
        )
        only = forms.MultipleChoiceField(
            label="Only these, and you", choices=others, widget=forms.CheckboxSelectMultiple, required=False
        )

        def clean_proposed(self) -> str:
            """Words that are the ones there already suggest nothing."""
            typed = str(self.cleaned_data["proposed"]).strip()
            return "" if typed == now.strip() else typed

        def clean(self) -> None:
            if self.cleaned_data.get("audience") == "some" and not self.cleaned_data.get("only"):
                self.add_error("only", "Choose at least one reader, or choose everybody who reads this section")

    if len(others) < 2:  # there is nobody to narrow it to
        CommentForm.base_fields.pop("audience")
        CommentForm.base_fields.pop("only")
    return CommentForm


@both
def reply(request: HttpRequest, plan: str, number: str) -> HttpResponse:
    """Answer a comment, or accept or decline a suggested change."""
    return acted(request, plan, f"reply:{number}", lambda look: _reply_sheet(look, int(number)))


def _reply_sheet(look: Look, number: int) -> Sheet:
    comment = look.plan.comments[number]
    spec = look.program.section[comment.section]
    offered = _answers_open(look, number)
    readers = comment.audience + (comment.later if look.plan.told else ())
    title = "Answer a suggested change" if comment.proposed else "Answer a comment"
    written = look.plan.sections.get(spec.id)
    before = str(written.answers.get(comment.field, "")) if written and look.sees_section(spec.id) else ""
    field = next((f for f in _texts(spec) if f.id == comment.field), None)
    return Sheet(
        title=f"{title} on “{spec.title}”",
        button="Send this answer",
        said="Your answer is on record.",
        own=_reply_form(offered),
        who=["you", *named_readers(look, readers)],
        template="acting/reply.html",
        context={
            "remark": words.remark(look, comment) | {"before": before if field else ""},
            "about": field.title if field else "",
            "goes_in": bool(
                field
                and comment.proposed
                and look.plan.stage in spec.in_
                and look.case.holds_role(spec.writers(look.plan.stage))
            ),
        },
        command=lambda given: Reply(number=number, outcome=given.own["outcome"], reason=given.own["reason"]),
        then=lambda _done: f"{reverse('plan', kwargs={'plan': look.row.pk})}#comment-{number}",
    )


def _answers_open(look: Look, number: int) -> list[tuple[str, str]]:
    """Accepting and declining are for the side that writes, once; words are for every reader."""
    comment = look.plan.comments[number]
    spec = look.program.section[comment.section]
    writes = look.case.holds_role(spec.by) or look.case.holds_role(look.program.of_kind("lead", "office"))
    settles = comment.proposed and writes and not comment.answered and comment.by != look.actor.code
    yes_no = [("accepted", "Accept the change"), ("declined", "Keep the words as they are, and say why")]
    return [*(yes_no if settles else []), ("noted", "Answer in words")]


def _reply_form(offered: list[tuple[str, str]]) -> type[Small]:
    class ReplyForm(Small):
        outcome = forms.ChoiceField(
            label="Your answer",
            choices=offered,
            widget=forms.RadioSelect if len(offered) > 1 else forms.HiddenInput,
            initial=offered[0][0] if len(offered) == 1 else None,
            error_messages={"required": "Choose your answer"},
        )
        reason = forms.CharField(
            label="In words" if len(offered) == 1 else "Why, in words",
            help_text="" if len(offered) == 1 else "Needed when you decline. The other side reads it.",
            widget=forms.Textarea,
            required=len(offered) == 1,
            error_messages={"required": "Write your answer"},
        )

    return ReplyForm


@both
def state(request: HttpRequest, plan: str) -> HttpResponse:
    """Make a statement nobody can edit."""
    return acted(request, plan, "state:plan", lambda look: _state_sheet(look, request.GET.get("about", "")))


def _state_sheet(look: Look, about: str) -> Sheet:
    who, since = audience(look)
    subjects = [("", f"The {look.program.words.plan} as a whole"), *_abouts(look)]

    class StatementForm(Small):
        about = forms.ChoiceField(label="What is it about?", choices=subjects, required=False)
        text = forms.CharField(
            label="Your statement",
            help_text="It is kept word for word and goes wherever the record goes.",
            widget=forms.Textarea,
            error_messages={"required": "Write your statement"},
        )

    StatementForm.base_fields["about"].initial = about if about in dict(subjects) else ""
    return Sheet(
        title="Make a statement",
        button="Put this statement on record",
        said="Your statement is on record, word for word.",
        says=["Nobody can edit a statement, you neither. If you want to add something later, make another one."],
        own=StatementForm,
        who=who,
        since=since,
        command=lambda given: State(text=given.own["text"], about=given.own["about"]),
        then=lambda _done: f"{reverse('plan', kwargs={'plan': look.row.pk})}#statements",
    )


def _abouts(look: Look) -> list[tuple[str, str]]:
    """What a statement may be about: the stage, sections that are written, signatures, the decision."""
    found = [(look.plan.stage, f"Where it stands now: {look.case.stage.title}")]
    found += [(s, f"“{look.program.section[s].title}”") for s in look.plan.sections if look.sees_section(s)]
    found += [(s, f"“{look.program.signature[s].title}”") for s in look.plan.signatures if s in look.program.signature]
    decision = look.plan.decision
    if decision and look.reads_entry(decision.seq):
        found.append(("decision", f"The decision of {day_name(decision.on)}"))
    return found


@both
def correct(request: HttpRequest, plan: str, seq: str) -> HttpResponse:
    """Correct an entry by a dated one; both stay readable."""
    return acted(request, plan, f"correct:{seq}", lambda look: _correct_sheet(look, int(seq)))


def _correct_sheet(look: Look, seq: int) -> Sheet:
    _author, readers, later = look.plan.readers[seq - 1]
    entry = next((i for i in timeline(look) if i.seq == seq), None)

    class CorrectionForm(Small):
        text = forms.CharField(
            label="What is right",
            help_text="Say what was wrong and what is right. The entry itself stays as it is.",
            widget=forms.Textarea,
            error_messages={"required": "Write what is right"},
        )
        on = DayField(label="When did you notice it?", initial=look.case.today)

    return Sheet(
        title="Correct an entry",
        button="Add this correction",
        said="The correction is on record beside the entry.",
        own=CorrectionForm,
        who=["you", *named_readers(look, readers + (later if look.plan.told else ()))],
        template="acting/correct.html",
        context={"entry": entry},
        command=lambda given: Correct(seq=seq, text=given.own["text"], on=given.day(look.case.today)),
        then=lambda _done: reverse("timeline", kwargs={"plan": look.row.pk}),
    )
