import { type DevnetClient, deployContract, forgeArtifact } from "@counterpoise/devnet";
import { PPM } from "@counterpoise/testkit";
import { type Address, parseAbi } from "viem";

const aggregatorAbi = parseAbi(["function push(int256 answer, uint256 updatedAt)"]);
/** WAD per unit of an answer with eight decimals. */
const ANSWER_SCALE = 10n ** 10n;

/** The second price source: a double of a Chainlink aggregator, with the rounds that its nodes would report. */
export type SecondSource = {
  address: Address;
  /** Whether a price or its heartbeat calls for a round. `price` WAD, `time` seconds. */
  isDue(price: bigint, time: number): boolean;
  /** Reports a round. */
  report(price: bigint, time: number): Promise<void>;
};

/** @param terms `threshold`: deviation from the last answer that makes a round, ppm; `heartbeat`: seconds. */
export async function deploySecondSource(
  client: DevnetClient,
  { threshold, heartbeat, price }: { threshold: number; heartbeat: number; price: bigint },
): Promise<SecondSource> {
  const address = await deployContract(client, { ...forgeArtifact("AggregatorDouble"), args: [8] });
  let [answer, answeredAt] = [0n, 0];
  const report = async (next: bigint, time: number): Promise<void> => {
    const args = [next / ANSWER_SCALE, BigInt(time)] as const;
    const hash = await client.writeContract({ address, abi: aggregatorAbi, functionName: "push", args });
    await client.waitForTransactionReceipt({ hash });
    [answer, answeredAt] = [next, time];
  };
  const { timestamp } = await client.getBlock();
  await report(price, Number(timestamp));
  return {
    address,
    report,
    isDue(next, time) {
      const distance = next > answer ? next - answer : answer - next;
      // Nodes report before the heartbeat is over.
      return distance * PPM >= answer * BigInt(threshold) || time - answeredAt >= heartbeat - 60;
    },
  };
}
