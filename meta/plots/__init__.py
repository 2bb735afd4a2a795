"""Figures, from results: pure functions that draw what `meta.stats` worked out and calculate nothing themselves."""
