"""Stage 2: what was searched, what came back, and the readers of the files it came in."""
