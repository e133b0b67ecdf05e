// The network: the formulas and letters of workflow/scripts/handwritten/learning/network.py, for one
// image at a time. Pure functions on arrays of numbers; they run in the page and in its Worker.
//
//   a[0] = x                        the pixels, 0 to 1
//   z[l] = a[l] W + b               W is (inputs, units), row by row in one array
//   a[l + 1] = g(z[l])              the last layer has no g, but softmax: p
//   delta[l] = dJ/dz[l]             the error signal
"use strict";

const LEAK = 0.01;
const gelu = { r: Math.sqrt(2 / Math.PI), c: 0.044715 };
gelu.t = (z) => Math.tanh(gelu.r * (z + gelu.c * z ** 3));
const logistic = (z) => (1 + Math.tanh(z / 2)) / 2;

/** g(z) and its slope, by their names in config.yaml. `identity` is what is left of a layer without
 * its bend. */
const ACTIVATIONS = {
  relu: { g: (z) => Math.max(z, 0), slope: (z) => (z > 0 ? 1 : 0) },
  leaky_relu: { g: (z) => (z > 0 ? z : LEAK * z), slope: (z) => (z > 0 ? 1 : LEAK) },
  sigmoid: { g: logistic, slope: (z) => logistic(z) * (1 - logistic(z)) },
  tanh: { g: Math.tanh, slope: (z) => 1 - Math.tanh(z) ** 2 },
  gelu: {
    g: (z) => (z * (1 + gelu.t(z))) / 2,
    slope: (z) => {
      const t = gelu.t(z);
      return (1 + t) / 2 + (z / 2) * (1 - t * t) * gelu.r * (1 + 3 * gelu.c * z * z);
    },
  },
  identity: { g: (z) => z, slope: () => 1 },
};

/** The network whose weights, layer by layer, and then biases lie in `vector`, as views into it. */
function networkFrom(vector, dims, activation) {
  let start = 0;
  const next = (count) => vector.subarray(start, (start += count));
  const layers = dims.slice(1).map((units, l) => {
    return { inputs: dims[l], units, W: next(dims[l] * units) };
  });
  for (const layer of layers) layer.b = next(layer.units);
  return { dims, layers, activations: layers.slice(1).map(() => activation) };
}

/** A network of its own with the same numbers. */
function copied(network) {
  const layers = network.layers.map((layer) => {
    return { ...layer, W: layer.W.slice(), b: layer.b.slice() };
  });
  return { ...network, layers, activations: [...network.activations] };
}

/** z = a W + b. Inputs that are 0, as most pixels are, add nothing and are passed over. */
function weightedSums(a, { W, b, units }) {
  const z = Float64Array.from(b);
  for (let i = 0; i < a.length; i++) {
    if (a[i] === 0) continue;
    for (let j = 0, at = i * units; j < units; j++, at++) z[j] += a[i] * W[at];
  }
  return z;
}

/** Probabilities from the last layer's sums; the shift keeps exp from overflowing. */
function softmax(z) {
  const most = z.reduce((x, y) => Math.max(x, y));
  const e = z.map((value) => Math.exp(value - most));
  const sum = e.reduce((x, y) => x + y);
  return e.map((value) => value / sum);
}

/** The loss J of one image in nats, log(sum exp z) - z at the right class. */
function crossEntropy(z, label) {
  const most = z.reduce((x, y) => Math.max(x, y));
  const sum = z.reduce((total, value) => total + Math.exp(value - most), 0);
  return most + Math.log(sum) - z[label];
}

/** All layers' sums z and activations a, and the probabilities p, for one image x. */
function forward(network, x) {
  const a = [x];
  const z = [];
  network.layers.forEach((layer, l) => {
    z.push(weightedSums(a[l], layer));
    if (l < network.activations.length) {
      a.push(z[l].map(ACTIVATIONS[network.activations[l]].g));
    }
  });
  return { a, z, p: softmax(z.at(-1)) };
}

/** The class of the highest sum. */
function answerTo(network, x) {
  const { p } = forward(network, x);
  return p.indexOf(p.reduce((x, y) => Math.max(x, y)));
}

/** Zeros shaped like the network's weights and biases, for gradients to be added to. */
function noGradients(network) {
  return network.layers.map(({ W, b }) => {
    return { W: new Float64Array(W.length), b: new Float64Array(b.length) };
  });
}

/** The error signals delta of all layers for one image of this label; its gradients are added to
 * `gradients`. `pass` is what `forward` returned. */
function backward(network, pass, label, gradients) {
  const { layers, activations } = network;
  const delta = new Array(layers.length);
  delta[layers.length - 1] = pass.p.map((p, k) => p - (k === label ? 1 : 0));
  for (let l = layers.length - 1; l >= 0; l--) {
    addGradients(gradients[l], pass.a[l], delta[l]);
    if (l > 0) {
      const { slope } = ACTIVATIONS[activations[l - 1]];
      delta[l - 1] = sentBack(delta[l], layers[l]).map((d, i) => d * slope(pass.z[l - 1][i]));
    }
  }
  return delta;
}

/** dW += a^T delta, db += delta. */
function addGradients({ W, b }, a, delta) {
  for (let j = 0; j < delta.length; j++) b[j] += delta[j];
  for (let i = 0; i < a.length; i++) {
    if (a[i] === 0) continue;
    for (let j = 0, at = i * delta.length; j < delta.length; j++, at++) W[at] += a[i] * delta[j];
  }
}

/** delta W^T: how much each input of the layer has part in the error. */
function sentBack(delta, { W, inputs, units }) {
  const back = new Float64Array(inputs);
  for (let i = 0, at = 0; i < inputs; i++) {
    for (let j = 0; j < units; j++, at++) back[i] += W[at] * delta[j];
  }
  return back;
}

/** One step of gradient descent, in place: every parameter minus rate times its gradient. */
function descend(network, gradients, rate) {
  network.layers.forEach(({ W, b }, l) => {
    for (let i = 0; i < W.length; i++) W[i] -= rate * gradients[l].W[i];
    for (let j = 0; j < b.length; j++) b[j] -= rate * gradients[l].b[j];
  });
}

/** Random numbers from a seed: evenly from [0, 1), and from the standard normal distribution
 * (Box and Muller 1958). The generator is splitmix32. */
function randomFrom(seed) {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x9e3779b9) >>> 0;
    let t = state ^ (state >>> 16);
    t = Math.imul(t, 0x21f0aaad);
    t = Math.imul(t ^ (t >>> 15), 0x735a2d97);
    return ((t ^ (t >>> 15)) >>> 0) / 2 ** 32;
  };
  const normal = () => {
    return Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  };
  return { uniform, normal };
}
