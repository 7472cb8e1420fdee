import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";
import { contentSecurityPolicy } from "./server/security.js";

/** The policy in the page, for hosts that set no headers. */
const securityPolicy = (): Plugin => ({
  name: "content-security-policy",
  apply: "build",
  transformIndexHtml: () => [
    {
      tag: "meta",
      attrs: { "http-equiv": "Content-Security-Policy", content: contentSecurityPolicy() },
      injectTo: "head-prepend",
    },
  ],
});

export default defineConfig(({ mode }) => ({
  plugins: [react(), securityPolicy()],
  define: { "import.meta.env.LOCAL_WALLET": JSON.stringify(mode === "stack") },
  build: {
    target: "es2023",
    sourcemap: false,
    // An inlined script would need a hash in the policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: "manifest.json",
  },
}));
