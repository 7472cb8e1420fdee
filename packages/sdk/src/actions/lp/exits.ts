import type { Address, Hash } from "viem";
import { backstopWrite } from "../../client/contracts.js";
import { defineRead } from "../../client/define-read.js";
import { call } from "../../client/define-write.js";
import { all, type Steps, view } from "../../client/steps.js";
import { confirmed } from "../../client/write.js";
import type { Deployment } from "../../deployment.js";
import { type Unavailable, unavailableIn } from "../../entities/failure.js";
import * as backstop from "../../generated/contracts/backstop.js";
import * as lens from "../../generated/contracts/exchange-lens.js";
import type { AssetAmount, BaseAmount, CollateralAmount, Wad, Wei } from "../../units.js";

// An exit in kind needs no settlement price: the LP leaves with its part of the maker's position, margin and balances.

/** The part of a maker that an exit in kind moves to its LP. */
export type Slice = {
  /** Shares that are burned; the rest of the shares in escrow returns. */
  shares: Wad;
  /** Size and open notional that become the LP's position. */
  base: Wad;
  openNotional: Wad;
  /** Margin that becomes the LP's, after fee and deduction. It may be negative. */
  margin: Wad;
  /** Quote that stays in the maker's margin: the fee of a trade and of a redemption. */
  fee: Wad;
  /** Paid into insurance for flagged shortfalls. */
  deduction: Wad;
  /** Claims on what a hedged vault holds outside the exchange, for {@link claimSlice}. */
  claim: SliceClaim;
};

/** The tokens of slices that a hedged vault still owes: its asset, and the base that a quote vault holds. Own decimals. */
export type SliceClaim = { assets: AssetAmount; base: BaseAmount };

type EncodedSlice = {
  shares: bigint;
  base: bigint;
  quote: bigint;
  margin: bigint;
  fee: bigint;
  deduction: bigint;
  assetXCD: bigint;
  baseXCD: bigint;
};

const sliceOf = ({ quote, assetXCD, baseXCD, ...slice }: EncodedSlice): Slice => ({
  ...slice,
  openNotional: quote,
  claim: { assets: assetXCD, base: baseXCD },
});

/** Parameters of {@link startExit}. */
export type StartExitParameters = {
  deployment: Deployment;
  /** The maker whose shares the client's account holds. */
  maker: Address;
  /** The Backstop needs an approval for them. Shares that the slice does not need return. */
  shares: Wad;
  /** Wei for the account that executes the exit. Default: none; the LP then executes it itself. */
  fee?: Wei;
};

/**
 * Starts an exit in kind, which cannot be cancelled. An hour later, within a minute, any account executes it; in a settled
 * market at once. Reverts with `NotAMaker` and `CannotHoldSlice`.
 *
 * @example
 * const { exitId, executableAt } = await startExitSync(client, { deployment, maker, shares, fee: parseEther("0.001") });
 */
export const startExit = /* @__PURE__ */ backstopWrite(
  [backstop.startExit, backstop.ExitStarted],
  ({ maker, shares, fee = 0n }: StartExitParameters) => call("startExit", [maker, shares], { value: fee }),
  ({ event, hash }): { exitId: bigint; executableAt: bigint; hash: Hash } => {
    const { exitId, executableAt } = event("ExitStarted");
    return { exitId, executableAt, hash };
  },
);
/** Sends {@link startExit}, waits for it, and returns the id of the exit and the time from which it is executable, seconds. */
export const startExitSync = /* @__PURE__ */ confirmed(startExit);

/** Parameters of {@link executeExit}. */
export type ExecuteExitParameters = {
  deployment: Deployment;
  exitId: bigint;
  /**
   * Collateral that the LP adds to its margin, by its approval to the Backstop; see `lackingMargin` of {@link getLpExit}.
   * Default: none. Only the LP itself can add any.
   */
  margin?: CollateralAmount;
};

/**
 * Executes an exit in kind for its fee. Open to any account. Reverts with `ExitNotExecutable` outside its minute, with
 * `SliceBelowMaintenance` when the LP's account needs more margin, and with `SliceBelowMinimum` or `SliceTooSmall` for too few
 * shares.
 */
export const executeExit = /* @__PURE__ */ backstopWrite(
  [backstop.executeExit, backstop.ExitExecuted],
  ({ exitId, margin = 0n }: ExecuteExitParameters) => call("executeExit", [exitId, margin]),
  ({ event, hash }): Slice & { hash: Hash } => ({ ...sliceOf(event("ExitExecuted").slice), hash }),
);
/** Sends {@link executeExit}, waits for it, and returns the slice. */
export const executeExitSync = /* @__PURE__ */ confirmed(executeExit);

/** Parameters of {@link returnExit} and {@link getExit}. */
export type ExitParameters = { deployment: Deployment; exitId: bigint };

/** Returns the shares of a lapsed exit to its LP, for the exit's fee. Open to any account. Reverts with `ExitNotLapsed`. */
export const returnExit = /* @__PURE__ */ backstopWrite(
  [backstop.returnExit, backstop.ExitReturned],
  ({ exitId }: ExitParameters) => call("returnExit", [exitId]),
  ({ event, hash }): { shares: Wad; hash: Hash } => ({ shares: event("ExitReturned").shares, hash }),
);
/** Sends {@link returnExit}, waits for it, and returns the shares. */
export const returnExitSync = /* @__PURE__ */ confirmed(returnExit);

/** Parameters of {@link claimSlice} and {@link getSliceClaim}. */
export type SliceClaimParameters = {
  deployment: Deployment;
  maker: Address;
  /** The LP that left in kind. */
  owner: Address;
};

/**
 * Pays an LP the tokens of its slices, as far as the circuit breaker admits. Open to any account. Reverts with
 * `NothingToClaim`.
 */
export const claimSlice = /* @__PURE__ */ backstopWrite(
  [backstop.claimSlice, backstop.SliceClaimed],
  ({ maker, owner }: SliceClaimParameters) => call("claimSlice", [maker, owner]),
  ({ event, hash }): SliceClaim & { hash: Hash } => {
    const { assetXCD, baseXCD } = event("SliceClaimed");
    return { assets: assetXCD, base: baseXCD, hash };
  },
);
/** Sends {@link claimSlice}, waits for it, and returns the amounts paid. */
export const claimSliceSync = /* @__PURE__ */ confirmed(claimSlice);

/** A started exit in kind. Times in seconds. */
export type ExitInKind = {
  maker: Address;
  owner: Address;
  shares: Wad;
  fee: Wei;
  executableAt: bigint;
  /** The last second of its execution; later the shares return. */
  executableUntil: bigint;
};

/** Reads a started exit in kind; undefined once it was executed or returned. */
export const getExit = /* @__PURE__ */ defineRead(function* ({
  deployment,
  exitId,
}: ExitParameters): Steps<ExitInKind | undefined> {
  const [exit, window] = yield* all([
    view(deployment.backstop, backstop.exitOf, [exitId]),
    view(deployment.backstop, backstop.EXIT_WINDOW, []),
  ]);
  const { maker, owner, shares, fee, executableAt } = exit;
  if (BigInt(owner) === 0n) return undefined;
  return { maker, owner, shares, fee, executableAt, executableUntil: executableAt + window };
});

/** Reads the tokens that an LP can still claim of its slices of a maker. */
export const getSliceClaim = /* @__PURE__ */ defineRead(function* ({
  deployment,
  maker,
  owner,
}: SliceClaimParameters): Steps<SliceClaim> {
  const { assetXCD, baseXCD } = yield* view(deployment.backstop, backstop.sliceClaimOf, [maker, owner]);
  return { assets: assetXCD, base: baseXCD };
});

/** Parameters of {@link getLpExit}. */
export type GetLpExitParameters = {
  deployment: Deployment;
  maker: Address;
  /** The holder of the shares. */
  owner: Address;
  shares: Wad;
  /** A pending redemption of the maker's request vault, whose shares then count. Default: a request that is made now. */
  requestId?: bigint;
};

/** The way out by a request to the maker's request vault. */
export type ExitByRequest = {
  /** Whether it would settle now, at least in part, at the stored price. */
  settlesNow: boolean;
  /** Why it would not. */
  reason: Unavailable | undefined;
  /** Seconds: later, the request returns. `undefined` for a closed request, and while none can be made. */
  latestAt: bigint | undefined;
  /** Shares that would be paid for now, and the payment after the fee. Zero unless it settles. */
  met: Wad;
  assets: AssetAmount;
  /** Collateral in kind, from a flat base vault. */
  quote: CollateralAmount;
};

/** The way out in kind. */
export type ExitByKind = {
  /** Seconds from the start of an exit to its execution; zero in a settled market. */
  notice: bigint;
} & (
  | {
      /** The result of an exit now. */
      slice: Slice;
      /** Quote that the owner has to add as `margin` of {@link executeExit}, WAD. */
      lackingMargin: Wad;
      reason: undefined;
    }
  | { slice: undefined; lackingMargin: undefined; reason: Unavailable }
);

/** Both ways out of a maker. */
export type LpExit = { byRequest: ExitByRequest; inKind: ExitByKind };

/**
 * Reads how an LP can leave a maker now: whether a request would settle, why not and until when it waits, and what an exit in
 * kind would give. For every maker and state.
 *
 * @example
 * const { byRequest, inKind } = await getLpExit(client, { deployment, maker, owner, shares });
 * if (!byRequest.settlesNow && inKind.slice) await startExitSync(client, { deployment, maker, shares });
 */
export const getLpExit = /* @__PURE__ */ defineRead(function* ({
  deployment,
  maker,
  owner,
  shares,
  requestId = 0n,
}: GetLpExitParameters): Steps<LpExit> {
  const result = yield* view(deployment.lens, lens.getLpExit, [maker, owner, shares, requestId]);
  const byRequest: ExitByRequest = {
    settlesNow: result.settlesNow,
    reason: result.settlesNow ? undefined : yield* unavailableIn(result.reason),
    latestAt: result.latestAt === 0n ? undefined : result.latestAt,
    met: result.burned,
    assets: result.amountXCD,
    quote: result.quoteXCD,
  };
  const notice = result.exitNotice;
  if (!result.leavesInKind) {
    const reason = yield* unavailableIn(result.exitReason);
    return { byRequest, inKind: { notice, slice: undefined, lackingMargin: undefined, reason } };
  }
  const { slice, lackingMargin } = result;
  return { byRequest, inKind: { notice, slice: sliceOf(slice), lackingMargin, reason: undefined } };
});
