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

/**
 * The options of the script, or its exit code after it printed the help or an error.
 *
 * @param parse reads the arguments and throws for wrong ones
 * @param help the text of `--help`, which also follows an error
 */
export function readOptions<options extends { help: boolean }>(
  parse: (args: string[]) => options,
  help: string,
): options | number {
  try {
    const options = parse(scriptArguments());
    if (!options.help) return options;
    console.log(help);
    return 0;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${help}`);
    return EXIT_USAGE;
  }
}
