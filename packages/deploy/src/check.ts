// Compares a live deployment with its configuration.
import {
  type AbiEvent,
  type Address,
  concatHex,
  decodeAbiParameters,
  getContractAddress,
  type Hex,
  isAddressEqual,
  keccak256,
  type PublicClient,
  parseAbi,
  slice,
  zeroAddress,
} from "viem";
import { type Artifact, artifactOf, eventOf } from "./artifacts.js";
import type { ExchangeConfig } from "./config.js";
import { contextOf, differencesOf, formatValue, leavesOf } from "./describe.js";
import { externalProblems } from "./external.js";
import { pathOf, type Registry } from "./registry.js";
import { isCreation, readStep, type Step } from "./steps.js";

/** One difference between the chain and the configuration. */
export type Finding = {
  /** The part that differs, as "markets.ETH.oracle.parameters" or "timelock.roles". */
  subject: string;
  kind:
    | "missing"
    | "code"
    | "arguments"
    | "owner"
    | "role"
    | "setting"
    | "approval"
    | "pool"
    | "external"
    | "account"
    | "pending";
  message: string;
};

const abi = parseAbi([
  "function owner() view returns (address)",
  "function pendingOwner() view returns (address)",
  "function hasRole(bytes32 role, address account) view returns (bool)",
  "function marketCount() view returns (uint256)",
  "function makersOf(uint256 marketId) view returns (address[])",
  "function isRetired(address maker) view returns (bool)",
  "function lpRules() view returns (uint128 depositCap, uint24 requestFee, bool isWhitelistEnded)",
  "function parameters() view returns (address adapter, uint24, uint24, uint24, uint24)",
  "function legs() view returns (uint256)",
  "function tokenAt(uint256 i) view returns (address)",
  "function poolAt(uint256 leg) view returns (address)",
  "function fee() view returns (uint24)",
  "function pathFee() view returns (uint256)",
]);

/** Contracts that a constructor creates, and the getters of their addresses. */
const NESTED: Record<string, readonly [getter: string, artifact: string][]> = {
  Vault: [["settings", "MarketSettings"]],
  ClearingHouse: [["marketAdmin", "MarketAdmin"]],
  OracleMaker: [["lpQuotes", "OracleQuotes"]],
  SpotHedgeBaseMaker: [["lpQuotes", "BaseVaultQuotes"]],
  SpotHedgeQuoteMaker: [["quoteMargin", "QuoteMargin"]],
};

/** Constructor arguments that a setter can change later: their settings are compared instead. */
const CHANGEABLE = new Set(["parameters_", "rules"]);

/** Created by the core factory, not by CREATE2. */
const CORE = new Set(["Vault", "Backstop", "ClearingHouse"]);

export type CheckParameters = {
  config: ExchangeConfig;
  steps: readonly Step[];
  client: PublicClient;
  registry: Registry;
};

/** All differences between a live deployment and its configuration; none if they agree. */
export async function check(parameters: CheckParameters): Promise<Finding[]> {
  const { client, config } = parameters;
  const external = (await externalProblems(client, config)).map(
    (message): Finding => ({ subject: "external", kind: "external", message }),
  );
  const checker = new Checker(parameters);
  return [...external, ...(await checker.run())];
}

class Checker {
  private readonly findings: Finding[] = [];
  private readonly startBlock: bigint;
  private readonly authority: Address;

  constructor(private readonly parameters: CheckParameters) {
    this.startBlock = BigInt(parameters.registry.startBlock);
    this.authority = this.timelock() ?? parameters.config.owner;
  }

  async run(): Promise<Finding[]> {
    await this.contracts();
    await this.settings();
    await this.owners();
    await this.accounts();
    await this.roles();
    await this.approvals();
    await this.markets();
    await this.pools();
    return this.findings;
  }

  private add(subject: string, kind: Finding["kind"], message: string): void {
    this.findings.push({ subject, kind, message });
  }

  private timelock(): Address | undefined {
    return this.parameters.steps.find(({ artifact }) => artifact === "TimelockController")?.creates;
  }

  private created(): Step[] {
    return this.parameters.steps.filter(isCreation);
  }

  private at(id: string): Address | undefined {
    return this.created().find((step) => step.id === id)?.creates;
  }

  /** Code, constructor arguments, and the address that follows from them. */
  private async contracts(): Promise<void> {
    const { client, registry } = this.parameters;
    for (const step of this.created()) {
      const code = await client.getCode({ address: step.creates });
      if (!code || code === "0x") {
        this.add(step.id, "missing", `${step.artifact} does not exist at ${step.creates}`);
        continue;
      }
      this.compareCode(step.id, step.creates, step.artifact, code);
      for (const [getter, artifact] of NESTED[step.artifact] ?? []) {
        await this.nested(step, getter, artifact);
      }
      const entry = registry.contracts[step.id];
      if (!entry) {
        this.add(step.id, "missing", `${step.creates} is not in the registry`);
        continue;
      }
      if (!isAddressEqual(entry.address, step.creates)) {
        this.add(step.id, "missing", `the registry has ${entry.address}, the list ${step.creates}`);
      }
      this.compareArguments(step, entry.arguments);
    }
  }

  private async nested(step: Step, getter: string, artifact: string): Promise<void> {
    const { client } = this.parameters;
    const subject = `${step.id}.${getter}`;
    const address = await client
      .readContract({
        address: step.creates,
        abi: parseAbi([`function ${getter}() view returns (address)`] as [string]) as never,
        functionName: getter as never,
      })
      .catch(() => undefined);
    const code = address && (await client.getCode({ address: address as Address }));
    if (!code || code === "0x") this.add(subject, "missing", `${artifact} does not exist at ${address}`);
    else this.compareCode(subject, address as Address, artifact, code);
  }

  private compareCode(subject: string, address: Address, artifact: string, code: Hex): void {
    if (
      maskedCode(code, artifactOf(artifact)) !== maskedCode(artifactOf(artifact).deployedBytecode, artifactOf(artifact))
    ) {
      this.add(subject, "code", `the code at ${address} is not that of ${artifact}`);
    }
  }

  /** The address commits to the arguments with which a contract was created; these are compared with the configuration's. */
  private compareArguments(step: Step, recorded: Hex): void {
    const artifact = artifactOf(step.artifact);
    // The address of the core factory commits to the three contracts that it creates.
    if (!CORE.has(step.artifact)) {
      const address = getContractAddress({
        opcode: "CREATE2",
        from: step.to,
        salt: slice(step.data, 0, 32),
        bytecodeHash: keccak256(concatHex([artifact.bytecode, recorded])),
      });
      if (!isAddressEqual(address, step.creates)) {
        this.add(step.id, "arguments", `the recorded constructor arguments yield ${address}, not ${step.creates}`);
      }
    }
    if (recorded === step.arguments) return;
    const inputs = artifact.abi.find((item) => item.type === "constructor")?.inputs ?? [];
    const [actual, expected] = [decodeAbiParameters(inputs, recorded), decodeAbiParameters(inputs, step.arguments)];
    for (const [i, input] of inputs.entries()) {
      if (input.name && CHANGEABLE.has(input.name)) continue;
      const [before, now] = [leavesOf(actual[i], input), leavesOf(expected[i], input)];
      for (const [j, [name, text]] of before.entries()) {
        if (text === now[j]?.[1]) continue;
        this.add(step.id, "arguments", `constructor argument ${name} is ${text}, configured ${now[j]?.[1]}`);
      }
    }
  }

  /** Every setting of the list. */
  private async settings(): Promise<void> {
    const { steps, client } = this.parameters;
    for (const step of steps) {
      if (isCreation(step)) continue;
      const { open, effectiveAt } = await readStep(client, step, this.startBlock);
      if (effectiveAt !== undefined) {
        this.add(step.id, "pending", `the approval takes effect at ${effectiveAt}`);
      }
      const context = contextOf(this.parameters.config, steps, step.id);
      for (const { probe, actual } of open) {
        for (const { setting, actual: now, expected } of differencesOf(probe, actual, context)) {
          const kind = step.section === "handover" && probe.name === "role" ? "role" : "setting";
          this.add(step.id, kind, `${setting} is ${now}, configured ${expected}`);
        }
      }
    }
  }

  /** Owners and announced owners of all contracts that have one. */
  private async owners(): Promise<void> {
    const { client } = this.parameters;
    for (const step of this.created()) {
      if (!hasFunction(step.artifact, "pendingOwner") || isModule(step.artifact)) continue;
      const [owner, pending] = await Promise.all([
        client.readContract({ address: step.creates, abi, functionName: "owner" }).catch(() => undefined),
        client.readContract({ address: step.creates, abi, functionName: "pendingOwner" }).catch(() => zeroAddress),
      ]);
      if (owner === undefined || !isAddressEqual(owner, this.authority)) {
        this.add(step.id, "owner", `the owner is ${owner}, configured ${this.authority}`);
      }
      if (pending !== zeroAddress) this.add(step.id, "owner", `ownership is offered to ${pending}`);
    }
  }

  /** Accounts with power must be contracts, except on test networks. A delegation by EIP-7702 is no contract: its key keeps all rights. */
  private async accounts(): Promise<void> {
    const { config } = this.parameters;
    if (config.acceptsAccounts) return;
    for (const [subject, account] of [
      ["owner", config.owner],
      ["guardian", config.guardian],
    ] as const) {
      if (account === undefined) continue;
      const problem = await this.accountProblem(account);
      if (problem) this.add(subject, "account", `${account} ${problem}`);
    }
  }

  private async accountProblem(account: Address): Promise<string | undefined> {
    const code = await this.parameters.client.getCode({ address: account });
    if (!code || code === "0x") return "is an account without contract code";
    if (code.startsWith("0xef0100")) return "is an account with a delegation (EIP-7702), which its key controls";
    return undefined;
  }

  /** All holders of roles of the timelock, from its events: OpenZeppelin's roles cannot be listed. */
  private async roles(): Promise<void> {
    const timelock = this.timelock();
    if (!timelock) return;
    const { client, config } = this.parameters;
    const names = new Map<Hex, string>();
    for (const name of ["PROPOSER_ROLE", "EXECUTOR_ROLE", "CANCELLER_ROLE"])
      names.set(keccak256(textBytes(name)), name);
    names.set(`0x${"0".repeat(64)}`, "DEFAULT_ADMIN_ROLE");
    const logs = await this.logs(timelock, eventOf("TimelockController", "RoleGranted"));
    const holders = new Map(
      logs.map((args) => [`${args.role}.${args.account}`, args as { role: Hex; account: Address }]),
    );
    for (const { role, account } of holders.values()) {
      const has = await client.readContract({ address: timelock, abi, functionName: "hasRole", args: [role, account] });
      if (!has) continue;
      const name = names.get(role) ?? role;
      const isAdmin = name === "DEFAULT_ADMIN_ROLE";
      const isExpected = isAdmin ? isAddressEqual(account, timelock) : isAddressEqual(account, config.owner);
      if (!isExpected) {
        const problem = account === zeroAddress ? "which is every account" : await this.accountProblem(account);
        this.add(
          "timelock.roles",
          "role",
          `${name} is held by ${account}${problem ? `, ${problem.replace(/^is/, "which is")}` : ""}`,
        );
      }
    }
  }

  /** Approvals that the configuration does not name, from events. */
  private async approvals(): Promise<void> {
    const { config } = this.parameters;
    const gateways = [this.at("orderGateway"), this.at("signedOrderGateway")];
    const makers = this.created().filter(({ artifact }) => isMaker(artifact));
    const requestVaults = this.created().filter(({ artifact }) => artifact === "LpRequestVault");
    const quoteMakers = makers.filter(({ artifact }) => artifact === "SpotHedgeQuoteMaker");
    await this.extra("oracle", "PythOracle", "ExecutorSet", "executor", [
      ...gateways,
      ...requestVaults.map(({ creates }) => creates),
      ...quoteMakers.map(({ creates }) => creates),
    ]);
    await this.extra("clearingHouse", "MarketAdmin", "GatewaySet", "gateway", gateways);
    await this.extra("signedOrderGateway", "SignedOrderGateway", "RelayerSet", "relayer", config.relayers);
    for (const maker of makers) {
      const market = config.markets.find(({ symbol }) => maker.id.startsWith(`markets.${symbol}.`));
      await this.extra(maker.id, maker.artifact, "WhitelistLpSet", "lp", market?.lps ?? []);
      if (maker.artifact !== "OracleMaker") continue;
      const ours = quoteMakers.filter(({ section }) => section === maker.section).map(({ creates }) => creates);
      const senders = [...gateways, this.at("clearingHouse"), ...ours];
      await this.extra(maker.id, "OracleMaker", "ValidSenderSet", "sender", senders);
    }
  }

  private async extra(
    id: string,
    artifact: string,
    event: string,
    key: string,
    expected: readonly (Address | undefined)[],
  ): Promise<void> {
    const address = this.at(id);
    if (!address) return;
    const latest = new Map<Address, boolean>();
    for (const args of await this.logs(address, eventOf(artifact, event))) {
      latest.set(args[key] as Address, args.approved as boolean);
    }
    for (const [account, approved] of latest) {
      if (!approved || expected.some((other) => other && isAddressEqual(other, account))) continue;
      this.add(`${id}.${key}s`, "approval", `${account} is approved as ${key}, and is not configured`);
    }
  }

  private async logs(address: Address, event: AbiEvent): Promise<Record<string, unknown>[]> {
    const logs = await this.parameters.client.getLogs({ address, event, fromBlock: this.startBlock });
    return logs.map(({ args }) => args as Record<string, unknown>);
  }

  /** Markets, makers and open whitelists beyond the configuration. */
  private async markets(): Promise<void> {
    const { client, config } = this.parameters;
    const house = this.at("clearingHouse");
    if (!house) return;
    const count = await client
      .readContract({ address: house, abi, functionName: "marketCount" })
      .catch(() => undefined);
    if (count !== undefined && count > BigInt(config.markets.length)) {
      this.add(
        "clearingHouse.marketCount",
        "setting",
        `there are ${count} markets, configured ${config.markets.length}`,
      );
    }
    for (const market of config.markets) {
      const ours = new Map(
        market.makers.map((maker) => [this.at(`markets.${market.symbol}.${maker.name}`)?.toLowerCase(), maker]),
      );
      const makers = await client
        .readContract({ address: house, abi, functionName: "makersOf", args: [BigInt(market.id)] })
        .catch(() => [] as readonly Address[]);
      for (const address of makers) {
        const maker = ours.get(address.toLowerCase());
        const subject = `markets.${market.symbol}.${maker?.name ?? "makers"}`;
        if (!maker) {
          this.add(subject, "approval", `${address} is registered as maker, and is not configured`);
          continue;
        }
        if (await client.readContract({ address: house, abi, functionName: "isRetired", args: [address] })) {
          this.add(subject, "setting", `${address} is retired`);
        }
        if (maker.openToAll) continue;
        const rules = await client.readContract({ address, abi, functionName: "lpRules" });
        if (rules[2])
          this.add(`${subject}.whitelist`, "setting", "the whitelist has ended, configured: LPs of the list only");
      }
    }
  }

  /** Pools of the adapters that makers use now. */
  private async pools(): Promise<void> {
    const { client, config } = this.parameters;
    for (const market of config.markets) {
      for (const maker of market.makers) {
        if (maker.kind === "oracle") continue;
        const subject = `markets.${market.symbol}.${maker.name}.path`;
        const address = this.at(`markets.${market.symbol}.${maker.name}`);
        if (!address) continue;
        const parameters = await client
          .readContract({ address, abi, functionName: "parameters" })
          .catch(() => undefined);
        if (!parameters) continue;
        const adapter = { address: parameters[0], abi } as const;
        const { tokens, fees } = pathOf(maker, market.base.address, config.collateral.address);
        const legs = await client.readContract({ ...adapter, functionName: "legs" }).catch(() => 0n);
        if (legs !== BigInt(fees.length)) {
          this.add(subject, "pool", `the adapter ${adapter.address} has ${legs} pools, configured ${fees.length}`);
          continue;
        }
        for (const [i, token] of tokens.entries()) {
          const actual = await client.readContract({ ...adapter, functionName: "tokenAt", args: [BigInt(i)] });
          if (!isAddressEqual(actual, token)) this.add(subject, "pool", `token ${i} is ${actual}, configured ${token}`);
        }
        if (!("uniswapV3Factory" in maker.path)) continue;
        for (const [i, fee] of fees.entries()) {
          const pool = await client.readContract({ ...adapter, functionName: "poolAt", args: [BigInt(i)] });
          const actual = await client.readContract({ address: pool, abi, functionName: "fee" }).catch(() => undefined);
          if (actual !== fee) {
            this.add(
              subject,
              "pool",
              `pool ${pool} has the fee ${formatValue(actual ?? 0, "tradingFee")}, configured ${formatValue(fee, "tradingFee")}`,
            );
          }
        }
      }
    }
  }
}

/** Code without the values of immutables. */
function maskedCode(code: Hex, { immutables }: Artifact): string {
  const characters = code.toLowerCase().split("");
  for (const { start, length } of immutables) characters.fill("0", 2 + 2 * start, 2 + 2 * (start + length));
  return characters.join("");
}

const hasFunction = (artifact: string, name: string) =>
  artifactOf(artifact).abi.some((item) => item.type === "function" && item.name === name);

/** Modules own themselves, so that their owner functions revert when they are called directly. */
const isModule = (artifact: string) => /Module$|Quotes$/.test(artifact);
const isMaker = (artifact: string) => /^(OracleMaker|SpotHedge(Base|Quote)Maker)$/.test(artifact);
const textBytes = (text: string) => new TextEncoder().encode(text);
