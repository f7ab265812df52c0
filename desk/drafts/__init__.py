"""What people type before they send it: kept, reviewed, sent once."""
