from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from treebeard.mp_tree import MP_Node, MP_NodeQuerySet

from apps.core.ids import PublicIdModel
from apps.core.querysets import TreeManager
from apps.orgs.models.tenancy import OrgOwned, OrgOwnedQuerySet


class OrgUnitQuerySet(MP_NodeQuerySet, OrgOwnedQuerySet["OrgUnit"]):  # type: ignore[misc]
    pass


class OrgUnitManager(TreeManager.from_queryset(OrgUnitQuerySet)):  # type: ignore[misc]
    pass


class OrgUnit(PublicIdModel, OrgOwned, MP_Node):  # type: ignore[misc]
    """A site or department of one company. The root stands for the whole company."""

    name = models.CharField(_("name"), max_length=120)

    objects = OrgUnitManager()

    class Meta:
        verbose_name = pgettext_lazy("company", "unit")
        verbose_name_plural = pgettext_lazy("company", "units")
        constraints: ClassVar = [
            *OrgOwned.Meta.constraints,
            models.UniqueConstraint(
                fields=["organization"], condition=models.Q(depth=1), name="orgunit_one_root_per_company"
            ),
        ]

    @property
    def indent(self) -> str:
        """Blanks in front of the name that show the place in the tree, in any direction of reading."""
        return "\u2003" * (int(self.depth) - 1)

    @property
    def parent_path(self) -> str:
        return str(self.path)[: -self.steplen]

    def __str__(self) -> str:
        return str(self.name)
