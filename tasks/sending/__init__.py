"""The one way of every e-mail: from held rows, over the mail server, to stamped rows."""
