from apps.activity.models import Event
from apps.activity.tasks import subscriber
from apps.catalog.actions.index_hanging import index_hanging


@subscriber
def index_renamed(*, event_id: int) -> None:
    """Let all products be found by the new name of their category, brand, family or value."""
    event = Event.objects.get(pk=event_id)
    last: int | None = 0
    while last is not None and event.payload["renamed"]:
        last = index_hanging(name=event.name, renamed=event.payload["renamed"], after=last)
