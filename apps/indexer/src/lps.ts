// Requests and claims of LPs, and the value of shares.
import { type Context, ponder } from "ponder:registry";
import { lpClaims, lpRequests, sharePrices } from "ponder:schema";
import { type Address, zeroAddress } from "viem";
import { type Origin, occurrenceOf, reasonOf } from "./parts.ts";

type Event = Origin & { log: { address: Address } };
const keyOf = (event: Event, requestId: bigint) => ({ requestVault: event.log.address, requestId });

const pending = { status: "pending", settledInput: 0n, output: 0n, quoteXCD: 0n, returned: 0n };

/** The event of the terms precedes that of the request in its transaction. */
const create = async (
  { db }: Context,
  event: Event,
  {
    requestId,
    ...request
  }: { requestId: bigint; controller: Address; owner: Address; isDeposit: boolean; input: bigint },
): Promise<void> => {
  await db
    .insert(lpRequests)
    .values({ ...occurrenceOf(event), ...keyOf(event, requestId), ...pending, ...request })
    .onConflictDoUpdate(request);
};

ponder.on("LpRequestVault:DepositRequest", async ({ event, context }) => {
  const { requestId, controller, owner, assets } = event.args;
  await create(context, event, { requestId, controller, owner, isDeposit: true, input: assets });
});
ponder.on("LpRequestVault:RedeemRequest", async ({ event, context }) => {
  const { requestId, controller, owner, shares } = event.args;
  await create(context, event, { requestId, controller, owner, isDeposit: false, input: shares });
});
ponder.on("LpRequestVault:RequestTerms", async ({ event, context }) => {
  const { requestId, minOut, executableAt, expiresAt, keeperFee } = event.args;
  const terms = { minOut, executableAt, expiresAt, keeperFeeWei: keeperFee };
  const unknown = { controller: zeroAddress, owner: zeroAddress, isDeposit: false, input: 0n };
  await context.db
    .insert(lpRequests)
    .values({ ...occurrenceOf(event), ...keyOf(event, requestId), ...pending, ...unknown, ...terms })
    .onConflictDoUpdate(terms);
});
ponder.on("LpRequestVault:RequestSettled", async ({ event, context }) => {
  const { requestId, input, output, quoteXCD, price } = event.args;
  await context.db.update(lpRequests, keyOf(event, requestId)).set((row) => {
    const settledInput = row.settledInput + input;
    return {
      settledInput,
      output: row.output + output,
      quoteXCD: row.quoteXCD + quoteXCD,
      price: price === 0n ? row.price : price,
      status: settledInput + row.returned >= row.input ? "settled" : "partly-settled",
      endTime: event.block.timestamp,
    };
  });
});
ponder.on("LpRequestVault:RequestReturned", async ({ event, context }) => {
  const { requestId, returned, reason } = event.args;
  await context.db.update(lpRequests, keyOf(event, requestId)).set((row) => ({
    returned: row.returned + returned,
    reason: reasonOf(reason),
    // The rest of a request that was settled in part may be returned.
    status: row.settledInput === 0n ? "returned" : "settled",
    endTime: event.block.timestamp,
  }));
});
for (const name of ["CancelDepositRequest", "CancelRedeemRequest"] as const)
  ponder.on(`LpRequestVault:${name}`, async ({ event, context }) => {
    const end = { status: "cancelled", endTime: event.block.timestamp };
    await context.db.update(lpRequests, keyOf(event, event.args.requestId)).set(end);
  });

const claim = (
  { db }: Context,
  event: Event,
  row: { controller: Address; receiver: Address; kind: string; assets?: bigint; shares?: bigint; quoteXCD?: bigint },
) =>
  db.insert(lpClaims).values({
    ...occurrenceOf(event),
    id: event.id,
    requestVault: event.log.address,
    ...{ assets: 0n, shares: 0n, quoteXCD: 0n },
    ...row,
  });

ponder.on("LpRequestVault:Deposit", async ({ event, context }) => {
  const { sender: controller, owner: receiver, assets, shares } = event.args;
  await claim(context, event, { controller, receiver, kind: "deposit", assets, shares });
});
ponder.on("LpRequestVault:Withdraw", async ({ event, context }) => {
  const { owner: controller, receiver, assets, shares } = event.args;
  await claim(context, event, { controller, receiver, kind: "redemption", assets, shares });
});
ponder.on("LpRequestVault:QuoteClaimed", async ({ event, context }) => {
  const { controller, receiver, quoteXCD } = event.args;
  await claim(context, event, { controller, receiver, kind: "quote", quoteXCD });
});
ponder.on("LpRequestVault:CancelDepositClaim", async ({ event, context }) => {
  const { controller, receiver, assets } = event.args;
  await claim(context, event, { controller, receiver, kind: "returned-assets", assets });
});
ponder.on("LpRequestVault:CancelRedeemClaim", async ({ event, context }) => {
  const { controller, receiver, shares } = event.args;
  await claim(context, event, { controller, receiver, kind: "returned-shares", shares });
});

for (const contract of ["OracleMaker", "SpotHedgeBaseMaker", "SpotHedgeQuoteMaker"] as const)
  ponder.on(`${contract}:SharesValued`, async ({ event, context }) => {
    const { totalAssets, totalShares, price } = event.args;
    const maker = event.log.address;
    if (maker === zeroAddress) return;
    const row = { maker, totalAssets, totalShares, price };
    await context.db.insert(sharePrices).values({ ...occurrenceOf(event), id: event.id, ...row });
  });
