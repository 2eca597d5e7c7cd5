const byteUnits = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'];

/** `0 B`, `512 B`, `1.4 GB`, `112 MB`: powers of 1000, two digits that matter. */
export const bytes = (value: number): string => {
  let [amount, unit] = [Math.max(0, value), 0];
  // What would be rounded to 1000 belongs to the next unit.
  while (Math.round(amount) >= 1000 && unit < byteUnits.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  const digits = unit > 0 && amount < 9.95 ? 1 : 0;
  return `${amount.toFixed(digits)} ${byteUnits[unit]}`;
};

/** `112 MB/s` */
export const rate = (bytesPerSecond: number): string => `${bytes(bytesPerSecond)}/s`;

const larger = [
  { name: 'd', of: 86_400 },
  { name: 'h', of: 3600 },
  { name: 'm', of: 60 },
  { name: 's', of: 1 },
];

/** `0 s`, `0.4 s`, `12 s`, `2 m 10 s`, `1 h 5 m`, `3 d 4 h`: of the larger units, the two that matter. */
export const duration = (seconds: number): string => {
  if (seconds > 0 && seconds < 9.95) return `${Number(seconds.toFixed(1))} s`;
  const whole = Math.round(Math.max(0, seconds));
  const first = larger.findIndex(({ of }) => whole >= of);
  if (first === -1) return '0 s';
  const [big, small] = [larger[first]!, larger[first + 1]];
  const rest = small === undefined ? 0 : Math.floor((whole % big.of) / small.of);
  return `${Math.floor(whole / big.of)} ${big.name}${rest > 0 ? ` ${rest} ${small?.name}` : ''}`;
};

/** `44 %`; never 100 before it is. */
export const percent = (part: number, whole: number): string =>
  `${whole <= 0 ? 100 : Math.min(part >= whole ? 100 : 99, Math.floor((part / whole) * 100))} %`;
