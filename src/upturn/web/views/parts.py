"""/parts/: every part in every state, on invented data. People look at it, and the tests run on it."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from upturn.web.charts import Chart, progress_chart
from upturn.web.shell import Contact, Link, Shell
from upturn.web.templatetags.parts import DATE_INPUT_FORMATS

NOW = datetime(2026, 11, 22, 16, 20, tzinfo=UTC)
CONTACT = Contact(
    name="Rosa Lind",
    role="program office",
    email="rosa.lind@example.org",
    phone="+1 555 0100",
    note="You may bring a companion to every meeting.",
)
SHELL = Shell(
    home_url="#",
    nav=[
        Link("My work", "#my-work"),
        Link("Plans", "#plans", current=True),
        Link("Groups", "#groups"),
        Link("People", "#people"),
        Link("Settings", "#settings"),
    ],
    signed_in_as="Priya Shah",
    sign_out_url="#",
    organization="Lakeside Peer Network",
    organizations_url="#organizations",
    contact=CONTACT,
    demo_url="#people",
    now=NOW,
)
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
HOSTILE = '<script>alert("1")</script> & "quotes" \'and\' <img src=x onerror=alert(2)>'


def gallery(request: HttpRequest) -> HttpResponse:
    """All parts on one page; with `?errors`, its form is sent empty, so that every field shows its error."""
    wrong = "errors" in request.GET
    form = Sample({"number": "twelve", "due": "next week", "mail": "priya at work"} if wrong else None, label_suffix="")
    form.fields["meaning"].option_hints = {"received": "You can add a statement. Nobody can edit it."}  # type: ignore[attr-defined]
    return render(request, "parts_gallery.html", {"shell": SHELL, "form": form, **sample()})


class Sample(forms.Form):
    """One field of every kind."""

    goal = forms.CharField(
        label="What will be true when this goal is met?",
        help_text="Describe behavior or results that someone else could see or count.",
        widget=forms.Textarea,
        error_messages={"required": "Enter what will be true when this goal is met"},
    )
    judge = forms.CharField(
        label="Who decides, and from what evidence?",
        help_text="For example: Priya Shah, from the weekly ticket report.",
        error_messages={"required": "Enter who decides and from what evidence"},
    )
    help = forms.CharField(label="What help will be given?", required=False, widget=forms.Textarea)
    due = forms.DateField(
        label="When does the plan end?",
        help_text="For example, 29 December 2026.",
        input_formats=DATE_INPUT_FORMATS,
        error_messages={"invalid": "Enter the end as a day, a month and a year, for example 29 December 2026"},
    )
    number = forms.IntegerField(
        label="How many tickets count as met?", error_messages={"invalid": "Enter a whole number, for example 9"}
    )
    mail = forms.EmailField(
        label="E-mail", error_messages={"invalid": "Enter an e-mail address, for example name@example.org"}
    )
    group = forms.ChoiceField(label="Group", choices=[("", "Choose a group"), ("14", "Group 14"), ("9", LONG)])
    meaning = forms.ChoiceField(
        label="What does your signature mean?",
        widget=forms.RadioSelect,
        choices=[
            ("agreed", "I agree with this plan"),
            ("received", "I received this plan, and I do not agree with all of it"),
        ],
        error_messages={"required": "Choose what your signature means"},
    )
    causes = forms.MultipleChoiceField(
        label="What has been tried?",
        help_text="Choose all that apply.",
        widget=forms.CheckboxSelectMultiple,
        choices=[("talk", "A talk"), ("training", "Training"), ("time", "More time")],
        error_messages={"required": "Choose what has been tried, or “Nothing yet”"},
    )
    seen = forms.BooleanField(
        label="I have read the whole plan",
        help_text="Nothing is signed by this.",
        error_messages={"required": "Confirm that you have read the plan, or ask for a change"},
    )
    proof = forms.FileField(label="A file", required=False, help_text="PDF, Word or picture, up to 10 MB.")
    token = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["number"].unit = "of 10 tickets"  # type: ignore[attr-defined]
        self.fields["help"].who_sees = ["you", "Dana Brooks", "HR"]  # type: ignore[attr-defined]


class RowForm(forms.Form):
    """One action of a repeating table."""

    what = forms.CharField(label="What will be done?")
    by = forms.DateField(label="By when?", required=False)


class FilterForm(forms.Form):
    """The form above a list of plans."""

    words = forms.CharField(label="Name", required=False)
    stage = forms.ChoiceField(label="Stage", choices=[("", "All stages"), ("draft", "Draft"), ("running", "Running")])
    since = forms.DateField(label="Started since", required=False)


def sample() -> Mapping[str, object]:
    """The invented values the gallery shows."""
    return {
        "statuses": [
            "In progress",
            "Draft",
            "Not yet started",
            "Due tomorrow",
            "Talk soon",
            "Completed",
            "Cannot start yet",
        ],
        "tasks": tasks(),
        "summary": summary(),
        "timeline": timeline(),
        "table": table(),
        "promised": promised(),
        "dates": key_dates(),
        "files": attachments(),
        "charts": charts(),
        "actions": actions(),
        "comments": comments(),
        "filters": FilterForm(label_suffix="", auto_id="filter_%s"),
        "pages": {
            "sentence": "Plans 21 to 40 of 134",
            "previous_url": "?page=1",
            "next_url": "?page=3",
            "name": "Pages of plans",
        },
        "reasons": [
            "Removal is possible from 21 February 2027: the program promises 90 days to improve; 12 have passed."
        ],
        "refusals": ["Dana Brooks has not read the draft yet.", "Goal 2 has no date."],
        "advice": [
            {"says": "“better” can be read in more than one way.", "try": "Say what someone would see or count."},
            {
                "says": "There is no date or rhythm.",
                "try": "Add when it is measured, for example “each week until 29 January”.",
            },
        ],
        "contact": CONTACT,
        "now": NOW,
        "hostile": HOSTILE,
        "words": "I was on call **every night** that week.\n\n- 12 October\n- 13 October\n\n" + HOSTILE,
    }


def tasks() -> list[dict[str, object]]:
    """Waiting for you, waiting for others, done, not possible yet."""
    return [
        {
            "title": "Sign the plan for Dana Brooks",
            "url": "#sign",
            "hint": "Reviewed by HR on 19 November. The plan starts when both of you have signed.",
            "consequence": "If nothing is done by 23 November, the program office is told.",
            "status": "Due tomorrow",
        },
        {
            "title": "Write your part of check-in 7",
            "url": "#check-in",
            "hint": "Dana has written hers.",
            "status": "Not yet started",
        },
        {"title": "Say what help will be given", "url": "#help", "status": "Completed"},
        {
            "title": "Confirm the outcome",
            "hint": "Opens on day 83, or earlier if every goal is met.",
            "status": "Cannot start yet",
        },
        {"title": f"Answer {LONG}", "url": "#long", "hint": HOSTILE, "status": "In progress"},
    ]


def summary() -> list[dict[str, str]]:
    return [
        {
            "key": "Why a plan",
            "value": "First responses took longer than 1 hour on 46 of 80 tickets in August.",
            "url": "#1",
            "action": "Ask for a change",
        },
        {
            "key": "Goal 1",
            "words": "At least **9 of 10** tickets get a first response within 1 hour.",
            "url": "#2",
            "action": "Ask for a change",
        },
        {"key": "Help you get", "value": "", "url": "#3", "action": "Ask for a change"},
        {"key": "If it is not met", "value": f"Extension, a different role, or end of employment. {LONG}"},
    ]


def timeline() -> list[dict[str, object]]:
    return [
        {
            "title": "Check-in 6 recorded",
            "actor": "Priya Shah",
            "at": NOW,
            "line": "Goal 1: 8 of 10, from the weekly ticket report.",
            "mark": True,
            "url": "#e7",
        },
        {
            "title": "Comment on goal 1",
            "actor": "Dana Brooks",
            "at": NOW - timedelta(days=4),
            "happened_on": date(2026, 11, 16),
            "words": "The on-call swap *doubled* my queue that week.\n\n" + HOSTILE,
            "who_sees": ["you", "Dana Brooks", "HR"],
        },
        {
            "title": "End of the plan moved",
            "actor": "Rosa Lind",
            "at": NOW - timedelta(days=20),
            "line": "From 22 to 29 December 2026: 5 days of leave.",
            "details": [
                {"key": "Before", "value": "22 December 2026"},
                {"key": "After", "value": "29 December 2026"},
                {"key": "Rule", "value": "Leave moves the end by as many days."},
            ],
        },
    ]


def table() -> dict[str, object]:
    names = [
        ("Jo Bell", "Lakeside MSP", "Talk soon", "Missed 2 of the last 4 meetings", 4),
        ("Ana Reyes", "Harbor Systems", "On a plan", "Improvement plan, day 41 of 90", 5),
        ("Sam Ortiz", LONG, "On track", "All 4 plans posted", 6),
    ]
    return {
        "caption": "Members, most in need of a conversation first",
        "columns": ["Member", "Light", "Why", {"label": "Meetings", "number": True}],
        "rows": [
            [{"text": name, "url": "#m", "note": firm}, {"status": light}, why, f"{met} of 6"]
            for name, firm, light, why, met in names
        ],
    }


def promised() -> dict[str, object]:
    return {
        "caption": "What was promised, and what was done",
        "columns": ["Promise", "Done", "Where it stands"],
        "rows": [
            [
                "A check-in every 2 weeks",
                "5 of 6 held; 10 November was missed by the lead",
                {"status": "Missed", "note": "1 check-in"},
            ],
            ["Two hours a week with Kim Lund", "Delivered in 9 of 9 weeks", {"status": "Delivered"}],
            [
                "90 days to improve",
                {"text": "54 days have passed", "note": "Day 90 is 29 December 2026"},
                {"status": "In progress"},
            ],
        ],
    }


def key_dates() -> list[dict[str, object]]:
    return [
        {"what": "Start", "when": date(2026, 9, 29), "how": "The day both had signed."},
        {
            "what": "End",
            "when": date(2026, 12, 29),
            "how": "90 calendar days after the start, the first day not counted.",
            "original": date(2026, 12, 22),
            "reason": "5 days of leave",
        },
        {
            "what": "Your answer",
            "when": date(2026, 11, 23),
            "how": "10 business days after the draft was shared.",
            "status": "Due tomorrow",
        },
        {"what": "Appeal ends", "when": None, "how": "30 days after the decision, once there is one."},
    ]


def attachments() -> list[dict[str, object]]:
    digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    return [
        {
            "name": "Weekly ticket report.pdf",
            "url": "#f1",
            "kind": "PDF",
            "size": "184 KB",
            "added_by": "Priya Shah",
            "added_on": date(2026, 11, 10),
            "digest": digest,
        },
        {"name": f"{LONG}.docx", "url": "#f2", "kind": "Word", "size": "22 KB", "note": "Seen by you and HR."},
    ]


def comments() -> list[dict[str, object]]:
    return [
        {
            "author": "Dana Brooks",
            "at": NOW,
            "words": "Could this count **only** working days?",
            "who_sees": ["you", "Priya Shah", "HR"],
        },
        {
            "author": "Dana Brooks",
            "at": NOW,
            "before": "within 1 hour",
            "after": "within 1 hour on working days",
            "words": "On call has its own rota.",
            "who_sees": ["you", "Priya Shah"],
            "answers_url": "#",
            "answers": [{"label": "Accept the change", "value": "accept"}, {"label": "Keep the text", "value": "keep"}],
        },
    ]


def charts() -> list[Chart]:
    def weekly(*values: float | None) -> list[tuple[date, float | None]]:
        return [(date(2026, 9, 29) + timedelta(weeks=week), value) for week, value in enumerate(values)]

    due = date(2026, 12, 29)
    return [
        progress_chart(
            weekly(4, 5, 5, 7, 6, 8, 8), target=9, baseline=4, unit="of 10", title="First-response time", due=due
        ),
        progress_chart(
            weekly(92000, None, 88000, 87500, None, 61000), target=50000, unit="$", title="Overspend", direction="down"
        ),
        progress_chart(weekly(3), target=3, baseline=3, unit="%", title=HOSTILE),
        progress_chart([], target=9, unit="of 10", title="Nothing measured yet"),
    ]


def actions() -> dict[str, object]:
    forms_ = [
        RowForm(
            {"actions-0-what": "Pair with Kim Lund", "actions-0-by": "2026-12-01"}, prefix="actions-0", label_suffix=""
        ),
        RowForm(prefix="actions-1", label_suffix=""),
    ]
    steps = RowForm(prefix="actions-1-steps-0", label_suffix="")
    inner = {
        "inner": True,
        "name": "actions-1-steps",
        "add_label": "Add a step",
        "rows": [{"legend": "Step 1 of action 2", "name": "actions-1-steps-0", "fields": list(steps)}],
    }
    return {
        "title": "Actions",
        "name": "actions",
        "note": "At least 1, at most 6.",
        "add_label": "Add an action",
        "rows": [
            {"legend": "Action 1", "name": "actions-0", "fields": list(forms_[0]), "fixed": False},
            {"legend": "Action 2", "name": "actions-1", "fields": list(forms_[1]), "nested": [inner]},
        ],
    }
