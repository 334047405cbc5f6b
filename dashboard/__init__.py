"""Pages for those who lead, supervise, issue and bear demands. Reads the store; what people do on pages goes through ``streams.desk``.

Rooms, each standing on those below it: ``pages`` (a file each), ``forms`` (what people do), ``shell`` (server, sign-in, frame of a page),
``views`` and ``figures`` (HTML and Plotly from read models, pure), ``data`` (read models, asked once for all readers). Beside them what all
speak of: addresses, periods, words, rights, settings, ``specs`` (a line for each page). ``serve`` starts it, ``app`` is the ASGI application.
"""
