// Deposit and redemption by request, pending requests, and claims.
import { InvalidAmountError, parseBase, parsePercent } from "@counterpoise/sdk/units";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";
import { formatUnits } from "viem";
import { useApp } from "../data/context.js";
import { keepRequest } from "../data/lp-requests.js";
import { useRefresh } from "../data/portfolio.js";
import { roomOf, type Vault } from "../data/vaults.js";
import { amount, decimalText, timeOf, UNKNOWN } from "../format.js";
import { strings } from "../strings.js";
import { Failure } from "../ui/failure.js";
import { AmountField, Choice, Value } from "../ui/index.js";
import { useWallet, WrongNetwork } from "../wallet/wallet.js";

const text = strings.earn.panel;
const MILLION = 1_000_000n;
const SHARE_DECIMALS = 18;

type Direction = "deposit" | "redeem";

export function LpPanel({ vault }: { vault: Vault }) {
  const { address } = useWallet();
  return (
    <>
      <section className="panel ticket" aria-label={text.title}>
        <RequestForm vault={vault} />
      </section>
      {address && <Requests vault={vault} />}
    </>
  );
}

/** An amount above zero with at most so many decimals; undefined for an empty text. */
function parse(input: string, decimals: number): bigint | undefined {
  if (input === "") return undefined;
  const value = parseBase({ baseDecimals: decimals }, decimalText(input));
  if (value <= 0n) throw new InvalidAmountError({ field: "amount", value: input, accepted: "an amount above zero" });
  return value;
}

function RequestForm({ vault }: { vault: Vault }) {
  const { config, deployment } = useApp();
  const { address, isOnChain, signer } = useWallet();
  const refresh = useRefresh();
  const [direction, setDirection] = useState<Direction>("deposit");
  const [input, setInput] = useState("");
  const [slippage, setSlippage] = useState("0.5");
  const { asset, entity, queue, requestVault, position } = vault;
  const isDeposit = direction === "deposit";
  const decimals = isDeposit ? asset.decimals : SHARE_DECIMALS;
  const available = isDeposit ? vault.wallet : position.shares;
  const room = roomOf(vault);
  // Twice the minimum: the work of a keeper costs more when gas does.
  const keeperFee = queue.minKeeperFee * 2n;

  let value: bigint | undefined;
  let fault: string | undefined;
  try {
    value = parse(input, decimals);
    if (value !== undefined && available !== undefined && address && value > available)
      fault = text.tooMuch(amount(available, decimals, { min: 2, max: 6 }), isDeposit ? asset.symbol : text.shares);
    else if (value !== undefined && isDeposit && typeof room === "bigint" && value > room)
      fault = text.beyondCap(amount(room, asset.decimals), asset.symbol);
  } catch (error) {
    if (!(error instanceof InvalidAmountError)) throw error;
    fault = strings.ticket.invalidMargin;
  }
  let slippagePpm: bigint | undefined;
  try {
    slippagePpm = BigInt(parsePercent(`${decimalText(slippage)}%`));
    if (slippagePpm >= MILLION) slippagePpm = undefined;
  } catch (error) {
    if (!(error instanceof InvalidAmountError)) throw error;
  }
  const ready = value !== undefined && fault === undefined ? value : undefined;
  const shares = ready !== undefined && isDeposit ? entity?.toShares(ready)?.shares : undefined;
  const payment = ready !== undefined && !isDeposit ? entity?.toAssets(ready) : undefined;
  const expected = isDeposit ? shares : payment?.assets;
  const least =
    expected === undefined || slippagePpm === undefined ? undefined : (expected * (MILLION - slippagePpm)) / MILLION;

  const send = useMutation({
    mutationFn: async () => {
      if (ready === undefined || least === undefined || !address) throw new Error(text.unknownValue);
      const { depositByRequest, requestLpRedeemSync } = await import("./lp-writes.js");
      const client = await signer();
      const created = isDeposit
        ? await depositByRequest(client, {
            ...{ asset: asset.address, requestVault, assets: ready, minShares: least, keeperFee },
          })
        : await requestLpRedeemSync(client, { requestVault, shares: ready, minAssets: least, keeperFee });
      keepRequest(address, requestVault, created.requestId);
      return created;
    },
    onSuccess: () => setInput(""),
    onSettled: refresh,
  });
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (ready !== undefined && least !== undefined && isOnChain && !send.isPending) send.mutate();
  };
  const shown = (each: bigint | undefined) =>
    each === undefined
      ? UNKNOWN
      : isDeposit
        ? `${amount(each, SHARE_DECIMALS, { min: 2, max: 4 })} ${text.shares}`
        : `${amount(each, asset.decimals, { min: 2, max: 6 })} ${asset.symbol}`;
  return (
    <form onSubmit={onSubmit} noValidate>
      <Choice
        label={text.direction}
        chosen={direction}
        onChoose={(chosen) => {
          send.reset();
          setInput("");
          setDirection(chosen);
        }}
        options={[
          { value: "deposit", label: text.deposit },
          { value: "redeem", label: text.redeem },
        ]}
      />
      <AmountField
        label={isDeposit ? text.amount : text.sharesToRedeem}
        name="lp-amount"
        unit={isDeposit ? asset.symbol : text.shares}
        value={input}
        onChange={setInput}
        fault={fault}
        note={
          address && available !== undefined
            ? text.available(amount(available, decimals, { min: 2, max: 4 }))
            : undefined
        }
        action={
          address && available !== undefined && available > 0n
            ? { label: strings.ticket.max, onClick: () => setInput(formatUnits(available, decimals)) }
            : undefined
        }
      />
      <AmountField
        label={strings.ticket.slippage}
        name="lp-slippage"
        unit="%"
        value={slippage}
        onChange={setSlippage}
        fault={slippagePpm === undefined ? strings.ticket.invalidSlippage : undefined}
        isInline
      />
      <dl className="preview" aria-label={strings.preview.label}>
        <div>
          <dt>{text.expected}</dt>
          <dd data-testid="lp-expected">
            <Value text={shown(expected)} />
          </dd>
        </div>
        {payment !== undefined && payment.quote > 0n && (
          <div>
            <dt>{strings.earn.exit.alsoPays}</dt>
            <dd>{`${amount(payment.quote, deployment.collateralDecimals)} ${deployment.collateralSymbol}`}</dd>
          </div>
        )}
        <div title={text.leastHelp}>
          <dt>{text.least}</dt>
          <dd>
            <Value text={shown(least)} />
          </dd>
        </div>
        <div title={text.delayHelp}>
          <dt>{text.delay}</dt>
          <dd>{text.delayValue(String(queue.delay), String(queue.validity))}</dd>
        </div>
        <div>
          <dt>{strings.preview.keeperFee}</dt>
          <dd>
            {amount(keeperFee, 18, { min: 0, max: 6 })} {config.nativeSymbol}
          </dd>
        </div>
      </dl>
      {address && !isOnChain && <WrongNetwork />}
      <button
        type="submit"
        className="primary wide"
        data-testid="submit-lp"
        disabled={!address || !isOnChain || send.isPending}
      >
        {!address
          ? text.connect
          : send.isPending
            ? strings.ticket.sending
            : isDeposit
              ? text.submitDeposit
              : text.submitRedeem}
      </button>
      <Failure error={send.error} />
    </form>
  );
}

function Requests({ vault }: { vault: Vault }) {
  const { position, asset, requestVault, returned } = vault;
  const { signer, isOnChain } = useWallet();
  const refresh = useRefresh();
  const { deposits, redemptions } = position.claims;
  const run = useMutation({
    mutationFn: async (action: (writes: typeof import("./lp-writes.js")) => Promise<unknown>) =>
      action(await import("./lp-writes.js")),
    onSettled: refresh,
  });
  const inAsset = (value: bigint) => `${amount(value, asset.decimals, { min: 2, max: 6 })} ${asset.symbol}`;
  const inShares = (value: bigint) => `${amount(value, SHARE_DECIMALS, { min: 2, max: 4 })} ${text.shares}`;
  const button = (label: string, name: string, action: Parameters<typeof run.mutate>[0]): ReactNode => (
    <button type="button" data-testid={name} disabled={run.isPending || !isOnChain} onClick={() => run.mutate(action)}>
      {label}
    </button>
  );
  const isEmpty =
    deposits.assets === 0n && redemptions.shares === 0n && returned.length === 0 && position.requests.length === 0;
  return (
    <section className="panel card" aria-label={text.requests}>
      <h2>{text.requests}</h2>
      {isEmpty && <p className="muted">{text.noRequests}</p>}
      <div className="claims">
        {deposits.assets > 0n && (
          <div data-testid="claim">
            <span>{text.claimableShares(inShares(deposits.shares), inAsset(deposits.assets))}</span>
            {button(text.claim, "claim-shares", async ({ claimLpSharesSync }) =>
              claimLpSharesSync(await signer(), { requestVault, assets: deposits.assets }),
            )}
          </div>
        )}
        {redemptions.shares > 0n && (
          <div data-testid="claim">
            <span>{text.claimableAssets(inAsset(redemptions.assets), inShares(redemptions.shares))}</span>
            {button(text.claim, "claim-assets", async ({ claimLpAssetsSync }) =>
              claimLpAssetsSync(await signer(), { requestVault, shares: redemptions.shares }),
            )}
          </div>
        )}
        {returned.map(({ requestId, isDeposit, returned: part }) => (
          <div key={requestId} data-testid="claim">
            <span>{text.returned(isDeposit ? inAsset(part) : inShares(part))}</span>
            {button(text.takeBack, "claim-returned", async ({ claimReturnedLpRequestSync }) =>
              claimReturnedLpRequestSync(await signer(), { requestVault, requestId, isDeposit }),
            )}
          </div>
        ))}
        {position.requests.map(({ requestId, isDeposit, pending, status, executableAt, expiresAt }) => (
          <div key={requestId} data-testid="lp-request">
            <span>
              {isDeposit ? text.depositOf(inAsset(pending)) : text.redemptionOf(inShares(pending))}
              <br />
              <span className="muted small">
                {status === "executable"
                  ? text.executable(timeOf(expiresAt))
                  : status === "expired"
                    ? text.expired
                    : text.waits(timeOf(executableAt))}
              </span>
            </span>
            {status === "expired" &&
              button(strings.common.cancel, "cancel-lp", async ({ cancelLpRequestSync }) =>
                cancelLpRequestSync(await signer(), { requestVault, requestId, isDeposit }),
              )}
          </div>
        ))}
      </div>
      <Failure error={run.error} />
    </section>
  );
}
