// The content security policy of the app: in the page itself, and stricter in the headers of a server that knows its endpoints.
import { createHash } from "node:crypto";

/** The stylesheet of the chart library's logo, which its licence asks for. The library adds it as an element. */
export const CHART_LOGO_STYLE =
  "a#tv-attr-logo{--fill:#131722;--stroke:#fff;position:absolute;left:10px;bottom:10px;height:19px;width:35px;margin:0;padding:0;border:0;z-index:3;}a#tv-attr-logo[data-dark]{--fill:#D1D4DC;--stroke:#131722;}";

const hashOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** Nodes on this computer are allowed: a trader may use its own. */
const ANY_ENDPOINT = ["https:", "wss:", "http://127.0.0.1:*", "http://localhost:*"];

/**
 * The policy as one line.
 *
 * @param endpoints origins that the app may connect to besides its own; default: TLS, and this computer
 */
export function contentSecurityPolicy(endpoints: readonly string[] = ANY_ENDPOINT): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' ${hashOf(CHART_LOGO_STYLE)}`,
    // Wallets announce their icons as data URIs.
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src ${["'self'", ...endpoints].join(" ")}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

/** Headers of every answer of a server of the app. A page's own policy cannot forbid frames. */
export const securityHeaders = (endpoints?: readonly string[]): Record<string, string> => ({
  "Content-Security-Policy": `${contentSecurityPolicy(endpoints)}; frame-ancestors 'none'`,
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
});
