"""The words that a beginner has to look up, with what they mean."""

import re
from dataclasses import dataclass


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
        """What is linked, in upper or lower case, also where a line ends between its words."""
        return re.sub(r"\\? (?!\?)", r"\\s+", self.forms or re.escape(self.name) + "s?")


TERMS = (
    Term(
        "95% interval",
        "A range that is computed from measurements to say where the true value is: about 95 of "
        "100 repetitions give a range that contains it. How it is computed depends on what is "
        "measured, and is said where the range is shown.",
    ),
    Term(
        "accuracy",
        "The share of the images whose class is predicted correctly.",
        forms="accurac(?:y|ies)",
    ),
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
        "bootstrap",
        "Drawing images again and again at random from those there are, and computing a number "
        "from each sample: how far the results spread says how uncertain the number is.",
        source="Efron 1979",
        forms="bootstrap(?: samples)?",
    ),
    Term(
        "bootstrap interval",
        "A 95% interval for any number that is measured on images, from how far its values spread "
        "over bootstrap samples.",
        source="Efron 1979",
        forms="bootstrap(?: 95%)? intervals?",
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
        "chain rule",
        "The derivative of a function of a function is the product of their derivatives.",
        "∂J/∂w = ∂J/∂z · ∂z/∂w",
    ),
    Term(
        "class",
        "One of the kinds of images between which a network decides.",
        forms="class(?:es)?",
    ),
    Term(
        "confidence",
        "The largest of the probabilities that a network predicts for an image.",
        "max pₖ",
    ),
    Term(
        "convolutional network",
        "A network that looks for the same small patterns everywhere in an image, so that it is "
        "told which pixels are neighbours.",
        source="LeCun and others 1998",
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
        "derivative",
        "How fast a number changes when another one, on which it depends, is changed a little.",
        "∂J/∂w ≈ (J(w + h) − J(w)) / h",
    ),
    Term(
        "dev set",
        "Images that are set aside from the training images to choose settings with, so that the "
        "test images stay unseen until the end.",
        forms="dev(?: set| images| digits)?",
    ),
    Term(
        "double precision",
        "Numbers of 64 bits with about 16 significant figures; in single precision, they have "
        "32 bits and about 7 significant figures.",
        forms="(?:double|single) precision",
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
        "error signal",
        "The derivative of the loss with respect to a unit’s sum.",
        "δ = ∂J/∂z",
    ),
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
        "fully connected",
        "With a weight from every unit of one layer to every unit of the next.",
    ),
    Term(
        "Gaussian",
        "Said of random numbers whose histogram is a bell curve, also called normal: about 68% of "
        "them are within one standard deviation of their mean.",
        forms="Gaussian|normal distribution",
    ),
    Term(
        "gradient",
        "The derivatives of the loss with respect to all parameters: the direction in which it "
        "increases fastest.",
        "∂J/∂w",
    ),
    Term(
        "gradient check",
        "Comparing the gradient with how much the loss really changes when one parameter after "
        "another is moved a little.",
        "∂J/∂w ≈ (J(w + h) − J(w − h)) / 2h",
        forms="gradient checks?|central differences",
    ),
    Term(
        "gradient descent",
        "Training in steps against the gradient, the direction in which the loss falls fastest.",
        forms="gradient descent",
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
        "held-out",
        "Said of images that are not used in training, to see how a network does on new ones.",
        forms="held-out",
    ),
    Term(
        "hidden layer",
        "A layer between the input and the outputs.",
    ),
    Term(
        "Holm’s method",
        "Raising the p of several tests together, so that the probability of any false finding "
        "among them stays below 0.05.",
        source="Holm 1979",
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
        "label",
        "The class that an image belongs to, according to the data set.",
        forms="label(?:s|led)?",
    ),
    Term(
        "label smoothing",
        "Training with labels that give a small share to all classes, so that the network is not "
        "driven to ever larger logits.",
        "(1 − ε) · [k is the true class] + ε / classes",
        "Szegedy and others 2016",
    ),
    Term(
        "layer",
        "Units that all take the outputs of the layer below as their inputs; the lowest one takes "
        "the pixels.",
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
        "loss",
        "A number that says how wrong the predictions are, and that training reduces.",
        "J",
        forms="loss(?:es)?",
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
        "norm",
        "The length of a vector, or of a matrix taken as one.",
        "√(Σ w²)",
        forms="(?:Euclidean )?norms?",
    ),
    Term(
        ".npz",
        "NumPy’s file format for several arrays, a zip archive.",
        forms=r"\.npz",
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
        "optimizer",
        "The rule by which the gradient becomes a step of the parameters.",
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
        "phase 1",
        "The first of the project’s two parts: networks with one hidden layer, trained on the full "
        "batch by a single script.",
        forms="phase ?1",
    ),
    Term(
        "phase 2",
        "The second of the project’s two parts: networks of any depth, trained by a library that "
        "has mini-batches, momentum, regularisation and more.",
        forms="phase ?2",
    ),
    Term(
        "precision",
        "Of all images that are predicted as a class, the share that belongs to it.",
        "true positives / (true positives + false positives)",
        forms="precision",
    ),
    Term(
        "recall",
        "Of all images that belong to a class, the share that is predicted as it.",
        "true positives / (true positives + false negatives)",
    ),
    Term(
        "regularisation",
        "Anything that keeps a network from learning the training images by heart, such as L2 or "
        "dropout.",
        forms="regularisation",
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
        "schedule",
        "How the learning rate changes during training.",
        forms="(?:learning-rate )?schedules?",
    ),
    Term(
        "seed",
        "The number from which random numbers are generated: the same seed gives the same ones.",
        forms="(?:random )?seeds?",
    ),
    Term(
        "SHA-256",
        "A hash, which is a number computed from a file: if a single bit of the file is different, "
        "so is the hash.",
        source="FIPS 180-4",
        forms="SHA-256|hash(?:es)?",
    ),
    Term(
        "significant",
        "Hardly to be explained by chance: without any real difference, one as large would be seen "
        "with a probability below 0.05.",
        forms="significant(?:ly)?",
    ),
    Term(
        "softmax",
        "The function that turns logits into positive numbers that sum to 1.",
        "pₖ = exp(zₖ) / Σ exp(zⱼ)",
        "Bridle 1990",
    ),
    Term(
        "standard deviation",
        "How far numbers (sd) typically are from their mean.",
        "√(mean of (x − mean of x)²)",
        forms="standard deviations?|sd",
    ),
    Term(
        "Student’s interval",
        "A 95% interval for the mean of a few numbers, such as the error rates with several seeds; "
        "the fewer they are, the wider it is.",
        "mean ± t · sd / √n",
        "Student 1908",
        "Student’s(?: 95%)? intervals?",
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
        "training set",
        "Images that the weights are learned from.",
        forms="training (?:set|images|digits)",
    ),
    Term(
        "unit",
        "A part of a layer, also called a neuron: it takes a weighted sum of the layer below, adds "
        "its bias and applies the activation function.",
    ),
    Term(
        "variance",
        "The square of the standard deviation.",
        "Var(x)",
    ),
    Term(
        "version",
        "A short hash of all that a file was made from: settings, code, packages and inputs.",
    ),
    Term(
        "weight",
        "The factor by which a unit multiplies one of its inputs.",
    ),
    Term(
        "Wilson interval",
        "A 95% interval for a proportion, such as an accuracy.",
        "(p̂ + z²/2n ± z √(p̂(1 − p̂)/n + z²/4n²)) / (1 + z²/n),  z = 1.96",
        "Wilson 1927",
        "Wilson(?:’s)?(?: 95%)? intervals?",
    ),
)
