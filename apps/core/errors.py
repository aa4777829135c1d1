"""What an action refuses with. The message is for the person who asked, in the language of the request."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """An action was refused and changed nothing."""

    message: str | Promise = ""
    # The field of a form that it is about, if it is about one.
    field: str = ""

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else str(self.message)


class NotAllowed(DomainError):
    """The actor sees the row but may not do this to it."""

    message = _("You may not do this. Ask your company’s admin.")


class Busy(DomainError):
    """Somebody else held a needed row for longer than `lock_timeout`."""

    message = _("Somebody else is changing this right now. Nothing was changed. Try again.")


class Unavailable(DomainError):
    """A service that this needs does not answer."""

    message = _("This is not possible for the moment. Nothing was changed. Try again in a few minutes.")


class TooOften(DomainError):
    """Somebody, or their company, did more of this within an hour than anybody needs."""

    message = _("This was done very often within the last hour. Nothing was changed. Try again later.")


class ChangedMeanwhile(DomainError):
    """The row is not as the person saw it, so that what they typed would undo what somebody else did."""

    message = _("Somebody else has changed this since you opened it. Open it again to see what is new.")


class IllegalTransition(DomainError):
    """The row is in a state from which it may not become what was asked."""

    message = _("This was changed in the meantime. Look at it again.")


class DaysInWrongOrder(DomainError):
    message = _("The last day is before the first.")
    field = "valid_until"
