"""The rules about wording, one file each, by family: the first three letters of a code say what it looks after.

`MEA` measures, `TIM` time, `WHO` who does it, `TRA` words about traits and manner, `FAI` fairness, `VAG` vague verbs,
`EXA` examples. To add a rule, add a file like its neighbours: it is found by itself, and the tests run its examples.
"""

from functools import cache
from importlib import import_module, resources

from upturn.core.language.reading import Reading, read
from upturn.core.language.rule import NOTHING, Given, Hit, Kind, Rule


@cache
def rules() -> dict[str, Rule]:
    """Every rule by its code, in order."""
    files = (f.name for f in resources.files(__package__).iterdir())
    names = sorted(name[:-3] for name in files if name.endswith(".py") and not name.startswith("_"))
    found: list[Rule] = [import_module(f"{__package__}.{name}").RULE for name in names]
    return {rule.code: rule for rule in sorted(found, key=lambda rule: rule.code)}


def check(text: str, kind: Kind, lang: str = "", given: Given = NOTHING) -> list[Hit]:
    """What the rules find in a sentence of this kind, in the order of the text."""
    return check_reading(read(text, lang), kind, given)


def check_reading(reading: Reading, kind: Kind, given: Given = NOTHING) -> list[Hit]:
    """The same for a text that was read already. A language without a pack gives no findings."""
    if not reading.readable or not reading.tokens:
        return []
    hits = [hit for rule in rules().values() if _applies(rule, kind, given) for hit in rule.find(reading, kind, given)]
    return sorted(hits, key=lambda hit: (hit.start, hit.code))


def _applies(rule: Rule, kind: Kind, given: Given) -> bool:
    return rule.subject == "text" and kind in rule.kinds and not (rule.satisfied_by & given)
