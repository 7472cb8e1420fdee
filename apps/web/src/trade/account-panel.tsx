// Balances of the account, and transfers between wallet and margin.
import { formatCollateral, InvalidAmountError, parseCollateral } from "@counterpoise/sdk/units";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useApp } from "../data/context.js";
import { usePortfolio, useRefresh } from "../data/portfolio.js";
import { useLivePrice } from "../data/price-feed.js";
import type { View } from "../data/snapshot.js";
import { amount, decimalText, leverage, percent, ppm, price, quote, short, UNKNOWN } from "../format.js";
import { strings } from "../strings.js";
import { Failure } from "../ui/failure.js";
import { AmountField, Choice, Dialog, Notice, Value } from "../ui/index.js";
import { useWallet, WrongNetwork } from "../wallet/wallet.js";

const text = strings.account;

export function AccountPanel({ view }: { view: View | undefined }) {
  const { deployment } = useApp();
  const { address } = useWallet();
  const { data } = usePortfolio();
  const [direction, setDirection] = useState<"deposit" | "withdraw">();
  if (!address)
    return (
      <section className="panel account" aria-label={text.title}>
        <p className="muted">{text.disconnected}</p>
      </section>
    );
  const account = view?.account.address === address ? view.account : undefined;
  const decimals = deployment.collateralDecimals;
  const escrow = data && data.trader.orderEscrow.total + data.trader.signedOrderEscrow.total;
  const rows = [
    [text.value, quote(account?.accountValue), "account-value"],
    [text.margin, quote(account?.margin), "account-margin"],
    [text.freeMargin, amount(account?.freeMargin, decimals), "free-margin"],
    [text.fund, amount(account?.fund, decimals), "fund"],
    [text.escrow, amount(escrow, decimals), "escrow"],
    [text.wallet, amount(data?.trader.wallet, decimals), "wallet-balance"],
  ] as const;
  return (
    <section className="panel account" aria-label={text.title}>
      <div className="row between">
        <h2>
          {text.title} <span className="muted small">{deployment.collateralSymbol}</span>
        </h2>
        <span className="row">
          <button type="button" data-testid="deposit" onClick={() => setDirection("deposit")}>
            {text.deposit}
          </button>
          <button type="button" onClick={() => setDirection("withdraw")}>
            {text.withdraw}
          </button>
        </span>
      </div>
      <dl className="preview">
        {rows.map(([label, value, name]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd data-testid={name}>
              <Value text={value} />
            </dd>
          </div>
        ))}
        {account && account.size !== 0n && (
          <div>
            <dt>{text.marginRatio}</dt>
            <dd>
              <Value text={percent(account.marginRatio)} />{" "}
              <span className="muted small">{text.maintenance(ppm(account.market.maintenanceMarginRatio))}</span>
            </dd>
          </div>
        )}
      </dl>
      <Dialog title={strings.transfer.title} isOpen={direction !== undefined} onClose={() => setDirection(undefined)}>
        {direction && (
          <Transfer
            view={view}
            direction={direction}
            onDirection={setDirection}
            onDone={() => setDirection(undefined)}
          />
        )}
      </Dialog>
    </section>
  );
}

function Transfer({
  view,
  direction,
  onDirection,
  onDone,
}: {
  view: View | undefined;
  direction: "deposit" | "withdraw";
  onDirection: (direction: "deposit" | "withdraw") => void;
  onDone: () => void;
}) {
  const { deployment, prices } = useApp();
  const live = useLivePrice(prices);
  // A service that fell silent has older prices than the chain.
  const update = view?.source === "service" ? live.update : undefined;
  const { isOnChain, signer } = useWallet();
  const { data } = usePortfolio();
  const refresh = useRefresh();
  const [input, setInput] = useState("");
  const words = strings.transfer;
  const decimals = deployment.collateralDecimals;
  const isDeposit = direction === "deposit";
  const available = isDeposit ? data?.trader.wallet : view?.account.freeMargin;
  let value: bigint | undefined;
  let fault: string | undefined;
  try {
    value = input === "" ? undefined : parseCollateral(deployment, decimalText(input));
    if (value !== undefined && value <= 0n) fault = strings.ticket.invalidMargin;
    if (value !== undefined && available !== undefined && value > available)
      fault = words.available(amount(available, decimals), deployment.collateralSymbol);
  } catch (error) {
    if (!(error instanceof InvalidAmountError)) throw error;
    fault = strings.ticket.invalidMargin;
  }
  const account = view?.account;
  const after =
    account && value !== undefined && !fault
      ? account.addMargin((isDeposit ? value : -value) * account.market.collateralScale)
      : undefined;
  const send = useMutation({
    mutationFn: async () => {
      const { adjustMargin } = await import("@counterpoise/sdk/trade");
      const plan = await adjustMargin(await signer(), {
        deployment,
        amount: `${isDeposit ? "" : "-"}${decimalText(input)}`,
        ...(update && isDeposit && { prices: update }),
      });
      return plan.send();
    },
    onSuccess: () => setInput(""),
    onSettled: refresh,
  });
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (value !== undefined && !fault && isOnChain && !send.isPending) send.mutate();
  };
  return (
    <form className="stack" onSubmit={onSubmit} noValidate>
      <Choice
        label={words.direction}
        chosen={direction}
        onChoose={(chosen) => {
          send.reset();
          onDirection(chosen);
        }}
        options={[
          { value: "deposit", label: words.deposit },
          { value: "withdraw", label: words.withdraw },
        ]}
      />
      <AmountField
        label={words.amount}
        name="transfer"
        unit={deployment.collateralSymbol}
        value={input}
        onChange={setInput}
        fault={fault}
        note={available === undefined ? undefined : words.available(amount(available, decimals), "")}
        action={
          available === undefined
            ? undefined
            : { label: strings.ticket.max, onClick: () => setInput(formatCollateral(deployment, available)) }
        }
      />
      {account && account.size !== 0n && (
        <dl className="preview" aria-label={words.after}>
          <div>
            <dt>{strings.preview.leverageAfter}</dt>
            <dd>
              <Value text={leverage((after ?? account).leverage)} />
            </dd>
          </div>
          <div>
            <dt>{strings.preview.liquidationPrice}</dt>
            <dd>
              <Value text={after || account ? price((after ?? account).liquidationPrice) : UNKNOWN} />
            </dd>
          </div>
        </dl>
      )}
      {isDeposit && <p className="muted small">{words.approve}</p>}
      {!isOnChain && <WrongNetwork />}
      <div className="row">
        <button type="submit" className="primary" data-testid="submit-transfer" disabled={send.isPending || !isOnChain}>
          {send.isPending ? words.pending : isDeposit ? words.submitDeposit : words.submitWithdraw}
        </button>
        <button type="button" onClick={onDone}>
          {strings.common.close}
        </button>
      </div>
      <Failure error={send.error} />
      {send.isSuccess && <Notice>{words.done(short(send.data))}</Notice>}
    </form>
  );
}
