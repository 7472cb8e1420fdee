// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IForcedChanges} from "../interfaces/IForcedChanges.sol";
import {IMaker} from "../interfaces/IMaker.sol";
import {AccountState, FillTerms, IVault, Settlement} from "../interfaces/IVault.sol";
import {BoundedCall} from "../libraries/BoundedCall.sol";
import {Cast} from "../types/Cast.sol";
import {NotEnoughGas, PriceOlderThanFill} from "../types/Errors.sol";
import {GRACE_PERIOD, MarketStatus} from "../types/Market.sol";
import {Base, Price, Quote} from "../types/Units.sol";

/// @title Code shared by liquidation, deleveraging and market settlement
abstract contract ForcedChanges is IForcedChanges {
    /// @notice Gas limit of a maker's hook for forced changes. It is enough for a hedge, so that the caller cannot make
    /// the hedge fail for lack of gas, and bounded, so that the maker cannot spend the gas of the steps after it.
    uint256 public constant HOOK_GAS = 1_000_000;
    /// @notice Gas that must be left before the hook, so that the hook receives {HOOK_GAS}: a call forwards at most
    /// 63/64.
    uint256 public constant MIN_HOOK_GAS = HOOK_GAS + HOOK_GAS / 20;

    /// @dev Reverts with `MarketNotActive` unless the market is active or reduce-only. A pause stops forced changes
    /// too.
    function _checkTrading(uint256 marketId, MarketStatus status) internal pure {
        if (status != MarketStatus.Active && status != MarketStatus.ReduceOnly) {
            revert MarketNotActive(marketId, status);
        }
    }

    /// @dev Whether the account is a maker with assets of its own, which pay before any other account does (T64).
    function _paysOwnDebt(address account, bool isMaker) internal view returns (bool) {
        return isMaker && IMaker(account).paysOwnDebt();
    }

    /// @dev Reverts with `InGracePeriod` for {GRACE_PERIOD} after a pause or an outage of the price.
    function _checkGrace(uint256 marketId, uint256 resumedAt) internal view {
        uint256 endsAt = resumedAt + GRACE_PERIOD;
        if (block.timestamp < endsAt) revert InGracePeriod(marketId, endsAt);
    }

    /// @dev E1: no forced change happens at a price that was published before that of the account's last fill (T36).
    function _checkClock(AccountState memory account, uint256 publishTime) internal pure {
        if (publishTime < account.lastFillAt) revert PriceOlderThanFill(publishTime, account.lastFillAt);
    }

    function _settle(
        IVault vault,
        uint256 marketId,
        address account,
        address counterparty,
        Base base,
        Quote quote,
        Price price,
        uint256 publishTime
    ) internal returns (Settlement memory) {
        return vault.settleFill(
            FillTerms({
                marketId: marketId,
                taker: account,
                maker: counterparty,
                base: base,
                quote: quote,
                price: price,
                publishTime: publishTime,
                tradingFee: 0,
                isLast: false
            })
        );
    }

    /// @dev Calls the maker's hook after a forced change of its position, so that the maker can adjust its hedge. The
    /// maker holds the lock during the call. A failed hook does not revert the change, and only the beginning of the
    /// return data is read (T25). Reverts with `SpotMarketLocked` when the caller is inside a pool of the hedge: it would
    /// otherwise choose when the maker hedges (T65).
    function _callForcedHook(IVault vault, uint256 marketId, address maker, Base base, Quote quote, Price price)
        internal
    {
        if (gasleft() < MIN_HOOK_GAS) revert NotEnoughGas(gasleft(), MIN_HOOK_GAS);
        vault.openHook(maker);
        bytes memory call = abi.encodeCall(IMaker.onPositionForced, (base.unwrap(), quote.unwrap(), price.unwrap()));
        (bool done, bytes memory answer) = BoundedCall.tryCall(maker, HOOK_GAS, call);
        if (!done) {
            if (Cast.toSelector(answer) == IMaker.SpotMarketLocked.selector) revert IMaker.SpotMarketLocked(maker);
            emit ForcedHookFailed(marketId, maker, base.unwrap(), quote.unwrap());
        }
        vault.releaseFill();
    }
}
