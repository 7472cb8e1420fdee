// Faults of a live deployment that `check` must name: each one is planted alone, and undone afterwards.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { forgeArtifact } from "@counterpoise/devnet";
import { createSigner, Secrets } from "@counterpoise/service-kit";
import { type Address, encodeDeployData, encodeFunctionData, type Hex, keccak256, pad, parseAbi, toHex } from "viem";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { artifactOf } from "../src/artifacts.js";
import type { Finding } from "../src/check.js";
import { type ExchangeConfig, loadConfig } from "../src/config.js";
import { apply, check, openDeployment } from "../src/deployment.js";
import { type Registry, readRegistry } from "../src/registry.js";
import type { Step } from "../src/steps.js";
import { configOf, startWorld, testClient, type World, writeConfig } from "./world.js";

const STRANGER = "0x00000000000000000000000000000000000a11ce";
const PROPOSER = keccak256(toHex("PROPOSER_ROLE"));

describe("check", () => {
  let world: World;
  let folder: string;
  let config: ExchangeConfig;
  let steps: readonly Step[];
  let registry: Registry;
  let snapshot: Hex;

  beforeAll(async () => {
    world = await startWorld();
    folder = mkdtempSync(path.join(tmpdir(), "counterpoise-registry-"));
    config = loadConfig(writeConfig(configOf(world)));
    const open = () => openDeployment({ config, rpcUrl: world.anvil.rpcUrl, registry: folder });
    const deployment = await open();
    const signer = createSigner({
      config: { type: "unlocked", address: world.deployer },
      chainId: world.anvil.chainId,
      secrets: new Secrets(),
      request: (method, params) => world.reader.request({ method, params } as never),
    });
    expect((await apply(deployment, { signer, pollInterval: 20 })).isComplete).toBe(true);
    const complete = await open();
    ({ steps } = complete);
    registry = readRegistry(complete.file) as Registry;
    snapshot = await testClient(world).snapshot();
  });
  afterAll(() => world?.anvil.stop());
  afterEach(async () => {
    await testClient(world).revert({ id: snapshot });
    snapshot = await testClient(world).snapshot();
  });

  const findings = async (overrides: Partial<ExchangeConfig> = {}, other: Registry = registry): Promise<Finding[]> => {
    const changed = { ...config, ...overrides };
    const deployment = await openDeployment({ config: changed, rpcUrl: world.anvil.rpcUrl, registry: folder, steps });
    return check({ ...deployment, registry: other });
  };
  const text = async (...parameters: Parameters<typeof findings>) =>
    (await findings(...parameters)).map(({ subject, kind, message }) => `${subject} (${kind}): ${message}`).join("\n");

  const at = (id: string): Address => registry.contracts[id]?.address as Address;
  /** A call by an account without its key. */
  const as = async (from: Address, to: Address, signature: string, args: readonly unknown[] = []) => {
    const client = testClient(world);
    await client.setBalance({ address: from, value: 10n ** 18n });
    const data = encodeFunctionData({ abi: parseAbi([signature]), args } as never);
    await client.impersonateAccount({ address: from });
    const hash = await client.sendUnsignedTransaction({ from, to, data, gas: 10_000_000n } as never);
    const receipt = await world.reader.waitForTransactionReceipt({ hash });
    expect(receipt.status).toBe("success");
  };
  const owner = (to: Address, signature: string, args: readonly unknown[] = []) =>
    as(at("timelock"), to, signature, args);

  test("no fault", async () => {
    expect(await text()).toBe("");
  });

  test("1: another owner", async () => {
    await owner(at("oracle"), "function transferOwnership(address)", [STRANGER]);
    await as(STRANGER, at("oracle"), "function acceptOwnership()");
    expect(await text()).toMatch(/oracle \(owner\): the owner is 0x0{35}a11[cC][eE]/i);
  });

  test("2: ownership that is offered", async () => {
    await owner(at("markets.ETH.base"), "function transferOwnership(address)", [STRANGER]);
    expect(await text()).toMatch(/markets.ETH.base \(owner\): ownership is offered to 0x0{35}a11ce/i);
  });

  test("3: a role held by an account without contract code", async () => {
    await owner(at("timelock"), "function grantRole(bytes32, address)", [PROPOSER, STRANGER]);
    expect(await text()).toMatch(
      /timelock.roles \(role\): PROPOSER_ROLE is held by 0x0{35}a11ce, which is an account without contract code/i,
    );
  });

  test("4: a role held by an account with a delegation", async () => {
    await testClient(world).setCode({ address: STRANGER, bytecode: `0xef0100${at("lens").slice(2)}` as Hex });
    await owner(at("timelock"), "function grantRole(bytes32, address)", [PROPOSER, STRANGER]);
    expect(await text()).toMatch(/PROPOSER_ROLE is held by .*, which is an account with a delegation \(EIP-7702\)/);
  });

  test("5: no seal", async () => {
    const [oracle, client] = [at("oracle"), testClient(world)];
    const isSealed = () =>
      world.reader.readContract({
        address: oracle,
        abi: parseAbi(["function isSealed() view returns (bool)"]),
        functionName: "isSealed",
      });
    for (let slot = 0; slot < 30 && (await isSealed()); slot++) {
      const index = toHex(slot, { size: 32 });
      const before = await world.reader.getStorageAt({ address: oracle, slot: index });
      if (before !== pad("0x01")) continue;
      await client.setStorageAt({ address: oracle, index, value: pad("0x00") });
    }
    expect(await isSealed()).toBe(false);
    expect(await text()).toMatch(/handover.seal \(setting\)/);
  });

  test("6: other code", async () => {
    const address = at("orderGateway");
    const code = (await world.reader.getCode({ address })) as Hex;
    await testClient(world).setCode({ address, bytecode: `${code.slice(0, -2)}00` as Hex });
    expect(await text()).toContain(`orderGateway (code): the code at ${address} is not that of OrderGateway`);
  });

  test("7: other code of a module", async () => {
    const address = await world.reader.readContract({
      address: at("clearingHouse"),
      abi: parseAbi(["function marketAdmin() view returns (address)"]),
      functionName: "marketAdmin",
    });
    await testClient(world).setCode({ address, bytecode: artifactOf("ExchangeLens").deployedBytecode });
    expect(await text()).toContain(
      `clearingHouse.marketAdmin (code): the code at ${address} is not that of MarketAdmin`,
    );
  });

  test("8: the feed of another asset", async () => {
    const { abi } = artifactOf("PythOracle");
    const feed = await world.reader.readContract({ address: at("oracle"), abi, functionName: "feedOf", args: [1n] });
    const data = encodeFunctionData({
      abi,
      functionName: "proposeFeed",
      args: [1n, { ...(feed as object), pythId: keccak256(toHex("DOGE/USD")) }],
    });
    const client = testClient(world);
    await client.setBalance({ address: at("timelock"), value: 10n ** 18n });
    await client.impersonateAccount({ address: at("timelock") });
    await client.sendUnsignedTransaction({ from: at("timelock"), to: at("oracle"), data, gas: 1_000_000n } as never);
    await client.increaseTime({ seconds: 2 * 86_400 + 1 });
    await client.mine({ blocks: 1 });
    expect(await text()).toContain(`markets.ETH.feed (setting): feed.pythId is ${keccak256(toHex("DOGE/USD"))}`);
  });

  test("9: a pool with another fee", async () => {
    const { abi, bytecode } = forgeArtifact("UniswapV3Adapter");
    const args = [world.uniswap.factory, [world.uniswap.weth.address, world.collateral], [3_000]] as const;
    const hash = await testClient(world).sendUnsignedTransaction({
      from: world.deployer,
      data: encodeDeployData({ abi, bytecode, args }),
      gas: 10_000_000n,
    } as never);
    const { contractAddress } = await world.reader.waitForTransactionReceipt({ hash });
    await owner(at("markets.ETH.base"), "function setParameters((address, uint24, uint24, uint24, uint24))", [
      [contractAddress, 20_000, 500_000, 0, 20_000],
    ]);
    const found = await text();
    expect(found).toMatch(/markets.ETH.base.path \(pool\): pool 0x\w+ has the fee 0.3%, configured 0.05%/);
    expect(found.toLowerCase()).toContain(
      `markets.eth.base.parameters (setting): parameters.adapter is ${contractAddress}`.toLowerCase(),
    );
  });

  test("10: a timelock without a delay", async () => {
    await owner(at("timelock"), "function updateDelay(uint256)", [0n]);
    expect(await text()).toContain("handover.delay (setting): timelockDelay is 0s, configured 2d");
  });

  test("11: an open whitelist", async () => {
    await owner(at("markets.ETH.quote"), "function endWhitelist()");
    expect(await text()).toContain("markets.ETH.quote.whitelist (setting): the whitelist has ended");
  });

  const approvals = [
    ["12", "oracle", "function setExecutor(address, bool)", "oracle.executors (approval)", "executor"],
    ["13", "clearingHouse", "function setGateway(address, bool)", "clearingHouse.gateways (approval)", "gateway"],
    [
      "14",
      "signedOrderGateway",
      "function setRelayer(address, bool)",
      "signedOrderGateway.relayers (approval)",
      "relayer",
    ],
    [
      "15",
      "markets.ETH.oracle",
      "function setValidSender(address, bool)",
      "markets.ETH.oracle.senders (approval)",
      "sender",
    ],
    ["16", "markets.ETH.base", "function setWhitelistLp(address, bool)", "markets.ETH.base.lps (approval)", "lp"],
  ] as const;
  test.each(approvals)("%s: an approval of %s that is not configured", async (_, id, signature, subject, name) => {
    await owner(at(id), signature, [STRANGER, true]);
    expect((await text()).toLowerCase()).toContain(
      `${subject}: ${STRANGER} is approved as ${name}, and is not configured`.toLowerCase(),
    );
  });

  const settings = [
    [
      "17: another guardian",
      "clearingHouse",
      "function setGuardian(address)",
      [STRANGER],
      /exchange.guardian \(setting\): guardian/,
    ],
    [
      ...["18: another trading fee", "clearingHouse"],
      "function setRules(uint256, (uint24, uint24, uint24, uint24, uint96, uint128, uint32, uint32))",
      [1n, [50_000, 900, 10_000, 50_000, 10n ** 19n, 5n * 10n ** 18n, 3_600, 259_200]],
      /markets.ETH.rules \(setting\): rules.tradingFee is 0.09%, configured 0.05%/,
    ],
    [
      ...["19: another funding rate", "clearingHouse", "function setFunding(uint256, uint64, uint64, uint128)"],
      [1n, 1_157_407_400_000n, 20_093_878n, 250n * 10n ** 18n],
      /markets.ETH.funding \(setting\): funding/,
    ],
    [
      ...["20: no deposit cap", "markets.ETH.base", "function setLpRules(uint128, uint24)"],
      [2n ** 128n - 1n, 500],
      /markets.ETH.base.depositCap \(setting\): lpRules.depositCap is none, configured 1000/,
    ],
    [
      ...["21: a retired maker", "clearingHouse", "function retireMaker(address)"],
      ["markets.ETH.oracle"],
      /markets.ETH.oracle \(setting\): 0x\w+ is retired/,
    ],
    [
      ...["22: other rules of requests", "markets.ETH.oracle.requestVault"],
      "function setRules((uint32, uint32, uint128))",
      [[30, 60, 10n ** 14n]],
      /markets.ETH.oracle.requestRules \(setting\): requestRules.delay is 30s, configured 3s/,
    ],
    [
      ...["23: a request vault that ignores a gateway", "markets.ETH.oracle.requestVault"],
      "function setGateways(address[])",
      [["orderGateway"]],
      /markets.ETH.oracle.requestGateways \(setting\)/,
    ],
    [
      ...["24: no limit of outflows", "breaker", "function removeLimit(address)"],
      ["collateral"],
      /breaker.0x\w+.limit \(setting\)/,
    ],
    [
      ...["25: a gateway that cannot set prices", "oracle", "function setExecutor(address, bool)"],
      ["orderGateway", false],
      /exchange.orderGateway.executor \(setting\): executor is not approved/,
    ],
    [
      ...["26: other parameters of a maker", "markets.ETH.oracle"],
      "function setParameters((uint24, uint24, uint104, uint24, uint24, uint24))",
      [[10_000, 100_000, 900n * 10n ** 18n, 200, 1_000_000, 1_000]],
      /markets.ETH.oracle.parameters \(setting\): parameters.maxAbsPosition is 900, configured 500/,
    ],
  ] as unknown as [string, string, string, unknown[], RegExp][];
  test.each(settings)("%s", async (_, id, signature, args, expected) => {
    const resolve = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(resolve);
      if (value === "collateral") return world.collateral;
      return typeof value === "string" && registry.contracts[value] ? at(value) : value;
    };
    await owner(at(id), signature, resolve(args) as unknown[]);
    expect(await text()).toMatch(expected);
  });

  test("27: an owner without contract code, where accounts are not accepted", async () => {
    expect(await text({ acceptsAccounts: false })).toMatch(
      /owner \(account\): 0x\w+ is an account without contract code/,
    );
  });

  test("28: a token with other decimals", async () => {
    expect(await text({ collateral: { ...config.collateral, decimals: 18 } })).toMatch(
      /external \(external\): collateral: 0x\w+ has 6 decimals, configured 18/,
    );
  });

  test("29: other constructor arguments", async () => {
    const lens = registry.contracts.lens as Registry["contracts"][string];
    const other = { ...lens, arguments: pad(STRANGER) };
    const found = await text({}, { ...registry, contracts: { ...registry.contracts, lens: other } });
    expect(found).toMatch(/lens \(arguments\): the recorded constructor arguments yield 0x\w+, not/);
    expect(found).toMatch(/lens \(arguments\): constructor argument clearingHouse_ is 0x0{35}a11ce/i);
  });

  test("30: a contract that does not exist", async () => {
    await testClient(world).setCode({ address: at("verifier"), bytecode: "0x" });
    expect(await text()).toContain(`verifier (missing): CounterfactualVerifier does not exist at ${at("verifier")}`);
  });
});
