r"""The people behind a printed Kaplan-Meier curve, from its coordinates and the numbers at risk below it."""

import bisect
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from meta.stats.errors import InvalidInput

from .base import group_size, number

GUYOT = "Guyot et al. 2012, BMC Med Res Methodol 12:9"
ROUNDS = 60
"""Corrections of the number censored in one interval; the search moves by whole people and soon settles."""


@dataclass(frozen=True, slots=True)
class Reconstructed:
    """One person a row: ``times`` and whether the event happened then (False: censored), in order of time.

    ``notes`` say where the printed numbers could not be met exactly.
    """

    times: tuple[float, ...]
    events: tuple[bool, ...]
    notes: tuple[str, ...]
    source: str = GUYOT


def reconstruct(
    times: Sequence[float],
    survival: Sequence[float],
    risk_times: Sequence[float],
    at_risk: Sequence[float],
    *,
    total_events: float | None = None,
) -> Reconstructed:
    r"""Times and events of people whose Kaplan-Meier curve and numbers at risk are as printed.

    Between two printed numbers at risk the people censored are spread evenly; their number is corrected until the
    curve that follows leaves as many at risk as printed. After the last printed number, censoring goes on at the
    rate seen before, or so that ``total_events`` is met.

    Args:
        times, survival: coordinates read off the curve, from (0, 1) on; times rise, survival does not.
        risk_times, at_risk: below the curve, from time 0 on; numbers that do not rise.
        total_events: if the paper says it.

    Raises:
        InvalidInput: coordinates or numbers that no curve could have.

    Source: Guyot et al. 2012.
    """
    t, s = _coordinates(times, survival)
    marks, risk = _numbers(risk_times, at_risk)
    notes: list[str] = []
    deaths_at: list[tuple[float, int]] = []
    censored_at: list[float] = []
    alive, reference = risk[0], 1.0
    for i, start in enumerate(marks):
        low = bisect.bisect_left(t, start)
        last = i + 1 == len(marks)
        end = t[-1] if last else marks[i + 1]
        high = len(t) if last else bisect.bisect_left(t, end)
        inside = [(t[j], s[j]) for j in range(low, high) if t[j] > 0]
        wanted = None if last else risk[i + 1]
        rate = _rate(censored_at, start)
        censored = _censored(inside, alive, wanted, reference, start, end, rate, deaths_at, total_events)
        dead, alive, reference = _walk(inside, alive, reference, _spread(start, end, censored))
        if wanted is not None and alive != wanted:
            notes.append(f"At time {end:g}, {wanted} are printed at risk; the curve leaves {alive}.")
        deaths_at += dead
        censored_at += _spread(start, end, censored)
    censored_at += [t[-1]] * max(0, alive)
    rows = [(time, True) for time, count in deaths_at for _ in range(count)]
    rows += [(time, False) for time in censored_at[: max(0, risk[0] - len(rows))]]
    rows.sort(key=lambda row: (row[0], not row[1]))
    found = sum(count for _, count in deaths_at)
    if total_events is not None and found != total_events:
        notes.append(f"{total_events:g} events are printed; the curve gives {found}.")
    return Reconstructed(tuple(time for time, _ in rows), tuple(event for _, event in rows), tuple(notes))


def _coordinates(times: Sequence[float], survival: Sequence[float]) -> tuple[list[float], list[float]]:
    t, s = [number("Every time", x) for x in times], [number("Every survival", x) for x in survival]
    if len(t) != len(s) or len(t) < 2:
        raise InvalidInput("Give two or more times and one survival for each.")
    if t[0] != 0 or s[0] != 1 or s[-1] < 0:
        raise InvalidInput("The curve must start at time 0 with survival 1 and must not become negative.")
    if any(b < a for a, b in itertools.pairwise(t)) or any(b > a for a, b in itertools.pairwise(s)):
        raise InvalidInput("Times must not fall and survival must not rise.")
    return t, s


def _numbers(risk_times: Sequence[float], at_risk: Sequence[float]) -> tuple[list[float], list[int]]:
    marks = [number("Every time at risk", x) for x in risk_times]
    risk = [round(group_size("Every number at risk", x, 0)) for x in at_risk]
    if len(marks) != len(risk) or not marks or marks[0] != 0 or risk[0] < 1:
        raise InvalidInput("Give the numbers at risk with their times, from time 0 on.")
    if any(b <= a for a, b in itertools.pairwise(marks)) or any(b > a for a, b in itertools.pairwise(risk)):
        raise InvalidInput("Times at risk must rise, and numbers at risk must not.")
    return marks, risk


def _rate(censored_at: list[float], until: float) -> float:
    return len(censored_at) / until if until > 0 else 0.0


def _spread(start: float, end: float, count: int) -> list[float]:
    return [start + (i + 1) * (end - start) / (count + 1) for i in range(count)]


def _walk(
    inside: list[tuple[float, float]], alive: int, reference: float, censored: list[float]
) -> tuple[list[tuple[float, int]], int, float]:
    """Deaths at each coordinate that keep the estimate at the curve, and who is left at the end of the interval."""
    deaths: list[tuple[float, int]] = []
    gone = 0
    for time, value in inside:
        while gone < len(censored) and censored[gone] < time and alive > 0:
            gone, alive = gone + 1, alive - 1
        dead = min(alive, round(alive * (1 - value / reference))) if reference > 0 else 0
        if dead > 0:
            deaths.append((time, dead))
            reference *= 1 - dead / alive
            alive -= dead
    return deaths, max(0, alive - (len(censored) - gone)), reference


def _censored(
    inside: list[tuple[float, float]], alive: int, wanted: int | None, reference: float, start: float, end: float,
    rate: float, before: list[tuple[float, int]], total_events: float | None,
) -> int:  # fmt: skip
    """How many are censored in an interval: until the number at risk after it, or all events, are met."""
    if wanted is None and total_events is None:
        return min(alive, round(rate * (end - start)))
    known = sum(count for _, count in before)

    def excess(count: int) -> float:
        dead, left, _ = _walk(inside, alive, reference, _spread(start, end, count))
        if wanted is not None:
            return left - wanted
        return known + sum(number for _, number in dead) - (total_events or 0.0)

    best, guess = 0, 0
    smallest = abs(excess(0))
    for _ in range(ROUNDS):
        off = excess(guess)
        if abs(off) < smallest:
            best, smallest = guess, abs(off)
        if off == 0:
            break
        step = round(off) if wanted is not None else (1 if off > 0 else -1)
        guess = min(alive, max(0, guess + step))
    return best
