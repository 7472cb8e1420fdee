// The command as a process: it prints its addresses, trades, leaves no process, and goes on where it ended.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { createRelayerClient } from "@counterpoise/relayer-client";
import {
  depositLpSync,
  depositToMarginSync,
  getPosition,
  parseDeployment,
  setOperatorSync,
  signOrder,
} from "@counterpoise/sdk";
import { isAlive } from "@counterpoise/service-kit";
import { createWalletClient, erc20Abi, type Hash, http, parseEther, publicActions } from "viem";
import { generatePrivateKey, mnemonicToAccount, privateKeyToAccount } from "viem/accounts";
import { readContract } from "viem/actions";
import { foundry } from "viem/chains";
import { afterAll, expect, test } from "vitest";
import { until } from "./harness.js";

const folder = mkdtempSync(path.join(tmpdir(), "counterpoise-command-"));
afterAll(() => {
  const location = path.join(folder, "postgres/location");
  if (existsSync(location)) rmSync(readFileSync(location, "utf8").trim(), { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
});

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const ports = ["rpc", "price", "faucet", "keeper", "relayer", "indexer", "web"].flatMap((name) => [
  `--${name}-port`,
  "0",
]);

function start(...args: string[]) {
  const child = spawn(process.execPath, ["--import", "tsx", main, "--folder", folder, ...ports, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
  }
  const exited = new Promise<number | null>((resolve) => child.once("close", resolve));
  return {
    child,
    exited,
    text: () => text,
    ready: () =>
      until(
        async () => text.includes("Ctrl-C ends it") || child.exitCode !== null,
        60_000,
        () => text,
      ),
    value: (name: string) => text.match(new RegExp(`^  ${name}\\s+(\\S+)`, "m"))?.[1] as string,
  };
}

async function rpc(url: string, method: string, params: unknown[] = []): Promise<string> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  const response = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
  return ((await response.json()) as { result: string }).result;
}

/** The processes below a process, as Linux lists them. */
function descendants(pid: number): number[] {
  const parents = readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      return [
        [
          Number(name),
          Number(
            readFileSync(`/proc/${name}/stat`, "utf8")
              .replace(/^.*\) /, "")
              .split(" ")[1],
          ),
        ] as const,
      ];
    } catch {
      return [];
    }
  });
  const below = (parent: number): number[] =>
    parents.filter(([, each]) => each === parent).flatMap(([each]) => [each, ...below(each)]);
  return below(pid);
}

/** The compilers of tsx and of the keeper's bundle: they end when the command's end closes their input, a little after it. */
const isCompiler = (pid: number): boolean => {
  try {
    return /esbuild[^\0]*\0--service/.test(readFileSync(`/proc/${pid}/cmdline`, "latin1"));
  } catch {
    return false;
  }
};

/** Checks that none of the processes is left. */
async function expectEnded({ own, compilers }: { own: number[]; compilers: number[] }): Promise<void> {
  expect(own.filter(isAlive)).toEqual([]);
  await until(
    async () => !compilers.some(isAlive),
    2_000,
    () => `the end of ${compilers.filter(isAlive)}`,
  );
}

function childrenOf(pid: number): { own: number[]; compilers: number[] } {
  const all = descendants(pid);
  const compilers = all.filter(isCompiler);
  return { own: all.filter((each) => !compilers.includes(each)), compilers };
}

/** A new trader and an LP use the venue as other programs do: by HTTP and RPC. */
async function tradesAndProvides(rpcUrl: string, faucet: string, relayerUrl: string, file: string): Promise<void> {
  const deployment = parseDeployment(JSON.parse(readFileSync(file, "utf8")));
  const chain = { ...foundry, id: deployment.chainId };
  const transport = http(rpcUrl);
  const account = privateKeyToAccount(generatePrivateKey());
  const trader = createWalletClient({ account, chain, transport }).extend(publicActions);
  const { address } = account;
  const gift = await fetch(faucet, { method: "POST", body: JSON.stringify({ address }) });
  const { collateral } = (await gift.json()) as { collateral: string };
  const amount = BigInt(collateral);
  await until(async () => (await trader.getBalance({ address })) > 0n, 10_000, "the faucet");
  const approval = { abi: erc20Abi, functionName: "approve", args: [deployment.vault, amount] } as const;
  await trader.waitForTransactionReceipt({
    hash: await trader.writeContract({ address: deployment.collateral, ...approval }),
  });
  await depositToMarginSync(trader, { deployment, amount });
  await setOperatorSync(trader, { deployment, operator: deployment.signedOrderGateway, approved: true });

  const relayer = createRelayerClient({ url: relayerUrl });
  const [market] = await relayer.markets();
  expect(market).toMatchObject({ marketId: "1", signedOrderGateway: deployment.signedOrderGateway });
  const base = parseEther("1");
  const price = BigInt(market?.price ?? 0) * 2n || parseEther("4000");
  const signed = await signOrder(trader, { deployment, kind: "market", isBaseToQuote: false, amount: base, price });
  const { hash } = await relayer.submit(signed);
  await until(
    async () => (await relayer.order(hash as Hash)).status === "dead",
    10_000,
    () => `the fill of ${hash}`,
  );
  expect((await getPosition(trader, { deployment, account: address })).size).toBe(base);
  const { trades } = await relayer.trades(deployment.marketId);
  const own = trades.find(({ orderHash }) => orderHash === hash);
  expect(own).toMatchObject({ base: String(base) });
  await trader.getTransactionReceipt({ hash: own?.transactionHash as Hash });
  // The agents of the stack use the same API.
  await until(
    async () => {
      const page = await relayer.trades(deployment.marketId);
      return page.trades.some((each) => each.account !== address.toLowerCase());
    },
    20_000,
    "a trade of an agent",
  );

  // The second LP; its key is public.
  const lp = createWalletClient({
    account: mnemonicToAccount("test test test test test test test test test test test junk", { addressIndex: 4 }),
    ...{ chain, transport },
  });
  const before = await getLpPosition(lp, deployment.oracleMaker);
  await depositLpSync(lp, { maker: deployment.oracleMaker, amount: 1_000_000_000n, minShares: 1n });
  expect(await getLpPosition(lp, deployment.oracleMaker)).toBeGreaterThan(before);
}

const getLpPosition = async (
  client: { account: { address: `0x${string}` } } & Parameters<typeof readContract>[0],
  maker: `0x${string}`,
) => readContract(client, { address: maker, abi: erc20Abi, functionName: "balanceOf", args: [client.account.address] });

test.skipIf(process.platform !== "linux")(
  "default: starts, pays from the faucet, leaves no process, and goes on",
  async () => {
    const first = start();
    await first.ready();
    const [url, faucet, keeper] = [
      first.value("chain"),
      first.text().match(/POST (\S+)/)?.[1] as string,
      first.value("keepers"),
    ];
    expect(Number(await rpc(url, "eth_chainId"))).toBe(31_337);
    const address = "0x00000000000000000000000000000000000000aa";
    const gift = () => fetch(faucet, { method: "POST", body: JSON.stringify({ address }) });
    expect((await gift()).status).toBe(200);
    expect((await gift()).status).toBe(429);
    expect((await fetch(faucet, { method: "POST", body: "{}" })).status).toBe(400);
    await until(
      async () => BigInt(await rpc(url, "eth_getBalance", [address, "latest"])) === 10n ** 19n,
      10_000,
      "the gift",
    );
    await until(async () => (await fetch(keeper)).status === 200, 15_000, "a healthy keeper");
    await tradesAndProvides(first.value("chain"), faucet, first.value("relayer"), first.value("deployment"));
    // It begins to listen after the stack has printed its address.
    const indexed = (each: typeof first) =>
      fetch(`${each.value("indexer")}/v1/health`).then(
        ({ status }) => status === 200,
        () => false,
      );
    await until(() => indexed(first), 30_000, "an index of the chain");
    const block = Number(await rpc(url, "eth_blockNumber"));
    const children = childrenOf(first.child.pid as number);
    expect(children.own.length).toBeGreaterThanOrEqual(6);
    first.child.kill("SIGINT");
    expect(await first.exited).toBe(0);
    await expectEnded(children);

    const second = start();
    await second.ready();
    expect(second.text()).toContain("going on from the last start");
    expect(Number(await rpc(second.value("chain"), "eth_blockNumber"))).toBeGreaterThanOrEqual(block);
    expect(BigInt(await rpc(second.value("chain"), "eth_getBalance", [address, "latest"]))).toBe(10n ** 19n);
    const others = childrenOf(second.child.pid as number);
    second.child.kill("SIGTERM");
    expect(await second.exited).toBe(0);
    await expectEnded(others);
  },
  300_000,
);
