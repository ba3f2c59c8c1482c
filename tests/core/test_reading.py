"""A program file is read, or every problem is said with its place; hostile files are refused before they cost much."""

import json
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.core.small import SMALL, document, small_file
from upturn.core.mending import mended
from upturn.core.reading import MOST_BYTES, BadProgram, Problem, json_schema, patch, read

SPECIMENS = Path(__file__).parent / "specimens"
PASS = sorted((SPECIMENS / "should_pass").glob("*.yaml"))
FAIL = sorted(path for path in (SPECIMENS / "should_fail").glob("*.yaml") if path.name != "fifty.v1.yaml")


def problems(text):
    with pytest.raises(BadProgram) as bad:
        read(text)
    return bad.value.problems


# -- every problem at once --------------------------------------------------------------------------------------------


def test_a_file_with_fifty_mistakes_lists_fifty_problems_each_with_its_line_and_path():
    text = (SPECIMENS / "should_fail/fifty.v1.yaml").read_text(encoding="utf-8")
    marked = [number for number, line in enumerate(text.splitlines(), start=1) if line.endswith("  #!")]
    found = problems(text)
    assert [p.line for p in found] == marked
    assert len(found) == 50
    assert all(p.path and re.search(r"[.:?]", p.says) for p in found)


@pytest.mark.parametrize("path", PASS, ids=lambda path: path.stem)
def test_a_specimen_that_should_pass_passes(path):
    assert read(path.read_text(encoding="utf-8")).program().key == path.name.split(".")[0]


@pytest.mark.parametrize("path", FAIL, ids=lambda path: path.stem)
def test_a_specimen_that_should_fail_fails_as_its_first_lines_say(path):
    """`# line: words the problem must hold`, one line for each problem."""
    text = path.read_text(encoding="utf-8")
    expected = re.findall(r"^# (\d+): (.*)$", text, re.MULTILINE)
    assert expected, "a specimen says what is wrong with it"
    found = problems(text)
    lacking = [e for e in expected if not any(str(p.line) == e[0] and e[1] in str(p) for p in found)]
    assert (lacking, len(found)) == ([], len(expected)), "\n".join(map(str, found))


def test_a_problem_reads_as_a_line_with_its_place():
    assert str(Problem("form.0.by", 12, "There is no party `x`.")) == "line 12: form.0.by: There is no party `x`."
    assert str(Problem("", 0, "The file is too large.")) == "The file is too large."


def test_what_is_wrong_in_shape_does_not_hide_what_refers_to_nothing():
    text = SMALL.replace("title: A small plan", "title: 3\nnope: 1").replace("by: [member, lead]", "by: [membr]")
    assert [(p.path, p.line) for p in problems(text)] == [("title", 4), ("nope", 5), ("form.0.by", 17)]


def test_a_list_is_not_called_too_short_because_its_one_part_is_wrong():
    text = SMALL.replace("title: What was said", "titel: What was said")
    assert [p.path for p in problems(text)] == ["form.0.fields.0.titel", "form.0.fields.0.title"]


def test_a_document_is_mended_only_where_it_is_wrong():
    def faults(doc):
        return [("a", "b")] if doc["a"].get("b") in ("wrong", None) and "b" in doc["a"] else []

    assert mended({"a": {"b": "wrong", "c": 1}, "d": 2}, faults) == {"a": {"c": 1}, "d": 2}
    assert mended({"a": {"b": "wrong"}}, lambda doc: [("a", "b")]) is None
    assert mended({"a": 3}, lambda doc: [("a", "b", "c")]) is None


# -- hostile files ----------------------------------------------------------------------------------------------------


def sections(count):
    one = "  - {{id: s{0}, title: S, by: [lead], in: [drafting], fields: [{{id: f{0}, title: F}}]}}\n"
    return SMALL.replace("stages:", "".join(one.format(n) for n in range(count)) + "stages:")


def asked_if(condition):
    return SMALL.replace("kind: longtext,", f'kind: longtext, show_if: "{condition}",')


BOMB = "a: &a [x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(20)
)
VARIANTS = "variants:\n" + "".join(f"  - {{id: v{n}, title: V, when: 'true', set: {{}}}}\n" for n in range(30))
BENT = "".join(f"  - {{id: s{n}, titl: S, in: 3, fields: []}}\n" for n in range(1000))
WRONG = ", ".join(f"membr{n}" for n in range(3000))
LOOPS = "[1].all(a, [1].all(b, [1].all(c, [1].all(d, a + b + c + d > 0))))"
HOSTILE = {
    "600 KB": ("key: " + "x" * 600_000, "The file is larger than 512 KB"),
    "a thousand levels in a line": ("a: " + "[" * 1000 + "]" * 1000, "more than 30 levels"),
    "a thousand levels in lines": ("\n".join(" " * n + "a:" for n in range(1000)), "more than 30 levels"),
    "brackets that never close": ("a: " + "[" * 100_000, "more than 30 levels"),
    "an alias bomb": (BOMB, "Anchors and aliases (& and *) are not read here"),
    "a cycle": ("a: &a\n  b: *a\n", "Anchors and aliases (& and *) are not read here"),
    "ten thousand sections": (sections(6_000), "more than 15,000 values"),
    "twenty thousand keys": ("".join(f"k{n}: 1\n" for n in range(20_000)), "more than 15,000 values"),
    "a thousand variants": (
        SMALL + "variants:\n" + '  - {id: v, title: V, when: "true", set: {}}\n' * 1000,
        "At most 30 fit here",
    ),
    "variants of a large program": (
        sections(600) + VARIANTS,
        "too much to check",
    ),
    "a key twice": (SMALL + "title: Again\n", 'found duplicate key "title"'),
    "tabs": ("key: small\nparties:\n\tmember: {title: M}\n", "cannot start any token"),
    "a character that is none": ("key: sm\x00all", "special characters are not allowed"),
    "half a character": ("key: \ud800", "special characters are not allowed"),
    "every byte": (bytes(range(256)).decode("latin1"), "special characters are not allowed"),
    "an object to be made": ("key: !!python/object/apply:os.system ['true']", "This is needed and not there."),
    "a number of ten thousand digits": (SMALL.replace("version: 1", "version: " + "9" * 10_000), "cannot be read"),
    "a number beyond all digits": (SMALL.replace("version: 1", "version: 0x" + "f" * 1000), "no digest"),
    "not a number": (SMALL.replace("version: 1", "version: .nan"), "a finite number"),
    "a date that is none": (SMALL + "valid: {from: 2026-13-45}\n", "month must be in 1..12"),
    "a mapping as a key": ("? {a: 1}\n: b\n", "No such key here."),
    "two documents": (SMALL + "\n---\nkey: b\n", "another document"),
    "a quote that never ends": ('key: "small\nversion: 1', "unexpected end of stream"),
    "a list": ("- a\n- b\n", "A program is a mapping that begins with `key:`"),
    "a word": ("hello", "A program is a mapping that begins with `key:`"),
    "nothing": ("", "A program is a mapping that begins with `key:`"),
    "parts that are nothing": ("key: null\nparties: null\nform: null\nstages: null\n", "This is needed and not there."),
    "parts that are something else": (
        "key: [a]\nparties: [a]\nform: {a: 1}\nmoves: 3\nunits: x\nlanguages: {a: b}\nvariants: {a: 1}\n",
        "Write this as a mapping of keys.",
    ),
    "a condition of four loops": (asked_if(LOOPS), "with 3 loops; say this in smaller pieces"),
    "a condition of 600 characters": (asked_if("said == 'x' || " * 40 + "true"), "at most 500 characters"),
    "a condition of 3,000 characters": (asked_if("said == 'x' || " * 200 + "true"), "at most 2000 characters"),
    "a condition of 200 brackets": (asked_if("(" * 200 + "true" + ")" * 200), "recursion limit exceeded"),
    "a condition that is none": (asked_if("said ==="), "This condition does not work"),
    "three thousand names that are none": (
        SMALL.replace("by: [member, lead]", f"by: [{WRONG}]"),
        "There is no party `membr2999`.",
    ),
    "a thousand bent sections": (
        SMALL.replace("stages:", BENT + "stages:"),
        "At least 1 must be here",
    ),
}  # fmt: skip

READ_THEM = textwrap.dedent("""
    import json, sys, traceback
    from upturn.core.reading import BadProgram, read
    for line in sys.stdin:
        name, text = json.loads(line)
        try:
            said = ["read", [read(text).digest]]
        except BadProgram as bad:
            said = ["refused", [str(problem) for problem in bad.problems]]
        except BaseException:
            said = ["broken", [traceback.format_exc()]]
        print(json.dumps([name, *said]), flush=True)
""")


@pytest.fixture(scope="module")
def refused():
    """What became of each hostile file, read in a process that is ended when it takes too long."""
    files = "".join(json.dumps([name, text]) + "\n" for name, (text, _says) in HOSTILE.items())
    process = [sys.executable, "-c", READ_THEM]
    try:
        done = subprocess.run(process, input=files, capture_output=True, text=True, timeout=90, check=True).stdout
    except subprocess.TimeoutExpired as late:
        done = (late.stdout or b"").decode()
    return {name: (outcome, says) for name, outcome, says in map(json.loads, done.splitlines())}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_a_sentence_and_before_long(name, refused):
    """On an idle machine each takes less than a second; all together they may take a minute and a half."""
    outcome, says = refused.get(name, ("not read in time", []))
    assert outcome == "refused", says
    assert any(HOSTILE[name][1] in one for one in says), says


def test_the_largest_file_that_is_read_is_named():
    assert MOST_BYTES == 512 * 1024


# -- what is read -----------------------------------------------------------------------------------------------------


def test_a_file_is_the_same_program_however_it_is_laid_out():
    other = SMALL.replace("\n", "\r\n").replace("{title: Member, kind: subject}", '{kind: "subject", title: Member}')
    assert read(other).digest == read(SMALL).digest
    assert read("\ufeff" + SMALL).digest == read(SMALL).digest
    assert read(SMALL.replace("A small plan", "A smaller plan")).digest != read(SMALL).digest


def test_a_program_is_compiled_once_for_each_variant():
    file = small_file("variants: [{id: short, title: Short, when: 'true', set: {title: A shorter plan}}]")
    assert file.program() is file.program()
    assert (file.program().title, file.program("short").title) == ("A small plan", "A shorter plan")
    assert file.program("nobodys").title == "A small plan"


@pytest.mark.parametrize(
    ("before", "change", "after"),
    [
        ("{a: 1, b: {c: 2}}", "{b: {d: 3}}", {"a": 1, "b": {"c": 2, "d": 3}}),
        ("{a: 1, b: 2}", "{b: null}", {"a": 1}),
        ("{a: [{id: x, t: 1}]}", "{a: [{id: x, u: 2}, {id: y}]}", {"a": [{"id": "x", "t": 1, "u": 2}, {"id": "y"}]}),
        ("{a: [{id: x}, {id: y}]}", "{a: [{id: x, remove: true}]}", {"a": [{"id": "y"}]}),
        ("{a: [{table: x, t: 1}]}", "{a: [{table: x, t: 2}]}", {"a": [{"table": "x", "t": 2}]}),
        ("{a: [p, q]}", "{a: [r]}", {"a": ["r"]}),
        ("{a: [{id: x}]}", "{a: []}", {"a": []}),
    ],
)
def test_a_variant_changes_what_it_names_and_keeps_the_rest(before, change, after):
    assert patch(document(before), document(change)) == after


def test_a_variant_that_breaks_the_program_is_found_when_the_file_is_read():
    text = SMALL + "variants: [{id: odd, title: Odd, when: 'true', set: {form: [{id: words, by: [nobody]}]}}]\n"
    assert [str(p) for p in problems(text)] == [
        "line 26: variants.0.set → form.0.by: There is no party `nobody`. Declared: lead, member, staff."
    ]


def test_the_schema_for_editors_names_every_key_of_a_program():
    schema = json_schema()
    assert {"key", "version", "title", "parties", "form", "stages", "moves", "clocks"} <= set(schema["properties"])
    assert schema["additionalProperties"] is False
