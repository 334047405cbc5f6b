"""What Streamlit runs for each reader: the pages there are, and the look that they share.

Flows in: the address bar. Flows out: one page. Further pages are further lines of ``specs``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import streamlit as st

from dashboard.place import read_place
from dashboard.shell.installation import installation
from dashboard.specs import PAGES
from dashboard.words import words

HERE: Final = Path(__file__).parent


def main() -> None:
    """Draws the page that the address asks for."""
    settings = installation().settings
    say = words(read_place(dict(st.query_params.items()), settings.area, settings.language).lang)
    pages = [
        st.Page(HERE / "pages" / f"{name}.py", title=say(title), url_path=name if place else "", default=not place)
        for place, (name, title) in enumerate(PAGES.items())
    ]
    page = st.navigation(pages, position="hidden")
    title = f"{page.title} · {say('Burdenwatch')}"
    st.set_page_config(page_title=title, page_icon=str(HERE / "static" / "icon.png"), layout="wide")
    page.run()


main()
