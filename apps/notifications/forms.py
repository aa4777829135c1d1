from django import forms

from apps.notifications.models import Kind


class PreferencesForm(forms.Form):
    """Which kinds of things a person wants to hear of in which way: what is not ticked is not sent along."""

    by_mail = forms.MultipleChoiceField(choices=Kind.choices, required=False)
    by_bell = forms.MultipleChoiceField(choices=Kind.choices, required=False)
