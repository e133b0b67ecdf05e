"""The words that a beginner has to look up, and links to them from where the page uses them."""

import re
from dataclasses import dataclass

from markupsafe import Markup


@dataclass(frozen=True)
class Term:
    """A word of the glossary: its `meaning` in a sentence, and where there are any, a formula and a
    source. `forms` is a regular expression of what the text may have in its place."""

    name: str
    meaning: str
    formula: str = ""
    source: str = ""
    forms: str = ""

    @property
    def id(self) -> str:
        """The address of its entry."""
        return "term-" + "-".join(re.findall(r"\w+", self.name.lower()))

    @property
    def pattern(self) -> str:
        """What is linked, in upper or lower case."""
        return self.forms or re.escape(self.name) + "s?"


TERMS = (
    Term(
        "activation function",
        "A nonlinear function that is applied to every unit’s sum; without it, any stack of layers "
        "would be a single matrix product.",
        "a = g(z)",
    ),
    Term(
        "Adam",
        "An optimizer that divides each weight’s step by the recent size of its gradient, so that "
        "all weights take steps of a similar size.",
        source="Kingma and Ba 2015",
    ),
    Term(
        "AUROC",
        "The area under the receiver operating characteristic: the probability that a randomly "
        "chosen image of one kind gets a better score than one of the other kind; 0.5 is chance.",
        source="Hanley and McNeil 1982",
    ),
    Term(
        "backpropagation",
        "Computing the gradient of the loss layer by layer from the output back to the input, by "
        "the chain rule.",
        "δₗ₋₁ = (δₗ Wₗᵀ) ⊙ g′(zₗ₋₁)",
        "Rumelhart, Hinton and Williams 1986",
    ),
    Term(
        "batch",
        "The images from which one step of training is computed; a small part of the training "
        "images is a mini-batch, all of them are a full batch.",
        forms="(?:mini-|full-)?batch(?:es)?",
    ),
    Term(
        "bias",
        "A number that is added to a unit’s weighted sum, whatever the input is.",
        "z = a W + b",
        forms="bias(?:es)?",
    ),
    Term(
        "calibration",
        "How well confidence agrees with accuracy: of all predictions with a confidence of 80%, 80 "
        "in 100 should be correct.",
        source="Guo and others 2017",
        forms="(?:well )?calibrated|calibration(?! error)",
    ),
    Term(
        "calibration error",
        "The expected calibration error (ECE): the mean difference between confidence and accuracy "
        "over bins of confidence, weighted by the number of images in each bin.",
        "ECE = Σ (images in the bin / all images) · |accuracy − confidence|",
        "Guo and others 2017",
        "(?:expected )?calibration error|ECE",
    ),
    Term(
        "confidence",
        "The largest of the probabilities that a network predicts for an image.",
        "max pₖ",
    ),
    Term(
        "cosine schedule",
        "A learning rate that falls from its largest value to 0 along half a cosine wave.",
        "ηₜ = η/2 · (1 + cos πt)",
        "Loshchilov and Hutter 2017",
    ),
    Term(
        "cross-entropy",
        "The loss that training reduces: the negative logarithm of the probability that the true "
        "class is given, averaged over images.",
        "J = −Σ yₖ log pₖ",
        forms="cross-entrop(?:y|ies)",
    ),
    Term(
        "dead unit",
        "A unit whose output is the same for every image, so that it tells the next layer nothing.",
    ),
    Term(
        "dev set",
        "Images that are set aside from the training images to choose settings with, so that the "
        "test images stay unseen until the end.",
        forms="dev(?: set| images| digits)?",
    ),
    Term(
        "dropout",
        "Setting a random share of the units to 0 at each step of training, so that no unit can "
        "rely on another.",
        source="Srivastava and others 2014",
    ),
    Term(
        "early stopping",
        "Ending training when the loss on dev no longer falls, and keeping the best weights.",
    ),
    Term(
        "energy",
        "A score computed from the logits that is large where some logit is large; the softmax "
        "cannot show it, since it only compares logits with one another.",
        "T log Σ exp(zₖ / T)",
        "Liu and others 2020",
    ),
    Term(
        "ensemble",
        "Several networks, trained from different random seeds, whose probabilities are averaged.",
    ),
    Term("epoch", "One pass of training over all training images."),
    Term(
        "exponential moving average",
        "An average (EMA) in which older values count less and less; here of the weights during "
        "training.",
        "average ← decay · average + (1 − decay) · w",
        "Polyak and Juditsky 1992",
        "exponential moving averages?|moving averages?|EMA",
    ),
    Term(
        "F1",
        "The harmonic mean of precision and recall, which is high only if both are.",
        "F1 = 2 · precision · recall / (precision + recall)",
    ),
    Term(
        "FGSM",
        "The fast gradient sign method: changing every pixel by the same amount, in the direction "
        "that increases the loss.",
        "x + size · sign(∂J/∂x)",
        "Goodfellow and others 2015",
    ),
    Term(
        "gradient",
        "The derivatives of the loss with respect to all parameters: the direction in which it "
        "increases fastest.",
        "∂J/∂w",
    ),
    Term(
        "He initialisation",
        "Random initial weights whose variance keeps the signals of a ReLU network equally large "
        "from layer to layer.",
        "Var(W) = 2 / inputs",
        "He and others 2015",
        "He initialisation|initial weights",
    ),
    Term(
        "IDX",
        "The file format of MNIST: a header with the type and the lengths of all dimensions, then "
        "the bytes of the numbers.",
        source="LeCun, Cortes and Burges, “The MNIST database”",
    ),
    Term(
        "L2",
        "A penalty on large weights that is added to the loss, which draws them towards 0.",
        "J + λ/2 · Σ W²",
    ),
    Term(
        "label smoothing",
        "Training with labels that give a small share to all classes, so that the network is not "
        "driven to ever larger logits.",
        "(1 − ε) · [k is the true class] + ε / classes",
        "Szegedy and others 2016",
    ),
    Term(
        "learning rate",
        "The factor by which the gradient is multiplied to give a step.",
        "w ← w − η ∂J/∂w",
    ),
    Term(
        "logit",
        "The sum of an output unit, before the softmax turns it into a probability.",
    ),
    Term(
        "McNemar’s test",
        "A test of whether two classifiers differ, from the images that only one of the two "
        "classifies correctly.",
        source="McNemar 1947",
        forms="McNemar’s (?:exact )?test",
    ),
    Term(
        "momentum",
        "An optimizer that adds a share of its last step to each step, which gathers speed where "
        "gradients agree and cancels where they alternate.",
        "v ← μ v + η ∂J/∂w;  w ← w − v",
        "Polyak 1964",
    ),
    Term(
        "nat",
        "The unit of a loss that is computed with natural logarithms; 1 nat is 1.44 bits.",
    ),
    Term(
        "one-hot label",
        "A label as a vector that is 1 at the true class and 0 elsewhere.",
        forms="one-hot(?: labels?)?",
    ),
    Term(
        "ONNX",
        "A file format for networks, the Open Neural Network Exchange, which many programs read.",
    ),
    Term(
        "overfitting",
        "Doing much better on the training images than on new ones, by learning them by heart.",
        forms="overfit(?:s|ting)?",
    ),
    Term(
        "parameter",
        "A number that training changes: a weight or a bias.",
    ),
    Term(
        "PGD",
        "Projected gradient descent: several small FGSM steps, each followed by moving every pixel "
        "back to within the allowed size of the change.",
        source="Madry and others 2018",
    ),
    Term(
        "precision",
        "Of all images that are predicted as a class, the share that belongs to it.",
        "true positives / (true positives + false positives)",
        forms="(?<!double )(?<!single )precision",
    ),
    Term(
        "recall",
        "Of all images that belong to a class, the share that is predicted as it.",
        "true positives / (true positives + false negatives)",
    ),
    Term(
        "ReLU",
        "The rectified linear unit, an activation function that replaces negative sums by 0.",
        "g(z) = max(z, 0)",
        "Nair and Hinton 2010",
    ),
    Term(
        "safetensors",
        "A file format for arrays: a header in JSON with names, types and shapes, then numbers.",
        forms=r"\.?safetensors",
    ),
    Term(
        "softmax",
        "The function that turns logits into positive numbers that sum to 1.",
        "pₖ = exp(zₖ) / Σ exp(zⱼ)",
        "Bridle 1990",
    ),
    Term(
        "temperature",
        "A number by which all logits are divided before the softmax; above 1 it lowers every "
        "confidence, and it never changes the predicted class.",
        "softmax(z / T)",
        "Guo and others 2017",
    ),
    Term(
        "test set",
        "Images that were not used in training or for choosing settings; the results are measured "
        "on them.",
        forms="test (?:set|images|digits)",
    ),
    Term(
        "test-time augmentation",
        "Predicting several changed copies of an image and averaging the probabilities.",
    ),
    Term(
        "unit",
        "A part of a layer, also called a neuron: it takes a weighted sum of the layer below, adds "
        "its bias and applies the activation function.",
    ),
    Term(
        "weight",
        "The factor by which a unit multiplies one of its inputs.",
    ),
    Term(
        "Wilson interval",
        "A 95% confidence interval for a proportion, such as an accuracy: intervals made in this "
        "way contain the true proportion in about 95 of 100 repetitions.",
        "(p̂ + z²/2n ± z √(p̂(1 − p̂)/n + z²/4n²)) / (1 + z²/n),  z = 1.96",
        "Wilson 1927",
        "95% intervals?|Wilson(?:’s)?(?: intervals?)?",
    ),
)

# What a section is read as: what keeps its text without links, tags, and text between them.
PARTS = re.compile(
    r"<(?P<apart>a|button|code|h[1-6]|label|legend|math|noscript|option|pre|script|select|style|"
    r"summary|svg|template|thead)\b.*?</(?P=apart)>|<!--.*?-->|<[^>]*>|(?P<text>[^<]+)",
    re.DOTALL,
)
WORDS = re.compile(
    r"(?<![\w-])(?:"
    + "|".join(
        f"(?P<t{i}>{term.pattern})"
        for i, term in sorted(enumerate(TERMS), key=lambda pair: -len(pair[1].name))
    )
    + r")(?![\w-])",
    re.IGNORECASE,
)


def linked(html: str) -> tuple[Markup, list[Term]]:
    """A section's HTML, in which each term is a link to its entry where it stands first, and the
    terms that it has."""
    found: dict[Term, None] = {}

    def link(word: re.Match) -> str:
        term = TERMS[int(str(word.lastgroup)[1:])]
        if term in found:
            return word[0]
        found[term] = None
        return f'<a class="term" href="#{term.id}">{word[0]}</a>'

    def changed(part: re.Match) -> str:
        return WORDS.sub(link, part["text"]) if part["text"] else part[0]

    return Markup(PARTS.sub(changed, html)), list(found)


def entries(terms_of: dict[str, list[Term]]) -> list[dict]:
    """The glossary's entries by name, each with the sections that have the term; `terms_of` are the
    terms by section."""
    used = [
        {"term": term, "sections": [name for name, terms in terms_of.items() if term in terms]}
        for term in sorted(TERMS, key=lambda term: term.name.lower())
    ]
    return [entry for entry in used if entry["sections"]]
