// A history with each kind of fill and each end of a request, made through the SDK.
import { type Exchange, FIRST_PRICE, KEEPER_FEE, sent } from "@counterpoise/anvil-e2e/src/exchange.js";
import { createTrade, tradeBase } from "@counterpoise/anvil-e2e/src/trades.js";
import {
  type CreatedLpRequest,
  claimLpAssetsSync,
  claimLpSharesSync,
  createOrderSync,
  deleverageSync,
  deposit,
  donateInsurance,
  flagShortfall,
  liquidateSync,
  requestLpDepositSync,
  requestLpRedeemSync,
  setBorrowing,
  settleLpRequestsSync,
  settleSignedOrderSync,
  signOrder,
} from "@counterpoise/sdk";
import { USD, WAD } from "@counterpoise/testkit";
import { parseEther } from "viem";

const HOUR = 3_600n;
/** Margin of the position that fails, in the collateral's own decimals, and its size. */
const MARGIN = 11_000n * USD;
const SIZE = parseEther("50");
/** Of the insurance which covers the bad debt, in the collateral's own decimals. */
const GIFT = 100_000n * USD;
/** The deposit of the LP, in the collateral's own decimals. */
export const LP_ASSETS = 10_000n * USD;

/** Orders of Alice: one executed against each kind of maker, one purged, one open, and a signed one. */
export async function makeOrders(world: Exchange): Promise<{ purged: bigint; open: bigint }> {
  const { alice, deployment, keeper } = world;
  await world.fund(alice, 20_000n * USD);
  await tradeBase(world, alice, { base: 2n * WAD, price: FIRST_PRICE });
  await tradeBase(world, alice, { base: -WAD, price: FIRST_PRICE, maker: deployment.spotHedgeBaseMaker });
  // The maker's premium comes on top of the oracle price.
  const purged = await createOrderSync(alice, {
    ...{ deployment, maker: deployment.oracleMaker, isBaseToQuote: false, isExactInput: false },
    ...{ amount: WAD, oppositeBound: FIRST_PRICE, keeperFee: KEEPER_FEE },
  });
  await world.execute(purged, FIRST_PRICE);
  await world.fundForSignedOrders(alice, { fund: 10_000n * USD, margin: 0n });
  const signed = await signOrder(alice, {
    ...{ deployment, kind: "market", isBaseToQuote: false, amount: WAD, price: parseEther("2020") },
    ...{ maxRelayFee: USD, margin: 1_000n * USD },
  });
  const updateData = [world.updateAt(await world.now(), parseEther("2005"))];
  await settleSignedOrderSync(keeper, {
    ...{ deployment, ...signed, relayFee: USD, maker: deployment.oracleMaker, updateData },
  });
  const open = await createTrade(world, alice, { base: WAD });
  await world.publish(FIRST_PRICE);
  return { purged: purged.orderId, open: open.orderId };
}

/** A deposit and a redemption that settle and are claimed, and a deposit that the keeper returns. */
export async function makeLpRequests(world: Exchange): Promise<{ deposit: bigint; redeem: bigint; returned: bigint }> {
  const { deployment, keeper, otherLp } = world;
  const requestVault = deployment.oracleMakerRequestVault;
  const settle = async ({ executableAt }: CreatedLpRequest) => {
    await world.warpTo(executableAt);
    await settleLpRequestsSync(keeper, { requestVault, updates: [[world.updateAt(executableAt, FIRST_PRICE)]] });
  };
  const request = (minShares: bigint) =>
    requestLpDepositSync(otherLp, { requestVault, assets: LP_ASSETS, minShares, keeperFee: KEEPER_FEE });
  const entered = await request(0n);
  await settle(entered);
  const shares = await claimLpSharesSync(otherLp, { requestVault, assets: LP_ASSETS });
  const half = shares / 2n;
  const left = await requestLpRedeemSync(otherLp, { requestVault, shares: half, minAssets: 0n, keeperFee: KEEPER_FEE });
  await settle(left);
  await claimLpAssetsSync(otherLp, { requestVault, shares: half });
  // More shares than the assets are worth.
  const returned = await request((2n * LP_ASSETS * WAD) / USD);
  await settle(returned);
  return { deposit: entered.requestId, redeem: left.requestId, returned: returned.requestId };
}

/** A liquidation, a deleveraging, and a loss that becomes bad debt until a gift covers it. */
export async function makeLosses(world: Exchange) {
  const { admin, alice, bob, deployment, keeper } = world;
  const account = bob.account.address;
  const openLong = async () => {
    await world.publish(FIRST_PRICE);
    await world.fund(bob, MARGIN);
    await tradeBase(world, bob, { base: SIZE, price: FIRST_PRICE });
  };
  await sent(admin, setBorrowing(admin, { deployment, maxRate: 0n }));
  await openLong();
  await world.fund(alice, 60_000n * USD);
  await tradeBase(world, alice, { base: -2n * SIZE, price: FIRST_PRICE });
  await world.publish(parseEther("1870"));
  // Alice takes half of the position over.
  const liquidation = await liquidateSync(alice, { deployment, account });
  await world.publish(parseEther("1550"));
  const { closed } = await deleverageSync(keeper, { deployment, account, counterparties: [alice.account.address] });
  await openLong();
  await world.publish(parseEther("1600"));
  await sent(keeper, flagShortfall(keeper, { deployment, account }));
  await world.warpBy(HOUR);
  await world.publish(parseEther("1600"));
  const failure = await liquidateSync(alice, { deployment, account });
  await sent(bob, deposit(bob, { deployment, amount: GIFT }));
  await sent(bob, donateInsurance(bob, { deployment, amount: GIFT }));
  await world.publish(FIRST_PRICE);
  return { account, liquidation, deleveragings: closed, badDebt: failure.badDebt };
}
