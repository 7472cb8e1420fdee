// Says when the history lags, differs from the chain, or is of an unknown age.
import { useIndex } from "./data/indexer.js";
import { useView } from "./data/snapshot.js";
import { amount } from "./format.js";
import { strings } from "./strings.js";

const text = strings.index;

export function IndexBanner() {
  const { view } = useView();
  const index = useIndex(view?.blockNumber);
  if (index.status === "off" || index.status === "loading") return null;
  const notice =
    index.status === "unknown"
      ? { title: text.unknownTitle, body: text.unknown }
      : index.differs
        ? { title: text.differsTitle, body: text.differs }
        : index.isLate
          ? { title: text.lateTitle, body: text.late(amount(index.lag, 0, { min: 0 })) }
          : undefined;
  return (
    <div role="status" data-testid="index-banner">
      {notice && (
        <p className="banner">
          <strong>{notice.title}</strong> {notice.body}
        </p>
      )}
    </div>
  );
}
