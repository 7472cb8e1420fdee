// The close of a position, or of a part of it: preview, and one order.
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { baseName } from "../config.js";
import { useApp } from "../data/context.js";
import { useRefresh } from "../data/portfolio.js";
import { previewOfSize } from "../data/preview.js";
import { useLivePrice } from "../data/price-feed.js";
import type { View } from "../data/snapshot.js";
import { messageOf, revertOf } from "../errors.js";
import { decimalText, price, quote, size } from "../format.js";
import { strings } from "../strings.js";
import { Failure } from "../ui/failure.js";
import { AmountField, Choice, toneOf, Value } from "../ui/index.js";
import { useWallet, WrongNetwork } from "../wallet/wallet.js";

const text = strings.closing;
const portions = ["25%", "50%", "75%", "100%"] as const;
type Portion = (typeof portions)[number];

export function Closing({ view, onDone }: { view: View; onDone: () => void }) {
  const { deployment, prices } = useApp();
  const live = useLivePrice(prices);
  // A service that fell silent has older prices than the chain.
  const update = view?.source === "service" ? live.update : undefined;
  const { isOnChain, signer } = useWallet();
  const refresh = useRefresh();
  const [portion, setPortion] = useState<Portion>("100%");
  const [slippage, setSlippage] = useState("0.5");
  const [returnsMargin, setReturns] = useState(true);
  const { account } = view;
  const held = account.size < 0n ? -account.size : account.size;
  const closed = (held * BigInt(portion.slice(0, -1))) / 100n;
  const side = account.size > 0n ? "short" : "long";
  const preview =
    view.price !== undefined && closed > 0n ? previewOfSize(view, { side, size: closed, margin: 0n }) : undefined;
  const { best, after } = preview ?? {};
  // The margin grows by the realized profit and shrinks by the trading fee.
  const realized = best && after && after.position.margin - account.margin + best.quote.tradingFee;

  const close = useMutation({
    mutationFn: async () => {
      const { closePosition } = await import("@counterpoise/sdk/trade");
      const plan = await closePosition(await signer(), {
        deployment,
        portion,
        slippage: `${decimalText(slippage)}%`,
        returnsMargin: returnsMargin && portion === "100%",
        ...(update && { prices: update }),
      });
      const { prediction } = plan;
      if (prediction.outcome !== "executes") {
        const { title, detail } = messageOf(revertOf(prediction.obstacle), deployment);
        throw new Error(strings.errors.wouldFail(prediction.outcome, `${title}. ${detail}`));
      }
      return plan.send();
    },
    onSuccess: onDone,
    onSettled: refresh,
  });
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (isOnChain && !close.isPending) close.mutate();
  };
  return (
    <form className="stack" onSubmit={onSubmit} noValidate>
      <Choice
        label={text.portion}
        chosen={portion}
        onChoose={setPortion}
        options={portions.map((value) => ({ value, label: value }))}
      />
      <dl className="preview">
        <div>
          <dt>{text.size}</dt>
          <dd>
            {size(closed)} {baseName(deployment)}
          </dd>
        </div>
        <div>
          <dt>{text.price}</dt>
          <dd>
            <Value text={price(best?.quote.averagePrice)} />
          </dd>
        </div>
        <div>
          <dt>{text.pnl}</dt>
          <dd className={`tone-${toneOf(realized) ?? "none"}`}>
            <Value text={quote(realized, { sign: "always" })} />
          </dd>
        </div>
        <div>
          <dt>{text.fee}</dt>
          <dd>
            <Value text={quote(best?.quote.tradingFee)} />
          </dd>
        </div>
      </dl>
      <AmountField label={text.slippage} unit="%" value={slippage} onChange={setSlippage} isInline />
      {portion === "100%" && (
        <label className="check">
          <input type="checkbox" checked={returnsMargin} onChange={(event) => setReturns(event.target.checked)} />
          {text.returns}
        </label>
      )}
      {!isOnChain && <WrongNetwork />}
      <button type="submit" className="primary" data-testid="submit-close" disabled={close.isPending || !isOnChain}>
        {close.isPending ? text.sending : text.submit(portion)}
      </button>
      <Failure error={close.error} />
    </form>
  );
}
