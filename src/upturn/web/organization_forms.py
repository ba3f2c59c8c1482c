"""Forms of an organization's settings: itself, its calendars, and what it enters for its programs."""

import re
from datetime import date
from difflib import get_close_matches
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from holidays import registry

from upturn.core.calendar import Calendar as Days
from upturn.core.program import Program, Setting
from upturn.core.wording import day_name
from upturn.records.models import Calendar, Organization
from upturn.web import day_lines
from upturn.web.account_forms import InOurWords

LANGUAGES = (
    ("en", "English"),
    ("de", "German"),
    ("es", "Spanish"),
    ("fr", "French"),
    ("it", "Italian"),
    ("nl", "Dutch"),
    ("pt", "Portuguese"),
)
WEEKDAYS = tuple(enumerate(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")))


def zones() -> list[str]:
    """The time zones people live in, without the old names and the mere offsets."""
    old = ("Etc/", "SystemV/", "US/", "Canada/", "Brazil/", "Chile/", "Mexico/", "posix", "right")
    return ["UTC", *sorted(z for z in available_timezones() if "/" in z and not z.startswith(old))]


def countries() -> list[tuple[str, str]]:
    """Countries whose public holidays are known, by name."""
    named = [(codes[1], re.sub(r"(?<=[a-z])(?=[A-Z])", " ", codes[0])) for codes in registry.COUNTRIES.values()]
    return sorted(named, key=lambda country: country[1])


class OrganizationForm(InOurWords):
    """What an organization is called, where its days begin and which holidays it keeps."""

    name = forms.CharField(
        label="Name of the organization",
        max_length=200,
        error_messages={"required": "Enter the name of the organization"},
    )
    zone = forms.CharField(
        label="Time zone",
        max_length=64,
        widget=forms.TextInput(attrs={"list": "zones", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Enter a time zone, such as America/New_York"},
    )
    country = forms.ChoiceField(label="Public holidays of", required=False)
    subdivision = forms.CharField(
        label="State or region",
        required=False,
        max_length=8,
        help_text="Its short code, such as DC or CA, where it has holidays of its own.",
    )
    language = forms.ChoiceField(
        label="Language", choices=LANGUAGES, help_text="Of plans and letters, where a program speaks several."
    )

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        self.organization = organization
        now = {name: getattr(organization, name) for name in ("name", "zone", "country", "subdivision", "language")}
        super().__init__(*args, initial=now, **kwargs)
        self.fields["country"].choices = [("", "No country"), *countries()]  # type: ignore[attr-defined]
        self.fields["zone"].help_text = (
            f"Stays {organization.zone}: the days of the plans on record are days there."
            if organization.plan_set.exists()
            else "A day begins and ends where you are. Type a city, such as New York."
        )

    def clean_zone(self) -> str:
        typed = self.cleaned_data["zone"].strip().replace(" ", "_")
        by_name = {zone.lower(): zone for zone in sorted(available_timezones())}
        by_city = {zone.rpartition("/")[2].lower(): zone for zone in zones()}
        zone = by_name.get(typed.lower()) or by_city.get(typed.lower())
        if zone is None:
            near = get_close_matches(typed.lower(), [*by_city, *by_name], n=1)
            tip = f" Do you mean {by_city.get(near[0]) or by_name[near[0]]}?" if near else ""
            raise ValidationError(f"There is no time zone {typed}.{tip}")
        if zone != self.organization.zone and self.organization.plan_set.exists():
            raise ValidationError(
                f"The time zone stays {self.organization.zone}: the days of the plans on record are days there."
            )
        return zone

    def clean_subdivision(self) -> str:
        return self.cleaned_data["subdivision"].strip().upper()

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        country, subdivision = data.get("country") or None, data.get("subdivision") or None
        if subdivision and not country:
            self.add_error("subdivision", "Choose the country first.")
        elif country:
            try:
                Days("business days", country=country, subdivision=subdivision)
            except ValueError as error:
                self.add_error("subdivision" if subdivision else "country", str(error))
        return data

    @transaction.atomic
    def save(self) -> Organization:
        """Write the settings down, and let the business days follow the place."""
        for name, value in self.cleaned_data.items():
            setattr(self.organization, name, value)
        self.organization.save()
        for calendar in Calendar.objects.filter(organization=self.organization, unit="business_days"):
            calendar.days |= {
                "country": self.organization.country or None,
                "subdivision": self.organization.subdivision or None,
            }
            calendar.save()
        return self.organization


class CalendarForm(InOurWords):
    """Which days are open, by week, by term and by exception."""

    weekdays = forms.TypedMultipleChoiceField(
        label="Open on",
        choices=WEEKDAYS,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one day of the week"},
    )
    holidays = forms.BooleanField(label="Closed on public holidays", required=False)
    opens = forms.CharField(
        label="Terms",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="One a line, such as 31 August 2026 to 22 January 2027 First semester. Outside them"
        " every day is closed. Leave it empty if there are no terms.",
    )
    closed = forms.CharField(
        label="Further closed days",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="One a line: the day, or first to last, then what it is. Such as: 24 December 2026 Christmas Eve.",
    )

    def __init__(self, *args: Any, organization: Organization, days: Days, terms: bool = True, **kwargs: Any) -> None:
        self.organization, self.days = organization, days
        labels = {day: days.labels.get(day, "") for day in days.closed}
        now = {
            "weekdays": sorted(days.weekdays),
            "holidays": days.country is not None,
            "opens": "\n".join(f"{day_name(first)} to {day_name(last)}" for first, last in days.opens),
            "closed": day_lines.as_lines(labels),
        }
        super().__init__(*args, initial=now, **kwargs)
        if not terms:
            del self.fields["opens"]
        place = dict(countries()).get(organization.country, "")
        self.fields["holidays"].help_text = (
            f"Of {place}{', ' + organization.subdivision if organization.subdivision else ''}."
            if place
            else "Choose the country in the settings of the organization first."
        )

    def clean_closed(self) -> dict[date, str]:
        return day_lines.days(self._ranges("closed"))

    def clean_opens(self) -> tuple[tuple[date, date], ...]:
        return tuple((first, last) for first, last, _ in self._ranges("opens"))

    def _ranges(self, name: str) -> list[day_lines.Range]:
        try:
            return day_lines.ranges(self.cleaned_data[name])
        except day_lines.Unreadable as error:
            raise ValidationError(error.problems) from None

    def clean(self) -> dict[str, Any]:
        if not self.errors:
            try:
                self.value = self._value()
            except ValueError as error:
                self.add_error(None, str(error))
        return self.cleaned_data

    def _value(self) -> Days:
        data = self.cleaned_data
        public = bool(data["holidays"] and self.organization.country)
        kept = {day: label for day, label in self.days.labels.items() if day not in self.days.closed}
        return Days(
            name=self.days.name,
            weekdays=frozenset(data["weekdays"]),
            country=self.organization.country if public else None,
            subdivision=(self.organization.subdivision or None) if public else None,
            closed=frozenset(data["closed"]),
            opens=data.get("opens", ()),
            labels=kept | {day: label for day, label in data["closed"].items() if label},
        )


class ProgramSettingsForm(InOurWords):
    """The values an organization enters once for a program, its named contact among them."""

    def __init__(self, *args: Any, program: Program, values: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.settings = settings_of(program)
        for setting in self.settings:
            value = values.get(setting.id, setting.default)
            self.fields |= (
                contact_fields(setting, str(value or ""))
                if setting.kind == "contact"
                else {setting.id: plain_field(setting, value)}
            )

    def values(self) -> dict[str, Any]:
        """What was entered, by setting."""
        return {s.id: self._value(s) for s in self.settings if self._value(s) not in ("", None)}

    def _value(self, setting: Setting) -> object:
        if setting.kind != "contact":
            return self.cleaned_data.get(setting.id)
        name, email = (self.cleaned_data[f"{setting.id}_{part}"] for part in ("name", "email"))
        return f"{name} <{email}>" if email else name


def settings_of(program: Program) -> list[Setting]:
    """The settings a program declares; its contact also when it is not among them."""
    declared = list(program.settings)
    if program.contact.setting not in {s.id for s in declared}:
        declared.append(Setting(id=program.contact.setting, title=program.contact.title, kind="contact"))
    return declared


def plain_field(setting: Setting, value: object) -> forms.Field:
    common: dict[str, Any] = {
        "label": setting.title,
        "help_text": setting.guidance or "",
        "required": setting.required,
        "initial": value,
    }
    if setting.kind == "integer":
        return forms.IntegerField(error_messages={"invalid": "Enter a whole number."}, **common)
    if setting.kind == "email":
        return forms.EmailField(error_messages={"invalid": "This is no e-mail address."}, **common)
    return forms.CharField(max_length=2000, **common)


def contact_fields(setting: Setting, value: str) -> dict[str, forms.Field]:
    """A contact is a name and an address, kept as `Name <name@example.org>`."""
    name, _, email = value.partition("<")
    missing = {"required": f"Enter the name: {setting.title}"}
    return {
        f"{setting.id}_name": forms.CharField(
            label=f"{setting.title}: name", help_text=setting.guidance or "", required=setting.required, max_length=200,
            initial=name.strip(), error_messages=missing, validators=[no_brackets],
        ),
        f"{setting.id}_email": forms.EmailField(
            label=f"{setting.title}: e-mail address", required=False, initial=email.rstrip("> "),
            error_messages={"invalid": "This is no e-mail address."},
        ),
    }  # fmt: skip


def no_brackets(name: str) -> None:
    if "<" in name or ">" in name:
        raise ValidationError("Write the name alone here; the address has its own box.")


class ProgramFileForm(InOurWords):
    """A program file, typed or uploaded."""

    file = forms.FileField(
        label="Choose the file", required=False, widget=forms.FileInput,
        help_text="A program file ends in .yaml. At most 512 KB.", error_messages={"empty": "The file is empty."},
    )  # fmt: skip
    text = forms.CharField(
        label="Or paste its text", required=False, strip=False, max_length=512 * 1024,
        widget=forms.Textarea(attrs={"rows": 16, "spellcheck": "false", "class": "file-text"}),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if (upload := data.get("file")) is not None:
            data["text"] = self._read(upload)
        elif not (data.get("text") or "").strip() and "text" not in self.errors and "file" not in self.errors:
            self.add_error("file", "Choose a file, or paste the text of one.")
        return data

    def _read(self, upload: Any) -> str:
        if upload.size > 512 * 1024:
            self.add_error("file", "The file is larger than 512 KB; a program is a few pages.")
            return ""
        try:
            return str(upload.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            self.add_error("file", "This is no text file. A program is a text file in UTF-8 that ends in .yaml.")
            return ""
