"""The cases of typed.json: what people type into cells, and what is said of it by the server and by the page alike."""
