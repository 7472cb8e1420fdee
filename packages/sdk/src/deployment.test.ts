import { zeroAddress } from "viem";
import { describe, expect, test } from "vitest";
import { deployment, deploymentJson } from "../test/fixtures.js";
import { InvalidDeploymentError, parseDeployment } from "./index.js";

describe("parseDeployment", () => {
  test("default", () => {
    expect(parseDeployment(deploymentJson)).toEqual(deployment);
  });

  test("behavior: integers as strings, addresses in lower case, fields of others", () => {
    const json = {
      ...deploymentJson,
      chainId: "31337",
      marketId: "1",
      vault: deploymentJson.vault.toLowerCase(),
      comment: "ours",
    };
    expect(parseDeployment(json)).toEqual(deployment);
  });

  test("behavior: the block at which the deployment began", () => {
    expect(parseDeployment({ ...deploymentJson, startBlock: 12 })).toEqual({ ...deployment, startBlock: 12n });
    expect(() => parseDeployment({ ...deploymentJson, startBlock: "latest" })).toThrow(InvalidDeploymentError);
  });

  test("behavior: a deployment with a quote vault, or without one", () => {
    const spotHedgeQuoteMaker = deployment.vault;
    const spotHedgeQuoteMakerAdapter = deployment.spotHedgeBaseMakerAdapter;
    const quote = { spotHedgeQuoteMaker, spotHedgeQuoteMakerAdapter };
    const json = { ...deploymentJson, ...quote, spotHedgeQuoteMakerRequestVault: zeroAddress };
    expect(parseDeployment(json)).toEqual({ ...deployment, ...quote });
    expect(() => parseDeployment({ ...deploymentJson, spotHedgeQuoteMaker: "0x12" })).toThrow(InvalidDeploymentError);
  });

  test.each(Object.keys(deploymentJson))("error: %s is missing", (field) => {
    const json = { ...deploymentJson, [field]: undefined };
    expect(() => parseDeployment(json)).toThrow(InvalidDeploymentError);
    expect(() => parseDeployment(json)).toThrow(`Deployment field "${field}" is missing or malformed: undefined.`);
    expect(() => parseDeployment(json)).toThrow(expect.objectContaining({ field, value: undefined }));
  });

  test.each([
    ["chainId", -1],
    ["chainId", 1.5],
    ["marketId", "one"],
    ["marketId", true],
    ["pythId", "0x1234"],
    ["pythId", `0x${"g".repeat(64)}`],
    ["collateralDecimals", 19],
    ["collateralDecimals", "6"],
    ["baseDecimals", -1],
    ["baseDecimals", 1.5],
    ["collateralSymbol", ""],
    ["baseSymbol", 7],
    ["vault", "0x1234"],
    ["vault", 5],
    // Not the checksum of this address.
    ["vault", deploymentJson.vault.replace("D", "d")],
  ])("error: %s is %s", (field, value) => {
    const json = { ...deploymentJson, [field]: value };
    expect(() => parseDeployment(json)).toThrow(`Deployment field "${field}" is missing or malformed: ${value}.`);
  });

  test.each([null, undefined, "deployment", 7])("error: the document is %s", (json) => {
    expect(() => parseDeployment(json)).toThrow(`Deployment field "(document)" is missing or malformed: ${json}.`);
  });
});
