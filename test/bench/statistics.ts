export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN, sorted[middle] ?? Number.NaN];
  return (low + high) / 2;
};

export const spread = (values: readonly number[]): string =>
  values.length < 2 ? '' : `${Math.min(...values).toFixed(1)}–${Math.max(...values).toFixed(1)}`;
