"""What touches the drawing board."""

from conftest import shown


class Hands:
    """Fingers, palms and a stylus on the board, as Chromium gets them from a screen: all places are
    in shares of the board."""

    def __init__(self, page):
        self.page, self.session = page, page.context.new_cdp_session(page)
        page.locator("#pad").scroll_into_view_if_needed()
        self.box = page.locator("#pad").bounding_box()

    def place(self, x: float, y: float) -> dict:
        box = self.box
        return {"x": box["x"] + box["width"] * x, "y": box["y"] + box["height"] * y}

    def touch(self, kind: str, **fingers) -> None:
        """`kind` is Start, Move, End or Cancel, and a finger is where it is on the screen."""
        points = [{**self.place(*at), "id": ord(name)} for name, at in fingers.items()]
        event = {"type": f"touch{kind}", "touchPoints": points}
        self.session.send("Input.dispatchTouchEvent", event)

    def stylus(self, kind: str, x: float, y: float, down: bool = True) -> None:
        """`kind` is Pressed, Moved or Released."""
        button = {"button": "left", "buttons": 1, "clickCount": 1} if down else {}
        event = {"type": f"mouse{kind}", "pointerType": "pen", **button, **self.place(x, y)}
        self.session.send("Input.dispatchMouseEvent", event)

    def strokes(self) -> list[list[tuple[float, float]]]:
        """The strokes on the board, their points rounded and without repetitions."""
        shown(self.page)
        found = self.page.evaluate("strokes.map((s) => s.map(([x, y]) => [x / COLUMNS, y / ROWS]))")
        return [list(dict.fromkeys((round(x, 1), round(y, 1)) for x, y in s)) for s in found]
