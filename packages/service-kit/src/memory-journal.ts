// A journal that ends with the process, for a service without its database.
import { DuplicateFormError, DuplicateWorkError, TooManyInFlightError } from "./errors.js";
import { type Entry, type Journal, liveStates } from "./journal.js";

const isLive = ({ state }: Entry) => (liveStates as readonly string[]).includes(state);

/** Creates a journal in memory. */
export function memoryJournal(): Journal {
  let entries: Entry[] = [];
  const leases = new Map<string, { holder: string; epoch: number; until: number }>();
  const find = (id: string) => {
    const index = entries.findIndex((each) => each.id === id);
    return { index, entry: entries[index] as Entry };
  };
  const update = (id: string, change: Partial<Entry>) => {
    const { index, entry } = find(id);
    entries[index] = { ...entry, ...change, updatedAt: Date.now() };
  };
  let next = 1;
  return {
    isDurable: false,
    live: async (chainId, signer) =>
      entries
        .filter((each) => isLive(each) && each.chainId === chainId && each.signer === signer)
        .sort((a, b) => a.nonce - b.nonce),
    liveKeys: async (chainId) =>
      new Set(entries.filter((each) => isLive(each) && each.chainId === chainId).map(({ key }) => key)),
    droppedSince: async (chainId, signer, time) =>
      entries.filter(
        (each) =>
          each.state === "dropped" && each.chainId === chainId && each.signer === signer && each.updatedAt >= time,
      ),
    prepare: async ({ chooseNonce, limit, foundAt, ...rest }) => {
      const live = entries.filter((each) => isLive(each) && each.chainId === rest.chainId);
      if (live.some(({ key }) => key === rest.key)) throw new DuplicateWorkError(rest.key);
      const isLater = ({ chainId, key, blockNumber }: Entry) =>
        chainId === rest.chainId &&
        key === rest.key &&
        blockNumber !== undefined &&
        blockNumber > (foundAt ?? blockNumber);
      if (entries.some(isLater)) throw new DuplicateWorkError(rest.key);
      const own = live.filter(({ signer }) => signer === rest.signer);
      if (own.length >= limit) throw new TooManyInFlightError({ inFlight: own.length, limit });
      const now = Date.now();
      const entry: Entry = {
        ...rest,
        id: `${next++}`,
        nonce: chooseNonce(new Set(own.map(({ nonce }) => nonce))),
        state: "prepared",
        reason: undefined,
        hash: undefined,
        blockNumber: undefined,
        blockHash: undefined,
        createdAt: now,
        updatedAt: now,
        attempts: [],
      };
      entries.push(entry);
      if (entries.length > 1_000) entries = entries.filter((each) => isLive(each) || each.updatedAt > now - 600_000);
      return entry;
    },
    sign: async ({ id }, attempt) => {
      const { entry } = find(id);
      const { hash } = attempt;
      if (entries.some(({ attempts }) => attempts.some((each) => each.hash === hash)))
        throw new DuplicateFormError(hash);
      update(id, {
        attempts: [...entry.attempts, attempt],
        state: entry.state === "prepared" ? "signed" : entry.state,
      });
    },
    change: async ({ id }, { isUnmined, ...change }) =>
      update(id, { ...(isUnmined && { hash: undefined, blockNumber: undefined, blockHash: undefined }), ...change }),
    lease: async (name, holder, milliseconds) => {
      const now = Date.now();
      const held = leases.get(name);
      if (held && held.holder !== holder && held.until > now) return undefined;
      const epoch = held ? held.epoch + (held.holder === holder ? 0 : 1) : 1;
      leases.set(name, { holder, epoch, until: now + milliseconds });
      return epoch;
    },
    release: async (name, holder) => {
      const held = leases.get(name);
      if (held?.holder === holder) held.until = 0;
    },
  };
}
