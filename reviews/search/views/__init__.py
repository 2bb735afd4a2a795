"""Pages of the searches, their files, and the records that came of them."""
