"""The log of an organization: every entry of every plan is a leaf of one Merkle tree, and a checkpoint signs its root.

Entries go in at a checkpoint and never while somebody waits for a plan. Where a checkpoint, or a document that names
its root, is in other people's hands, no entry before it can be changed unseen.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Subquery

from upturn.core import checkpoints, merkle
from upturn.core.ledger import stamp
from upturn.core.merkle import Frontier, Node
from upturn.core.proofs import Proof
from upturn.records import keys
from upturn.records.models import Checkpoint, Entry, LogNode, Organization, Plan
from upturn.records.time_stamps import NotStamped, covers, stamped

log = structlog.get_logger("upturn.log")
BATCH = 1_000
SETTLED = timedelta(hours=1)
"""No transaction takes longer. Numbers of entries are given out before they are committed, so the entries from before
a checkpoint are known to be all there only some time after it."""
OFTEN = timedelta(hours=1)
"""How often the clock makes a checkpoint, where there are new entries."""


class NotInLog(LookupError):
    """What was to be proven is not in the log; the sentence says what would help."""


class Unsound(Exception):
    """The log is not as it was signed, or its key is not here: what would be signed now would look like forgery."""


# -- checkpoints -------------------------------------------------------------------------------------------------------


def checkpoint(organization: Organization, now: datetime, *, from_the_first: bool = False) -> Checkpoint | None:
    """Take in the entries that are not in the log, and sign what it then is; the last checkpoint where nothing is new.

    None where there are no entries at all. Any number of processes may do this at once. `from_the_first`: look through
    all entries, not only through those since the checkpoint before. Raises Unsound.
    """
    _refuse_to_vouch(organization)
    after = 0 if from_the_first else _settled(organization, now)
    while (taken := _take_in(organization, after)) is not None:
        after = taken
    size, last = size_of(organization), last_checkpoint(organization)
    if size == 0 or (last and last.size == size):
        return last
    return _sign(organization, size, last, now)


def last_checkpoint(organization: Organization) -> Checkpoint | None:
    return Checkpoint.objects.filter(organization=organization).order_by("-size").first()


def waiting(now: datetime) -> QuerySet[Organization]:
    """The organizations with entries that are not in their log, and no checkpoint in the last hour."""
    newest = Entry.objects.filter(organization=OuterRef("pk")).order_by("-pk")
    logged = LogNode.objects.filter(entry=OuterRef("newest"))
    recent = Checkpoint.objects.filter(organization=OuterRef("pk"), at__gt=now - OFTEN)
    found = Organization.objects.annotate(newest=Subquery(newest.values("pk")[:1])).exclude(newest=None)
    return found.filter(~Exists(logged), ~Exists(recent)).order_by("pk")


def size_of(organization: Organization) -> int:
    """How many leaves the log has."""
    last = LogNode.objects.filter(organization=organization, level=0).aggregate(last=Max("position"))["last"]
    return 0 if last is None else int(last) + 1


def _settled(organization: Organization, now: datetime) -> int:
    """An entry up to which all are in the log."""
    before = Checkpoint.objects.filter(organization=organization, at__lte=now - SETTLED).order_by("-size")
    last = LogNode.objects.filter(organization=organization, level=0, position=Subquery(before.values("size")[:1]) - 1)
    return last.values_list("entry_id", flat=True).first() or 0


@transaction.atomic
def _take_in(organization: Organization, after: int) -> int | None:
    """Append the next batch of entries past the entry `after`; the last of them, None when there are none.

    Whoever appends holds the organization's row, so that one batch follows the other.
    """
    Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    fresh = Entry.objects.filter(organization=organization, pk__gt=after, log_node=None).order_by("pk")
    entries = list(fresh.values_list("pk", "leaf")[:BATCH])
    if not entries:
        return None
    frontier = _frontier(organization, size_of(organization))
    LogNode.objects.bulk_create(
        LogNode(
            organization=organization,
            level=node.level,
            position=node.position,
            hash=hashed.hex(),
            entry_id=None if node.level else entry_id,
        )
        for entry_id, leaf in entries
        for node, hashed in frontier.append(bytes.fromhex(leaf))
    )
    return entries[-1][0]


def _sign(organization: Organization, size: int, last: Checkpoint | None, now: datetime) -> Checkpoint:
    """Sign the log as it was at a size. Of two processes that do so at once, both get the checkpoint of one."""
    signer = keys.signer(organization)
    before = keys.signer_of(organization, bytes.fromhex(last.key)) if last else None
    rotated = [before] if before and before.public_key != signer.public_key else []  # the old key vouches for the new
    origin = checkpoints.read(last.text).origin if last else _origin(organization)
    root = _frontier(organization, size).root()
    text = checkpoints.signed(checkpoints.Checkpoint(origin, size, root, (stamp(now),)), [signer, *rotated])
    made = Checkpoint(
        organization=organization,
        size=size,
        root=root.hex(),
        at=now,
        key=signer.public_key.hex(),
        text=text,
        time_stamp=_time_stamp(text),
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        return Checkpoint.objects.get(organization=organization, size=size)
    return made


def _origin(organization: Organization) -> str:
    """The name of a new log, `plans.example.org/peers`. It keeps it wherever the address moves."""
    return f"{urlsplit(settings.BASE_URL).netloc}/{organization.slug}"


def _time_stamp(text: str) -> bytes | None:
    """A checkpoint without a time stamp is better than none: the next one's covers it too."""
    if not settings.TSA_URL:
        return None
    try:
        return stamped(text, settings.TSA_URL)
    except NotStamped as error:
        log.warning("not_time_stamped", why=str(error))
        return None


def _refuse_to_vouch(organization: Organization) -> None:
    """Nothing is signed that does not continue what was signed last, and with the same key or one it vouches for."""
    last = last_checkpoint(organization)
    if last is None:
        return
    if last.key not in map(bytes.hex, keys.public_keys(organization)):
        raise Unsound(
            f"The key that signed the log of {organization.name} is not in the data folder. Put its `keys` back from"
            " the backup; if they are lost, make a new key with `upturn log rotate`."
        )
    if _frontier(organization, last.size).root().hex() != last.root:
        raise Unsound(
            f"The log of {organization.name} is not the one that was signed last: nothing is signed on top of it."
            " `upturn verify` says more."
        )


# -- keys --------------------------------------------------------------------------------------------------------------


def rotate(organization: Organization) -> str:
    """Make a new key for the log; its verifier key. Of keys that signed checkpoints and are lost, the public half is
    kept.
    """
    known = keys.public_keys(organization)
    signed = Checkpoint.objects.filter(organization=organization).order_by("size").values_list("key", flat=True)
    for key in dict.fromkeys(map(bytes.fromhex, signed)):
        if key not in known:
            keys.keep_public(organization, key)
    return checkpoints.verifier_key(origin_of(organization), keys.rotate(organization))


def verifier_keys(organization: Organization) -> list[str]:
    """The public keys by which the log's checkpoints are checked, oldest first."""
    origin = origin_of(organization)
    return [checkpoints.verifier_key(origin, key) for key in keys.public_keys(organization)]


def origin_of(organization: Organization) -> str:
    """The log's name, under which its keys are given away."""
    last = last_checkpoint(organization)
    return checkpoints.read(last.text).origin if last else _origin(organization)


# -- proofs ------------------------------------------------------------------------------------------------------------


def prove(plan: Plan, seq: int | None = None, at: Checkpoint | None = None) -> Proof:
    """That an entry of a plan is in the log of a checkpoint: the last one, and the last entry in it, when not given.

    A proof for one entry of a plan holds for all before it: each names the one before. Raises NotInLog, Unsound.
    """
    organization = plan.organization
    at = at or last_checkpoint(organization)
    if at is None or at.organization_id != organization.pk:
        raise NotInLog(f"There is no such checkpoint of {organization.name}. Make one with `upturn log checkpoint`.")
    leaves = LogNode.objects.filter(
        organization=organization, level=0, position__lt=at.size, entry__plan=plan
    ).select_related("entry")
    found = (leaves if seq is None else leaves.filter(entry__seq=seq)).order_by("-entry__seq").first()
    if found is None or found.entry is None:
        which = "No entry" if seq is None else f"No entry {seq}"
        raise NotInLog(
            f"{which} of {plan.number} is in the log of {at.size} entries. New ones go in with `upturn log checkpoint`."
        )
    return Proof(
        entry=found.entry.sealed(),
        position=found.position,
        path=tuple(_hashes(organization, merkle.inclusion(found.position, at.size))),
        checkpoint=at.text,
        keys=tuple(verifier_keys(organization)),
        time_stamp=bytes(at.time_stamp or b""),
    )


def consistency(older: Checkpoint, newer: Checkpoint) -> list[bytes]:
    """The proof that the log of the newer checkpoint begins with that of the older (`merkle.extends`).

    Raises ValueError for checkpoints of two organizations, or the wrong way round; Unsound.
    """
    if older.organization_id != newer.organization_id:
        raise ValueError("Two checkpoints are compared within one organization's log.")
    return _hashes(newer.organization, merkle.consistency(older.size, newer.size))


def _frontier(organization: Organization, size: int) -> Frontier:
    return Frontier(size, _hashes(organization, [[node] for node in merkle.peaks(0, size)]))


def _hashes(organization: Organization, parts: Iterable[merkle.Part]) -> list[bytes]:
    """The hashes folded from stored ones: one query, for as many nodes as the log has levels. Raises Unsound."""
    parts = list(parts)
    wanted = [
        Q(organization=organization, level=node.level, position=node.position)  # whole keys, each found by the index
        for part in parts
        for node in part
    ]
    if not wanted:
        return merkle.hashes(parts, {})
    rows = LogNode.objects.filter(reduce(or_, wanted))
    stored = {Node(level, n): _bytes(hashed) for level, n, hashed in rows.values_list("level", "position", "hash")}
    try:
        return merkle.hashes(parts, stored)
    except KeyError:
        raise Unsound(f"The log of {organization.name} lacks hashes it had. `upturn verify` says more.") from None


# -- verifying ---------------------------------------------------------------------------------------------------------


def changed(target: Organization | Plan) -> Iterator[tuple[str, str]]:
    """The entries that are not the ones that went into the log: the plan's number, and a sentence. One query."""
    leaves = LogNode.objects.filter(level=0).exclude(entry__leaf=F("hash"))
    mine = leaves.filter(entry__plan=target) if isinstance(target, Plan) else leaves.filter(organization=target)
    rows: Iterable[tuple[str | None, int | None, int]] = mine.order_by("position").values_list(
        "entry__plan__number", "entry__seq", "position"
    )
    for number, seq, position in rows:
        if number is None:
            yield "The log", f"The entry at position {position} is gone."
        else:
            yield number, f"Entry {seq} is not the one that went into the log: it was changed or replaced since."


def findings(organization: Organization) -> Iterator[str]:
    """Where the log does not agree with itself, with its checkpoints or with their keys. Nothing is raised."""
    signed = {one.size: one for one in Checkpoint.objects.filter(organization=organization).order_by("size")}
    known, origins = keys.public_keys(organization), set()
    for one in signed.values():
        says, origin = _fault_of_text(one, known)
        origins.add(origin)
        if says:
            yield f"The checkpoint of {_entries(one.size)}{says}"
    if len(origins) > 1:
        yield f"The checkpoints are of several logs: {', '.join(sorted(origins))}."
    yield from _faults_of_nodes(organization, signed)
    if signed:
        yield from _left_out(organization, signed[max(signed)])


def _fault_of_text(one: Checkpoint, known: list[bytes]) -> tuple[str, str]:
    """What is wrong with a checkpoint's text, if anything, and the log it is of."""
    try:
        told = checkpoints.read(one.text)
    except checkpoints.NotCheckpoint:
        return " cannot be read.", ""
    key = next((key for key in known if key.hex() == one.key), None)
    if key is None:
        return " is signed with a key that is not among the organization's.", told.origin
    if not checkpoints.is_signed_by(one.text, key):
        return " does not carry a good signature: it was changed, or made up.", told.origin
    if (told.size, told.root.hex()) != (one.size, one.root) or told.lines[:1] != (stamp(one.at),):
        return " says something else than what is stored beside it.", told.origin
    if one.time_stamp is not None and not covers(bytes(one.time_stamp), one.text):
        return " carries a time stamp for something else.", told.origin
    return "", told.origin


def _faults_of_nodes(organization: Organization, signed: dict[int, Checkpoint]) -> Iterator[str]:
    """The whole tree built anew from its leaves, and compared with every hash and every root on file."""
    frontier, expected = Frontier(), dict[Node, bytes]()
    rows = LogNode.objects.filter(organization=organization).order_by("pk").values_list("level", "position", "hash")
    for level, position, stored in rows.iterator(chunk_size=10_000):
        node = Node(level, position)
        if level == 0:
            if position != frontier.size:
                yield f"The log has no leaf {frontier.size}, and leaf {position} stands in its place."
                return
            expected.update(frontier.append(_bytes(stored)))
            yield from _fault_of_root(signed, frontier)
        if expected.pop(node, None) != _bytes(stored):
            yield f"The hash at level {level}, position {position} of the log does not follow from the leaves."
            return
    for node in expected:
        yield f"The hash at level {node.level}, position {node.position} of the log is missing."
    for size in sorted(size for size in signed if size > frontier.size):
        yield f"The checkpoint of {_entries(size)} tells of more than the log has: {frontier.size}."


def _fault_of_root(signed: dict[int, Checkpoint], frontier: Frontier) -> Iterator[str]:
    one = signed.get(frontier.size)
    if one and one.root != frontier.root().hex():
        yield f"The checkpoint of {_entries(one.size)} has another root than the log: the log was changed since."


def _left_out(organization: Organization, last: Checkpoint) -> Iterator[str]:
    """Entries that no checkpoint looks for any more, and that are not in the log: see `SETTLED`."""
    settled = _settled(organization, last.at)
    if n := Entry.objects.filter(organization=organization, pk__lte=settled, log_node=None).count():
        yield f"{_entries(n)} never went into the log. `upturn log checkpoint --all` takes them in."


def _bytes(hashed: str) -> bytes:
    try:
        return bytes.fromhex(hashed)
    except ValueError:
        return b""


def _entries(n: int) -> str:
    return f"{n:,} {'entry' if n == 1 else 'entries'}"
