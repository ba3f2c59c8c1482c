"""The addresses on which something is done. `addresses.ROUTES` says which offer of the rules is done where."""

from django.urls import path

from upturn.web.views.acting import (
    amending,
    bringing,
    changing,
    checkins,
    deciding,
    disclosing,
    items,
    moving,
    records,
    signing,
    starting,
    talking,
    writing,
)

STARTING = [
    path("plans/new/", starting.start, name="start"),
    path("plans/new/<str:program>/", starting.start_person, name="start_person"),
    path("plans/new/<str:program>/people/", starting.start_people, name="start_people"),
    path("plans/new/<str:program>/basis/", starting.start_basis, name="start_basis"),
    path("plans/new/<str:program>/check/", starting.start_check, name="start_check"),
]
"""Before the plans themselves, whose ids are twelve letters: no plan is called `new`."""

_OF_A_PLAN = [
    path("write/", writing.write, name="write"),
    path("bring/", bringing.bring, name="bring"),
    path("write/<str:section>/", writing.write_section, name="write_section"),
    path("write/<str:section>/draft/", writing.write_draft, name="write_draft"),
    path("write/<str:section>/drop/", writing.drop, name="write_drop"),
    path("records/<str:log>/new/", records.record, name="record"),
    path("screening/", records.screening, name="screening"),
    path("screening/<str:part>/", records.screen, name="screen"),
    path("comment/<str:section>/", talking.comment, name="comment"),
    path("comments/<int:number>/", talking.reply, name="reply"),
    path("statement/", talking.state, name="state"),
    path("correct/<int:seq>/", talking.correct, name="correct"),
    path("sign/<str:signature>/", signing.sign, name="sign"),
    path("sign/<str:signature>/copy/", signing.copy, name="signing_copy"),
    path("sign/<str:signature>/confirm/", signing.step_up, name="step_up"),
    path("sign/<str:signature>/decline/", signing.decline, name="decline"),
    path("sign/<str:signature>/done/", signing.signed, name="signed"),
    path("approve/<str:approval>/", signing.approve, name="approve"),
    path("do/<str:move>/", moving.move, name="move"),
    path("do/<str:move>/<str:step>/", deciding.decide_step, name="decide"),
    path("decided/", deciding.decided, name="decided"),
    path("check-ins/<str:checkin>/prepare/", checkins.prepare, name="prepare"),
    path("check-ins/<str:checkin>/hold/", checkins.hold, name="check_in"),
    path("check-ins/<str:checkin>/move/", checkins.reschedule, name="reschedule"),
    path("items/<str:table>/<str:row>/<str:move>/", items.item, name="item"),
    path("amend/", amending.amend, name="propose"),
    path("amend/check/", amending.amend_check, name="amend_check"),
    path("amend/<str:section>/", amending.amend_section, name="amend_section"),
    path("proposals/<int:number>/", changing.respond, name="respond"),
    path("newer-version/", changing.version, name="version"),
    path("extend/<str:clock>/", changing.extend, name="extend"),
    path("pause/", changing.pause, name="pause"),
    path("resume/", changing.resume, name="resume"),
    path("people/<str:role>/", changing.party, name="party"),
    path("attach/", changing.attach, name="attach"),
    path("evidence/<str:audience>/", disclosing.bundle, name="bundle"),
]

DOING = [path(f"plans/<str:plan>/{one.pattern}", one.callback, name=one.name) for one in _OF_A_PLAN]
