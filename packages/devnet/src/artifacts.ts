import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { repositoryRoot } from "@counterpoise/toolchain";
import type { Abi, Hex } from "viem";
import { ArtifactNotFoundError } from "./errors.js";

export type Artifact = { name: string; abi: Abi; bytecode: Hex };

const require = createRequire(import.meta.url);

/** Reads the artifact of a contract that its authors published on npm. */
export function packageArtifact(name: string, file: string): Artifact {
  const { abi, bytecode } = JSON.parse(readFileSync(require.resolve(file), "utf8"));
  // In Foundry's artifacts the code is an object with link references. These contracts have none.
  return { name, abi, bytecode: withPrefix(typeof bytecode === "string" ? bytecode : bytecode.object) };
}

/**
 * Reads the artifact of a contract of packages/contracts.
 *
 * @throws {ArtifactNotFoundError} if it has not been built
 */
export function forgeArtifact(name: string, source = `${name}.sol`): Artifact {
  const file = path.join(repositoryRoot, "packages/contracts/out", source, `${name}.json`);
  if (!existsSync(file)) throw new ArtifactNotFoundError(name, file);
  const { abi, bytecode } = JSON.parse(readFileSync(file, "utf8"));
  if (!bytecode?.object || bytecode.object === "0x") throw new ArtifactNotFoundError(name, file);
  return { name, abi, bytecode: bytecode.object };
}

const withPrefix = (bytecode: string): Hex => (bytecode.startsWith("0x") ? (bytecode as Hex) : `0x${bytecode}`);
