// What page/embedding.py writes into the page from the declarations in learning/.
declare const ACTIVATIONS: Record<
  string,
  { words: string; value: (z: number) => number; derivative: (z: number) => number }
>;
declare const INITIALISATIONS: Record<
  string,
  (
    random: { uniform: () => number; normal: () => number },
    inputs: number,
    units: number,
  ) => number
>;
declare const OPTIMIZERS: Record<
  string,
  {
    settings: Record<string, number>;
    vectors: number;
    step: (
      w: Float64Array,
      gradient: Float64Array,
      state: Float64Array[],
      options: Record<string, number>,
    ) => void;
  }
>;
