"""Documents: frozen facts in, bytes out; neither the database nor the web is known here."""
