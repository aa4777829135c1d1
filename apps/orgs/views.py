from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from apps.accounts.models import User
from apps.activity.descriptions import sentence
from apps.core import panels
from apps.core.errors import NotAllowed
from apps.core.pages import SeeOther, go_to, post_only, render_page, uid_of, whole
from apps.core.permissions import REGISTRY
from apps.orgs import queries
from apps.orgs.access import MemberRequest, limited, permission_required
from apps.orgs.actions.accept_invitation import InvitationGone, accept_invitation
from apps.orgs.actions.add_member import AlreadyMember
from apps.orgs.actions.assign_role import assign_role
from apps.orgs.actions.change_address_state import change_address_state
from apps.orgs.actions.change_member import LastAdmin, Terms, change_member
from apps.orgs.actions.give_role import give_role
from apps.orgs.actions.invite_members import InvitationsRefused, Offer, invite_members
from apps.orgs.actions.move_unit import RootStays, UnitInItself, move_unit
from apps.orgs.actions.remove_role import RoleInUse, remove_role
from apps.orgs.actions.remove_unit import UnitInUse, remove_unit
from apps.orgs.actions.renew_invitation import renew_invitation
from apps.orgs.actions.restore_member import restore_member
from apps.orgs.actions.revoke_invitation import revoke_invitation
from apps.orgs.actions.save_address import AddressFacts, save_address
from apps.orgs.actions.save_cost_center import CodeTaken, save_cost_center
from apps.orgs.actions.save_role import RoleImpossible, RoleNameTaken, TooManyRoles, save_role
from apps.orgs.actions.save_unit import NameTaken, TooDeep, TooManyUnits, save_unit
from apps.orgs.actions.suspend_member import suspend_member
from apps.orgs.actions.take_role import take_role
from apps.orgs.forms import (
    AddressForm,
    CostCenterForm,
    InviteForm,
    JoinForm,
    MemberForm,
    NewUnitForm,
    PlaceForm,
    RoleElsewhereForm,
    RoleForm,
    UnitForm,
)
from apps.orgs.middleware import SESSION_KEY
from apps.orgs.models import Address, CostCenter, Invitation, Membership, OrgUnit, Role, RoleGrant

LOG_PAGE = 50
# From this share of a month's limit on, the bar warns.
NEARLY_USED = Decimal(75)
# How many addresses stand below the people, and how long a day of the week says when somebody was there.
NEAREST, WEEK = 6, timedelta(days=7)


def memberships(request: HttpRequest) -> list[dict[str, object]]:
    """Panel: the companies among which the person can switch."""
    if not request.user.is_authenticated:
        return []
    current = getattr(request.membership, "pk", None)  # type: ignore[attr-defined]
    return [
        {"id_for_url": row.uid, "organization_name": row.organization.legal_name, "is_current": row.pk == current}
        for row in queries.memberships_of(request.user.pk)
    ]


@post_only
@login_required
def membership_switch(request: HttpRequest) -> HttpResponse:
    """Act for another of one's companies from now on."""
    chosen = uid_of(request.POST.get("membership"))
    row = next((row for row in queries.memberships_of(int(request.user.pk or 0)) if row.uid == chosen), None)
    if row is None:
        raise Http404
    request.session[SESSION_KEY] = str(row.uid)
    return SeeOther(reverse("portal:home"))


def people_tab(request: HttpRequest) -> list[dict[str, object]]:
    """Panel: the first page of the company."""
    return tabs(request, ("people", reverse("orgs:people"), _("People")))


def company_tabs(request: HttpRequest) -> list[dict[str, object]]:
    """Panel: the other pages of the company, for everybody who sees it."""
    return tabs(
        request,
        ("addresses", reverse("orgs:addresses"), _("Addresses")),
        ("cost_centers", reverse("orgs:cost_centers"), _("Cost centers")),
        ("units", reverse("orgs:units"), pgettext("company", "Units")),
        ("roles", reverse("orgs:roles"), _("Roles")),
    )


def tabs(request: HttpRequest, *pages: tuple[str, str, str]) -> list[dict[str, object]]:
    sizes = queries.sizes(request.membership)  # type: ignore[attr-defined]
    return [{"name": name, "url": url, "label": label, "count": sizes[name]} for name, url, label in pages]


def log_tab(request: HttpRequest) -> list[dict[str, object]]:
    """Panel: the log of changes, last, for whoever may read it."""
    if not request.membership.may("company.log"):  # type: ignore[attr-defined]
        return []
    return [{"name": "log", "url": reverse("orgs:log"), "label": _("Log")}]


@dataclass(frozen=True)
class PersonRow:
    """A line of the people page; `used` of the month is None for a reader who may not see it, and `choices` of a role
    are empty for one who may not change it."""

    person: Membership
    used: Decimal | None
    approver: str
    may_manage: bool
    is_reader: bool
    choices: Sequence[Role]
    now: datetime

    @property
    def percent(self) -> Decimal | None:
        """How much of the month's limit is used, where there is one to be used."""
        limit = self.person.month_limit
        return self.used / limit * 100 if self.used is not None and limit else None

    @property
    def width(self) -> str:
        return f"{min(self.percent or Decimal(0), Decimal(100)):.1f}%"

    @property
    def is_nearly_used(self) -> bool:
        return self.percent is not None and self.percent >= NEARLY_USED

    @property
    def only_role(self) -> Role | None:
        """The role that stands in the field: none for somebody who has several, or one that the reader may not give."""
        held = self.person.roles()
        return held[0] if len(held) == 1 and held[0] in self.choices else None

    @property
    def seen_on(self) -> str:
        """How to say when the person signed in last: now, today, on a day of this week, or on a date."""
        seen = self.person.user.last_login
        if self.is_reader:
            return "now"
        if seen is None:
            return ""
        if timezone.localdate(seen) == timezone.localdate(self.now):
            return "today"
        return "week" if self.now - seen < WEEK else "date"


def person_rows(request: MemberRequest, people: Sequence[Membership]) -> list[PersonRow]:
    reader, now = request.membership, timezone.now()
    used = panels.known("people.used_this_month", request, people=people)
    approvers = panels.known("people.approvers", request, people=people)
    managed = [person.unit for person in people if reader.manages(person.unit_id)]
    choices = queries.roles_to_give_at(reader, managed) if managed else {}
    return [
        PersonRow(
            person,
            used.get(person.pk),
            approvers.get(person.pk, ""),
            reader.manages(person.unit_id),
            person == reader,
            choices.get(person.unit_id, ()),
            now,
        )
        for person in people
    ]


def invite_form(request: MemberRequest) -> InviteForm:
    member = request.membership
    roles = queries.roles_to_give(member, member.unit)
    initial = {"unit": str(member.unit.uid)}
    return InviteForm(request.POST or None, roles=roles, units=managed_units(request), initial=initial)


def managed_units(request: MemberRequest) -> list[OrgUnit]:
    """The units whose people this person manages."""
    return [unit for unit in queries.units(request.membership) if request.membership.manages(unit.pk)]


def people_page(
    request: MemberRequest, form: InviteForm | None = None, status: int = 200, fault: str = "", fault_at: str = ""
) -> HttpResponse:
    may_manage = request.membership.may("company.people")
    if may_manage and form is None:
        form = invite_form(request)
    nearest = queries.ship_to_addresses(request.membership)
    context = {
        "rows": person_rows(request, queries.people(request.membership)),
        "invitations": [(row, sent_text(row)) for row in queries.open_invitations(request.membership)],
        "may_manage": may_manage,
        "form": form,
        "fault": fault,
        "fault_at": fault_at,
        "cards": panels.fill("people.cards", request),
        "addresses": nearest[:NEAREST],
        "has_more_addresses": len(nearest) > NEAREST,
        "may_change_addresses": request.membership.may("company.addresses"),
        "tab": "people",
    }
    return render_page(request, "orgs/people.html", context, partial="people", status=status)


def sent_text(invitation: Invitation) -> str:
    """How long somebody has been asked."""
    days = (timezone.localdate() - timezone.localdate(invitation.created_at)).days
    if not days:
        return _("invited today")
    return ngettext("invited %(days)d day ago", "invited %(days)d days ago", days) % {"days": days}


@permission_required("company.view")
def people(request: MemberRequest) -> HttpResponse:
    return people_page(request)


@post_only
@permission_required("company.people")
@limited("invitations", person=60, company=300)
def invitations(request: MemberRequest) -> HttpResponse:
    form = invite_form(request)
    if not form.is_valid():
        return people_page(request, form, 422)
    unit = form.cleaned_data.get("unit", request.membership.unit)
    offer = Offer(form.cleaned_data["role"], unit, form.cleaned_data["order_limit"])
    emails = form.cleaned_data["emails"]
    try:
        invite_members(actor=request.membership, emails=emails, offer=offer, now=timezone.now())
    except InvitationsRefused as refusal:
        for email, reason in refusal.reasons.items():
            form.add_error("emails", f"{email}: {reason}")
        return people_page(request, form, 422)
    text = ngettext("%(count)d invitation was sent.", "%(count)d invitations were sent.", len(emails))
    messages.success(request, text % {"count": len(emails)})
    return go_to(request, reverse("orgs:people"))


@post_only
@permission_required("company.people")
def invitation_revocation(request: MemberRequest, uid: UUID) -> HttpResponse:
    invitation = get_object_or_404(Invitation.visible_to(request.membership), uid=uid)
    revoke_invitation(actor=request.membership, uid=invitation.uid, now=timezone.now())
    messages.success(request, _("The invitation of %(email)s was revoked.") % {"email": invitation.email})
    return go_to(request, reverse("orgs:people"))


@post_only
@permission_required("company.people")
@limited("invitations", person=60, company=300)
def invitation_renewal(request: MemberRequest, uid: UUID) -> HttpResponse:
    invitation = get_object_or_404(Invitation.visible_to(request.membership), uid=uid)
    renew_invitation(actor=request.membership, uid=invitation.uid, now=timezone.now())
    messages.success(request, _("%(email)s was invited once more.") % {"email": invitation.email})
    return go_to(request, reverse("orgs:people"))


@permission_required("company.people")
def member(request: MemberRequest, uid: UUID) -> HttpResponse:
    person, form = find_member(request, uid, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            change_member(actor=request.membership, uid=uid, terms=Terms(**form.cleaned_data), now=timezone.now())
        except LastAdmin as refusal:
            form.add_error("roles", str(refusal))
        else:
            messages.success(request, _("The roles and limits of %(name)s were saved.") % {"name": person.label})
            return go_to(request, reverse("orgs:people"))
    return member_page(request, person, form, role_form(request))


@post_only
@permission_required("company.people")
def member_role(request: MemberRequest, uid: UUID) -> HttpResponse:
    """Let the person be only what the field of their row says; htmx gets the row."""
    person = find_person(request, uid)
    chosen = whole(request.POST.get("role"), None)
    role = next((row for row in queries.roles(request.membership) if row.pk == chosen), None)
    if role is None:
        raise Http404
    fault, status = "", 200
    try:
        assign_role(actor=request.membership, uid=uid, role=role, now=timezone.now())
    except (LastAdmin, NotAllowed) as refusal:
        fault, status = str(refusal), 422
    if not request.htmx:
        if fault:
            return people_page(request, status=status, fault=fault, fault_at=str(uid))
        messages.success(request, _("The roles and limits of %(name)s were saved.") % {"name": person.label})
        return SeeOther(reverse("orgs:people"))
    [row] = person_rows(request, [find_person(request, uid)])
    context = {"row": row, "may_manage": True, "fault": fault, "fault_at": str(uid)}
    return render_page(request, "orgs/people.html", context, partial="person", status=status)


def find_person(request: MemberRequest, uid: UUID) -> Membership:
    person = queries.person(request.membership, uid)
    if person is None:
        raise Http404
    return person


def find_member(request: MemberRequest, uid: UUID, data: Any = None) -> tuple[Membership, MemberForm]:
    """The person that the page is about, and the form of what they are at home."""
    colleagues = queries.people(request.membership)
    person = next((row for row in colleagues if row.uid == uid), None)
    if person is None:
        raise Http404
    if not request.membership.manages(person.unit_id):
        raise NotAllowed
    roles = queries.roles_to_give(request.membership, person.unit)
    return person, MemberForm(data, member=person, roles=roles, units=managed_units(request), colleagues=colleagues)


def role_form(request: MemberRequest, data: Any = None) -> RoleElsewhereForm:
    roles = queries.roles_to_give(request.membership, request.membership.unit)
    return RoleElsewhereForm(data, roles=roles, units=managed_units(request))


def member_page(
    request: MemberRequest, person: Membership, form: MemberForm, role_form: RoleElsewhereForm
) -> HttpResponse:
    context = {
        "person": person,
        "form": form,
        "role_form": role_form,
        "tab": "people",
    }
    return render_page(request, "orgs/member.html", context, status=422 if form.errors or role_form.errors else 200)


@post_only
@permission_required("company.people")
def role_elsewhere(request: MemberRequest, uid: UUID) -> HttpResponse:
    """Let the person hold one more role, at one unit."""
    person, form = find_member(request, uid)
    chosen = role_form(request, request.POST)
    if not chosen.is_valid():
        return member_page(request, person, form, chosen)
    give_role(actor=request.membership, uid=uid, now=timezone.now(), **chosen.cleaned_data)
    messages.success(request, _("The roles and limits of %(name)s were saved.") % {"name": person.label})
    return go_to(request, reverse("orgs:member", args=[uid]))


@post_only
@permission_required("company.people")
def role_elsewhere_removal(request: MemberRequest, uid: UUID, pk: int) -> HttpResponse:
    person, _form = find_member(request, uid)
    held = next((row for row in person.elsewhere() if row.pk == pk), None)
    if held is None:
        raise Http404
    try:
        take_role(actor=request.membership, uid=uid, assignment_id=held.pk, now=timezone.now())
    except LastAdmin as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The roles and limits of %(name)s were saved.") % {"name": person.label})
    return go_to(request, reverse("orgs:member", args=[uid]))


@post_only
@permission_required("company.people")
def suspension(request: MemberRequest, uid: UUID) -> HttpResponse:
    person = get_object_or_404(Membership.visible_to(request.membership).select_related("user"), uid=uid)
    if request.POST.get("state") == Membership.State.ACTIVE:
        restore_member(actor=request.membership, uid=uid, now=timezone.now())
        messages.success(request, _("%(name)s can sign in again.") % {"name": person.label})
    else:
        try:
            suspend_member(actor=request.membership, uid=uid, now=timezone.now())
        except LastAdmin as refusal:
            return people_page(request, status=422, fault=str(refusal), fault_at=str(uid))
        messages.success(request, _("%(name)s was suspended.") % {"name": person.label})
    return go_to(request, reverse("orgs:people"))


@permission_required("company.view")
def addresses(request: MemberRequest) -> HttpResponse:
    context = {
        "addresses": queries.addresses(request.membership),
        "may_change": request.membership.may("company.addresses"),
        "tab": "addresses",
    }
    return render_page(request, "orgs/addresses.html", context)


@permission_required("company.addresses")
def address(request: MemberRequest, uid: UUID | None = None) -> HttpResponse:
    found = get_object_or_404(Address.visible_to(request.membership), uid=uid) if uid else None
    initial = {} if found else {"country": request.membership.organization.country}
    form = AddressForm(request.POST or None, instance=found, initial=initial)
    if request.method == "POST" and form.is_valid():
        facts = AddressFacts(**{field.name: form.cleaned_data[field.name] for field in fields(AddressFacts)})
        save_address(actor=request.membership, facts=facts, uid=uid, now=timezone.now())
        messages.success(request, _("The address %(name)s was saved.") % {"name": facts.name})
        return go_to(request, reverse("orgs:addresses"))
    context = {"address": found, "form": form, "tab": "addresses"}
    return render_page(request, "orgs/address.html", context, status=422 if form.errors else 200)


@post_only
@permission_required("company.addresses")
def address_state(request: MemberRequest, uid: UUID) -> HttpResponse:
    found = get_object_or_404(Address.visible_to(request.membership), uid=uid)
    state = request.POST.get("state", "")
    if state not in Address.State.values:
        raise Http404
    change_address_state(actor=request.membership, uid=uid, state=state, now=timezone.now())
    text = _("%(name)s takes no new orders.") if state == Address.State.BLOCKED else _("%(name)s takes orders again.")
    messages.success(request, text % {"name": found.name})
    return go_to(request, reverse("orgs:addresses"))


@permission_required("company.view")
def cost_centers(request: MemberRequest) -> HttpResponse:
    context = {
        "cost_centers": queries.cost_centers(request.membership),
        "may_change": request.membership.may("company.addresses"),
        "tab": "cost_centers",
    }
    return render_page(request, "orgs/cost_centers.html", context)


@permission_required("company.addresses")
def cost_center(request: MemberRequest, uid: UUID | None = None) -> HttpResponse:
    found = None
    initial = {}
    if uid:
        centers = CostCenter.visible_to(request.membership).select_related("manager")
        found = get_object_or_404(centers, uid=uid)
        manager = str(found.manager.uid) if found.manager else ""
        initial = {"code": found.code, "name": found.name, "manager": manager, "state": found.state}
    form = CostCenterForm(request.POST or None, initial=initial, colleagues=queries.people(request.membership))
    if request.method == "POST" and form.is_valid():
        try:
            save_cost_center(actor=request.membership, uid=uid, now=timezone.now(), **form.cleaned_data)
        except CodeTaken as refusal:
            form.add_error("code", str(refusal))
        else:
            messages.success(request, _("The cost center %(code)s was saved.") % {"code": form.cleaned_data["code"]})
            return go_to(request, reverse("orgs:cost_centers"))
    context = {"cost_center": found, "form": form, "tab": "cost_centers"}
    return render_page(request, "orgs/cost_center.html", context, status=422 if form.errors else 200)


@permission_required("company.view")
def roles(request: MemberRequest) -> HttpResponse:
    rows = [
        {"role": found, "is_own": found.organization_id is not None, "rights": rights_of(found)}
        for found in queries.roles(request.membership)
    ]
    context = {"rows": rows, "may_change": request.membership.manages_everybody, "tab": "roles"}
    return render_page(request, "orgs/roles.html", context)


def rights_of(role: Role) -> list[dict[str, Any]]:
    """What a role may do, in words, in the order of the register; the scope where it is not the whole company."""
    scopes = {grant.permission: RoleGrant.Scope(grant.scope) for grant in role.grants.all()}
    return [
        {"label": right.label, "scope": "" if scopes[code] == RoleGrant.Scope.ORGANIZATION else scopes[code].label}
        for code, right in REGISTRY.items()
        if code in scopes
    ]


def find_role(request: MemberRequest, code: str) -> Role:
    if not request.membership.manages_everybody:
        raise NotAllowed
    own = (row for row in queries.roles(request.membership) if row.organization_id is not None)
    found = next((row for row in own if row.code == code), None)
    if found is None:
        raise Http404
    return found


def role_page(request: MemberRequest, found: Role | None, form: RoleForm, fault: str = "") -> HttpResponse:
    context = {"role": found, "form": form, "fault": fault, "tab": "roles"}
    return render_page(request, "orgs/role.html", context, status=422 if form.errors or fault else 200)


@permission_required("company.people")
def role(request: MemberRequest, code: str | None = None) -> HttpResponse:
    """Add a role of the company's own, or change one."""
    if not request.membership.manages_everybody:
        raise NotAllowed
    found = find_role(request, code) if code else None
    form = RoleForm(request.POST or None, role=found)
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["name"]
        try:
            save_role(actor=request.membership, name=name, grants=form.grants(), code=code, now=timezone.now())
        except (LastAdmin, RoleImpossible, RoleNameTaken, TooManyRoles) as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            messages.success(request, _("The role %(name)s was saved.") % {"name": name})
            return go_to(request, reverse("orgs:roles"))
    return role_page(request, found, form)


@post_only
@permission_required("company.people")
def role_removal(request: MemberRequest, code: str) -> HttpResponse:
    found = find_role(request, code)
    try:
        remove_role(actor=request.membership, code=code, now=timezone.now())
    except RoleInUse as refusal:
        return role_page(request, found, RoleForm(role=found), str(refusal))
    messages.success(request, _("The role %(name)s was removed.") % {"name": found.name})
    return go_to(request, reverse("orgs:roles"))


@permission_required("company.view")
def units(request: MemberRequest) -> HttpResponse:
    context = {
        "units": queries.units(request.membership),
        "may_change": request.membership.manages_everybody,
        "tab": "units",
    }
    return render_page(request, "orgs/units.html", context)


def find_unit(request: MemberRequest, uid: UUID) -> tuple[OrgUnit, list[OrgUnit]]:
    """The unit that is to be changed, and all units of the company."""
    if not request.membership.manages_everybody:
        raise NotAllowed
    rows = queries.units(request.membership)
    found = next((row for row in rows if row.uid == uid), None)
    if found is None:
        raise Http404
    return found, rows


@permission_required("company.people")
def unit_new(request: MemberRequest) -> HttpResponse:
    if not request.membership.manages_everybody:
        raise NotAllowed
    initial = {"parent": request.GET.get("below", "")}
    form = NewUnitForm(request.POST or None, units=queries.units(request.membership), initial=initial)
    if request.method == "POST" and form.is_valid():
        name, parent = form.cleaned_data["name"], form.cleaned_data["parent"]
        try:
            save_unit(actor=request.membership, name=name, parent_uid=parent.uid, now=timezone.now())
        except (NameTaken, TooDeep, TooManyUnits) as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            return unit_saved(request, name)
    context = {"form": form, "tab": "units"}
    return render_page(request, "orgs/unit_new.html", context, status=422 if form.errors else 200)


def unit_saved(request: MemberRequest, name: str) -> HttpResponse:
    messages.success(request, _("The unit %(name)s was saved.") % {"name": name})
    return go_to(request, reverse("orgs:units"))


def unit_page(
    request: MemberRequest,
    found: OrgUnit,
    rows: Sequence[OrgUnit],
    *,
    form: UnitForm | None = None,
    place_form: PlaceForm | None = None,
    fault: str = "",
) -> HttpResponse:
    parent = next((row for row in rows if row.path == found.parent_path), None)
    others = [row for row in rows if not row.path.startswith(found.path)]
    initial = {"parent": str(parent.uid)} if parent else {}
    has_errors = bool(fault or (form and form.errors) or (place_form and place_form.errors))
    context = {
        "unit": found,
        "form": form or UnitForm(initial={"name": found.name}),
        "place_form": place_form or PlaceForm(units=others, initial=initial),
        "is_root": parent is None,
        "fault": fault,
        "tab": "units",
    }
    return render_page(request, "orgs/unit.html", context, status=422 if has_errors else 200)


@permission_required("company.people")
def unit(request: MemberRequest, uid: UUID) -> HttpResponse:
    found, rows = find_unit(request, uid)
    form = UnitForm(request.POST) if request.method == "POST" else None
    if form and form.is_valid():
        try:
            save_unit(actor=request.membership, uid=uid, name=form.cleaned_data["name"], now=timezone.now())
        except NameTaken as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            return unit_saved(request, form.cleaned_data["name"])
    return unit_page(request, found, rows, form=form)


@post_only
@permission_required("company.people")
def unit_place(request: MemberRequest, uid: UUID) -> HttpResponse:
    found, rows = find_unit(request, uid)
    form = PlaceForm(request.POST, units=rows)
    if not form.is_valid():
        return unit_page(request, found, rows, place_form=form)
    try:
        move_unit(actor=request.membership, uid=uid, parent_uid=form.cleaned_data["parent"].uid, now=timezone.now())
    except (NameTaken, TooDeep, RootStays, UnitInItself) as refusal:
        return unit_page(request, found, rows, fault=str(refusal))
    return unit_saved(request, found.name)


@post_only
@permission_required("company.people")
def unit_removal(request: MemberRequest, uid: UUID) -> HttpResponse:
    found, rows = find_unit(request, uid)
    try:
        remove_unit(actor=request.membership, uid=uid, now=timezone.now())
    except (RootStays, UnitInUse) as refusal:
        return unit_page(request, found, rows, fault=str(refusal))
    messages.success(request, _("The unit %(name)s was removed.") % {"name": found.name})
    return go_to(request, reverse("orgs:units"))


@permission_required("company.log")
def log(request: MemberRequest) -> HttpResponse:
    before = whole(request.GET.get("before"), None)
    rows = queries.log_of_changes(request.membership, before, LOG_PAGE)
    context = {
        "entries": [{"event": row, "text": sentence(row)} for row in rows[:LOG_PAGE]],
        "older": rows[LOG_PAGE - 1].pk if len(rows) > LOG_PAGE else None,
        "tab": "log",
    }
    return render_page(request, "orgs/log.html", context)


def invitation(request: HttpRequest, uid: UUID, token: str) -> HttpResponse:
    """The page behind the link of an invitation. Every link that opens nothing gets the same answer."""
    row = queries.invitation_for_link(uid)
    if row is None or not row.is_opened_by(token, timezone.now()):
        return render_page(request, "orgs/invitation_gone.html", status=404)
    has_account = queries.has_account(row.email)
    user = request.user if isinstance(request.user, User) else None
    if has_account and user is None:
        return SeeOther(f"{reverse('account_login')}?next={request.path}")
    if user and user.email.lower() != row.email.lower():
        return render_page(request, "orgs/invitation_gone.html", status=404)
    form = None if has_account else JoinForm(request.POST or None)
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            joined = accept_invitation(
                invitation_id=row.pk, token=token, user=user, now=timezone.now(), **(form.cleaned_data if form else {})
            )
        except (InvitationGone, AlreadyMember) as refusal:
            messages.error(request, str(refusal))
            return SeeOther(reverse("portal:home"))
        if user is None:
            login(request, joined.user)
        request.session[SESSION_KEY] = str(joined.uid)
        messages.success(request, _("Welcome to %(company)s.") % {"company": row.organization.legal_name})
        return SeeOther(reverse("portal:home"))
    status = 422 if form is not None and form.errors else 200
    return render_page(request, "orgs/invitation.html", {"invitation": row, "form": form}, status=status)
