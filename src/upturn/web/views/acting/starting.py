"""Starting a plan: the program, the person, who else is on it, what it rests on, then check and open.

Each step is a page of its own; what is entered is a draft of the person who starts, apart for each person it may be
about. Every form says about whom it was opened: one that is older than a change of mind is not taken for somebody
else's. Nothing is opened, and nobody is told anything, before the last button.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language_info
from django.views.decorators.http import require_GET, require_http_methods

from upturn.core.audience import waits_for_telling
from upturn.core.case import Case
from upturn.core.facts import Actor, Facts
from upturn.core.fields import clean_answers
from upturn.core.plan import Party, Plan
from upturn.core.program import Program
from upturn.core.refusals import Refusal, Refused
from upturn.core.wording import listed, the
from upturn.records.access import about_whom, can, openable
from upturn.records.catalogue import program_for, settings_of
from upturn.records.drafts import TooLong, drop_draft, save_draft
from upturn.records.models import Group, Person, ProgramVersion
from upturn.records.perform import open_plan
from upturn.records.queries import drafts
from upturn.web.current import refused
from upturn.web.forms import Asking, Questions, Raw, Small, asking, first_answers, moved_rows, read
from upturn.web.shown import shown_answers
from upturn.web.views.acting.advice import start_guidance
from upturn.web.views.acting.pages import typed_words
from upturn.web.views.acting.picking import PeopleField, PersonField, described
from upturn.web.views.acting.warnings import REASONS, Warnings

both = require_http_methods(["GET", "HEAD", "POST"])
SHOWN = 20
OTHERS = "others"
"""The box for the others a plan is about, where it is about several people."""
ASIDE = "aside"
"""What was entered about others than the person the draft is about now, by their keys."""
STEPS = ("start_person", "start_people", "start_basis", "start_check")


# -- the program ------------------------------------------------------------------------------------------------------


@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Choose the program under which a concern is raised or a plan is opened."""
    person: Person = request.person  # type: ignore[attr-defined]
    versions = openable(person)
    allowed = can(person, "open")
    if not versions:
        return refused(
            request, [getattr(allowed, "sentence", "") or "There is no program under which you may open a plan."]
        )
    kept = drafts(person)
    tasks = [
        {
            "title": version.title,
            "url": reverse("start_person", kwargs={"program": version.key}),
            "hint": program_for(version).summary,
            "status": "In progress" if f"open:{version.key}" in kept else "",
        }
        for version in versions
    ]
    return render(request, "acting/start.html", {"tasks": tasks})


class Starting:
    """One person about to open a plan under one program; what was entered so far is in a draft."""

    def __init__(self, request: HttpRequest, key: str) -> None:
        self.request = request
        self.person: Person = request.person  # type: ignore[attr-defined]
        found = next((v for v in openable(self.person) if v.key == key), None)
        if found is None:
            raise Http404
        self.version: ProgramVersion = found
        self.program: Program = program_for(found)
        self.kind = f"open:{key}"
        draft = drafts(self.person).get(self.kind)
        self.saved_at = draft.updated_at if draft else None
        self.data: dict[str, Any] = dict(draft.data) if draft else {}

    def save(self, **changes: Any) -> None:
        """Keep what was entered. Raises TooLong."""
        self.data |= changes
        self._keep()

    def save_about(self, key: str, **changes: Any) -> None:
        """Keep what was entered about somebody else than the draft is about now. Raises TooLong."""
        self.data[ASIDE] = self._aside() | {key: self._aside().get(key, {}) | changes}
        self._keep()

    def about(self, key: int | None) -> None:
        """Turn to a person; what was entered about another is put aside, and is there again for who turns back."""
        before = self.data.get("subject")
        if key == before:
            return
        aside = self._aside()
        entered = {k: v for k, v in self.data.items() if k not in (ASIDE, "subject")}
        if before is not None and entered:
            aside[str(before)] = entered
        self.data = {"subject": key, **aside.pop(str(key), {}), ASIDE: aside}

    def finish(self) -> None:
        """Forget what was entered about this person: it was opened, or thrown away."""
        aside = self._aside()
        drop_draft(self.person, None, self.kind)
        if aside:
            self.data = {ASIDE: aside}
            self._keep()

    def _aside(self) -> dict[str, dict[str, Any]]:
        kept = self.data.get(ASIDE)
        return dict(kept) if isinstance(kept, dict) else {}

    def _keep(self) -> None:
        kept = save_draft(self.person, None, self.kind, self.data, base_seq=0, now=timezone.now())
        self.saved_at = kept.updated_at

    def address(self, step: str) -> str:
        return reverse(step, kwargs={"program": self.version.key})

    # what was entered

    @property
    def may_be_subject(self) -> bool:
        return "subject" in self.program.start.by

    def candidates(self) -> Any:
        return about_whom(self.person)

    @property
    def subject(self) -> Person | None:
        key = self.data.get("subject")
        if key == self.person.pk and self.may_be_subject:
            return self.person
        return self.candidates().filter(pk=key).first() if isinstance(key, int) else None

    def named(self) -> dict[str, list[Person]]:
        """The people of each role named so far, the subject's among them."""
        kept = self.data.get("parties")
        keys = {r: [k for k in ks if isinstance(k, int)] for r, ks in kept.items()} if isinstance(kept, dict) else {}
        wanted = {k for ks in keys.values() for k in ks}
        known = {p.pk: p for p in Person.objects.filter(organization=self.person.organization_id, pk__in=wanted)}
        found = {r: [known[k] for k in ks if k in known] for r, ks in keys.items() if r in self.program.parties}
        subject = self.subject
        about = self.program.subject_role
        others = [p for p in found.pop(about, []) if subject and p.pk != subject.pk]
        return ({about: [subject, *others]} if subject else {}) | found

    @property
    def language(self) -> str:
        kept = self.data.get("language")
        return kept if kept in (self.program.language, *self.program.languages) else ""

    def group(self) -> Group | None:
        key = self.data.get("group")
        if not isinstance(key, int):
            return None
        return Group.objects.filter(organization=self.person.organization_id, pk=key).first()

    @property
    def raw(self) -> Raw:
        kept = self.data.get("a")
        return kept if isinstance(kept, dict) else first_answers(self.program.start.fields, self.scope())

    def case(self) -> Case:
        """The plan as it would be opened: for conditions, first values and people to choose from."""
        parties: dict[str, Party] = {}
        people: dict[str, Mapping[str, str]] = {}
        codes: dict[int, str] = {}
        today = timezone.localdate()
        for role in self.program.parties:
            for person in self.named().get(role, ()):
                code = codes.setdefault(person.pk, f"p{len(codes) + 1}")
                people[code] = person.facts()
                held = parties[code].roles if code in parties else ()
                parties[code] = Party(code, (*held, role), today)
        group = self.group()
        facts = Facts(
            zone=self.person.organization.zone,
            people=people,
            settings=settings_of(self.person.organization, self.version.key),
            group=group.name if group else "",
        )
        own = codes.get(self.person.pk, "")
        roles = frozenset(parties[own].roles) if own else frozenset()
        plan = Plan(program=self.program.key, stage=self.program.start.stage, parties=parties)
        return Case(self.program, plan, Actor(own, roles), timezone.localtime(), facts)

    def scope(self) -> Asking:
        return asking(self.case())

    def page(self, step: str, context: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
        place = STEPS.index(step) if step in STEPS else 0
        shared = {
            "program": self.program,
            "step": place + 1,
            "steps": len(STEPS),
            "back_url": self.address(STEPS[place - 1]) if place else reverse("start"),
            "saved_at": self.saved_at,
            "draft_url": f"{self.request.path}?draft=1",
            "opened_for": self.subject.pk if self.subject else "",
        }
        return render(self.request, f"acting/{step}.html", shared | dict(context), status=status)


# -- a form that is older than a change of mind -----------------------------------------------------------------------


def _about_another(starting: Starting) -> bool:
    """Whether a form was opened about another person than the one the draft is about by now."""
    subject = starting.subject
    key = str(subject.pk) if subject else ""
    return starting.request.method == "POST" and starting.request.POST.get("opened_for", "") != key


def _another(starting: Starting, raw: Raw | None = None) -> HttpResponse:
    """Nothing is taken over; what was typed is kept with the person it was typed about, and shown."""
    request, key = starting.request, starting.request.POST.get("opened_for", "")
    meant = starting.candidates().filter(pk=int(key)).first() if key.isdecimal() and len(key) < 18 else None
    if key == str(starting.person.pk) and starting.may_be_subject:
        meant = starting.person
    kept = False
    if meant is not None and raw is not None:
        try:
            starting.save_about(key, a=raw)
            kept = True
        except TooLong:
            kept = False
    subject = starting.subject
    if "draft" in request.GET:
        says = f"Kept for {meant.name}." if meant and kept else "Not saved."
        now = f" In another window you went on about {subject.name}." if subject else ""
        return render(request, "acting/autosave_refused.html", {"says": f"{says}{now}"})
    context = {
        "subject": subject,
        "meant": meant,
        "kept": kept,
        "typed": typed_words(request),
        "person_url": starting.address("start_person"),
        "people_url": starting.address("start_people"),
    }
    return starting.page("start_another", context, status=409)


# -- 1: the person ----------------------------------------------------------------------------------------------------


@both
def start_person(request: HttpRequest, program: str) -> HttpResponse:
    """Who it is about: found by a part of the name."""
    starting = Starting(request, program)
    typed = request.GET.get("q", "").strip()[:100]
    people = starting.candidates()
    if typed:
        people = people.filter(name__icontains=typed)
    shown = list(people[: SHOWN + 1])
    choices = [(str(p.pk), described(p)) for p in shown[:SHOWN]]
    if starting.may_be_subject:
        choices = [(str(starting.person.pk), "Myself"), *choices]
    if request.method == "POST":
        return _person_chosen(starting, request.POST.get("subject", ""), choices, typed)
    return _person_page(starting, choices, typed, more=len(shown) > SHOWN)


def _person_chosen(starting: Starting, key: str, choices: list[tuple[str, str]], typed: str) -> HttpResponse:
    before = dict(starting.data)
    starting.about(int(key) if key.isdecimal() and len(key) < 18 else None)
    if starting.subject is None:
        starting.data = before
        says = "Choose who it is about" if not key else "Choose one of the people shown"
        return _person_page(starting, choices, typed, error=says)
    starting.save()
    return redirect(starting.address("start_people"))


def _person_page(
    starting: Starting, choices: list[tuple[str, str]], typed: str, *, more: bool = False, error: str = ""
) -> HttpResponse:
    chosen = starting.subject
    listed_ = {value for value, _ in choices}
    if chosen is not None and str(chosen.pk) not in listed_ and not typed:
        choices = [(str(chosen.pk), described(chosen)), *choices]

    class PersonForm(Small):
        subject = forms.ChoiceField(label="Who is it about?", choices=choices, widget=forms.RadioSelect)

    form = PersonForm(initial={"subject": str(chosen.pk) if chosen else ""})
    form.cleaned_data = {}
    if error:
        form.add_error("subject", error)
    context = {"form": form, "typed": typed, "none": not choices, "more": more, "shown": SHOWN, "search": typed or more}
    return starting.page("start_person", context, status=422 if error else 200)


# -- 2: who else ------------------------------------------------------------------------------------------------------


@both
def start_people(request: HttpRequest, program: str) -> HttpResponse:
    """Who leads it and who else is on it, and the group it belongs to."""
    starting = Starting(request, program)
    if _about_another(starting):
        return _another(starting)
    subject = starting.subject
    if subject is None:
        return redirect(starting.address("start_person"))
    form_class = _people_form(starting, subject)
    if request.method != "POST":
        return starting.page(
            "start_people", {"form": form_class(initial=_people_first(starting, subject)), "subject": subject}
        )
    form = form_class(request.POST)
    if not form.is_valid():
        return starting.page("start_people", {"form": form, "subject": subject}, status=422)
    parties: dict[str, list[int]] = {}
    for role in _roles(starting.program):
        value = form.cleaned_data.get(role)
        people = value if isinstance(value, list) else [value] if value else []
        parties[role] = [p.pk for p in people]
    group = form.cleaned_data.get("group") or ""
    others = [p.pk for p in form.cleaned_data.get(OTHERS) or () if p.pk != subject.pk]
    if others:
        parties[starting.program.subject_role] = [subject.pk, *others]
    language = form.cleaned_data.get("language") or ""
    starting.save(parties=parties, group=int(group) if group else None, language=language)
    return redirect(starting.address("start_basis"))


def _roles(program: Program) -> list[str]:
    """The roles that people are named to when a plan is opened."""
    return [r for r, party in program.parties.items() if party.fill == "named" and party.kind != "subject"]


def _people_form(starting: Starting, subject: Person) -> type[Small]:
    boxes: dict[str, forms.Field] = {}
    organization = starting.person.organization
    about = starting.program.parties[starting.program.subject_role]
    if about.max > 1:
        boxes[OTHERS] = PeopleField(
            organization,
            label=f"{about.title}: who else?",
            help_text=f"Besides {subject.name}: names or e-mail addresses, one a line. At most {about.max - 1} more.",
            required=about.min > 1,
            error_messages={"required": f"Name the others of the {about.title.lower()}"},
        )
    for role in _roles(starting.program):
        party = starting.program.parties[role]
        kind: Callable[..., forms.Field] = PersonField if party.max == 1 else PeopleField
        hint = (
            "Name or e-mail address."
            if party.max == 1
            else f"Names or e-mail addresses, one a line. At most {party.max}."
        )
        boxes[role] = kind(
            organization,
            label=party.title,
            help_text=f"{party.guidance} {hint}" if party.guidance else hint,
            required=party.min > 0 or party.kind == "lead",
            error_messages={"required": f"Name the {party.title.lower()}"},
        )
    groups = [
        (str(m.group_id), m.group.name) for m in subject.memberships.select_related("group").order_by("group__name")
    ]
    if groups:
        boxes["group"] = forms.ChoiceField(
            label="Which group does it belong to?", choices=[("", "None"), *groups], required=False
        )
    languages = dict.fromkeys((starting.program.language, *starting.program.languages))
    if len(languages) > 1:
        boxes["language"] = forms.ChoiceField(
            label="In which language is it written?", choices=[(code, _language(code)) for code in languages]
        )
    return type("PeopleForm", (Small,), boxes)


def _language(code: str) -> str:
    """`es` as a reader of it names it."""
    try:
        return str(get_language_info(code)["name_local"]).capitalize()
    except KeyError:
        return code


def _people_first(starting: Starting, subject: Person) -> dict[str, Any]:
    """Who was named before; else the person who starts leads it, or (the office) the manager does."""
    named = starting.named()
    first: dict[str, Any] = {}
    for role in _roles(starting.program):
        people = named.get(role, [])
        party = starting.program.parties[role]
        if not people and party.kind == "lead" and "parties" not in starting.data and subject.pk != starting.person.pk:
            manager = subject.manager
            people = [manager] if starting.person.has_role("office") and manager else [starting.person]
        first[role] = "\n".join(p.name for p in people)
    groups = [m.group_id for m in subject.memberships.all()]
    first[OTHERS] = "\n".join(p.name for p in named.get(starting.program.subject_role, [])[1:])
    first["language"] = starting.data.get("language") or starting.program.language
    first["group"] = starting.data.get("group") or (groups[0] if len(groups) == 1 else "")
    return first


# -- 3: what it rests on ----------------------------------------------------------------------------------------------


@both
def start_basis(request: HttpRequest, program: str) -> HttpResponse:
    """The basis of the concern, as the program asks it."""
    starting = Starting(request, program)
    fields = starting.program.start.fields
    if _about_another(starting):
        return _another(starting, read(fields, request.POST))
    if starting.subject is None:
        return redirect(starting.address("start_person"))
    if request.method != "POST":
        return _basis_page(starting, starting.raw, ())
    raw, anchor = read(fields, request.POST), ""
    if "row" in request.POST:
        raw, anchor = moved_rows(fields, starting.scope(), raw, request.POST["row"])
    try:
        starting.save(a=raw)
    except TooLong as error:
        return _basis_page(starting, raw, [Refusal("answer", str(error))])
    if "draft" in request.GET:
        context = {"saved_at": starting.saved_at, "guidance": _guidance(starting, raw)}
        return render(request, "acting/autosaved.html" if context["guidance"] else "parts/autosave.html", context)
    if "row" in request.POST:
        return redirect(f"{request.path}#{anchor}")
    reasons = _basis_refusals(starting, raw)
    return _basis_page(starting, raw, reasons) if reasons else redirect(starting.address("start_check"))


def _guidance(starting: Starting, raw: Raw) -> dict[str, Any] | None:
    return start_guidance(starting.program, raw, starting.scope().around, starting.language)


def _basis_refusals(starting: Starting, raw: Raw) -> list[Refusal]:
    return Questions(starting.program.start.fields, starting.scope(), raw).unready()


def _basis_page(starting: Starting, raw: Raw, reasons: Sequence[Refusal]) -> HttpResponse:
    questions = Questions(starting.program.start.fields, starting.scope(), raw)
    left = questions.refuse(reasons)
    context = {
        "questions": questions,
        "problems": questions.problems,
        "has_errors": questions.errors,
        "left": [r.sentence for r in left],
        "subject": starting.subject,
        "grounds": starting.program.start.triggers,
        "who": _readers(starting)[0],
        "guidance": _guidance(starting, raw),
    }
    return starting.page("start_basis", context, status=422 if reasons else 200)


# -- 4: check and open ------------------------------------------------------------------------------------------------


@both
def start_check(request: HttpRequest, program: str) -> HttpResponse:
    """Everything entered, who will see it and when; then open it."""
    starting = Starting(request, program)
    if _about_another(starting):
        return _another(starting)
    if starting.subject is None:
        return redirect(starting.address("start_person"))
    if request.method != "POST":
        return _check_page(starting, _basis_refusals(starting, starting.raw))
    if request.POST.get("press") == "drop":
        starting.finish()
        messages.info(request, "What you had entered is gone. Nothing was opened.")
        return redirect("start")
    reasons = _basis_refusals(starting, starting.raw)
    if reasons:
        return _check_page(starting, reasons, status=422)
    sent = {k.removeprefix(REASONS): str(request.POST[k]).strip() for k in request.POST if k.startswith(REASONS)}
    try:
        done = open_plan(
            starting.person.organization,
            starting.version,
            by=starting.person,
            parties=starting.named(),
            answers=starting.raw,
            now=timezone.now(),
            language=starting.language,
            group=starting.group(),
            reasons=sent,
        )
    except Refused as refusal:
        return _check_page(starting, refusal.reasons, status=422)
    starting.finish()
    messages.info(request, " ".join([f"Opened as {done.row.number}.", *_readers(starting)[1][1:]]))
    return redirect("plan", plan=done.row.pk)


def _check_page(starting: Starting, reasons: Sequence[Refusal], *, status: int = 200) -> HttpResponse:
    warnings = Warnings((), starting.request.POST)
    left = warnings.refuse(reasons)
    named = starting.named()
    start_ = starting.program.start
    scope = starting.scope()
    answers, _problems = clean_answers(start_.fields, starting.raw, scope.around, starting.program)
    who, says = _readers(starting)
    group = starting.group()
    context = {
        "subject": starting.subject,
        "people": [
            (starting.program.parties[r].title, listed(p.name for p in named.get(r, ())) or "Nobody")
            for r in _roles(starting.program)
        ],
        "about": listed(p.name for p in named.get(starting.program.subject_role, ())),
        "group": group.name if group else "",
        "language": _language(starting.language)
        if len({starting.program.language, *starting.program.languages}) > 1
        else "",
        "answers": shown_answers(start_.fields, answers, scope.around, starting.program, scope.name),
        "left": [(r.sentence, _mended_at(starting, r)) for r in left],
        "warnings": warnings,
        "problems": warnings.problems,
        "has_errors": bool(warnings.problems),
        "who": who,
        "says": says,
        "stage": starting.program.stage[start_.stage],
        "person_url": starting.address("start_person"),
        "people_url": starting.address("start_people"),
        "basis_url": starting.address("start_basis"),
    }
    return starting.page("start_check", context, status=status)


def _mended_at(starting: Starting, reason: Refusal) -> str:
    """The page on which a refusal can be mended."""
    where = (reason.field or "").split(".")[0]
    if where in ("party", "parties"):
        return starting.address("start_people")
    return starting.address("start_basis") if where in {f.id for f in starting.program.start.fields} else ""


def _readers(starting: Starting) -> tuple[list[str], list[str]]:
    """Who reads it at once, in names; and sentences that say who is told when."""
    program, named = starting.program, starting.named()
    subject = starting.subject
    tells = program.start.tells or (subject is not None and subject.pk == starting.person.pk)
    now, later = [], []
    for role, party in program.parties.items():
        names = [p.name for p in named.get(role, ()) if p.pk != starting.person.pk]
        title = the(party.title if party.title[:2].isupper() else party.title.lower())
        names = names or ([title] if party.fill != "named" else [])
        (later if waits_for_telling(program, role) and not tells else now).extend(names)
    steps = [f"“{m.title}”" for m in program.moves if m.tells]
    says = [f"From the moment it is opened it is seen by {listed(['you', *now])}."]
    if later and steps:
        says.append(f"{listed(later)} {'is' if len(later) == 1 else 'are'} not told yet.")
        says.append(f"With the step {listed(steps, 'or')} they see it, and everything it rests on.")
    elif subject is not None and tells and subject.pk != starting.person.pk:
        about = [p.name for p in named.get(program.subject_role, ())]
        says.append(f"{listed(about)} {'sees' if len(about) == 1 else 'see'} it at once.")
    return ["you", *now], says
