"""What another policy would treat differently, before it is put in force. Nothing is changed."""
