// Random numbers for differential tests: the same for the same seed on every machine.

export type Random = { below(n: bigint): bigint; bits(n: bigint): bigint };

/** SplitMix64. */
export function generator(seed: bigint): Random {
  let state = BigInt.asUintN(64, seed * 0x9e3779b97f4a7c15n);
  const next = () => {
    state = BigInt.asUintN(64, state + 0x9e3779b97f4a7c15n);
    let z = state;
    z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
    z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
    return z ^ (z >> 31n);
  };
  const bits = (n: bigint) => {
    let value = 0n;
    for (let got = 0n; got < n; got += 64n) value = (value << 64n) | next();
    return BigInt.asUintN(Number(n), value);
  };
  // Wide enough for a practically uniform remainder.
  return { below: (n) => (n <= 2n ** 32n ? next() : bits(320n)) % n, bits };
}

/** Uniform in bit length, between both ends. */
export function magnitude(random: Random, from: bigint, to: bigint): bigint {
  const length = (n: bigint) => BigInt(n.toString(2).length);
  const n = length(from) + random.below(length(to) - length(from) + 1n);
  const value = (1n << (n - 1n)) | random.bits(n - 1n);
  return value < from ? from : value > to ? to : value;
}

/** Uniform in value or in bit length, at the end or just beyond it. */
export function upTo(random: Random, end: bigint): bigint {
  const kind = random.below(16n);
  if (kind === 0n) return end;
  if (kind === 1n) return end > 0n ? end - 1n : 0n;
  if (kind === 2n) return end + 1n + random.below(end + 2n);
  if (kind === 3n || end === 0n) return 1n;
  return kind < 10n ? random.below(end + 1n) : magnitude(random, 1n, end);
}

/** Zero, one, the end, the number before it, whole units of 6, 8 and 18 decimals, or uniform in value or in bit length. */
export function within(random: Random, end: bigint): bigint {
  const kind = random.below(16n);
  const unit = [10n ** 12n, 10n ** 10n, 10n ** 18n][Number(random.below(3n))] as bigint;
  if (end <= 1n) return kind < 8n ? 0n : end;
  if (kind === 0n) return 0n;
  if (kind === 1n) return 1n;
  if (kind === 2n) return end;
  if (kind === 3n) return end - 1n;
  if (kind < 7n && end >= unit) return magnitude(random, 1n, end / unit) * unit;
  return kind < 9n ? random.below(end + 1n) : magnitude(random, 1n, end);
}

/** {@link within} with a random sign. */
export const signed = (random: Random, end: bigint): bigint =>
  random.below(2n) === 0n ? within(random, end) : -within(random, end);

/** One of some values. */
export const oneOf = <value>(random: Random, values: readonly value[]): value =>
  values[Number(random.below(BigInt(values.length)))] as value;
