"""What other systems do: for whom a machine acts, and each thing that it may ask for."""
