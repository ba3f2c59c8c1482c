"""How people sign in and are invited: by password, code and passkey; with a real mail server and browser."""

import base64
import hashlib
import hmac
import re
import struct
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user
from django.core import mail
from django.core.cache import cache
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.web.keeping import PASSWORD, Kept, account, kept, sign_in, signed_in, without_account, wrong_with
from tests.web.mail_server import MailServer, running_mail_server
from tests.web.test_pages import text_of
from upturn.records.models import Invitation, Person, User
from upturn.web import demo_links, invitations
from upturn.web.invitations import NotInvited, invite

pytestmark = pytest.mark.django_db
NEW_PASSWORD = "a heron over the weir"


@pytest.fixture
def lakeside() -> Kept:
    return kept()


@pytest.fixture
def mail_server(settings: Any) -> Iterator[MailServer]:
    """Mail goes out through Django's own SMTP backend, to a server of ours."""
    with running_mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server


def whoever(client: Client) -> str:
    """The name of the account a client is signed in with, or nothing."""
    request = HttpRequest()
    request.session = client.session
    return get_user(request).username


def said(answer: Any) -> str:
    return text_of(answer.content)


# With a password --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("login", ["email", "username"])
def test_one_signs_in_with_the_address_or_the_name(client: Client, lakeside: Kept, login: str) -> None:
    user = lakeside.mara.user
    client.post("/account/login/", {"login": getattr(user, login).upper(), "password": PASSWORD})
    assert whoever(client) == user.username


def test_a_wrong_password_is_a_sentence_and_the_name_stays(client: Client, lakeside: Kept) -> None:
    answer = client.post("/account/login/", {"login": lakeside.mara.email, "password": "wrong"})
    assert "This e-mail address and this password do not belong together. Check both." in said(answer)
    assert f'value="{lakeside.mara.email}"' in answer.content.decode()
    assert whoever(client) == ""


def test_a_wrong_password_and_an_unknown_name_are_told_alike(client: Client, lakeside: Kept) -> None:
    known, unknown = (
        said(client.post("/account/login/", {"login": login, "password": "wrong"})).replace(login, "")
        for login in (lakeside.mara.email, "nobody@example.org")
    )
    assert known == unknown


def test_only_who_asks_for_it_stays_signed_in_after_closing_the_browser(client: Client, lakeside: Kept) -> None:
    sent = {"login": lakeside.mara.email, "password": PASSWORD}
    assert client.post("/account/login/", sent).cookies["sessionid"]["max-age"] == ""
    assert Client().post("/account/login/", sent | {"remember": "on"}).cookies["sessionid"]["max-age"] > 86_400


def test_a_closed_account_is_told_so(client: Client, lakeside: Kept) -> None:
    User.objects.update(is_active=False)
    answer = client.post("/account/login/", {"login": lakeside.mara.email, "password": PASSWORD}, follow=True)
    assert "This account is closed" in said(answer)


def test_nobody_signs_up_alone(client: Client) -> None:
    sent = {"username": "eve", "password1": NEW_PASSWORD, "email": "eve@example.org"}
    assert "People are invited to Upturn" in said(client.get("/account/signup/"))
    assert "People are invited to Upturn" in said(client.post("/account/signup/", sent))
    assert User.objects.count() == 0


def test_signing_out_leads_back_to_the_sign_in(lakeside: Kept) -> None:
    client = signed_in(lakeside.mara)
    assert "Sign out?" in said(client.get("/account/logout/"))
    assert "You are signed out." in said(client.post("/account/logout/", follow=True))
    assert whoever(client) == ""


def test_another_password_needs_the_old_one_and_its_owner_is_told(lakeside: Kept) -> None:
    client = signed_in(lakeside.mara)
    sent = {"oldpassword": "wrong", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    assert "This is not your current password. Check it." in said(client.post("/account/password/change/", sent))
    client.post("/account/password/change/", sent | {"oldpassword": PASSWORD})
    assert User.objects.get(pk=lakeside.mara.user.pk).check_password(NEW_PASSWORD)
    assert mail.outbox[-1].subject == "Your password was changed"
    assert "If not, choose a new password at once" in mail.outbox[-1].body


@pytest.mark.parametrize(
    ("password", "says"), [("short", "at least 12"), ("password1234", "common"), ("mara@lakeside", "similar")]
)
def test_a_weak_password_is_refused_with_its_reason(lakeside: Kept, password: str, says: str) -> None:
    sent = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    assert says in said(signed_in(lakeside.mara).post("/account/password/change/", sent))


def test_a_lost_password_is_replaced_through_a_link_that_works_once(
    client: Client, lakeside: Kept, mail_server: MailServer
) -> None:
    client.post("/account/password/reset/", {"email": lakeside.mara.email})
    (letter,) = mail_server.box
    assert letter["To"] == lakeside.mara.email
    link = re.search(r"http://\S+", letter.get_content())
    assert link is not None
    form = client.get(link[0], follow=True)
    chosen = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    client.post(form.redirect_chain[-1][0], chosen)
    assert whoever(client) == lakeside.mara.user.username
    assert "This link no longer works" in said(Client().get(link[0], follow=True))


def test_no_mail_goes_to_an_address_nobody_has_and_nothing_tells(client: Client, lakeside: Kept) -> None:
    known, unknown = (
        said(client.post("/account/password/reset/", {"email": email}, follow=True))
        for email in (lakeside.mara.email, "nobody@example.org")
    )
    assert known == unknown
    assert [letter.to for letter in mail.outbox] == [[lakeside.mara.email]]


# With a code ------------------------------------------------------------------------------------------------------


def test_a_code_by_mail_signs_in_and_leads_on(client: Client, lakeside: Kept, mail_server: MailServer) -> None:
    asked = client.post("/account/login/code/", {"email": lakeside.mara.email, "next": "/groups/"})
    assert asked.headers["Location"] == "/account/login/code/confirm/?next=%2Fgroups%2F"
    (letter,) = mail_server.box
    assert (letter["Subject"], letter["To"]) == ("Your code to sign in", lakeside.mara.email)
    code = re.split(r"\s*\n\s*\n", letter.get_content())[1]
    wrong = client.post("/account/login/code/confirm/", {"code": "WRONG1", "next": "/groups/"})
    assert "This is not the right code." in said(wrong)
    typed = {"code": f"  {code.lower()} ", "next": "/groups/"}
    assert client.post("/account/login/code/confirm/", typed).headers["Location"] == "/groups/"
    assert whoever(client) == lakeside.mara.user.username


def test_a_mail_server_that_does_not_answer_is_a_page_and_no_crash(
    client: Client, lakeside: Kept, mail_server: MailServer
) -> None:
    mail_server.refuses = True
    answer = client.post("/account/login/code/", {"email": lakeside.mara.email})
    assert (answer.status_code, mail_server.box) == (503, [])
    assert "The mail could not be sent" in said(answer)


def test_what_is_in_a_mail_is_plain_text(lakeside: Kept, mail_server: MailServer) -> None:
    lakeside.organization.name = "Bell & Sons <Lakeside>"
    lakeside.organization.save()
    nils = without_account(lakeside.organization, "Nils O'Berg", email="nils@example.org")
    invitations.invite_by_mail(nils, lakeside.rosa, timezone.now())
    text = mail_server.box[0].get_content()
    assert "Dear Nils O'Berg," in text
    assert "Bell & Sons <Lakeside>" in text
    assert "&amp;" not in text


# With a second step -----------------------------------------------------------------------------------------------


def code_of_app(secret: str, at: float) -> str:
    """What an authenticator app shows (RFC 6238)."""
    key = base64.b32decode(secret)
    digest = hmac.new(key, struct.pack(">Q", int(at) // 30), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def by_password(person: Person) -> Client:
    """A client that has typed the password."""
    client = Client()
    client.post("/account/login/", {"login": person.email, "password": PASSWORD})
    return client


def still_me(client: Client) -> None:
    """Typed once more, before something important."""
    client.post("/account/reauthenticate/", {"password": PASSWORD})


def test_an_authenticator_app_is_asked_for_after_the_password(lakeside: Kept) -> None:
    client = by_password(lakeside.mara)
    still_me(client)
    page = client.get("/account/2fa/totp/activate/").content.decode()
    secret = re.search(r"<code>(\w+)</code>", page)
    assert secret is not None, text_of(page)
    done = client.post("/account/2fa/totp/activate/", {"code": code_of_app(secret[1], time.time())})
    assert done.headers["Location"] == "/account/2fa/recovery-codes/"
    assert len(re.findall(r"<li><code>\w+</code>", client.get("/account/2fa/recovery-codes/").content.decode())) == 10
    kept_secret = Authenticator.objects.get(type="totp").data["secret"]
    assert secret[1] not in kept_secret

    again = by_password(lakeside.mara)
    assert whoever(again) == ""
    assert "One more step to sign in" in said(again.get("/account/2fa/authenticate/"))
    assert "This is not the right code." in said(again.post("/account/2fa/authenticate/", {"code": "000000"}))
    cache.clear()  # the same code is not taken twice within its half minute
    again.post("/account/2fa/authenticate/", {"code": code_of_app(secret[1], time.time())})
    assert whoever(again) == lakeside.mara.user.username


def test_changing_how_one_signs_in_asks_first_whether_it_is_still_you(lakeside: Kept) -> None:
    client = by_password(lakeside.mara)
    answer = client.get("/account/2fa/totp/activate/", follow=True)
    assert "Is it still you?" in said(answer)
    wrong = client.post(answer.redirect_chain[-1][0], {"password": "wrong"})
    assert "This is not your password. Check it." in said(wrong)


# Invited ----------------------------------------------------------------------------------------------------------


@pytest.mark.both
def test_an_invitation_by_mail_leads_to_a_password_and_a_sign_in(
    client: Client, lakeside: Kept, mail_server: MailServer
) -> None:
    nils = without_account(lakeside.organization, email="nils@example.org")
    signed_in(lakeside.rosa).post(f"/people/{nils.pk}/invite/")
    (letter,) = mail_server.box
    assert (letter["To"], letter["Reply-To"]) == ("nils@example.org", lakeside.rosa.email)
    assert letter["Subject"] == "Lakeside Peer Network invites you to Upturn"
    link = re.search(r"https?://[^/]+(/join/\w+/)", letter.get_content())
    assert link is not None
    page = client.get(link[1], follow=True)
    assert page.redirect_chain == [("/join/account/", 302)]  # the code is not left in the address
    assert "Welcome, Nils Berg" in said(page)
    assert "nils@example.org , and a password" in said(page)
    done = client.post("/join/account/", {"password": NEW_PASSWORD, "again": NEW_PASSWORD})
    assert done.headers["Location"] == "/"
    nils.refresh_from_db()
    assert nils.user is not None
    assert (whoever(client), nils.user.email) == (nils.user.username, "nils@example.org")
    assert nils.user.emailaddress_set.get().verified
    assert "This code has been used." in said(Client().get(link[1]))


def test_a_printed_code_leads_to_a_name_and_a_password(client: Client, lakeside: Kept) -> None:
    nils = without_account(lakeside.organization)
    page = signed_in(lakeside.rosa).post(f"/people/{nils.pk}/code/")
    code = re.search(r"\w{4}-\w{4}-\w{4}", page.content.decode())
    assert code is not None
    assert page.headers["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    client.post("/join/", {"code": f"  {code[0].lower().replace('-', ' ')} "})
    weak = {"name": "nils berg", "password": NEW_PASSWORD, "again": "another"}
    answer = client.post("/join/account/", weak)
    assert answer.status_code == 422
    assert "Use letters, digits, and . - _ + only, without spaces." in said(answer)
    assert "This is another password than the one above." in said(answer)
    assert 'value="nils berg"' in answer.content.decode()
    client.post("/join/account/", {"name": "nils.berg", "password": NEW_PASSWORD, "again": NEW_PASSWORD})
    assert whoever(client) == "nils.berg"
    assert client.get("/groups/").status_code == 200


@pytest.mark.parametrize("typed", ["{shown}", "{code}", " {shown} ", "{url}", "{url} ", "/join/{code}/"])
def test_a_code_is_known_however_it_was_pasted(lakeside: Kept, typed: str) -> None:
    made = invite(without_account(lakeside.organization), Invitation.How.PRINTED, timezone.now())
    found = invitations.find(typed.format(shown=made.shown_code, code=made.code, url=made.url), timezone.now())
    assert found == made.invitation


def test_only_a_keyed_hash_of_a_code_is_kept(lakeside: Kept) -> None:
    made = invite(without_account(lakeside.organization), Invitation.How.PRINTED, timezone.now())
    row = Invitation.objects.filter(pk=made.invitation.pk).values().get()
    assert made.code not in str(row)
    assert row["code_hash"] != hashlib.sha256(made.code.encode()).hexdigest()


@pytest.mark.parametrize(("how", "days"), [(Invitation.How.EMAIL, 7), (Invitation.How.PRINTED, 30)])
def test_a_code_works_until_its_last_day(lakeside: Kept, how: Invitation.How, days: int) -> None:
    now = timezone.now()
    made = invite(without_account(lakeside.organization, email="nils@example.org"), how, now)
    assert invitations.find(made.code, now + timedelta(days=days, seconds=-1)) == made.invitation
    with pytest.raises(NotInvited, match=r"too old.*Ask the office of Lakeside Peer Network for a new one"):
        invitations.find(made.code, now + timedelta(days=days))


def test_a_new_code_ends_the_one_before(lakeside: Kept) -> None:
    nils, now = without_account(lakeside.organization), timezone.now()
    first = invite(nils, Invitation.How.PRINTED, now)
    second = invite(nils, Invitation.How.PRINTED, now)
    assert invitations.find(second.code, now) == second.invitation
    with pytest.raises(NotInvited, match="a newer one was made"):
        invitations.find(first.code, now)


@pytest.mark.both
def test_of_two_who_use_a_code_at_once_one_does(lakeside: Kept) -> None:
    now = timezone.now()
    made = invite(without_account(lakeside.organization), Invitation.How.PRINTED, now)
    invitations.open_account(made.invitation, "nils", NEW_PASSWORD, now)
    with pytest.raises(NotInvited, match="has been used"):
        invitations.open_account(made.invitation, "eve", NEW_PASSWORD, now)
    assert not User.objects.filter(username="eve").exists()


def test_a_mail_that_does_not_go_out_leaves_no_invitation(lakeside: Kept, mail_server: MailServer) -> None:
    mail_server.refuses = True
    nils = without_account(lakeside.organization, email="nils@example.org")
    answer = signed_in(lakeside.rosa).post(f"/people/{nils.pk}/invite/")
    assert "The invitation could not be sent" in said(answer)
    assert not nils.invitations.exists()


def test_somebody_with_an_account_elsewhere_joins_with_it(client: Client, lakeside: Kept) -> None:
    harbor = kept("Harbor Peer Network")
    there = without_account(harbor.organization, "M. Quill", email=lakeside.mara.email)
    made = invite(there, Invitation.How.EMAIL, timezone.now())
    page = client.get(f"/join/{made.code}/", follow=True)
    assert "You have an account already" in said(page)
    assert client.post("/join/account/", {"password": NEW_PASSWORD, "again": NEW_PASSWORD}).status_code == 200
    there.refresh_from_db()
    assert there.user is None
    client.post("/account/login/", {"login": lakeside.mara.email, "password": PASSWORD, "next": "/join/account/"})
    assert "Join Harbor Peer Network as M. Quill?" in said(client.get("/join/account/"))
    client.post("/join/account/")
    there.refresh_from_db()
    assert there.user == lakeside.mara.user
    assert client.session["organization"] == harbor.organization.pk


@pytest.mark.both
def test_an_account_is_one_person_in_an_organization(lakeside: Kept) -> None:
    made = invite(without_account(lakeside.organization), Invitation.How.PRINTED, timezone.now())
    client = signed_in(lakeside.mara)
    client.get(f"/join/{made.code}/")
    answer = client.post("/join/account/")
    assert answer.status_code == 409
    assert "This account is somebody else in Lakeside Peer Network already." in said(answer)
    made.invitation.refresh_from_db()
    assert made.invitation.used_at is None


def test_a_new_code_gives_somebody_without_an_address_a_new_password(client: Client, lakeside: Kept) -> None:
    user = account("nils.berg")
    nils = without_account(lakeside.organization, user=user)
    made = invite(nils, Invitation.How.PRINTED, timezone.now())
    page = client.get(f"/join/{made.code}/", follow=True)
    assert "your sign-in name stays nils.berg" in said(page)
    client.post("/join/account/", {"password": NEW_PASSWORD, "again": NEW_PASSWORD})
    user.refresh_from_db()
    assert user.check_password(NEW_PASSWORD)
    assert whoever(client) == "nils.berg"


def test_no_office_opens_an_account_that_helps_itself_or_belongs_elsewhere_too(lakeside: Kept) -> None:
    with pytest.raises(NotInvited, match="has an account already"):
        invite(lakeside.mara, Invitation.How.PRINTED, timezone.now())
    elsewhere = kept("Harbor Peer Network").organization
    nils = without_account(lakeside.organization, user=account("nils.berg"))
    without_account(elsewhere, "N. Berg", user=nils.user)
    with pytest.raises(NotInvited, match="has an account already"):
        invite(nils, Invitation.How.PRINTED, timezone.now())


def test_who_left_and_who_is_no_person_is_not_invited(lakeside: Kept) -> None:
    for more, says in (({"left_on": "2026-03-02"}, "has left"), ({"kind": "team"}, "is no single person")):
        with pytest.raises(NotInvited, match=says):
            invite(without_account(lakeside.organization, **more), Invitation.How.PRINTED, timezone.now())


def test_codes_are_not_tried_for_ever(client: Client, lakeside: Kept, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"join": "3/m/ip"}
    cache.clear()
    tried = [client.post("/join/", {"code": "abcdefghjkmn"}).status_code for _ in range(4)]
    assert tried == [422, 422, 422, 429]
    assert client.get("/join/abcdefghjkmn/").status_code == 429
    cache.clear()


def test_a_page_without_a_code_leads_to_the_code(client: Client) -> None:
    assert client.get("/join/account/").headers["Location"] == "/join/"
    assert "Enter the code of your invitation" in said(client.post("/join/", {"code": " "}))
    assert "This code is not known." in said(client.post("/join/", {"code": "<b>&"}))


# The demo ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def demo(lakeside: Kept, settings: Any) -> Kept:
    settings.DEMO, settings.ROOT_URLCONF = True, "tests.web.demo_addresses"
    lakeside.organization.demo = True
    lakeside.organization.save()
    lakeside.finn.details = {"demo_role": "Leads Group 7."}
    lakeside.finn.save()
    return lakeside


@pytest.mark.both
def test_one_click_signs_in_as_an_invented_person(client: Client, demo: Kept) -> None:
    page = client.get("/demo/").content.decode()
    links = re.findall(r'<a href="(/demo/as/[^"]+)">Sign in as ([^<]+)</a><p>([^<]+)', page)
    assert [link[1:] for link in links] == [("Finn Alder", "Leads Group 7.")]
    assert client.get(links[0][0] + "?next=/groups/").headers["Location"] == "/groups/"
    assert whoever(client) == demo.finn.user.username
    assert "See it as somebody else" in said(client.get("/groups/"))
    whose = links[0][0].rpartition(":")[0].rpartition(":")[0]  # the rest of a link says the second it was made in
    assert f"{whose}:" in Client().get("/account/login/").content.decode()


def test_a_link_of_the_demo_opens_nobody_real_and_no_link_is_made_up(client: Client, demo: Kept) -> None:
    real = kept("Harbor Peer Network")
    urls = [demo_links.path_for(real.finn), demo_links.path_for(demo.finn)[:-2] + "x/", "/demo/as/1/"]
    assert [client.get(url).status_code for url in urls] == [404, 404, 404]
    assert whoever(client) == ""


# In the browser ---------------------------------------------------------------------------------------------------


def authenticator(page: Page) -> Any:
    """A device that keeps passkeys and needs no finger, as the browser sees it."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session


def confirms(page: Page) -> None:
    """Shows that it is still the same person, as allauth asks before something important."""
    expect(page.get_by_role("heading", level=1)).to_have_text("Is it still you?")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()


def types_password(page: Page, person: Person) -> None:
    page.get_by_label("E-mail address or sign-in name").fill(person.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


@pytest.mark.django_db(transaction=True)
def test_a_passkey_is_added_and_signs_in_under_the_strict_policy(page: Page, lakeside: Kept) -> None:
    authenticator(page)
    page.goto("/account/login/?next=/account/2fa/webauthn/add/")
    types_password(page, lakeside.mara)
    confirms(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Add a passkey")
    page.get_by_label("What do you call it?").fill("My phone")
    page.get_by_role("button", name="Add this passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your recovery codes")
    page.goto("/account/2fa/webauthn/")
    expect(page.get_by_role("rowheader", name="My phone")).to_be_visible()

    page.context.clear_cookies()
    page.goto("/account/login/?next=/groups/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Groups")
    expect(page.get_by_text("Signed in as Mara Quill")).to_be_visible()


@pytest.mark.django_db(transaction=True)
def test_a_passkey_can_be_the_second_step(page: Page, lakeside: Kept) -> None:
    authenticator(page)
    page.goto("/account/login/?next=/account/2fa/webauthn/add/")
    types_password(page, lakeside.mara)
    confirms(page)
    page.get_by_label("What do you call it?").fill("My phone")
    page.get_by_role("button", name="Add this passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your recovery codes")
    page.context.clear_cookies()
    page.goto("/account/login/?next=/groups/")
    types_password(page, lakeside.mara)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Groups")


@pytest.mark.django_db(transaction=True)
def test_a_passkey_that_is_not_there_is_a_calm_sentence(page: Page, lakeside: Kept) -> None:
    session = authenticator(page)
    session.send("WebAuthn.disable")
    page.goto("/account/login/")
    page.evaluate(
        "() => { navigator.credentials.get = () => Promise.reject(new DOMException('x', 'NotAllowedError')) }"
    )
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("No passkey was used: the window was closed")).to_be_visible()


@pytest.mark.django_db(transaction=True)
def test_without_scripts_one_signs_in_with_password_and_is_invited(
    new_page: Callable[..., Page], lakeside: Kept
) -> None:
    page = new_page(java_script_enabled=False, width=320)
    page.goto("/groups/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("Passkeys need scripts, and they are switched off")).to_be_visible()
    page.goto("/groups/")
    types_password(page, lakeside.mara)
    expect(page.get_by_role("heading", level=1)).to_have_text("Groups")
    page.get_by_role("button", name="Sign out").click()
    made = invite(without_account(lakeside.organization), Invitation.How.PRINTED, timezone.now())
    page.get_by_role("link", name="I have a code").click()
    page.get_by_label("Code").fill(made.shown_code)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Choose a sign-in name").fill("nils.berg")
    page.get_by_label("Choose a password").fill(NEW_PASSWORD)
    page.get_by_label("The password again").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Keep these and sign in").click()
    expect(page.get_by_text("Next time, sign in with nils.berg")).to_be_visible()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_pages_of_signing_in_stand_up_at_every_width(page: Page, axe: Any, demo: Kept) -> None:
    made = invite(without_account(demo.organization), Invitation.How.PRINTED, timezone.now())
    urls = [
        "/account/login/",
        "/account/login/code/",
        "/account/password/reset/",
        "/account/password/reset/done/",
        "/account/password/reset/key/abc-def/",
        "/account/signup/",
        "/account/inactive/",
        "/account/confirm-email/abc/",
        "/demo/",
        "/join/",
        "/join/abcdefgh/",
        f"/join/{made.code}/",
    ]
    assert [problem for url in urls for problem in wrong_with(page, url, axe)] == []


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_pages_of_an_account_stand_up_at_every_width(page: Page, axe: Any, lakeside: Kept) -> None:
    page.goto("/account/login/?next=/account/2fa/webauthn/add/")
    types_password(page, lakeside.mara)
    confirms(page)
    urls = [
        "/account/",
        "/account/password/change/",
        "/account/email/",
        "/account/logout/",
        "/account/reauthenticate/",
        "/account/2fa/",
        "/account/2fa/webauthn/",
        "/account/2fa/webauthn/add/",
        "/account/2fa/totp/activate/",
    ]
    assert [problem for url in urls for problem in wrong_with(page, url, axe)] == []


@pytest.mark.django_db(transaction=True)
def test_the_picture_for_the_app_is_dark_on_light_at_night_too(new_page: Callable[..., Page], lakeside: Kept) -> None:
    page = new_page(color_scheme="dark")
    page.goto("/account/login/?next=/account/2fa/totp/activate/")
    types_password(page, lakeside.mara)
    confirms(page)
    picture = page.get_by_role("img", name="The key below, as a picture to scan")
    assert picture.evaluate("image => getComputedStyle(image).backgroundColor") == "rgb(255, 255, 255)"
    assert picture.evaluate("image => image.naturalWidth") > 0


@pytest.mark.django_db(transaction=True)
def test_the_page_with_the_code_prints_as_one_clean_page(page: Page, lakeside: Kept) -> None:
    nils = without_account(lakeside.organization)
    sign_in(page, lakeside.rosa)
    page.goto(f"/people/{nils.pk}/")
    page.get_by_role("button", name="Make a code to print").click()
    expect(page.get_by_text("Your code for Lakeside Peer Network")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.get_by_text("This page is shown once")).to_be_hidden()
    assert page.pdf(format="A4").count(b"/Type /Page\n") == 1
