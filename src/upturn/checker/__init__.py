"""`upturn check`: the wording checker at a terminal. Files in, findings out; it knows no database and no Django.

`files` reads what is given, `plans` a plan's record or answers, `finding` asks the rules, `shown` and `sarif` write
what was found, `labelled` labels a CSV of sentences, `explained` tells what a rule is about.
"""


class Unreadable(Exception):
    """A sentence for the person at the terminal: what could not be read, and why."""
