"""The static drawing: SVG that stands alone, can be printed without colour, and says in words what it shows."""

from collections.abc import Iterator, Sequence

from meta.plots.forest.lettering import width as letters
from meta.plots.forest.lettering import wrap
from meta.plots.forest.svg_sheet import px, safe
from meta.plots.scatter.looks import (
    DASHES,
    FONT,
    INK,
    LEFT,
    OPACITY,
    PLOT_HEIGHT,
    RIGHT,
    SHADES,
    SIZE,
    SMALL,
    SOFT,
    TOP,
    WIDTH,
)
from meta.plots.scatter.model import Place, Point, Region, ScatterPlot, Shape, Stroke

SPAN = WIDTH - LEFT - RIGHT
TICK = 5.0
BELOW_TICKS = 18.0
TO_TITLE = 38.0
TITLE_PITCH = 16.0
LEGEND_PITCH = 18.0
SWATCH = 26.0
BESIDE_SWATCH = 34.0
BESIDE_POINT = 4.0
NAME_HEIGHT = 13.0
LEAST_BETWEEN_TICKS = 6.0

Box = tuple[float, float, float, float]


def svg(plot: ScatterPlot) -> str:
    """The drawing. Its `desc` is the plot's sentence; every study's name is the `title` of its point."""
    foot = TOP + PLOT_HEIGHT
    title, bottom = _x_title(plot, foot + TO_TITLE)
    legend, height = _legend(plot, bottom + LEGEND_PITCH)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="scatter-plot" data-plot="{safe(plot.key)}" role="img" '
        f'viewBox="0 0 {px(WIDTH)} {px(height)}" width="{px(WIDTH)}" height="{px(height)}" font-family="{FONT}" '
        f'font-size="{px(SIZE)}" color="{INK}" fill="currentColor">'
        f"<title>{safe(plot.title)}</title><desc>{safe(plot.sentence)}</desc>"
        f'<svg x="{px(LEFT)}" y="{px(TOP)}" width="{px(SPAN)}" height="{px(PLOT_HEIGHT)}" overflow="hidden">'
        f"{_regions(plot)}{_lines(plot)}{_points(plot)}</svg>"
        f"{_axes(plot, foot)}{title}{legend}</svg>"
    )


def _at(plot: ScatterPlot, place: Place) -> Place:
    """Pixels from the upper left corner of the plot's area, held near it: far numbers must not break a renderer."""
    x, y = plot.x.position(place[0]), 1 - plot.y.position(place[1])
    return SPAN * min(max(x, -20.0), 20.0), PLOT_HEIGHT * min(max(y, -20.0), 20.0)


def _path(plot: ScatterPlot, places: Sequence[Place]) -> str:
    return "M" + "L".join(f"{px(x)} {px(y)}" for x, y in (_at(plot, place) for place in places))


def _regions(plot: ScatterPlot) -> str:
    return "".join(f'<path {_filled(region)} d="{_path(plot, region.corners)}z"/>' for region in plot.regions)


def _filled(region: Region) -> str:
    return f'class="scatter__region" data-shade="{region.shade}" fill="{SHADES[region.shade]}"'


def _stroked(stroke: Stroke) -> str:
    dash = f' stroke-dasharray="{DASHES[stroke]}"' if DASHES[stroke] else ""
    return f'fill="none" stroke="currentColor" stroke-width="1.4"{dash}'


def _lines(plot: ScatterPlot) -> str:
    return "".join(f'<path {_stroked(line.stroke)} d="{_path(plot, line.places)}"/>' for line in plot.lines)


def _points(plot: ScatterPlot) -> str:
    """Thousands of specks are one path, each a dot of a line without length; studies have each its own mark."""
    specks = sorted({tuple(map(round, _at(plot, (one.x, one.y)))) for one in plot.points if one.shape == "speck"})
    cloud = "".join(f"M{x} {y}h0" for x, y in specks)
    opacity = OPACITY["speck"]
    drawn = (
        f'<path fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" opacity="{opacity}" d="{cloud}"/>'
        if cloud
        else ""
    )
    studies = sorted((one for one in plot.points if one.shape != "speck"), key=lambda one: -one.radius)
    drawn += "".join(_mark(one.shape, *_at(plot, (one.x, one.y)), one.radius, one.label) for one in studies)
    return drawn + "".join(_names(plot, studies))


def _mark(shape: Shape, x: float, y: float, radius: float, label: str = "") -> str:
    looks = {
        "dot": f'fill="currentColor" fill-opacity="{OPACITY["dot"]}" stroke="{SHADES[0]}" stroke-width="0.8"',
        "hollow": 'fill="none" stroke="currentColor" stroke-width="1.4"',
        "speck": f'fill="currentColor" fill-opacity="{OPACITY["speck"]}"',
    }[shape]
    words = f"<title>{safe(label)}</title>" if label else ""
    return f'<circle cx="{px(x)}" cy="{px(y)}" r="{px(radius)}" {looks}>{words}</circle>'


def _names(plot: ScatterPlot, studies: Sequence[Point]) -> Iterator[str]:
    """Names beside their points, right or left, where they fit without covering a point or another name."""
    taken = [_around(plot, one) for one in studies]
    for point in (one for one in studies if one.is_named):
        x, y = _at(plot, (point.x, point.y))
        room, away = letters(point.label, SMALL), point.radius + BESIDE_POINT
        for start, anchor in ((x + away, "start"), (x - away - room, "end")):
            box = (start, y - NAME_HEIGHT / 2, start + room, y + NAME_HEIGHT / 2)
            fits = box[0] >= 0 and box[2] <= SPAN and box[1] >= 0 and box[3] <= PLOT_HEIGHT
            if fits and not any(_overlap(box, other) for other in taken):
                taken.append(box)
                at = x + away if anchor == "start" else x - away
                yield (
                    f'<text x="{px(at)}" y="{px(y + 4)}" text-anchor="{anchor}" font-size="{px(SMALL)}">'
                    f"{safe(point.label)}</text>"
                )
                break


def _around(plot: ScatterPlot, point: Point) -> Box:
    x, y = _at(plot, (point.x, point.y))
    return x - point.radius, y - point.radius, x + point.radius, y + point.radius


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _axes(plot: ScatterPlot, foot: float) -> str:
    marks, words = [], []
    last = -1e9
    for tick in sorted(plot.x.ticks, key=lambda tick: plot.x.position(tick.at)):
        x = LEFT + SPAN * plot.x.position(tick.at)
        marks.append(f"M{px(x)} {px(foot)}v{px(TICK)}")
        half = letters(tick.text, SMALL) / 2
        if x - half >= last + LEAST_BETWEEN_TICKS:
            words.append(
                f'<text x="{px(x)}" y="{px(foot + BELOW_TICKS)}" text-anchor="middle">{safe(tick.text)}</text>'
            )
            last = x + half
    for tick in plot.y.ticks:
        y = TOP + PLOT_HEIGHT * (1 - plot.y.position(tick.at))
        marks.append(f"M{px(LEFT)} {px(y)}h{px(-TICK)}")
        words.append(f'<text x="{px(LEFT - 8)}" y="{px(y + 4)}" text-anchor="end">{safe(tick.text)}</text>')
    turned = TOP + PLOT_HEIGHT / 2
    words.append(
        f'<text transform="translate(13 {px(turned)}) rotate(-90)" text-anchor="middle" class="scatter__soft" '
        f'fill="{SOFT}">{safe(plot.y.title)}</text>'
    )
    frame = f"M{px(LEFT)} {px(TOP)}V{px(foot)}H{px(WIDTH - RIGHT)}"
    return (
        f'<path fill="none" stroke="currentColor" d="{frame}{"".join(marks)}"/>'
        f'<g font-size="{px(SMALL)}">{"".join(words)}</g>'
    )


def _x_title(plot: ScatterPlot, y: float) -> tuple[str, float]:
    pieces = wrap(plot.x.title, SPAN, SMALL)
    lines = "".join(
        f'<text x="{px(LEFT + SPAN / 2)}" y="{px(y + place * TITLE_PITCH)}">{safe(piece)}</text>'
        for place, piece in enumerate(pieces)
    )
    words = f'<g class="scatter__soft" fill="{SOFT}" font-size="{px(SMALL)}" text-anchor="middle">{lines}</g>'
    return words, y + TITLE_PITCH * (len(pieces) - 1)


def _legend(plot: ScatterPlot, y: float) -> tuple[str, float]:
    """What marks, lines and greys mean, one below the other; and where the drawing ends."""
    entries: list[tuple[str, str]] = [
        (_mark(shape, SWATCH / 2, -4, 4.5 if shape != "speck" else 1.5), words) for shape, words in plot.marks
    ]
    entries += [
        (f'<path {_stroked(line.stroke)} d="M0 -4H{px(SWATCH)}"/>', line.label) for line in plot.lines if line.label
    ]
    entries += [
        (f'<path {_filled(region)} stroke="{SOFT}" stroke-width="0.6" d="M1 -10H25V2H1z"/>', region.label)
        for region in plot.regions
        if region.label
    ]
    drawn = ""
    for swatch, words in entries:
        pieces = wrap(words, WIDTH - BESIDE_SWATCH, SMALL)
        texts = "".join(
            f'<text x="{px(BESIDE_SWATCH)}" y="{px(place * TITLE_PITCH)}">{safe(piece)}</text>'
            for place, piece in enumerate(pieces)
        )
        drawn += f'<g transform="translate(0 {px(y)})">{swatch}{texts}</g>'
        y += LEGEND_PITCH + TITLE_PITCH * (len(pieces) - 1)
    return f'<g font-size="{px(SMALL)}">{drawn}</g>', y - LEGEND_PITCH + 8
