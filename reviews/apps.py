from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ReviewsConfig(AppConfig):
    name = "reviews"
    verbose_name = "What people did"

    def ready(self) -> None:
        from reviews.dedup import receivers as dedup
        from reviews.library import words
        from reviews.search import receivers

        post_migrate.connect(words.keep_index, sender=self, dispatch_uid="reviews.library.words")
        receivers.connect()
        dedup.connect()
