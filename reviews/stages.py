"""The workflow in its order. Navigation follows it; a room that is not built yet has no row."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of a review: its word in an address, its title, and the route of its first page."""

    slug: str
    title: str
    route: str


STAGES = (
    Stage("protocol", "Protocol", "reviews:protocol:protocol"),
    Stage("search", "Search", "reviews:search:overview"),
    Stage("duplicates", "Duplicates", "reviews:dedup:queue"),
    Stage("extraction", "Extraction", "reviews:extraction:studies"),
    Stage("analysis", "Analysis", "analysis:analyses"),
    Stage("publication", "Publication", "publication:releases"),
)
