import { encodeErrorResult, parseAbi } from "viem";
import { expect, test } from "vitest";
import { createLogger, hideAddresses, reasonOf, revertOf, Secrets } from "./index.js";

const KEY = `0x${"5a".repeat(32)}`;

function logging(secrets = new Secrets()) {
  const lines: string[] = [];
  const log = createLogger({
    name: "test",
    level: "trace",
    secrets,
    destination: { write: (line: string) => void lines.push(line) },
  });
  return { log, lines, text: () => lines.join("") };
}

test("default: no line contains a secret, wherever it is", () => {
  const secrets = new Secrets();
  secrets.add(KEY, "hunter22hunter");
  secrets.addUrl("postgres://keeper:p%40ssw0rd-long@localhost:5432/keeper");
  secrets.addUrl("https://rpc.example/v3/0123456789abcdef0123?apikey=abcdefgh12");
  const { log, text } = logging(secrets);
  log.info({ note: `key ${KEY}`, nested: { list: [KEY.slice(2)] } }, `message with ${KEY}`);
  log.error({ error: new Error("failed at https://user:word@rpc.example/v3/0123456789abcdef0123?apikey=abcdefgh12") });
  log.warn({ password: "anything", token: "anything", deep: { secret: "anything" } }, "hunter22hunter");
  log.debug({ url: "postgres://keeper:p%40ssw0rd-long@localhost:5432/keeper" }, "p@ssw0rd-long");
  for (const secret of [
    KEY,
    KEY.slice(2),
    "hunter22",
    "p@ssw0rd",
    "p%40ssw0rd",
    "0123456789abcdef0123",
    "abcdefgh12",
    "anything",
    "user:word",
  ]) {
    expect(text(), secret).not.toContain(secret);
  }
  expect(text()).toContain("https://rpc.example");
});

test("behavior: amounts keep all digits", () => {
  const { log, lines } = logging();
  log.info({ amount: 2n ** 100n, list: [1n] }, "amounts");
  expect(JSON.parse(lines[0] as string)).toMatchObject({ amount: String(2n ** 100n), list: ["1"], level: "info" });
});

test("behavior: reverts are decoded, also from a node's error", () => {
  const data = encodeErrorResult({
    abi: parseAbi(["error NotYetExecutable(uint256 timestamp, uint256 executableAt)"]),
    args: [5n, 9n],
  });
  const error = Object.assign(new Error("outer"), { cause: Object.assign(new Error("execution reverted"), { data }) });
  expect(revertOf(error)?.errorName).toBe("NotYetExecutable");
  const { log, lines } = logging();
  log.warn({ error });
  expect(JSON.parse(lines[0] as string).error).toBe("NotYetExecutable (timestamp 5, executableAt 9)");
});

test("behavior: a failed query hides its parameters", () => {
  const cause = new Error("connection refused");
  expect(reasonOf(new Error("Failed query: insert\nparams: 0x02f8...", { cause }))).toBe(
    "The database failed: connection refused",
  );
});

test("hideAddresses", () => {
  expect(hideAddresses("see wss://a:b@host:1/path?x=1 and http://other")).toBe("see wss://host:1 and http://other");
});
