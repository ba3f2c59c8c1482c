"""Settings of an organization: where its days begin, which are open, and the programs its plans keep to."""

import re
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from playwright.sync_api import Page, expect

from tests.web.keeping import NOW, Kept, kept, sign_in, signed_in, wrong_with
from tests.web.test_pages import text_of
from upturn.core.guards.registry import GUARDS
from upturn.core.reading import read
from upturn.records import catalogue
from upturn.records.models import Calendar, Organization, ProgramVersion
from upturn.web import day_lines, program_words
from upturn.web.guard_words import CLAUSES

pytestmark = pytest.mark.django_db
EVOLVE = next(text for text in catalogue.shipped() if "key: evolve-mip" in text)
SECOND = EVOLVE.replace("version: 1\n", "version: 2\n", 1).replace("title: Situation\n", "title: The situation\n", 1)


@pytest.fixture
def lakeside() -> Kept:
    return kept()


@pytest.fixture
def rosa(lakeside: Kept) -> Client:
    return signed_in(lakeside.rosa)


def said(answer: Any) -> str:
    return text_of(answer.content)


def days_of(organization: Organization, unit: str = "business_days") -> Any:
    return Calendar.objects.get(organization=organization, unit=unit).value()


# The organization -------------------------------------------------------------------------------------------------

PLACE = {"name": "Lakeside", "zone": "America/New_York", "country": "US", "subdivision": "DC", "language": "en"}


def test_only_officers_see_and_change_settings(lakeside: Kept) -> None:
    urls = ["/organization/", "/organization/change/", "/organization/calendars/business_days/", "/programs/publish/"]
    own = ["/programs/evolve-mip/settings/"]
    assert [signed_in(lakeside.adam).get(url).status_code for url in urls + own] == [200] * 5
    assert [signed_in(lakeside.vera).get(url).status_code for url in urls + own] == [403] * 5
    posts = ["/programs/adopt/", "/programs/evolve-mip/1/retire/", "/programs/publish/"]
    assert [signed_in(lakeside.vera).post(url, {"key": "dc-pip"}).status_code for url in posts] == [403] * 3
    assert ProgramVersion.objects.get(organization=lakeside.organization).retired_at is None


def test_the_business_days_follow_the_place(rosa: Client, lakeside: Kept) -> None:
    assert days_of(lakeside.organization).why_closed(date(2027, 4, 16)) == "Emancipation Day"
    rosa.post("/organization/change/", PLACE | {"country": "CA", "subdivision": " qc ", "zone": "toronto"})
    changed = Organization.objects.get(pk=lakeside.organization.pk)
    assert (changed.zone, changed.country, changed.subdivision) == ("America/Toronto", "CA", "QC")
    assert days_of(changed).is_open(date(2027, 4, 16))
    assert not days_of(changed).is_open(date(2027, 6, 24))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"name": ""}, "Enter the name of the organization"),
        ({"zone": "Nowhere/Atlantis"}, "There is no time zone Nowhere/Atlantis."),
        ({"zone": "New Yorc"}, "Do you mean America/New_York?"),
        ({"zone": "../../etc/passwd"}, "There is no time zone"),
        ({"subdivision": "ZZ"}, "No holidays are known for 'ZZ' in US. Known there:"),
        ({"country": "", "subdivision": "DC"}, "Choose the country first."),
        ({"country": "XX"}, "XX is not one of the available choices"),
        ({"language": "tlh"}, "tlh is not one of the available choices"),
    ],
)
def test_a_place_that_cannot_be_is_refused_with_what_would_be_right(
    rosa: Client, lakeside: Kept, changes: dict[str, str], says: str
) -> None:
    answer = rosa.post("/organization/change/", PLACE | {"name": "As typed"} | changes)
    assert answer.status_code == 422
    assert says in said(answer).replace("&#x27;", "'")
    assert Organization.objects.get(pk=lakeside.organization.pk).name == "Lakeside Peer Network"


def test_a_city_is_enough_for_a_time_zone(rosa: Client, lakeside: Kept) -> None:
    rosa.post("/organization/change/", PLACE | {"zone": "new york"})
    assert Organization.objects.get(pk=lakeside.organization.pk).zone == "America/New_York"


# Calendars --------------------------------------------------------------------------------------------------------

WEEK = {"weekdays": ["0", "1", "2", "3", "4"], "holidays": "on"}


@pytest.mark.parametrize(
    ("line", "first", "last", "label"),
    [
        ("24 December 2026 Christmas Eve", date(2026, 12, 24), date(2026, 12, 24), "Christmas Eve"),
        ("2026-12-24", date(2026, 12, 24), date(2026, 12, 24), ""),
        ("December 24, 2026: closed early", date(2026, 12, 24), date(2026, 12, 24), "closed early"),
        ("21 Dec 2026 to 1 January 2027 Winter", date(2026, 12, 21), date(2027, 1, 1), "Winter"),
        ("2026-12-21 – 2027-01-01, Winter", date(2026, 12, 21), date(2027, 1, 1), "Winter"),
        ("2026-12-21 - 2027-01-01", date(2026, 12, 21), date(2027, 1, 1), ""),
        ("24. December 2026", date(2026, 12, 24), date(2026, 12, 24), ""),
    ],
)
def test_a_day_or_a_span_is_read_from_a_line(line: str, first: date, last: date, label: str) -> None:
    assert day_lines.ranges(f"\n  {line}  \n\n") == [(first, last, label)]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("Christmas", "Line 1, “Christmas”: no date is found at its beginning."),
        ("31 February 2027", "Line 1, “31 February 2027”: there is no day “31 February 2027”."),
        ("24/12/2026", "no date is found at its beginning."),
        ("2 March 2027 to 1 March 2027", "it ends on 1 March 2027, before it begins."),
        ("1 January 2000 to 1 January 2030", "These are more than 5,000 days"),
        ("24 Decembre 2026", "there is no day “24 Decembre 2026”."),
    ],
)
def test_a_line_that_is_no_day_says_why(line: str, says: str) -> None:
    with pytest.raises(day_lines.Unreadable) as refused:
        day_lines.ranges(line)
    assert says in str(refused.value)


def test_days_go_back_to_the_lines_they_came_from() -> None:
    lines = "24 December 2026 Christmas Eve\n28 December 2026 to 1 January 2027 Winter break\n2 January 2027 Inventory"
    assert day_lines.as_lines(day_lines.days(day_lines.ranges(lines))) == lines


def test_further_closed_days_are_kept_with_their_names(rosa: Client, lakeside: Kept) -> None:
    closed = "24 December 2026 Christmas Eve\n28 December 2026 to 31 December 2026 Between the years"
    rosa.post("/organization/calendars/business_days/", WEEK | {"closed": closed})
    days = days_of(lakeside.organization)
    assert days.why_closed(date(2026, 12, 24)) == "Christmas Eve"
    assert days.why_closed(date(2026, 12, 29)) == "Between the years"
    assert days.why_closed(date(2026, 12, 25)) == "Christmas Day"
    page = rosa.get("/organization/calendars/business_days/").content.decode()
    assert closed in page
    rosa.post("/organization/calendars/business_days/", WEEK | {"closed": ""})
    assert days_of(lakeside.organization).is_open(date(2026, 12, 24))


def test_every_line_that_is_no_day_is_told_at_once_and_kept(rosa: Client) -> None:
    closed = "Christmas\n24 December 2026\n31 June 2027"
    answer = rosa.post("/organization/calendars/business_days/", WEEK | {"closed": closed})
    assert answer.status_code == 422
    assert "Line 1, “Christmas”" in said(answer)
    assert "Line 3, “31 June 2027”" in said(answer)
    assert closed in answer.content.decode()


def test_a_week_without_an_open_day_is_refused(rosa: Client) -> None:
    answer = rosa.post("/organization/calendars/business_days/", {"weekdays": [], "closed": ""})
    assert "Choose at least one day of the week" in said(answer)


SCHOOL = """
key: school-plan
version: 1
title: School plan
summary: A plan counted in school days.
about: {what: A plan.}
calendars: {school_days: School days of the district}
parties:
  teacher: {title: Teacher, kind: subject, min: 1}
  head: {title: Head, kind: lead, min: 1}
start: {by: [lead], stage: open, tells: true}
form:
  - {id: what, title: What, by: [head], in: [open], fields: [{id: words, title: Words}]}
stages:
  - {id: open, title: Open, phase: run, says: It runs.}
  - {id: done, title: Done, phase: closed, final: true, says: It is over.}
moves:
  - {id: end, title: End it, from: [open], to: done, by: [head]}
"""


def test_a_calendar_that_a_program_counts_on_is_offered_and_kept(rosa: Client, lakeside: Kept) -> None:
    catalogue.publish(lakeside.organization, SCHOOL, NOW)
    assert "School days of the district not set up yet" in said(rosa.get("/organization/"))
    terms = "31 August 2026 to 22 January 2027 First semester\n25 January 2027 to 11 June 2027 Second semester"
    closed = "21 December 2026 to 1 January 2027 Winter break"
    rosa.post("/organization/calendars/school_days/", WEEK | {"opens": terms, "closed": closed})
    days = days_of(lakeside.organization, "school_days")
    open_days = [
        day for day in (date(2026, 8, 28), date(2026, 9, 1), date(2026, 12, 22), date(2027, 6, 14)) if days.is_open(day)
    ]
    assert open_days == [date(2026, 9, 1)]
    page = rosa.get("/organization/calendars/school_days/").content.decode()
    assert "31 August 2026 to 22 January 2027\n25 January 2027 to 11 June 2027" in page
    assert rosa.get("/organization/calendars/moon_days/").status_code == 404


# Programs ---------------------------------------------------------------------------------------------------------


def test_everybody_in_the_organization_reads_a_program_in_plain_words(lakeside: Kept) -> None:
    page = said(signed_in(lakeside.mara).get("/programs/evolve-mip/"))
    for words in (
        "A plan that a member of a peer group writes",
        "You may add a statement at every step; nobody can edit it.",
        "Only when at least 90 days have passed since “Begin the plan and let the member write”. (MIP guidelines)",
        "Only when “Discussion with the member” is on record, with Member present. (MIP guidelines)",
        "The later of these: 90 days or until the day in “Targeted completion date”.",
        "ITN Evolve Membership Agreement",
        "Kept for three years after it ends",
    ):
        assert words in page, words
    assert "Change its settings" not in page


def test_every_guard_has_words_of_its_own() -> None:
    assert set(GUARDS) - set(CLAUSES) == {"cel"}
    assert set(CLAUSES) - set(GUARDS) == set()


@pytest.mark.parametrize("text", catalogue.shipped(), ids=lambda text: re.search(r"^key: (\S+)", text, re.MULTILINE)[1])  # type: ignore[index]
def test_every_shipped_program_can_be_told_in_words(text: str) -> None:
    program = read(text).program()
    words = program_words.page(program)
    rules = [c for stage in words.stages for step in stage.steps for c in step.conditions + step.warnings]
    assert len(words.stages) + len(words.endings) == len(program.stages)
    assert [rule.says for rule in rules if "{" in rule.says or "_" in rule.says.replace("__", "")] == []


def test_the_file_of_a_version_is_the_text_it_was_published_from(rosa: Client) -> None:
    answer = rosa.get("/programs/evolve-mip/1/file/")
    assert answer.content.decode() == EVOLVE
    assert answer.headers["Content-Disposition"] == 'attachment; filename="evolve-mip.v1.yaml"'
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_the_named_contact_is_entered_once_and_kept_as_name_and_address(rosa: Client, lakeside: Kept) -> None:
    assert "Still to be entered: Named contact for the MIP." in said(rosa.get("/programs/evolve-mip/"))
    form = {"contact_name": "Dana Brooks", "contact_email": "dana@example.org"}
    rosa.post("/programs/evolve-mip/settings/", form)
    assert catalogue.settings_of(lakeside.organization, "evolve-mip") == {"contact": "Dana Brooks <dana@example.org>"}
    page = rosa.get("/programs/evolve-mip/settings/").content.decode()
    assert 'value="Dana Brooks"' in page
    assert 'value="dana@example.org"' in page
    assert "Still to be entered" not in said(rosa.get("/programs/evolve-mip/"))


def test_a_contact_without_a_name_is_refused(rosa: Client, lakeside: Kept) -> None:
    answer = rosa.post("/programs/evolve-mip/settings/", {"contact_name": "", "contact_email": "dana at home"})
    assert answer.status_code == 422
    assert "Enter the name: Named contact for the MIP" in said(answer)
    assert "This is no e-mail address." in said(answer)
    assert catalogue.settings_of(lakeside.organization, "evolve-mip") == {}


def test_a_program_that_comes_with_upturn_is_taken_over(rosa: Client, lakeside: Kept) -> None:
    assert "Performance Improvement Plan (District of Columbia agencies)" in said(rosa.get("/programs/"))
    answer = rosa.post("/programs/adopt/", {"key": "dc-pip"})
    assert answer.headers["Location"] == "/programs/dc-pip/settings/"
    assert {v.key for v in catalogue.published(lakeside.organization)} == {"evolve-mip", "dc-pip"}
    assert rosa.post("/programs/adopt/", {"key": "no-such"}).status_code == 404


def test_a_retired_version_opens_no_new_plan_and_stays_readable(rosa: Client, lakeside: Kept) -> None:
    rosa.post("/programs/evolve-mip/1/retire/")
    assert catalogue.published(lakeside.organization) == []
    assert "No longer used for new plans" in said(rosa.get("/programs/"))
    assert rosa.get("/programs/evolve-mip/1/").status_code == 200
    rosa.post("/programs/evolve-mip/1/retire/")  # pressed twice: nothing more happens


def test_a_new_version_is_shown_for_what_it_changes_and_then_published(rosa: Client, lakeside: Kept) -> None:
    upload = SimpleUploadedFile("evolve.yaml", b"\xef\xbb\xbf" + SECOND.encode())
    checked = rosa.post("/programs/publish/", {"file": upload, "do": "check"})
    assert "This is ready to be published" in said(checked)
    assert "Of the plans that run, nothing changes" in said(checked)
    assert "Changed: section “The situation” (title)." in said(checked)
    assert ProgramVersion.objects.filter(organization=lakeside.organization).count() == 1
    published = rosa.post("/programs/publish/", {"text": SECOND, "do": "publish"})
    assert published.headers["Location"] == "/programs/evolve-mip/"
    assert [v.version for v in catalogue.published(lakeside.organization)] == [2]
    assert "Version 1" in said(rosa.get("/programs/evolve-mip/"))
    assert rosa.get("/programs/evolve-mip/1/").status_code == 200


def test_every_problem_of_a_file_is_listed_with_its_line_and_the_text_is_kept(rosa: Client, lakeside: Kept) -> None:
    broken = EVOLVE.replace("phase: concern", "phase: worry", 1).replace(
        "by: [lead, office]", "by: lead\n  nonsense: 1", 1
    )
    answer = rosa.post("/programs/publish/", {"text": broken, "do": "publish"})
    assert answer.status_code == 422
    assert "The file has 2 problems" in said(answer)
    lines = broken.splitlines()
    listed = re.findall(r'<th scope="row" role="rowheader">Line (\d+)</th>', answer.content.decode())
    assert [lines[int(line) - 1].strip() for line in listed] == ["nonsense: 1", "phase: worry"]
    assert "No such key here." in said(answer)
    assert "nonsense: 1" in answer.content.decode().partition("<textarea")[2]
    assert ProgramVersion.objects.filter(organization=lakeside.organization).count() == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Choose a file, or paste the text of one."),
        ("key: [", "This is not YAML"),
        ("just words", "A program is a mapping that begins with"),
        ("a: &x [1]\nb: *x", "Anchors and aliases"),
        ("[" * 3000, "levels"),
        (EVOLVE.replace("summary: >-", "summary: Another.\nform_number: >-", 1), "is published with another text"),
    ],
)
def test_what_cannot_be_published_says_why(rosa: Client, text: str, says: str) -> None:
    answer = rosa.post("/programs/publish/", {"text": text, "do": "publish"})
    assert answer.status_code == 422
    assert says in said(answer)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\xff\xfe\x00\x01", "This is no text file."),
        (b"", "The file is empty."),
        (b"x" * (513 * 1024), "larger than 512 KB"),
    ],
)
def test_an_upload_that_is_no_program_file_says_why(rosa: Client, content: bytes, says: str) -> None:
    answer = rosa.post("/programs/publish/", {"file": SimpleUploadedFile("x.yaml", content), "do": "check"})
    assert answer.status_code == 422
    assert says in said(answer)


def test_a_program_of_another_organization_is_not_found(rosa: Client) -> None:
    harbor = kept("Harbor Peer Network").organization
    catalogue.publish(harbor, SCHOOL, NOW)
    urls = [
        "/programs/school-plan/",
        "/programs/school-plan/1/",
        "/programs/school-plan/1/file/",
        "/programs/school-plan/settings/",
    ]
    assert [rosa.get(url).status_code for url in urls] == [404] * 4
    assert rosa.post("/programs/school-plan/1/retire/").status_code == 404
    assert rosa.get("/programs/evolve-mip/7/").status_code == 404


# In the browser ---------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_pages_of_settings_and_programs_stand_up_at_every_width(page: Page, axe: Any, lakeside: Kept) -> None:
    catalogue.adopt_shipped(lakeside.organization, NOW)
    catalogue.publish(lakeside.organization, SCHOOL, NOW)
    sign_in(page, lakeside.rosa)
    urls = [
        "/organization/",
        "/organization/change/",
        "/organization/calendars/business_days/",
        "/organization/calendars/school_days/",
        "/programs/",
        *(f"/programs/{version.key}/" for version in catalogue.published(lakeside.organization)),
        "/programs/evolve-mip/settings/",
        "/programs/publish/",
    ]
    assert [problem for url in urls for problem in wrong_with(page, url, axe)] == []


@pytest.mark.django_db(transaction=True)
def test_a_file_with_problems_is_mended_on_the_page_without_scripts(new_page: Any, axe: Any, lakeside: Kept) -> None:
    page = new_page(java_script_enabled=False)
    sign_in(page, lakeside.rosa)
    page.goto("/programs/publish/")
    page.get_by_label("Or paste its text").fill(SECOND.replace("version: 2", "version: two", 1))
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_role("alert")).to_contain_text("The file has 1 problem")
    expect(page.get_by_role("rowheader", name="Line 3")).to_be_visible()
    page.get_by_label("Or paste its text").fill(SECOND)
    page.get_by_role("button", name="Check the file").click()
    page.get_by_role("button", name="Publish version 2").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Member Improvement Plan")
    expect(page.get_by_text("Version 2, published")).to_be_visible()


@pytest.mark.django_db(transaction=True)
def test_problems_of_a_file_are_announced_and_readable_at_every_width(page: Page, axe: Any, lakeside: Kept) -> None:
    sign_in(page, lakeside.rosa)
    page.goto("/programs/publish/")
    page.get_by_label("Or paste its text").fill("key: Broken Key\nversion: two\ntitle: A\nforms: []\n")
    page.get_by_role("button", name="Check the file").click()
    expect(page.locator("#error-summary")).to_be_focused()
    assert page.title() == "Error: Publish a program file – Upturn"
    page.set_viewport_size({"width": 320, "height": 900})
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 320
