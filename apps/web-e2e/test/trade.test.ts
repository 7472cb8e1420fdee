// The trade page in Chromium, on a chain with keepers: from the connection of a wallet to the close of a position.
import { type Deployment, getAccount, getOrderEvents, getPosition } from "@counterpoise/sdk";
import { openPosition } from "@counterpoise/sdk/trade";
import type { Stack } from "@counterpoise/stack/src/stack.js";
import type { BrowserContext, Page } from "playwright-core";
import { formatUnits, parseEther } from "viem";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { expectAccessible, useApp } from "./app.js";
import { hasBrowser } from "./browser.js";

let stack: Stack;
let context: BrowserContext;
let page: Page;
let deployment: Deployment;

const PRICE = parseEther("2000");

describe.skipIf(!hasBrowser)("trade page", () => {
  const app = useApp();
  beforeAll(() => {
    ({ stack, deployment } = app);
  });
  beforeEach(async () => {
    ({ context, page } = app);
    stack.venue.prices.setPrice(deployment.pythId, PRICE);
  });

  const text = async (name: string) => (await page.getByTestId(name).textContent()) ?? "";
  const until = (name: string, pattern: RegExp, timeout = 25_000) =>
    page.getByTestId(name).filter({ hasText: pattern }).first().waitFor({ timeout });

  async function connect(account: 1 | 2): Promise<void> {
    await page.goto(stack.webUrl);
    await page.getByTestId("wallet").click();
    await page.getByRole("button", { name: `Local account ${account}` }).click();
    await until("wallet-balance", /\d/);
  }
  const visitor = (account: 1 | 2) => stack.venue.visitors[account - 1] as (typeof stack.venue.visitors)[number];

  /** Moves the focus with the Tab key. */
  async function tabTo(name: string): Promise<void> {
    for (let i = 0; i < 80; i++) {
      await page.keyboard.press("Tab");
      const isThere = await page.evaluate(
        (wanted) =>
          document.activeElement?.getAttribute("data-testid") === wanted ||
          document.activeElement?.getAttribute("name") === wanted,
        name,
      );
      if (isThere) return;
    }
    throw new Error(`The focus does not reach ${name}`);
  }

  const shown = (value: bigint, decimals: number, digits: number) =>
    new Intl.NumberFormat("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits })
      .format(formatUnits(value, decimals) as `${number}`)
      .replace("-", "−");

  test("default: connect, deposit, open, delayed fill, close", async () => {
    await page.goto(stack.webUrl);
    await until("oracle-price", /2,000\.00/);
    // Without an account, all of its figures are unknown.
    expect(await text("preview-price")).toContain("unknown");
    await expectAccessible(page);
    await page.getByTestId("wallet").click();
    await expectAccessible(page);
    await page.getByRole("button", { name: "Local account 1" }).click();
    await until("wallet-balance", /50,000\.00/);

    await page.getByTestId("deposit").click();
    await page.locator('input[name="transfer"]').fill("500");
    await page.getByTestId("submit-transfer").click();
    await until("account-margin", /500\.00/);
    expect(await text("wallet-balance")).toBe("49,500.00");
    await page.getByRole("button", { name: "Close" }).last().click();

    // The preview is the plan of the SDK.
    await page.locator('input[name="margin"]').fill("1,000");
    await page.locator('input[name="leverage"]').fill("4.5");
    await until("preview-price", /\d/);
    const plan = await openPosition(visitor(1), {
      deployment,
      side: "long",
      margin: "1000",
      leverage: 4.5,
      slippage: "0.5%",
      prices: await latest(),
    });
    expect(await text("preview-size")).toBe("2.25 ETH");
    expect(plan.quote.size).toBe(parseEther("2.25"));
    expect(await text("preview-price")).toBe(shown(plan.quote.averagePrice, 18, 2));
    expect(await text("preview-fee")).toBe(`${shown(plan.quote.fee, 18, 2)} USDC`);
    expect(await text("preview-liquidation")).toBe(shown(plan.quote.liquidationPrice ?? 0n, 18, 2));

    await page.getByTestId("submit-order").click();
    await until("progress", /Waits for the first price/);
    await until("progress", /Executed at 2,000\.00/);
    await until("position", /Long/);
    const account = visitor(1).address;
    const { size } = await getPosition(visitor(1), { deployment, account });
    expect(size).toBe(parseEther("2.25"));
    expect(await text("position-size")).toBe("2.25 ETH");
    await expectAccessible(page);

    // The figures are those of the block that the page names.
    const figures = await page.evaluate(() => {
      const read = (name: string) => document.querySelector(`[data-testid="${name}"]`)?.textContent ?? "";
      return {
        block: read("block"),
        margin: read("position-margin"),
        liquidation: read("position-liquidation"),
        fund: read("fund"),
      };
    });
    const blockNumber = BigInt(figures.block.replace(/\D/g, ""));
    const state = await getAccount(visitor(1), { deployment, account, blockNumber });
    expect(figures.margin).toBe(shown(state.margin - state.pendingFunding - state.pendingBorrowing, 18, 2));
    expect(figures.liquidation).toBe(shown(state.liquidationPrice ?? 0n, 18, 2));

    await page.getByTestId("close").click();
    await expectAccessible(page);
    await page.getByTestId("submit-close").click();
    await page.getByText("No position in this market.").waitFor({ timeout: 25_000 });
    // The margin is in the wallet again, less two fees.
    expect((await getPosition(visitor(1), { deployment, account })).size).toBe(0n);
    await until("account-margin", /^0\.00/);
    await page.getByRole("tab", { name: "History" }).click();
    await until("fill", /Sell/);
    expect(await page.getByTestId("fill").count()).toBe(2);
    await expectAccessible(page);
  }, 120_000);

  test("behavior: a purged order shows its reason", async () => {
    await connect(2);
    await page.locator('input[name="margin"]').fill("1000");
    await page.locator('input[name="slippage"]').fill("0.1");
    await page.getByTestId("submit-order").click();
    await until("progress", /Waits for the first price/);
    stack.venue.prices.setPrice(deployment.pythId, (PRICE * 102n) / 100n);
    await until("progress", /Purged: /);
    const events = await getOrderEvents(visitor(2), { deployment, account: visitor(2).address });
    const end = events.find(({ type }) => type === "purged");
    expect(end).toMatchObject({ reason: { errorName: "SlippageExceeded" } });
    await page
      .getByRole("tab", { name: /Orders/ })
      .first()
      .click();
    expect(await page.getByTestId("order").first().textContent()).toContain("Purged: ");
  }, 90_000);

  test("behavior: with an RPC alone, and the keyboard alone, a position is opened and closed", async () => {
    // The keepers have prices; the page has no other server than the node.
    await context.route(`${stack.venue.prices.url}/**`, (route) => route.abort());
    await context.route(`${stack.indexerUrl}/**`, (route) => route.abort());
    await page.route("**/v1/orders", (route) => route.abort());
    await page.goto(stack.webUrl);
    await tabTo("wallet");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Local account 2" }).focus();
    await page.keyboard.press("Enter");
    await until("wallet-balance", /\d/);
    await page.getByText("Price from the chain").first().waitFor();
    await until("index-banner", /its lag is unknown/);
    await tabTo("margin");
    await page.keyboard.type("800");
    await tabTo("submit-order");
    await page.keyboard.press("Enter");
    await until("progress", /Executed at/);
    await until("position", /Long/);
    await tabTo("close");
    await page.keyboard.press("Enter");
    await tabTo("submit-close");
    await page.keyboard.press("Enter");
    await page.getByText("No position in this market.").waitFor({ timeout: 25_000 });
    expect((await getPosition(visitor(2), { deployment, account: visitor(2).address })).size).toBe(0n);
  }, 120_000);

  test("behavior: a limit order with a take-profit fills at its price, and a signed order is cancelled", async () => {
    await connect(1);
    await page.getByLabel("Limit", { exact: true }).check();
    await page.locator('input[name="limit"]').fill("1990");
    await page.locator('input[name="margin"]').fill("1000");
    await page.getByLabel("Take-profit and stop").check();
    await page.locator('input[name="takeProfit"]').fill("2010");
    await page.locator('input[name="stop"]').fill("1900");
    await page.getByTestId("submit-order").click();
    await page.getByText("The limit order is signed").waitFor({ timeout: 25_000 });
    await page.getByRole("tab", { name: "Signed orders" }).click();
    await until("signed-order", /Limit.*Buy.*Open/);
    await expectAccessible(page);
    stack.venue.prices.setPrice(deployment.pythId, parseEther("1985"));
    await until("signed-order", /Filled or cancelled/, 40_000);
    await page.getByRole("tab", { name: /Position/ }).click();
    await until("position", /Long/);
    const account = visitor(1).address;
    const { size } = await getPosition(visitor(1), { deployment, account });
    // 1,000 five times long at 1,990.
    expect(size).toBe((5_000n * 10n ** 36n) / parseEther("1990"));
    stack.venue.prices.setPrice(deployment.pythId, parseEther("2012"));
    await page.getByText("No position in this market.").waitFor({ timeout: 40_000 });

    await page.locator('input[name="limit"]').fill("1500");
    await page.locator('input[name="margin"]').fill("100");
    await page.getByLabel("Take-profit and stop").uncheck();
    await page.getByTestId("submit-order").click();
    await page.getByRole("tab", { name: "Signed orders" }).click();
    await page.getByTestId("signed-order").first().getByRole("button", { name: "Cancel" }).click({ timeout: 25_000 });
    await page.getByTestId("signed-order").first().getByText("Filled or cancelled").waitFor({ timeout: 25_000 });
  }, 150_000);

  test("behavior: a take-profit of a market order closes the position", async () => {
    await connect(2);
    await page.locator('input[name="margin"]').fill("1000");
    await page.getByLabel("Take-profit and stop").check();
    await page.locator('input[name="takeProfit"]').fill("2020");
    await page.locator('input[name="stop"]').fill("1950");
    await page.getByTestId("submit-order").click();
    await until("position", /Long/, 40_000);
    stack.venue.prices.setPrice(deployment.pythId, parseEther("2030"));
    await page.getByText("No position in this market.").waitFor({ timeout: 40_000 });
    await page.getByRole("tab", { name: "History" }).click();
    await page.getByTestId("fill").first().getByText("+").first().waitFor({ timeout: 20_000 });
  }, 120_000);

  async function latest() {
    const { hermesPrices } = await import("@counterpoise/sdk/prices");
    return hermesPrices({ ids: [deployment.pythId], endpoints: [{ url: stack.venue.prices.url }] }).latest();
  }
});
