"""Pages for results: what is pooled, how, and where its recomputing stands."""
