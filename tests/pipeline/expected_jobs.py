"""The jobs that follow from a change, of a build with phase 1 and phase 2 on generated digits."""

NOTHING = {}
PUBLISH = {"publish": 1}
PAGE = {"report": 1} | PUBLISH
FIGURES = {"confusion_matrix": 2} | PAGE
ROBUSTNESS = {"robustness": 2} | PAGE
CHECKS = {"check_gradients": 1} | PAGE
ADVERSARIAL = {"adversarial_images": 2} | PAGE
OUT_OF_DISTRIBUTION = {"out_of_distribution": 2} | PAGE
UNFAMILIAR = {"unfamiliar_images": 1} | OUT_OF_DISTRIBUTION
METRICS = {"evaluate": 2} | OUT_OF_DISTRIBUTION | FIGURES
PREDICTIONS = METRICS | ROBUSTNESS
ANSWERS = PREDICTIONS | ADVERSARIAL
ONE_S = (
    *("evaluate", "confusion_matrix", "robustness", "out_of_distribution"),
    "adversarial_images",
)
ONE_S_ANSWERS = dict.fromkeys(ONE_S, 1) | PAGE
PHASE1 = {"train_phase1": 1} | ONE_S_ANSWERS
PHASE2 = {"train_phase2": 1} | ONE_S_ANSWERS
PHASE2_AND_ANSWERS = {"train_phase2": 1} | ANSWERS
MODELS = {"train_phase1": 1} | PHASE2_AND_ANSWERS
DATA = {"parse_idx": 1} | UNFAMILIAR | MODELS
DIGITS = {"generate_digits": 1} | DATA
ALL = DIGITS | CHECKS
