"""Forest plots of every shape, for the laws that hold for any of them."""

from hypothesis import strategies as st

from meta.plots.forest import ForestPlot, Interval, Line, Pooled, Range, Row, Subgroup
from meta.plots.forest.model import ARM_COLUMNS

words = st.text(min_size=1, max_size=60)
labels = st.one_of(
    words, st.sampled_from(["<b>&\"'", "Shu 2020", "a" * 90, "Zhu\x00", "張 2020", "]]>", "</svg><script>"])
)
logs = st.floats(0.0001, 9999)
reals = st.floats(-9999, 9999)
weights = st.one_of(st.none(), st.floats(0, 100))


@st.composite
def plots(draw: st.DrawFn) -> ForestPlot:
    scale = draw(st.sampled_from(["log", "linear"]))
    data = draw(st.sampled_from(["dichotomous", "continuous", "generic"]))
    numbers = logs if scale == "log" else reals

    def ordered(count: int) -> list[float]:
        return sorted(draw(st.lists(numbers, min_size=count, max_size=count)))

    def effect() -> Interval:
        lower, estimate, upper = ordered(3)
        return Interval(estimate, lower, upper)

    def cells() -> tuple[str, ...]:
        return tuple(str(draw(st.integers(0, 99_999))) for _ in ARM_COLUMNS[data])

    def row() -> Row:
        mark = draw(st.sampled_from([None, "new", "corrected"]))
        if draw(st.booleans()):
            return Row(draw(labels), effect(), draw(weights), cells(), cells(), "", mark)
        return Row(draw(labels), None, None, cells(), cells(), draw(words), mark)

    def rows() -> tuple[Row, ...]:
        return tuple(row() for _ in range(draw(st.integers(0, 4))))

    def pooled() -> Pooled:
        prediction = Range(*ordered(2)) if draw(st.booleans()) else None
        found = effect() if draw(st.booleans()) else None
        return Pooled(draw(labels), found, draw(weights), cells(), cells(), prediction)

    def lines() -> tuple[Line, ...]:
        made = [Line(draw(words)), Line("Total events:", cells(), cells())]
        return tuple(made[: draw(st.integers(0, 2))])

    def subgroup() -> Subgroup:
        return Subgroup(draw(labels), rows(), pooled() if draw(st.booleans()) else None, lines())

    grouped = draw(st.booleans())
    return ForestPlot(
        title=draw(labels),
        effect_name=draw(st.one_of(words, st.just("Odds ratio as standardised mean difference (logistic)"))),
        method=draw(words),
        scale=scale,
        data=data,
        experimental=draw(labels),
        control=draw(labels),
        rows=() if grouped else rows(),
        subgroups=tuple(subgroup() for _ in range(draw(st.integers(1, 2)))) if grouped else (),
        totals=tuple(pooled() for _ in range(draw(st.integers(0, 2)))),
        lines=lines(),
        favours_left=draw(labels),
        favours_right=draw(labels),
        footnotes=tuple(draw(st.lists(labels, max_size=2))),
        summary=draw(st.one_of(st.just(""), words)),
    )
