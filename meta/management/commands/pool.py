"""Pool the studies of a CSV file."""

from html import escape
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from meta import stats
from meta.plots import forest
from meta.stats.frame import number_or_name
from meta.stats.text import text_table


class Command(BaseCommand):
    help = (
        "Pool the studies of a CSV file: a table, a plain sentence and, where asked for, a forest plot. The columns "
        "are named as in docs/methods.md (or as in R's metafor: ai, n1i, ci, n2i, ...)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="CSV file, one study a line")
        parser.add_argument("--measure", help=f"effect measure: {', '.join(stats.MEASURES)}")
        parser.add_argument("--method", choices=[*stats.METHODS], help="how to pool")
        parser.add_argument("--model", choices=[*stats.MODELS], default="random")
        parser.add_argument("--tau2", default="REML", help=f"{', '.join(stats.ESTIMATORS)}, or a number")
        parser.add_argument("--continuity", choices=[*stats.CONTINUITY], default="revman5")
        parser.add_argument("--interval", choices=[*stats.INTERVALS], default="wald")
        parser.add_argument("--prediction", choices=[*stats.PREDICTIONS], default="t_km1")
        parser.add_argument("--level", type=float, default=0.95)
        parser.add_argument("--title", default="")
        parser.add_argument("--forest", metavar="FILE", help="write the forest plot to a .svg or .html file")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with Path(options["file"]).open(encoding="utf-8-sig", newline="") as file:
                arms = stats.from_csv(file)
            result = stats.pairwise(
                arms,
                **{
                    name: options[name]
                    for name in ("measure", "method", "model", "continuity", "interval", "prediction", "level")
                },
                tau2=number_or_name(options["tau2"]),
            )
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error}") from error
        except stats.StatsError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(text_table(result))
        self.stdout.write("")
        self.stdout.write(result.summary())
        for note in result.notes:
            self.stdout.write(f"Note: {note}")
        if options["forest"]:
            self._draw(result, Path(options["forest"]), options["title"] or Path(options["file"]).stem)

    def _draw(self, result: stats.Pairwise, target: Path, title: str) -> None:
        if target.suffix not in (".svg", ".html"):
            raise CommandError("A forest plot is written to a file that ends in .svg or .html.")
        plot = forest.from_pairwise(result.to_dict(), result.arms.to_dict(), title=title)
        drawing = forest.svg(plot, paper=True)
        if target.suffix == ".html":
            head = "<!doctype html><html lang=en><meta charset=utf-8>"
            said = f"<p>{escape(result.summary())}</p>"
            drawing = f"{head}<title>{escape(plot.title)}</title>{drawing}{said}</html>"
        target.write_text(drawing, encoding="utf-8")
        self.stdout.write(f"Forest plot: {target}")
