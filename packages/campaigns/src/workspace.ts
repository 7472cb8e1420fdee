import path from "node:path";
import { foundryBinary, repositoryRoot } from "@counterpoise/toolchain";

/** The tree that a campaign works on, and the forge that it runs. Tests use a tree and a forge of their own. */
export interface Workspace {
  root: string;
  forge: string;
}

export const repository = (): Workspace => ({ root: repositoryRoot, forge: foundryBinary("forge") });

export const EXIT_FAILED = 1;
export const EXIT_USAGE = 2;

/** A path inside `packages/contracts`, from the root of the repository. */
export const inContracts = (part: string) => path.join("packages/contracts", part);

/** The arguments of a script: `pnpm fuzz -- --quick` passes the separator on. */
export const scriptArguments = () => process.argv.slice(2).filter((arg, index) => !(index === 0 && arg === "--"));
