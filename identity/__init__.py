"""Identity providers: who somebody is, as another system has checked it."""
