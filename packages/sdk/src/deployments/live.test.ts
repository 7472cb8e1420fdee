import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { exchangeJson } from "../../test/fixtures.js";
import { liveDeployments } from "../../tools/deployments.js";
import { deployments } from "../generated/deployments.js";
import { InvalidDeploymentError } from "../index.js";
import { getDeployment, getDeployments, parseExchangeDeployment, UnknownDeploymentError } from "./index.js";

describe("getDeployment", () => {
  test("default: a file that the caller has", () => {
    expect(getDeployment(31337, "main", [exchangeJson])).toEqual(parseExchangeDeployment(exchangeJson));
  });

  test("error: names the deployments that exist", () => {
    const unknown = () => getDeployment(1, "main", [exchangeJson]);
    expect(unknown).toThrow(UnknownDeploymentError);
    expect(unknown).toThrow('No deployment "main" on chain 1 is known. Known: main on chain 31337');
    expect(() => getDeployment(31337, "other", [exchangeJson])).toThrow('"other" on chain 31337');
  });

  test("error: a malformed file", () => {
    expect(() => getDeployment(31337, "main", [{ ...exchangeJson, chainId: "x" }])).toThrow(InvalidDeploymentError);
  });
});

describe("the package's deployments", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "counterpoise-registry-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const write = (chainId: number | string, name: string, json: object) => {
    mkdirSync(path.join(folder, `${chainId}`), { recursive: true });
    writeFileSync(path.join(folder, `${chainId}`, `${name}.json`), JSON.stringify(json));
  };

  test("default: are those of the registry, and have its form", () => {
    expect(deployments).toEqual(liveDeployments(new URL("../../../../deployments", import.meta.url).pathname));
    expect(getDeployments()).toHaveLength(deployments.length);
  });

  test("behavior: complete ones of public chains, without what verification alone needs", () => {
    write(8453, "main", { ...exchangeJson, chainId: 8453 });
    write(10, "second", { ...exchangeJson, chainId: 10, name: "second" });
    write(10, "begun", { ...exchangeJson, chainId: 10, name: "begun", exchange: undefined });
    write(31337, "main", exchangeJson);
    write("schema", "exchange", {});
    const live = liveDeployments(folder);
    expect(live.map(({ chainId, name }) => [chainId, name])).toEqual([
      [10, "second"],
      [8453, "main"],
    ]);
    expect(live.every((each) => !("contracts" in each))).toBe(true);
    expect(getDeployment(8453, "main", live)).toMatchObject({ chainId: 8453, markets: [{ symbol: "ETH" }, {}] });
  });

  test("error: a file in the folder of another chain", () => {
    write(10, "main", exchangeJson);
    expect(() => liveDeployments(folder)).toThrow("is the deployment main on chain 31337");
  });
});
