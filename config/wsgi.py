import os
from io import StringIO

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

# A WSGI server does not run the system checks by itself; a bad production environment must not serve one page.
call_command("check", stdout=StringIO())
