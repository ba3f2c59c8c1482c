"""Groups: officers keep them, those who belong to one see who else does."""

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from upturn.records.models import Group, Membership, Person
from upturn.web.current import OFFICERS, officer_only
from upturn.web.lists import paged
from upturn.web.people_forms import GroupForm, MemberForm


def visible(person: Person) -> QuerySet[Group]:
    """All groups for officers; for others those they belong to."""
    found = Group.objects.filter(organization=person.organization)
    return found if person.has_role(*OFFICERS) else found.filter(memberships__person=person)


def groups(request: HttpRequest) -> HttpResponse:
    """The groups one may see."""
    here = Q(memberships__person__left_on=None)
    counted = visible(request.person).distinct().order_by("name")
    page = paged(request, counted, "Groups")
    sizes = Group.objects.filter(pk__in=[g.pk for g in page.items]).annotate(
        people=Count("memberships", filter=here), leads=Count("memberships", filter=here & Q(memberships__lead=True))
    )
    size = {group.pk: group for group in sizes}
    table = {
        "caption": "Groups",
        "columns": ["Name", {"label": "People", "number": True}, {"label": "Leads", "number": True}],
        "rows": [
            [{"text": g.name, "url": f"/groups/{g.pk}/"}, size[g.pk].people, size[g.pk].leads] for g in page.items
        ],
        "empty": "There are no groups yet." if request.person.has_role(*OFFICERS) else "You belong to no group.",
    }
    return render(
        request, "groups/list.html", {"table": table, "pages": page, "officer": request.person.has_role(*OFFICERS)}
    )


def group(request: HttpRequest, pk: int) -> HttpResponse:
    """Who belongs to a group; officers add, remove and choose who leads."""
    found = get_object_or_404(visible(request.person).distinct(), pk=pk)
    officer = request.person.has_role(*OFFICERS)
    form = MemberForm(organization=found.organization) if officer else None
    if request.method == "POST":
        if not officer:
            raise Http404
        if "change" in request.POST:
            return changed_member(request, found)
        form = MemberForm(request.POST, organization=found.organization)
        if form.is_valid():
            return added_member(request, found, form)
    here = found.memberships.filter(person__left_on=None).select_related("person").order_by("-lead", "person__name")
    context = {"found": found, "members": paged(request, here, "People"), "form": form, "officer": officer}
    return render(request, "groups/group.html", context, status=422 if form is not None and form.is_bound else 200)


def added_member(request: HttpRequest, found: Group, form: MemberForm) -> HttpResponse:
    who = form.cleaned_data["person"]
    fresh = {"organization": found.organization, "lead": form.cleaned_data["lead"]}
    _, made = Membership.objects.get_or_create(group=found, person=who, defaults=fresh)
    messages.info(request, f"{who.name} belongs to {found.name} {'now' if made else 'already'}.")
    return redirect("group", found.pk)


def changed_member(request: HttpRequest, found: Group) -> HttpResponse:
    """`change` is `remove:PK`, `lead:PK` or `member:PK`; what somebody else did a moment ago is no error."""
    what, _, pk = request.POST["change"].partition(":")
    membership = (
        found.memberships.filter(pk=pk).select_related("person").first() if pk.isdecimal() and len(pk) < 18 else None
    )
    if membership is None or what not in ("remove", "lead", "member"):
        messages.info(request, "This person no longer belongs to the group, so there was nothing to change.")
    elif what == "remove":
        membership.delete()
        messages.info(request, f"{membership.person.name} no longer belongs to {found.name}.")
    else:
        membership.lead = what == "lead"
        membership.save(update_fields=["lead"])
        does = "leads the group now" if membership.lead else "no longer leads the group"
        messages.info(request, f"{membership.person.name} {does}.")
    return redirect("group", found.pk)


@officer_only
def add(request: HttpRequest) -> HttpResponse:
    """A new group."""
    form = GroupForm(request.POST or None, organization=request.person.organization)
    if request.method == "POST" and form.is_valid():
        return redirect("group", form.save().pk)
    return render(request, "groups/form.html", {"form": form}, status=422 if form.is_bound else 200)


@officer_only
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Another name for a group."""
    found = get_object_or_404(Group, pk=pk, organization=request.person.organization)
    form = GroupForm(request.POST or None, organization=found.organization, group=found)
    if request.method == "POST" and form.is_valid():
        return redirect("group", form.save().pk)
    return render(request, "groups/form.html", {"form": form, "found": found}, status=422 if form.is_bound else 200)
