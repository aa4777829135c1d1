import gc
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

from apps.core.checks import refuse_to_start  # noqa: E402  needs the apps

refuse_to_start()

# What is loaded by now stays for good. The collector would walk through it with every few pages: a tenth of their time.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 50)
