// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IClearingHouse} from "../../interfaces/IClearingHouse.sol";
import {ISpotHedgeSettings} from "../../interfaces/ISpotHedgeVault.sol";
import {MarginMath} from "../../libraries/MarginMath.sol";
import {ShareMath} from "../../libraries/ShareMath.sol";
import {Cast} from "../../types/Cast.sol";
import {PPM, Price, SIGNED_WAD, WAD, floorDiv} from "../../types/Units.sol";
import {LpModule} from "../lp/LpModule.sol";
import {SpotHedgeLpModule} from "./SpotHedgeLpModule.sol";
import {SpotHedgeStorage} from "./SpotHedgeStorage.sol";

/// @title The LP and owner functions of a base vault
/// @notice The asset is the base token. The margin counts at the oracle price.
/// @dev Runs on the storage of the {SpotHedgeBaseMaker} that deployed it.
contract BaseVaultModule is SpotHedgeLpModule {
    using Cast for uint256;

    constructor(IClearingHouse clearingHouse_, uint256 marketId_, IERC20 baseToken_)
        SpotHedgeStorage("", "", msg.sender, clearingHouse_, marketId_, baseToken_, baseToken_)
    {}

    // ---------------------------------------------------------------------------------------------------- owner ----

    /// @inheritdoc ISpotHedgeSettings
    function setParameters(Parameters calldata parameters_) external onlyOwner {
        _setParameters(parameters_, GAP_BOUND_DIVISOR * _hedgeGapRules.maxDeviation, PPM);
    }

    // ------------------------------------------------------------------------------------------------------- LPs ----

    /// @inheritdoc LpModule
    /// @dev assetBalance + account value / price, WAD base, floor.
    function _totalAssets(Valuation memory v) internal view override returns (int256) {
        int256 held = (assetBalance * assetScale).toInt();
        if (v.accountValue.unwrap() == 0) return held;
        return held + floorDiv(v.accountValue.unwrap() * SIGNED_WAD, _priceOf(v).unwrap().toInt());
    }

    /// @inheritdoc LpModule
    /// @dev A flat base vault pays out in kind. It needs no price for a deposit or a payment in its asset only either, unless
    /// it holds collateral.
    function _needsPrice(Valuation memory v, bool isDeposit) internal pure override returns (bool) {
        return !v.position.size.isZero() || ((isDeposit || v.isAssetOnly) && v.accountValue.unwrap() != 0);
    }

    /// @inheritdoc LpModule
    /// @dev A flat base vault pays its base and its collateral pro rata, in kind, which needs no price. Otherwise base
    /// only, and so to an LP that wants nothing else.
    function _entitlement(Valuation memory v, uint256 shares) internal view override returns (uint256, uint256) {
        if (!v.position.size.isZero() || v.isAssetOnly) return (_shareOfAssets(v, shares), 0);
        return (
            ShareMath.toPayoutDown(shares, assetBalance * assetScale, v.totalShares) / assetScale,
            ShareMath.toKindDown(shares, v.position.margin.positivePart(), v.totalShares) / _quoteScale
        );
    }

    /// @inheritdoc LpModule
    function _worth(Valuation memory v, Payout memory payout) internal view override returns (uint256) {
        if (payout.quoteXCD == 0) return payout.amountXCD;
        return payout.amountXCD + Math.mulDiv(payout.quoteXCD * _quoteScale, WAD, _priceOf(v).unwrap()) / assetScale;
    }

    /// @inheritdoc LpModule
    /// @dev Paying base does not change the margin. The margin ratio therefore admits the whole balance or nothing.
    function _payableXCD(Valuation memory v) internal view override returns (uint256) {
        if (v.position.size.isZero()) return v.isAssetOnly ? assetBalance : type(uint256).max;
        uint256 required = MarginMath.requirementCeil(v.position.size.notionalCeil(v.price), _parameters.minMarginRatio);
        return v.accountValue.positivePart() < required ? 0 : assetBalance;
    }

    /// @inheritdoc LpModule
    function _payOut(Valuation memory v, Payout memory payout, address receiver) internal override {
        _deduct(v, payout);
        _transferOut(payout, 0, receiver);
    }

    /// @inheritdoc LpModule
    /// @dev Capacity is the deposits of LPs. Only they change it.
    function _afterLiquidityChange() internal override {
        _vault.setCapacity(marketId, assetLiability * assetScale, 0);
    }

    /// @dev The price of the valuation. Reads it now for a flat base vault, which was valued without one.
    function _priceOf(Valuation memory v) private view returns (Price) {
        if (v.price.unwrap() == 0) (v.price,,) = oracle.getPrice(marketId);
        return v.price;
    }
}
