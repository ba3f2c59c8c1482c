"""What every page shows around its content. A context processor builds one `Shell` and names it `shell`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Link:
    """One entry of the navigation; `current` marks the part of the product the page belongs to."""

    label: str
    url: str
    current: bool = False


@dataclass(frozen=True)
class Contact:
    """A named person to ask (WCAG 3.2.6: the same place on every page of a plan)."""

    name: str
    role: str = ""
    email: str = ""
    phone: str = ""
    note: str = ""


@dataclass(frozen=True)
class Shell:
    """Header, footer and the line at the foot of a printed page. Without `signed_in_as` nobody is signed in."""

    home_url: str = "/"
    nav: Sequence[Link] = ()
    signed_in_as: str = ""
    account_url: str = ""  # how one signs in, and what the organization keeps about one
    sign_in_url: str = ""
    sign_out_url: str = ""
    organization: str = ""
    organizations_url: str = ""  # set only for a person with several organizations
    contact: Contact | None = None
    demo_url: str = ""  # set in the demo only: where one can become somebody else
    now: datetime | None = None
