"""The static drawings."""

from meta.plots.forest import narrow, wide
from meta.plots.forest.model import ForestPlot
from meta.plots.forest.svg_sheet import SvgSheet


def svg(plot: ForestPlot, *, paper: bool = False) -> str:
    """A static SVG in RevMan's layout.

    Args:
        paper: draw the ground and the title as well, for a file that is read outside a page.
    """
    columns = wide.columns_for(plot)
    geometry = wide.geometry_for(columns)
    sheet = SvgSheet(plot, geometry)
    return sheet.document(height=wide.lay_out(plot, columns, geometry, sheet), paper=paper)


def svg_narrow(plot: ForestPlot) -> str:
    """A static SVG that is read on a phone without zooming: no letter is smaller than 12 px at 360 px."""
    geometry = narrow.geometry_for(plot)
    sheet = SvgSheet(plot, geometry)
    return sheet.document(height=narrow.lay_out(plot, geometry, sheet))
