"""Backpropagation: the gradient of the loss by every weight and bias, from the last layer down.

The notation is that of network.py, whose `forward` comes first.
"""

import numpy as np

from handwritten.learning import network


# The chain rule, once for all depths. Let delta_l = dJ/dz_l be known for one layer l.
#
#   z_l = a_(l-1) W_l + b_l is linear in each of its three parts, so
#     dJ/dW_l     = a_(l-1)^T delta_l         (d_in, n) @ (n, d_out)   in proportion to the input
#     dJ/db_l     = sum over rows of delta_l  (d_out,)                 b is added to every row
#     dJ/da_(l-1) = delta_l W_l^T             (n, d_out) @ (d_out, d_in)
#   and a_(l-1) = g(z_(l-1)), element by element, so
#     delta_(l-1) = (delta_l W_l^T) * g'(z_(l-1))
#
# which is the same situation one layer further down. The start, delta_L = (p - y) / n, comes from
# the loss (losses.py). All gradients are linear in delta_L: starting with a multiple of it gives
# that multiple of every gradient.
def backward(
    x: np.ndarray, layers: network.Layers, work: network.Buffers, gradients: network.Layers
) -> None:
    """Fill `gradients` (shaped like `layers`), given forward's `work` and the loss's delta[-1]."""
    for l in reversed(range(len(layers))):
        (W, _), (dW, db), delta = layers[l], gradients[l], work.delta[l]
        below = work.a[l - 1] if l > 0 else x
        np.matmul(below.T, delta, out=dW)
        np.matmul(work.ones, delta, out=db)  # the sum over rows, as a product
        if l > 0:
            np.matmul(delta, W.T, out=work.delta[l - 1])
            work.delta[l - 1] *= work.derivative[l - 1]
