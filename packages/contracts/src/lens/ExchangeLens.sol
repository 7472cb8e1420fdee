// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {ILpModule} from "../interfaces/ILpModule.sol";
import {IMaker} from "../interfaces/IMaker.sol";
import {FeeMath} from "../libraries/FeeMath.sol";
import {FeeRates, FeeState} from "../types/Fees.sol";
import {MarketLedger} from "../types/Market.sol";
import {Position} from "../types/Position.sol";
import {AccountLens} from "./AccountLens.sol";
import {AccountView, MakerView, MarketView, TraderView} from "./LensTypes.sol";
import {LpLens} from "./LpLens.sol";
import {MarketLens} from "./MarketLens.sol";

/// @title Views of a trader, a market or a maker, each in one call
/// @notice The lens has no state and no authority, so that a new lens can replace it. When a part of a result is not
/// available (no fresh price, a locked system, an insolvent LP vault), the result marks it and returns the other parts.
/// @dev Intended for off-chain calls. A contract that uses these values must check `isLocked` and `isValued`.
contract ExchangeLens is MarketLens, LpLens {
    /// @notice The address is not a registered maker.
    error UnknownMaker(address maker);
    error UnknownMarket(uint256 marketId, uint256 marketCount);

    constructor(IClearingHouse clearingHouse_) AccountLens(clearingHouse_) {}

    /// @notice A trader's fund, and its accounts in all markets where it has a position or margin.
    function getTrader(address account) external view returns (TraderView memory result) {
        result.account = account;
        result.fundXCD = vault.fundOf(account);
        result.isLocked = vault.lockHolder() != address(0);
        uint256 count = clearingHouse.marketCount();
        AccountView[] memory markets = new AccountView[](count);
        uint256 used;
        for (uint256 id = 1; id <= count; ++id) {
            Position memory position = vault.positionOf(id, account);
            if (position.size.isZero() && position.margin.unwrap() == 0) continue;
            markets[used++] = _account(id, account);
        }
        // Shortens the array to the used elements.
        assembly ("memory-safe") {
            mstore(markets, used)
        }
        result.markets = markets;
    }

    /// @notice A trader's account in one market, also when it is empty.
    function getAccount(uint256 marketId, address account) external view returns (AccountView memory) {
        _checkMarket(marketId);
        return _account(marketId, account);
    }

    /// @notice A market: rules, prices, rates, estimated fees of the next hour, open interest, capacity, insurance,
    /// balance.
    function getMarket(uint256 marketId) external view returns (MarketView memory) {
        _checkMarket(marketId);
        return _market(marketId);
    }

    /// @notice A maker: shares, utilization and account.
    function getMaker(address maker) external view returns (MakerView memory result) {
        uint256 marketId = clearingHouse.marketOfMaker(maker);
        if (marketId == 0) revert UnknownMaker(maker);
        result.maker = maker;
        result.isRetired = clearingHouse.isRetired(maker);
        result.isSpotHedged = IMaker(maker).isSpotHedged();
        (result.longUtilRatio, result.shortUtilRatio) = IMaker(maker).getUtilRatio();
        (result.longCapacity, result.shortCapacity) = vault.capacityOf(marketId, maker);
        result.account = _account(marketId, maker);
        _addShares(result, ILpModule(maker));
    }

    /// @notice A market's settings, collateral, insurance and accrued fees as the Vault stores them.
    function marketOf(uint256 marketId) external view returns (MarketLedger memory) {
        return _ledger(marketId);
    }

    /// @notice Margin ratios in force now, ppm of current notional.
    function marginRatiosOf(uint256 marketId) external view returns (uint256 initial, uint256 maintenance) {
        (initial, maintenance,,) = vault.marginRatiosOf(marketId);
    }

    /// @notice Pending fees of an account, owed (> 0) or due to it (< 0), WAD quote. Amounts owed are rounded up, amounts
    /// due down. Reverts with `UnknownMarket`.
    function pendingFeesOf(uint256 marketId, address account) external view returns (int256 funding, int256 borrowing) {
        _checkMarket(marketId);
        return _pendingFees(marketId, vault.positionOf(marketId, account));
    }

    /// @notice The fee state of a market, accrued to this second. Reverts with `UnknownMarket`.
    function feeStateOf(uint256 marketId) external view returns (FeeState memory) {
        _checkMarket(marketId);
        MarketLedger memory ledger = _ledger(marketId);
        return FeeMath.stateNow(ledger, FeeMath.ratesOf(ledger));
    }

    /// @notice The settings by which a market's funding and borrowing accrue. Reverts with `UnknownMarket`.
    function ratesOf(uint256 marketId) external view returns (FeeRates memory) {
        _checkMarket(marketId);
        return FeeMath.ratesOf(_ledger(marketId));
    }

    /// @dev A maker need not be an LP vault, so that each read may fail. Values are those of the current price:
    /// {ILpQuotes-totalAssets} would count at an old one, too.
    function _addShares(MakerView memory result, ILpModule maker) private view {
        try maker.valuation() {
            result.isValued = true;
        } catch (bytes memory reason) {
            result.valueError = reason;
        }
        if (result.isValued) (result.totalAssets, result.sharePrice) = (maker.totalAssets(), maker.sharePrice());
        try maker.totalSupply() returns (uint256 totalSupply) {
            result.totalSupply = totalSupply;
            result.asset = address(maker.asset());
        } catch {}
        result.isInsolvent = result.isValued && result.totalAssets == 0 && result.totalSupply != 0;
    }

    function _checkMarket(uint256 marketId) private view {
        uint256 count = clearingHouse.marketCount();
        if (marketId == 0 || marketId > count) revert UnknownMarket(marketId, count);
    }
}
