"""Every table, by noun. Plans are ledgers (`entries`), with an index over them (`plans`, `work`); the rest are ordinary
rows.
"""

from upturn.records.models.entries import Entry, Payload
from upturn.records.models.files import Attachment, Copy, HeldBack
from upturn.records.models.log import Checkpoint, LogNode
from upturn.records.models.people import Calendar, Group, Invitation, Membership, Organization, Person, User
from upturn.records.models.plans import Actor, Plan, PlanParty, SignedWords
from upturn.records.models.programs import ProgramSettings, ProgramVersion
from upturn.records.models.work import Draft, Duty, Notice, Reading

__all__ = [
    "Actor",
    "Attachment",
    "Calendar",
    "Checkpoint",
    "Copy",
    "Draft",
    "Duty",
    "Entry",
    "Group",
    "HeldBack",
    "Invitation",
    "LogNode",
    "Membership",
    "Notice",
    "Organization",
    "Payload",
    "Person",
    "Plan",
    "PlanParty",
    "ProgramSettings",
    "ProgramVersion",
    "Reading",
    "SignedWords",
    "User",
]
