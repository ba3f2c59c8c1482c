"""An evidence bundle as bytes: a bag (BagIt, RFC 8493) in a zip. The same evidence is the same file.

Everything comes in as values. What lies where, and what none of it proves, is said in the bundle's own README; the
checker that travels in it is `verify_bundle`, which needs nothing of ours.
"""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from importlib import resources
from string import Template
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from upturn.core.checkpoints import Signer, read, verifier_key
from upturn.core.ledger import Entry, Kept, canonical, stamp
from upturn.core.proofs import Proof
from upturn.documents.verify_bundle import MANIFEST, ending

BAGIT = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
BEGINNING = (1980, 1, 1, 0, 0, 0)  # a zip cannot say that a file has no time; when it was made, bag-info.txt says
READABLE = 0o100644 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a bundle holds. `payloads` are the words of the entries that its readers read; of each other entry
    `withheld` says why not. `files`: path below `data` → bytes; `missing`: path → why a file on record is not here.
    """

    number: str
    organization: str
    whose: str
    """Whose reading it is: “the office”."""
    made: datetime
    asked_by: str
    given_to: str
    reason: str
    entries: Sequence[Entry]
    payloads: Mapping[int, Kept]
    withheld: Mapping[int, str]
    people: Mapping[str, str]
    proof: Proof
    seal: bytes
    plan: bytes
    index: str
    retention: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)

    def said(self, kind: str) -> dict[int, Any]:
        """Entry number → words, of every entry of a type whose words are in it."""
        kinds = {e.seq for e in self.entries if e.type == kind}
        return {seq: json.loads(body) for seq, (_, body) in sorted(self.payloads.items()) if seq in kinds}


# -- where what an entry names lies, as `verify_bundle` looks for it ---------------------------------------------------


def executed_path(seq: int) -> str:
    return f"plan/{seq:04d}-executed.pdf"


def signing_copy_path(seq: int) -> str:
    return f"plan/{seq:04d}-signing-copy.pdf"


def words_path(seq: int) -> str:
    return f"signatures/{seq:04d}-words.json"


def attachment_path(seq: int, name: str) -> str:
    """By number: the names that people give to files are not the same on every machine."""
    return f"attachments/{seq:04d}.{ending(name)}"


# -- the bag -----------------------------------------------------------------------------------------------------------


def zipped(evidence: Evidence, signer: Signer) -> bytes:
    """The bundle, its manifest signed by the key of the log, so that nothing in it can be exchanged or left out."""
    payload = {f"data/{name}": content for name, content in _contents(evidence, signer).items()}
    manifest = _manifest(payload)
    tags = {
        "bagit.txt": BAGIT.encode(),
        "bag-info.txt": _info(evidence, payload).encode(),
        "manifest-sha256.txt": manifest,
        "manifest-sha256.sig": signer.sign(MANIFEST + manifest),
    }
    bag = tags | {"tagmanifest-sha256.txt": _manifest(tags)} | payload
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:  # packed, the bytes would depend on the packer
        for name, content in bag.items():
            info = zipfile.ZipInfo(f"{folder(evidence.number)}/{name}", BEGINNING)
            info.create_system, info.external_attr = 3, READABLE
            archive.writestr(info, content)
    return out.getvalue()


def folder(number: str) -> str:
    """The one folder of the zip, and what the file is called."""
    return f"{number}-evidence"


def _manifest(files: Mapping[str, bytes]) -> bytes:
    return "".join(f"{sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items())).encode()


def _info(evidence: Evidence, payload: Mapping[str, bytes]) -> str:
    size = sum(map(len, payload.values()))
    lines = {
        "Source-Organization": evidence.organization,
        "External-Identifier": evidence.number,
        "External-Description": f"Evidence of an improvement plan, as {evidence.whose} reads it",
        "Bagging-Date": f"{evidence.made.astimezone(UTC):%Y-%m-%d}",
        "Payload-Oxum": f"{size}.{len(payload)}",
    }
    return "".join(f"{name}: {' '.join(value.split())}\n" for name, value in lines.items())


def _contents(evidence: Evidence, signer: Signer) -> dict[str, bytes]:
    told, public = read(evidence.proof.checkpoint), _public(signer)
    values = {
        "number": evidence.number,
        "organization": evidence.organization,
        "whose": evidence.whose,
        "made": stamp(evidence.made),
        "asked_by": evidence.asked_by,
        "given_to": f", to be given to {evidence.given_to}" if evidence.given_to else "",
        "reason": " ".join(evidence.reason.split()),
        "entries": str(len(evidence.entries)),
        "last_at": evidence.entries[-1].at,
        "size": f"{told.size:,}",
        "root": told.root.hex(),
        "key": verifier_key(told.origin, signer.public_key),
        "fingerprint": sha256(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest(),
    }
    stamped = {"history/checkpoint.tst": evidence.proof.time_stamp} if evidence.proof.time_stamp else {}
    return {
        "README.txt": _filled("README.txt", values),
        "index.txt": evidence.index.encode(),
        "certification.txt": _filled("certification.txt", values),
        "retention.txt": evidence.retention.encode(),
        "verify.py": resources.files("upturn.documents").joinpath("verify_bundle.py").read_bytes(),
        "plan/plan.json": evidence.plan,
        "signatures/signatures.json": _signatures(evidence),
        **dict(sorted(evidence.files.items())),
        "history/events.jsonl": b"".join(e.body() + b"\n" for e in evidence.entries),
        "history/payloads.jsonl": b"".join(_payload(seq, kept) for seq, kept in sorted(evidence.payloads.items())),
        "history/withheld.json": _withheld(evidence),
        "history/people.json": _json(dict(evidence.people)),
        "history/proof.json": _json(evidence.proof.to_json()),
        "history/checkpoint.txt": evidence.proof.checkpoint.encode(),
        **stamped,
        "keys/log.pem": public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        "keys/seal.pem": evidence.seal,
    }


def _public(signer: Signer) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(signer.public_key)


def _filled(name: str, values: Mapping[str, str]) -> bytes:
    text = resources.files("upturn.documents").joinpath("evidence", name).read_text(encoding="utf-8")
    return Template(text).substitute(values).encode()


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def _payload(seq: int, kept: Kept) -> bytes:
    """One line of canonical JSON, in which the words keep the exact bytes that were committed to."""
    salt, words = kept
    return b'{"payload":' + words + b',"salt":' + canonical(salt.hex()) + b',"seq":' + canonical(seq) + b"}\n"


def _withheld(evidence: Evidence) -> bytes:
    kinds = {e.seq: e.type for e in evidence.entries}
    entries = [{"entry": seq, "type": kinds[seq], "why": why} for seq, why in sorted(evidence.withheld.items())]
    return _json({"entries": entries, "files": [{"path": p, "why": w} for p, w in sorted(evidence.missing.items())]})


def _signatures(evidence: Evidence) -> bytes:
    """Every signature as it stands on record, and where the words lie that it is for."""
    return _json(
        [
            {
                "entry": seq,
                "signed": said,
                "signer": evidence.people.get(said["signer"], said["signer"]),
                "words": words_path(seq) if words_path(seq) in evidence.files else None,
                "shown": signing_copy_path(seq) if signing_copy_path(seq) in evidence.files else None,
            }
            for seq, said in evidence.said("Signed").items()
        ]
    )
