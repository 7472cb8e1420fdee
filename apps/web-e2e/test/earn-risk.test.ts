// The pages Earn and Risk in Chromium: a deposit and a redemption by request, their claims, the history of an LP vault, figures of risk.
import { type Deployment, getLpExit, getMaker, getMarket } from "@counterpoise/sdk";
import { getSharePrices } from "@counterpoise/sdk/history";
import { shares } from "@counterpoise/sdk/math";
import type { Stack } from "@counterpoise/stack/src/stack.js";
import type { BrowserContext, Page } from "playwright-core";
import { erc20Abi, formatUnits } from "viem";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { expectAccessible, useApp } from "./app.js";
import { hasBrowser } from "./browser.js";

let stack: Stack;
let context: BrowserContext;
let page: Page;
let deployment: Deployment;

describe.skipIf(!hasBrowser)("earn and risk", () => {
  const app = useApp();
  beforeAll(() => {
    ({ stack, deployment } = app);
  });
  beforeEach(async () => {
    ({ context, page } = app);
    await page.goto(stack.webUrl);
    await page.getByRole("link", { name: "Earn" }).click();
    await page.getByTestId("vault-oracle").waitFor({ timeout: 30_000 });
  });

  const text = async (name: string) => (await page.getByTestId(name).first().textContent()) ?? "";
  const until = (name: string, pattern: RegExp, timeout = 60_000) =>
    page.getByTestId(name).filter({ hasText: pattern }).first().waitFor({ timeout });
  const number = (value: bigint, decimals: number, digits: number) =>
    new Intl.NumberFormat("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(
      formatUnits(value, decimals) as `${number}`,
    );
  const visitor = () => stack.venue.visitors[0] as (typeof stack.venue.visitors)[number];
  const balanceOf = (address: `0x${string}`) =>
    visitor().readContract({ address, abi: erc20Abi, functionName: "balanceOf", args: [visitor().address] });

  async function connect(): Promise<void> {
    await page.getByTestId("wallet").click();
    await page.getByRole("button", { name: "Local account 1" }).click();
    await page
      .getByText(/Available [\d,.]+/)
      .first()
      .waitFor({ timeout: 20_000 });
  }

  test("default: a deposit by request is settled and claimed, and half of it redeemed", async () => {
    await connect();
    await until("lp-expected", /unknown/);
    await page.locator('input[name="lp-amount"]').fill("60000");
    await page.getByText("The wallet has 50,000.00 USDC.").waitFor();
    await page.locator('input[name="lp-amount"]').fill("1,000");
    await until("lp-expected", /shares/);
    await expectAccessible(page);
    const expected = Number((await text("lp-expected")).replace(/[^\d.]/g, ""));
    await page.getByTestId("submit-lp").click();
    await until("claim", /for 1,000\.00 USDC/, 60_000);
    await page.getByTestId("claim-shares").click();
    await page.getByText("No pending request and nothing to claim.").waitFor({ timeout: 30_000 });
    const held = await balanceOf(deployment.oracleMaker);
    // The price is fixed: the preview is what the settlement gives, but for fees that accrue meanwhile.
    expect(Number(formatUnits(held, 18)) / expected).toBeCloseTo(1, 4);

    await page.getByLabel("Redeem", { exact: true }).check();
    await page.locator('input[name="lp-amount"]').fill(formatUnits(held / 2n, 18));
    await until("lp-expected", /USDC/);
    const before = await balanceOf(deployment.collateral);
    await page.getByTestId("submit-lp").click();
    await page.getByTestId("claim-assets").click({ timeout: 60_000 });
    await page.getByText("No pending request and nothing to claim.").waitFor({ timeout: 30_000 });
    const paid = (await balanceOf(deployment.collateral)) - before;
    expect(Number(formatUnits(paid, 6))).toBeGreaterThan(490);
    expect(Number(formatUnits(paid, 6))).toBeLessThan(501);
    expect(await balanceOf(deployment.oracleMaker)).toBe(held - held / 2n);
  }, 240_000);

  test("default: the history is that of the chain, and short windows are not annualized", async () => {
    const maker = deployment.oracleMaker;
    const samples = await getSharePrices(visitor(), { deployment, maker });
    expect(samples.length).toBeGreaterThan(0);
    // The index follows the chain.
    await until("history-source", new RegExp(`^${samples.length} settlements, from the indexer`), 90_000);
    const { totalAssets = 0n, totalShares } = await getMaker(visitor(), { deployment, maker });
    const now = shares.toAssetsDown(10n ** 18n, { totalAssets: totalAssets * 10n ** 12n, totalShares });
    // Fees accrue each second, in digits beyond those that are compared.
    expect((await text("share-price")).slice(0, 6)).toBe(number(now, 18, 6).slice(0, 6));
    for (const days of [1, 7, 30]) expect(await text(`apr-${days}`)).toMatch(/^not enough history \(\d+/);
    const [first] = samples;
    const growth = ((now - (first?.sharePrice ?? 0n)) * 100n * 10n ** 18n) / (first?.sharePrice ?? 1n);
    const shown = Number((await text("growth")).replace("−", "-").replace(/[^\d.-]/g, ""));
    expect(Math.abs(shown - Number(growth) / 1e18)).toBeLessThan(0.01);

    const exit = await getLpExit(visitor(), { deployment, maker, owner: visitor().address, shares: 10n ** 18n });
    expect(await text("exit-request")).toBe(exit.byRequest.settlesNow ? "would settle now" : "would wait");
    await page.getByTestId("attribute").click();
    await page.getByTestId("attribution-total").waitFor({ timeout: 30_000 });
    expect(await text("attribution-total")).toMatch(/^[+−]?[\d,.]+ USDC$/);
    await expectAccessible(page);

    await page.getByRole("button", { name: /Base-hedged vault/ }).press("Enter");
    await page.getByRole("region", { name: "Hedge" }).waitFor();
    expect(await text("vault-base")).toContain("takes ETH");
    await expectAccessible(page);
    await page.setViewportSize({ width: 390, height: 844 });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    await expectAccessible(page);
  }, 240_000);

  test("default: figures of risk equal the contracts, and parameters have their history", async () => {
    await page.getByRole("link", { name: "Risk" }).click();
    await until("risk-insurance", /\d/);
    const state = await getMarket(visitor(), { deployment });
    const { takerLong, takerShort } = state.openInterest;
    expect(Number((await text("risk-long")).replace(/[^\d.]/g, ""))).toBeCloseTo(Number(formatUnits(takerLong, 18)), 3);
    expect(Number((await text("risk-short")).replace(/[^\d.]/g, ""))).toBeCloseTo(
      Number(formatUnits(takerShort, 18)),
      3,
    );
    expect(await text("risk-bad-debt")).toBe(number(state.badDebt, 18, 2));
    expect(await text("risk-initial")).toBe(`${state.initialMarginRatio / 10_000}%`);
    // The stack's exchange has no circuit breaker: no limit is not a room of zero.
    await until("risk-breaker", /^no limit$/);
    await page.getByTestId("parameter-change").first().waitFor({ timeout: 60_000 });
    await expectAccessible(page);
    await page.getByRole("button", { name: /Show \d+ changes/ }).click();
    await page.getByText("RulesSet").first().waitFor();
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    await context.route(`${stack.indexerUrl}/**`, (route) => route.abort());
    await page.reload();
    await page.getByText("Unknown: the changes come from the indexer").waitFor({ timeout: 30_000 });
    await until("risk-insurance", /\d/);
  }, 240_000);

  test("behavior: without the indexer, its lag is unknown, and history and preview come from the chain", async () => {
    await until("index-lag", /Index lag \d+/, 60_000);
    await page.getByTestId("index-banner").waitFor({ state: "hidden", timeout: 90_000 });
    await context.route(`${stack.indexerUrl}/**`, (route) => route.abort());
    await until("index-banner", /its lag is unknown/);
    expect(await text("index-lag")).toBe("Index lag unknown");
    await page.reload();
    await until("history-source", /settlements, from the chain's logs/);
    await context.unroute(`${stack.indexerUrl}/**`);

    // An index that stops while the chain goes on.
    const { indexed } = (await (await fetch(`${stack.indexerUrl}/v1/health`)).json()) as { indexed: string };
    await context.route(`${stack.indexerUrl}/v1/health`, (route) =>
      route.fulfill({
        headers: { "Access-Control-Allow-Origin": "*" },
        json: { indexed: `${BigInt(indexed) - 40n}`, alarms: [] },
      }),
    );
    await until("index-banner", /The index is \d+ blocks behind the chain/);
  }, 240_000);
});
