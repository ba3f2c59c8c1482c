"""What a rule is about, and the list of all."""

import json
from collections.abc import Iterator

from upturn.checker.finding import AnyRule, every_rule, level_of

FAMILIES = {
    "EXA": "an example with its day",
    "FAI": "fair to the person",
    "MEA": "how much, and from where",
    "PLA": "the plan as a whole",
    "TIM": "when",
    "TRA": "work, not character",
    "VAG": "what would be seen",
    "WHO": "who does it, who decides",
}


def examples(rule: AnyRule) -> tuple[list[str], list[str]]:
    """The bad and the good examples of a rule, each in words."""
    return [str(pair[1 if rule.subject == "text" else 0]) for pair in rule.bad], [
        str(pair[1 if rule.subject == "text" else 0]) for pair in rule.good
    ]


def explained(rule: AnyRule) -> str:
    """One rule: what it finds, why, on what it rests, and examples."""
    bad, good = examples(rule)
    return "\n".join(
        [
            f"{rule.code} {rule.name} ({FAMILIES[rule.code[:3]]}; {level_of(rule.code)})\n",
            f"Found where {'a plan' if rule.subject == 'plan' else 'a sentence'} {rule.title}.\n",
            f"Why:     {rule.why}",
            f"Source:  {', '.join(rule.cites)}",
            f"Instead: {rule.instead}\n",
            *(f"Not:     {text}" for text in bad),
            *(f"Rather:  {text}" for text in good),
        ]
    )


def listed() -> str:
    """Every rule in one line, by family."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    family = ""
    for code, rule in sorted(every_rule().items()):
        if code[:3] != family:
            family = code[:3]
            yield f"{family}  {FAMILIES[family]}"
        yield f"  {code}  {rule.name:30} {level_of(code):8} {rule.title}"


def as_json() -> str:
    """Every rule as JSON."""
    told = []
    for rule in every_rule().values():
        bad, good = examples(rule)
        told.append(
            {
                "code": rule.code,
                "name": rule.name,
                "about": rule.subject,
                "level": level_of(rule.code),
                "title": rule.title,
                "why": rule.why,
                "instead": rule.instead,
                "cites": list(rule.cites),
                "bad": bad,
                "good": good,
            }
        )
    return json.dumps({"version": 1, "rules": told}, ensure_ascii=False, indent=1)
