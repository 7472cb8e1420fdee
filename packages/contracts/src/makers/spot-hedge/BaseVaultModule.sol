// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IClearingHouse} from "../../interfaces/IClearingHouse.sol";
import {MarginMath} from "../../libraries/MarginMath.sol";
import {ShareMath} from "../../libraries/ShareMath.sol";
import {Price, SIGNED_WAD, WAD, floorDiv} from "../../types/Units.sol";
import {SpotHedgeLpModule} from "./SpotHedgeLpModule.sol";
import {SpotHedgeStorage} from "./SpotHedgeStorage.sol";

/// @title Where LPs of a base vault come and go
/// @notice The asset is the base token; what stands in the margin counts at the oracle price.
/// @dev Runs on the storage of a {SpotHedgeBaseMaker}, which creates it.
contract BaseVaultModule is SpotHedgeLpModule {
    constructor(IClearingHouse clearingHouse_, uint256 marketId_, IERC20 baseToken_)
        SpotHedgeStorage("", "", msg.sender, clearingHouse_, marketId_, baseToken_, baseToken_)
    {}

    /// @dev assetBalance + account value / price, WAD base, floor.
    function _totalAssets(Valuation memory v) internal view override returns (int256) {
        // forge-lint: disable-next-line(unsafe-typecast)
        int256 held = int256(uint256(assetBalance) * assetScale);
        if (v.accountValue.unwrap() == 0) return held;
        // forge-lint: disable-next-line(unsafe-typecast)
        return held + floorDiv(v.accountValue.unwrap() * SIGNED_WAD, int256(_priceOf(v).unwrap()));
    }

    /// @dev A flat vault pays out in kind, and takes in without a price unless it holds quote.
    function _needsPrice(Valuation memory v, bool isDeposit) internal pure override returns (bool) {
        return !v.position.size.isZero() || (isDeposit && v.accountValue.unwrap() != 0);
    }

    /// @dev Base paid out does not touch the margin: what stands against it is the margin ratio, all or nothing.
    function _payableXCD(Valuation memory v) internal view override returns (uint256) {
        if (v.position.size.isZero()) return type(uint256).max;
        uint256 required = MarginMath.requirementCeil(v.position.size.notionalCeil(v.price), _parameters.minMarginRatio);
        return v.accountValue.positivePart() < required ? 0 : assetBalance;
    }

    /// @dev A flat vault pays its base and its quote out pro rata, in kind; otherwise base only. The former needs no price.
    function _entitlement(Valuation memory v, uint256 shares) internal view override returns (uint256, uint256) {
        if (!v.position.size.isZero()) return super._entitlement(v, shares);
        return (
            ShareMath.toPayoutDown(shares, assetBalance * assetScale, v.totalShares) / assetScale,
            ShareMath.toKindDown(shares, v.position.margin.positivePart(), v.totalShares) / _quoteScale
        );
    }

    function _worth(Valuation memory v, Payout memory payout) internal view override returns (uint256) {
        if (payout.quoteXCD == 0) return payout.amountXCD;
        return payout.amountXCD + Math.mulDiv(payout.quoteXCD * _quoteScale, WAD, _priceOf(v).unwrap()) / assetScale;
    }

    /// @dev Capacity is what LPs have put in: it changes with what they do only.
    function _afterLiquidityChange() internal override {
        _vault.setCapacity(marketId, assetLiability * assetScale, 0);
    }

    /// @dev The price of the valuation; read now when a flat vault was valued without.
    function _priceOf(Valuation memory v) private view returns (Price) {
        if (v.price.unwrap() == 0) (v.price,) = oracle.getPrice(marketId);
        return v.price;
    }
}
