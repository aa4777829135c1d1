"""Development only: the e-mails that this machine would have sent. config/urls.py leaves them out without MAIL_DIR."""

import email
import email.policy
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse

from apps.core.pages import render_page

SHOWN = 200


@dataclass(frozen=True)
class StoredMail:
    name: str
    message: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def to(self) -> str:
        return str(self.message["To"])

    @property
    def sent(self) -> str:
        return str(self.message["Date"])

    @property
    def text(self) -> str:
        return self._part("plain")

    @property
    def html(self) -> str:
        return self._part("html")

    def _part(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        return str(part.get_content()) if part else ""


def _read(path: Path) -> StoredMail:
    # Django's file backend writes a rule of dashes after each message.
    raw = path.read_bytes().rsplit(b"\n" + b"-" * 79, 1)[0]
    return StoredMail(path.stem, email.message_from_bytes(raw, policy=email.policy.default))


def mailbox(request: HttpRequest) -> HttpResponse:
    paths = sorted(Path(settings.MAIL_DIR).glob("*.log"), reverse=True)[:SHOWN]
    return render_page(request, "core/mailbox.html", {"mails": [_read(path) for path in paths]})


def mail(request: HttpRequest, name: str) -> HttpResponse:
    path = Path(settings.MAIL_DIR) / f"{name}.log"
    if not path.is_file():
        raise Http404
    return render_page(request, "core/mail.html", {"mail": _read(path)})
