import {
  type Address,
  encodeFunctionData,
  type Hex,
  isAddressEqual,
  keccak256,
  type PublicClient,
  parseAbi,
  toHex,
  zeroAddress,
  zeroHash,
} from "viem";
import type { ExchangeConfig } from "./config.js";
import { StepRevertedError, UnstableStateError, WrongSignerError } from "./errors.js";
import type { Call, TransactionSender } from "./sender.js";
import { isCreation, readStep, type Step } from "./steps.js";

const timelockAbi = parseAbi([
  "function PROPOSER_ROLE() view returns (bytes32)",
  "function hasRole(bytes32 role, address account) view returns (bool)",
  "function getMinDelay() view returns (uint256)",
  "function hashOperationBatch(address[] targets, uint256[] values, bytes[] payloads, bytes32 predecessor, bytes32 salt) view returns (bytes32)",
  "function getTimestamp(bytes32 id) view returns (uint256)",
  "function scheduleBatch(address[] targets, uint256[] values, bytes[] payloads, bytes32 predecessor, bytes32 salt, uint256 delay)",
  "function executeBatch(address[] targets, uint256[] values, bytes[] payloads, bytes32 predecessor, bytes32 salt) payable",
]);

/** OpenZeppelin's timestamp of an operation that has been executed. */
const DONE_TIMESTAMP = 1n;

/** Calls that another account must send. */
export type PrintedBatch = {
  /** The section of the list, as "markets.ETH". */
  section: string;
  /** The account that sends the transactions: a Safe, or the proposer of the timelock. */
  from: Address;
  /** Purpose of the transactions: propose, execute after the delay, or the calls themselves. */
  kind: "call" | "schedule" | "execute";
  transactions: Call[];
};

export type ApplyResult = {
  /** Whether every step is done. */
  isComplete: boolean;
  /** Ids of steps that this run executed. */
  executed: string[];
  /** Transactions of this run. */
  transactions: number;
  printed: PrintedBatch[];
  /** An operation of the timelock that cannot be executed yet. */
  waiting?: { section: string; operation: Hex; readyAt: bigint };
};

export type ApplyParameters = {
  config: ExchangeConfig;
  steps: readonly Step[];
  client: PublicClient;
  startBlock: bigint;
  /** Undefined: every call is printed. */
  sender?: TransactionSender | undefined;
  /** Prints calls of owners instead of sending them. */
  prints?: boolean | undefined;
  /** Blocks after which the result is read again. Default 0. */
  confirmations?: number | undefined;
  /** Called after each contract that exists, to write the registry. */
  onCreated?: (step: Step) => void;
  log?: (line: string) => void;
};

/** Passes over the list: one that executes, and more if a reorganisation or another account undoes a step. */
const MAX_PASSES = 10;

/** The account's nonce or the state changed in the middle of a pass. */
class StateChanged extends Error {}

/**
 * Executes the list.
 *
 * @throws {@link WrongSignerError} for a call of another account, unless it is printed
 * @throws `StepRevertedError` for a transaction that reverts
 * @throws {@link UnstableStateError} if steps are undone again and again
 */
export async function apply(parameters: ApplyParameters): Promise<ApplyResult> {
  const { client, sender, confirmations = 0 } = parameters;
  await sender?.settle();
  const result: ApplyResult = { isComplete: false, executed: [], transactions: 0, printed: [] };
  let open: string[] = [];
  let refused: string | undefined;
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const before = result.transactions;
    try {
      open = await new Pass(parameters, result).run();
    } catch (error) {
      // A step that cannot be estimated reverts, or a reorganisation undid a step before it: the next pass shows which.
      const isFirst = error instanceof StepRevertedError && error.hash === "0x" && error.step !== refused;
      if (!isFirst && !(error instanceof StateChanged)) throw error;
      if (isFirst) refused = error.step;
      // A pass that was interrupted after it had executed steps has made progress.
      if (result.transactions > before) pass--;
      continue;
    }
    if (result.waiting || result.printed.length > 0) return result;
    if (open.length === 0 && result.transactions === before) return { ...result, isComplete: true };
    if (confirmations > 0) await blocksFrom(client, confirmations);
  }
  throw new UnstableStateError(open, MAX_PASSES);
}

async function blocksFrom(client: PublicClient, count: number): Promise<void> {
  const target = (await client.getBlockNumber()) + BigInt(count);
  while ((await client.getBlockNumber()) < target) await new Promise((resolve) => setTimeout(resolve, 1_000));
}

class Pass {
  private readonly open: string[] = [];
  /** Outstanding calls of the section for its owner. */
  private batch: Step[] = [];

  constructor(
    private readonly parameters: ApplyParameters,
    private readonly result: ApplyResult,
  ) {}

  /** Goes through the list once. Returns the ids of steps that it had to execute or to print. */
  async run(): Promise<string[]> {
    const { steps, client, startBlock } = this.parameters;
    let section = "";
    for (const step of steps) {
      if (step.section !== section) {
        if (!(await this.flush(section))) return this.open;
        section = step.section;
      }
      const { isDone } = await readStep(client, step, startBlock);
      if (isDone) {
        if (isCreation(step)) this.parameters.onCreated?.(step);
        continue;
      }
      this.open.push(step.id);
      if (step.by === zeroAddress) await this.sendOpen(step);
      else if (await this.isDirect(step)) await this.send(step.id, step, false);
      else this.batch.push(step);
    }
    await this.flush(section);
    return this.open;
  }

  /** A step that any account may send. */
  private async sendOpen(step: Step): Promise<void> {
    const { sender, onCreated } = this.parameters;
    if (!sender) return this.print(step.section, zeroAddress, "call", [step]);
    await this.send(step.id, step, isCreation(step));
    if (isCreation(step)) onCreated?.(step);
  }

  private async isDirect({ by, id }: Step): Promise<boolean> {
    const { sender, prints } = this.parameters;
    if (sender && !prints && isAddressEqual(by, sender.address)) return true;
    if (prints || !sender) return false;
    // A contract acts through a batch: the timelock, or a Safe whose calls are printed.
    if (!(await this.hasCode(by))) throw new WrongSignerError(id, sender.address, by);
    return false;
  }

  private async hasCode(account: Address): Promise<boolean> {
    const code = await this.parameters.client.getCode({ address: account });
    return code !== undefined && code !== "0x" && !code.startsWith("0xef0100");
  }

  private async send(id: string, call: Call, isCreated: boolean): Promise<void> {
    const { sender, log } = this.parameters;
    if (!sender) throw new WrongSignerError(id, undefined, zeroAddress);
    const receipt = await sender.send(id, { to: call.to, value: call.value, data: call.data }, isCreated);
    if (!receipt) throw new StateChanged();
    this.result.transactions++;
    this.result.executed.push(id);
    log?.(`${id}: ${receipt.transactionHash}, ${receipt.gasUsed} gas`);
  }

  private print(section: string, from: Address, kind: PrintedBatch["kind"], calls: readonly Call[]): void {
    const { printed } = this.result;
    const transactions = calls.map(({ to, value, data }) => ({ to, value, data }));
    const last = printed.at(-1);
    if (last && last.section === section && last.from === from && last.kind === kind) {
      last.transactions.push(...transactions);
    } else printed.push({ section, from, kind, transactions });
  }

  /** Executes the outstanding calls of a section as one batch. Returns whether the list can go on. */
  private async flush(section: string): Promise<boolean> {
    const { batch } = this;
    this.batch = [];
    const [first] = batch;
    if (!first) return this.result.printed.length === 0;
    const timelock = this.parameters.steps.find(({ artifact }) => artifact === "TimelockController")?.creates;
    if (timelock === undefined || !isAddressEqual(first.by, timelock)) {
      this.print(section, first.by, "call", batch);
      return false;
    }
    return this.runOperation(timelock, section, batch);
  }

  /** Proposes and executes an operation of the timelock, as far as its delay and the signer's role admit. */
  private async runOperation(address: Address, section: string, batch: readonly Step[]): Promise<boolean> {
    const { client, sender, prints, config } = this.parameters;
    const calls = [
      batch.map(({ to }) => to),
      batch.map(({ value }) => value),
      batch.map(({ data }) => data),
      zeroHash,
    ] as const;
    const timelock = { address, abi: timelockAbi } as const;
    // An operation is executed once. The same calls again, after another account has changed the settings, need another salt.
    let salt = zeroHash as Hex;
    let operation = zeroHash as Hex;
    let timestamp = 0n;
    for (let attempt = 0; ; attempt++) {
      salt = keccak256(toHex(`${config.name}.${section}.${attempt}`));
      operation = await client.readContract({
        ...timelock,
        functionName: "hashOperationBatch",
        args: [...calls, salt],
      });
      timestamp = await client.readContract({ ...timelock, functionName: "getTimestamp", args: [operation] });
      if (timestamp !== DONE_TIMESTAMP) break;
    }
    const delay = await client.readContract({ ...timelock, functionName: "getMinDelay" });
    const schedule = {
      to: address,
      value: 0n,
      data: encodeFunctionData({ abi: timelockAbi, functionName: "scheduleBatch", args: [...calls, salt, delay] }),
    };
    const execute = {
      to: address,
      value: batch.reduce((sum, { value }) => sum + value, 0n),
      data: encodeFunctionData({ abi: timelockAbi, functionName: "executeBatch", args: [...calls, salt] }),
    };
    const role = await client.readContract({ ...timelock, functionName: "PROPOSER_ROLE" });
    const maySend =
      sender !== undefined &&
      !prints &&
      (await client.readContract({ ...timelock, functionName: "hasRole", args: [role, sender.address] }));
    if (!maySend && sender && !prints && !(await this.hasCode(config.owner)) && sender.address !== config.owner) {
      throw new WrongSignerError(section, sender.address, config.deployer ?? config.owner);
    }
    if (timestamp === 0n) {
      if (!maySend) {
        this.print(section, config.owner, "schedule", [schedule]);
        return false;
      }
      await this.send(`${section}.schedule`, schedule, false);
      timestamp = await client.readContract({ ...timelock, functionName: "getTimestamp", args: [operation] });
      if (timestamp === 0n) return false;
    }
    const { timestamp: now } = await client.getBlock();
    if (timestamp > now) {
      this.result.waiting = { section, operation, readyAt: timestamp };
      return false;
    }
    if (!maySend) {
      this.print(section, config.owner, "execute", [execute]);
      return false;
    }
    await this.send(`${section}.execute`, execute, false);
    return true;
  }
}

/** A batch in the format of the Safe's transaction builder. */
export const safeTransactions = ({ section, kind, transactions }: PrintedBatch, chainId: number) => ({
  version: "1.0",
  chainId: `${chainId}`,
  meta: { name: `${section}: ${kind}` },
  transactions: transactions.map(({ to, value, data }) => ({ to, value: `${value}`, data })),
});
