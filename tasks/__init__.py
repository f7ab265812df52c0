"""One effect each: load, ask a rule, save or send."""
