"""People and groups: kept by officers, seen by those they are about, and by nobody from elsewhere."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from playwright.sync_api import Page, expect

from tests.web.keeping import Kept, kept, sign_in, signed_in, without_account, wrong_with
from tests.web.test_pages import text_of
from upturn.records.models import Group, Membership, Person

pytestmark = pytest.mark.django_db
NOBODY = {"name": "", "kind": "person"}


@pytest.fixture
def lakeside() -> Kept:
    return kept()


def said(answer: Any) -> str:
    return text_of(answer.content)


def sent(person: Person, **changes: Any) -> dict[str, Any]:
    """The form of a person as the browser would send it."""
    plain = {
        "name": person.name,
        "email": person.email,
        "title": person.title,
        "kind": person.kind,
        "roles": person.roles,
    }
    return plain | {"detail_company": person.details.get("company", "")} | changes


# Who may ----------------------------------------------------------------------------------------------------------

KEPT_BY_OFFICERS = ["/people/", "/people/add/", "/people/{mara}/change/", "/groups/add/", "/groups/{group}/change/"]


@pytest.mark.both
@pytest.mark.parametrize(("who", "status"), [("rosa", 200), ("adam", 200), ("vera", 403), ("mara", 403), ("finn", 403)])
def test_officers_keep_people_and_groups_and_others_are_told_whom_to_ask(lakeside: Kept, who: str, status: int) -> None:
    client = signed_in(getattr(lakeside, who))
    urls = [url.format(mara=lakeside.mara.pk, group=lakeside.group.pk) for url in KEPT_BY_OFFICERS]
    answers = [client.get(url) for url in urls]
    assert [answer.status_code for answer in answers] == [status] * len(urls)
    if status == 403:
        assert "Ask Adam Bell or Rosa Lind." in said(answers[0])


def test_what_officers_do_is_refused_to_others_before_anything_happens(lakeside: Kept) -> None:
    client = signed_in(lakeside.finn)
    nils = without_account(lakeside.organization, email="nils@example.org")
    posts = [f"/people/{nils.pk}/invite/", f"/people/{nils.pk}/code/", f"/people/{nils.pk}/change/", "/people/add/"]
    assert [client.post(url, NOBODY | {"name": "Eve"}).status_code for url in posts] == [403] * 4
    assert client.post(f"/groups/{lakeside.group.pk}/", {"person": nils.email}).status_code == 404
    assert not nils.invitations.exists()
    assert not Person.objects.filter(name="Eve").exists()
    assert lakeside.group.memberships.count() == 2


def test_everybody_sees_what_is_kept_about_themselves_and_of_nobody_else(lakeside: Kept) -> None:
    client = signed_in(lakeside.mara)
    own = said(client.get(f"/people/{lakeside.mara.pk}/"))
    assert "This is what Lakeside Peer Network keeps about you here." in own
    assert "Quill IT" in own
    assert client.get(f"/people/{lakeside.finn.pk}/").status_code == 403


# The list ---------------------------------------------------------------------------------------------------------


def names(answer: Any) -> list[str]:
    return re.findall(r'<a href="/people/\d+/">([^<]+)</a>', answer.content.decode())


@pytest.mark.both
def test_people_are_found_by_a_part_of_the_name_or_address(lakeside: Kept) -> None:
    client = signed_in(lakeside.rosa)
    assert names(client.get("/people/")) == ["Adam Bell", "Finn Alder", "Mara Quill", "Rosa Lind", "Vera Holt"]
    assert names(client.get("/people/?q=quIL")) == ["Mara Quill"]
    assert names(client.get("/people/?q=vera@")) == ["Vera Holt"]
    assert names(client.get("/people/?role=office")) == ["Rosa Lind"]
    assert "Nobody is found." in said(client.get("/people/?q=100%25"))


def test_who_left_is_shown_only_when_asked_for(lakeside: Kept) -> None:
    lakeside.vera.left_on = "2026-03-02"
    lakeside.vera.save()
    client = signed_in(lakeside.rosa)
    assert "Vera Holt" not in names(client.get("/people/"))
    assert "Left on 2 March 2026" in said(client.get("/people/?left=on"))


@pytest.mark.parametrize(
    ("page", "sentence"),
    [("", "1 to 25"), ("2", "26 to 50"), ("3", "51 to 65"), ("99", "51 to 65")]
    + [(wrong, "1 to 25") for wrong in ("-1", "0", "x", "9" * 30)],
)
def test_a_long_list_has_pages_and_any_number_leads_to_one(lakeside: Kept, page: str, sentence: str) -> None:
    for number in range(60):
        without_account(lakeside.organization, f"Person {number:02}")
    assert f"People {sentence} of 65" in said(signed_in(lakeside.rosa).get(f"/people/?page={page}"))


def test_the_next_page_keeps_what_was_asked_for(lakeside: Kept) -> None:
    for number in range(30):
        without_account(lakeside.organization, f"Person {number:02}")
    html = signed_in(lakeside.rosa).get("/people/?q=person&role=").content.decode()
    assert '<a href="?q=person&amp;role=&amp;page=2" rel="next">' in html


def test_the_list_costs_the_same_however_many_people_there_are(lakeside: Kept) -> None:
    def cost() -> int:
        client = signed_in(lakeside.rosa)
        with CaptureQueriesContext(connection) as asked:
            client.get("/people/")
        return len(asked)

    few = cost()
    for number in range(60):
        without_account(lakeside.organization, f"Person {number:02}")
    assert (few, cost()) == (5, 5)


# One person -------------------------------------------------------------------------------------------------------


def test_a_person_is_added_with_what_the_programs_ask_for(lakeside: Kept) -> None:
    client = signed_in(lakeside.rosa)
    page = client.get("/people/add/").content.decode()
    assert ">Company" in page  # the peer program fills it in by itself
    form = {
        "name": "Nils Berg", "email": "nils@example.org", "title": "Owner", "manager": "finn alder", "kind": "person",
        "detail_company": "Berg AS", "other": "Employee number: 17\n\n grade:9", "roles": ["auditor"],
    }  # fmt: skip
    added = client.post("/people/add/", form)
    nils = Person.objects.get(name="Nils Berg")
    assert added.headers["Location"] == f"/people/{nils.pk}/"
    assert (nils.manager, nils.roles, nils.organization) == (lakeside.finn, ["auditor"], lakeside.organization)
    assert nils.details == {"company": "Berg AS", "employee_number": "17", "grade": "9"}
    assert nils.facts()["grade"] == "9"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"name": "  "}, "Enter the name"),
        ({"email": "nils at work"}, "This is no e-mail address"),
        ({"email": "MARA@lakeside-peer-network.example.org"}, "Mara Quill has this address already."),
        ({"manager": "Fin Alder"}, "Nobody here is called Fin Alder."),
        ({"manager": "Alder"}, "Do you mean Finn Alder?"),
        ({"other": "just words"}, "Write each line as a name, a colon and a value. This one is not: just words"),
        ({"roles": ["emperor"]}, "emperor is not one of the available choices"),
        ({"kind": "ghost"}, "ghost is not one of the available choices"),
        ({"name": "x" * 201}, "at most 200 characters"),
    ],
)
def test_what_cannot_be_is_refused_and_stays_as_typed(lakeside: Kept, changes: dict[str, Any], says: str) -> None:
    form = {"name": "Nils Berg", "kind": "person", "title": "As typed", **changes}
    answer = signed_in(lakeside.rosa).post("/people/add/", form)
    assert answer.status_code == 422
    assert says in said(answer)
    assert 'value="As typed"' in answer.content.decode()
    assert Person.objects.filter(organization=lakeside.organization).count() == 5


def test_two_people_of_one_name_are_told_apart(lakeside: Kept) -> None:
    without_account(lakeside.organization, "Finn Alder", email="f.alder@example.org")
    answer = signed_in(lakeside.rosa).post("/people/add/", {"name": "N", "kind": "person", "manager": "Finn Alder"})
    assert (
        "There are several people called Finn Alder: type finn@lakeside-peer-network.example.org or"
        " f.alder@example.org." in said(answer)
    )


def test_a_change_is_written_and_the_rest_stays(lakeside: Kept) -> None:
    lakeside.mara.details |= {"demo_role": "kept", "service": "career"}
    lakeside.mara.save()
    client = signed_in(lakeside.adam)
    page = client.get(f"/people/{lakeside.mara.pk}/change/").content.decode()
    assert "service: career" in page
    assert "demo_role" not in page
    form = sent(lakeside.mara, title="Chair", manager="", other="service: career", detail_company="Quill & Co")
    client.post(f"/people/{lakeside.mara.pk}/change/", form)
    mara = Person.objects.get(pk=lakeside.mara.pk)
    assert (mara.title, mara.manager) == ("Chair", None)
    assert mara.details == {"demo_role": "kept", "service": "career", "company": "Quill & Co"}


def test_nobody_changes_their_own_roles_or_leaves_by_themselves(lakeside: Kept) -> None:
    client = signed_in(lakeside.rosa)
    client.post(
        f"/people/{lakeside.rosa.pk}/change/",
        sent(lakeside.rosa, roles=["office", "admin", "auditor"], left_on="2026-01-01"),
    )
    rosa = Person.objects.get(pk=lakeside.rosa.pk)
    assert (rosa.roles, rosa.left_on) == (["office"], None)
    client.post(f"/people/{lakeside.adam.pk}/change/", sent(lakeside.adam, roles=["admin", "office"]))
    assert Person.objects.get(pk=lakeside.adam.pk).roles == ["admin", "office"]


def test_who_leaves_is_closed_out_from_that_day(lakeside: Kept) -> None:
    client, vera = signed_in(lakeside.rosa), signed_in(lakeside.vera)
    assert vera.get("/groups/").status_code == 200
    client.post(f"/people/{lakeside.vera.pk}/change/", sent(lakeside.vera, left_on="2 March 2026"))
    assert vera.get("/groups/").status_code == 403
    assert "Left the organization on 2 March 2026" in said(client.get(f"/people/{lakeside.vera.pk}/"))


def test_nobody_is_their_own_manager(lakeside: Kept) -> None:
    answer = signed_in(lakeside.rosa).post(
        f"/people/{lakeside.mara.pk}/change/", sent(lakeside.mara, manager="Mara Quill")
    )
    assert "Nobody is their own manager." in said(answer)


# Groups -----------------------------------------------------------------------------------------------------------


def test_a_member_sees_the_own_group_only(lakeside: Kept) -> None:
    other = Group.objects.create(organization=lakeside.organization, name="Group 8")
    client = signed_in(lakeside.mara)
    assert "Group 8" not in said(client.get("/groups/"))
    page = client.get(f"/groups/{lakeside.group.pk}/")
    assert "Finn Alder Facilitator Leads the group" in said(page)
    assert b'name="change"' not in page.content
    assert client.get(f"/groups/{other.pk}/").status_code == 404


@pytest.mark.both
def test_a_group_is_made_filled_led_and_emptied(lakeside: Kept) -> None:
    client = signed_in(lakeside.rosa)
    url = client.post("/groups/add/", {"name": "Group 8"}).headers["Location"]
    client.post(url, {"person": "mara@lakeside-peer-network.example.org", "lead": "on"})
    group = Group.objects.get(name="Group 8")
    membership = Membership.objects.get(group=group)
    assert (membership.person, membership.lead, membership.organization) == (lakeside.mara, True, lakeside.organization)
    again = client.post(url, {"person": "Mara Quill"}, follow=True)
    assert "Mara Quill belongs to Group 8 already." in said(again)
    client.post(url, {"change": f"member:{membership.pk}"})
    membership.refresh_from_db()
    assert membership.lead is False
    client.post(url, {"change": f"remove:{membership.pk}"})
    assert not group.memberships.exists()
    stale = client.post(url, {"change": f"remove:{membership.pk}"}, follow=True)
    assert "This person no longer belongs to the group" in said(stale)


def test_two_groups_of_one_name_are_refused(lakeside: Kept) -> None:
    answer = signed_in(lakeside.rosa).post("/groups/add/", {"name": "group 7"})
    assert answer.status_code == 422
    assert "There is a group of this name already." in said(answer)
    assert 'value="group 7"' in answer.content.decode()
    kept("Harbor Peer Network")  # which has a Group 7 of its own


def test_the_groups_cost_the_same_however_many_there_are(lakeside: Kept) -> None:
    def cost() -> int:
        client = signed_in(lakeside.rosa)
        with CaptureQueriesContext(connection) as asked:
            client.get("/groups/")
        return len(asked)

    few = cost()
    for number in range(40):
        Group.objects.create(organization=lakeside.organization, name=f"More {number:02}")
    assert (few, cost()) == (6, 6)


# In the browser ---------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_pages_of_people_and_groups_stand_up_at_every_width(page: Page, axe: Any, lakeside: Kept) -> None:
    nils = without_account(lakeside.organization)
    sign_in(page, lakeside.rosa)
    urls = [
        "/people/",
        "/people/?q=zzz",
        "/people/add/",
        f"/people/{lakeside.mara.pk}/",
        f"/people/{nils.pk}/",
        f"/people/{lakeside.mara.pk}/change/",
        "/groups/",
        "/groups/add/",
        f"/groups/{lakeside.group.pk}/",
    ]
    assert [problem for url in urls for problem in wrong_with(page, url, axe)] == []


@pytest.mark.django_db(transaction=True)
def test_without_scripts_an_officer_adds_and_invites_somebody(new_page: Any, lakeside: Kept) -> None:
    page = new_page(java_script_enabled=False, width=320)
    sign_in(page, lakeside.rosa)
    page.goto("/people/")
    page.get_by_role("link", name="Add a person").click()
    page.get_by_role("button", name="Add this person").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter the name")
    page.get_by_label("Name", exact=True).fill("Nils Berg")
    page.get_by_role("button", name="Add this person").click()
    page.get_by_role("button", name="Make a code to print").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your code for Lakeside Peer Network")
