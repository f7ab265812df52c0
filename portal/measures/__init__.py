"""What a monitoring system reads of this process and of the database, at ``/metrics``."""
