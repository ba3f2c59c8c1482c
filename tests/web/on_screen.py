"""Stories played through the screens: each act of a story is a form that is opened, filled in and sent.

The same step is played on the core beside it, so that both leave the same entries. Time passes for both alike.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape
from itertools import zip_longest
from typing import Any

import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.template.loader import render_to_string
from django.test import Client

from tests.web.doing import confirms_by_mail
from upturn.core import commands as c
from upturn.core import events as e
from upturn.core.calendar import Calendar as Days
from upturn.core.events import to_json
from upturn.core.program import FormField
from upturn.core.reading import ProgramFile
from upturn.core.story import Stage, command_of, tell
from upturn.records import catalogue
from upturn.records.access import look
from upturn.records.files import BEGINNINGS
from upturn.records.loading import load, rows
from upturn.records.models import Calendar, Organization, Person, Plan, User
from upturn.records.perform import bring_due
from upturn.web.addresses import address
from upturn.web.forms import Questions, asking


def posted(html: str) -> QueryDict:
    """What a browser would send of this html if nobody touched it."""
    data = QueryDict(mutable=True)
    for tag in re.findall(r"<input[^>]*>", html):
        attrs = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if attrs.get("type") in ("radio", "checkbox") and not re.search(r"\schecked\b", tag):
            continue
        if attrs.get("type") != "file" and "name" in attrs:
            data.appendlist(attrs["name"], unescape(attrs.get("value", "")))
    for name, body in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', html, re.DOTALL):
        data.appendlist(name, unescape(body).strip("\r\n"))
    for name, body in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', html, re.DOTALL):
        chosen = re.findall(r'<option value="([^"]*)" selected', body)
        first = re.findall(r'<option value="([^"]*)"', body)
        data.appendlist(name, unescape((chosen or first or [""])[0]))
    return data


def main_form(html: str) -> str:
    """The form of a page that does what the page is for: the first that is sent and stands in its content."""
    content = html.partition("<main")[2].partition("</main>")[0]
    found = re.findall(r'<form method="post".*?</form>', content, re.DOTALL)
    return found[0] if found else ""


def text_of(html: str) -> str:
    content = html.partition("<main")[2].partition("</main>")[0] or html
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", content))).strip()


@dataclass
class Answered:
    """What came back of a form that was sent."""

    status: int
    text: str

    @property
    def done(self) -> bool:
        return self.status == 302


Fill = Callable[["OnScreen", str, Any], dict[str, Any]]


@dataclass
class OnScreen:
    """One story on one plan of one organization, played by people at their screens."""

    file: ProgramFile
    document: Mapping[str, Any]
    story: Mapping[str, Any]
    stage: Stage
    organization: Organization
    people: dict[str, Person] = field(default_factory=dict)
    plan: str = ""
    acts: int = 0
    refused: list[str] = field(default_factory=list)

    # -- the world

    @classmethod
    def begin(cls, file: ProgramFile, document: Mapping[str, Any], story: Mapping[str, Any]) -> "OnScreen":
        stage = tell(file, document, {**story, "steps": []})
        given = {**document, **story}
        organization = Organization.objects.create(name="On screen", slug="on-screen", zone=stage.world.zone)
        for unit, spec in given.get("calendars", {}).items():
            days = Days.from_json({"name": unit.replace("_", " "), **(spec or {})}).to_json()
            Calendar.objects.update_or_create(organization=organization, unit=unit, defaults={"days": days})
        world = cls(file, document, story, stage, organization)
        for name in stage.cast:
            world._join(name, given.get("people", {}).get(name, {}))
        return world

    def _join(self, name: str, known: Mapping[str, Any]) -> None:
        program = self.file.program()
        roles = {program.parties[r].fill for r in self.stage.cast[name] if r in program.parties} & {"office", "auditor"}
        details = {k: str(v) for k, v in known.items() if k not in ("name", "title", "email")}
        self.people[name] = Person.objects.create(
            organization=self.organization,
            user=User.objects.create_user(username=name, email=f"{name}@on-screen.example"),
            name=str(known.get("name", name.title())),
            title=str(known.get("title", "")),
            email=str(known.get("email", "")),
            roles=sorted(roles),
            details=details,
        )

    def publish(self, text: str) -> None:
        catalogue.publish(self.organization, text, self.stage.now)
        key = self.file.program().key
        catalogue.enter_settings(self.organization, key, {**self.document, **self.story}.get("settings", {}))

    # -- names and codes

    def code(self, name: str) -> str:
        """A person's code in the records, which need not be that of the story."""
        known = {p.pk: code for code, p in load(rows().get(pk=self.plan)).people.items()} if self.plan else {}
        return known.get(self.people[name].pk, "")

    def _names(self) -> dict[str, str]:
        """Code in the story → name."""
        return {self.stage.code(name): name for name in self.stage.cast}

    def told(self, value: Any) -> Any:
        """A value of the story with its codes as the records have them."""
        names = self._names()
        if isinstance(value, str) and re.fullmatch(r"@p\d+", value) and value[1:] in names:
            return f"@{self.code(names[value[1:]])}"
        if isinstance(value, Mapping):
            return {k: self.told(v) for k, v in value.items()}
        return [self.told(v) for v in value] if isinstance(value, list) else value

    def present(self, codes: Any) -> list[str]:
        names = self._names()
        return [self.code(names[one]) if one in names else one for one in codes]

    # -- playing

    def play(self, step: Mapping[str, Any]) -> None:
        """One step, on the core and on the screens; what both left must be the same."""
        if "as" not in step:
            self._time_passes(step)
            return
        command = command_of(self.stage, self.document, step)
        moment = self.stage.now
        before = len(self.stage.record)
        count = self._count()
        from upturn.core.story import _play  # noqa: PLC0415

        with time_machine.travel(moment, tick=False):
            answer = self._sent(step["as"], command)
        _play(self.stage, self.document, step)
        self.acts += 1
        if step.get("refused") is not None:
            assert (answer.done, self._count()) == (False, count), f"{step}: {answer.text[:300]}"
            assert 400 <= answer.status < 500, f"{step}: {answer.status} {answer.text[:600]}"
            self.refused.append(answer.text)
            return
        assert answer.done, f"{step}\n{answer.status}: {answer.text[:3000]}"
        if self.plan:
            bring_due(self.plan, self.stage.now)
        self._compare(before, count, step)

    def _time_passes(self, step: Mapping[str, Any]) -> None:
        from upturn.core.story import _play  # noqa: PLC0415

        if "wait" in step or "until" in step:
            _play(self.stage, self.document, step)
            for _ in range(3000):
                row = Plan.objects.get(pk=self.plan)
                if row.wakes_at is None or row.wakes_at > self.stage.now:
                    break
                bring_due(self.plan, row.wakes_at)
            bring_due(self.plan, self.stage.now)

    def _count(self) -> int:
        return Plan.objects.get(pk=self.plan).seq if self.plan else 0

    def _compare(self, before: int, count: int, step: Mapping[str, Any]) -> None:
        wanted = [self._plain(f.event, self._names()) for f in self.stage.record[before:]]
        loaded = load(rows().get(pk=self.plan))
        names = {
            code: name for code in loaded.people for name in self.people if self.people[name] == loaded.people[code]
        }
        found = [self._plain(f.event, names) for f in loaded.entries[count:]]
        differ = [pair for pair in zip_longest(found, wanted) if pair[0] != pair[1]]
        assert differ == [], f"{step}\nscreen: {differ[0][0]}\ncore:   {differ[0][1]}"

    def _plain(self, event: Any, names: Mapping[str, str]) -> tuple[str, Any]:
        """An event with names in place of codes, without what differs by nature."""
        payload = {k: v for k, v in to_json(event).items() if k not in ("sha256", "size", "group", "media_type")}
        if isinstance(event, e.Signed):
            payload.pop("copy", None)  # only the page shows one, and asks for consent
            payload.pop("consent", None)
            payload.pop("step_up", None)  # and who it is
            payload.pop("reason", None)  # who declines says why in a statement
            payload.pop("digest", None)  # of words in which people stand by code; a wrong one is refused
        return type(event).__name__, _renamed(payload, names)

    # -- the screens

    def client(self, name: str) -> Client:
        client = Client()
        client.force_login(self.people[name].user)
        return client

    def _sent(self, name: str, command: c.Command) -> Answered:
        return SENDERS.get(type(command), OnScreen.send)(self, name, command)

    def answers(
        self, name: str, fields: tuple[FormField, ...], answers: Mapping[str, Any], *, fresh: bool = True
    ) -> dict[str, list[str]]:
        """Answers as the form of these fields would send them; where nobody answered before, with its defaults."""
        seen = look(self.plan, self.people[name], self.stage.now)
        answers = defaults(fields, answers) if fresh else answers
        return sent_answers(Questions(fields, asking(seen.case, files=_files(seen)), self.told(answers)))

    def send(self, name: str, command: c.Command) -> Answered:
        offer, fill = FILLS[type(command)]
        return self.fill_in(name, address(self.plan, offer(command)), lambda data: fill(self, name, command))

    def fill_in(
        self, name: str, url: str, fill: Callable[[QueryDict], Mapping[str, Any]], *, press: str = "do", **more: Any
    ) -> Answered:
        """Open a page, put values into its form, press its button."""
        client = self.client(name)
        page = client.get(url)
        if page.status_code != 200:
            return Answered(page.status_code if page.status_code >= 400 else 418, text_of(page.content.decode()))
        data = posted(main_form(page.content.decode()))
        return self.press(client, url, data, fill(data), press, **more)

    def press(
        self, client: Client, url: str, data: QueryDict, values: Mapping[str, Any], press: str, **more: Any
    ) -> Answered:
        if any(k.startswith("a-") for k in values) or "no answers" in values:
            for key in [k for k in data if k.startswith("a-")]:
                del data[key]
        for key, value in values.items():
            data.setlist(key, [str(v) for v in value] if isinstance(value, list | tuple) else [str(value)])
        sent: dict[str, Any] = {k: data.getlist(k) for k in data if k != "no answers"}
        response = client.post(url, sent | {"press": press} | more)
        self.at = client
        where = response.headers.get("Location", "")
        self.went = where
        return Answered(response.status_code, text_of(response.content.decode()))


def defaults(fields: Iterable[FormField], answers: Mapping[str, Any]) -> dict[str, Any]:
    """Answers over the defaults that a page shows where nobody has answered before."""
    found: dict[str, Any] = {f.id: f.default for f in fields if f.default is not None} | dict(answers)
    for one in fields:
        if one.kind == "table" and isinstance(found.get(one.id), list):
            found[one.id] = [defaults(one.fields, row) for row in found[one.id]]
    return found


def sent_answers(questions: Questions) -> dict[str, list[str]]:
    html = render_to_string("acting/questions.html", {"questions": questions})
    data = posted(html)
    return {k: data.getlist(k) for k in data} | {"no answers": ["1"]}


def _files(seen: Any) -> dict[str, str]:
    return {a.id: a.name for a in seen.plan.attachments.values() if seen.reads_entry(a.seq)}


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        found = names.get(value.removeprefix("@")) if re.fullmatch(r"@?p\d+", value) else None
        return found or value
    if isinstance(value, Mapping):
        return {names.get(k, k): _renamed(v, names) for k, v in value.items()}
    return [_renamed(v, names) for v in value] if isinstance(value, list) else value


# -- how each command is typed in -------------------------------------------------------------------------------------


def _on(command: c.Command) -> dict[str, Any]:
    return {"on": command.on.isoformat()} if command.on else {}


def _record(world: OnScreen, name: str, command: c.Record) -> dict[str, Any]:
    fields = world.stage.the_program().log[command.log].fields
    attended = world.present(command.attended)
    return world.answers(name, fields, command.answers) | {"attended": attended} | _on(command)


def _screen(world: OnScreen, name: str, command: c.Screen) -> dict[str, Any]:
    screening = world.stage.the_program().screening
    part = next(p for p in screening.parts if p.id == command.part)
    return world.answers(name, part.fields, command.answers)


def _move(world: OnScreen, name: str, command: c.Move) -> dict[str, Any]:
    fields = world.stage.the_program().move[command.move].asks
    own = {"because": command.because, "extend_by": command.extend_by}
    reasons = {f"reasons.{rule}": text for rule, text in command.reasons.items()}
    return world.answers(name, fields, command.answers) | {k: v for k, v in own.items() if v} | reasons | _on(command)


def _sign(world: OnScreen, name: str, command: c.Sign) -> dict[str, Any]:
    spec = world.stage.the_program().signature[command.signature]
    own = any(r in world.stage.actor(name).roles for r in spec.by)
    values: dict[str, Any] = {"statement": command.statement} if own else {"reason": command.reason}
    if command.signer:
        values["signer"] = world.code(world._names()[command.signer])
    if command.witnesses:
        values["witnesses"] = "\n".join(command.witnesses)
    if len(command.digest) != 64:
        values["digest"] = command.digest
    if command.paper:
        return values | {"outcome": f"paper:{command.outcome}", "paper": command.paper} | _on(command)
    return values | {"outcome": command.outcome} | _on(command)


def _approve(world: OnScreen, name: str, command: c.Approve) -> dict[str, Any]:
    fields = world.stage.the_program().approval[command.approval].asks
    own = {"outcome": command.outcome, "reason": command.reason}
    return world.answers(name, fields, command.answers) | own | _on(command)


def _comment(world: OnScreen, name: str, command: c.Comment) -> dict[str, Any]:
    own = {"text": command.text, "proposed": command.proposed, "field": command.field}
    chosen = [r for r in command.audience if r not in world.stage.actor(name).roles]
    return own | ({"audience": "some", "only": chosen} if command.audience else {})


def _hold(world: OnScreen, name: str, command: c.Hold) -> dict[str, Any]:
    state = world.stage.plan.checkins[command.checkin]
    fields = world.stage.the_program().checkin[state.rhythm].after
    values = world.answers(name, fields, command.answers) | _on(command)
    for key, said in command.progress.items():
        values |= {f"progress.{key}.{part}": said[part] for part in said}
    return values | {"attended": world.present(command.attended), "next_step": command.next_step}


def _prepare(world: OnScreen, name: str, command: c.Prepare) -> dict[str, Any]:
    from upturn.web.views.acting.checkins import NOTE  # noqa: PLC0415

    state = world.stage.plan.checkins[command.checkin]
    return world.answers(name, world.stage.the_program().checkin[state.rhythm].before or (NOTE,), command.answers)


def _item(world: OnScreen, name: str, command: c.MoveItem) -> dict[str, Any]:
    spec = world.stage.the_program().item[command.table]
    step = next(m for m in spec.moves if m.id == command.move)
    own = {"due": command.due.isoformat() if command.due else "", "reason": command.reason} if step.moves_due else {}
    return world.answers(name, step.asks, command.answers) | own | _on(command)


def _party(world: OnScreen, name: str, command: c.ChangeParty) -> dict[str, Any]:
    names = world._names()
    values: dict[str, Any] = {
        "change": "hand_over" if command.instead_of else command.change,
        "reason": command.reason,
        "until": command.until.isoformat() if command.until else "",
    }
    if command.change == "joined":
        values["person"] = world.people[names[command.code]].name
    holder = command.instead_of or command.code
    if len(world.stage.plan.holders(command.role)) > 1:
        values["holder"] = world.code(names[holder])
    return values


FILLS: Mapping[type[c.Command], tuple[Callable[[Any], str], Fill]] = {
    c.Record: (lambda x: f"record:{x.log}", _record),
    c.Screen: (lambda x: f"screen:{x.part}", _screen),
    c.Move: (lambda x: f"move:{x.move}", _move),
    c.Sign: (lambda x: f"sign:{x.signature}", _sign),
    c.Approve: (lambda x: f"approve:{x.approval}", _approve),
    c.Comment: (lambda x: f"comment:{x.section}", _comment),
    c.Reply: (lambda x: f"reply:{x.number}", lambda w, n, x: {"outcome": x.outcome, "reason": x.reason}),
    c.State: (lambda x: "state:plan", lambda w, n, x: {"text": x.text, "about": x.about}),
    c.Correct: (lambda x: f"correct:{x.seq}", lambda w, n, x: {"text": x.text} | _on(x)),
    c.Prepare: (lambda x: f"prepare:{x.checkin}", _prepare),
    c.Hold: (lambda x: f"check_in:{x.checkin}", _hold),
    c.Reschedule: (
        lambda x: f"reschedule:{x.checkin}",
        lambda w, n, x: {"to": x.to.isoformat(), "reason": x.reason},
    ),
    c.MoveItem: (lambda x: f"item:{x.table}/{x.row}/{x.move}", _item),
    c.ProposeVersion: (lambda x: "version:plan", lambda w, n, x: {"digest": x.digest, "reason": x.reason}),
    c.Respond: (lambda x: f"respond:{x.number}", lambda w, n, x: {"outcome": x.outcome, "reason": x.reason}),
    c.Extend: (
        lambda x: f"extend:{x.clock}",
        lambda w, n, x: {"by": x.by, "reason": x.reason} | {f"reasons.{k}": v for k, v in x.reasons.items()},
    ),
    c.Pause: (lambda x: "pause:plan", lambda w, n, x: {"start": x.start.isoformat(), "note": x.note}),
    c.Resume: (lambda x: "resume:plan", lambda w, n, x: {"last": x.last.isoformat()}),
    c.ChangeParty: (lambda x: f"party:{x.role}", _party),
}


# -- acts of several pages --------------------------------------------------------------------------------------------


def _open(world: OnScreen, name: str, command: c.Open) -> Answered:
    """Program, person, people, basis, check."""
    program = world.file.program()
    names = world._names()
    named: dict[str, list[str]] = {}
    for code, roles in command.parties.items():
        for role in roles:
            named.setdefault(role, []).append(names[code])
    subject = world.people[named[program.subject_role][0]]
    if subject.pk != world.people[name].pk and not world.people[name].has_role("office"):
        others = [world.people[n].pk for n in named[program.subject_role]]
        Person.objects.filter(pk__in=others).update(manager=world.people[name])
    base = f"/plans/new/{program.key}/"
    answer = world.fill_in(name, base, lambda data: {"subject": subject.pk})
    if not answer.done:
        return answer
    subjects = named.pop(program.subject_role)
    people = {r: "\n".join(world.people[n].name for n in ns) for r, ns in named.items()}
    people["others"] = "\n".join(world.people[n].name for n in subjects[1:])
    named[program.subject_role] = subjects
    answer = world.fill_in(
        name, f"{base}people/", lambda data: people | ({"language": command.language} if command.language else {})
    )
    if not answer.done:
        return answer
    answer = world.fill_in(name, f"{base}basis/", lambda data: _start_answers(world, named, command))
    if not answer.done:
        return answer
    reasons = {f"reasons.{k}": v for k, v in command.reasons.items()}
    answer = world.fill_in(name, f"{base}check/", lambda data: reasons, press="open")
    if answer.done:
        world.plan = world.went.split("/")[2]
    return answer


def _start_answers(world: OnScreen, named: Mapping[str, list[str]], command: c.Open) -> dict[str, Any]:
    program = world.file.program()
    order = [n for role in program.parties for n in named.get(role, ())]
    codes = {n: f"p{i}" for i, n in enumerate(dict.fromkeys(order), start=1)}
    people = {codes[n]: (world.people[n].name, frozenset(r for r, ns in named.items() if n in ns)) for n in codes}
    from upturn.core.case import Case  # noqa: PLC0415
    from upturn.core.facts import Actor, Facts  # noqa: PLC0415
    from upturn.core.plan import Plan as CorePlan  # noqa: PLC0415
    from upturn.web.forms import Asking  # noqa: PLC0415

    case = Case(program, CorePlan(), Actor("", frozenset()), world.stage.now, Facts())
    return sent_answers(
        Questions(
            program.start.fields, Asking(program, case.values, people), defaults(program.start.fields, command.answers)
        )
    )


def _answer(world: OnScreen, name: str, command: c.Answer) -> Answered:
    url = address(world.plan, f"answer:{command.section}")
    spec = world.stage.the_program().section.get(command.section)
    fields = spec.fields if spec else ()
    fresh = command.section not in world.stage.plan.sections
    return world.fill_in(
        name,
        url,
        lambda data: world.answers(name, fields, command.answers, fresh=fresh) | {"why": command.why},
        press="share",
    )


def _decide(world: OnScreen, name: str, command: c.Move) -> Answered:
    spec = world.stage.the_program().move[command.move]
    if not spec.decides:
        return world.send(name, command)
    url = address(world.plan, f"move:{command.move}")
    answer = world.fill_in(name, url, lambda data: {}, press="read")
    if not answer.done:
        return answer
    values = {"finding": command.finding, "because": command.because}
    for key, said in command.criteria.items():
        values |= {f"criteria.{key}.{part}": said.get(part, "") for part in ("finding", "evidence", "reason")}
    answer = world.fill_in(
        name, f"{url}finding/", lambda data: values | world.answers(name, spec.asks, command.answers), press="go"
    )
    if not answer.done:
        return answer
    reasons = {f"reasons.{rule}": text for rule, text in command.reasons.items()}
    own = {"disposition": command.disposition, "extend_by": command.extend_by} | reasons
    for _ in range(2):
        answer = world.fill_in(
            name,
            f"{url}follows/",
            lambda data: {k: "" for k in data if k.startswith("reasons.")} | own | _asked(world, name, command),
            press="go",
        )
        if not answer.done or world.went.endswith("/check/"):
            break
    if not answer.done:
        return answer
    return world.fill_in(name, f"{url}check/", lambda data: {}, press="decide")


def _asked(world: OnScreen, name: str, command: c.Move) -> dict[str, Any]:
    chosen = world.stage.the_program().disposition.get(command.disposition)
    return world.answers(name, chosen.asks, command.answers) if chosen and chosen.asks else {}


def _sign_or_decline(world: OnScreen, name: str, command: c.Sign) -> Answered:
    spec = world.stage.the_program().signature[command.signature]
    own = any(r in world.stage.actor(name).roles for r in spec.by)
    url = address(world.plan, f"sign:{command.signature}")
    if own and command.outcome == "declined":
        return world.fill_in(name, f"{url}decline/", lambda data: {"statement": command.statement})
    answer = world.fill_in(name, url, lambda data: _sign(world, name, command))
    if not (answer.done and world.went.endswith("/confirm/")):
        return answer
    done = confirms_by_mail(world.at, world.went)
    return Answered(done.status_code, text_of(done.content.decode()))


def _propose(world: OnScreen, name: str, command: c.Propose) -> Answered:
    for section, answers in command.changes.items():
        url = f"{address(world.plan, 'propose:plan')}{section}/"
        fields = world.stage.the_program().section[section].fields
        answer = world.fill_in(name, url, lambda data, f=fields, a=answers: world.answers(name, f, a), press="check")
        if not answer.done:
            return answer
    own = {"reason": command.reason} | ({"impose": "on"} if command.impose else {})
    return world.fill_in(name, f"{address(world.plan, 'propose:plan')}check/", lambda data: own, press="propose")


def _attach(world: OnScreen, name: str, command: c.Attach) -> Answered:
    url = address(world.plan, "attach:plan")
    size = min(command.size, 20_000_000)
    file = SimpleUploadedFile(command.name, beginning(command.name).ljust(size, b"x")[:size], "application/pdf")
    return world.fill_in(name, url, lambda data: {"about": command.about}, file=file)


def beginning(name: str) -> bytes:
    """How a file of this name begins."""
    return BEGINNINGS.get(name.rsplit(".", 1)[-1].lower(), (b"",))[0]


SENDERS: Mapping[type[c.Command], Callable[[OnScreen, str, Any], Answered]] = {
    c.Open: _open,
    c.Answer: _answer,
    c.Move: _decide,
    c.Sign: _sign_or_decline,
    c.Propose: _propose,
    c.Attach: _attach,
}


def steps_of(document: Mapping[str, Any], steps: Any) -> Iterator[Mapping[str, Any]]:
    """The steps of a story with its scenes in place."""
    for step in steps:
        if "do" in step and len(step) == 1:
            yield from steps_of(document, document["scenes"][step["do"]])
        else:
            yield step


def moment_of(world: OnScreen) -> datetime:
    return world.stage.now
