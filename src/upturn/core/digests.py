"""What exactly a signature or an approval covers, named by digest."""

import hashlib
from collections.abc import Iterable
from typing import Any

from upturn.core.ledger import canonical
from upturn.core.plan import Plan
from upturn.core.program import Program


def covered(plan: Plan, sections: Iterable[str], *, meaning: str = "") -> str:
    """SHA-256 (hex) of the program version, the statement signed and the covered sections as they stand."""
    words: dict[str, Any] = {s: plan.sections[s].answers for s in sections if s in plan.sections}
    value = {"program": plan.digest, "variant": plan.variant, "meaning": meaning, "sections": words}
    return hashlib.sha256(canonical(value)).hexdigest()


def of_signature(program: Program, plan: Plan, signature: str) -> str:
    spec = program.signature[signature]
    return covered(plan, spec.covers, meaning=spec.meaning)


def document(value: object) -> str:
    """The digest of a program file: SHA-256 (hex) of its canonical JSON."""
    return hashlib.sha256(canonical(value)).hexdigest()
