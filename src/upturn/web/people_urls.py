"""The addresses of what an organization keeps: people, groups, settings, calendars and programs."""

from django.urls import path

from upturn.web.views import groups, organization, papers, people, programs

urlpatterns = [
    path("people/", people.people, name="people"),
    path("people/add/", people.add, name="person_add"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/change/", people.change, name="person_change"),
    path("people/<int:pk>/invite/", people.invite, name="person_invite"),
    path("people/<int:pk>/code/", people.print_code, name="person_code"),
    path("groups/", groups.groups, name="groups"),
    path("groups/add/", groups.add, name="group_add"),
    path("groups/<int:pk>/", groups.group, name="group"),
    path("groups/<int:pk>/change/", groups.change, name="group_change"),
    path("organization/", organization.organization, name="organization"),
    path("organization/change/", organization.change, name="organization_change"),
    path("organization/calendars/<slug:unit>/", organization.calendar, name="calendar"),
    path("programs/", programs.programs, name="programs"),
    path("programs/publish/", programs.publish, name="program_publish"),
    path("programs/adopt/", programs.adopt, name="program_adopt"),
    path("programs/<slug:key>/", programs.program, name="program"),
    path("programs/<slug:key>/settings/", programs.settings, name="program_settings"),
    path("programs/<slug:key>/<int:version>/", programs.program, name="program_version"),
    path("programs/<slug:key>/<int:version>/file/", programs.source, name="program_file"),
    path("programs/<slug:key>/<int:version>/blank/<str:document>/", papers.blank, name="blank_document"),
    path("programs/<slug:key>/<int:version>/blank/<str:document>/<str:kind>/", papers.blank_form, name="blank_form"),
    path("programs/<slug:key>/<int:version>/retire/", programs.retire, name="program_retire"),
]
