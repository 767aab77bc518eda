"""Files for installations: units, a container, settings of gunicorn, and the check of all of them."""
