from typing import ClassVar

from django.db import connection, models

from apps.core.memo import RequestMemo

# All stamps as the present request has read them: a page needs several.
_READ = RequestMemo[dict[str, int]]()


class Stamp(models.Model):
    """The version of rules that are the same for everybody; what was worked out under an older value is stale.

    Actions of staff raise it last in their transaction, so that nobody keeps a cache of what was rolled back.
    """

    name = models.CharField(max_length=40, primary_key=True)
    value = models.BigIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(value__gt=0), name="stamp_positive")]

    def __str__(self) -> str:
        return f"{self.name} {self.value}"

    @classmethod
    def bump(cls, name: str) -> None:
        """Raise one stamp, or make it."""
        _READ.forget()
        if not cls.objects.filter(name=name).update(value=models.F("value") + 1):
            Stamp.objects.bulk_create([Stamp(name=name)], ignore_conflicts=True)

    @classmethod
    def value_of(cls, name: str) -> int:
        """The stamp as it is now; 0 before its first bump. 1 statement, or 1 for all stamps within a request."""
        # Within a transaction a stamp may be one that is rolled back.
        if connection.in_atomic_block:
            return cls.objects.filter(name=name).values_list("value", flat=True).first() or 0
        return _READ.get("", lambda: dict(cls.objects.values_list("name", "value"))).get(name, 0)
