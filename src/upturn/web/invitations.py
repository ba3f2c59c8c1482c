"""A way to a first sign-in: a code sent by mail or printed, used once, for a few days. Only its hash is kept.

Somebody without an e-mail address who lost the password gets a new code the same way.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.text import slugify

from upturn.records.models import Invitation, Person, User
from upturn.records.models.plans import LETTERS

LIVES = {Invitation.How.EMAIL: timedelta(days=7), Invitation.How.PRINTED: timedelta(days=30)}
CODE_LETTERS = 12
"""59 bits: nobody tries them all, even from a stolen copy of the hashes, before the code is too old."""


class NotInvited(Exception):
    """An invitation cannot be made or used; the message says why and what to do."""


@dataclass(frozen=True)
class Made:
    """An invitation, and its code, which is shown once and kept by nobody."""

    invitation: Invitation
    code: str

    @property
    def shown_code(self) -> str:
        """In groups of four, as it is read aloud and typed: `abcd-efgh-jkmn`."""
        return "-".join(self.code[i : i + 4] for i in range(0, len(self.code), 4)).upper()

    @property
    def url(self) -> str:
        return settings.BASE_URL + reverse("join_with", args=[self.code])


def digest(code: str) -> str:
    """What is kept of a code. Keyed, so that the table alone does not let anybody try codes."""
    return salted_hmac("upturn.invitations", code, algorithm="sha256").hexdigest()


def tidy(typed: str) -> str:
    """The code in what somebody typed or pasted: without spaces, dashes and capitals; a whole link will do."""
    return "".join(c for c in typed.strip().rstrip("/").rpartition("/")[2].lower() if c in LETTERS)


def against_inviting(person: Person) -> str:
    """Why this person gets no invitation; empty when nothing stands against it."""
    if person.kind != Person.Kind.PERSON:
        return f"{person.name} is no single person, and only people sign in. Add the people who act for it."
    if person.left_on:
        return f"{person.name} has left, so there is nothing to sign in to. Take the day out if that is wrong."
    if person.user and not resettable(person):
        return f"{person.name} has an account already, and can ask for a code or a new password at the sign-in page."
    return ""


def resettable(person: Person) -> bool:
    """Whether the office may give a new code to somebody with an account: only where nobody else can help.

    With an e-mail address people help themselves; and no organization may open an account that belongs to another too.
    """
    account = person.user
    return account is not None and not account.email and not account.people.exclude(pk=person.pk).exists()


def invite(person: Person, how: Invitation.How, now: datetime) -> Made:
    """Make an invitation; the ones before it no longer work. Raises NotInvited."""
    if why := against_inviting(person):
        raise NotInvited(why)
    if how == Invitation.How.EMAIL and not person.email:
        raise NotInvited(f"There is no e-mail address for {person.name}. Add one, or print a code instead.")
    code = "".join(secrets.choice(LETTERS) for _ in range(CODE_LETTERS))
    with transaction.atomic():
        person.invitations.filter(used_at=None, expires_at__gt=now).update(expires_at=now)
        invitation = Invitation.objects.create(
            organization=person.organization,
            person=person,
            how=how,
            code_hash=digest(code),
            expires_at=now + LIVES[how],
        )
    return Made(invitation, code)


def invite_by_mail(person: Person, by: Person, now: datetime) -> Made:
    """Invite and send the mail, or neither. Raises NotInvited; what the mail server says goes through."""
    with transaction.atomic():
        made = invite(person, Invitation.How.EMAIL, now)
        words = {
            "person": person,
            "by": by,
            "made": made,
            "organization": person.organization,
            "base_url": settings.BASE_URL,
        }
        EmailMessage(
            subject=f"{person.organization.name} invites you to Upturn",
            body=render_to_string("mail/invitation.txt", words),
            to=[person.email],
            reply_to=[by.email] if by.email else None,
        ).send()
    return made


def find(typed: str, now: datetime) -> Invitation:
    """The invitation of a code that still works. Raises NotInvited with what to do."""
    code = tidy(typed)
    known = Invitation.objects.select_related("person__user", "organization").filter(code_hash=digest(code)).first()
    if known is None:
        raise NotInvited("This code is not known. Check it letter by letter: there is no zero, one, I, L or O in it.")
    if why := against_using(known, now):
        raise NotInvited(why)
    return known


def against_using(invitation: Invitation, now: datetime) -> str:
    """Why an invitation no longer works; empty when it does."""
    ask = f"Ask the office of {invitation.organization.name} for a new one."
    if invitation.used_at:
        return "This code has been used. If it was you, sign in with what you chose then. " + ask
    if invitation.expires_at <= now:
        return "This code is too old, or a newer one was made. " + ask
    return against_inviting(invitation.person)


def account_with(email: str) -> User | None:
    """The account that has this address, if any."""
    return User.objects.filter(email__iexact=email).first() if email else None


def open_account(invitation: Invitation, name: str, password: str, now: datetime) -> User:
    """Make the account of an invited person, or give the one there is a new password. Raises NotInvited."""
    try:
        with transaction.atomic():
            person = _use(invitation, now)
            user = person.user or User(username=name or _free_name(person), email=_address(invitation))
            user.set_password(password)
            user.save()
            _link(person, user)
            if user.email:
                EmailAddress.objects.update_or_create(
                    user=user, email=user.email.lower(), defaults={"verified": True, "primary": True}
                )
    except IntegrityError:
        raise NotInvited("Somebody took this name or address a moment ago. Try again.") from None
    return user


def join_account(invitation: Invitation, user: User, now: datetime) -> Person:
    """Make the account that is signed in the invited person's. Raises NotInvited."""
    try:
        with transaction.atomic():
            person = _use(invitation, now)
            if person.user and person.user != user:
                raise NotInvited(f"{person.name} has another account. Sign out, and use the code again.")
            _link(person, user)
    except IntegrityError:
        raise NotInvited(f"This account is somebody else in {invitation.organization.name} already.") from None
    return person


def _use(invitation: Invitation, now: datetime) -> Person:
    """Spend the invitation: of two who use it at once, one does."""
    spent = Invitation.objects.filter(pk=invitation.pk, used_at=None, expires_at__gt=now).update(used_at=now)
    if not spent:
        raise NotInvited(
            against_using(Invitation.objects.select_related("organization", "person").get(pk=invitation.pk), now)
        )
    return Person.objects.select_related("user").get(pk=invitation.person_id)


def _link(person: Person, user: User) -> None:
    person.user = user
    person.save(update_fields=["user"])


def _address(invitation: Invitation) -> str:
    """Only who received the code by mail has shown that the address is theirs."""
    return invitation.person.email if invitation.how == Invitation.How.EMAIL else ""


def _free_name(person: Person) -> str:
    """A sign-in name for somebody who signs in with an e-mail address and never needs it."""
    return f"{slugify(person.name)[:100] or 'person'}-{secrets.token_hex(4)}"
