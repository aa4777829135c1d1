"""Ids that stand in URLs."""

import uuid

from django.db import models


class PublicIdModel(models.Model):
    """A row that is named in URLs by a random id; the id finds it, it never gives a right to it."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        abstract = True
