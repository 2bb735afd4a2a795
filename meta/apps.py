from django.apps import AppConfig


class MetaConfig(AppConfig):
    name = "meta"
    verbose_name = "What the evidence says"

    def ready(self) -> None:
        from meta.analysis import receivers

        receivers.connect()
