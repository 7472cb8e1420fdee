import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Deployment } from "@counterpoise/sdk";
import { zeroAddress } from "viem";
import { afterAll, expect, test } from "vitest";
import { SignedOrderBook } from "./order-book.js";

const folder = mkdtempSync(path.join(tmpdir(), "counterpoise-orders-"));
afterAll(() => rmSync(folder, { recursive: true }));

const deployment = { chainId: 31_337, marketId: 1n, signedOrderGateway: zeroAddress } as unknown as Deployment;
const order = (id: number, change = {}) => ({
  signature: "0x1234",
  order: {
    ...{
      account: zeroAddress,
      marketId: "1",
      maker: zeroAddress,
      isBaseToQuote: false,
      isReduceOnly: false,
      amount: "1",
    },
    ...{
      minFill: "1",
      price: "1",
      trigger: 0,
      triggerPrice: "0",
      marginXCD: "0",
      maxRelayFeeXCD: "1",
      takeProfitPrice: "0",
    },
    ...{ stopPrice: "0", exitFeeXCD: "0", validFrom: "0", expiresAt: "9", nonce: "0", id: String(id) },
    ...change,
  },
});
const write = (name: string, text: string) => {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
};
const idsIn = (book: SignedOrderBook) => book.waiting(deployment).map(({ order: { id } }) => id);

test("default: orders of a list and of lines, each once; malformed ones and other markets are left out", async () => {
  const list = write(
    "list.json",
    JSON.stringify([order(1), order(2), order(3, { marketId: "2" }), order(4, { price: "-1" }), "no order"]),
  );
  const lines = write("lines.jsonl", [JSON.stringify(order(2)), "{", JSON.stringify(order(5))].join("\n"));
  const book = new SignedOrderBook([{ file: list }, { file: lines }]);
  await book.refresh();
  expect(idsIn(book)).toEqual([1n, 2n, 5n]);
  book.end(book.waiting(deployment)[0]?.hash ?? "0x");
  await book.refresh();
  expect(idsIn(book)).toEqual([2n, 5n]);
});

test("behavior: a feed that fails, hangs or sends too much delays its own orders only", async () => {
  const feeds: Record<string, () => string | undefined> = {
    "/ok": () => JSON.stringify({ orders: [order(7)] }),
    "/hang": () => undefined,
    "/many": () => JSON.stringify(Array.from({ length: 1_001 }, (_, id) => order(id))),
  };
  const server = createServer((request, response) => {
    const text = feeds[request.url ?? ""]?.();
    if (text !== undefined) response.end(text);
    else if (request.url !== "/hang") response.writeHead(500).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const book = new SignedOrderBook([
      ...["/ok", "/hang", "/many", "/gone"].map((each) => ({ url: url + each })),
      { file: "/no/file" },
    ]);
    await book.refresh();
    expect(idsIn(book)).toEqual([7n]);
    expect(book.failures).toHaveLength(4);
    // Its last orders stay when the feed is gone.
    delete feeds["/ok"];
    await book.refresh();
    expect(idsIn(book)).toEqual([7n]);
    expect(book.failures).toHaveLength(5);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}, 15_000);
