// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IBackstop} from "../interfaces/IBackstop.sol";
import {IExitInKind} from "../interfaces/IExitInKind.sol";
import {ILpModule} from "../interfaces/ILpModule.sol";
import {LpQueue} from "../makers/lp/LpQueue.sol";
import {LpRequestVault} from "../makers/lp/LpRequestVault.sol";
import {EXIT_NOTICE_TIME, LpRequest} from "../types/LpRequest.sol";
import {MarketStatus} from "../types/Market.sol";
import {AccountLens} from "./AccountLens.sol";
import {LpExitView} from "./LensTypes.sol";

/// @title The lens's view of an LP's ways out
abstract contract LpLens is AccountLens {
    /// @notice How an LP can leave a maker now, by request and in kind, for every maker and state.
    /// @param owner the holder of the shares
    /// @param shares WAD; for a pending redemption the shares of the request count
    /// @param requestId a request of the maker's request vault, or zero for one that does not exist yet
    function getLpExit(ILpModule maker, address owner, uint256 shares, uint256 requestId)
        external
        view
        returns (LpExitView memory result)
    {
        if (requestId == 0) _addNewRequest(result, maker, shares);
        else shares = _addRequest(result, maker, shares, requestId);
        _addExit(result, maker, owner, shares);
    }

    function _addRequest(LpExitView memory result, ILpModule maker, uint256 shares, uint256 requestId)
        private
        view
        returns (uint256)
    {
        LpRequestVault queue = LpRequestVault(maker.requestVault());
        (result.settlesNow, result.reason, result.latestAt) = queue.settlementOf(requestId);
        LpRequest memory request = queue.requestOf(requestId);
        if (request.isDeposit || request.isClosed) return shares;
        if (result.settlesNow) _addPayment(result, maker, request.amount, request.isAssetOnly);
        return request.amount;
    }

    /// @dev A request that settled now, and the expiry of one that is made now.
    function _addNewRequest(LpExitView memory result, ILpModule maker, uint256 shares) private view {
        result.settlesNow = _addPayment(result, maker, shares, false);
        LpRequestVault queue = LpRequestVault(maker.requestVault());
        LpQueue.Rules memory rules;
        if (address(queue) != address(0)) rules = queue.rules();
        if (rules.delay == 0 || queue.minLifetime() == 0) {
            (result.settlesNow, result.reason) = (false, abi.encodeWithSelector(LpRequestVault.NotConfigured.selector));
            return;
        }
        // No request is made in an outage of the sequencer.
        try oracle.commitment(maker.marketId()) returns (uint256 time, uint256) {
            result.latestAt = time + rules.delay + rules.validity;
        } catch (bytes memory failure) {
            (result.settlesNow, result.reason) = (false, failure);
        }
    }

    function _addPayment(LpExitView memory result, ILpModule maker, uint256 shares, bool isAssetOnly)
        private
        view
        returns (bool)
    {
        try maker.quoteSettlement(false, shares, 0, isAssetOnly) returns (
            uint256 burned, uint256 amountXCD, uint256 quoteXCD
        ) {
            (result.burned, result.amountXCD, result.quoteXCD) = (burned, amountXCD, quoteXCD);
            return true;
        } catch (bytes memory failure) {
            result.reason = failure;
            return false;
        }
    }

    function _addExit(LpExitView memory result, ILpModule maker, address owner, uint256 shares) private view {
        IBackstop backstop = clearingHouse.backstop();
        bool isSettled = clearingHouse.statusOf(maker.marketId()) == MarketStatus.Settled;
        result.exitNotice = isSettled ? 0 : EXIT_NOTICE_TIME;
        try backstop.previewExit(address(maker), owner, shares) returns (
            IExitInKind.Slice memory slice, uint256 lackingMargin
        ) {
            (result.leavesInKind, result.slice, result.lackingMargin) = (true, slice, lackingMargin);
        } catch (bytes memory failure) {
            result.exitReason = failure;
        }
    }
}
