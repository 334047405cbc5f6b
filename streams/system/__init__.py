"""The embedded system: which processes there are, where they keep things, in which order they start.

The composition root of ``burdenwatch up``. May touch everything; nothing but the command line imports it.
"""
