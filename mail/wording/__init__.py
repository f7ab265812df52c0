"""How facts are said: languages, dates, plurals, and text that runs both ways."""
