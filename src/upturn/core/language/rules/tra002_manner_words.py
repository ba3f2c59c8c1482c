"""TRA002: wording about manner, mood or tone."""

from upturn.core.language.rule import Rule
from upturn.core.language.rules._finding import words

RULE = Rule(
    code="TRA002",
    name="manner-words",
    title="is about manner or feeling rather than what was done",
    why="How somebody seemed depends on who looked; what they did can be checked by anybody.",
    instead="Tell what was said or done, so that somebody who was not there can see it.",
    cites=(
        "LNG-01",
        "LNG-07",
        "EFF-KD",
    ),
    kinds=frozenset({"goal", "deficiency", "action", "support"}),
    bad=(("deficiency", "On 3 March you seemed elsewhere during the handover."),),
    good=(
        ("deficiency", "On 3 March you left the handover after two of nine patients."),
        ("deficiency", "On 3 March a customer was upset about the late order and called 3 times."),
    ),
    find=words("TRA002", "“{}” tells how it looked to somebody: what was said or done?", "manner"),
)
