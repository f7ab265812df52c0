"""Everything that a machine with only Python needs: databases, Prefect, mail, child processes."""
