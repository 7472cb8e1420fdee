// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IForcedChanges} from "../interfaces/IForcedChanges.sol";
import {IMaker} from "../interfaces/IMaker.sol";
import {FillTerms, IVault, Settlement} from "../interfaces/IVault.sol";
import {NotEnoughGas} from "../types/Errors.sol";
import {MarketStatus} from "../types/Market.sol";
import {Base, Price, Quote} from "../types/Units.sol";

/// @title What liquidation, deleveraging and settlement have in common
abstract contract ForcedChanges is IForcedChanges {
    /// @notice Gas that a maker gets to follow a forced change: so much that a caller cannot starve its hedge, and no
    /// more, so that the maker cannot starve what comes after it.
    uint256 public constant HOOK_GAS = 1_000_000;
    /// @notice Gas that must be left for a maker to get as much: a call passes on 63/64 at most.
    uint256 public constant MIN_HOOK_GAS = HOOK_GAS + HOOK_GAS / 20;

    /// @dev Forced changes happen while a market trades or is reduce-only: a pause stops them too.
    function _checkTrading(uint256 marketId, MarketStatus status) internal pure {
        if (status != MarketStatus.Active && status != MarketStatus.ReduceOnly) {
            revert MarketNotActive(marketId, status);
        }
    }

    function _settle(
        IVault vault,
        uint256 marketId,
        address account,
        address counterparty,
        Base base,
        Quote quote,
        Price price
    ) internal returns (Settlement memory) {
        return vault.settleFill(
            FillTerms({
                marketId: marketId,
                taker: account,
                maker: counterparty,
                base: base,
                quote: quote,
                price: price,
                tradingFee: 0,
                isLast: false
            })
        );
    }

    /// @dev Tells a maker that its position was changed for it, so that it can follow with its hedge. It holds the lock
    /// meanwhile. Nothing that it does, or fails to do, undoes the change; what it returns is not even read (T25).
    function _tellMaker(IVault vault, uint256 marketId, address maker, Base base, Quote quote, Price price) internal {
        if (gasleft() < MIN_HOOK_GAS) revert NotEnoughGas(gasleft(), MIN_HOOK_GAS);
        vault.openHook(maker);
        try IMaker(maker).onPositionForced{gas: HOOK_GAS}(base.unwrap(), quote.unwrap(), price.unwrap()) {}
        catch {
            emit ForcedHookFailed(marketId, maker, base.unwrap(), quote.unwrap());
        }
        vault.closeFill();
    }
}
