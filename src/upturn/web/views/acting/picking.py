"""Finding a person of the organization by what somebody types: no script, and no list of everybody in a page."""

from typing import Any

from django import forms
from django.db.models import Q

from upturn.core.wording import listed
from upturn.records.models import Organization, Person

MOST = 10


def found(organization: Organization, typed: str, *, among: Any = None) -> list[Person]:
    """The people a text may mean: those of exactly that name or e-mail address, else those who have it in theirs."""
    text = typed.strip()
    people = (among if among is not None else Person.objects.all()).filter(organization=organization, left_on=None)
    exact = list(people.filter(Q(name__iexact=text) | Q(email__iexact=text)).order_by("name", "pk")[: MOST + 1])
    if exact or not text:
        return exact
    return list(people.filter(Q(name__icontains=text) | Q(email__icontains=text)).order_by("name", "pk")[: MOST + 1])


def described(person: Person) -> str:
    """A name with what tells it from another like it."""
    more = person.title or person.email
    return f"{person.name} ({more})" if more else person.name


def picked(organization: Organization, typed: str, *, among: Any = None) -> Person:
    """The one person a text means. Raises ValidationError with a sentence that says what to type instead."""
    people = found(organization, typed, among=among)
    if len(people) == 1:
        return people[0]
    if not people:
        raise forms.ValidationError(
            f"Nobody here is called “{typed.strip()[:80]}”. Enter a name as the directory has it."
        )
    shown = listed([f"“{described(p)}”" for p in people[:MOST]], "or")
    more = " and others" if len(people) > MOST else ""
    raise forms.ValidationError(f"Several people fit: {shown}{more}. Enter the e-mail address, or more of the name.")


class PersonField(forms.CharField):
    """A person of the organization, typed as a name or an e-mail address. Its value is a Person, or None."""

    def __init__(self, organization: Organization, **options: Any) -> None:
        options.setdefault("required", False)
        super().__init__(**options)
        self.organization = organization

    def clean(self, value: Any) -> Person | None:
        typed = super().clean(value)
        return picked(self.organization, typed) if typed else None


class PeopleField(forms.CharField):
    """Several people, one a line. Its value is a list of Person."""

    def __init__(self, organization: Organization, **options: Any) -> None:
        options.setdefault("required", False)
        options.setdefault("widget", forms.Textarea)
        super().__init__(**options)
        self.organization = organization

    def clean(self, value: Any) -> list[Person]:
        lines = [line for line in super().clean(value).splitlines() if line.strip()]
        return list({p.pk: p for p in (picked(self.organization, line) for line in lines)}.values())
