"""What bin/bench measures: each module yields its figures."""
