from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.core.ids import PublicIdModel
from apps.core.permissions import StaffRole
from apps.core.querysets import LockingQuerySet


class UserManager(BaseUserManager.from_queryset(LockingQuerySet)):  # type: ignore[misc]
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user: User = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """The first administrator of a new portal; `manage.py createsuperuser` calls this."""
        return self.create_user(email, password, is_staff=True, staff_role=StaffRole.ADMINISTRATOR, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        user: User = self.get(email__iexact=username)
        return user


class User(PublicIdModel, AbstractBaseUser):
    """A human who signs in: a buyer's employee, or staff of the supplier. What they may do hangs on memberships."""

    class Theme(models.TextChoices):
        LIGHT = "light", pgettext_lazy("theme", "Light")
        DARK = "dark", pgettext_lazy("theme", "Dark")

    class Density(models.TextChoices):
        COMPACT = "compact", pgettext_lazy("density", "Compact")
        COMFORTABLE = "comfortable", pgettext_lazy("density", "Comfortable")

    email = models.EmailField(_("e-mail"), max_length=254)
    name = models.CharField(pgettext_lazy("person", "name"), max_length=120)
    language = models.CharField(_("language"), max_length=10, blank=True, choices=settings.LANGUAGES)
    theme = models.CharField(_("light or dark"), max_length=5, blank=True, choices=Theme)
    density = models.CharField(_("row height"), max_length=11, choices=Density, default=Density.COMPACT)
    is_active = models.BooleanField(_("may sign in"), default=True)
    is_staff = models.BooleanField(_("works for the supplier"), default=False)
    staff_role = models.CharField(_("staff role"), max_length=13, blank=True, choices=StaffRole)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("email"), name="user_one_per_email"),
            models.CheckConstraint(
                condition=models.Q(is_staff=True, staff_role__in=StaffRole.values)
                | models.Q(is_staff=False, staff_role=""),
                name="user_staff_has_role",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        """What templates of the admin ask."""
        return self.name

    def has_module_perms(self, _app_label: str) -> bool:
        """What templates of the admin ask; its pages ask for the staff role themselves."""
        return self.is_active and self.is_staff
