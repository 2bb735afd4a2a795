r"""Units of measurement: what may be converted, by which factor, and what looks like the wrong unit."""

from collections.abc import Mapping
from dataclasses import dataclass

from meta.stats.errors import InvalidInput, UnknownOption

from .base import Conversion, not_negative, number


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: its dimension, and how a value becomes one in the dimension's first unit (factor × value + offset)."""

    dimension: str
    factor: float
    offset: float = 0.0


_MASS = {"g/L": 1e9, "mg/mL": 1e9, "g/dL": 1e10, "mg/dL": 1e7, "mg/L": 1e6, "µg/mL": 1e6, "µg/dL": 1e4, "µg/L": 1e3,
         "ng/mL": 1e3, "ng/L": 1.0, "pg/mL": 1.0}  # fmt: skip
_TIME = {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0, "wk": 604800.0}

UNITS: Mapping[str, Unit] = {
    **{name: Unit("mass per volume", factor) for name, factor in _MASS.items()},
    **{name: Unit("time", factor) for name, factor in _TIME.items()},
    **{name: Unit("amount per volume", factor) for name, factor in
       {"mol/L": 1e9, "mmol/L": 1e6, "µmol/L": 1e3, "nmol/L": 1.0}.items()},
    **{name: Unit("activity per volume", factor) for name, factor in {"IU/L": 1.0, "IU/mL": 1e3, "U/L": 1.0}.items()},
    **{name: Unit("mass", factor) for name, factor in {"kg": 1e3, "g": 1.0, "mg": 1e-3, "µg": 1e-6}.items()},
    **{name: Unit("length", factor) for name, factor in {"m": 1e3, "cm": 10.0, "mm": 1.0}.items()},
    **{name: Unit("pressure", factor) for name, factor in {"mmHg": 133.322387415, "kPa": 1000.0}.items()},
    **{name: Unit("cells per volume", factor) for name, factor in {"10⁹/L": 1.0, "10³/µL": 1.0, "/µL": 1e-3}.items()},
    "°C": Unit("temperature", 1.0), "°F": Unit("temperature", 5 / 9, -160 / 9), "%": Unit("fraction", 0.01),
    "1": Unit("fraction", 1.0), "ng/mL FEU": Unit("D-dimer", 1.0), "ng/mL DDU": Unit("D-dimer", 2.0),
    "µg/mL FEU": Unit("D-dimer", 1e3), "µg/mL DDU": Unit("D-dimer", 2e3), "mg/L FEU": Unit("D-dimer", 1e3),
    "mg/L DDU": Unit("D-dimer", 2e3),
}  # fmt: skip
"""Known units. A D-dimer in fibrinogen equivalents (FEU) is twice the one in D-dimer units (DDU)."""

WINDOWS: Mapping[str, tuple[str, float, float]] = {
    "CRP": ("mg/L", 0.0, 600.0),
    "IL-6": ("pg/mL", 0.0, 50_000.0),
    "D-dimer": ("µg/mL FEU", 0.0, 200.0),
    "ferritin": ("ng/mL", 0.0, 100_000.0),
    "temperature": ("°C", 25.0, 45.0),
}
"""Per analyte, the unit of the review and values seen in people; beyond them the unit is suspect, not the person."""


def unit(name: str) -> Unit:
    """A known unit, or a refusal."""
    found = UNITS.get(name.replace("μ", "µ"))  # the Greek letter and the micro sign look alike
    if found is None:
        raise UnknownOption(f"The unit {name!r} is not known; there are: {', '.join(UNITS)}.")
    return found


def convert_unit(value: float, unit_from: str, unit_to: str, *, sd: float | None = None) -> Conversion:
    """A value (and its standard deviation) in another unit.

    Args:
        value: a mean, median or limit. sd: scales by the factor alone; on the log scale it would not change.
        unit_from, unit_to: of the same dimension.

    Returns:
        ``value`` and, if given, ``sd``.

    Raises:
        UnknownOption: a unit that is not known.
        InvalidInput: different dimensions. Mass against amount (mg/L, nmol/L) needs a molar mass, and international
            units a factor of the assay: no general factor exists, so the paper must give it.
    """
    one, other = unit(unit_from), unit(unit_to)
    if one.dimension != other.dimension:
        raise InvalidInput(
            f"{unit_from} measures {one.dimension}, {unit_to} measures {other.dimension}; no general factor exists."
        )
    factor = one.factor / other.factor
    values = {"value": number("The value", value) * factor + (one.offset - other.offset) / other.factor}
    inputs: dict[str, object] = {"value": value, "unit_from": unit_from, "unit_to": unit_to}
    if sd is not None:
        values["sd"] = not_negative("The standard deviation", sd) * factor
        inputs["sd"] = sd
    return Conversion("convert_unit", values, inputs, f"× {factor:.10g}", "SI; FEU = 2 × DDU", "calculated")


def unit_suspicion(value: float, unit_name: str, analyte: str) -> str | None:
    """A sentence if a value lies outside what is seen in people, None otherwise.

    It names the power of ten that would bring the value back, where one of 1000, 100, 10 or their inverses does.
    """
    if analyte not in WINDOWS:
        raise UnknownOption(f"No values are known for {analyte!r}; there are: {', '.join(WINDOWS)}.")
    own, low, high = WINDOWS[analyte]
    found = convert_unit(value, unit_name, own).value
    if low <= found <= high:
        return None
    likely = next((f for f in (0.1, 0.01, 0.001, 10.0, 100.0, 1000.0) if low <= found * f <= high), None)
    hint = "" if likely is None else f" A factor of {likely:g} would bring it back."
    return f"{found:g} {own} is outside {low:g} to {high:g} for {analyte}; check the unit.{hint}"
