/** How weights begin. Each filler draws from the stream it is given, or from none. */
export type Filler = (values: Float32Array, random: () => number) => void;

/** Every value the same. */
export function fillWith(value: number): Filler {
  return (values) => {
    values.fill(value);
  };
}

/** Evenly in [-bound, bound). */
export function drawUniform(bound: number): Filler {
  return (values, random) => {
    for (let at = 0; at < values.length; at++) values[at] = (2 * random() - 1) * bound;
  };
}

/** Normal, mean 0 (G. E. P. Box & M. E. Muller, 1958). */
export function drawNormal(std: number): Filler {
  return (values, random) => {
    for (let at = 0; at < values.length; at += 2) {
      // 1 - random() is never 0, whose logarithm has no end.
      const radius = std * Math.sqrt(-2 * Math.log(1 - random()));
      const angle = 2 * Math.PI * random();
      values[at] = radius * Math.cos(angle);
      if (at + 1 < values.length) values[at + 1] = radius * Math.sin(angle);
    }
  };
}

/**
 * For a layer before a ReLU: keeps the size of gradients on their way back (K. He et al., 2015, with the fan out), as
 * torchvision begins the convolutions of its ResNets.
 */
export function drawKaiming(fanOut: number): Filler {
  return drawNormal(Math.sqrt(2 / fanOut));
}

/** What torch gives the weight and the bias of a layer where nothing else is said: evenly within 1 / sqrt(fan in). */
export function drawDefault(fanIn: number): Filler {
  return drawUniform(1 / Math.sqrt(fanIn));
}
