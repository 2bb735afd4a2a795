"""What this library raises. Everything that can be told before computing is raised; what only the data decide is
returned as a ``NotEstimable`` value with its reason (see ``results``)."""


class StatsError(ValueError):
    """Any refusal of this library; the message is a sentence fit for a page."""


class InvalidInput(StatsError):
    """The numbers given cannot be what they claim to be (negative counts, more events than people, ...)."""


class UnknownOption(StatsError):
    """An option was spelt in a way this library does not know; the message lists the spellings it knows."""


class TooFewStudies(StatsError):
    """The method asked for needs more studies than there are."""


class SingularDesign(StatsError):
    """The moderators of a meta-regression cannot be told apart (or there are as many as studies)."""
