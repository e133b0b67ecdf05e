"""Digits drawn as people write them: twenty-nine forms in six hands, each upright and slanted."""

from collections.abc import Iterator

import numpy as np

# Strokes in hundredths of the board, x and y from its upper left: the pen goes smoothly through the
# points, and turns where one is given twice.
FORMS = {
    "0": ["50,10 30,24 23,50 30,76 50,90 70,76 77,50 70,24 50,10"],
    "0 narrow": ["52,10 40,26 35,50 39,74 50,90 61,74 65,50 62,26 52,10"],
    "0 slashed": ["50,10 30,24 23,50 30,76 50,90 70,76 77,50 70,24 50,10", "70,16 30,84"],
    "0 open": ["46,14 29,28 23,52 32,78 52,90 71,76 77,48 70,26 56,12"],
    "1": ["50,10 50,90"],
    "1 flagged": ["34,28 52,10 52,10 52,90"],
    "1 based": ["36,26 51,10 51,10 51,90", "32,90 70,90"],
    "2": ["26,30 34,15 52,10 69,19 70,38 54,62 26,88 26,88 76,88"],
    "2 looped": ["27,28 40,12 62,14 70,32 58,56 38,80 26,84 31,74 46,78 60,87 77,84"],
    "2 angular": ["26,22 46,10 66,20 66,38 26,90 26,90 75,90"],
    "3": ["28,20 46,10 66,20 64,38 44,48 44,48 68,56 72,74 52,90 26,80"],
    "3 flat": ["28,12 70,12 70,12 46,42 46,42 68,52 72,72 52,90 26,80"],
    "3 smooth": ["28,16 52,10 66,24 54,42 42,47 62,54 70,72 52,89 26,84"],
    "4 open": ["34,12 25,56 25,56 76,56", "62,32 60,90"],
    "4 closed": ["62,90 62,10 62,10 24,64 24,64 78,64"],
    "4 tall": ["30,10 28,46 28,46 70,44", "70,10 68,90"],
    "5": ["72,12 36,12 36,12 32,46 32,46 52,40 70,54 69,76 50,90 27,82"],
    "5 in two": ["36,12 32,45 32,45 52,41 70,54 69,76 50,90 27,82", "36,12 74,12"],
    "6": ["64,11 44,24 31,50 31,74 48,90 66,82 70,66 58,54 42,58 32,70"],
    "6 straight": ["56,10 38,44 31,68 40,88 60,88 69,72 58,58 42,60 32,70"],
    "7": ["25,12 75,12 75,12 44,90"],
    "7 barred": ["25,12 75,12 75,12 44,90", "36,50 72,50"],
    "7 hooked": ["25,26 27,12 27,12 75,13 75,13 58,46 48,90"],
    "8": ["66,22 50,10 35,22 40,38 60,54 69,72 50,90 31,72 40,54 60,40 66,22"],
    "8 of two": [
        "50,10 36,18 34,32 50,46 66,32 64,18 50,10",
        "50,46 33,56 30,74 50,90 70,74 67,56 50,46",
    ],
    "8 from the left": ["64,16 44,10 34,24 50,44 66,62 64,82 48,90 33,80 36,62 56,42 66,26 64,16"],
    "9": ["68,32 54,11 34,22 34,42 54,50 68,32 68,32 66,90"],
    "9 curved": ["68,34 56,11 36,16 32,36 48,50 66,38 69,30 69,30 66,64 52,90"],
    "9 hooked": ["68,30 54,11 35,20 34,40 52,48 67,32 68,30 68,30 69,66 56,89 34,82"],
}
# How each hand changes them: width, height, place of the middle, turn to the right in degrees, and
# how far the points tremble.
HANDS = {
    "plain": (1.0, 1.0, (50, 50), 0, 0.0),
    "wide": (1.15, 0.8, (50, 50), 0, 0.5),
    "narrow": (0.75, 1.1, (50, 50), 0, 0.5),
    "small, in a corner": (0.25, 0.25, (14, 84), 0, 0.3),
    "leaning to the left": (0.9, 0.9, (50, 50), -8, 1.0),
    "trembling": (0.9, 0.9, (48, 52), 4, 2.0),
}
SLANT = np.tan(np.radians(15))


def drawn(slant: float = 0.0) -> Iterator[tuple[str, list[list[list[float]]]]]:
    """Every form in every hand: its name, which begins with the digit, and its strokes of points
    (x, y) from 0 to 1. `slant` is how far the top leans to the right, in parts of the height."""
    rng = np.random.default_rng(20)
    for form, lines in FORMS.items():
        for hand, (width, height, middle, degrees, trembling) in HANDS.items():
            turn = np.radians(degrees)
            turned = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
            leaning = np.array([[1.0, 0.0], [-slant, 1.0]])
            change = np.diag([width, height]) @ turned @ leaning
            strokes = []
            for line in lines:
                points = np.array([point.split(",") for point in line.split()], float)
                shaky = points + unequal(points) * rng.normal(0, trembling, points.shape)
                strokes.append(((smooth(shaky) - 50) @ change + middle) / 100)
            yield f"{form}, {hand}", [stroke.round(4).tolist() for stroke in strokes]


def read(page, slant: float) -> list[tuple[str, str, np.ndarray]]:
    """Of every drawing its name, what the network on the page's board reads, and the image (28, 28)
    that the board makes of it, from 0 to 1."""
    found = page.evaluate(
        """(all) => all.map(([name, strokes]) => {
          const x = imageOf(mapped(strokes, ([x, y]) => [x * COLUMNS, y * ROWS]));
          return [name, className(indexOfLargest(forward(chosen.network, x).p)), [...x]];
        })""",
        list(drawn(slant)),
    )
    return [(name, digit, np.reshape(x, (28, 28))) for name, digit, x in found]


def unequal(points: np.ndarray) -> np.ndarray:
    """1 for points (n, 2) that may tremble, 0 where one is given twice: (n, 1)."""
    same = (points[1:] == points[:-1]).all(axis=1)
    return 1.0 - (np.append(same, False) | np.append(False, same))[:, None]


def smooth(points: np.ndarray) -> np.ndarray:
    """A stroke through these points (n, 2), each piece between two turns a Catmull-Rom spline."""
    turns = np.flatnonzero((points[1:] == points[:-1]).all(axis=1)) + 1
    return np.concatenate([spline(piece) for piece in np.split(points, turns)])


def spline(points: np.ndarray) -> np.ndarray:
    """Eight points between each two: https://en.wikipedia.org/wiki/Centripetal_Catmull-Rom_spline,
    uniform."""
    around = np.concatenate([points[:1], points, points[-1:]])
    slopes = (around[2:] - around[:-2]) / 2
    t = np.linspace(0, 1, 9)[:, None, None]
    curve = (
        (2 * t**3 - 3 * t**2 + 1) * points[:-1]
        + (t**3 - 2 * t**2 + t) * slopes[:-1]
        + (3 * t**2 - 2 * t**3) * points[1:]
        + (t**3 - t**2) * slopes[1:]
    )
    return np.concatenate([curve[:-1].transpose(1, 0, 2).reshape(-1, 2), points[-1:]])


STROKES = {name[0]: strokes for name, strokes in reversed([*drawn()]) if name.endswith(", plain")}
