"""Forms: declared once, shown by macros, read back as texts. What is right, the rules say."""
