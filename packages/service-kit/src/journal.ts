// The journal of transactions: each is written before it is signed, and each signed form before it is sent. After a kill at any
// point the journal and the chain together tell what happened.
import type { Address, Hash, Hex } from "viem";

/**
 * The state of an entry. `prepared`: it has a nonce. `signed`: a signed form is stored. `sent`: a node has accepted it. `mined`:
 * it is in a block. The others are ends: `succeeded`, `reverted`, and `dropped`, which was never mined.
 */
export type EntryState = "prepared" | "signed" | "sent" | "mined" | "succeeded" | "reverted" | "dropped";

/** States that are no ends. */
export const liveStates = ["prepared", "signed", "sent", "mined"] as const satisfies readonly EntryState[];

/** A signed form of an entry. All forms of an entry have its nonce: at most one is mined. */
export type Attempt = {
  hash: Hash;
  raw: Hex;
  /** Wei per gas. */
  maxFeePerGas: bigint;
  /** Wei per gas. */
  maxPriorityFeePerGas: bigint;
  /** Whether it does nothing but use the nonce. */
  isCancellation: boolean;
  /** Milliseconds. */
  signedAt: number;
};

/** An entry of the journal. */
export type Entry = {
  id: string;
  chainId: number;
  signer: Address;
  /** The work, as in `order:12`. At most one live entry has it. */
  key: string;
  kind: string;
  nonce: number;
  to: Address;
  data: Hex;
  /** Wei. */
  value: bigint;
  gas: bigint;
  state: EntryState;
  /** Why it ended so. */
  reason: string | undefined;
  /** Of the mined form. */
  hash: Hash | undefined;
  blockNumber: bigint | undefined;
  blockHash: Hash | undefined;
  /** Milliseconds. */
  createdAt: number;
  /** Milliseconds. */
  updatedAt: number;
  attempts: readonly Attempt[];
};

/** A new entry. */
export type NewEntry = Pick<Entry, "chainId" | "signer" | "key" | "kind" | "to" | "data" | "value" | "gas"> & {
  /** Chooses the nonce, given those of live entries. */
  chooseNonce: (taken: ReadonlySet<number>) => number;
  /** The most live entries of the signer. */
  limit: number;
  /** The block at which the work was found. Default: not compared with the ends of the same work. */
  foundAt?: bigint | undefined;
};

/** A change of an entry's state. Omitted fields stay; `isUnmined` removes block and hash. */
export type EntryChange = { state: EntryState; isUnmined?: true } & Partial<
  Pick<Entry, "reason" | "hash" | "blockNumber" | "blockHash">
>;

/** The journal of transactions, and the leases of work. */
export type Journal = {
  /** Whether it outlives the process. */
  isDurable: boolean;
  /** The entries without an end, by nonce. */
  live(chainId: number, signer: Address): Promise<Entry[]>;
  /** The keys of live entries of all signers of the journal. */
  liveKeys(chainId: number): Promise<Set<string>>;
  /** Entries that were dropped after a time (milliseconds), with their forms: one may be mined after all. */
  droppedSince(chainId: number, signer: Address, time: number): Promise<Entry[]>;
  /**
   * Writes an entry.
   *
   * @throws {@link DuplicateWorkError} when a live entry has the key, or one that was mined after `foundAt`.
   * @throws {@link TooManyInFlightError} beyond the limit.
   */
  prepare(entry: NewEntry): Promise<Entry>;
  /**
   * Stores a signed form.
   *
   * @throws {@link DuplicateFormError} when another entry has the same one.
   */
  sign(entry: Entry, attempt: Attempt): Promise<void>;
  change(entry: Entry, change: EntryChange): Promise<void>;
  /**
   * Takes or extends the lease of some work, for a number of milliseconds. Returns its epoch, which grows with each holder;
   * undefined while another holder has it.
   */
  lease(name: string, holder: string, milliseconds: number): Promise<number | undefined>;
  release(name: string, holder: string): Promise<void>;
};
