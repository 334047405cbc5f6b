"""From values to HTML, pure: no Streamlit, no store, no clock. Every text comes from ``Words``, every escape from ``markup``."""
