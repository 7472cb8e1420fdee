import { type Address, createWalletClient, custom, type Hex } from "viem";
import { anvil } from "viem/chains";
import { taker } from "./fixtures.js";

export const hash = `0x${"ab".repeat(32)}` as const;

export type Transaction = { to: Address; data: Hex; value?: Hex; gas?: Hex };

/** A node that answers nothing but what a test says. */
export function clientWith(answers: Record<string, (parameters: unknown[]) => unknown>) {
  const request = async ({ method, params }: { method: string; params?: unknown[] }) => {
    const answer = answers[method];
    if (!answer) throw new Error(`Unexpected request ${method}`);
    return answer(params ?? []);
  };
  return createWalletClient({
    account: taker,
    chain: anvil,
    transport: custom({ request }, { retryCount: 0 }),
    pollingInterval: 1,
  });
}

export function recording(answers: Parameters<typeof clientWith>[0] = {}) {
  const sent: Transaction[] = [];
  const client = clientWith({
    eth_chainId: () => "0x7a69",
    eth_estimateGas: () => "0x64",
    eth_sendTransaction: ([transaction]) => {
      sent.push(transaction as Transaction);
      return hash;
    },
    ...answers,
  });
  return { client, sent };
}
