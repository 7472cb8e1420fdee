import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { formatCollateral, getFund, getMakerQuote } from "@counterpoise/sdk";
import { USD, WAD } from "@counterpoise/testkit";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { erc20Abi } from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startBrowser } from "../src/browser.js";
import { FIRST_PRICE, sent, useExchange } from "../src/exchange.js";
import { type PackedProject, packedProject } from "../src/packed.js";
import { tradeBase } from "../src/trades.js";

// The hooks of the packed SDK in a real browser, with wagmi's real client against the devnet.

const exchange = useExchange();
const readme = fileURLToPath(new URL("../../../packages/sdk/README.md", import.meta.url));
let browser: Browser | undefined;
let project: PackedProject;

beforeAll(async () => {
  project = packedProject(["viem", "wagmi", "react", "react-dom", "@tanstack/react-query"]);
  browser = await startBrowser();
});
afterAll(async () => {
  await browser?.close();
  project.remove();
});

/** The page as one script, with its settings. */
async function bundle(settings: object): Promise<string> {
  const entry = join(project.folder, "page.ts");
  copyFileSync(fileURLToPath(new URL("../browser/page.ts", import.meta.url)), entry);
  const examples = [...readFileSync(readme, "utf8").matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = ""]) => code);
  writeFileSync(join(project.folder, "readme-example.ts"), examples.find((code) => code.includes("sdk/wagmi")) ?? "");
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    format: "iife",
    platform: "browser",
    define: { SETTINGS: JSON.stringify(settings), "process.env.NODE_ENV": '"production"' },
    // Connectors that the page does not use import packages that are not installed.
    logLevel: "error",
    write: false,
  });
  return outputFiles[0]?.text ?? "";
}

const textOf = (page: Page, id: string) => page.locator(`#${id}`).textContent();

/** Waits until an element of the page has a text. The errors of the page explain a failure. */
const shows = (page: Page, id: string, text: string) =>
  expect
    .poll(async () => ({ text: await textOf(page, id), errors: await textOf(page, "errors") }), { timeout: 20_000 })
    .toEqual({ text, errors: "" });

test("default: price, account, quotes, history and a deposit, by hooks and entities", async ({ skip }) => {
  if (!browser) return skip("No browser runs here");
  const world = exchange();
  const { alice, anvil, deployment } = world;
  const account = alice.account.address;
  await world.fund(alice, 20_000n * USD);
  await tradeBase(world, alice, { base: 5n * WAD, price: FIRST_PRICE });
  await world.publish(FIRST_PRICE);
  const approval = { abi: erc20Abi, functionName: "approve", args: [deployment.vault, 1_000n * USD] } as const;
  await sent(alice, alice.writeContract({ address: deployment.collateral, ...approval }));
  const before = await getFund(alice, { deployment, account });

  const plain = JSON.parse(
    JSON.stringify(deployment, (_, value) => (typeof value === "bigint" ? String(value) : value)),
  );
  const script = await bundle({ rpcUrl: anvil.rpcUrl, account, deployment: plain });
  const server = createServer(({ url }, response) => {
    const isScript = url === "/page.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    response.end(isScript ? script : '<!doctype html><div id="root"></div><script src="/page.js"></script>');
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const page = await browser.newPage();
  const failures: string[] = [];
  page.on("pageerror", (error) => failures.push(String(error)));
  try {
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await shows(page, "price", "2000");
    await shows(page, "size", "5");
    // The README's example.
    await shows(page, "panel", "2000.00");
    await shows(page, "exact", "equal, 1 trades");
    const request = { isBaseToQuote: false, isExactInput: false, amount: 2n * WAD };
    const { quote } = await getMakerQuote(alice, { deployment, ...request });
    await shows(page, "quote", String(-quote));

    await page.click("#deposit");
    await shows(page, "deposited", "yes");
    // The hook has read the account again.
    await shows(page, "fund", formatCollateral(deployment, before + 1_000n * USD));
    expect(await getFund(alice, { deployment, account })).toBe(before + 1_000n * USD);
    expect(await textOf(page, "errors")).toBe("");
    expect(failures).toEqual([]);
  } finally {
    await page.close();
    server.close();
  }
});
