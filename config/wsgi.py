import gc
import os
from io import StringIO

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

# A WSGI server does not run the system checks by itself; a bad production environment must not serve one page.
call_command("check", stdout=StringIO())

# What is loaded by now stays for good. The collector would walk through it with every few pages: a tenth of their time.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 50)
