"""Doors of the room: public pages, the page where versions are made, and the overview of a review."""
