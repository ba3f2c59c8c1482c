"""What stands around every page: closed by default, calm errors, nothing typed lost, one organization at a time."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import connection
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import Page, expect

from tests.web.keeping import PASSWORD, Kept, account, kept, sign_in, signed_in, somebody, wrong_with
from upturn.records.access import Former, NotFound
from upturn.records.models import Person
from upturn.web.middleware_person import CurrentPerson
from upturn.web.views import pages

pytestmark = pytest.mark.django_db

OPEN_TO_ALL = {
    "healthz": 200,
    "check_copy": 200,
    "account_login": 200,
    "account_signup": 200,
    "account_inactive": 200,
    "account_email_verification_sent": 200,
    "account_confirm_email": 200,
    "account_reset_password": 200,
    "account_reset_password_done": 200,
    "account_reset_password_from_key": 200,
    "account_reset_password_from_key_done": 200,
    "account_request_login_code": 200,
    "account_logout": 302,
    "account_confirm_login_code": 302,
    "mfa_authenticate": 302,
    "mfa_login_webauthn": 302,
    "join": 200,
    "join_with": 422,
    "join_account": 302,
}
"""Every page one may open without signing in, by hand, and what it answers. All others lead to the sign-in."""
SAMPLES = {"int": "1", "slug": "evolve-mip", "str": "abc", "uuid": "abc"}


def text_of(html: bytes | str) -> str:
    words = html.decode() if isinstance(html, bytes) else html
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", words)).strip()


@pytest.fixture
def lakeside() -> Kept:
    return kept()


# Closed by default ------------------------------------------------------------------------------------------------


def every_address(patterns: list[Any], before: str = "/") -> Iterator[tuple[str, str]]:
    """Name and a sample of every address there is."""
    for each in patterns:
        route = str(each.pattern)
        if isinstance(each, URLResolver):
            yield from every_address(each.url_patterns, before + route)
        elif isinstance(each, URLPattern):
            sample = re.sub(r"\(\?P<\w+>[^()]*\)", "abc", before + route).replace("^", "").replace("$", "")
            sample = re.sub(r"<(?:(\w+):)?\w+>", lambda found: SAMPLES[found[1] or "str"], sample)
            yield each.name or "", sample


def test_every_address_leads_somebody_unknown_to_the_sign_in_or_is_open_by_name(client: Client) -> None:
    addresses = list(every_address(get_resolver().url_patterns))
    assert len(addresses) > 60
    wrong = []
    for name, url in addresses:
        answer = client.get(url)
        to_sign_in = answer.status_code == 302 and answer.headers["Location"].startswith("/account/login/?next=")
        if answer.status_code != OPEN_TO_ALL.get(name) and not (to_sign_in and name not in OPEN_TO_ALL):
            wrong.append(f"{name} {url}: {answer.status_code} {answer.headers.get('Location', '')}")
    assert wrong == []


def test_the_demo_has_no_address_outside_the_demo(client: Client) -> None:
    assert [client.get(url).status_code for url in ("/demo/", "/demo/as/abc/", "/parts/")] == [404, 404, 404]


def test_after_signing_in_one_lands_where_one_wanted_to_go(client: Client, lakeside: Kept) -> None:
    asked = client.get("/people/?q=mara")
    assert asked.headers["Location"] == "/account/login/?next=/people/%3Fq%3Dmara"
    page = client.get(asked.headers["Location"])
    assert b'name="next" value="/people/?q=mara"' in page.content
    sent = {"login": lakeside.rosa.email, "password": PASSWORD, "next": "/people/?q=mara"}
    assert client.post("/account/login/", sent).headers["Location"] == "/people/?q=mara"


def test_another_site_is_never_where_one_lands(client: Client, lakeside: Kept) -> None:
    sent = {"login": lakeside.rosa.email, "password": PASSWORD, "next": "https://elsewhere.example/"}
    assert client.post("/account/login/", sent).headers["Location"] == "/"


def test_a_health_check_needs_nobody_and_answers_in_one_word(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok")


# Errors -----------------------------------------------------------------------------------------------------------


def asked(path: str = "/nowhere/") -> HttpRequest:
    request = RequestFactory().get(path)
    request.csp_nonce = "nonce"  # type: ignore[attr-defined]
    return request


@pytest.mark.parametrize(
    ("page", "status", "title"),
    [
        (lambda r: pages.bad_request(r, SuspiciousOperation()), 400, "This request could not be read"),
        (lambda r: pages.forbidden(r, PermissionDenied()), 403, "This page is not open to you"),
        (lambda r: pages.not_found(r, LookupError()), 404, "This page was not found"),
        (pages.too_many, 429, "Too many tries in a short time"),
        (pages.server_error, 500, "Something went wrong on our side"),
        (pages.csrf_failure, 403, "This page was too old, so nothing was saved yet"),
    ],
)
def test_an_error_page_has_the_usual_look_and_asks_the_database_nothing(
    page: Callable[[HttpRequest], Any], status: int, title: str, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        answer = page(asked())
    assert answer.status_code == status
    html = answer.content.decode()
    assert f"<h1>{title}</h1>" in html
    assert '<link rel="stylesheet"' in html


def test_an_unknown_address_is_a_page_and_not_a_redirect(lakeside: Kept) -> None:
    answer = signed_in(lakeside.mara).get("/nothing/here/")
    assert answer.status_code == 404
    assert "There is no page at this address, or it is not one that you can open." in text_of(answer.content)


def test_a_view_that_breaks_answers_with_our_page(lakeside: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    client = signed_in(lakeside.rosa)
    client.raise_request_exception = False
    monkeypatch.setattr("upturn.web.views.people.paged", lambda *_: 1 / 0)
    answer = client.get("/people/")
    assert answer.status_code == 500
    assert "Your request was not carried out" in text_of(answer.content)


def test_what_the_rules_of_access_say_becomes_a_page(lakeside: Kept) -> None:
    middleware = CurrentPerson(lambda request: None)  # type: ignore[arg-type, return-value]
    request = asked()
    request.user, request.session, request.person = lakeside.mara.user, {}, lakeside.mara  # type: ignore[attr-defined, assignment]
    missing, former = (middleware.process_exception(request, e) for e in (NotFound(), Former("Ask Finn Alder.")))
    assert [answer and answer.status_code for answer in (missing, former)] == [404, 403]
    assert "Ask Finn Alder." in former.content.decode()  # type: ignore[union-attr]
    assert middleware.process_exception(request, ValueError()) is None


@pytest.mark.parametrize("pk", ["0", "999999", "9223372036854775808", "99999999999999999999999999"])
def test_a_made_up_number_is_not_found_however_large(lakeside: Kept, pk: str) -> None:
    client = signed_in(lakeside.rosa)
    assert [client.get(f"/{area}/{pk}/").status_code for area in ("people", "groups")] == [404, 404]


# Nothing typed is lost --------------------------------------------------------------------------------------------

WORDS = {"name": "A name\nin two lines", "choice": ["one", "two"]}


def test_a_form_older_than_the_sign_in_can_be_sent_again(lakeside: Kept) -> None:
    client = Client(enforce_csrf_checks=True, headers={"Origin": "http://testserver"})
    client.force_login(lakeside.rosa.user)
    answer = client.post("/groups/add/?from=mail", WORDS)
    html = answer.content.decode()
    assert answer.status_code == 403
    assert "so nothing was saved yet" in text_of(html)
    assert 'action="/groups/add/?from=mail"' in html
    assert '<input type="hidden" name="name" value="A name\nin two lines">' in html
    assert re.findall(r'name="choice" value="(\w+)"', html) == ["one", "two"]
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', html)
    assert token is not None
    again = client.post("/groups/add/", {"name": "Group 9", "csrfmiddlewaretoken": token[1]})
    assert again.status_code == 302


@pytest.mark.parametrize("origin", [None, "null", "https://elsewhere.example"])
def test_what_another_site_sent_is_not_offered_to_be_sent_again(lakeside: Kept, origin: str | None) -> None:
    client = Client(enforce_csrf_checks=True, headers={"Origin": origin} if origin else {})
    client.force_login(lakeside.rosa.user)
    answer = client.post("/groups/add/", {"name": "Group 9"})
    assert answer.status_code == 403
    assert "Group 9" not in answer.content.decode()
    assert "use its Back button, copy your words" in text_of(answer.content)


def test_a_password_is_never_carried_over(client: Client) -> None:
    strict = Client(enforce_csrf_checks=True, headers={"Origin": "http://testserver"})
    answer = strict.post("/account/login/", {"login": "rosa", "password": PASSWORD})
    assert answer.status_code == 403
    assert PASSWORD not in answer.content.decode()


def test_what_is_sent_after_the_sign_in_ran_out_is_kept_on_the_page(client: Client) -> None:
    answer = client.post("/groups/add/", {"name": "Group 9"})
    assert answer.status_code == 403
    assert "You are signed out, so this was not saved yet" in text_of(answer.content)
    assert 'name="name" value="Group 9"' in answer.content.decode()


def test_a_live_part_says_that_one_is_signed_out_in_its_own_place(client: Client) -> None:
    answer = client.post("/groups/add/", {"name": "x"}, headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert text_of(answer.content).startswith("You are signed out, so this is not saved yet.")
    assert "<html" not in answer.content.decode()


# Organizations ----------------------------------------------------------------------------------------------------


@pytest.fixture
def twice(lakeside: Kept) -> tuple[Person, Person]:
    """Mara, who belongs to a second organization with the same account."""
    harbor = kept("Harbor Peer Network")
    second = Person.objects.create(
        organization=harbor.organization, name="M. Quill", user=lakeside.mara.user, roles=["admin"]
    )
    return lakeside.mara, second


def test_somebody_of_two_organizations_chooses_and_can_change(twice: tuple[Person, Person]) -> None:
    mara, second = twice
    client = signed_in(mara)
    assert client.get("/groups/").headers["Location"] == "/organizations/?next=%2Fgroups%2F"
    offered = text_of(client.get("/organizations/?next=/groups/").content)
    assert "You are M. Quill" in offered
    assert "You are Mara Quill, Owner" in offered
    chosen = client.post("/organizations/", {"organization": second.organization_id, "next": "/people/"})
    assert chosen.headers["Location"] == "/people/"
    page = text_of(client.get("/people/").content)
    assert "Harbor Peer Network : change organization" in page
    assert "Lakeside" not in page


def test_nobody_chooses_an_organization_they_do_not_belong_to(lakeside: Kept) -> None:
    harbor = kept("Harbor Peer Network")
    client = signed_in(lakeside.mara)
    answer = client.post("/organizations/", {"organization": harbor.organization.pk})
    assert answer.status_code == 404
    assert "organization" not in client.session


def test_an_account_without_an_organization_is_told_so(client: Client) -> None:
    client.force_login(account("lost"))
    answer = client.get("/groups/")
    assert answer.status_code == 403
    assert "This account does not belong to an organization yet" in text_of(answer.content)
    assert client.get("/account/").status_code == 200


def test_somebody_who_left_is_told_since_when_and_whom_to_ask(lakeside: Kept) -> None:
    lakeside.mara.left_on = "2026-03-02"
    lakeside.mara.save()
    answer = signed_in(lakeside.mara).get("/groups/")
    assert answer.status_code == 403
    said = text_of(answer.content)
    assert "You left Lakeside Peer Network on 2 March 2026" in said
    assert "For a copy, ask Adam Bell and Rosa Lind." in said


def test_somebody_who_leaves_later_still_gets_in(lakeside: Kept) -> None:
    lakeside.mara.left_on = "2099-03-02"
    lakeside.mara.save()
    assert signed_in(lakeside.mara).get("/groups/").status_code == 200


def test_who_somebody_is_costs_three_queries(lakeside: Kept) -> None:
    client = signed_in(lakeside.mara)
    with CaptureQueriesContext(connection) as asked_for:
        client.get("/organizations/")
    tables = [re.search(r'FROM "(\w+)"', query["sql"])[1] for query in asked_for]  # type: ignore[index]
    assert tables == ["django_session", "records_user", "records_person"]


def test_the_navigation_of_an_officer_has_more_in_it(lakeside: Kept) -> None:
    def labels(person: Person) -> list[str]:
        html = signed_in(person).get("/groups/").content.decode()
        return re.findall(r"<li><a [^>]*>([^<]+)</a></li>", html.partition("</nav>")[0])

    assert labels(lakeside.mara) == ["My work", "Plans", "Groups"]
    assert labels(lakeside.rosa) == labels(lakeside.adam) == ["My work", "Plans", "Groups", "People", "Settings"]


# Bad input and cost -----------------------------------------------------------------------------------------------

OFFICERS_PAGES = [
    "/account/",
    "/people/",
    "/people/add/",
    "/people/{mara}/",
    "/people/{mara}/change/",
    "/groups/",
    "/groups/add/",
    "/groups/{group}/",
    "/groups/{group}/change/",
    "/organization/",
    "/organization/change/",
    "/organization/calendars/business_days/",
    "/programs/",
    "/programs/publish/",
    "/programs/evolve-mip/",
    "/programs/evolve-mip/settings/",
]
POSTED_TO = [
    *OFFICERS_PAGES,
    "/people/{mara}/invite/",
    "/people/{mara}/code/",
    "/programs/adopt/",
    "/programs/evolve-mip/1/retire/",
    "/organizations/",
    "/join/",
    "/join/account/",
    "/account/login/",
    "/account/login/code/",
    "/account/password/reset/",
    "/account/password/change/",
    "/account/email/",
]
TYPED = """
    name email title manager roles kind other left_on detail_company person lead change zone country
    subdivision language weekdays holidays closed opens contact_name contact_email text do key organization
    next code password again login q page
"""
NASTY = [
    "",
    "\x00",
    "9" * 400,
    "-1",
    "\ud83d",
    "<script>",
    "%s{}'\"\\",
    "1999-02-31",
    "https://elsewhere.example/",
    "\u202e\r\nBcc: x@y",
]


def filled_in(url: str, lakeside: Kept) -> str:
    return url.format(mara=lakeside.mara.pk, group=lakeside.group.pk)


@pytest.mark.both
@pytest.mark.parametrize("nasty", NASTY, ids=range(len(NASTY)))
def test_no_input_breaks_a_page(lakeside: Kept, nasty: str) -> None:
    client = signed_in(lakeside.rosa)
    client.raise_request_exception = False
    typed = dict.fromkeys(TYPED.split(), nasty.encode("utf-8", "surrogatepass"))
    broken = []
    for url in POSTED_TO:
        answers = [
            client.post(filled_in(url, lakeside), typed),
            client.get(filled_in(url, lakeside), {"q": nasty.encode("utf-8", "replace")}),
        ]
        broken += [f"{url}: {answer.status_code}" for answer in answers if answer.status_code >= 500]
        client.force_login(lakeside.rosa.user)
    assert broken == []


def test_no_page_asks_the_database_more_than_a_dozen_times(lakeside: Kept) -> None:
    client = signed_in(lakeside.rosa)
    costs = {}
    for url in OFFICERS_PAGES:
        with CaptureQueriesContext(connection) as asked_for:
            client.get(filled_in(url, lakeside))
        costs[url] = len(asked_for)
    assert {url: cost for url, cost in costs.items() if cost > 12} == {}


# Looked at --------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_pages_for_nobody_in_particular_stand_up_at_every_width(page: Page, axe: Any, lakeside: Kept) -> None:
    mara_too = kept("Harbor Peer Network").organization
    Person.objects.create(organization=mara_too, name="M. Quill", user=lakeside.mara.user)
    sign_in(page, lakeside.mara)
    urls = ("/organizations/", "/nowhere/", "/signed-in-again/")
    assert [problem for url in urls for problem in wrong_with(page, url, axe)] == []


@pytest.mark.django_db(transaction=True)
def test_words_typed_in_a_page_older_than_the_sign_in_survive_it(page: Page, lakeside: Kept) -> None:
    sign_in(page, lakeside.rosa)
    page.goto("/groups/add/")
    page.get_by_label("Name of the group").fill("Written before\u2026")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Add this group").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are signed out, so this was not saved yet")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in in a new tab").click()
    other = opened.value
    other.get_by_label("E-mail address or sign-in name").fill(lakeside.rosa.email)
    other.get_by_label("Password", exact=True).fill(PASSWORD)
    other.get_by_role("button", name="Sign in", exact=True).click()
    expect(other.get_by_role("heading", level=1)).to_have_text("You are signed in again")
    other.close()
    page.get_by_role("button", name="Send it again").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This page was too old, so nothing was saved yet")
    page.get_by_role("button", name="Send it again").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Written before\u2026")


@pytest.mark.django_db(transaction=True)
def test_nobody_with_two_organizations_needs_scripts_to_choose(new_page: Any, twice: tuple[Person, Person]) -> None:
    page = new_page(java_script_enabled=False)
    sign_in(page, twice[0])
    page.goto("/groups/")
    page.get_by_role("button", name=re.compile("Work here.*Harbor")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Groups")
    expect(page.get_by_role("link", name="People", exact=True)).to_be_visible()


def test_another_organization_looks_alike_and_stays_out(lakeside: Kept) -> None:
    harbor = kept("Harbor Peer Network")
    client = signed_in(lakeside.rosa)
    theirs = [
        f"/people/{harbor.mara.pk}/",
        f"/people/{harbor.mara.pk}/change/",
        f"/groups/{harbor.group.pk}/",
        f"/groups/{harbor.group.pk}/change/",
    ]
    posted = [f"/people/{harbor.mara.pk}/invite/", f"/people/{harbor.mara.pk}/code/", f"/groups/{harbor.group.pk}/"]
    assert [client.get(url).status_code for url in theirs] == [404] * 4
    assert [client.post(url, {"change": "remove:1"}).status_code for url in posted] == [404] * 3
    for url in ("/people/", "/groups/", "/organization/", "/people/?q=holt"):
        assert "harbor" not in text_of(client.get(url).content).lower()


def test_nobody_is_put_into_a_group_from_another_organization(lakeside: Kept) -> None:
    harbor = kept("Harbor Peer Network")
    outsider = somebody(harbor.organization, "Otto Reed")
    client = signed_in(lakeside.rosa)
    answer = client.post(f"/groups/{lakeside.group.pk}/", {"person": outsider.email})
    assert answer.status_code == 422
    assert f"Nobody here is called {outsider.email}. Add this person first." in text_of(answer.content)
    assert lakeside.group.memberships.count() == 2
