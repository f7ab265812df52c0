"""The rehearsal as a picture: one bar a day, one colour a threshold."""

from collections.abc import Sequence

from rules.policy.thresholds import Topic, said_threshold
from rules.reminders.rehearsal import Rehearsed

_COLOURS = (
    "#0b6e4f",
    "#2a9d8f",
    "#8ab17d",
    "#e9c46a",
    "#f4a261",
    "#e76f51",
    "#b3261e",
    "#6d597a",
)
_LEFT, _TOP, _BAR, _STEP, _HEIGHT, _FOOT = 70, 40, 18, 24, 260, 90


def chart_svg(days: Sequence[Rehearsed], topic: Topic, thresholds: Sequence[int]) -> str:
    """Letters a day, stacked by threshold; quiet days are grey marks."""
    most = max((day.letters.total() for day in days), default=0) or 1
    width = _LEFT + _STEP * len(days) + 140
    parts = [
        _opening(width),
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        f'<text x="{_LEFT}" y="22" font-size="15">Reminders of the coming days</text>',
        f'<text x="{_LEFT - 8}" y="{_TOP + 8}" text-anchor="end">{most:,}</text>',
        f'<text x="{_LEFT - 8}" y="{_TOP + _HEIGHT}" text-anchor="end">0</text>',
        *(part for at, day in enumerate(days) for part in _bar(at, day, topic, thresholds, most)),
        *_legend(_LEFT + _STEP * len(days) + 20, topic, thresholds),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _opening(width: int) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" '
        f'height="{_TOP + _HEIGHT + _FOOT}" font-family="sans-serif" font-size="11">'
    )


def _bar(at: int, day: Rehearsed, topic: Topic, thresholds: Sequence[int], most: int) -> list[str]:
    x, base = _LEFT + _STEP * at, _TOP + _HEIGHT
    label = f"{x + 12} {base + 14}"
    ink = "#9aa5a0" if day.is_quiet else "#1c2522"
    parts = [f'<text transform="translate({label}) rotate(60)" fill="{ink}">{day.day}</text>']
    y = float(base)
    for left in thresholds:
        height = day.letters[left] / most * _HEIGHT
        y -= height
        if height:
            parts.append(
                f'<rect x="{x}" y="{y:.1f}" width="{_BAR}" height="{height:.1f}" '
                f'fill="{_colour(left, thresholds)}"><title>{day.day}: {day.letters[left]}, '
                f"{said_threshold(topic, left)}</title></rect>"
            )
    return parts


def _legend(x: int, topic: Topic, thresholds: Sequence[int]) -> list[str]:
    return [
        (
            f'<rect x="{x}" y="{_TOP + 20 * at}" width="12" height="12" '
            f'fill="{_colour(left, thresholds)}"/>'
            f'<text x="{x + 18}" y="{_TOP + 20 * at + 10}">{said_threshold(topic, left)}</text>'
        )
        for at, left in enumerate(thresholds)
    ]


def _colour(left: int, thresholds: Sequence[int]) -> str:
    return _COLOURS[thresholds.index(left) % len(_COLOURS)]
