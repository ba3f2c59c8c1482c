"""Forms about people and groups of one organization."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from upturn.core.program import FormField, Program
from upturn.core.wording import listed
from upturn.records.catalogue import program_for, published
from upturn.records.models import Group, Organization, Person
from upturn.web.account_forms import InOurWords
from upturn.web.templatetags.parts import DATE_INPUT_FORMATS

ROLES = (
    (
        "office",
        "Program office",
        "Follows plans, keeps people, groups and settings. Sees every plan that its program opens to the office.",
    ),
    ("admin", "Administrator", "Keeps people, groups and settings. Sees no plan by this role."),
    ("auditor", "Auditor", "Reads plans as far as their programs allow auditors to. Changes nothing."),
)
ROLE_NAMES = {role: name for role, name, _ in ROLES}
OF_THE_DEMO = ("demo_role",)
"""Details that only the demo's own pages read."""
NOT_DETAILS = ("name", "title", "email")
"""Directory facts that have fields of their own."""


class PersonField(forms.CharField):
    """One person of the organization, by full name or e-mail address: a list of thousands is no help to anybody."""

    def __init__(self, *, organization: Organization, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 320)
        kwargs.setdefault("help_text", "Type the full name or the e-mail address.")
        super().__init__(**kwargs)
        self.organization = organization

    def prepare_value(self, value: object) -> object:
        return (value.email or value.name) if isinstance(value, Person) else value

    def clean(self, value: object) -> Person | None:
        typed = super().clean(value)
        return self._one(typed) if typed else None

    def _one(self, typed: str) -> Person:
        found = self._found(typed)
        if len(found) == 1:
            return found[0]
        if found:
            told_apart = listed([p.email or f"{p.name} (no e-mail address)" for p in found], "or")
            raise ValidationError(f"There are several people called {typed}: type {told_apart}.")
        near = self._people().filter(Q(name__icontains=typed) | Q(email__icontains=typed)).order_by("name")[:4]
        tip = f" Do you mean {listed([p.name for p in near], 'or')}?" if near else " Add this person first."
        raise ValidationError(f"Nobody here is called {typed}.{tip}")

    def _found(self, typed: str) -> list[Person]:
        return list(self._people().filter(Q(name__iexact=typed) | Q(email__iexact=typed)).order_by("name", "pk")[:6])

    def _people(self) -> Any:
        return Person.objects.filter(organization=self.organization, left_on=None)


class PersonForm(InOurWords):
    """Everything an organization keeps about somebody. `person` is None for somebody new."""

    name = forms.CharField(label="Name", max_length=200, error_messages={"required": "Enter the name"})
    email = forms.EmailField(
        label="E-mail address",
        required=False,
        max_length=254,
        help_text="Invitations and notices go there. Without one, you can print a code to sign in with.",
        error_messages={"invalid": "This is no e-mail address: it needs an @ and a domain, as in maria@example.org."},
    )
    title = forms.CharField(label="Job title", required=False, max_length=200)
    manager = forms.CharField(label="Manager or supervisor", required=False)
    roles = forms.MultipleChoiceField(
        label="Roles in the organization",
        choices=[(role, name) for role, name, _ in ROLES],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Most people have none: what they may do comes with each plan they are on.",
    )
    kind = forms.ChoiceField(
        label="What is this?",
        choices=[("person", "A person"), ("organization", "An organization, such as a supplier"), ("team", "A team")],
        initial="person",
        widget=forms.RadioSelect,
    )
    other = forms.CharField(
        label="Other details",
        required=False,
        widget=forms.Textarea,
        help_text="One a line, as employee_number: 1234. Programs can use them by that name.",
    )
    left_on = forms.DateField(
        label="Left the organization on",
        required=False,
        input_formats=DATE_INPUT_FORMATS,
        help_text="From this day on, the person can no longer sign in here. What is on record stays on record.",
        error_messages={"invalid": "Enter the day as 30 June 2026."},
    )

    def __init__(
        self, *args: Any, organization: Organization, by: Person, person: Person | None = None, **kwargs: Any
    ) -> None:
        self.organization, self.by, self.person = organization, by, person
        self.asked = dict(asked_details(organization))
        super().__init__(*args, initial=self._now(person) if person else None, **kwargs)
        self.fields["manager"] = PersonField(organization=organization, label="Manager or supervisor", required=False)
        self.fields["roles"].option_hints = {role: hint for role, _, hint in ROLES}  # type: ignore[attr-defined]
        self.fields |= {f"detail_{key}": as_form_field(field) for key, field in self.asked.items()}
        if person is None:
            del self.fields["left_on"]
        if person == by:
            del self.fields["roles"], self.fields["left_on"]  # somebody else decides about that
        self.order_fields(["name", "email", "title", "manager", *(f"detail_{key}" for key in self.asked)])

    def _now(self, person: Person) -> dict[str, Any]:
        details = {f"detail_{key}": as_typed(person.details.get(key)) for key in self.asked}
        further = {key: value for key, value in own_details(person).items() if key not in self.asked}
        other = "\n".join(f"{key}: {as_typed(value)}" for key, value in further.items())
        own = {
            name: getattr(person, name) for name in ("name", "email", "title", "manager", "roles", "kind", "left_on")
        }
        return own | details | {"other": other}

    def clean_manager(self) -> Person | None:
        manager: Person | None = self.cleaned_data["manager"]
        if manager is not None and manager == self.person:
            raise ValidationError("Nobody is their own manager.")
        return manager

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].strip()
        others = Person.objects.filter(organization=self.organization, email__iexact=email)
        taken = others.exclude(pk=self.person.pk if self.person else None).first() if email else None
        if taken:
            raise ValidationError(f"{taken.name} has this address already.")
        return email

    def clean_other(self) -> dict[str, str]:
        lines = [line.strip() for line in self.cleaned_data["other"].splitlines() if line.strip()]
        wrong = [line for line in lines if not line.partition(":")[0].strip() or ":" not in line]
        if wrong:
            raise ValidationError(f"Write each line as a name, a colon and a value. This one is not: {wrong[0][:80]}")
        pairs = (line.partition(":") for line in lines)
        return {key.strip().lower().replace(" ", "_"): value.strip() for key, _, value in pairs}

    def save(self) -> Person:
        """Write the person down."""
        data = self.cleaned_data
        person = self.person or Person(organization=self.organization)
        for name in ("name", "email", "title", "manager", "kind", "left_on"):
            if name in self.fields:
                setattr(person, name, data[name])
        if "roles" in self.fields:
            person.roles = [role for role in person.roles if role not in ROLE_NAMES] + data["roles"]
        answered = {key: data[f"detail_{key}"] for key in self.asked}
        kept = {key: value for key, value in person.details.items() if key in OF_THE_DEMO}
        person.details = (
            kept | data["other"] | {key: value for key, value in answered.items() if value not in ("", None)}
        )
        person.save()
        return person


def own_details(person: Person) -> dict[str, Any]:
    """The details of a person that people look at."""
    return {key: value for key, value in person.details.items() if key not in OF_THE_DEMO}


def asked_details(organization: Organization) -> Iterator[tuple[str, FormField]]:
    """The facts about a person that the programs fill in by themselves, each as its program asks for it."""
    known: set[str] = set()
    for version in published(organization):
        program = program_for(version)
        for field in every_field(program):
            key = detail_key(program, field)
            if key and key not in known:
                known.add(key)
                yield key, field


def every_field(program: Program) -> Iterator[FormField]:
    for top in [*program.start.fields, *(field for section in program.form for field in section.fields)]:
        yield from top.walk()


def detail_key(program: Program, field: FormField) -> str:
    """The directory fact that a field begins with; empty when it begins with something else."""
    head, _, key = (field.prefill or "").partition(".")
    return key if head in ("subject", "lead", *program.parties) and key not in NOT_DETAILS else ""


def as_form_field(field: FormField) -> forms.Field:
    """The question about a person, asked in the organization's own pages."""
    common: dict[str, Any] = {"label": field.title, "required": False}
    if field.kind == "yesno":
        return forms.TypedChoiceField(
            choices=[("", "Not known"), ("true", "Yes"), ("false", "No")],
            widget=forms.RadioSelect,
            coerce=lambda text: text == "true",
            empty_value=None,
            **common,
        )
    if field.kind == "choice" and field.options:
        return forms.ChoiceField(choices=[("", "Not known"), *((o.id, o.title) for o in field.options)], **common)
    if field.kind == "date":
        return DayAsText(input_formats=DATE_INPUT_FORMATS, **common)
    return forms.CharField(max_length=1000, **common)


class DayAsText(forms.DateField):
    """A day, kept as `2026-06-30`."""

    def clean(self, value: object) -> str:
        day = super().clean(value)
        return day.isoformat() if day else ""


def as_typed(value: object) -> str:
    """A kept detail as the form shows it."""
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def shown_detail(field: FormField | None, value: object) -> str:
    """A kept detail as people read it."""
    if isinstance(value, bool) or value in ("true", "false"):
        return "Yes" if value in (True, "true") else "No"
    titles: Mapping[str, str] = {o.id: o.title for o in field.options} if field else {}
    return titles.get(str(value), str(value))


class PeopleFilter(InOurWords):
    """What narrows the list of people."""

    q = forms.CharField(label="Name or e-mail address", required=False, max_length=200)
    role = forms.ChoiceField(label="Role", required=False, choices=[("", "Any"), *((r, n) for r, n, _ in ROLES)])
    left = forms.BooleanField(label="Also people who left", required=False)


class GroupForm(InOurWords):
    """The name of a group."""

    name = forms.CharField(
        label="Name of the group", max_length=200, error_messages={"required": "Enter the name of the group"}
    )

    def __init__(self, *args: Any, organization: Organization, group: Group | None = None, **kwargs: Any) -> None:
        self.organization, self.group = organization, group
        super().__init__(*args, initial={"name": group.name} if group else None, **kwargs)

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        own = self.group.pk if self.group else None
        if Group.objects.filter(organization=self.organization, name__iexact=name).exclude(pk=own).exists():
            raise ValidationError("There is a group of this name already.")
        return name

    def save(self) -> Group:
        """Write the group down."""
        group = self.group or Group(organization=self.organization)
        group.name = self.cleaned_data["name"]
        group.save()
        return group


class MemberForm(InOurWords):
    """Who joins a group."""

    lead = forms.BooleanField(label="Leads the group", required=False)

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"] = PersonField(
            organization=organization,
            label="Who joins?",
            error_messages={"required": "Type a name or an e-mail address"},
        )
        self.order_fields(["person", "lead"])
