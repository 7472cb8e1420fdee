// The relayer and its signer as processes against a chain, through HTTP and RPC only: orders, matches, settlements, cancellations,
// wallets, and hostile clients.
import { type DevnetAccount, deploySafeContracts, planSafe, safeAccount } from "@counterpoise/devnet";
import {
  createRelayerClient,
  type MarketEvent,
  type RelayerClient,
  type RelayerError,
} from "@counterpoise/relayer-client";
import {
  cancelAllSignedOrdersSync,
  depositSync,
  getPosition,
  getSignedOrder,
  type SignedOrder,
  type SignOrderParameters,
  signOrder,
  signOrderCancellation,
} from "@counterpoise/sdk";
import { vaultAbi } from "@counterpoise/sdk/abis";
import { serializeSubmission } from "@counterpoise/sdk/relay";
import { type Party, USD } from "@counterpoise/testkit";
import {
  type Address,
  createWalletClient,
  encodeFunctionData,
  type Hash,
  type Hex,
  http,
  isErc6492Signature,
  parseEther,
} from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RelayerProcesses, until, World } from "./harness.js";
import { startProxy } from "./proxy.js";

const world = new World();
const WAD = 10n ** 18n;
let processes: RelayerProcesses;
let relayer: RelayerClient;
let [alice, bob, carol, dave] = [] as unknown as [Party, Party, Party, Party];

beforeAll(async () => {
  await world.start({}, ["relayer", "signer"]);
  processes = await world.relayer();
  relayer = createRelayerClient({ url: processes.url });
  [alice, bob, carol, dave] = world.venue.takers as [Party, Party, Party, Party];
}, 240_000);
afterAll(() => world.stop(), 60_000);

type Terms = Partial<SignOrderParameters> & { isBaseToQuote: boolean; price: bigint };

const sign = (taker: Party, terms: Terms) =>
  signOrder(taker, {
    ...{ deployment: world.venue.deployment, kind: "limit", amount: WAD, minFill: WAD / 10n },
    ...terms,
  } as SignOrderParameters);

const submit = async (taker: Party, terms: Terms) => {
  const submission = await sign(taker, terms);
  return { submission, ...(await relayer.submit(submission)) };
};
const statusOf = async (hash: string) => (await relayer.order(hash as Hash)).status;
const ended = (hash: string, milliseconds = 6_000) =>
  until(
    async () => ["dead", "dropped"].includes(await statusOf(hash)),
    milliseconds,
    () => `the end of ${hash}; ${processes.relayer.lines.slice(-8).join("\n")}`,
  );
const resting = (hash: string) =>
  until(
    async () => {
      const { asks, bids } = await relayer.book(world.venue.deployment.marketId);
      const { order } = await relayer.order(hash as Hash);
      return [...asks, ...bids].some(({ price }) => price === order.price);
    },
    5_000,
    () => `${hash} in the book; ${processes.relayer.lines.slice(-8).join("\n")}`,
  );
const sizeOf = async (account: Address) =>
  (await getPosition(world.venue.deployer, { deployment: world.venue.deployment, account })).size;
const refusalOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error as RelayerError,
  );
/** The amounts of the chain and of the relayer are equal. */
const expectFilled = async (order: SignedOrder, hash: string) => {
  const { deployment, deployer } = world.venue;
  const { filled, status } = await getSignedOrder(deployer, { deployment, order });
  if (status === "open") expect((await relayer.order(hash as Hash)).filled).toBe(filled.toString());
};

describe("settlement", () => {
  test("default: an LP vault fills at a better price than the limit, then two orders match between its prices", async () => {
    const { deployment } = world.venue;
    const controller = new AbortController();
    const events: MarketEvent[] = [];
    const streaming = (async () => {
      for await (const event of relayer.stream(deployment.marketId, { signal: controller.signal })) events.push(event);
    })();
    // 50 base against 500 of capacity: the OracleMaker pays 0.1% less for the next sale, and sells at the oracle's price.
    const sale = await submit(carol, { isBaseToQuote: true, price: parseEther("1980"), amount: 50n * WAD });
    await ended(sale.hash);
    expect(await relayer.order(sale.hash as Hash)).toMatchObject({ status: "dead", filled: String(50n * WAD) });
    expect(await sizeOf(carol.address)).toBe(-50n * WAD);

    const ask = await submit(alice, { isBaseToQuote: true, price: parseEther("1999") });
    await resting(ask.hash);
    expect(await relayer.book(deployment.marketId)).toMatchObject({
      asks: [{ price: String(parseEther("1999")), amount: String(WAD), orders: 1 }],
      bids: [],
      hasMore: false,
    });
    const bid = await submit(bob, { isBaseToQuote: false, price: parseEther("1999.5"), amount: WAD / 2n });
    await ended(bid.hash);
    expect(await relayer.order(bid.hash as Hash)).toMatchObject({
      status: "dead",
      filled: String(WAD / 2n),
      rest: "0",
    });
    await until(async () => (await relayer.order(ask.hash as Hash)).filled === String(WAD / 2n), 5_000, "the half");
    expect(await relayer.order(ask.hash as Hash)).toMatchObject({ status: "open", rest: String(WAD / 2n) });
    await expectFilled(ask.submission.order, ask.hash);
    expect([await sizeOf(alice.address), await sizeOf(bob.address)]).toEqual([-WAD / 2n, WAD / 2n]);

    const { trades } = await relayer.trades(deployment.marketId);
    const quotes = trades.filter(({ orderHash }) => orderHash === bid.hash || orderHash === ask.hash);
    // At the price of the order that rests.
    expect(quotes.map(({ quote }) => BigInt(quote)).sort()).toEqual([-1999n * (WAD / 2n), 1999n * (WAD / 2n)].sort());
    // Every number once, from the snapshot on.
    await until(async () => events.filter(({ type }) => type === "trade").length >= 3, 5_000, "the trades");
    controller.abort();
    await streaming;
    expect(events[0]?.type).toBe("snapshot");
    const first = events[0]?.sequence as bigint;
    expect(events.map(({ sequence }) => sequence - first)).toEqual(events.map((_, i) => BigInt(i)));
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(["snapshot", "book", "order", "trade"]));
  }, 60_000);

  test("behavior: the same order again is the same order, and a cancelled one is dropped, dead, or filled", async () => {
    const { deployment } = world.venue;
    const { submission, hash } = await submit(alice, { isBaseToQuote: false, price: parseEther("1900") });
    expect((await relayer.submit(submission)).hash).toBe(hash);
    const signature = await signOrderCancellation(alice, { deployment, order: submission.order });
    const forged = await signOrderCancellation(bob, { deployment, order: submission.order });
    expect(await refusalOf(relayer.cancel({ deployment, order: submission.order, signature: forged }))).toMatchObject({
      ...{ status: 400, code: "INVALID_SIGNATURE" },
    });
    const [cancelled] = await relayer.cancel({ deployment, order: submission.order, signature });
    // The chain does not know of it: another relayer may fill the order.
    expect(cancelled).toMatchObject({ status: "requested", reason: "cancelled by its account" });
    await until(async () => (await statusOf(hash)) === "dropped", 10_000, "the drop");
    expect(await getSignedOrder(alice, { deployment, order: submission.order })).toMatchObject({ status: "open" });

    const other = await submit(dave, { isBaseToQuote: false, price: parseEther("1900") });
    await cancelAllSignedOrdersSync(dave, { deployment });
    await until(async () => (await statusOf(other.hash)) === "dead", 10_000, "the end");
    expect(await relayer.order(other.hash as Hash)).toMatchObject({ reason: "WRONG_NONCE", filled: "0" });
    const { orders, hasMore } = await relayer.orders({ account: dave.address, limit: 1 as never });
    expect([orders.length, hasMore]).toEqual([1, false]);
  }, 40_000);

  test("behavior: a triggered order that names its maker is in the keepers' feed", async () => {
    const { deployment } = world.venue;
    const terms = { kind: "stop", triggerPrice: parseEther("1500"), maker: deployment.oracleMaker } as never;
    const base = { isBaseToQuote: true, price: 0n, isReduceOnly: true, ...(terms as object) } as Terms;
    const refused = await refusalOf(submit(bob, base));
    expect(refused).toMatchObject({ code: "RELAY_FEE_TOO_LOW", field: "order.maxRelayFeeXCD" });
    const { submission } = await submit(bob, { ...base, maxRelayFee: BigInt(refused?.limit as string) });
    const response = await fetch(`${processes.url}/v1/markets/${deployment.marketId}/triggered`);
    expect(await response.json()).toEqual({ orders: [serializeSubmission(submission)], hasMore: false });
  }, 20_000);
});

describe("validation at a block", () => {
  test("error: each limit with its code and values", async () => {
    const { deployment, faucet } = world.venue;
    const codeOf = async (taker: Party, terms: Partial<Terms>) =>
      (await refusalOf(submit(taker, { isBaseToQuote: false, price: parseEther("1900"), ...terms } as Terms)))?.code;
    const now = (await alice.getBlock()).timestamp;
    expect([
      await codeOf(alice, { expiresAt: now - 1n }),
      await codeOf(alice, { expiresAt: now + 10n ** 9n }),
      await codeOf(alice, { nonce: 9n }),
      await codeOf(alice, { maker: bob.address }),
      await codeOf(faucet, {}),
      await codeOf(dave, { isReduceOnly: true }),
      await codeOf(dave, { margin: 10n ** 15n }),
      await codeOf(dave, { amount: 10_000n * WAD }),
    ]).toEqual([
      ...["ORDER_EXPIRED", "LIFETIME_TOO_LONG", "WRONG_NONCE", "WRONG_MAKER", "NOT_AUTHORIZED", "NOTHING_TO_REDUCE"],
      ...["INSUFFICIENT_FUND", "INSUFFICIENT_MARGIN"],
    ]);
    const other = await sign(alice, { isBaseToQuote: false, price: parseEther("1900") });
    expect(await refusalOf(relayer.submit({ ...other, order: { ...other.order, marketId: 99n } }))).toMatchObject({
      status: 404,
      code: "UNKNOWN_MARKET",
      limit: String(deployment.marketId),
    });
    expect(await refusalOf(relayer.submit({ ...other, order: { ...other.order, amount: 2n * WAD } }))).toMatchObject({
      code: "INVALID_SIGNATURE",
    });
    expect(await refusalOf(relayer.order(`0x${"00".repeat(32)}`))).toMatchObject({
      status: 404,
      code: "UNKNOWN_ORDER",
    });
  }, 30_000);
});

describe("wallets", () => {
  /** JUMPDEST PUSH1 0 JUMP: uses all gas that it gets. */
  const BURNER: Hex = "0x5b600056";
  /** Reverts with nothing. */
  const REFUSER: Hex = "0x5f5ffd";

  test("behavior: a hostile wallet is refused, and no other account waits for it", async () => {
    const { deployer, anvil } = world.venue;
    const wallets = Array.from(
      { length: 12 },
      (_, i) => `0x00000000000000000000000000000000000bad${i.toString(16).padStart(2, "0")}` as Address,
    );
    for (const address of wallets) await deployer.setCode({ address, bytecode: BURNER });
    const { order } = await sign(alice, { isBaseToQuote: false, price: parseEther("1800") });
    const proxy = await startProxy(anvil.rpcUrl);
    try {
      const limited = await world.relayer({
        ...{ name: "wallets", signer: processes.signer, rpc: [proxy.url] },
        change: { signer: undefined, signatures: { concurrency: 1, waiting: 20, timeout: 3_500 } },
      });
      const front = createRelayerClient({ url: limited.url });
      // The node keeps the checks of the hostile wallets for as long as it may.
      proxy.holds = (body) => /"to":"0x0{35}bad/.test(body);
      let answered = 0;
      const attack = wallets.flatMap((account) =>
        [1n, 2n, 3n].map(async (id) => {
          const error = await refusalOf(front.submit({ order: { ...order, account, id }, signature: "0x1234" }));
          answered++;
          return error?.code ?? "";
        }),
      );
      await until(async () => proxy.held >= 1, 5_000, "the held checks");
      for (const price of ["1801", "1802", "1803"]) {
        const { status } = await front.submit(await sign(bob, { isBaseToQuote: false, price: parseEther(price) }));
        expect(status).toBe("open");
      }
      // Requests of the attacker still wait: the others were not behind them.
      expect(answered).toBeLessThan(attack.length);
      proxy.release();
      const codes = await Promise.all(attack);
      const refusals = ["SIGNATURE_CHECK_FAILED", "INVALID_SIGNATURE", "TOO_MANY_REQUESTS"];
      expect(codes.filter((code) => !refusals.includes(code))).toEqual([]);
      expect(codes).toContain("TOO_MANY_REQUESTS");
      await limited.relayer.stop();
    } finally {
      await proxy.stop();
    }
    const refuser: Address = "0x00000000000000000000000000000000000bad99";
    await deployer.setCode({ address: refuser, bytecode: REFUSER });
    expect(
      await refusalOf(relayer.submit({ order: { ...order, account: refuser }, signature: "0x1234" })),
    ).toMatchObject({
      code: "INVALID_SIGNATURE",
    });
  }, 60_000);

  test("behavior: an order deploys its Safe (ERC-6492), and the deployed Safe signs (ERC-1271)", async () => {
    const { deployer, deployment, anvil } = world.venue;
    const contracts = await deploySafeContracts(deployer);
    const operator = encodeFunctionData({
      abi: vaultAbi,
      functionName: "setOperator",
      args: [deployment.signedOrderGateway, true],
    });
    const owner = anvil.accounts[8] as DevnetAccount;
    const calls = [{ to: deployment.vault, data: operator }];
    const safe = await planSafe(deployer, { contracts, owner: owner.address, calls });
    await depositSync(carol, { deployment, amount: 5_000n * USD, account: safe.address });
    const account = safeAccount(deployer, { safe, owner });
    const chain = deployer.chain;
    const client = createWalletClient({ account, chain, transport: http(anvil.rpcUrl) });
    const terms = { deployment, kind: "market", isBaseToQuote: false, amount: WAD, price: parseEther("2100") } as const;
    const first = await signOrder(client, { ...terms, margin: 1_000n * USD });
    expect(isErc6492Signature(first.signature)).toBe(true);
    const { hash } = await relayer.submit(first);
    await ended(hash, 20_000);
    expect(await relayer.order(hash as Hash)).toMatchObject({ status: "dead", filled: String(WAD) });
    expect(await sizeOf(safe.address)).toBe(WAD);
    const second = await signOrder(client, terms);
    expect(isErc6492Signature(second.signature)).toBe(false);
    await ended((await relayer.submit(second)).hash, 20_000);
    expect(await sizeOf(safe.address)).toBe(2n * WAD);
    const { signature } = await sign(bob, { isBaseToQuote: false, price: parseEther("2100") });
    expect(await refusalOf(relayer.submit({ order: { ...second.order, id: 77n }, signature }))).toMatchObject({
      code: "INVALID_SIGNATURE",
    });
  }, 90_000);
});

describe("hostile clients", () => {
  test("behavior: no input causes an error of the server", async () => {
    const { deployment } = world.venue;
    const valid = serializeSubmission(await sign(alice, { isBaseToQuote: false, price: parseEther("1900") }));
    let state = 12_345;
    const draw = (below: number) => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
      return (state >>> 8) % below;
    };
    const junk = () =>
      [
        null,
        true,
        -1,
        1.5,
        1e308,
        "",
        "0",
        "-1",
        "1e5",
        "0x",
        "0xzz",
        "\u0000",
        "'; DROP TABLE orders; --",
        [],
        {},
        [[]],
        "9".repeat(78),
        "9".repeat(500),
        String(2n ** 256n),
        "\ud800",
      ][draw(20)];
    const mutated = (value: unknown): unknown => {
      if (draw(30) === 0) return junk();
      if (Array.isArray(value)) return value.map(mutated);
      if (typeof value !== "object" || value === null) return draw(12) === 0 ? junk() : value;
      return Object.fromEntries(
        Object.entries(value).flatMap(([key, each]) =>
          draw(25) === 0 ? [] : [[draw(40) === 0 ? "__proto__x" : key, mutated(each)]],
        ),
      );
    };
    const market = `/v1/markets/${deployment.marketId}`;
    const cancellation = { marketId: "1", account: alice.address, id: "1", signature: `0x${"00".repeat(65)}` };
    const statuses = new Map<number, number>();
    const send = async (path: string, init?: RequestInit) => {
      const response = await fetch(`${processes.url}${path}`, init);
      const text = await response.text();
      statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
      if (response.status >= 500)
        throw new Error(`${init?.method ?? "GET"} ${path} ${String(init?.body).slice(0, 200)}: ${text}`);
      if (response.status >= 400) {
        const body = JSON.parse(text) as { code?: string; message?: string };
        if (typeof body.code !== "string" || typeof body.message !== "string") throw new Error(`${path}: ${text}`);
      }
    };
    const headers = { "content-type": "application/json" };
    for (let i = 0; i < 600; i++) {
      const body = JSON.stringify(mutated(draw(4) === 0 ? cancellation : valid));
      await send(draw(4) === 0 ? "/v1/cancellations" : "/v1/orders", { method: "POST", headers, body });
    }
    for (const body of ["", "{", "null", "[]", "\u0000", "x".repeat(40_000), JSON.stringify({ order: 1 })]) {
      await send("/v1/orders", { method: "POST", headers, body });
      await send("/v1/orders", { method: "POST", headers: { "content-type": "text/plain" }, body });
    }
    for (const path of [
      ...[
        "/v1/orders/0x",
        `/v1/orders/0x${"zz".repeat(32)}`,
        "/v1/orders",
        "/v1/orders?account=0x1",
        "/v1/nothing",
        "/",
      ],
      ...[`/v1/orders?account=${alice.address}&after=-1`, `/v1/orders?account=${alice.address}&limit=0`],
      ...[
        `/v1/orders?account=${alice.address}&limit=99999`,
        `/v1/orders?account=${alice.address}&after=${"9".repeat(30)}`,
      ],
      ...[
        `${market}/book?depth=x`,
        `${market}/trades?before=x`,
        "/v1/markets/x/book",
        `/v1/markets/${"9".repeat(90)}/book`,
      ],
      ...["/v1/markets/%00/book", "/v1/orders/%27", `${market}/trades?limit=1&limit=2`, "/v1/markets/2/stream"],
    ]) {
      await send(path);
      await send(path, { method: "DELETE" });
    }
    expect(statuses.get(400)).toBeGreaterThan(100);
  }, 60_000);

  test("error: 429 with Retry-After, for the account alone", async () => {
    const limited = await world.relayer({
      ...{ name: "front", signer: processes.signer },
      change: { limits: { account: { burst: 2, perSecond: 0.5 } }, signer: undefined },
    });
    const client = createRelayerClient({ url: limited.url });
    const place = async (taker: Party) =>
      client.submit(await sign(taker, { isBaseToQuote: false, price: parseEther("1700") }));
    await place(alice);
    await place(alice);
    expect(await refusalOf(place(alice))).toMatchObject({ status: 429, code: "TOO_MANY_REQUESTS", retryAfter: 2 });
    expect((await place(bob)).status).toBe("open");
    // A front end without a signer shares the book of the matcher.
    await until(async () => {
      const { bids } = await client.book(world.venue.deployment.marketId);
      return bids.some(({ price, orders }) => price === String(parseEther("1700")) && orders === 3);
    }, 10_000);
  }, 30_000);
});

describe("the signer's process", () => {
  test("behavior: refuses a matcher without its token, and one that asks for more than settlements", async () => {
    const { signerUrl, tokenFile } = processes;
    const { readFileSync } = await import("node:fs");
    const token = readFileSync(tokenFile, "utf8");
    const ask = async (authorization: string, method: string, params: unknown[]) => {
      const response = await fetch(signerUrl, {
        method: "POST",
        headers: { "content-type": "application/json", authorization },
        body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
      });
      return { status: response.status, ...((await response.json()) as { error?: { message: string } }) };
    };
    const theft = {
      ...{
        from: world.venue.relayer.address,
        to: alice.address,
        data: "0x",
        type: "0x2",
        chainId: "0x7a69",
        nonce: "0x0",
      },
      ...{ value: "0xde0b6b3a7640000", gas: "0x5208", maxFeePerGas: "0x77359400", maxPriorityFeePerGas: "0x0" },
    };
    const context = { epochs: { [String(world.venue.deployment.marketId)]: 1 } };
    expect(await ask("Bearer wrong", "eth_signTransaction", [theft, context])).toMatchObject({ status: 401 });
    expect((await ask(`Bearer ${token}`, "eth_signTransaction", [theft, context])).error?.message).toMatch(
      /^WRONG_CONTRACT/,
    );
    expect((await ask(`Bearer ${token}`, "eth_sign", ["0x", "0x"])).error?.message).toMatch(/^NOT_A_TRANSACTION/);
    const log = [...processes.signer.lines, ...processes.relayer.lines].join("\n");
    expect(log).not.toContain(token);
    const password = readFileSync(world.venue.relayer.passwordFile, "utf8");
    expect(log).not.toContain(password);
  });
});
