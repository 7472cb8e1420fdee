import { describe, expect, test } from "vitest";
import { parseDemoArgs, USAGE, UsageError } from "./args.js";

const CWD = "/home/trader/prices";
const parse = (...argv: string[]) => parseDemoArgs(argv, CWD);

describe("parseDemoArgs", () => {
  test("default", () => {
    expect(parse()).toEqual({ seed: 1, serve: false, help: false });
  });

  test("behavior: every option", () => {
    expect(
      parse(
        ...["--prices", "eth.csv", "--seed", "7", "--steps", "100", "--port", "8545"],
        ...["--serve", "--json", "../out.json", "--config", "market.json"],
      ),
    ).toEqual({
      prices: "/home/trader/prices/eth.csv",
      seed: 7,
      steps: 100,
      port: 8_545,
      serve: true,
      json: "/home/trader/out.json",
      config: "/home/trader/prices/market.json",
      help: false,
    });
  });

  test("behavior: absolute paths stay", () => {
    expect(parse("--prices=/data/eth.csv")).toMatchObject({ prices: "/data/eth.csv" });
  });

  test("behavior: help", () => {
    expect(parse("--help").help).toBe(true);
    expect(parse("-h").help).toBe(true);
    for (const option of ["--prices", "--seed", "--steps", "--port", "--serve", "--json", "--config", "--help"]) {
      expect(USAGE).toContain(option);
    }
  });

  test.each([
    ["unknown option", ["--speed", "3"], "Unknown option '--speed'"],
    ["argument without an option", ["eth.csv"], "Unexpected argument 'eth.csv'"],
    ["option without a value", ["--prices"], "Option '--prices <value>' argument missing"],
    ["option in place of a value", ["--prices", "--serve"], "Option '--prices' argument is ambiguous"],
    ["empty file name", ["--json="], "--json needs a file name"],
    ["value for a flag", ["--serve=yes"], "Option '--serve' does not take an argument"],
    ["seed that is no number", ["--seed", "lucky"], '--seed must be a whole number from 0 to 4294967295, not "lucky"'],
    ["negative seed", ["--seed=-1"], '--seed must be a whole number from 0 to 4294967295, not "-1"'],
    ["fractional steps", ["--steps", "1.5"], "--steps must be a whole number"],
    ["no steps", ["--steps", "0"], "--steps must be a whole number from 1"],
    ["port out of range", ["--port", "65536"], '--port must be a whole number from 1 to 65535, not "65536"'],
    ["empty number", ["--port="], '--port must be a whole number from 1 to 65535, not ""'],
  ])("error: %s", (_, argv, message) => {
    let error: unknown;
    try {
      parse(...argv);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(UsageError);
    expect((error as UsageError).message).toContain(message);
    expect((error as UsageError).message).not.toContain("\n");
  });
});
