// The notice of an action that has failed.
import { useApp } from "../data/context.js";
import { messageOf } from "../errors.js";
import { Notice } from "./index.js";

/** The error of an action, in words. Nothing without one. */
export function Failure({ error }: { error: unknown }) {
  const { deployment } = useApp();
  if (!error) return null;
  const { title, detail } = messageOf(error, deployment);
  return (
    <Notice tone="error" title={title}>
      {detail}
    </Notice>
  );
}
