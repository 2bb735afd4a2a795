"""What Plotly's bundle asks of a page with a strict content security policy."""

STYLE_HASHES = (
    "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
    "sha256-ji27qzEtxXZW+7dun6UwjHXJ18e6WAin1VvNtkzIE/o=",
)
"""The two `<style>` elements that the full bundle (4.1.1, of plotly 7.1.0) inserts: an empty one, which it then fills
through the object model, and that of its maps. Beyond `style-src 'self'` with these two, a forest plot with hover, zoom
and its downloads needs `img-src blob:` and nothing else: no eval, no style attributes, no worker.
`tests/browser/test_forest_module.py` proves it; `tests/meta/plots/test_plotly.py` works the hashes out from the bundle."""
