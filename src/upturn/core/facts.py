"""What `perform` looks up before it asks the core: the only way the outside reaches a decision.

Whatever a decision relied on is written into its event, so that replay never needs these again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from upturn.core.calendar import Calendar

if TYPE_CHECKING:
    from upturn.core.program import Program

CLOCK = "clock"
"""The actor of what time alone brings."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a code that is a person's pseudonym on this one plan, and the roles held now."""

    code: str
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class EarlierPlan:
    """Another plan of the same subject in this organization."""

    program: str
    opened_on: date
    closed_on: date | None
    finding: str | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of one moment.

    `calendars` by the unit they count (`business_days` is always there); `people` gives directory facts per code
    (`name`, `title`, ...); `settings` are what the organization entered for the program; `versions` are other
    versions of the program, by digest.
    """

    zone: str = "UTC"
    calendars: Mapping[str, Calendar] = field(default_factory=lambda: {"business_days": Calendar(name="business days")})
    people: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    settings: Mapping[str, str | int | None] = field(default_factory=dict)
    earlier: tuple[EarlierPlan, ...] = ()
    group: str = ""
    versions: Mapping[str, "Program"] = field(default_factory=dict)

    def local(self, now: datetime) -> datetime:
        """A moment on the clocks of the place where the plan lives: its days are days there."""
        return now.astimezone(ZoneInfo(self.zone))

    def day(self, now: datetime) -> date:
        """The calendar day of `now` where the plan lives."""
        return self.local(now).date()

    def name(self, code: str) -> str:
        """A person's name, or the code of one whose name is not known here."""
        return self.people.get(code, {}).get("name") or ("the clock" if code == CLOCK else code)
