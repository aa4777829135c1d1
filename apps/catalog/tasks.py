from apps.activity.models import Event
from apps.activity.tasks import subscriber
from apps.catalog.actions.index_hanging import index_hanging
from apps.catalog.actions.index_words import index_words


@subscriber
def index_renamed(*, event_id: int) -> None:
    """Let all products be found by the new name of their category, brand, family or value."""
    event = Event.objects.get(pk=event_id)
    index_below(event.name, event.payload["renamed"])


@subscriber
def index_imported(*, event_id: int) -> None:
    """Likewise for what a file renamed; and let mistyped words be found among those that it brought."""
    event = Event.objects.get(pk=event_id)
    for name, renamed in event.payload["renamed"].items():
        index_below(name, renamed)
    index_words()


def index_below(name: str, renamed: list[int]) -> None:
    last: int | None = 0
    while last is not None and renamed:
        last = index_hanging(name=name, renamed=renamed, after=last)
