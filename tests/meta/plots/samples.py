"""Forest plots to draw: the demo's trials (deaths within 28 days, as published), and others made up."""

from math import erfc, exp, log, sqrt

from meta.plots.forest import ForestPlot, Interval, Line, Pooled, Range, Row, Subgroup

Trial = tuple[str, int, int, int, int]

CHEN_2022: tuple[Trial, ...] = (
    ("Dilogo 2021", 10, 20, 17, 20),
    ("Lanzoni 2021", 2, 12, 7, 12),
    ("Shi 2021", 0, 65, 0, 35),
    ("Zhu 2021", 0, 29, 2, 29),
    ("Shu 2020", 0, 12, 3, 29),
    ("Dinasty 2020", 0, 20, 0, 10),
)

LATER: tuple[Trial, ...] = (
    ("Dilogo 2021", 10, 20, 16, 20),
    *CHEN_2022[1:],
    ("Adas 2021", 3, 10, 6, 10),
    ("Monsel 2022 (STROMA-CoV-2)", 5, 21, 4, 24),
    ("Rebelatto 2022", 5, 11, 1, 6),
    ("Fathi-Kazerooni 2022", 6, 14, 11, 15),
    ("Bowdish 2023", 42, 112, 47, 110),
    ("Zarrabi 2023", 3, 19, 8, 24),
    ("Zamanian 2024", 4, 21, 13, 24),
)


def mantel_haenszel(trials: tuple[Trial, ...], **changes: object) -> ForestPlot:
    """A plot of odds ratios by RevMan's rules, worked out here so that the drawings need no other room."""
    effects: list[tuple[Interval, float] | None] = []
    r = s = pr = ps_qr = qs = 0.0
    logs: list[tuple[float, float]] = []
    for _, a, n1, c, n2 in trials:
        if a + c == 0:
            effects.append(None)
            continue
        b, d = n1 - a, n2 - c
        cells = [x + 0.5 if 0 in (a, b, c, d) else float(x) for x in (a, b, c, d)]
        aa, bb, cc, dd = cells
        n = sum(cells)
        weight, other = bb * cc / n, aa * dd / n
        p, q = (aa + dd) / n, (bb + cc) / n
        r, s = r + other, s + weight
        pr, ps_qr, qs = pr + p * other, ps_qr + p * weight + q * other, qs + q * weight
        y, v = log(aa * dd / (bb * cc)), sum(1 / x for x in cells)
        logs.append((y, v))
        effects.append((Interval(exp(y), exp(y - 1.959964 * sqrt(v)), exp(y + 1.959964 * sqrt(v))), weight))
    pooled, se = log(r / s), sqrt(pr / (2 * r * r) + ps_qr / (2 * r * s) + qs / (2 * s * s))
    q = sum((y - pooled) ** 2 / v for y, v in logs)
    df = len(logs) - 1
    total = sum(effect[1] for effect in effects if effect)
    rows = tuple(
        Row(label, None, None, (str(a), str(n1)), (str(c), str(n2)), "no events in either group")
        if effect is None
        else Row(label, effect[0], 100 * effect[1] / total, (str(a), str(n1)), (str(c), str(n2)))
        for (label, a, n1, c, n2), effect in zip(trials, effects, strict=True)
    )
    interval = Interval(exp(pooled), exp(pooled - 1.959964 * se), exp(pooled + 1.959964 * se))
    z = abs(pooled) / se
    sums = [sum(trial[column] for trial in trials) for column in (1, 2, 3, 4)]
    i2 = max(0.0, 100 * (q - df) / q)
    values: dict[str, object] = {
        "title": "Death within 28 days",
        "effect_name": "Odds Ratio",
        "method": "M-H, Fixed, 95% CI",
        "scale": "log",
        "experimental": "MSC",
        "rows": rows,
        "totals": (Pooled("Total (95% CI)", interval, 100.0, ("", str(sums[1])), ("", str(sums[3]))),),
        "lines": (
            Line("Total events:", (str(sums[0]), ""), (str(sums[2]), "")),
            Line(f"Heterogeneity: Chi² = {q:.2f}, df = {df} (P = 0.25); I² = {i2:.0f}%"),
            Line(f"Test for overall effect: Z = {z:.2f} (P = {erfc(z / sqrt(2)):.2g})"),
        ),
        "favours_left": "Favours MSC",
        "favours_right": "Favours control",
        "summary": f"{len(logs)} trials.",
    }
    return ForestPlot(**{**values, **changes})  # type: ignore[arg-type]


def chen_2022() -> ForestPlot:
    return mantel_haenszel(CHEN_2022)


def later() -> ForestPlot:
    plot = mantel_haenszel(
        LATER,
        experimental="Mesenchymal stromal cells",
        control="Usual care or placebo",
        favours_left="Favours mesenchymal stromal cells",
        favours_right="Favours usual care or placebo",
        footnotes=(
            "Time points and products are mixed here: this demonstrates the arithmetic and is not medical advice.",
        ),
    )
    marked = {"Zamanian 2024": "new", "Dilogo 2021": "corrected"}
    from dataclasses import replace

    return replace(plot, rows=tuple(replace(row, mark=marked.get(row.label)) for row in plot.rows))


def stays() -> ForestPlot:
    """Mean differences in two subgroups with a prediction interval; made up."""

    def row(label: str, estimate: float, half: float, weight: float) -> Row:
        return Row(
            label,
            Interval(estimate, estimate - half, estimate + half),
            weight,
            ("11.9", "4.2", "20"),
            ("15.0", "6.1", "20"),
        )

    return ForestPlot(
        title="Length of stay in hospital, days",
        effect_name="Mean Difference",
        method="IV, Random, 95% CI",
        scale="linear",
        data="continuous",
        subgroups=(
            Subgroup(
                "Severe disease",
                (row("Alpha 2020", -3.1, 2.2, 30.2), row("Beta 2021", -5.4, 3.9, 14.1)),
                Pooled("Subtotal (95% CI)", Interval(-3.7, -5.6, -1.8), 44.3, ("", "", "40"), ("", "", "40")),
                (
                    Line("Heterogeneity: Tau² = 0.00; Chi² = 1.01, df = 1 (P = 0.31); I² = 1%"),
                    Line("Test for overall effect: Z = 3.82 (P = 0.00013)"),
                ),
            ),
            Subgroup(
                "Critical disease",
                (row("Gamma & Söhne 2022", -1.2, 3.2, 25.0), row("Delta 2022", -4.0, 2.2, 30.7)),
                Pooled("Subtotal (95% CI)", Interval(-2.9, -5.3, -0.5), 55.7, ("", "", "40"), ("", "", "40")),
                (
                    Line("Heterogeneity: Tau² = 2.10; Chi² = 2.14, df = 1 (P = 0.14); I² = 53%"),
                    Line("Test for overall effect: Z = 2.37 (P = 0.018)"),
                ),
            ),
        ),
        totals=(
            Pooled(
                "Total (95% CI)", Interval(-3.3, -4.7, -1.9), 100.0, ("", "", "80"), ("", "", "80"), Range(-6.1, -0.5)
            ),
        ),
        lines=(
            Line("Heterogeneity: Tau² = 0.61; Chi² = 3.60, df = 3 (P = 0.31); I² = 17%"),
            Line("Test for overall effect: Z = 4.62 (P < 0.00001)"),
            Line("Test for subgroup differences: Chi² = 0.26, df = 1 (P = 0.61); I² = 0%"),
        ),
        summary="Four studies, 160 people.",
    )
