import { expect, test } from "vitest";
import { ArgsError, HELP, parseStackArgs } from "./args.js";

test("default", () => {
  expect(parseStackArgs([])).toEqual({
    ...{
      isReset: false,
      rpcPort: 8545,
      pricePort: 8546,
      faucetPort: 8547,
      keeperPort: 8551,
      webPort: 8548,
      relayerPort: 8553,
      indexerPort: 8554,
      folder: undefined,
    },
    ...{ seed: 1, priceStep: 150, seconds: undefined },
  });
  expect(parseStackArgs(["--reset", "--rpc-port", "0", "--seconds", "5"])).toMatchObject({
    isReset: true,
    rpcPort: 0,
    seconds: 5,
  });
  expect(parseStackArgs(["--help"])).toBe("help");
});

test("behavior: the help names every option", () => {
  for (const option of [
    "reset",
    "folder",
    "rpc-port",
    "price-port",
    "faucet-port",
    "keeper-port",
    "relayer-port",
    "indexer-port",
    "seed",
    "price-step",
    "seconds",
  ]) {
    expect(HELP).toContain(`--${option}`);
  }
});

test("error: ArgsError", () => {
  expect(() => parseStackArgs(["--rpc-port", "70000"])).toThrow(ArgsError);
  expect(() => parseStackArgs(["--seed", "x"])).toThrow("--seed is x; expected 0 to 2147483648.");
});
