"""Changing a running plan: proposals and their answers, more time, a pause, people, files, a newer program version."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from upturn.core.commands import Attach, ChangeParty, Command, Extend, Pause, ProposeVersion, Respond, Resume
from upturn.core.differences import differences
from upturn.core.events import Replied, Resumed
from upturn.core.plan import ProposalState
from upturn.core.program import Clock
from upturn.core.verbs.changing import agreeing, answers_to
from upturn.core.wording import by_count, day_name, listed
from upturn.records import files
from upturn.records.access import Look
from upturn.records.perform import reference
from upturn.web.forms import DayField, Small, length_typed
from upturn.web.views.acting.comparing import compared
from upturn.web.views.acting.pages import plan_page
from upturn.web.views.acting.picking import PersonField
from upturn.web.views.acting.readers import audience
from upturn.web.views.acting.sheet import Given, Sheet, acted
from upturn.web.views.acting.writing import answers_at
from upturn.web.views.plan import seen

both = require_http_methods(["GET", "HEAD", "POST"])


def _reason(label: str = "The reason", hint: str = "Everybody on the plan reads it.") -> forms.CharField:
    return forms.CharField(
        label=label, help_text=hint, widget=forms.Textarea, error_messages={"required": "Write the reason"}
    )


# -- proposals --------------------------------------------------------------------------------------------------------


@both
def respond(request: HttpRequest, plan: str, number: int) -> HttpResponse:
    """Read what a proposal would change, and answer it or withdraw one's own where that is open."""
    look = seen(request, plan)
    proposal = look.plan.proposals.get(number)
    if proposal is None or not look.reads_entry(proposal.seq):
        raise Http404
    offer = f"respond:{number}"
    if request.method != "POST" and look.why_not(offer):
        return plan_page(request, look, "acting/proposal.html", _proposal_page(look, proposal))
    return acted(request, look, offer, lambda look: _respond_sheet(look, look.plan.proposals[number]))


def _proposal_page(look: Look, proposal: ProposalState) -> dict[str, Any]:
    replies = [
        {"who": look.name(f.actor), "outcome": f.event.outcome, "reason": f.event.reason, "on": f.day()}
        for f in look.entries
        if isinstance(f.event, Replied) and f.event.to == "proposal" and f.event.number == proposal.number
    ]
    return _proposed(look, proposal) | {
        "replies": replies,
        "says": [] if proposal.outcome else list(_meaning(look, proposal)),
    }


def _proposed(look: Look, proposal: ProposalState) -> dict[str, Any]:
    return {
        "proposal": proposal,
        "by": look.name(proposal.by),
        "changes_by_section": list(proposed_differences(look, proposal)),
    }


ANSWERS = {"agreed": "I agree", "declined": "I do not agree, and say why", "withdrawn": "Withdraw it"}


def _respond_sheet(look: Look, proposal: ProposalState) -> Sheet:
    number = proposal.number
    who, since = audience(look)
    offered = [(outcome, ANSWERS[outcome]) for outcome in answers_to(look.case, proposal)]

    class RespondForm(Small):
        outcome = forms.ChoiceField(
            label="Your answer",
            choices=offered,
            widget=forms.RadioSelect,
            error_messages={"required": "Choose your answer"},
        )
        reason = forms.CharField(
            label="In words", help_text="Needed when you do not agree.", widget=forms.Textarea, required=False
        )

    return Sheet(
        title="The change you proposed" if proposal.by == look.actor.code else "Answer the proposed change",
        button="Put this answer on record",
        said="Your answer is on record.",
        says=list(_meaning(look, proposal)),
        own=RespondForm,
        who=who,
        since=since,
        template="acting/respond.html",
        context=_proposed(look, proposal),
        command=lambda given: Respond(number=number, outcome=given.own["outcome"], reason=given.own["reason"]),
        then=lambda _done: f"{reverse('plan', kwargs={'plan': look.row.pk})}#proposals",
    )


def _meaning(look: Look, proposal: ProposalState) -> Iterator[str]:
    needed = [r for r in agreeing(look.case, proposal) if r not in proposal.agreed and r != proposal.role]
    yield "Until a change takes effect, the plan as it stands governs."
    if needed:
        yield f"It takes effect when {look.case.titles(needed, 'and')} {by_count(len(needed), 'agrees', 'agree')}."
    if proposal.effective:
        yield f"Without agreement it takes effect on {day_name(proposal.effective)}, imposed after notice."
    if proposal.kind == "amendment" and look.program.amendments and look.program.amendments.voids:
        yield "Signatures over the changed sections are then given again."


def proposed_differences(look: Look, proposal: ProposalState) -> Iterator[tuple[str, Any]]:
    """Per section of a proposal: its title, and what differs from the text that governs now, or for a settled one from
    the text that governed when it was proposed.
    """
    for section, answers in proposal.changes.items():
        spec = look.program.section.get(section)
        if spec is not None and look.sees_section(section):
            before = answers_at(look, section, proposal.seq if proposal.outcome else look.plan.seq)
            yield spec.title, compared(spec.fields, before, answers, look.program, look.name)


@both
def version(request: HttpRequest, plan: str) -> HttpResponse:
    """Propose that the plan move to a newer version of its program."""
    return acted(request, plan, "version:plan", _version_sheet)


def _version_sheet(look: Look) -> Sheet:
    versions = sorted(look.case.facts.versions.items(), key=lambda v: v[1].version, reverse=True)
    newer = [(digest, p) for digest, p in versions if p.version > look.plan.version]
    who, since = audience(look)
    both_sides = look.case.titles(dict.fromkeys((look.program.subject_role, look.program.lead_role)), "and")

    class VersionForm(Small):
        digest = forms.ChoiceField(
            label="Which version?",
            choices=[(digest, f"Version {p.version}") for digest, p in newer],
            widget=forms.RadioSelect,
            initial=newer[0][0] if len(newer) == 1 else None,
            error_messages={"required": "Choose a version"},
        )
        reason = _reason()

    return Sheet(
        title="Move to a newer version of the program",
        button="Propose this move",
        said="The newer version is proposed.",
        says=[f"The plan runs under version {look.plan.version}. It stays there until {both_sides} agree."],
        own=VersionForm,
        who=who,
        since=since,
        template="acting/version.html",
        context={"versions": [(p.version, list(differences(look.program, p))) for _digest, p in newer]},
        command=lambda given: ProposeVersion(digest=given.own["digest"], reason=given.own["reason"]),
        then=lambda _done: f"{reverse('plan', kwargs={'plan': look.row.pk})}#proposals",
    )


# -- time -------------------------------------------------------------------------------------------------------------


@both
def extend(request: HttpRequest, plan: str, clock: str) -> HttpResponse:
    """Give more time."""
    return acted(request, plan, f"extend:{clock}", lambda look: _extend_sheet(look, clock))


def _extend_sheet(look: Look, clock: str) -> Sheet:
    spec, state = look.program.clock.get(clock), look.plan.clocks.get(clock)
    if spec is None or spec.extension is None or state is None:
        raise Http404
    who, since = audience(look)
    says = [f"{spec.title} ends on {day_name(state.end)}."]
    if state.cap:
        says.append(f"With every extension it must end by {day_name(state.cap)}.")
    if look.program.goals:
        says.append("The goals keep their own days. To give a goal more time too, propose a change of it.")
    return Sheet(
        title=f"Extend: {spec.title[:1].lower()}{spec.title[1:]}",
        button="Extend it",
        said="The time is extended. The first date stays on record.",
        says=says,
        own=_extend_form(spec),
        cites=spec.extension.cites or spec.cites,
        who=who,
        since=since,
        command=lambda given: Extend(
            clock=clock, by=length_typed(given.own["by"]), reason=given.own["reason"], reasons=given.reasons
        ),
    )


def _extend_form(spec: Clock) -> type[Small]:
    usual = [str(u) for u in spec.extension.usual] if spec.extension else []
    hint = (
        f"Usual: {listed(usual, 'or')}. Another length needs a written reason."
        if usual
        else "For example 30 days or 6 weeks."
    )

    class ExtendForm(Small):
        by = forms.CharField(
            label="By how long?",
            help_text=hint,
            widget=forms.TextInput({"class": "short"}),
            error_messages={"required": "Say by how long, for example 30 days"},
        )
        reason = _reason()

    return ExtendForm


@both
def pause(request: HttpRequest, plan: str) -> HttpResponse:
    """Stop the clocks that leave stops."""
    return acted(request, plan, "pause:plan", _pause_sheet)


def _pause_sheet(look: Look) -> Sheet:
    who, since = audience(look)

    class PauseForm(Small):
        start = DayField(
            label="First day of the pause",
            help_text="Today or an earlier day.",
            initial=look.case.today,
            error_messages={
                "required": "Give the first day",
                "invalid": "Enter the first day, for example 15 March 2027",
            },
        )
        note = forms.CharField(
            label="A note", help_text="No reason is needed, and no medical detail belongs here.", required=False
        )

    return Sheet(
        title="Pause the plan for leave",
        button="Pause the plan",
        said="The plan is paused.",
        says=[
            "While it is paused, its days do not count and no check-in is missed.",
            "When it ends, the dates ahead move by as many days, and the first dates stay visible.",
        ],
        own=PauseForm,
        who=who,
        since=since,
        command=lambda given: Pause(start=given.own["start"], note=given.own["note"]),
    )


@both
def resume(request: HttpRequest, plan: str) -> HttpResponse:
    """End the pause."""
    return acted(request, plan, "resume:plan", _resume_sheet)


def _resume_sheet(look: Look) -> Sheet:
    paused, today = look.plan.paused, look.case.today
    who, since = audience(look, event=Resumed(clocks=(), start=today, last=today))

    class ResumeForm(Small):
        last = DayField(
            label="Last day of the pause",
            help_text="Today or an earlier day.",
            initial=look.case.today,
            error_messages={
                "required": "Give the last day",
                "invalid": "Enter the last day, for example 15 March 2027",
            },
        )

    return Sheet(
        title="End the pause",
        button="End the pause",
        said="The pause is over.",
        says=[f"Paused since {day_name(paused.start)}. The dates ahead move by as many days as it lasted."]
        if paused
        else [],
        own=ResumeForm,
        who=who,
        since=since,
        command=lambda given: Resume(last=given.own["last"]),
    )


# -- people -----------------------------------------------------------------------------------------------------------

CHANGES = ("hand_over", "joined", "absent", "returned", "left")


@both
def party(request: HttpRequest, plan: str, role: str) -> HttpResponse:
    """Name somebody to a role, hand it over, record an absence or its end, or that somebody left."""
    return acted(request, plan, f"party:{role}", lambda look: _party_sheet(look, role))


def _party_sheet(look: Look, role: str) -> Sheet:
    spec = look.program.parties.get(role)
    if spec is None:
        raise Http404
    who, since = audience(look)
    holders = [(p.code, look.name(p.code)) for p in look.plan.holders(role)]
    title = look.case.role_title(role)
    standing_in = [p.title.lower() for p in look.program.parties.values() if p.stands_in_for == role]
    says = [f"Now: {listed(name for _, name in holders) or 'nobody'}."]
    if spec.guidance:
        says.append(spec.guidance)
    if standing_in:
        says.append(f"While an absence is on record, the {listed(standing_in, 'or')} may act in the {title}'s place.")
    if not spec.reads_after_leaving:
        says.append(
            "Somebody who leaves this role no longer opens the plan. What they did stays on record under their name."
        )
    return Sheet(
        title=f"Who is the {title}",
        button="Put this change on record",
        said=f"The change of the {title} is on record.",
        says=says,
        own=_party_form(look, role, holders),
        who=who,
        since=since,
        command=lambda given: _party(look, role, holders, given),
        boxes={"code": "person", "instead_of": "change"},
        optional=False,
        then=lambda _done: f"{reverse('plan', kwargs={'plan': look.row.pk})}#people",
    )


def _party_form(look: Look, role: str, holders: list[tuple[str, str]]) -> type[Small]:
    spec = look.program.parties[role]
    absent = [p for p in look.plan.holders(role) if look.case.absent(p)]
    least = max(spec.min, 1 if spec.kind == "lead" else 0)
    open_ = {
        "hand_over": ("Hand over to somebody else", bool(holders)),
        "joined": (f"Name {'somebody' if not holders else 'one more person'}", len(holders) < spec.max),
        "absent": (
            f"Record {'another last day of an' if len(absent) == len(holders) else 'an'} absence",
            bool(holders),
        ),
        "returned": ("Record that somebody is back", bool(absent)),
        "left": ("Record that somebody left this role", len(holders) > least),
    }

    class PartyForm(Small):
        change = forms.ChoiceField(
            label="What changes?",
            choices=[(c, open_[c][0]) for c in CHANGES if open_[c][1]],
            widget=forms.RadioSelect,
            error_messages={"required": "Choose what changes"},
        )
        if len(holders) > 1:
            holder = forms.ChoiceField(
                label="Who is it about?", choices=holders, widget=forms.RadioSelect, required=False
            )
        person = PersonField(
            look.row.organization,
            label="Who takes it on?",
            help_text="Name or e-mail address, for naming and handing over.",
        )
        until = DayField(label="Absent until", help_text="The last day of an absence, if it is known.", required=False)
        reason = forms.CharField(
            label="The reason",
            help_text="Needed for a hand-over, an absence and when somebody leaves. No medical detail.",
            widget=forms.Textarea,
            required=False,
        )

        def clean(self) -> None:
            wants = self.cleaned_data.get("change") in ("hand_over", "joined")
            if wants and "person" not in self.errors and not self.cleaned_data.get("person"):
                self.add_error("person", "Enter the name of the person who takes it on")
            about = self.cleaned_data.get("change") not in (None, "joined") and len(holders) > 1
            if about and not self.cleaned_data.get("holder"):
                self.add_error("holder", "Choose who it is about")

    return PartyForm


def _party(look: Look, role: str, holders: list[tuple[str, str]], given: Given) -> Command:
    own = given.own
    change = own["change"]
    holder = own.get("holder") or (holders[0][0] if holders else "")
    named = own.get("person")
    joins = change in ("hand_over", "joined")
    return ChangeParty(
        role=role,
        code=(look.loaded.code_of(named) or reference(named)) if joins and named else holder,
        change="joined" if joins else change,
        instead_of=holder if change == "hand_over" else "",
        reason=own.get("reason") or "",
        until=own.get("until") if change == "absent" else None,
    )


# -- files ------------------------------------------------------------------------------------------------------------


@both
def attach(request: HttpRequest, plan: str) -> HttpResponse:
    """Attach a file: kept beside the plan, its digest in the record."""
    return acted(request, plan, "attach:plan", _attach_sheet)


def _attach_sheet(look: Look) -> Sheet:
    limits = look.program.attachments
    who, since = audience(look)
    abouts = [("", f"The {look.program.words.plan} as a whole"), *_abouts(look)]

    class AttachForm(Small):
        file = forms.FileField(
            label="The file",
            help_text=f"Up to {limits.max_mb} MB. These types are taken: {listed(limits.types, 'or')}.",
            allow_empty_file=True,
            error_messages={"required": "Choose a file"},
        )
        about = forms.ChoiceField(label="What is it about?", choices=abouts, required=False)

    return Sheet(
        title="Attach a file",
        button="Attach this file",
        said="The file is attached.",
        says=["A file stays on record. Anybody who reads it can check that it is the one attached."],
        own=AttachForm,
        who=who,
        since=f"{since}; a file about a section is seen by those who read that section".lstrip("; "),
        files=True,
        command=lambda given: _attach(look, given),
        then=lambda _done: f"{reverse('plan', kwargs={'plan': look.row.pk})}#files",
    )


def _abouts(look: Look) -> list[tuple[str, str]]:
    """What a file may be about: sections this person reads, records, and what a step asks a file for."""
    program = look.program
    found = {s.id: f"“{s.title}”" for s in program.form if look.sees_section(s.id) and look.case.shown(s)}
    found |= {log.id: f"“{log.title}”" for log in program.logs if f"record:{log.id}" in look.offers}
    hidden = {s.id for s in program.form} - set(found)
    rules = [(m.title, r) for m in program.moves for r in (*m.when, *m.warn)]
    rules += [(d.title, r) for d in program.disposition.values() for r in (*d.when, *d.warn)]
    rules += [(s.title, r) for s in program.signatures for r in s.when]
    for title, rule in rules:
        about = str(rule.args.get("about", "")) if rule.guard == "attached" else ""
        if about and about not in hidden:
            found.setdefault(about, f"{about.replace('_', ' ').capitalize()} (needed for “{title}”)")
    return list(found.items())


def _attach(look: Look, given: Given) -> Attach:
    sent = given.own["file"]
    kept = files.store(
        look.row,
        look.program,
        look.person,
        name=sent.name or "",
        media_type=sent.content_type or "",
        chunks=sent.chunks(),
        now=timezone.now(),
    )
    return Attach(
        name=files.clean_name(sent.name or ""),
        media_type=kept.media_type,
        size=kept.size,
        sha256=kept.sha256,
        about=given.own["about"],
    )
