"""The verbs: everything people do to a plan, one file per kind of doing. `VERBS` is the table the rules walk."""

from collections.abc import Mapping

from upturn.core.commands import Command
from upturn.core.verbs import changing, checking_in, disclosing, executing, items, moving, signing, talking, writing
from upturn.core.verbs.base import Against, Verb

VERBS: Mapping[str, Verb] = {
    verb.name: verb
    for module in (writing, moving, signing, executing, checking_in, items, talking, changing, disclosing)
    for verb in module.VERBS
}
BY_COMMAND: Mapping[type[Command], Verb] = {verb.command: verb for verb in VERBS.values()}

__all__ = ["BY_COMMAND", "VERBS", "Against", "Verb"]
