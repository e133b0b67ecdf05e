"""As much of a run as the page's sections and figures show, and what a figure shows of it."""


def calibrated(*bins):
    """Calibration with these bins (confidence, accuracy, images), an empty one between them."""
    empty = {"n": 0, "errors": 0, "accuracy": None, "wilson95": None, "confidence": None}
    full = [
        {"n": n, "accuracy": a, "confidence": c, "wilson95": [a - 0.0625, a + 0.0625]}
        for c, a, n in bins
    ]
    found = {"ece": 0.0625, "ece_interval": [0.05, 0.075], "bins": [full[0], empty, *full[1:]]}
    after = {"ece": 0.03125, "ece_interval": [0.025, 0.0375], "loss": 0.4375, "bins": full[-1:]}
    return {
        "temperature": 0.625,
        "temperature_range": [0.1, 10.0],
        "too_few_errors": False,
        "test": found,
        "test_at_temperature": after,
    }


def labelled(axes):
    """The places and heights of the lines of axes that show a run, by its name."""
    return {
        line.get_label(): (list(line.get_xdata()), list(line.get_ydata()))
        for line in axes.lines
        if not line.get_label().startswith("_")
    }


def run_of(name, wrong_labels, temperature=0.625, learnt_dev=False):
    """As much of a run as the sections on errors and calibration show."""
    test = {"n": 10000, "errors": 200, "accuracy": 0.98, "loss": 0.5}
    rest = {"n": 9985, "errors": 187, "accuracy": 0.98125, "wilson95": [0.975, 0.985]}
    calibration = calibrated((0.5, 0.75, 100)) | {"temperature": temperature}
    rejection = [
        {"coverage": i / 100, "errors": 100 + i, "n": 1, "accuracy": 0.5}
        for i in range(100, 49, -1)
    ]
    metrics = {
        "test": test | {"without_wrong_labels": rest if wrong_labels else None},
        "calibration": calibration,
        "rejection": rejection,
        "answering": {
            "accepted_error_rate": 0.01,
            "threshold": 0.75,
            "dev": {"n": 50, "accepted": 40, "errors": 0},
            "test": {"n": 10000, "accepted": 9000, "errors": 1},
        },
    }
    return {"name": name, "metrics": metrics, "learnt_dev": learnt_dev, "ensemble": False}
