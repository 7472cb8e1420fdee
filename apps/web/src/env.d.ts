/// <reference types="vite/client" />

interface ImportMetaEnv {
  /** True in the build of the stack only. */
  readonly LOCAL_WALLET: boolean;
}
