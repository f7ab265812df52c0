"""Documents over HTTP: sent, asked about, and looked at. An application of its own.

Nothing of it is open in the running portal: whoever builds it says who is asking.
"""
