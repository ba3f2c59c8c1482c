"""What exactly a signature or an approval covers, named by digest."""

import hashlib
from collections.abc import Iterable
from typing import Any

from upturn.core.ledger import canonical
from upturn.core.plan import Plan
from upturn.core.program import Program


def words(plan: Plan, sections: Iterable[str], *, meaning: str = "") -> bytes:
    """The program version, the statement signed and the covered sections as they stand: canonical JSON (RFC 8785)."""
    answers: dict[str, Any] = {s: plan.sections[s].answers for s in sections if s in plan.sections}
    return canonical({"program": plan.digest, "variant": plan.variant, "meaning": meaning, "sections": answers})


def covered(plan: Plan, sections: Iterable[str], *, meaning: str = "") -> str:
    """SHA-256 (hex) of what is covered."""
    return hashlib.sha256(words(plan, sections, meaning=meaning)).hexdigest()


def words_of_signature(program: Program, plan: Plan, signature: str) -> bytes:
    """What somebody puts their name to, as the bytes whose digest the signature names."""
    spec = program.signature[signature]
    return words(plan, spec.covers, meaning=spec.meaning)


def of_signature(program: Program, plan: Plan, signature: str) -> str:
    return hashlib.sha256(words_of_signature(program, plan, signature)).hexdigest()


def reference(number: str, digest: str) -> str:
    """What a signature is referred to by, on pages and papers: the number of its plan, and how the digest of its words
    begins.
    """
    return f"{number}-{digest[:8].upper()}"


def document(value: object) -> str:
    """The digest of a program file: SHA-256 (hex) of its canonical JSON."""
    return hashlib.sha256(canonical(value)).hexdigest()
