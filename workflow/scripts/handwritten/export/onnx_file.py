"""A network as an ONNX model, from pixels to probabilities, and to calibrated ones.

Operator set 20 is the first that has GELU. The names are those of the formulas: x, z1, a1, …, p.
"""

import numpy as np
import onnx
import onnx.parser
from onnx import NodeProto, TensorProto, helper, numpy_helper

from handwritten.learning.activations import ACTIVATIONS
from handwritten.learning.network import Layers

OPERATOR_SET = 20
FORMAT = 9  # the version of the file format that came with the operator set


class NoFormError(LookupError):
    """The activation is declared without an ONNX form."""


def encoded(layers: Layers, activation: str, temperature: float, description: str) -> bytes:
    """The bytes of a model that maps `x` (n, d_0), pixels from 0 to 1, to `p` (n, d_L) and to
    `p_calibrated` (n, d_L), the softmax of the logits divided by the temperature.

    All are float32, and n is free. Who asks for one of the two alone gets it without the other.
    `description` says what the model is. NoFormError: the network has an activation that is
    declared without an ONNX form.
    """
    divisor = np.array(temperature, np.float32)
    constants, nodes = [numpy_helper.from_array(divisor, "temperature")], []
    below, last = "x", len(layers)
    for l, (W, b) in enumerate(layers, 1):
        constants += [numpy_helper.from_array(W, f"W{l}"), numpy_helper.from_array(b, f"b{l}")]
        nodes.append(helper.make_node("Gemm", [below, f"W{l}", f"b{l}"], [f"z{l}"]))
        if l < last:
            nodes += activation_nodes(activation, l)
        below = f"a{l}"
    nodes += [
        helper.make_node("Softmax", [f"z{last}"], ["p"], axis=1),
        helper.make_node("Div", [f"z{last}", "temperature"], ["z_divided"]),
        helper.make_node("Softmax", ["z_divided"], ["p_calibrated"], axis=1),
    ]
    pixels, classes = len(layers[0][0]), len(layers[-1][1])
    graph = helper.make_graph(
        nodes,
        "handwritten",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", pixels])],
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", classes])
            for name in ("p", "p_calibrated")
        ],
        constants,
    )
    model = helper.make_model(
        graph,
        producer_name="handwritten",
        doc_string=description,
        ir_version=FORMAT,
        opset_imports=[helper.make_opsetid("", OPERATOR_SET)],
    )
    onnx.checker.check_model(model)
    return model.SerializeToString(deterministic=True)


def activation_nodes(activation: str, l: int) -> list[NodeProto]:
    """The nodes from z to a of layer l: those that the activation declares, with l in all names."""
    form = ACTIVATIONS[activation].onnx
    if form is None:
        raise NoFormError(f"`{activation}` has no ONNX form")
    nodes = []
    for declared in map(onnx.parser.parse_node, form.splitlines()):
        inputs, outputs = (
            [f"{name}{l}" for name in names] for names in (declared.input, declared.output)
        )
        nodes.append(helper.make_node(declared.op_type, inputs, outputs))
        nodes[-1].attribute.extend(declared.attribute)
    return nodes
