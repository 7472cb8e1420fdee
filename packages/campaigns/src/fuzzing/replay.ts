// Writes the calls that break an invariant as a Solidity test.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { getAddress } from "viem";
import { inContracts, type Workspace } from "../workspace.js";
import type { Suite } from "./plan.js";
import type { Finding, ReplayCall } from "./results.js";

const FOLDER = inContracts("test/replay");

/**
 * A test contract that extends the suite, makes the calls, and checks the invariant after each. It fails as the suite did: in a
 * call, in the invariant, or in `afterInvariant`.
 *
 * @param file the suite's file, from the root of the tree
 * @param from the folder of the test, from the root of the tree
 */
export function replayOf(finding: Required<Finding>, { contract, file }: Suite, from = FOLDER): string {
  const invariant = finding.test.split(".").at(-1)?.replace(/\(.*$/, "") ?? "";
  const source = path.posix.relative(from, file);
  return `// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {${contract}} from "${source.startsWith(".") ? source : `./${source}`}";

/// @dev Found by a campaign: ${oneLine(finding.reason)}
contract ${nameOf(finding)} is ${contract} {
    function test_Replay() public {
${finding.calls.map(step).join("\n")}
    }

    function _step(address sender, address target, uint256 time, uint256 blocks, bytes memory data) private {
        if (time != 0) vm.warp(block.timestamp + time);
        if (blocks != 0) vm.roll(block.number + blocks);
        vm.prank(sender);
        (bool isDone, bytes memory answer) = target.call(data);
        if (!isDone) {
            assembly ("memory-safe") {
                revert(add(answer, 0x20), mload(answer))
            }
        }
        ${invariant}();
    }
}
`;
}

/** The name of the test contract: the suite, and what it found. */
export const nameOf = ({ test }: Pick<Finding, "test">) => `${test.replace(/\(.*$/, "").replaceAll(/\W/g, "_")}_Replay`;

/** @returns the path of the test from the tree's root, or undefined where the failure has no calls */
export function writeReplay({ root }: Workspace, finding: Finding, suites: Suite[]): string | undefined {
  const suite = suites.find(({ contract }) => contract === finding.test.split(".")[0]);
  const { calls = [] } = finding;
  if (suite === undefined || calls.length === 0) return undefined;
  const file = path.join(FOLDER, `${nameOf(finding)}.t.sol`);
  mkdirSync(path.join(root, FOLDER), { recursive: true });
  writeFileSync(path.join(root, file), replayOf({ ...finding, calls }, suite));
  return file;
}

function step({ sender, target, calldata, seconds = 0, blocks = 0, text }: ReplayCall): string {
  return [
    `        // ${oneLine(text)}`,
    `        _step(${getAddress(sender)}, ${getAddress(target)}, ${seconds}, ${blocks}, hex"${calldata.replace(/^0x/, "")}");`,
  ].join("\n");
}

const oneLine = (text: string) => text.replaceAll(/\s+/g, " ").trim();
