// The Worker of the playground, asked for a map of the learning rate: a short training at each of some
// rates, all from the same initial weights on the same batches.
"use strict";

/**
 * @typedef {BeginRequest & {rates: number[], steps: number, milliseconds: number}} RatesRequest
 *
 * A short training: its loss on held-out images at the `start` and after so many steps.
 * @typedef {{rate: number, steps: number, start: number, loss: number, diverged: boolean}} RateTrial
 */

/**
 * Report a short training at each rate. All take as many steps as the first could take in this time.
 * @param {RatesRequest} request
 */
function tryRates({ rates, steps, milliseconds, ...request }) {
  const images = unpackedImages(request);
  let most = steps;
  for (const rate of rates) {
    const learner = new Learner({ ...request, rate }, images);
    const lossOf = () => evaluate(learner.network, images.test).loss;
    const start = lossOf();
    const isFirst = rate === rates[0];
    learner.learn({ steps: most, milliseconds: isFirst ? milliseconds : Infinity });
    if (isFirst && !learner.diverged) most = learner.step;
    const { step, diverged } = learner;
    postMessage({ rate, steps: step, start, loss: lossOf(), diverged });
  }
}
