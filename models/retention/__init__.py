"""What is not kept any longer: how it is found and removed, and the certificates of it."""
