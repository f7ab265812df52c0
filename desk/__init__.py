"""What people do to a request: submit, review, withdraw, activate.

Each function is one transaction on our tables and nothing else: none of them talks to Prefect, so
all of them work while Prefect is down. The sweep hears the doorbell and wakes the run.
"""
